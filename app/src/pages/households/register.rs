//! The register ready to be searched: in its order, with what a search looks at folded once.
//! Not the folding of the log; that is the domain's.

use std::collections::BTreeMap;
use std::sync::Arc;

use doorstep_domain::household::{HouseholdCard, HouseholdFact, Query, SearchKey};
use doorstep_domain::id::HouseholdId;
use doorstep_domain::state::{Household, SiteState, Visiting};

use crate::state::register_search::Among;

/// A household of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The household.
    pub(super) id: HouseholdId,
    /// How many entries were made about it: another number, another row.
    pub(super) edition: usize,
    /// As registered now.
    pub(super) fact: HouseholdFact,
    /// The card; `None` when withheld or erased.
    pub(super) card: Option<HouseholdCard>,
    key: Option<SearchKey>,
}

/// All listed households, in the register's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Register(Vec<Arc<Entry>>);

/// Grows with each entry of the register: cheap to ask after every event.
pub(super) fn edition(state: &SiteState) -> usize {
    let households = state.households.values();
    households.map(|household| household.history.len()).sum()
}

impl Entry {
    fn of(household: &Household) -> Self {
        Self {
            id: household.fact.household,
            edition: household.history.len(),
            fact: household.fact,
            card: household.card.clone(),
            key: household.card.as_ref().map(HouseholdCard::search_key),
        }
    }

    fn is_among(&self, among: Among, visiting: Option<&Visiting>) -> bool {
        let is_open = self.fact.occupied && visiting.is_none_or(|it| !it.this_month);
        match among {
            Among::All => true,
            Among::NotThisMonth => is_open,
            Among::LongUnvisited => is_open && visiting.is_none_or(Visiting::is_long_ago),
        }
    }

    fn matches(&self, query: &Query) -> bool {
        match &self.key {
            Some(key) => key.matches(query),
            None => query.is_empty(),
        }
    }
}

impl Register {
    /// The register as it is now.
    pub(super) fn of(state: &SiteState) -> Self {
        let mut listed: Vec<&Household> = state.listed().collect();
        listed.sort_by(|a, b| a.register_order(b));
        let entries = listed.into_iter().map(|it| Arc::new(Entry::of(it)));
        Self(entries.collect())
    }

    /// How many households it has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Those that answer `query` and are `among` those asked for, in the register's order.
    pub(super) fn find(
        &self,
        query: &Query,
        among: Among,
        standings: &BTreeMap<HouseholdId, Visiting>,
    ) -> Vec<Arc<Entry>> {
        let entries = self.0.iter().filter(|entry| {
            entry.matches(query) && entry.is_among(among, standings.get(&entry.id))
        });
        entries.cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use doorstep_domain::household::{Residence, Use};
    use doorstep_domain::id::EventId;
    use doorstep_domain::visit::Purpose;

    use super::*;

    fn id(n: u8) -> HouseholdId {
        HouseholdId::mint(1, &[n; 10])
    }

    fn household(n: u8, card: Option<(&str, &str)>, occupied: bool) -> Household {
        let fact = HouseholdFact {
            household: id(n),
            r#use: Use::Home,
            residence: Residence::Permanent,
            occupied,
            listed: n != 9,
        };
        let card = card.map(|(building, room)| HouseholdCard {
            building: building.into(),
            room: room.into(),
            ..HouseholdCard::default()
        });
        Household {
            fact,
            card,
            card_of: EventId::mint(1, &[n; 10]),
            history: vec![(NaiveDate::default(), fact)],
            heads: vec![],
        }
    }

    fn state() -> SiteState {
        let all = [
            household(1, Some(("10", "101")), true),
            household(2, Some(("9", "101")), true),
            household(3, Some(("9", "1001")), true),
            household(4, Some(("9", "902")), false),
            household(5, None, true),
            household(9, Some(("1", "101")), true),
        ];
        let mut state = SiteState::default();
        let all = all.into_iter().map(|it| (it.fact.household, it));
        state.households.extend(all);
        state
    }

    fn stood(this_month: bool, months: u32) -> Visiting {
        Visiting {
            this_month,
            last: NaiveDate::default(),
            purpose: Purpose::Visit,
            months,
        }
    }

    fn find(query: &str, among: Among) -> Vec<HouseholdId> {
        let standings = BTreeMap::from([(id(1), stood(true, 0)), (id(2), stood(false, 1))]);
        let found = Register::of(&state()).find(&Query::new(query), among, &standings);
        found.into_iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn listed_households_come_in_the_registers_order_and_cardless_ones_last() {
        assert_eq!(find("", Among::All), [2, 4, 3, 1, 5].map(id));
        assert_eq!(edition(&state()), 6);
    }

    #[test]
    fn a_search_and_a_filter_narrow_together() {
        assert_eq!(find("101", Among::All), [2, 1].map(id));
        assert_eq!(find("", Among::NotThisMonth), [2, 3, 5].map(id));
        assert_eq!(find("", Among::LongUnvisited), [3, 5].map(id));
        assert_eq!(find("9-1", Among::LongUnvisited), [3].map(id));
        assert_eq!(find("nobody", Among::All), []);
    }
}
