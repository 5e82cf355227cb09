//! All events that people make in the simulation, made once: the same person's nth event with
//! the same words has the same bytes in every run, so it is signed and read only the first time.
//! What phones and server do with it is done anew each time.

use std::collections::HashMap;
use std::rc::Rc;

use doorstep_domain::event::{Event, Kind, PartName, SIGNATURE_BYTES, canonical};
use doorstep_domain::hash::Hash;
use doorstep_domain::id::{EventId, PersonId, SiteId, SubjectId};
use doorstep_domain::policy::Role;
use doorstep_domain::quarantine::{Decision, Verdict};
use doorstep_domain::time::SiteTime;

use crate::company::{Author, EPOCH_MS, OFFSET_MINUTES, stub_sign, stub_verify};
use crate::events::{Pen, Setting};

/// Events in the archive above which it starts over.
const MOST: usize = 50_000;
/// Random numbers that one event takes at most.
const NUMBERS_PER_EVENT: u64 = 16;

/// How devices sign and how the server checks it.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// The signature of a device over a message; equal for equal input.
    pub sign: fn(&Hash, &[u8]) -> [u8; SIGNATURE_BYTES],
    /// Whether a signature is the device's over the message.
    pub verify: fn(&Hash, &[u8], &[u8]) -> bool,
}

impl Keys {
    /// A stand-in that is no cryptography, and fast.
    pub const STUB: Self = Self {
        sign: stub_sign,
        verify: stub_verify,
    };
}

/// What is known of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) id: EventId,
    pub(crate) site: SiteId,
    pub(crate) subject: SubjectId,
    pub(crate) kind: Option<Kind>,
    pub(crate) device: Hash,
    pub(crate) actor: PersonId,
    pub(crate) after: Vec<EventId>,
    pub(crate) sort: Sort,
    /// The server is bound to refuse it.
    pub(crate) bad: bool,
}

/// An event as made, and what is known of it.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) event: Event,
    pub(crate) known: Rc<Known>,
}

/// Which event is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Recipe {
    pub(crate) author: Author,
    /// How many events the author made before on this device.
    pub(crate) number: u32,
    pub(crate) site: SiteId,
    pub(crate) role: Role,
    pub(crate) sort: Sort,
    /// The record it is about; one of its own when there is none.
    pub(crate) subject: Option<SubjectId>,
    pub(crate) after: Vec<EventId>,
}

/// What sort of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
    Visit,
    Void(EventId),
    Opinion(EventId),
    Decision(EventId),
    /// A decision on an event kept aside: taken in, or turned down.
    Decide {
        id: EventId,
        envelope_hash: Hash,
        adopt: bool,
    },
    /// An erasure of parts of an event, which is logged or kept aside.
    Erase {
        on: EventId,
        content: bool,
        private: bool,
        aside: bool,
    },
    /// A visit by a role that its author does not hold.
    OtherRole,
    /// A visit whose times carry another zone's offset.
    OtherZone,
    /// A visit whose signature is not its device's.
    Forged,
    /// Another visit under the id of one made before.
    SameId(EventId),
}

impl Sort {
    /// Whether the server may refuse it though its author did nothing wrong: somebody may have
    /// been faster, and what is kept aside is not on the phone.
    pub(crate) fn is_daring(self) -> bool {
        matches!(self, Self::Decide { .. } | Self::Erase { aside: true, .. })
    }

    fn is_bad(self) -> bool {
        matches!(
            self,
            Self::OtherRole | Self::OtherZone | Self::Forged | Self::SameId(_)
        )
    }
}

/// The events of all runs of one thread.
#[derive(Debug)]
pub struct Archive {
    pub(crate) keys: Keys,
    made: HashMap<Recipe, Rc<Made>>,
    by_envelope: HashMap<String, Rc<Known>>,
}

impl Archive {
    /// An empty one.
    pub fn new(keys: Keys) -> Self {
        Self {
            keys,
            made: HashMap::new(),
            by_envelope: HashMap::new(),
        }
    }

    /// Makes room between two runs.
    pub(crate) fn tidy(&mut self) {
        if self.made.len() > MOST {
            self.made.clear();
            self.by_envelope.clear();
        }
    }

