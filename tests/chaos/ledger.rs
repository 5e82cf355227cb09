//! What was pushed and what the server said to it, held against the log the server has: nothing
//! acknowledged lost or moved, nothing doubled, nothing there in part or from nowhere.

use std::collections::BTreeMap;
use std::fmt;

use doorstep_domain::event::{Event, envelope_hash};
use doorstep_domain::id::EventId;
use doorstep_domain::log::{Head, LoggedEvent};
use doorstep_domain::sync::wire::Ack;

/// All that was ever pushed to one database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    entries: BTreeMap<EventId, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    event: Event,
    /// What was promised or seen of it: it must stay exactly so.
    place: Option<Ack>,
    /// Whether the server itself promised it.
    acknowledged: bool,
}

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Breach {
    /// Acknowledged, or seen in the log before, and not in the log.
    Lost(EventId),
    /// In the log twice.
    Doubled(EventId),
    /// At another place, with another hash or time than promised or seen before.
    Moved(EventId),
    /// Not what was pushed, in whole.
    Torn(EventId),
    /// In the log, and never pushed.
    Stranger(EventId),
    /// Acknowledged, and never pushed, or not as it was pushed.
    FalseAck(EventId),
    /// The log has a hole at this place, or a row that cannot be read.
    Hole(u64),
    /// The chain recomputed from the rows does not end in the head the server names.
    Chain,
}

/// What a comparison saw.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    /// Every promise that was not kept.
    pub(crate) breaches: Vec<Breach>,
    /// Events acknowledged before and found as promised.
    pub(crate) kept: u64,
    /// Events whose acknowledgement never arrived, and which are in the log now for the first time.
    pub(crate) landed: u64,
    /// Events whose acknowledgement never arrived, and which are not in the log.
    pub(crate) absent: u64,
}

impl Ledger {
    /// Notes events before they are pushed.
    pub(crate) fn note(&mut self, events: &[Event]) {
        for event in events {
            self.entries.entry(id_of(event)).or_insert(Entry {
                event: event.clone(),
                place: None,
                acknowledged: false,
            });
        }
    }

    /// Takes an acknowledgement; a repeated one must say what the first one said. Gives whether it
    /// is the first.
    pub(crate) fn acknowledge(&mut self, ack: &Ack) -> Result<bool, Breach> {
        let entry = self.entries.get_mut(&ack.id);
        let entry = entry.ok_or(Breach::FalseAck(ack.id))?;
        if ack.envelope_hash != envelope_hash(&entry.event.envelope) {
            return Err(Breach::FalseAck(ack.id));
        }
        if entry.place.as_ref().is_some_and(|place| place != ack) {
            return Err(Breach::Moved(ack.id));
        }
        entry.place = Some(ack.clone());
        Ok(!std::mem::replace(&mut entry.acknowledged, true))
    }

    /// Holds the whole log of a site, from `genesis` to `head`, against what was pushed. What is
    /// in it now must be in it for ever, acknowledged or not.
    pub(crate) fn compare(&mut self, rows: &[LoggedEvent], genesis: Head, head: Head) -> Compared {
        let mut compared = Compared::default();
        let mut found = BTreeMap::new();
        let mut end = genesis;
        for row in rows {
            let Ok(envelope) = row.event.read_envelope() else {
                compared.breaches.push(Breach::Hole(row.seq));
                continue;
            };
            if row.seq != end.seq + 1 {
                compared.breaches.push(Breach::Hole(end.seq + 1));
            }
            let hash = envelope_hash(&row.event.envelope);
            end = end.next(&hash, row.received_at);
            let place = Ack {
                id: envelope.id,
                site: envelope.site,
                seq: row.seq,
                received_at: row.received_at,
                envelope_hash: hash,
                hash: end.hash,
            };
            match self.entries.get(&envelope.id) {
                None => compared.breaches.push(Breach::Stranger(envelope.id)),
                Some(entry) if entry.event != row.event => {
                    compared.breaches.push(Breach::Torn(envelope.id));
                }
                Some(_) => {}
            }
            if found.insert(envelope.id, place).is_some() {
                compared.breaches.push(Breach::Doubled(envelope.id));
            }
        }
        if end != head {
            compared.breaches.push(Breach::Chain);
        }
        for (id, entry) in &mut self.entries {
            entry.meet(*id, found.remove(id), &mut compared);
        }
        compared
    }
}

