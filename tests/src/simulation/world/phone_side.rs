//! What happens on a phone: inputs go to its engine, effects to network, disk and timer; it
//! dies and starts again.

use doorstep_domain::sync::engine::{Batch, Change, Effect, Input, Lost, Moment};
use doorstep_domain::sync::wire::SyncRequest;

use super::{Happening, World};
use crate::simulation::network::Fate;
use crate::simulation::{invariants, trace};

impl World {
    /// Gives an input to the engine of this life of a phone.
    pub(super) fn tell(&mut self, phone: usize, life: u32, input: Input) -> Result<(), String> {
        let off = self.scenario.people[phone].clock_off_ms;
        let moment = Moment {
            ms: self.now,
            unix_ms: self.true_time() + off,
            jitter: self.rng.u8(..),
        };
        if self.phones[phone].life != life {
            return Ok(());
        }
        let Some(engine) = &mut self.phones[phone].engine else {
            return Ok(());
        };
        let effects = engine.step(moment, input);
        for effect in effects {
            if let Some(words) = trace::effect(&effect) {
                self.note(|| format!("phone {phone} {words}"));
            }
            match effect {
                Effect::Send { number, request } => self.send(phone, life, number, *request)?,
                Effect::Store { number, batch } => {
                    let delay = self.rng.u64(1..30);
                    self.phones[phone].storing.push((number, batch.clone()));
                    self.after(delay, Happening::Stores(phone, life, number, batch));
                }
                Effect::Wake { in_ms } => {
                    self.phones[phone].wake += 1;
                    let wake = self.phones[phone].wake;
                    self.after(in_ms, Happening::Rings(phone, life, wake));
                }
                Effect::Status => {}
            }
        }
        invariants::status_is_true(self, phone)
    }

    fn send(
        &mut self,
        phone: usize,
        life: u32,
        number: u64,
        mut request: SyncRequest,
    ) -> Result<(), String> {
        request.limit = request.limit.min(self.scenario.page_rows);
        if self.scenario.as_json {
            let text = serde_json::to_string(&request).map_err(|error| error.to_string())?;
            let read: SyncRequest = serde_json::from_str(&text).map_err(|e| e.to_string())?;
            if read != request {
                return Err("a request reads back as another".into());
            }
        }
        if self.fault() {
            let why = if request.push.len() > 1 && self.rng.bool() {
                Lost::TooLarge
            } else {
                let later = self.rng.u64(100..30_000);
                self.after(later, Happening::LogsIn(phone, life));
                Lost::Unauthorised
            };
            let delay = self.rng.u64(5..300);
            self.lost(phone, life, number, Some(delay), why);
            return Ok(());
        }
        match self.network.fate(&mut self.rng) {
            Fate::Arrives(delays) => {
                self.tally.network_faults += delays.len() as u64 - 1;
                for delay in delays {
                    let request = Box::new(request.clone());
                    self.after(delay, Happening::Arrives(phone, life, number, request));
                }
            }
            Fate::Lost(heard, why) => self.lost(phone, life, number, heard, why),
        }
        Ok(())
    }

    /// A batch reaches the disk, unless the phone has died since, or the disk is full.
    pub(super) fn batch_stored(
        &mut self,
        phone: usize,
        life: u32,
        number: u64,
        batch: &Batch,
    ) -> Result<(), String> {
        if self.phones[phone].life != life || self.phones[phone].engine.is_none() {
            return Ok(());
        }
        self.phones[phone].storing.retain(|other| other.0 != number);
        if self.fault() {
            return self.tell(phone, life, Input::NotStored { number });
        }
        let returned = self.write(phone, batch)?;
        let delay = self.rng.u64(1..30);
        self.after(delay, Happening::Stored(phone, life, number, returned));
        Ok(())
    }

    fn write(
        &mut self,
        phone: usize,
        batch: &Batch,
    ) -> Result<Vec<doorstep_domain::log::LoggedEvent>, String> {
        let resets = batch.sites.values();
        let resets = resets.filter(|change| matches!(change.change, Change::Reset(_)));
        self.tally.resets += resets.count() as u64;
        let one = &mut self.phones[phone];
        let device = one.pen.author.device;
        let returned = one.disk.store(&device, &self.library, batch)?;
        invariants::nothing_is_forgotten(self, phone)?;
        Ok(returned)
    }

    /// The phone dies. What was on its way to the disk got there whole, or not at all.
    pub(super) fn phone_dies(&mut self, phone: usize) -> Result<(), String> {
        if self.phones[phone].engine.take().is_none() {
            return Ok(());
        }
        self.tally.crashes += 1;
        for (_, batch) in std::mem::take(&mut self.phones[phone].storing) {
            if self.rng.bool() {
                self.note(|| format!("phone {phone} stores as it dies"));
                self.write(phone, &batch)?;
            }
        }
        let delay = self.rng.u64(100..20_000);
        self.after(delay, Happening::Starts(phone));
        Ok(())
    }

    pub(super) fn phone_starts(&mut self, phone: usize) -> Result<(), String> {
        if self.phones[phone].engine.is_some() {
            return Ok(());
        }
        let organisation = self.scenario.company.organisation;
        self.phones[phone].start(organisation);
        let life = self.phones[phone].life;
        let sites = self.scenario.company.sites.clone();
        self.tell(phone, life, Input::Watch(sites))?;
        self.tell(phone, life, Input::Started)
    }
}
