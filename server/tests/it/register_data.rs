//! The register files of the tests and of the demo: 1,208 invented households in the shapes
//! offices really keep. Made here, always alike; the files are committed, and a test holds them
//! to this. `DOORSTEP_WRITE_DATA=1 cargo test -p doorstep-server register_data` writes them anew.

use std::fmt::Write as _;
use std::path::PathBuf;

/// Households in every file.
pub(crate) const HOUSEHOLDS: usize = 1_208;
/// Lines of [`office`] that cannot be imported, with what their reason must say.
pub(crate) const OFFICE_REFUSED: [&str; 8] = [
    "does not say whether it is occupied",
    "does not say whether it is occupied",
    "contradicts line",
    "contradicts line",
    "was rounded",
    "more than 60 characters",
    "neither home nor business",
    "no room",
];

/// A household before it is written in some shape.
struct Household {
    building: &'static str,
    unit: u32,
    room: String,
    people: Vec<(String, String, &'static str)>,
    business: bool,
    temporary: bool,
    occupied: bool,
}

/// A small generator of even enough numbers (SplitMix64): the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// True in `per_cent` of a hundred cases.
    fn chance(&mut self, per_cent: u64) -> bool {
        self.below(100) < per_cent
    }

    fn of<'a>(&mut self, choices: &'a str) -> &'a str {
        let all: Vec<&str> = choices.split(' ').collect();
        let place = self.below(all.len() as u64);
        all[usize::try_from(place).unwrap()]
    }
}

const SURNAMES: &str = "陈 林 黄 李 王 张 刘 吴 杨 周 徐 孙 马 朱 胡 郭 何 罗 高 郑 梁 谢 宋 唐 许 邓 韩 \
                        冯 曹 彭 曾 肖 田 董 潘 袁 蔡 蒋 余 杜 叶 程 苏 魏 吕 丁 任 沈 姚 卢 欧阳 司徒";
const GIVEN: &str = "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 佳慧 子轩 \
                     雨桐 浩然 梓涵 思远 文博 晓燕 国华 建国 志强 海燕 玉兰 春梅 冬梅 家豪 嘉欣 俊杰 诗琪";
const SHOPS: &str = "海湾便利店 金穗粮油 康民药房 小鹿早教 顺风快递点 阿芳理发 蓝天洗衣 家和房产";

fn households() -> Vec<Household> {
    let mut numbers = Numbers(2026);
    let mut phone = 0;
    let mut all = Vec::new();
    for (building, floors) in [
        ("1", 18),
        ("2", 18),
        ("3", 18),
        ("5", 18),
        ("6", 18),
        ("7", 20),
        ("8", 20),
        ("9", 20),
    ] {
        for unit in 1..=2 {
            for floor in 1..=floors {
                for door in 1..=4 {
                    let room = format!("{floor}{door:02}");
                    all.push(home(building, unit, room, &mut numbers, &mut phone));
                }
            }
        }
    }
    for (number, shop) in SHOPS.split(' ').enumerate() {
        let contact = (shop.to_owned(), next_phone(&mut phone), "前台");
        all.push(Household {
            building: "S",
            unit: 0,
            room: format!("{:02}", number + 1),
            people: vec![contact],
            business: true,
            temporary: true,
            occupied: true,
        });
    }
    all
}

fn home(
    building: &'static str,
    unit: u32,
    room: String,
    numbers: &mut Numbers,
    phone: &mut u32,
) -> Household {
    let occupied = numbers.chance(91);
    let count = if occupied {
        1 + u64::from(numbers.chance(25)) + numbers.below(10) / 9
    } else {
        0
    };
    let temporary = occupied && numbers.chance(18);
    let people = (0..count).map(|nth| {
        let name = format!("{}{}", numbers.of(SURNAMES), numbers.of(GIVEN));
        let number = if numbers.chance(94) {
            next_phone(phone)
        } else {
            String::new()
        };
        let relation = match nth {
            0 if temporary => "租户",
            0 => "业主",
            _ => "家属",
        };
        (name, number, relation)
    });
    let people = people.collect();
    Household {
        building,
        unit,
        room,
        people,
        business: false,
        temporary,
        occupied,
    }
}

/// Numbers of one block that reads as invented.
fn next_phone(phone: &mut u32) -> String {
    *phone += 1;
    format!("1380000{phone:04}")
}

