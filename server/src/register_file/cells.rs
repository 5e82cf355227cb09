//! What the cells of a register line say, in the words offices use.

use doorstep_domain::household::{Residence, Use, fold, half_width};
use doorstep_domain::visit::Relation;

/// A cell whose text means nothing here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotUnderstood {
    /// Neither home nor business.
    #[error("`{0}` is neither home nor business (住家, 企业)")]
    Use(String),
    /// Neither permanent nor temporary.
    #[error("`{0}` is neither permanent nor temporary (常住, 暂住)")]
    Residence(String),
    /// Neither yes nor no.
    #[error("`{0}` does not say whether it is occupied (是, 否)")]
    Occupied(String),
    /// A spreadsheet made a rounded number of it.
    #[error("the phone `{0}` was rounded by the spreadsheet: format the column as text")]
    Phone(String),
    /// It names further people of a household whose own line was not taken.
    #[error("it continues line {0}, which was refused")]
    Above(u64),
}

const HOME: &[&str] = &[
    "home",
    "residential",
    "住家",
    "住宅",
    "家庭",
    "居住",
    "自住",
    "住户",
];
const BUSINESS: &[&str] = &[
    "business", "company", "shop", "office", "企业", "公司", "商业", "商铺", "商户", "办公", "单位",
];
const PERMANENT: &[&str] = &["permanent", "常住", "长住", "常驻"];
const TEMPORARY: &[&str] = &["temporary", "暂住", "短住", "租住", "临时"];
const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "1",
    "occupied",
    "是",
    "已入住",
    "入住",
    "在住",
    "有",
    "√",
    "✓",
];
const NO: &[&str] = &[
    "no",
    "n",
    "false",
    "0",
    "vacant",
    "empty",
    "否",
    "未入住",
    "空置",
    "空",
    "空房",
    "无",
    "×",
    "x",
];
const RELATIONS: &[(Relation, &[&str])] = &[
    (
        Relation::Owner,
        &[
            "owner",
            "业主",
            "户主",
            "产权人",
            "本人",
            "业主本人",
            "共有人",
        ],
    ),
    (
        Relation::Family,
        &[
            "family", "spouse", "wife", "husband", "son", "daughter", "parent", "father", "mother",
            "家属", "家人", "亲属", "配偶", "夫妻", "妻子", "丈夫", "父亲", "母亲", "父母", "儿子",
            "女儿", "子女", "爷爷", "奶奶", "岳父", "岳母", "公公", "婆婆",
        ],
    ),
    (
        Relation::Tenant,
        &["tenant", "租户", "租客", "承租人", "租赁"],
    ),
    (
        Relation::Employee,
        &[
            "employee", "staff", "员工", "职员", "前台", "保姆", "经理", "行政",
        ],
    ),
];

/// Home or business; empty says nothing.
pub(super) fn r#use(cell: &str) -> Result<Option<Use>, NotUnderstood> {
    choose(
        cell,
        &[(Use::Home, HOME), (Use::Business, BUSINESS)],
        NotUnderstood::Use,
    )
}

/// Permanent or temporary; empty says nothing.
pub(super) fn residence(cell: &str) -> Result<Option<Residence>, NotUnderstood> {
    let words = [
        (Residence::Permanent, PERMANENT),
        (Residence::Temporary, TEMPORARY),
    ];
    choose(cell, &words, NotUnderstood::Residence)
}

/// Occupied or not; empty says nothing.
pub(super) fn occupied(cell: &str) -> Result<Option<bool>, NotUnderstood> {
    choose(cell, &[(true, YES), (false, NO)], NotUnderstood::Occupied)
}

/// Who somebody is; `None` when nothing is said. Words not known are somebody else's relation.
pub(super) fn relation(cell: &str) -> Option<Relation> {
    let said = plain(cell);
    if said.is_empty() {
        return None;
    }
    let known = RELATIONS
        .iter()
        .find(|(_, words)| words.contains(&said.as_str()));
    Some(known.map_or(Relation::Other, |(relation, _)| *relation))
}

