//! What a register file changes (R3.1): rows against the register as it is, decided as a whole
//! before anything is written. Reading files is the server's.

use std::collections::BTreeMap;

use crate::household::{
    CONTACTS_MAX, Contact, HouseholdCard, HouseholdFact, Residence, RoomKey, Use, fold,
    normalise_building, normalise_room, normalise_unit,
};
use crate::id::HouseholdId;
use crate::text::{NAME_MAX, clean};

/// One line of a register file, cells as read; empty cells say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Line in the file, 1 for the first; named when the row is refused.
    pub line: u64,
    /// Building, not normalised.
    pub building: String,
    /// Unit, not normalised.
    pub unit: String,
    /// Room, not normalised.
    pub room: String,
    /// People on this line.
    pub contacts: Vec<Contact>,
    /// Home or business.
    pub r#use: Option<Use>,
    /// Permanent or temporary.
    pub residence: Option<Residence>,
    /// Occupied, where the file says so.
    pub occupied: Option<bool>,
}

/// Why a line was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowProblem {
    /// There is no room.
    NoRoom,
    /// It contradicts the named earlier line about the same household.
    Contradicts {
        /// The earlier line.
        line: u64,
    },
    /// A name, phone or address is longer than [`NAME_MAX`].
    TooLong,
    /// The household would have more than [`CONTACTS_MAX`] contacts.
    TooManyContacts,
}

/// A household as it should be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its card.
    pub card: HouseholdCard,
    /// Home or business.
    pub r#use: Use,
    /// Permanent or temporary.
    pub residence: Residence,
    /// Occupied.
    pub occupied: bool,
}

/// What an import would do; nothing has happened yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Households not registered before.
    pub added: Vec<Entry>,
    /// Households whose entry changes.
    pub updated: Vec<(HouseholdId, Entry)>,
    /// Households the file says nothing new about.
    pub unchanged: u64,
    /// Refused lines, in the file's order.
    pub refused: Vec<(u64, RowProblem)>,
}

/// The register as it is, by room.
pub type Register = BTreeMap<RoomKey, (HouseholdFact, HouseholdCard)>;

/// Decides what `rows` change in `register`. Lines about one household are its contacts; a line
/// that contradicts an earlier one is refused; the rest is imported. What a file leaves empty
/// keeps its registered value; a new household is then permanent, a home, and occupied if
/// anybody is named. Households the file does not mention stay as they are.
pub fn plan(rows: &[Row], register: &Register) -> Plan {
    let mut plan = Plan::default();
    let mut groups: BTreeMap<RoomKey, Group> = BTreeMap::new();
    for row in rows {
        let joined = room_key(row).and_then(|key| {
            let group = groups.entry(key).or_insert_with(|| Group::new(row.line));
            group.join(row)
        });
        if let Err(problem) = joined {
            plan.refused.push((row.line, problem));
        }
    }
    // Keys whose only line was refused make no household.
    for (key, group) in groups.into_iter().filter(|(_, group)| group.joined) {
        let known = register.get(&key);
        let entry = group.into_entry(key, known);
        match known {
            None => plan.added.push(entry),
            Some((fact, card)) if entry.is_registered(fact, card) => plan.unchanged += 1,
            Some((fact, _)) => plan.updated.push((fact.household, entry)),
        }
    }
    plan
}

impl Entry {
    /// The fact of this entry for `household`.
    pub fn fact(&self, household: HouseholdId) -> HouseholdFact {
        HouseholdFact {
            household,
            r#use: self.r#use,
            residence: self.residence,
            occupied: self.occupied,
            listed: true,
        }
    }

    fn is_registered(&self, fact: &HouseholdFact, card: &HouseholdCard) -> bool {
        self.fact(fact.household) == *fact && self.card == *card
    }
}

/// The lines about one household so far.
struct Group {
    line: u64,
    joined: bool,
    contacts: Vec<Contact>,
    r#use: Option<Use>,
    residence: Option<Residence>,
    occupied: Option<bool>,
}

impl Group {
    fn new(line: u64) -> Self {
        Self {
            line,
            joined: false,
            contacts: Vec::new(),
            r#use: None,
            residence: None,
            occupied: None,
        }
    }

    /// Takes a row in whole, or leaves the group as it was.
    fn join(&mut self, row: &Row) -> Result<(), RowProblem> {
        let contradicts = RowProblem::Contradicts { line: self.line };
        let r#use = merge(self.r#use, row.r#use).ok_or(contradicts)?;
        let residence = merge(self.residence, row.residence).ok_or(contradicts)?;
        let occupied = merge(self.occupied, row.occupied).ok_or(contradicts)?;
        let mut contacts = self.contacts.clone();
        for contact in &row.contacts {
            add_contact(&mut contacts, contact)?;
        }
        if contacts.len() > CONTACTS_MAX {
            return Err(RowProblem::TooManyContacts);
        }
        *self = Self {
            line: self.line,
            joined: true,
            contacts,
            r#use,
            residence,
            occupied,
        };
        Ok(())
    }

    fn into_entry(self, key: RoomKey, known: Option<&(HouseholdFact, HouseholdCard)>) -> Entry {
        let fact = known.map(|(fact, _)| fact);
        let named = !self.contacts.is_empty();
        let registered = known
            .map(|(_, card)| card.contacts.clone())
            .unwrap_or_default();
        let RoomKey {
            building,
            unit,
            room,
        } = key;
        Entry {
            r#use: self.r#use.or(fact.map(|it| it.r#use)).unwrap_or_default(),
            residence: self
                .residence
                .or(fact.map(|it| it.residence))
                .unwrap_or_default(),
            occupied: self
                .occupied
                .or(fact.map(|it| it.occupied))
                .unwrap_or(named),
            card: HouseholdCard {
                building,
                unit,
                room,
                contacts: if named { self.contacts } else { registered },
                careful: known.is_some_and(|(_, card)| card.careful),
            },
        }
    }
}

