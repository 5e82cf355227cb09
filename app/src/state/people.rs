//! The names of people, as far as this phone knows them: accounts are the office's tables, so a
//! name comes from the visits its bearer recorded, or from the session here.
//! Not who may do what.

use std::collections::BTreeMap;

use doorstep_domain::id::PersonId;
use doorstep_domain::state::{Finish, SiteState};
use doorstep_domain::time::SiteTime;
use leptos::prelude::*;

use super::session::use_session;
use super::sites::use_sites;

/// The names of the site being worked on.
pub fn use_people() -> Memo<People> {
    let sites = use_sites();
    let session = use_session();
    Memo::new(move |_| {
        let me = session.get();
        let me = me.as_ref().map(|me| (me.person, me.name.as_str()));
        sites.with(|state| People::of(state, me))
    })
}

/// Names by person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People(BTreeMap<PersonId, String>);

impl People {
    /// The names of a site; `me` is the person here and their name. Of several spellings the one
    /// last used.
    pub fn of(state: &SiteState, me: Option<(PersonId, &str)>) -> Self {
        let mut latest: BTreeMap<PersonId, (SiteTime, &str)> = BTreeMap::new();
        let finishes = state.visits.values().flat_map(|record| &record.finishes);
        for (person, at, name) in finishes.filter_map(named) {
            let known = latest.entry(person).or_insert((at, name));
            if known.0 < at {
                *known = (at, name);
            }
        }
        let names = latest.into_iter().map(|(person, (_, name))| (person, name));
        Self(
            names
                .chain(me)
                .map(|(id, name)| (id, name.to_owned()))
                .collect(),
        )
    }

    /// The person's name; `None` when this phone does not know it.
    pub fn name(&self, person: PersonId) -> Option<&str> {
        self.0.get(&person).map(String::as_str)
    }
}

fn named(finish: &Finish) -> Option<(PersonId, SiteTime, &str)> {
    // A correction names who made the visit, not who corrected it.
    let recorded = finish.fact.corrects.is_none().then_some(finish)?;
    let name = &recorded.content.as_ref()?.visitor;
    Some((recorded.actor, recorded.at, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{finish, person, record, site};

    #[test]
    fn a_name_is_the_one_last_used_and_ones_own_is_the_sessions() {
        let mut married = finish(2, 1, "2026-11-24T15:00");
        if let Some(content) = &mut married.content {
            content.visitor = "林晓文".into();
        }
        let state = site(vec![
            record(2, vec![married]),
            record(1, vec![finish(1, 1, "2026-11-23T15:00")]),
        ]);
        let people = People::of(&state, Some((person(2), "沈国梁")));
        let names = [1, 2, 3].map(|n| people.name(person(n)));
        assert_eq!(names, [Some("林晓文"), Some("沈国梁"), None]);
    }
}