/// The people of a name's and a phone's cell, which may hold several: `张三、李四` beside as many
/// numbers, or one person with several numbers. Where it cannot be told whose number is whose,
/// both stay as they are written.
pub(super) fn people(name: &str, phone: &str) -> Result<Vec<(String, String)>, NotUnderstood> {
    const BETWEEN: [char; 7] = ['、', '/', '／', ';', '；', '\n', '|'];
    let several = |cell: &str, between: &[char]| -> Vec<String> {
        let pieces = cell.split(between).map(str::trim);
        let filled = pieces.filter(|piece| !piece.is_empty());
        filled.map(str::to_owned).collect()
    };
    let names = several(name, &BETWEEN);
    let phones = several(phone, &[&BETWEEN[..], &[',', '，']].concat());
    let phones: Vec<String> = phones
        .iter()
        .map(|phone| self::phone(phone))
        .collect::<Result<_, _>>()?;
    Ok(match (names.as_slice(), phones.as_slice()) {
        ([], []) => Vec::new(),
        (names, []) => names
            .iter()
            .map(|name| (name.clone(), String::new()))
            .collect(),
        ([] | [_], phones) => {
            let name = names.first().cloned().unwrap_or_default();
            phones
                .iter()
                .map(|phone| (name.clone(), phone.clone()))
                .collect()
        }
        (names, phones) if names.len() == phones.len() => {
            names.iter().cloned().zip(phones.iter().cloned()).collect()
        }
        (names, phones) => vec![(names.join("、"), phones.join("、"))],
    })
}

/// A phone number as dialled: half width, without spaces and without what spreadsheets add.
fn phone(cell: &str) -> Result<String, NotUnderstood> {
    let half: String = half_width(cell)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    // `="0755…"` and `'0755…` keep a leading zero in a spreadsheet; `.0` is a number's tail.
    let bare = half.trim_start_matches(['=', '\'']).trim_matches('"');
    let bare = bare.strip_suffix(".0").unwrap_or(bare);
    let rounded = bare.contains("E+") || bare.contains("e+");
    if rounded {
        Err(NotUnderstood::Phone(cell.to_owned()))
    } else {
        Ok(bare.to_owned())
    }
}

fn choose<T: Copy>(
    cell: &str,
    choices: &[(T, &[&str])],
    problem: fn(String) -> NotUnderstood,
) -> Result<Option<T>, NotUnderstood> {
    let said = plain(cell);
    if said.is_empty() {
        return Ok(None);
    }
    let chosen = choices
        .iter()
        .find(|(_, words)| words.contains(&said.as_str()));
    chosen
        .map(|(choice, _)| Some(*choice))
        .ok_or_else(|| problem(cell.to_owned()))
}

fn plain(cell: &str) -> String {
    let text: String = fold(cell).chars().filter(|c| !c.is_whitespace()).collect();
    // A lone dash is how a form says "nothing".
    if matches!(text.as_str(), "-" | "—" | "/") {
        String::new()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_offices_are_understood_and_others_refused() {
        assert_eq!(r#use(" 住 家"), Ok(Some(Use::Home)));
        assert_eq!(r#use("Business"), Ok(Some(Use::Business)));
        assert_eq!(r#use("—"), Ok(None));
        assert_eq!(r#use("仓库"), Err(NotUnderstood::Use("仓库".into())));
        assert_eq!(residence("暂住"), Ok(Some(Residence::Temporary)));
        assert_eq!(occupied("Ｙ"), Ok(Some(true)));
        assert_eq!(occupied("空置"), Ok(Some(false)));
        assert_eq!(
            occupied("装修"),
            Err(NotUnderstood::Occupied("装修".into()))
        );
        assert_eq!(relation("岳母"), Some(Relation::Family));
        assert_eq!(relation("邻居"), Some(Relation::Other));
        assert_eq!(relation(""), None);
    }

    #[test]
    fn several_people_in_a_cell_are_told_apart_where_their_numbers_are() {
        let of = |name, phone| {
            let people = people(name, phone).unwrap();
            let people = people.iter().map(|(name, phone)| format!("{name}={phone}"));
            people.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of("", ""), "");
        assert_eq!(of("陈佳慧", "138"), "陈佳慧=138");
        assert_eq!(of("陈佳慧、陈父", "138/139"), "陈佳慧=138 陈父=139");
        assert_eq!(of("陈佳慧\n陈父", "138\n139"), "陈佳慧=138 陈父=139");
        assert_eq!(of("陈佳慧／陈父", ""), "陈佳慧= 陈父=");
        assert_eq!(of("陈佳慧", "138，139"), "陈佳慧=138 陈佳慧=139");
        assert_eq!(of("", "138"), "=138");
        assert_eq!(of("陈佳慧/陈父", "138"), "陈佳慧、陈父=138");
        assert_eq!(of("Chen, Mary", "138"), "Chen, Mary=138");
        assert!(people("陈佳慧、陈父", "138、1.38E+10").is_err());
    }

    #[test]
    fn phones_are_what_is_dialled() {
        for (cell, dialled) in [
            ("１３８ 0000 1111", "13800001111"),
            ("=\"0755-26001234\"", "0755-26001234"),
            ("'075526001234", "075526001234"),
            ("13800001111.0", "13800001111"),
            ("", ""),
        ] {
            assert_eq!(phone(cell), Ok(dialled.to_owned()));
        }
        assert_eq!(
            phone("1.38E+10"),
            Err(NotUnderstood::Phone("1.38E+10".into()))
        );
    }
}
