//! What happens when a request reaches the server.

use doorstep_domain::sync::accept::Context;
use doorstep_domain::sync::engine::Lost;
use doorstep_domain::sync::wire::{SyncReply, SyncRequest};

use super::{Happening, World};
use crate::simulation::network::{Fate, mangle};
use crate::simulation::office::{Answer, Death, answer};
use crate::simulation::trace;

impl World {
    pub(super) fn request_arrives(
        &mut self,
        phone: usize,
        life: u32,
        number: u64,
        request: &SyncRequest,
    ) -> Result<(), String> {
        self.tally.requests += 1;
        let death = self.death();
        let person = &self.scenario.people[phone];
        let context = Context {
            organisation: self.scenario.company.organisation,
            person: person.author.person,
            device: person.author.device,
            grants: &person.grants,
            now: self.true_time(),
            epoch: u32::from(self.restored),
            signatures: &self.scenario.company,
            sites: &self.scenario.company,
        };
        let rows_before = self.rows();
        let answer = answer(&context, request, &mut self.office, death)?;
        self.tally.appended += self.rows() - rows_before;
        match answer {
            Answer::Reply(reply) => self.send_reply(phone, life, number, reply),
            Answer::Problem(problem) => Err(format!("a sound request was refused: {problem:?}")),
            Answer::Died => {
                self.tally.crashes += 1;
                let delay = self.rng.u64(5..1_000);
                let gone = Happening::Answered(phone, life, number, Err(Lost::Server));
                self.after(delay, gone);
                Ok(())
            }
        }
    }

    fn rows(&self) -> u64 {
        let sites = self.scenario.company.sites.iter();
        sites
            .filter_map(|site| self.office.head(*site))
            .map(|head| head.seq)
            .sum()
    }

    /// Whether and when the server dies over this request.
    fn death(&mut self) -> Option<Death> {
        if !self.fault() {
            return None;
        }
        let commit = self.rng.u32(0..2);
        Some(if self.rng.bool() {
            Death::BeforeCommit(commit)
        } else {
            Death::AfterCommit(commit)
        })
    }

    fn send_reply(
        &mut self,
        phone: usize,
        life: u32,
        number: u64,
        mut reply: SyncReply,
    ) -> Result<(), String> {
        if self.scenario.as_json {
            let text = serde_json::to_string(&reply).map_err(|error| error.to_string())?;
            let read: SyncReply = serde_json::from_str(&text).map_err(|e| e.to_string())?;
            if read != reply {
                return Err("a reply reads back as another".into());
            }
        }
        self.acked.extend(reply.acks.iter().map(|ack| ack.id));
        if self.fault() && mangle(&mut self.rng, &mut reply) {
            self.tally.network_faults += 1;
            self.note(|| format!("mangled: {}", trace::reply(&reply)));
        }
        match self.network.fate(&mut self.rng) {
            Fate::Arrives(delays) => {
                self.tally.network_faults += delays.len() as u64 - 1;
                for delay in delays {
                    let reply = Ok(Box::new(reply.clone()));
                    self.after(delay, Happening::Answered(phone, life, number, reply));
                }
            }
            Fate::Lost(heard, why) => self.lost(phone, life, number, heard, why),
        }
        Ok(())
    }

    pub(super) fn lost(
        &mut self,
        phone: usize,
        life: u32,
        number: u64,
        heard: Option<u64>,
        why: Lost,
    ) {
        self.tally.network_faults += 1;
        if let Some(delay) = heard {
            let lost = Happening::Answered(phone, life, number, Err(why));
            self.after(delay, lost);
        }
    }
}