impl Entry {
    fn meet(&mut self, id: EventId, found: Option<Ack>, compared: &mut Compared) {
        match (&self.place, found) {
            (Some(_), None) => compared.breaches.push(Breach::Lost(id)),
            (Some(place), Some(found)) if *place != found => {
                compared.breaches.push(Breach::Moved(id));
            }
            (Some(_), Some(_)) => compared.kept += u64::from(self.acknowledged),
            (None, None) => compared.absent += 1,
            (None, Some(found)) => {
                compared.landed += 1;
                self.place = Some(found);
            }
        }
    }
}

impl std::error::Error for Breach {}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost(id) => write!(f, "{id} was acknowledged and is lost"),
            Self::Doubled(id) => write!(f, "{id} is in the log twice"),
            Self::Moved(id) => write!(f, "{id} is not where it was said to be"),
            Self::Torn(id) => write!(f, "{id} is not what was pushed"),
            Self::Stranger(id) => write!(f, "{id} was never pushed"),
            Self::FalseAck(id) => write!(f, "{id} was acknowledged and not pushed so"),
            Self::Hole(seq) => write!(f, "there is no readable row {seq}"),
            Self::Chain => write!(f, "the chain does not end in the log's head"),
        }
    }
}

/// The id of an event that a phone made.
pub(crate) fn id_of(event: &Event) -> EventId {
    let envelope = event.read_envelope().expect("phones write envelopes");
    envelope.id
}

#[cfg(test)]
mod tests {
    use doorstep_domain::event::PartName;
    use doorstep_tests::company::{Author, Company, EPOCH_MS};
    use doorstep_tests::events::{Pen, Setting};

    use super::*;

    /// Three pushed events, two of them acknowledged, and the log that holds these two.
    struct Scene {
        ledger: Ledger,
        rows: Vec<LoggedEvent>,
        genesis: Head,
        events: Vec<Event>,
    }

    impl Scene {
        fn new() -> Self {
            let company = Company::with_sites(1);
            let mut pen = Pen::of(Author::number(1));
            let mut events = Vec::new();
            for _ in 0..3 {
                let setting = Setting {
                    site: company.sites[0],
                    role: doorstep_domain::policy::Role::Supervisor,
                    at: EPOCH_MS,
                    subject: pen.begin(EPOCH_MS),
                    after: Vec::new(),
                };
                events.push(pen.visit(&setting));
            }
            let mut scene = Self {
                ledger: Ledger::default(),
                rows: Vec::new(),
                genesis: Head::genesis(company.organisation, company.sites[0]),
                events,
            };
            scene.ledger.note(&scene.events);
            for n in 0..2 {
                scene.log(n);
                let ack = scene.ack(n);
                scene.ledger.acknowledge(&ack).unwrap();
            }
            scene
        }

        fn log(&mut self, n: usize) {
            self.rows.push(LoggedEvent {
                seq: self.rows.len() as u64 + 1,
                received_at: EPOCH_MS,
                event: self.events[n].clone(),
            });
        }

        /// What the server says of row `n`.
        fn ack(&self, n: usize) -> Ack {
            let hash = |row: &LoggedEvent| envelope_hash(&row.event.envelope);
            let rows = self.rows[..=n].iter();
            let end = rows.fold(self.genesis, |end, row| {
                end.next(&hash(row), row.received_at)
            });
            let envelope = self.rows[n].event.read_envelope().unwrap();
            Ack {
                id: envelope.id,
                site: envelope.site,
                seq: end.seq,
                received_at: EPOCH_MS,
                envelope_hash: hash(&self.rows[n]),
                hash: end.hash,
            }
        }

