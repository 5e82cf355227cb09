//! What happens when a request reaches the server.

use doorstep_domain::event::Absence;
use doorstep_domain::hash::Hash;
use doorstep_domain::id::PersonId;
use doorstep_domain::policy::Grant;
use doorstep_domain::sync::accept::{Context, Origin, Signatures};
use doorstep_domain::sync::engine::Lost;
use doorstep_domain::sync::wire::{
    Ack, ProblemCode, Pushed, Reset, Row, SiteReply, SyncReply, SyncRequest,
};

use super::desk::Desk;
use super::{Letter, Whose, World};
use crate::archive::Keys;
use crate::company::Author;
use crate::network::{Fate, LATE_MS, Way, fate, mangle};
use crate::office::{Answer, Death, OfficeStore, answer};
use crate::planted::Bug;
use crate::scenario::Person;
use crate::tally::Fault;
use crate::{invariants, trace};

/// The keys and people as the server knows them. Who is shut out has their keys revoked.
pub(super) struct Enrolled<'a> {
    pub(super) keys: Keys,
    pub(super) people: &'a [Person],
    pub(super) desk: &'a Desk,
    pub(super) now: u64,
    pub(super) bug: Option<Bug>,
}

impl Enrolled<'_> {
    fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.author.person == id)
    }
}

impl Signatures for Enrolled<'_> {
    fn verify(&self, device: &Hash, message: &[u8], signature: &[u8]) -> bool {
        (self.keys.verify)(device, message, signature)
    }

    fn origin(&self, author: PersonId, device: &Hash, message: &[u8], signature: &[u8]) -> Origin {
        let enrolled = self.desk.enrolled.contains(&(author, *device));
        let trusted = self.bug == Some(Bug::OriginTrusted);
        if !(trusted || enrolled && self.verify(device, message, signature)) {
            return Origin::Unproven;
        }
        match self.person(author) {
            Some(person) if person.is_shut_out(self.now) => Origin::Revoked,
            _ => Origin::Enrolled,
        }
    }

    fn grants_of(&self, person: PersonId) -> Vec<Grant> {
        let person = self.person(person);
        person.map_or(Vec::new(), |person| person.grants.clone())
    }
}

