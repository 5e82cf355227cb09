//! `doorstep import households` on registers as offices keep them (R3.1).

use serde_json::{Value, json};

use crate::harness::Company;
use crate::register_data::{self, HOUSEHOLDS, OFFICE_REFUSED};

/// All cards of the site's register, by address, as the log tells them.
fn register(company: &Company) -> std::collections::BTreeMap<String, Value> {
    let export = company.run(&["export", "--site", "jinhaiwan"]).ok();
    let events = export
        .out
        .lines()
        .skip(1)
        .map(|line| -> Value { serde_json::from_str(line).unwrap() });
    let cards = events.filter_map(|row| {
        let content = row["event"]["parts"].get("content")?["body"]
            .as_str()?
            .to_owned();
        let card: Value = serde_json::from_str(&content).unwrap();
        let address = format!(
            "{}-{}-{}",
            card["building"].as_str()?,
            card["unit"].as_str()?,
            card["room"].as_str()?
        );
        Some((address, card))
    });
    cards.collect()
}

#[test]
fn an_offices_register_is_imported_but_for_its_bad_lines() {
    let company = Company::with_site();
    let run = company.import(&register_data::file("register-office.csv"));
    assert_eq!(run.code, 1, "{run:?}");
    let answer = run.json();
    let refused = answer["refused"].as_array().unwrap();
    let mut reasons: Vec<&str> = refused
        .iter()
        .map(|line| line["reason"].as_str().unwrap())
        .collect();
    for needed in OFFICE_REFUSED {
        let place = reasons.iter().position(|reason| reason.contains(needed));
        reasons.remove(place.unwrap_or_else(|| panic!("{needed}: {refused:?}")));
    }
    assert!(reasons.is_empty(), "{reasons:?}");
    assert_eq!(answer["imported"], HOUSEHOLDS);
    assert_eq!(
        (&answer["updated"], &answer["unchanged"]),
        (&json!(0), &json!(0))
    );

    let text = std::fs::read_to_string(register_data::file("register-office.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for line in refused {
        let number = usize::try_from(line["line"].as_u64().unwrap()).unwrap();
        let bad = lines[number - 1];
        let known = ["何秀兰", "合计", ",101,,,,,企业"]
            .iter()
            .any(|word| bad.contains(word));
        assert!(known, "line {number}: {bad}");
    }
}

#[test]
fn all_shapes_of_the_same_register_make_the_same_households() {
    let [office, gb18030, english] = [
        "register-office.csv",
        "register-gb18030.csv",
        "register-en.csv",
    ]
    .map(|name| {
        let company = Company::with_site();
        let answer = company.import(&register_data::file(name)).json();
        assert_eq!(answer["imported"], HOUSEHOLDS, "{name}");
        register(&company)
    });
    let addresses = |register: &std::collections::BTreeMap<String, Value>| {
        register.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(addresses(&office), addresses(&gb18030));
    assert_eq!(addresses(&office), addresses(&english));
    // The two-person shapes hold the same people; relations are said in the first only.
    assert_eq!(
        gb18030["3-2-1502"]["contacts"],
        english["3-2-1502"]["contacts"]
    );
    for (address, card) in &gb18030 {
        let names = |card: &Value, most: usize| -> Vec<Value> {
            let contacts = card["contacts"].as_array().unwrap();
            contacts
                .iter()
                .take(most)
                .map(|it| json!([it["name"], it["phone"]]))
                .collect()
        };
        assert_eq!(names(card, 2), names(&office[address], 2), "{address}");
    }
}

#[test]
fn a_repeat_changes_nothing() {
    let company = Company::with_site();
    let file = register_data::file("register-gb18030.csv");
    let first = company.import(&file).ok();
    let events = company.count("SELECT count(*) FROM event");
    let again = company.import(&file).ok().json();
    assert_eq!(
        again,
        json!({"imported": 0, "updated": 0, "unchanged": HOUSEHOLDS, "refused": []})
    );
    assert_eq!(
        company.count("SELECT count(*) FROM event"),
        events,
        "{first:?}"
    );
}

#[test]
fn a_changed_line_updates_its_household_alone() {
    let company = Company::with_site();
    let file = company.write(
        "a.csv",
        "楼栋,房号,姓名,电话\n1,101,陈佳慧,138\n1,102,周卫东,139\n",
    );
    company.import(&file).ok();
    let file = company.write("b.csv", "楼栋,房号,姓名,电话\n1栋,１０１室,陈佳慧,137\n");
    let answer = company.import(&file).ok().json();
    assert_eq!(
        answer,
        json!({"imported": 0, "updated": 1, "unchanged": 0, "refused": []})
    );
    let register = register(&company);
    assert_eq!(register.len(), 2);
    assert_eq!(register["1--101"]["contacts"][0]["phone"], "137");
    company.run(&["verify"]).ok();
}

#[test]
fn an_import_that_fails_half_way_leaves_nothing() {
    let company = Company::with_site();
    let before = company.count("SELECT count(*) FROM event");
    let full = "CREATE TRIGGER full BEFORE INSERT ON event WHEN new.seq = 700 BEGIN
                    SELECT raise(ABORT, 'the disk is full');
                END";
    company.tamper(full);
    let file = register_data::file("register-gb18030.csv");
    let run = company.import(&file);
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{run:?}");
    assert!(run.err.contains("the disk is full"), "{run:?}");
    assert_eq!(company.count("SELECT count(*) FROM event"), before);
    company.tamper("DROP TRIGGER full");
    assert_eq!(company.import(&file).ok().json()["imported"], HOUSEHOLDS);
}

#[test]
fn a_contact_of_any_cell_gets_in_and_an_odd_one_costs_its_line_only() {
    let company = Company::with_site();
    let content = "房号,姓名,电话\n101,\"陈佳慧\n陈父\",\"138\n139\"\n102,周卫东、周母,0755-1\n";
    let long = format!("103,{},1\n104,王,1\n", "长".repeat(61));
    let file = company.write("a.csv", content.to_owned() + &long);
    let answer = company.import(&file).json();
    assert_eq!(answer["imported"], 3, "{answer}");
    // Two cells before it are three lines high.
    assert_eq!(answer["refused"][0]["line"], 6, "{answer}");
    let register = register(&company);
    let names = |room: &str| {
        let contacts = register[room]["contacts"].as_array().unwrap();
        let names = contacts.iter().map(|it| it["name"].as_str().unwrap());
        names.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("--101"), "陈佳慧 陈父");
    assert_eq!(names("--102"), "周卫东、周母");
    company.run(&["verify"]).ok();
}

#[test]
fn people_read_what_happened_line_by_line() {
    let company = Company::with_site();
    let gbk = encoding_rs::GB18030
        .encode("房号,备注,姓名,入住\n101,好,陈佳慧,是\n102,,周卫东,装修\n")
        .0;
    let file = company.write("a.csv", gbk);
    let run = company.run(&[
        "import",
        "households",
        file.to_str().unwrap(),
        "--site",
        "jinhaiwan",
    ]);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.out,
        "read as GB18030\ncolumns not used: 备注\n\
         line 3 refused: `装修` does not say whether it is occupied (是, 否)\n\
         1 imported, 0 updated, 0 unchanged, 1 lines refused\n"
    );
}

#[test]
fn a_file_that_is_no_register_changes_nothing_and_says_why() {
    let company = Company::with_site();
    let before = company.count("SELECT count(*) FROM event");
    for (content, sentence) in [
        (&b"PK\x03\x04 a workbook"[..], "save it as CSV"),
        (b"\xff\xff\xff", "neither UTF-8 nor GB18030"),
        (b"name,phone\nA,1\n", "names the columns"),
        (b"", "names the columns"),
    ] {
        let file = company.write("a.csv", content);
        let run = company.import(&file);
        assert_eq!(run.code, 1);
        assert!(run.err.contains(sentence), "{run:?}");
    }
    let run = company.import(&company.file("missing.csv"));
    assert_eq!(run.code, 1);
    assert!(run.err.contains("missing.csv"), "{run:?}");
    let file = company.write("a.csv", "room\n1\n");
    let unknown = company.run(&[
        "import",
        "households",
        file.to_str().unwrap(),
        "--site",
        "elsewhere",
    ]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("there are: jinhaiwan"), "{unknown:?}");
    assert_eq!(company.count("SELECT count(*) FROM event"), before);
}