/// Either value, or both if they agree; `None` when they contradict each other.
#[expect(
    clippy::option_option,
    reason = "outer: agreement; inner: said or not said"
)]
fn merge<T: PartialEq>(before: Option<T>, now: Option<T>) -> Option<Option<T>> {
    match (before, now) {
        (Some(before), Some(now)) if before != now => None,
        (before, now) => Some(now.or(before)),
    }
}

/// Adds a person, or completes the one already there: the same name with the same or no phone.
fn add_contact(contacts: &mut Vec<Contact>, contact: &Contact) -> Result<(), RowProblem> {
    let contact = Contact {
        name: clean(&contact.name),
        phone: clean(&contact.phone),
        relation: contact.relation,
    };
    if contact.name.chars().count() > NAME_MAX || contact.phone.chars().count() > NAME_MAX {
        return Err(RowProblem::TooLong);
    }
    if contact.name.is_empty() && contact.phone.is_empty() {
        return Ok(());
    }
    let same = |known: &&mut Contact| {
        fold(&known.name) == fold(&contact.name)
            && (known.phone == contact.phone || known.phone.is_empty() || contact.phone.is_empty())
    };
    match contacts.iter_mut().find(same) {
        Some(known) if known.phone.is_empty() => known.phone = contact.phone,
        Some(_) => {}
        None => contacts.push(contact),
    }
    Ok(())
}

fn room_key(row: &Row) -> Result<RoomKey, RowProblem> {
    let key = RoomKey {
        building: normalise_building(&clean(&row.building)),
        unit: normalise_unit(&clean(&row.unit)),
        room: normalise_room(&clean(&row.room)),
    };
    let long = |text: &String| text.chars().count() > NAME_MAX;
    if key.room.is_empty() {
        Err(RowProblem::NoRoom)
    } else if [&key.building, &key.unit, &key.room].into_iter().any(long) {
        Err(RowProblem::TooLong)
    } else {
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::Relation;

    fn person(name: &str, phone: &str) -> Contact {
        Contact {
            name: name.into(),
            phone: phone.into(),
            relation: Relation::Owner,
        }
    }

    fn row(line: u64, room: &str, contacts: Vec<Contact>) -> Row {
        Row {
            line,
            building: "3栋".into(),
            unit: "2".into(),
            room: room.into(),
            contacts,
            ..Row::default()
        }
    }

    fn registered(plan: &Plan) -> Register {
        let numbered = plan.added.iter().zip(1..);
        let entries = numbered.map(|(entry, n)| {
            let fact = entry.fact(HouseholdId::mint(n, &[0; 10]));
            (entry.card.key(), (fact, entry.card.clone()))
        });
        entries.collect()
    }

    #[test]
    fn lines_about_one_household_are_its_contacts_and_doubles_merge() {
        let rows = [
            row(2, "1502", vec![person("陈佳慧", "")]),
            row(3, "１５０２室", vec![person("陈佳慧 ", "138")]),
            row(4, "1502 ", vec![person("陈父", "139")]),
        ];
        let plan = plan(&rows, &Register::new());
        assert_eq!(plan.added.len(), 1);
        assert_eq!(
            plan.added[0].card.contacts,
            [person("陈佳慧", "138"), person("陈父", "139")]
        );
        assert!(plan.refused.is_empty());
    }

    #[test]
    fn bad_lines_are_named_and_the_rest_imported() {
        let mut contradicting = row(4, "1", vec![]);
        contradicting.occupied = Some(false);
        let mut first = row(3, "1", vec![]);
        first.occupied = Some(true);
        let rows = [
            row(2, " ", vec![]),
            first,
            contradicting,
            row(5, "2", vec![person(&"长".repeat(61), "")]),
            row(6, "3", vec![]),
        ];
        let plan = plan(&rows, &Register::new());
        assert_eq!(
            plan.refused,
            [
                (2, RowProblem::NoRoom),
                (4, RowProblem::Contradicts { line: 3 }),
                (5, RowProblem::TooLong),
            ]
        );
        let rooms: Vec<&str> = plan.added.iter().map(|it| it.card.room.as_str()).collect();
        assert_eq!(rooms, ["1", "3"]);
    }

    #[test]
    fn a_repeat_changes_nothing_and_an_update_keeps_what_is_not_said() {
        let rows = [row(2, "1502", vec![person("陈佳慧", "138")])];
        let register = registered(&plan(&rows, &Register::new()));
        let again = plan(&rows, &register);
        assert_eq!(
            (again.unchanged, again.added.len(), again.updated.len()),
            (1, 0, 0)
        );

        let mut vacated = row(2, "1502", vec![]);
        vacated.occupied = Some(false);
        let update = plan(&[vacated], &register);
        let [(_, entry)] = &update.updated[..] else {
            panic!("one update: {update:?}")
        };
        assert!(!entry.occupied);
        assert_eq!(entry.card.contacts, [person("陈佳慧", "138")]);
    }

    #[test]
    fn a_household_nobody_is_named_for_counts_as_vacant_until_said_otherwise() {
        let rows = [row(2, "1", vec![]), row(3, "2", vec![person("周卫东", "")])];
        let occupied: Vec<bool> = plan(&rows, &Register::new())
            .added
            .iter()
            .map(|it| it.occupied)
            .collect();
        assert_eq!(occupied, [false, true]);
    }
}
