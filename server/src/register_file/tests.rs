use doorstep_domain::household::{Residence, Use};

use super::*;

fn rows(text: &str) -> Vec<Row> {
    read(text.as_bytes()).unwrap().rows
}

#[test]
fn chinese_and_english_headings_say_the_same() {
    let chinese = "\u{feff}楼栋,单元,房号,业主姓名,联系电话,关系,常住/暂住,住家/企业,是否入住,备注\r\n\
                   3栋,2单元,1502室,陈佳慧,13800001111,业主,常住,住家,是,好\r\n";
    let english = "Building;Unit;Room No.;Contact name;Phone;Relation;Residence;Use;Occupied\n\
                   3栋;2单元;1502室;陈佳慧;13800001111;owner;permanent;home;yes\n";
    let file = read(chinese.as_bytes()).unwrap();
    assert_eq!(file.ignored, ["备注"]);
    assert_eq!(file.rows, rows(english));
    let row = &file.rows[0];
    assert_eq!((row.line, row.room.as_str()), (2, "1502室"));
    assert_eq!(
        (row.residence, row.r#use, row.occupied),
        (Some(Residence::Permanent), Some(Use::Home), Some(true))
    );
}

#[test]
fn titles_above_and_several_people_in_a_line_are_read() {
    let text = "金海湾花园业户登记表\t\t\t\t\n\n楼栋\t房号\t联系人\t电话\t联系人2\t电话2\n\
                1\t101\t陈佳慧\t138\t陈父\t139\n";
    let row = &rows(text)[0];
    assert_eq!(row.line, 4);
    let people: Vec<_> = row
        .contacts
        .iter()
        .map(|it| (&*it.name, &*it.phone))
        .collect();
    assert_eq!(people, [("陈佳慧", "138"), ("陈父", "139")]);
    assert_eq!(row.contacts[1].relation, Relation::Other);
}

#[test]
fn a_heading_that_comes_again_is_the_next_persons() {
    let text = "room,name,phone,name,phone\n1,A,1,B,2\n2,,,C,\n";
    let names: Vec<Vec<String>> = rows(text)
        .into_iter()
        .map(|row| row.contacts.into_iter().map(|it| it.name).collect())
        .collect();
    assert_eq!(names, [vec!["A", "B"], vec!["C"]]);
}

#[test]
fn lines_are_numbered_as_an_editor_numbers_them() {
    let text = "room,name\n\n1,\"two\nlines\"\n\n ,\n2,B\n";
    let lines: Vec<u64> = rows(text).iter().map(|row| row.line).collect();
    assert_eq!(lines, [3, 7]);
}

#[test]
fn a_cell_that_is_not_understood_costs_its_line_only() {
    let file = read("room,occupied\n1,是\n2,装修\n3,否\n".as_bytes()).unwrap();
    assert_eq!(file.rows.len(), 2);
    assert_eq!(file.unread, [(3, NotUnderstood::Occupied("装修".into()))]);
}

#[test]
fn a_refused_line_still_says_where_those_below_are() {
    let text = "building,room,name,phone\n1,101,A,1\n2,201,B,1.38E+10\n,,C,3\n,202,D,4\n";
    let file = read(text.as_bytes()).unwrap();
    // C belongs to the refused household, not to the last one that was taken.
    assert_eq!(
        file.unread,
        [
            (3, NotUnderstood::Phone("1.38E+10".into())),
            (4, NotUnderstood::Above(3))
        ]
    );
    let places: Vec<_> = file
        .rows
        .iter()
        .map(|row| (row.line, &*row.building, &*row.room))
        .collect();
    assert_eq!(places, [(2, "1", "101"), (5, "2", "202")]);
}

#[test]
fn merged_rooms_are_counted() {
    let file = read("building,room,name\n1,101,A\n,,B\n".as_bytes()).unwrap();
    assert_eq!((file.rows.len(), file.continued), (2, 1));
    assert_eq!(file.rows[1].room, "101");
}

#[test]
fn a_file_without_a_room_column_is_refused() {
    for text in ["", "name,phone\nA,1\n", "just a letter\n"] {
        assert_eq!(
            read(text.as_bytes()),
            Err(FileProblem::NoHeadings),
            "{text}"
        );
    }
}
