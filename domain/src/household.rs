//! A household's entry in the register (R3.1): what it is, where it is, whom to ask for.
//! Reading register files is the server's; deciding what they change is [`crate::register`].

use core::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::id::HouseholdId;
use crate::text::{NAME_MAX, is_clean};
use crate::visit::Relation;

/// Most contacts of one household.
pub const CONTACTS_MAX: usize = 12;

/// 常住 or 暂住 (R3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Residence {
    /// 常住.
    #[default]
    Permanent,
    /// 暂住.
    Temporary,
}

/// 住家 or 企业 (R3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// 住家.
    #[default]
    Home,
    /// 企业.
    Business,
}

/// What counting needs to know of a household, without names: part `fact` of
/// `household.changed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdFact {
    /// The household, opaque.
    pub household: HouseholdId,
    /// Home or business.
    pub r#use: Use,
    /// Permanent or temporary.
    pub residence: Residence,
    /// Moved in and not vacant since: the base of quota and questionnaire (R3.3, R3.20).
    pub occupied: bool,
    /// Whether it is on the register at all; `false` takes it off.
    pub listed: bool,
}

/// Somebody to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name as people read it.
    pub name: String,
    /// Phone number as dialled; empty when not known.
    pub phone: String,
    /// Who they are to the household.
    pub relation: Relation,
}

impl Contact {
    /// The number as a phone dials it, empty when there is none: of several the first, an
    /// extension after a pause, nothing written in between.
    pub fn dialled(&self) -> String {
        let phone = half_width(&self.phone);
        let first = phone
            .split(['/', '、', ';', ','])
            .find(|it| !it.trim().is_empty());
        let extension = |c: char| if c == '转' { ',' } else { c };
        let is_dialled = |c: &char| c.is_ascii_digit() || matches!(c, '+' | '*' | ',');
        let number = first.unwrap_or_default().chars().map(extension);
        number.filter(is_dialled).collect()
    }
}

/// The household's card: part `content` of `household.changed`. Staff of the site only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseholdCard {
    /// Building, normalised; may be empty on sites with one building.
    pub building: String,
    /// Unit (a staircase), normalised; may be empty.
    pub unit: String,
    /// Room, normalised; never empty.
    pub room: String,
    /// People to ask for, most usual first.
    pub contacts: Vec<Contact>,
    /// "Needs careful work" (R3.7): visible to staff only.
    pub careful: bool,
}

/// What makes two register lines the same household: building, unit and room, normalised.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomKey {
    /// Building, may be empty.
    pub building: String,
    /// Unit, may be empty.
    pub unit: String,
    /// Room, never empty.
    pub room: String,
}

impl HouseholdCard {
    /// The address people read, e.g. `3-2-1502`; empty pieces are left out.
    pub fn label(&self) -> String {
        let pieces = [&self.building, &self.unit, &self.room];
        let filled: Vec<&str> = pieces
            .into_iter()
            .map(String::as_str)
            .filter(|piece| !piece.is_empty())
            .collect();
        filled.join("-")
    }

    /// What identifies the household on its site.
    pub fn key(&self) -> RoomKey {
        RoomKey {
            building: self.building.clone(),
            unit: self.unit.clone(),
            room: self.room.clone(),
        }
    }

    /// Whether every text is clean and within its limit and there is a room.
    pub fn is_sound(&self) -> bool {
        let place = [&self.building, &self.unit, &self.room];
        let contacts = self
            .contacts
            .iter()
            .flat_map(|contact| [&contact.name, &contact.phone]);
        !self.room.is_empty()
            && self.contacts.len() <= CONTACTS_MAX
            && place
                .into_iter()
                .chain(contacts)
                .all(|text| is_clean(text, NAME_MAX))
    }

    /// Whether the card answers a search typed as people type it: a part of the address (with
    /// or without hyphens), or of a contact's name.
    pub fn matches(&self, query: &str) -> bool {
        self.search_key().matches(&Query::new(query))
    }