        fn compare(&mut self) -> Compared {
            let hash = |row: &LoggedEvent| envelope_hash(&row.event.envelope);
            let rows = self.rows.iter();
            let head = rows.fold(self.genesis, |end, row| {
                end.next(&hash(row), row.received_at)
            });
            self.ledger.compare(&self.rows, self.genesis, head)
        }

        fn id(&self, n: usize) -> EventId {
            id_of(&self.events[n])
        }
    }

    #[test]
    fn what_was_acknowledged_is_kept_and_what_was_not_may_be_either() {
        let mut scene = Scene::new();
        let compared = scene.compare();
        assert_eq!(compared.breaches, []);
        assert_eq!((compared.kept, compared.landed, compared.absent), (2, 0, 1));
        scene.log(2);
        let compared = scene.compare();
        assert_eq!(compared.breaches, []);
        assert_eq!((compared.kept, compared.landed, compared.absent), (2, 1, 0));
    }

    #[test]
    fn what_is_lost_is_named_once_acknowledged_or_only_seen() {
        let mut scene = Scene::new();
        scene.rows.pop();
        assert_eq!(scene.compare().breaches, [Breach::Lost(scene.id(1))]);
        let mut scene = Scene::new();
        scene.log(2);
        assert_eq!(scene.compare().breaches, []);
        scene.rows.pop();
        assert_eq!(scene.compare().breaches, [Breach::Lost(scene.id(2))]);
    }

    #[test]
    fn what_is_doubled_torn_strange_or_moved_is_named() {
        let mut scene = Scene::new();
        scene.log(0);
        let found = scene.compare().breaches;
        assert!(found.contains(&Breach::Doubled(scene.id(0))), "{found:?}");

        let mut scene = Scene::new();
        scene.rows[1].event.parts.remove(&PartName::Private);
        assert_eq!(scene.compare().breaches, [Breach::Torn(scene.id(1))]);

        let mut scene = Scene::new();
        scene
            .ledger
            .entries
            .remove(&id_of(&scene.events[1].clone()));
        assert_eq!(scene.compare().breaches, [Breach::Stranger(scene.id(1))]);

        let mut scene = Scene::new();
        scene.rows[1].received_at += 1;
        assert_eq!(scene.compare().breaches, [Breach::Moved(scene.id(1))]);
    }

    #[test]
    fn holes_and_a_false_head_are_named() {
        let mut scene = Scene::new();
        scene.rows[1].seq += 1;
        assert!(scene.compare().breaches.contains(&Breach::Hole(2)));
        let mut scene = Scene::new();
        let (rows, genesis) = (scene.rows.clone(), scene.genesis);
        let compared = scene.ledger.compare(&rows, genesis, genesis);
        assert_eq!(compared.breaches, [Breach::Chain]);
    }

    #[test]
    fn an_acknowledgement_says_the_same_every_time_and_of_nothing_else() {
        let mut scene = Scene::new();
        let ack = scene.ack(1);
        assert_eq!(scene.ledger.acknowledge(&ack), Ok(false));
        let mut later = ack.clone();
        later.received_at += 1;
        assert_eq!(scene.ledger.acknowledge(&later), Err(Breach::Moved(ack.id)));
        let mut other = ack.clone();
        other.envelope_hash = other.hash;
        assert_eq!(
            scene.ledger.acknowledge(&other),
            Err(Breach::FalseAck(ack.id))
        );
        scene.log(2);
        let mut unknown = scene.ack(2);
        scene.ledger.entries.remove(&unknown.id);
        assert_eq!(
            scene.ledger.acknowledge(&unknown),
            Err(Breach::FalseAck(unknown.id))
        );
        unknown.id = ack.id;
        assert!(scene.ledger.acknowledge(&unknown).is_err());
    }
}
