//! Row 1 of the faults to survive: the server is killed at random moments while several phones
//! push, and started again; after each time the log is held against what was acknowledged.
//!
//! Every [`CYCLES_PER_DATABASE`] cycles begin on a fresh database, so that checking all of it
//! after each kill stays cheap.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use doorstep_domain::event::Event;

use crate::arguments::Until;
use crate::chance::Chance;
use crate::company::Company;
use crate::ledger::{Breach, Ledger, id_of};
use crate::phone::{Answer, Phone};
use crate::program::{Program, kill};

const CYCLES_PER_DATABASE: u64 = 20;
/// A kill comes so many microseconds after the phones began to push, at most.
const LOAD_MAX_US: u32 = 90_000;
/// A kill of a server that is just starting comes so many microseconds after its start, at most.
const START_MAX_US: u32 = 30_000;
/// Most events in a phone's outbox.
const OUTBOX_MAX: u32 = 6;

/// What was done and what it came to.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) cycles: u64,
    /// Kills under load, and of servers that were just starting.
    pub(crate) kills: u64,
    starting: u64,
    requests: u64,
    unanswered: u64,
    events: u64,
    acks: u64,
    /// Acknowledgements of what had been acknowledged before.
    repeated: u64,
    /// Unacknowledged events found whole in the log, and those not there.
    landed: u64,
    absent: u64,
    lost: u64,
    doubled: u64,
    other: u64,
}

/// A phone with what it has not been given an acknowledgement for.
struct Pusher<'a> {
    phone: &'a mut Phone,
    chance: Chance,
    outbox: Vec<Event>,
    /// Some of what was acknowledged, to be pushed again now and then.
    sent: Vec<Event>,
}

/// Kills until `until`; an error is a promise broken, with the seed's cycle and the folder.
pub(crate) fn run(
    company: &mut Company,
    folder: &Path,
    until: Until,
    chance: &mut Chance,
    score: &mut Score,
) -> Result<()> {
    let begun = Instant::now();
    while until.goes_on(score.cycles, begun.elapsed()) {
        let program = company.untouched.copy_to(folder)?;
        let pusher = |phone| Pusher {
            phone,
            chance: chance.split(),
            outbox: Vec::new(),
            sent: Vec::new(),
        };
        let mut pushers: Vec<_> = company.phones.iter_mut().map(pusher).collect();
        let mut ledger = Mutex::new(Ledger::default());
        for _ in 0..CYCLES_PER_DATABASE {
            if !until.goes_on(score.cycles, begun.elapsed()) {
                break;
            }
            cycle(&program, &mut pushers, &ledger, chance, score)?;
            check(&program, &company.reader, &mut ledger, score)?;
            score.cycles += 1;
        }
    }
    Ok(())
}