    /// What a search of this card looks at; made once where many searches follow.
    pub fn search_key(&self) -> SearchKey {
        let label = fold(&self.label());
        SearchKey {
            squeezed: label.replace('-', ""),
            label,
            names: self.contacts.iter().map(|it| fold(&it.name)).collect(),
        }
    }

    /// The register's order: building, unit, room, each as people count (9 before 10).
    pub fn register_order(&self, other: &Self) -> Ordering {
        natural_order(&self.building, &other.building)
            .then_with(|| natural_order(&self.unit, &other.unit))
            .then_with(|| natural_order(&self.room, &other.room))
    }
}

/// A card's address and names, folded, so that ten thousand cards answer each keystroke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchKey {
    label: String,
    squeezed: String,
    names: Vec<String>,
}

/// A search as typed, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    plain: String,
    squeezed: String,
}

impl Query {
    /// Reads what was typed.
    pub fn new(typed: &str) -> Self {
        let plain = fold(typed);
        Self {
            squeezed: plain.replace(['-', ' '], ""),
            plain,
        }
    }

    /// Whether nothing is looked for, so that everything is found.
    pub fn is_empty(&self) -> bool {
        self.squeezed.is_empty()
    }
}

impl SearchKey {
    /// Whether the card answers `query`.
    pub fn matches(&self, query: &Query) -> bool {
        query.is_empty()
            || self.label.contains(&query.plain)
            || self.squeezed.contains(&query.squeezed)
            || self.names.iter().any(|name| name.contains(&query.plain))
    }
}

/// Compares two texts as people count: runs of digits by their value (`9` before `10`), the rest
/// letter by letter. Only equal texts are equal: `1` comes before `01`.
///
/// ```
/// use doorstep_domain::household::natural_order;
/// let mut rooms = ["B10", "A", "10", "9", ""];
/// rooms.sort_by(|a, b| natural_order(a, b));
/// assert_eq!(rooms, ["", "9", "10", "A", "B10"]);
/// ```
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while let (Some(first), Some(second)) = (left.chars().next(), right.chars().next()) {
        let order = if first.is_ascii_digit() && second.is_ascii_digit() {
            let (number, other) = (take_digits(&mut left), take_digits(&mut right));
            number.len().cmp(&other.len()).then(number.cmp(other))
        } else {
            left = &left[first.len_utf8()..];
            right = &right[second.len_utf8()..];
            first.cmp(&second)
        };
        if order.is_ne() {
            return order;
        }
    }
    left.len()
        .cmp(&right.len())
        .then_with(|| a.len().cmp(&b.len()))
        .then_with(|| a.cmp(b))
}

/// Takes the digits off the front of `text`; without leading zeros, so that of two numbers the
/// longer is the larger.
fn take_digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    digits.trim_start_matches('0')
}

/// Lower case, half width, no surrounding space: how names and rooms are compared.
pub fn fold(text: &str) -> String {
    half_width(text).trim().to_lowercase()
}

/// Full-width forms (U+FF01 … U+FF5E) and the ideographic space as their ASCII counterparts.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' | '\u{a0}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(c) - 0xfee0).expect("full-width forms map to ASCII")
            }
            other => other,
        })
        .collect()
}

/// A building as the register keeps it: half width, no spaces, upper case, without 栋 and its
/// synonyms. `３栋 ` → `3`.
pub fn normalise_building(text: &str) -> String {
    without_suffix(text, &["号楼", "栋楼", "栋", "幢", "座", "楼"])
}

/// A unit as the register keeps it: `２单元` → `2`.
pub fn normalise_unit(text: &str) -> String {
    without_suffix(text, &["单元", "门栋", "门"])
}

/// A room as the register keeps it: `１５０２室 ` → `1502`.
pub fn normalise_room(text: &str) -> String {
    without_suffix(text, &["号房", "房间", "室", "房", "号"])
}

