//! What each column of a register file is, by its heading, Chinese or English.

use std::collections::BTreeMap;

use doorstep_domain::household::fold;

use super::Record;

/// Lines among which the headings are looked for: titles and remarks often stand above.
const SEARCHED: usize = 10;

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Building,
    Unit,
    Room,
    /// Name of the nth person, from 0.
    Name(usize),
    /// Phone of the nth person.
    Phone(usize),
    /// Who the nth person is.
    Relation(usize),
    Residence,
    Use,
    Occupied,
}

/// A column before persons are counted.
type Kind = fn(usize) -> Column;

/// The headings that offices use, folded: half width, lower case, without spaces.
const WORDS: &[(Kind, &[&str])] = &[
    (
        |_| Column::Building,
        &[
            "building",
            "buildingno",
            "block",
            "tower",
            "楼栋",
            "楼栋号",
            "栋",
            "栋号",
            "幢",
            "幢号",
            "座",
            "楼",
            "楼号",
        ],
    ),
    (
        |_| Column::Unit,
        &[
            "unit",
            "unitno",
            "staircase",
            "entrance",
            "单元",
            "单元号",
            "梯",
        ],
    ),
    (
        |_| Column::Room,
        &[
            "room",
            "roomno",
            "flat",
            "apartment",
            "door",
            "房号",
            "房间",
            "房间号",
            "室",
            "室号",
            "门牌",
            "门牌号",
            "房屋",
            "房屋编号",
        ],
    ),
    (
        Column::Name,
        &[
            "name",
            "contact",
            "contactname",
            "owner",
            "ownername",
            "resident",
            "姓名",
            "业主",
            "业主姓名",
            "业户",
            "业户姓名",
            "住户",
            "住户姓名",
            "户主",
            "户主姓名",
            "联系人",
            "联系人姓名",
        ],
    ),
    (
        Column::Phone,
        &[
            "phone",
            "phoneno",
            "phonenumber",
            "contactphone",
            "telephone",
            "tel",
            "mobile",
            "电话",
            "电话号码",
            "联系电话",
            "手机",
            "手机号",
            "手机号码",
            "联系方式",
            "业主电话",
            "联系人电话",
        ],
    ),
    (
        Column::Relation,
        &[
            "relation",
            "relationship",
            "关系",
            "与业主关系",
            "与户主关系",
            "联系人关系",
            "身份",
        ],
    ),
    (
        |_| Column::Residence,
        &[
            "residence",
            "permanent/temporary",
            "residency",
            "常住/暂住",
            "常住暂住",
            "居住性质",
            "居住类型",
            "居住情况",
        ],
    ),
    (
        |_| Column::Use,
        &[
            "use",
            "usage",
            "home/business",
            "type",
            "住家/企业",
            "住家企业",
            "用途",
            "房屋用途",
            "性质",
            "房屋性质",
            "使用性质",
            "类型",
        ],
    ),
    (
        |_| Column::Occupied,
        &[
            "occupied",
            "occupancy",
            "movedin",
            "已入住",
            "是否入住",
            "入住",
            "入住情况",
            "入住状态",
            "是否已入住",
        ],
    ),
];

/// The headings of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Headings {
    /// The line they stand on.
    pub(super) line: u64,
    /// How many persons a line can name.
    pub(super) contacts: usize,
    /// Headings not understood.
    pub(super) ignored: Vec<String>,
    places: BTreeMap<Column, usize>,
}

impl Headings {
    /// How many columns were understood.
    pub(super) fn known(&self) -> usize {
        self.places.len()
    }

    /// A line's cell in `column`; empty when the file has no such column or the line ends before.
    pub(super) fn cell<'a>(&self, cells: &'a [String], column: Column) -> &'a str {
        let place = self.places.get(&column);
        place
            .and_then(|place| cells.get(*place))
            .map_or("", String::as_str)
    }
}

/// The headings: the line among the first with the most known ones, the room among them.
pub(super) fn find(records: &[Record]) -> Option<Headings> {
    let lines = records.iter().take(SEARCHED).filter_map(read);
    // The first of equals: headings stand above data.
    lines.reduce(|best, other| {
        if other.known() > best.known() {
            other
        } else {
            best
        }
    })
}

fn read(record: &Record) -> Option<Headings> {
    let mut headings = Headings {
        line: record.line,
        contacts: 0,
        ignored: Vec::new(),
        places: BTreeMap::new(),
    };
    for (place, cell) in record.cells.iter().enumerate() {
        match column(cell, &headings.places) {
            Some(column) => {
                headings.places.insert(column, place);
                if let Column::Name(slot) | Column::Phone(slot) | Column::Relation(slot) = column {
                    headings.contacts = headings.contacts.max(slot + 1);
                }
            }
            None if cell.is_empty() => {}
            None => headings.ignored.push(cell.clone()),
        }
    }
    headings
        .places
        .contains_key(&Column::Room)
        .then_some(headings)
}

/// What a heading says: its word, and a number where a line names several people. A word that
/// comes again without a number is the next person's.
fn column(cell: &str, taken: &BTreeMap<Column, usize>) -> Option<Column> {
    let folded: String = fold(cell)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '_' | '.' | ':'))
        .collect();
    // Remarks in brackets: 入住(是/否), phone (mobile).
    let bare = folded.split('(').next().unwrap_or_default();
    let word = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: Option<usize> = bare[word.len()..].parse().ok();
    let (kind, _) = WORDS
        .iter()
        .find(|(_, words)| words.contains(&folded.as_str()) || words.contains(&word))?;
    let counts = kind(0) != kind(1);
    match number {
        Some(number) if counts => {
            let column = kind(number.checked_sub(1)?);
            (number <= 12 && !taken.contains_key(&column)).then_some(column)
        }
        None if counts => (0..12).map(kind).find(|column| !taken.contains_key(column)),
        None if !taken.contains_key(&kind(0)) => Some(kind(0)),
        _ => None,
    }
}
