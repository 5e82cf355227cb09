//! What happens on a phone: inputs go to a tab's engine, effects to network, disk and timer; tabs
//! open and are told of each other's changes; the phone dies and starts again.

use doorstep_domain::log::LoggedEvent;
use doorstep_domain::sync::engine::{
    Activity, Batch, Change, Effect, Engine, Identity, Input, Lost, Moment,
};
use doorstep_domain::sync::wire::{Pushed, SyncReply, SyncRequest};

use super::{Happening, Letter, Whose, World};
use crate::network::{Fate, LATE_MS, Way, fate};
use crate::office::OfficeStore;
use crate::phone::Stale;
use crate::planted::Bug;
use crate::tally::Fault;
use crate::{invariants, trace};

impl<S: OfficeStore> World<'_, S> {
    /// The tabs of a phone that are open.
    pub(super) fn open_tabs(&self, phone: usize) -> Vec<Whose> {
        let tabs = self.phones[phone].tabs.iter().enumerate();
        tabs.filter(|(_, tab)| tab.engine.is_some())
            .map(|(number, tab)| Whose {
                phone,
                tab: number,
                life: tab.life,
            })
            .collect()
    }

    /// Gives an input to an engine, if it lives still.
    pub(super) fn tell(&mut self, whose: Whose, input: Input) -> Result<(), String> {
        let moment = Moment {
            ms: self.now,
            unix_ms: self.true_time() + self.scenario.people[whose.phone].clock_off_ms,
            jitter: u8::try_from(self.chance.below(256)).unwrap_or(u8::MAX),
        };
        let tab = &mut self.phones[whose.phone].tabs[whose.tab];
        let Some(engine) = tab.engine.as_mut().filter(|_| tab.life == whose.life) else {
            return Ok(());
        };
        let effects = engine.step(moment, input);
        tab.busy = engine.status().activity != Activity::Idle;
        for effect in effects {
            if let Some(words) = trace::effect(&effect) {
                self.note(|| format!("phone {}.{} {words}", whose.phone, whose.tab));
            }
            match effect {
                Effect::Send { number, request } => self.send(whose, number, *request)?,
                Effect::Store { number, batch } => {
                    let delay = self.chance.between(1, 30);
                    self.phones[whose.phone].tabs[whose.tab].storing = Some((number, batch));
                    self.after(delay, Happening::Stores(whose, number));
                }
                Effect::Wake { in_ms } => {
                    let tab = &mut self.phones[whose.phone].tabs[whose.tab];
                    tab.wake += 1;
                    let wake = tab.wake;
                    self.after(in_ms, Happening::Rings(whose, wake));
                }
                Effect::Status => {}
            }
        }
        invariants::status_is_true(self, whose)
    }

    /// Sends now, or later while the other tab has its turn.
    fn send(&mut self, whose: Whose, number: u64, request: SyncRequest) -> Result<(), String> {
        let tabs = self.phones[whose.phone].tabs.iter().enumerate();
        let mut others = tabs.filter(|(tab, _)| *tab != whose.tab);
        if others.any(|(_, tab)| tab.engine.is_some() && tab.busy) {
            let later = self.chance.between(500, 20_000);
            self.after(later, Happening::Sends(whose, number, Box::new(request)));
            return Ok(());
        }
        self.go(whose, number, request)
    }

    /// A request leaves a phone.
    pub(super) fn go(
        &mut self,
        whose: Whose,
        number: u64,
        mut request: SyncRequest,
    ) -> Result<(), String> {
        let one = &mut self.phones[whose.phone];
        if one.tabs[whose.tab].life != whose.life {
            return Ok(());
        }
        let session = one.author;
        if self.bug == Some(Bug::ForgetWhenSent) {
            for pushed in &request.push {
                if let Pushed::Event(event) = pushed {
                    one.disk.outbox.retain(|item| item.event != *event);
                }
            }
        }
        let other = 1 - whose.tab;
        if one.tabs[other].engine.is_some() && one.tabs[other].busy {
            self.count(Fault::TurnStolen);
        }
        self.plant_in_carried(whose.phone, &mut request);
        invariants::pushes_its_own(self, whose.phone, session, &request)?;
        if self.bug == Some(Bug::OrderTurned) {
            request.push.reverse();
        }
        request.limit = request.limit.min(self.scenario.page_rows);
        if self.scenario.as_json {
            let text = serde_json::to_string(&request).map_err(|error| error.to_string())?;
            let read: SyncRequest = serde_json::from_str(&text).map_err(|e| e.to_string())?;
            if read != request {
                return Err("a request reads back as another".into());
            }
        }
        if self.lost_one_way(whose, number, Way::Out) {
            return Ok(());
        }
        if self.fault() {
            let (fault, why) = if request.push.len() > 1 && self.chance.one_in(2) {
                (Fault::TooLarge, Lost::TooLarge)
            } else {
                let later = self.chance.between(100, 30_000);
                self.after(later, Happening::LogsIn(whose));
                (Fault::SessionEnded, Lost::Unauthorised)
            };
            self.count(fault);
            let delay = self.chance.between(5, 300);
            self.lost(whose, number, Some(delay), why);
            return Ok(());
        }
        match fate(&mut self.chance, self.per_mille, Way::Out) {
            Fate::Arrives(first, second) => {
                if let Some(delay) = second {
                    self.count(Fault::Doubled);
                    let again = Box::new(request.clone());
                    self.post(session, whose, number, delay, again);
                }
                self.post(session, whose, number, first, Box::new(request));
            }
            Fate::Lost(fault, heard, why) => {
                self.count(fault);
                self.lost(whose, number, heard, why);
            }
        }
        Ok(())
    }

    /// The bugs of carrying another's events.
    fn plant_in_carried(&mut self, phone: usize, request: &mut SyncRequest) {
        match self.bug {
            Some(Bug::CarriedUnnamed) => request.carried.clear(),
            Some(Bug::CarriedForgotten) => {
                let items = &mut self.phones[phone].disk.outbox;
                for place in &request.carried {
                    if let Some(Pushed::Event(event)) = request.push.get(*place) {
                        items.retain(|item| item.event != *event);
                    }
                }
            }
            _ => {}
        }
    }

    fn post(
        &mut self,
        session: crate::company::Author,
        whose: Whose,
        number: u64,
        delay: u64,
        content: Box<SyncRequest>,
    ) {
        if delay >= LATE_MS {
            self.count(Fault::Delayed);
        }
        let letter = Letter {
            whose,
            number,
            serial: self.next_serial(),
            content,
        };
        self.after(delay, Happening::Arrives(session, letter));
    }

    /// Whether a message gets lost because this way is shut for the phone now.
    pub(super) fn lost_one_way(&mut self, whose: Whose, number: u64, way: Way) -> bool {
        let shut = self.scenario.people[whose.phone].one_way;
        let shut = shut.is_some_and(|(shut, from, to)| {
            shut == way && (from..to).contains(&self.now) && !self.healed
        });
        if shut {
            self.count(Fault::OneWay);
            let heard = self.chance.one_in(2).then_some(20_000);
            self.lost(whose, number, heard, Lost::Offline);
        }
        shut
    }

    pub(super) fn lost(&mut self, whose: Whose, number: u64, heard: Option<u64>, why: Lost) {
        if let Some(delay) = heard {
            self.answer_later(whose, number, delay, Err(why));
        }
    }

    pub(super) fn answer_later(
        &mut self,
        whose: Whose,
        number: u64,
        delay: u64,
        content: Result<Box<SyncReply>, Lost>,
    ) {
        let letter = Letter {
            whose,
            number,
            serial: self.next_serial(),
            content,
        };
        self.after(delay, Happening::Answered(letter));
    }

    /// An answer reaches the phone.
    pub(super) fn answered(
        &mut self,
        letter: Letter<Result<Box<SyncReply>, Lost>>,
    ) -> Result<(), String> {
        let one = &mut self.phones[letter.whose.phone];
        if letter.serial < one.last_back {
            self.count(Fault::Reordered);
        } else {
            one.last_back = letter.serial;
        }
        let number = letter.number;
        let input = match letter.content {
            Ok(reply) => Input::Reply { number, reply },
            Err(why) => Input::Failed { number, why },
        };
        self.tell(letter.whose, input)
    }

    /// A batch reaches the disk, unless the phone has died since, or the disk is full.
    pub(super) fn batch_stored(&mut self, whose: Whose, number: u64) -> Result<(), String> {
        let tab = &mut self.phones[whose.phone].tabs[whose.tab];
        if tab.life != whose.life || tab.engine.is_none() {
            return Ok(());
        }
        let Some((_, batch)) = tab.storing.take().filter(|(other, _)| *other == number) else {
            return Ok(());
        };
        if self.fault() {
            self.count(Fault::DiskFull);
            return self.tell(whose, Input::NotStored { number });
        }
        let Ok(returned) = self.write(whose.phone, &batch)? else {
            self.count(Fault::StaleTab);
            return self.reload(whose);
        };
        if shows(&batch) {
            self.tell_other_tab(whose);
        }
        let delay = self.chance.between(1, 30);
        self.after(delay, Happening::Stored(whose, number, returned));
        Ok(())
    }

    fn write(
        &mut self,
        phone: usize,
        batch: &Batch,
    ) -> Result<Result<Vec<LoggedEvent>, Stale>, String> {
        let one = &mut self.phones[phone];
        let device = one.author.device;
        let stored = one.disk.store(&device, self.archive, batch, self.bug)?;
        if stored.is_ok() {
            let resets = batch.sites.values();
            let resets = resets.filter(|change| matches!(change.change, Change::Reset(_)));
            self.tally.resets += resets.count() as u64;
        }
        invariants::nothing_is_forgotten(self, phone)?;
        Ok(stored)
    }

    /// The phone dies. What was on its way to the disk got there whole, or not at all.
    pub(super) fn phone_dies(&mut self, phone: usize) -> Result<(), String> {
        if !self.phones[phone].is_on() {
            return Ok(());
        }
        self.count(Fault::PhoneCrash);
        for tab in 0..self.phones[phone].tabs.len() {
            let tab = &mut self.phones[phone].tabs[tab];
            tab.engine = None;
            tab.life += 1;
            tab.busy = false;
            let Some((_, mut batch)) = tab.storing.take() else {
                continue;
            };
            self.count(Fault::CrashWhileStoring);
            let lands = match self.writes_land {
                Some(lands) => lands,
                None => self.chance.one_in(2),
            };
            if self.bug == Some(Bug::TornWrite) {
                batch.sites.clear();
            }
            if lands {
                self.note(|| format!("phone {phone} stores as it dies"));
                // Stale: then the transaction fails, and nothing is stored.
                drop(self.write(phone, &batch)?);
            }
        }
        let delay = self.chance.between(100, 20_000);
        self.after(delay, Happening::Starts(phone));
        Ok(())
    }

    /// The app is closed in an orderly way: what is under way is not stored any more.
    pub(super) fn close(&mut self, phone: usize) {
        for tab in &mut self.phones[phone].tabs {
            tab.engine = None;
            tab.life += 1;
            tab.busy = false;
            tab.storing = None;
        }
    }

    pub(super) fn phone_starts(&mut self, phone: usize) -> Result<(), String> {
        if self.phones[phone].is_on() || self.phones[phone].handed_over {
            return Ok(());
        }
        self.open(phone, 0)
    }

    pub(super) fn open_second_tab(&mut self, phone: usize) -> Result<(), String> {
        let one = &self.phones[phone];
        if one.tabs[0].engine.is_none() || one.tabs[1].engine.is_some() {
            return Ok(());
        }
        self.count(Fault::SecondTab);
        self.open(phone, 1)
    }

    /// A tab's engine is made anew from what is stored.
    fn open(&mut self, phone: usize, tab: usize) -> Result<(), String> {
        let identity = Identity {
            organisation: self.scenario.company.organisation,
            device: self.phones[phone].author.device,
            build: "simulation".into(),
        };
        let one = &mut self.phones[phone];
        let saved = one.disk.saved();
        one.tabs[tab].life += 1;
        one.tabs[tab].storing = None;
        one.tabs[tab].engine = Some(Engine::new(identity, saved));
        let whose = Whose {
            phone,
            tab,
            life: one.tabs[tab].life,
        };
        let sites = self.scenario.company.sites.clone();
        self.tell(whose, Input::Watch(sites))?;
        self.tell(whose, Input::Started)
    }

    /// The other tab, if there is one, hears that something has changed.
    pub(super) fn tell_other_tab(&mut self, whose: Whose) {
        for other in self.open_tabs(whose.phone) {
            if other.tab != whose.tab {
                let delay = self.chance.between(1, 30);
                self.after(delay, Happening::Told(other));
            }
        }
    }

    /// A tab takes the records anew; what it has under way does not count any more.
    pub(super) fn reload(&mut self, whose: Whose) -> Result<(), String> {
        let tab = &self.phones[whose.phone].tabs[whose.tab];
        if tab.engine.is_none() || tab.life != whose.life {
            return Ok(());
        }
        self.open(whose.phone, whose.tab)
    }
}

/// Whether other tabs have something to see of a batch; a mere contact is none.
fn shows(batch: &Batch) -> bool {
    let silent = |change: &Change| match change {
        Change::Append(rows) => rows.is_empty(),
        Change::Reset(_) => false,
    };
    !batch.outbox.is_empty() || !batch.sites.values().all(|site| silent(&site.change))
}
