//! The record on the screen in one `Copy` handle: read live, so that what arrives or is decided
//! shows without drawing the sheet anew under somebody's typing.

use doorstep_domain::event::{Absence, Kind, PartName};
use doorstep_domain::id::{EventId, PersonId, SubjectId};
use doorstep_domain::language::Language;
use doorstep_domain::policy::{Action, Role, why_absent};
use doorstep_domain::state::{Decided, Finish, VisitRecord};
use doorstep_domain::time::UnixMs;
use doorstep_domain::topic::Topic;
use leptos::prelude::*;

use crate::browser::format::{self, Style};
use crate::i18n;
use crate::state::people::{People, use_people};
use crate::state::session::{SessionState, use_session};
use crate::state::sites::use_sites;

/// The record. All reads are tracked.
#[derive(Clone, Copy)]
pub struct Shown {
    /// Which record.
    pub subject: SubjectId,
    /// Who reads it.
    pub session: SessionState,
    record: Memo<Option<VisitRecord>>,
    people: Memo<People>,
}

/// The record `subject` of the site being worked on.
pub fn use_shown(subject: SubjectId) -> Shown {
    let sites = use_sites();
    let session = use_session();
    let record = Memo::new(move |_| {
        let record = sites.with(|state| state.visits.get(&subject).cloned());
        record.filter(|record| !record.finishes.is_empty())
    });
    Shown {
        subject,
        session,
        record,
        people: use_people(),
    }
}

impl Shown {
    /// Whether the record is on this phone.
    pub fn is_here(self) -> bool {
        self.record.with(Option::is_some)
    }

    /// Reads the record; `None` when it is not here.
    pub fn with<T>(self, read: impl FnOnce(&VisitRecord) -> T) -> Option<T> {
        self.record.with(|record| record.as_ref().map(read))
    }

    /// Whether `of` holds for the record.
    pub fn is(self, of: impl FnOnce(&VisitRecord) -> bool) -> bool {
        self.with(of).unwrap_or_default()
    }

    /// Reads the revision that counts; `None` when the record is not here.
    pub fn with_counted<T>(self, read: impl FnOnce(&Finish) -> T) -> Option<T> {
        self.with(|record| record.counted().map(read))?
    }

    /// The decision in force on an opinion.
    pub fn decided(self, on: EventId, topic: Topic) -> Option<Decided> {
        self.with(|record| record.decision(on, topic).cloned())?
    }

    /// Whether the reader may do `action` to this record now: not to one that is voided or that
    /// the office has not received.
    pub fn may(self, action: Action) -> bool {
        self.session.role_for(action).is_some()
            && self.is(|record| record.is_received() && !record.is_voided())
    }

    /// Whether a later revision stands in the place of this one, so that nothing is added to it.
    pub fn is_corrected(self, id: EventId) -> bool {
        self.is(|record| record.is_corrected(id))
    }

    /// Whether the reader recorded the visit.
    pub fn is_own(self) -> bool {
        let first = self.with(|record| record.finishes.first().map(|finish| finish.actor));
        let actor = first.flatten();
        actor.is_some() && actor == self.session.person()
    }

    /// Why `part` of `finish` is not here.
    pub fn why_absent(self, finish: &Finish, part: PartName) -> Absence {
        let (roles, author) = (self.session.roles(), finish.actor);
        let why = |me| why_absent(&roles, me, Kind::VisitRecorded, author, part);
        self.session.person().map_or(Absence::Withheld, why)
    }

    /// Somebody by post and, where known, name.
    pub fn who(self, lang: Language, role: Role, person: PersonId) -> String {
        self.people
            .with(|people| i18n::who(lang, role, people.name(person)))
    }

    /// Day and clock, on the site's.
    pub fn time(self, lang: Language, unix_ms: UnixMs) -> String {
        format::time(lang, &self.session.zone(), Style::DayClock, unix_ms)
    }
}