fn residence(household: &Household) -> &'static str {
    if household.temporary {
        "暂住"
    } else {
        "常住"
    }
}

fn r#use(household: &Household) -> &'static str {
    if household.business {
        "企业"
    } else {
        "住家"
    }
}

/// A register without faults, a person a line: the demo's.
pub(crate) fn demo() -> Vec<u8> {
    let mut text = String::from(
        "\u{feff}楼栋,单元,房号,姓名,联系电话,与业主关系,居住性质,房屋用途,是否入住\r\n",
    );
    for household in households() {
        let unit = if household.unit == 0 {
            String::new()
        } else {
            household.unit.to_string()
        };
        let nobody = (String::new(), String::new(), "");
        let people = if household.people.is_empty() {
            vec![nobody]
        } else {
            household.people.clone()
        };
        for (name, phone, relation) in people {
            let (building, room) = (household.building, &household.room);
            let (residence, r#use) = (residence(&household), r#use(&household));
            let occupied = if household.occupied { "是" } else { "否" };
            writeln!(
                text,
                "{building},{unit},{room},{name},{phone},{relation},{residence},{use},{occupied}\r"
            )
            .unwrap();
        }
    }
    text.into_bytes()
}

/// As an office's spreadsheet saves it (UTF-8 with BOM): a title above, merged cells, full-width
/// digits, spaces behind, 室 here and there, doubled lines, and eight lines that cannot be taken.
pub(crate) fn office() -> Vec<u8> {
    let mut numbers = Numbers(7);
    let mut text = String::from("\u{feff}金海湾花园业户登记表,,,,,,,,,\r\n,,,,,,,,,\r\n");
    text += "楼栋,单元,房号,业主姓名,联系电话(手机),关系,常住/暂住,住家/企业,是否入住,备注\r\n";
    let mut above = ("", 0);
    for (place, household) in households().iter().enumerate() {
        let merged = above == (household.building, household.unit);
        above = (household.building, household.unit);
        let building = if merged {
            String::new()
        } else {
            building_as_written(household)
        };
        let unit = match household.unit {
            0 => String::new(),
            _ if merged => String::new(),
            unit => format!("{unit}单元"),
        };
        let room = room_as_written(&household.room, &mut numbers);
        let occupied = match (household.occupied, numbers.below(3)) {
            (true, 0) => "已入住",
            (true, _) => "是",
            (false, 0) => "空置",
            (false, _) => "否",
        };
        let (residence, r#use) = (residence(household), r#use(household));
        let mut line = |place: &str, person: Option<&(String, String, &str)>| {
            let (name, phone, relation) = person.map_or(("", "", ""), |(name, phone, relation)| {
                (name, phone, *relation)
            });
            let name = if numbers.chance(4) {
                format!("{name} \u{3000}")
            } else {
                name.to_owned()
            };
            let phone = if numbers.chance(3) {
                full_width(phone)
            } else {
                phone.to_owned()
            };
            let tail = format!("{residence},{use},{occupied},");
            format!("{place},{name},{phone},{relation},{tail}\r\n")
        };
        text += &line(
            &format!("{building},{unit},{room}"),
            household.people.first(),
        );
        for person in household.people.iter().skip(1) {
            // A further person: with the room again, or under a merged room.
            let place = if place % 3 == 0 {
                ",,".to_owned()
            } else {
                format!(",,{room}")
            };
            text += &line(&place, Some(person));
        }
        if place % 200 == 199 {
            // The same line typed twice.
            text += &line(&format!(",,{room}"), household.people.first());
        }
        text += bad_line(place);
    }
    text += "合计,,,1208户,,,,,,\r\n";
    text.into_bytes()
}

/// Seven of the eight lines that cannot be taken, each below some household; the eighth is the
/// total at the end.
fn bad_line(place: usize) -> &'static str {
    match place {
        10 => "1栋,1单元,9901,何秀兰,13800009901,业主,常住,住家,装修中,\r\n",
        300 => "3栋,1单元,9902,何秀兰,13800009902,业主,常住,住家,?,\r\n",
        // Against what the first line of 1-1-101 and of 2-1-101 says.
        20 => "1栋,1单元,101,,,,,企业,,\r\n",
        160 => "2栋,1单元,101,,,,,企业,,\r\n",
        400 => "3栋,2单元,9903,何秀兰,1.38E+10,业主,常住,住家,是,\r\n",
        500 => {
            "5栋,1单元,9904,何秀兰与她的丈夫以及两个孩子和外公外婆一共六口人其中两人平时不住这里\
             只在周末回来所以请在周末上门拜访并且事先打电话约定时间谢谢,,业主,常住,住家,是,\r\n"
        }
        600 => "6栋,1单元,9905,何秀兰,13800009905,业主,常住,仓库,是,\r\n",
        _ => "",
    }
}

fn building_as_written(household: &Household) -> String {
    match household.building {
        "S" => "S座".to_owned(),
        "7" | "8" | "9" => format!("{}号楼", household.building),
        "3" => "３栋".to_owned(),
        building => format!("{building}栋"),
    }
}

fn room_as_written(room: &str, numbers: &mut Numbers) -> String {
    match numbers.below(20) {
        0 => full_width(room),
        1 => format!("{room} "),
        2 => format!("{room}室"),
        3 => format!("{}室\u{3000}", full_width(room)),
        _ => room.to_owned(),
    }
}

fn full_width(text: &str) -> String {
    let wide = |c: char| {
        if c.is_ascii_digit() {
            char::from_u32(c as u32 + 0xfee0).unwrap()
        } else {
            c
        }
    };
    text.chars().map(wide).collect()
}

/// The same households as another office's program writes them, in GB18030: the whole address
/// in one cell, two people a line.
pub(crate) fn gb18030() -> Vec<u8> {
    let mut text = String::from("房号,住户姓名,手机号码,联系人2,电话2,用途,居住情况,入住状态\r\n");
    for household in households() {
        let unit = if household.unit == 0 {
            String::new()
        } else {
            format!("{}单元", household.unit)
        };
        let address = format!("{}栋{unit}{}室", household.building, household.room);
        let person = |nth: usize| {
            let person = household.people.get(nth);
            person.map_or(",".to_owned(), |(name, phone, _)| format!("{name},{phone}"))
        };
        let (first, second) = (person(0), person(1));
        let (residence, r#use) = (residence(&household), r#use(&household));
        let occupied = if household.occupied {
            "入住"
        } else {
            "空置"
        };
        writeln!(
            text,
            "{address},{first},{second},{use},{residence},{occupied}\r"
        )
        .unwrap();
    }
    encoding_rs::GB18030.encode(&text).0.into_owned()
}

/// The same in English, separated by `;`, addresses with hyphens.
pub(crate) fn english() -> Vec<u8> {
    let mut text =
        String::from("Room;Contact name;Phone;Contact 2;Phone 2;Use;Residence;Occupied\n");
    for household in households() {
        let unit = if household.unit == 0 {
            String::new()
        } else {
            format!("{}-", household.unit)
        };
        let address = format!("{}-{unit}{}", household.building, household.room);
        let person = |nth: usize| {
            let person = household.people.get(nth);
            person.map_or(";".to_owned(), |(name, phone, _)| format!("{name};{phone}"))
        };
        let (first, second) = (person(0), person(1));
        let r#use = if household.business {
            "business"
        } else {
            "home"
        };
        let residence = if household.temporary {
            "temporary"
        } else {
            "permanent"
        };
        let occupied = if household.occupied { "yes" } else { "no" };
        writeln!(
            text,
            "{address};{first};{second};{use};{residence};{occupied}"
        )
        .unwrap();
    }
    text.into_bytes()
}

/// A committed file of the tests.
pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

#[test]
fn the_committed_files_are_what_is_made_here() {
    let demo_file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/register-demo.csv");
    for (path, made) in [
        (demo_file, demo()),
        (file("register-office.csv"), office()),
        (file("register-gb18030.csv"), gb18030()),
        (file("register-en.csv"), english()),
    ] {
        if std::env::var_os("DOORSTEP_WRITE_DATA").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let committed = std::fs::read(&path).unwrap();
        assert!(
            committed == made,
            "{} differs from what is made",
            path.display()
        );
        assert!(
            made.len() <= 200_000,
            "{} is {} bytes",
            path.display(),
            made.len()
        );
    }
}

#[test]
fn there_are_as_many_households_as_said() {
    assert_eq!(households().len(), HOUSEHOLDS);
}