impl<S: OfficeStore> World<'_, S> {
    pub(super) fn request_arrives(
        &mut self,
        session: Author,
        letter: Letter<Box<SyncRequest>>,
    ) -> Result<(), String> {
        let (whose, number, request) = (letter.whose, letter.number, letter.content);
        self.tally.requests += 1;
        let one = &mut self.phones[whose.phone];
        if letter.serial < one.last_out {
            self.count(Fault::Reordered);
        } else {
            one.last_out = letter.serial;
        }
        if let Some(why) = self.shut_out(whose.phone) {
            let delay = self.chance.between(5, 300);
            self.answer_later(whose, number, delay, Err(why));
            return Ok(());
        }
        self.count_bad(&request);
        let death = self.death();
        let rows_before = self.rows();
        let outcome = self.ask_the_core(whose.phone, session, &request, death)?;
        self.tally.appended += self.rows() - rows_before;
        match outcome {
            Answer::Reply(mut reply) => {
                self.plant(whose.phone, &request, &mut reply);
                invariants::reply_is_true(self, whose.phone, &request, &reply)?;
                self.send_reply(whose, number, reply)
            }
            Answer::Problem(problem) => Err(format!("a sound request was refused: {problem:?}")),
            Answer::Died => {
                self.count(match death {
                    Some(Death::AfterCommit(_)) => Fault::CrashAfterCommit,
                    _ => Fault::CrashBeforeCommit,
                });
                let delay = self.chance.between(5, 1_000);
                self.answer_later(whose, number, delay, Err(Lost::of_answer(502, None)));
                Ok(())
            }
        }
    }

    fn ask_the_core(
        &mut self,
        phone: usize,
        session: Author,
        request: &SyncRequest,
        death: Option<Death>,
    ) -> Result<Answer, String> {
        let person = &self.scenario.people[phone];
        // The bug: roles are looked up once and kept for good.
        let for_good = (self.bug == Some(Bug::RevokedServed)).then(|| -> Vec<Grant> {
            let grants = person.grants.iter().cloned();
            grants
                .map(|grant| Grant {
                    until: None,
                    ..grant
                })
                .collect()
        });
        let keys = Enrolled {
            keys: self.archive.keys,
            people: &self.scenario.people,
            desk: &self.desk,
            now: self.now,
            bug: self.bug,
        };
        let context = Context {
            organisation: self.scenario.company.organisation,
            person: session.person,
            device: session.device,
            grants: for_good.as_ref().unwrap_or(&person.grants),
            now: self.true_time(),
            epoch: self.epoch(),
            signatures: &keys,
            sites: &self.scenario.company,
        };
        answer(&context, request, &mut self.office, death, self.bug)
    }

    /// Why the server does not even look at a request of this phone's.
    fn shut_out(&mut self, phone: usize) -> Option<Lost> {
        let person = &self.scenario.people[phone];
        if person.is_shut_out(self.now) && self.bug != Some(Bug::RevokedServed) {
            let code = ProblemCode::NotLoggedIn;
            return Some(Lost::of_answer(code.status(), Some(code)));
        }
        if person.old_until.is_some_and(|until| self.now < until) {
            self.count(Fault::OldClient);
            let code = ProblemCode::MalformedRequest;
            return Some(Lost::of_answer(code.status(), Some(code)));
        }
        None
    }

    fn count_bad(&mut self, request: &SyncRequest) {
        if request.push.len() < 2 {
            return;
        }
        let events = request.push.iter().filter_map(|pushed| match pushed {
            Pushed::Event(event) => self.archive.find(event).ok(),
            Pushed::Unreadable(_) => None,
        });
        let bad = events.filter(|known| known.bad).count();
        if (1..request.push.len()).contains(&bad) {
            self.count(Fault::BadInBatch);
        }
    }

    fn rows(&mut self) -> u64 {
        let sites = self.scenario.company.sites.iter();
        sites
            .filter_map(|site| self.office.head(*site))
            .map(|head| head.seq)
            .sum()
    }

    /// Whether and when the server dies over this request.
    pub(super) fn death(&mut self) -> Option<Death> {
        if let Some(death) = self.next_death.take() {
            return Some(death);
        }
        if !self.fault() {
            return None;
        }
        let commit = self.chance.below(2);
        Some(if self.chance.one_in(2) {
            Death::AfterCommit(commit)
        } else {
            Death::BeforeCommit(commit)
        })
    }

    /// The bugs between core and network.
    fn plant(&mut self, phone: usize, request: &SyncRequest, reply: &mut SyncReply) {
        match self.bug {
            Some(Bug::AccessBeforeHistory) => {
                for (site, answer) in &mut reply.sites {
                    if !invariants::reads(self, phone, *site) {
                        *answer = SiteReply::Reset(Reset::NoAccess);
                    }
                }
            }
            Some(Bug::AckOfRefused) => {
                for refusal in std::mem::take(&mut reply.refused) {
                    let Some(Pushed::Event(event)) = request.push.get(refusal.item) else {
                        continue;
                    };
                    if let Ok(opened) = event.open() {
                        reply.acks.push(Ack {
                            id: opened.envelope.id,
                            site: opened.envelope.site,
                            seq: 1,
                            received_at: reply.now,
                            envelope_hash: opened.envelope_hash,
                            hash: opened.envelope_hash,
                        });
                    }
                }
            }
            Some(Bug::NothingWithheld | Bug::TooMuchWithheld) => {
                let all = self.bug == Some(Bug::TooMuchWithheld);
                for (site, answer) in &mut reply.sites {
                    let SiteReply::Page(page) = answer else {
                        continue;
                    };
                    for row in &mut page.rows {
                        let Row::Event(logged) = row else { continue };
                        let stored = self.office.rows(*site, logged.seq - 1, 1);
                        for stored in stored {
                            logged.event = stored.logged.event.withholding(|_| !all);
                        }
                        debug_assert!(logged.event.parts.values().all(|part| all
                            || !matches!(part, doorstep_domain::event::PartState::Absent { absent }
                                if *absent == Absence::Withheld)));
                    }
                }
            }
            _ => {}
        }
    }

    fn send_reply(
        &mut self,
        whose: Whose,
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
        if self.lost_one_way(whose, number, Way::Back) {
            return Ok(());
        }
        if self.fault() {
            if self.chance.one_in(4) {
                return self.truncate(whose, number, &reply);
            }
            if mangle(&mut self.chance, &mut reply) {
                self.count(Fault::Mangled);
                self.note(|| format!("mangled: {}", trace::reply(&reply)));
            }
        }
        match fate(&mut self.chance, self.per_mille, Way::Back) {
            Fate::Arrives(first, second) => {
                for delay in [Some(first), second].into_iter().flatten() {
                    if delay >= LATE_MS {
                        self.count(Fault::Delayed);
                    }
                }
                if let Some(delay) = second {
                    self.count(Fault::Doubled);
                    self.answer_later(whose, number, delay, Ok(Box::new(reply.clone())));
                }
                self.answer_later(whose, number, first, Ok(Box::new(reply)));
            }
            Fate::Lost(fault, heard, why) => {
                self.count(fault);
                self.lost(whose, number, heard, why);
            }
        }
        Ok(())
    }

    /// The connection breaks off in the middle of the reply's JSON.
    fn truncate(&mut self, whose: Whose, number: u64, reply: &SyncReply) -> Result<(), String> {
        let text = serde_json::to_string(reply).map_err(|error| error.to_string())?;
        let mut cut = self.chance.index(text.len());
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        if serde_json::from_str::<SyncReply>(&text[..cut]).is_ok() {
            return Err("a truncated reply reads as one".into());
        }
        self.count(Fault::Truncated);
        let delay = self.chance.between(5, 300);
        self.answer_later(whose, number, delay, Err(Lost::NotAnAnswer));
        Ok(())
    }
}