fn without_suffix(text: &str, suffixes: &[&str]) -> String {
    let plain: String = half_width(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let plain = plain.to_uppercase();
    let cut = suffixes
        .iter()
        .find_map(|suffix| plain.strip_suffix(suffix));
    // A piece that is nothing but the suffix is kept: there is no better name for it.
    match cut {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> HouseholdCard {
        HouseholdCard {
            building: "3".into(),
            unit: "2".into(),
            room: "1502".into(),
            contacts: vec![Contact {
                name: "陈佳慧".into(),
                phone: "13800000000".into(),
                relation: Relation::Owner,
            }],
            careful: false,
        }
    }

    #[test]
    fn rooms_are_normalised_as_offices_write_them() {
        assert_eq!(normalise_building(" ３栋"), "3");
        assert_eq!(normalise_building("12号楼"), "12");
        assert_eq!(normalise_building("a座"), "A");
        assert_eq!(normalise_unit("２ 单元\u{3000}"), "2");
        assert_eq!(normalise_room("１５０２室 "), "1502");
        assert_eq!(normalise_room("室"), "室");
        assert_eq!(normalise_room("  "), "");
    }

    #[test]
    fn a_search_finds_by_room_with_or_without_hyphens_and_by_name() {
        for query in ["1502", "3-2-15", "321502", "３－２", "佳慧", " 陈 ", ""] {
            assert!(card().matches(query), "{query}");
        }
        for query in ["1503", "4-2", "佳惠", "1380"] {
            assert!(!card().matches(query), "{query}");
        }
    }

    #[test]
    fn a_number_is_dialled_without_what_is_written_between() {
        for (phone, number) in [
            ("13800000000", "13800000000"),
            ("１３８００００００００", "13800000000"),
            ("+86 138-0000-0000", "+8613800000000"),
            ("(0755) 8888 0000 转 12", "075588880000,12"),
            ("13800000000 / 13900000000", "13800000000"),
            ("见备注", ""),
            ("", ""),
        ] {
            let contact = Contact {
                phone: phone.into(),
                ..card().contacts[0].clone()
            };
            assert_eq!(contact.dialled(), number);
        }
    }

    #[test]
    fn texts_are_ordered_as_people_count() {
        let sorted = [
            "", "1", "01", "2", "9", "10", "101", "1501", "1502", "A", "A2", "A10", "B1", "东",
        ];
        for (place, a) in sorted.iter().enumerate() {
            for (other, b) in sorted.iter().enumerate() {
                assert_eq!(natural_order(a, b), place.cmp(&other), "{a} {b}");
            }
        }
        let long = ["99999999999999999999999", "100000000000000000000000"];
        assert_eq!(natural_order(long[0], long[1]), Ordering::Less);
        assert_eq!(natural_order("0", "00"), Ordering::Less);
    }

    #[test]
    fn the_register_goes_by_building_then_unit_then_room() {
        let at = |building: &str, unit: &str, room: &str| HouseholdCard {
            building: building.into(),
            unit: unit.into(),
            room: room.into(),
            ..HouseholdCard::default()
        };
        let mut cards = [
            at("10", "1", "101"),
            at("2", "10", "101"),
            at("2", "9", "1001"),
            at("2", "9", "902"),
            at("", "", "7"),
        ];
        cards.sort_by(HouseholdCard::register_order);
        let labels = cards.map(|card| card.label());
        assert_eq!(labels, ["7", "2-9-902", "2-9-1001", "2-10-101", "10-1-101"]);
    }

    #[test]
    fn the_label_leaves_out_what_is_empty() {
        assert_eq!(card().label(), "3-2-1502");
        assert_eq!(
            HouseholdCard {
                unit: String::new(),
                ..card()
            }
            .label(),
            "3-1502"
        );
    }

    #[test]
    fn a_card_without_a_room_or_with_unclean_text_is_not_sound() {
        assert!(card().is_sound());
        assert!(
            !HouseholdCard {
                room: String::new(),
                ..card()
            }
            .is_sound()
        );
        assert!(
            !HouseholdCard {
                room: " 1502".into(),
                ..card()
            }
            .is_sound()
        );
        let many = vec![card().contacts[0].clone(); CONTACTS_MAX + 1];
        assert!(
            !HouseholdCard {
                contacts: many,
                ..card()
            }
            .is_sound()
        );
    }
}