    /// The event of this recipe.
    pub(crate) fn make(&mut self, recipe: &Recipe) -> Result<Rc<Made>, String> {
        if let Some(made) = self.made.get(recipe) {
            return Ok(Rc::clone(made));
        }
        let event = write(self.keys, recipe);
        let known = Rc::new(read(&event, recipe.sort)?);
        self.by_envelope
            .insert(event.envelope.clone(), Rc::clone(&known));
        let made = Rc::new(Made { event, known });
        self.made.insert(recipe.clone(), Rc::clone(&made));
        Ok(made)
    }

    /// The same event as a program of a later version of the envelope would have written it.
    pub(crate) fn later(&mut self, made: &Made) -> Event {
        let mut event = made.event.clone();
        event.envelope = event.envelope.replace(r#""v":1}"#, r#""v":2}"#);
        self.by_envelope
            .insert(event.envelope.clone(), Rc::clone(&made.known));
        event
    }

    /// What is known of an event; an event that nobody made is a broken promise.
    pub(crate) fn find(&self, event: &Event) -> Result<&Rc<Known>, String> {
        let found = self.by_envelope.get(&event.envelope);
        found.ok_or_else(|| format!("nobody made {}", event.envelope))
    }
}

fn read(event: &Event, sort: Sort) -> Result<Known, String> {
    let opened = event
        .open()
        .map_err(|malformed| format!("an unreadable event: {malformed:?}"))?;
    let envelope = opened.envelope;
    Ok(Known {
        id: envelope.id,
        site: envelope.site,
        subject: envelope.subject,
        kind: envelope.known_kind(),
        device: envelope.device,
        actor: envelope.actor,
        after: envelope.after,
        sort,
        bad: sort.is_bad(),
    })
}

fn write(keys: Keys, recipe: &Recipe) -> Event {
    let at = EPOCH_MS + i64::from(recipe.number) * 1_000;
    let number = u64::from(recipe.number) * NUMBERS_PER_EVENT;
    let mut pen = Pen::from(recipe.author, number, keys.sign);
    let own = pen.begin(at);
    let setting = Setting {
        site: recipe.site,
        role: recipe.role,
        at,
        subject: recipe.subject.unwrap_or(own),
        after: recipe.after.clone(),
    };
    match recipe.sort {
        Sort::Visit | Sort::OtherRole => pen.visit(&setting),
        Sort::Void(on) => pen.voiding(&setting, on),
        Sort::Opinion(on) => pen.opinion(&setting, on),
        Sort::Decision(on) => pen.decision(&setting, on),
        Sort::Decide {
            id,
            envelope_hash,
            adopt,
        } => {
            let verdict = if adopt {
                Verdict::Adopt
            } else {
                Verdict::Reject
            };
            let decision = Decision {
                id,
                envelope_hash,
                verdict,
            };
            pen.deciding(&setting, &decision)
        }
        Sort::Erase {
            on,
            content,
            private,
            aside: _,
        } => {
            let parts = [(PartName::Content, content), (PartName::Private, private)];
            let parts = parts.into_iter().filter(|(_, erased)| *erased);
            let parts: Vec<PartName> = parts.map(|(name, _)| name).collect();
            pen.erasure(&setting, on, &parts)
        }
        Sort::OtherZone => {
            let mut envelope = unsigned(&pen.visit(&setting));
            let elsewhere = SiteTime::at(at, OFFSET_MINUTES - 60);
            envelope.0.at = elsewhere.unwrap_or(envelope.0.at);
            pen.seal(envelope.0, envelope.1)
        }
        Sort::Forged => {
            let (envelope, parts) = unsigned(&pen.visit(&setting));
            envelope.into_event(&[7; SIGNATURE_BYTES], parts)
        }
        Sort::SameId(id) => {
            let (mut envelope, parts) = unsigned(&pen.visit(&setting));
            envelope.id = id;
            pen.seal(envelope, parts)
        }
    }
}

type Unsigned = (
    doorstep_domain::event::Envelope,
    std::collections::BTreeMap<PartName, doorstep_domain::event::Part>,
);

/// The envelope and parts of an event that was just made, to be changed and signed again.
fn unsigned(event: &Event) -> Unsigned {
    let mut envelope = event.read_envelope().expect("own events are readable");
    debug_assert_eq!(canonical(&envelope), event.envelope);
    envelope.sig = None;
    let names = envelope.parts.keys();
    let parts = names.filter_map(|name| Some((*name, event.part(*name)?.clone())));
    let parts = parts.collect();
    (envelope, parts)
}
