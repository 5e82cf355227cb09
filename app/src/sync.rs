//! Drives the domain's sync engine with fetch, IndexedDB and timers (D4). No decision of its own:
//! when to send, what to store and when to try again are the engine's.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use doorstep_domain::erasure::erases;
use doorstep_domain::event::Event;
use doorstep_domain::hash::{Hash, sha256};
use doorstep_domain::id::EventId;
use doorstep_domain::sync::engine::{
    Activity, Batch, Change, Contact, Effect, Engine, Identity, Input, Lost, Moment, OutboxChange,
    Saved,
};
use doorstep_domain::sync::wire::{Problem, Reset, SyncReply, SyncRequest};
use leptos::task::spawn_local;

use crate::browser::broadcast::News;
use crate::browser::http::{self, Answer, NoAnswer};
use crate::browser::locks::{self, Lock};
use crate::browser::store::{Applied, DeviceKey, Loaded, PersonStore, Stale};
use crate::browser::timer::{self, Timer};
use crate::browser::{clock, random};
use crate::state::phone::Phone;
use crate::state::photos;

mod view;

/// Milliseconds after which a tab that seems frozen in an exchange loses its turn.
const PATIENCE_MS: u32 = 20_000;
/// This client's build, sent with each request.
pub const BUILD: &str = match option_env!("DOORSTEP_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};

/// Sends and receives for the person who works here.
pub struct Driver {
    phone: Phone,
    store: Rc<PersonStore>,
    device: Hash,
    identity: Identity,
    engine: RefCell<Engine>,
    /// The copies of logs are not loaded yet: nothing is sent before.
    held: Cell<bool>,
    /// Raised whenever the engine is built anew: answers to an earlier engine do not count.
    generation: Cell<u64>,
    wake: RefCell<Option<Timer>>,
    /// Held during an exchange: one tab at a time.
    turn: RefCell<Option<Lock>>,
}

impl Driver {
    /// A driver from what was loaded; it does nothing before [`Self::begin`].
    pub fn new(
        phone: Phone,
        store: Rc<PersonStore>,
        key: &DeviceKey,
        organisation: doorstep_domain::id::OrganisationId,
        loaded: &Loaded,
    ) -> Rc<Self> {
        let device = sha256(&key.spki);
        let identity = Identity {
            organisation,
            device,
            build: BUILD.to_owned(),
        };
        let engine = RefCell::new(Engine::new(identity.clone(), saved(loaded)));
        Rc::new(Self {
            phone,
            store,
            device,
            identity,
            engine,
            held: Cell::new(true),
            generation: Cell::new(0),
            wake: RefCell::default(),
            turn: RefCell::default(),
        })
    }

    /// Starts sending and receiving what was loaded, and keeps the screens told. The loaded outbox
    /// is shown before anything else: until then the screens would call everything received.
    pub fn begin(self: &Rc<Self>, loaded: &Loaded) {
        self.held.set(false);
        self.show_own(loaded);
        self.watch_sites();
        self.feed(Input::Started);
    }

    /// Shows the outbox of what was loaded.
    pub fn show_own(&self, loaded: &Loaded) {
        self.show_read(&loaded.outbox, loaded.unreadable.clone());
    }

    /// Begins with what was loaded since this driver was made: all of it.
    pub fn begin_whole(self: &Rc<Self>, loaded: &Loaded) {
        let engine = Engine::new(self.identity.clone(), saved(loaded));
        *self.engine.borrow_mut() = engine;
        self.phone.show_loaded(loaded);
        self.begin(loaded);
    }

    /// Takes the sites the person works on now.
    pub fn watch_sites(self: &Rc<Self>) {
        let session = self.phone.session.get_untracked();
        let sites = session.iter().flat_map(|session| &session.sites);
        self.feed(Input::Watch(sites.map(|site| site.id).collect()));
    }

    /// An event was finished and is kept.
    pub fn queued(self: &Rc<Self>, event: Event) {
        self.feed(Input::Queued(event));
        self.show();
    }

    /// These items were handed in without a log-in, and are kept as such.
    pub fn deposited(self: &Rc<Self>, changes: Vec<OutboxChange>) {
        self.feed(Input::Deposited(changes));
        self.show();
    }

    /// The browser says there is a network.
    pub fn online(self: &Rc<Self>) {
        self.feed(Input::Online);
    }

    /// The app came to the foreground.
    pub fn visible(self: &Rc<Self>) {
        self.feed(Input::Visible);
    }

    /// The same person has logged in again.
    pub fn logged_in(self: &Rc<Self>) {
        self.feed(Input::LoggedIn);
    }

    /// Offers a refused item again.
    pub async fn retry(self: Rc<Self>, id: EventId) {
        if self.phone.trouble.note(self.store.retry(id).await).is_ok() {
            self.feed(Input::Retry(id));
            self.show();
            self.phone.tell(News::Records);
        }
    }

    /// The last contact with the server.
    pub fn contact(&self) -> Option<Contact> {
        self.engine.borrow().status().contact
    }

    /// Stops: the person leaves. What is under way is not stored any more.
    pub fn stop(&self) {
        self.next_generation();
    }

    /// Takes the records anew, after another tab has changed them.
    pub async fn reload(self: Rc<Self>) {
        let generation = self.next_generation();
        let Ok(loaded) = self.phone.trouble.note(self.store.load().await) else {
            return;
        };
        if generation != self.generation.get() {
            return;
        }
        self.begin_whole(&loaded);
    }

    fn next_generation(&self) -> u64 {
        let next = self.generation.get() + 1;
        self.generation.set(next);
        self.turn.borrow_mut().take();
        self.wake.borrow_mut().take();
        next
    }

    fn feed(self: &Rc<Self>, input: Input) {
        if self.held.get() {
            // What was queued meanwhile is in the outbox that is loaded then.
            return;
        }
        let effects = self.engine.borrow_mut().step(moment(), input);
        for effect in effects {
            let generation = self.generation.get();
            match effect {
                Effect::Send { number, request } => {
                    spawn_local(Rc::clone(self).send(generation, number, *request));
                }
                Effect::Store { number, batch } => {
                    spawn_local(Rc::clone(self).keep(generation, number, batch));
                }
                Effect::Wake { in_ms } => {
                    let driver = Rc::clone(self);
                    let in_ms = u32::try_from(in_ms).unwrap_or(u32::MAX >> 1);
                    let timer = timer::after(in_ms, move || driver.feed(Input::Tick));
                    *self.wake.borrow_mut() = Some(timer);
                }
                Effect::Status => self.show_soon(),
            }
        }
    }

    /// One exchange with the server, while no other tab has one.
    async fn send(self: Rc<Self>, generation: u64, number: u64, request: SyncRequest) {
        // What an event names is there before the event is; in pieces that two tabs may send
        // side by side.
        if let Err(why) = photos::send_named(&self.store, &request.push).await {
            if generation == self.generation.get() {
                self.feed(Input::Failed { number, why });
            }
            return;
        }
        let name = format!("doorstep-sync-{}", self.store.person());
        let turn = locks::lock_patiently(&name, PATIENCE_MS).await;
        if generation != self.generation.get() {
            return;
        }
        *self.turn.borrow_mut() = turn;
        let answer = http::post("/api/v1/sync", &request).await;
        if generation != self.generation.get() {
            return;
        }
        let input = match reply(answer) {
            Ok(reply) => Input::Reply {
                number,
                reply: Box::new(reply),
            },
            Err(why) => Input::Failed { number, why },
        };
        self.feed(input);
        if self.engine.borrow().status().activity != Activity::Storing {
            self.turn.borrow_mut().take();
        }
    }

    /// Stores what a reply came to, and shows it.
    async fn keep(self: Rc<Self>, generation: u64, number: u64, batch: Batch) {
        let applied = self
            .phone
            .trouble
            .note(self.store.apply(&batch, self.device).await);
        if generation != self.generation.get() {
            return;
        }
        let input = match applied {
            Ok(Ok(Applied {
                returned,
                dropped,
                erased,
            })) => {
                self.phone.drop_erased(&dropped);
                if batch_erases(&batch) {
                    let tidied = self.store.drop_sent_photos().await;
                    self.phone.trouble.note(tidied).unwrap_or_default();
                }
                if erased {
                    // The engine still has them whole.
                    self.phone.tell(News::Records);
                    return self.reload().await;
                }
                self.fold(&batch).await;
                Input::Stored { number, returned }
            }
            Ok(Err(Stale)) => return self.reload().await,
            Err(_) => Input::NotStored { number },
        };
        self.turn.borrow_mut().take();
        self.feed(input);
        if batch_shows(&batch) {
            self.phone.tell(News::Records);
        }
        self.show();
    }

    /// Brings the folded states in step with a stored batch.
    async fn fold(&self, batch: &Batch) {
        let reset = |change: &Change| matches!(change, Change::Reset(_));
        if batch.sites.values().any(|site| reset(&site.change)) {
            if let Ok(loaded) = self.phone.trouble.note(self.store.load().await) {
                self.phone.show_loaded(&loaded);
            }
            return;
        }
        for (site, change) in &batch.sites {
            if let Change::Append(rows) = &change.change
                && !rows.is_empty()
            {
                self.phone.sites.apply_rows(*site, rows);
            }
        }
    }
}

/// Whether anything that was received may be to go from here.
fn batch_erases(batch: &Batch) -> bool {
    batch.sites.values().any(|site| match &site.change {
        Change::Append(rows) => rows.iter().any(|row| erases(&row.event)),
        Change::Reset(_) => true,
    })
}

/// Whether other tabs have something to see of it; a mere contact is none.
fn batch_shows(batch: &Batch) -> bool {
    let silent = |change: &Change| match change {
        Change::Append(rows) => rows.is_empty(),
        Change::Reset(Reset::Diverged | Reset::Scope | Reset::NoAccess) => false,
    };
    !batch.outbox.is_empty() || !batch.sites.values().all(|site| silent(&site.change))
}

fn saved(loaded: &Loaded) -> Saved {
    Saved {
        sites: loaded.copies.clone(),
        outbox: loaded.outbox.clone(),
        contact: loaded.contact,
    }
}

/// What came back: a reply, or why there is none.
fn reply(answer: Result<Answer, NoAnswer>) -> Result<SyncReply, Lost> {
    let answer = answer.map_err(|NoAnswer| Lost::Offline)?;
    if answer.is_ok() {
        return answer.read().ok_or(Lost::NotAnAnswer);
    }
    let code = answer.read::<Problem>().map(|problem| problem.code);
    Err(Lost::of_answer(answer.status, code))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since the page was opened are positive and far below 2^53"
)]
fn moment() -> Moment {
    Moment {
        ms: clock::elapsed_ms() as u64,
        unix_ms: clock::now_ms(),
        jitter: random::bytes::<1>()[0],
    }
}

#[cfg(test)]
mod tests {
    use doorstep_domain::sync::wire::ProblemCode;

    use super::*;

    fn of(status: u16, json: Option<&str>) -> Result<SyncReply, Lost> {
        reply(Ok(Answer {
            status,
            json: json.map(str::to_owned),
        }))
    }

    #[test]
    fn only_a_whole_json_reply_is_one() {
        let whole = r#"{"epoch":1,"now":2,"acks":[],"refused":[],"sites":{}}"#;
        assert_eq!(of(200, Some(whole)).map(|reply| reply.now), Ok(2));
        assert_eq!(of(200, Some(&whole[..30])), Err(Lost::NotAnAnswer));
        assert_eq!(of(200, None), Err(Lost::NotAnAnswer));
        assert_eq!(reply(Err(NoAnswer)), Err(Lost::Offline));
        assert_eq!(of(502, None), Err(Lost::Server));
        let ended = serde_json::to_string(&Problem::new(ProblemCode::NotLoggedIn)).unwrap();
        assert_eq!(of(401, Some(&ended)), Err(Lost::Unauthorised));
    }
}
