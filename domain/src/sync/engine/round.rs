//! How a request ends: answered and stored, lost, or refused; and when the next one goes.
//! What a reply comes to is [`super::plan`]'s.

use super::flight::{Flight, Phase, Storing};
use super::plan::{Plan, Progress, plan};
use super::{
    Batch, Contact, Effect, Engine, ItemState, Lost, Moment, OutboxChange, POLL_MS,
    REQUEST_TIMEOUT_MS, Trouble, choose,
};
use crate::log::LoggedEvent;
use crate::sync::wire::{Params, ProblemCode, RefusalCode, SyncReply};

/// A skew goes into envelopes, and no number there is larger than every reader has exactly.
const SKEW_MAX_MS: i64 = (1 << 53) - 1;

impl Engine {
    /// Takes the request that is out, if it is this one. Answers to earlier ones are ignored:
    /// what they acknowledged will be acknowledged again.
    fn landed(&mut self, number: u64) -> Option<Flight> {
        match core::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Sent(flight) if flight.number == number => Some(flight),
            other => {
                self.phase = other;
                None
            }
        }
    }

    pub(super) fn replied(
        &mut self,
        moment: Moment,
        number: u64,
        reply: SyncReply,
        effects: &mut Vec<Effect>,
    ) {
        let Some(flight) = self.landed(number) else {
            return;
        };
        let round_trip = moment.ms.saturating_sub(flight.sent_ms);
        let half = i64::try_from(round_trip / 2).unwrap_or(0);
        let contact = Contact {
            at: moment.unix_ms,
            skew_ms: moment
                .unix_ms
                .saturating_sub(half)
                .saturating_sub(reply.now)
                .clamp(-SKEW_MAX_MS, SKEW_MAX_MS),
            epoch: reply.epoch,
        };
        match plan(&self.identity, &flight, &self.outbox, reply, contact) {
            Ok(plan) => self.store(number, plan, effects),
            Err(_) => self.wait(moment, Some(Trouble::NotAnAnswer)),
        }
    }

    pub(super) fn failed(
        &mut self,
        moment: Moment,
        number: u64,
        why: Lost,
        effects: &mut Vec<Effect>,
    ) {
        let Some(flight) = self.landed(number) else {
            return;
        };
        match why {
            // Sent before somebody logged in: asked again with the new session.
            Lost::Unauthorised if self.logged_in_ms >= Some(flight.sent_ms) => {
                self.send_at(moment.ms);
            }
            Lost::Unauthorised => {
                self.login_needed = true;
                self.due = None;
            }
            Lost::TooLarge => self.too_large(moment, &flight, effects),
            Lost::Offline | Lost::NotAnAnswer | Lost::Refused(_) | Lost::Server => {
                self.wait(moment, Trouble::of(why));
            }
        }
    }

    /// Sends half as much the next time; a single event that is too large alone is refused
    /// here, so that it holds up nothing.
    fn too_large(&mut self, moment: Moment, flight: &Flight, effects: &mut Vec<Effect>) {
        match flight.pushed.as_slice() {
            [] => self.wait(moment, Some(Trouble::Refused(ProblemCode::TooLarge))),
            [id] => {
                let state = ItemState::Refused {
                    code: RefusalCode::TooLarge,
                    params: Params::new(),
                };
                let batch = Batch {
                    outbox: vec![OutboxChange::Mark(*id, state)],
                    ..Batch::default()
                };
                let plan = Plan {
                    batch,
                    ..Plan::default()
                };
                self.store(flight.number, plan, effects);
            }
            _ => {
                self.room = flight.bytes / 2;
                self.send_at(moment.ms);
            }
        }
    }

    fn store(&mut self, number: u64, plan: Plan, effects: &mut Vec<Effect>) {
        let batch = plan.batch.clone();
        self.phase = Phase::Storing(Box::new(Storing { number, plan }));
        effects.push(Effect::Store { number, batch });
    }

    fn stored_batch(&mut self, number: u64) -> Option<Plan> {
        match core::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Storing(storing) if storing.number == number => Some(storing.plan),
            other => {
                self.phase = other;
                None
            }
        }
    }

    pub(super) fn stored(&mut self, moment: Moment, number: u64, returned: Vec<LoggedEvent>) {
        let Some(plan) = self.stored_batch(number) else {
            return;
        };
        for (site, change) in plan.batch.sites {
            self.sites.insert(site, change.to);
        }
        for change in plan.batch.outbox {
            match change {
                OutboxChange::Remove(id) => self.outbox.remove(id),
                OutboxChange::Mark(id, state) => self.outbox.mark(id, state),
            }
        }
        self.outbox.put_back(returned);
        for id in &plan.held {
            self.outbox.hold(*id, number);
        }
        self.contact = plan.batch.contact.or(self.contact);
        self.behind = plan.more;
        self.trouble = None;
        if !plan.held.is_empty() {
            self.held_due = moment.ms + self.held.wait(moment.jitter);
        } else if !self.outbox.holds_any() {
            self.held.reset();
        }
        if plan.progress == Progress::News {
            // What they waited for may have come with it.
            self.held_due = moment.ms;
        }
        // An answer that answers nothing is as good as none.
        if plan.progress > Progress::None || !(plan.more || plan.unanswered) {
            self.plan_next(moment, plan.more);
        } else {
            self.wait(moment, None);
        }
    }

    /// When to send next after an answer.
    fn plan_next(&mut self, moment: Moment, more: bool) {
        let fresh = !choose::choose(self.outbox.items(), false, self.room).is_empty();
        self.failures.reset();
        let poll = moment.ms + POLL_MS;
        self.due = Some(match (more || fresh, self.outbox.holds_any()) {
            (true, _) => moment.ms,
            (false, true) => self.held_due.min(poll),
            (false, false) => poll,
        });
    }

    pub(super) fn not_stored(&mut self, moment: Moment, number: u64) {
        if self.stored_batch(number).is_some() {
            self.wait(moment, Some(Trouble::Storage));
        }
    }

    pub(super) fn ticked(&mut self, moment: Moment, effects: &mut Vec<Effect>) {
        if let Phase::Sent(flight) = &self.phase
            && moment.ms.saturating_sub(flight.sent_ms) >= REQUEST_TIMEOUT_MS
        {
            let number = flight.number;
            self.failed(moment, number, Lost::Offline, effects);
        }
    }

    /// Tries again later.
    fn wait(&mut self, moment: Moment, trouble: Option<Trouble>) {
        self.trouble = trouble;
        self.due = Some(moment.ms + self.failures.wait(moment.jitter));
    }
}
