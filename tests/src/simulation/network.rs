//! What may happen to a message: dropped, doubled, late, mangled, or answered by somebody else.
//! Draws only; carrying messages is the world's.

use doorstep_domain::sync::engine::Lost;
use doorstep_domain::sync::wire::{ProblemCode, SiteReply, SyncReply};
use fastrand::Rng;

/// The network between phones and server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Network {
    /// In 1/1000 of messages each fault happens.
    pub(super) per_mille: u32,
}

/// The fate of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// Arrives after these milliseconds: once, or twice.
    Arrives(Vec<u64>),
    /// Is lost; the phone hears of it after so long, or never.
    Lost(Option<u64>, Lost),
}

impl Network {
    /// Whether one fault happens now.
    pub(super) fn fault(self, rng: &mut Rng) -> bool {
        rng.u32(0..1_000) < self.per_mille
    }

    /// What becomes of a message.
    pub(super) fn fate(self, rng: &mut Rng) -> Fate {
        if self.fault(rng) {
            let heard = rng.bool().then(|| rng.u64(10..20_000));
            return Fate::Lost(heard, someone_elses_answer(rng));
        }
        let mut delays = vec![self.delay(rng)];
        if self.fault(rng) {
            delays.push(self.delay(rng));
        }
        Fate::Arrives(delays)
    }

    /// Mostly quick; now and then later than anybody waits for.
    fn delay(self, rng: &mut Rng) -> u64 {
        if self.fault(rng) {
            rng.u64(1_000..100_000)
        } else {
            rng.u64(5..300)
        }
    }
}

fn someone_elses_answer(rng: &mut Rng) -> Lost {
    match rng.u8(0..8) {
        0 => Lost::NotAnAnswer,
        1 => Lost::Server,
        2 => Lost::Refused(ProblemCode::MalformedRequest),
        _ => Lost::Offline,
    }
}

/// Damages a reply in one way that a phone must notice or survive; whether there was anything
/// to damage.
pub(super) fn mangle(rng: &mut Rng, reply: &mut SyncReply) -> bool {
    match rng.u8(0..5) {
        // Somebody else's acknowledgement: not of these bytes.
        0 => {
            let Some(ack) = reply.acks.first_mut() else {
                return false;
            };
            ack.envelope_hash.0[0] ^= 1;
            // Without the rows, which would tell that it is logged all the same.
            reply.sites.clear();
            true
        }
        1 => rows(reply, |rows| {
            rows.remove(0);
        }),
        2 => rows(reply, |rows| {
            let first = rows[0].clone();
            rows.push(first);
        }),
        3 => rows(reply, Vec::clear),
        _ => {
            let pages = reply.sites.values_mut();
            let mut heads = pages.filter_map(|answer| match answer {
                SiteReply::Page(page) => Some(&mut page.head),
                SiteReply::Reset(_) => None,
            });
            let Some(head) = heads.next() else {
                return false;
            };
            head.seq += 1;
            true
        }
    }
}

fn rows(
    reply: &mut SyncReply,
    damage: impl Fn(&mut Vec<doorstep_domain::sync::wire::Row>),
) -> bool {
    for answer in reply.sites.values_mut() {
        if let SiteReply::Page(page) = answer
            && !page.rows.is_empty()
        {
            damage(&mut page.rows);
            return true;
        }
    }
    false
}