/// Starts the server, lets the phones push and kills it.
fn cycle(
    program: &Program,
    pushers: &mut [Pusher<'_>],
    ledger: &Mutex<Ledger>,
    chance: &mut Chance,
    score: &mut Score,
) -> Result<()> {
    if chance.once_in(8) {
        let mut starting = program.spawn()?;
        pause(chance.between(0, START_MAX_US));
        kill(&mut starting)?;
        score.starting += 1;
        score.kills += 1;
    }
    let server = program.start()?;
    let url = server.url.clone();
    let moment = chance.between(0, LOAD_MAX_US);
    let counts = std::thread::scope(|scope| {
        let pushing: Vec<_> = pushers
            .iter_mut()
            .map(|pusher| scope.spawn(|| pusher.push_until_killed(&url, ledger)))
            .collect();
        pause(moment);
        let killed = server.kill();
        let counts = pushing
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        let counts = counts.collect::<Result<Vec<_>>>();
        killed.and(counts)
    })?;
    score.kills += 1;
    for count in counts {
        score.requests += count.requests;
        score.unanswered += count.unanswered;
        score.events += count.events;
        score.acks += count.acks;
        score.repeated += count.repeated;
    }
    Ok(())
}

/// Starts the server again and holds its log against the ledger.
fn check(
    program: &Program,
    reader: &Phone,
    ledger: &mut Mutex<Ledger>,
    score: &mut Score,
) -> Result<()> {
    let server = program.start()?;
    let (rows, head) = reader.pull(&server.url)?;
    let ledger = ledger.get_mut().unwrap_or_else(PoisonError::into_inner);
    let compared = ledger.compare(&rows, reader.genesis(), head);
    score.landed += compared.landed;
    score.absent += compared.absent;
    for breach in &compared.breaches {
        match breach {
            Breach::Lost(_) => score.lost += 1,
            Breach::Doubled(_) => score.doubled += 1,
            _ => score.other += 1,
        }
    }
    program.verify()?;
    server.kill()?;
    match compared.breaches.first() {
        Some(breach) => bail!("after a kill in cycle {}: {breach}", score.cycles + 1),
        None => Ok(()),
    }
}

impl Pusher<'_> {
    /// Makes visits and pushes the outbox, over and over, until no answer comes.
    fn push_until_killed(&mut self, url: &str, ledger: &Mutex<Ledger>) -> Result<Score> {
        let mut score = Score::default();
        let ledger = || ledger.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let full = self.chance.between(1, OUTBOX_MAX) as usize;
            while self.outbox.len() < full {
                let visit = self.phone.visit(&mut self.chance);
                ledger().note(std::slice::from_ref(&visit));
                self.outbox.push(visit);
                score.events += 1;
            }
            let mut push = self.outbox.clone();
            push.extend(self.chance.one_of(&self.sent).cloned());
            // A phone that lost patience has two requests under way.
            let twice = self.chance.once_in(4);
            for answer in self.send(url, &push, twice)? {
                score.requests += 1;
                let reply = match answer {
                    Answer::Reply(reply) => reply,
                    Answer::Problem(problem) => bail!("a push was refused: {problem:?}"),
                    Answer::None => {
                        score.unanswered += 1;
                        continue;
                    }
                };
                if !reply.refused.is_empty() || reply.acks.len() != push.len() {
                    bail!("not all was acknowledged: {:?}", reply.refused);
                }
                for ack in &reply.acks {
                    if ledger().acknowledge(ack)? {
                        score.acks += 1;
                    } else {
                        score.repeated += 1;
                    }
                }
                self.settle(&reply.acks);
            }
            if score.unanswered > 0 {
                return Ok(score);
            }
        }
    }

    /// One request, or the same one twice at once.
    fn send(&self, url: &str, push: &[Event], twice: bool) -> Result<Vec<Answer>> {
        let phone = &*self.phone;
        std::thread::scope(|scope| {
            let other = twice.then(|| scope.spawn(|| phone.push(url, push)));
            let mut answers = vec![phone.push(url, push)?];
            if let Some(other) = other {
                answers.push(other.join().expect("no panic")?);
            }
            Ok(answers)
        })
    }

    /// Takes what was acknowledged out of the outbox.
    fn settle(&mut self, acks: &[doorstep_domain::sync::wire::Ack]) {
        let sent = |event: &Event| acks.iter().any(|ack| ack.id == id_of(event));
        let gone = self.outbox.extract_if(.., |event| sent(event));
        self.sent.extend(gone);
    }
}

fn pause(micros: u32) {
    std::thread::sleep(Duration::from_micros(micros.into()));
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cycles, {} kills ({} of a starting server), {} pushes ({} unanswered), {} events, \
             {} acks and {} repeated ones; unacknowledged: {} whole in the log, {} absent; {} \
             lost, {} doubled, {} otherwise wrong",
            self.cycles,
            self.kills,
            self.starting,
            self.requests,
            self.unanswered,
            self.events,
            self.acks,
            self.repeated,
            self.landed,
            self.absent,
            self.lost,
            self.doubled,
            self.other,
        )
    }
}
