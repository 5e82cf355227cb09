//! What may happen to a message: dropped, doubled, late, mangled, or answered by somebody else.
//! Draws only; carrying messages is the world's.

use doorstep_domain::sync::engine::Lost;
use doorstep_domain::sync::wire::{ProblemCode, Row, SiteReply, SyncReply};

use crate::chance::Chance;
use crate::tally::Fault;

/// What happens to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Arrives after these milliseconds: once, or twice.
    Arrives(u64, Option<u64>),
    /// Is lost. The phone hears of it after so long, or never.
    Lost(Fault, Option<u64>, Lost),
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From a phone to the server.
    Out,
    /// Back.
    Back,
}

/// What becomes of a message where each fault happens `per_mille` times in a thousand.
pub(crate) fn fate(chance: &mut Chance, per_mille: u32, way: Way) -> Fate {
    if chance.per_mille(per_mille) {
        let heard = chance.one_in(2).then(|| chance.between(10, 20_000));
        let (fault, why) = lost(chance, way);
        // Who gets an answer hears it.
        let heard = match why {
            Lost::Offline => heard,
            _ => Some(heard.unwrap_or(50)),
        };
        return Fate::Lost(fault, heard, why);
    }
    let first = delay(chance, per_mille);
    let second = chance
        .per_mille(per_mille)
        .then(|| delay(chance, per_mille));
    Fate::Arrives(first, second)
}

/// Milliseconds from which a message counts as delayed.
pub(crate) const LATE_MS: u64 = 1_000;

/// Mostly quick; now and then later than anybody waits for.
fn delay(chance: &mut Chance, per_mille: u32) -> u64 {
    if chance.per_mille(per_mille) {
        chance.between(LATE_MS, 100_000)
    } else {
        chance.between(5, 300)
    }
}

fn lost(chance: &mut Chance, way: Way) -> (Fault, Lost) {
    match chance.below(8) {
        5 => (Fault::CaptivePortal, Lost::of_answer(200, None)),
        6 => (Fault::ServerError, Lost::of_answer(502, None)),
        7 => {
            let code = ProblemCode::MalformedRequest;
            let why = Lost::of_answer(code.status(), Some(code));
            (Fault::ServerError, why)
        }
        _ if way == Way::Out => (Fault::RequestDropped, Lost::Offline),
        _ => (Fault::ReplyDropped, Lost::Offline),
    }
}

/// Damages a reply in one way that a phone must notice or survive; whether there was anything
/// to damage.
pub(crate) fn mangle(chance: &mut Chance, reply: &mut SyncReply) -> bool {
    match chance.below(5) {
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

fn rows(reply: &mut SyncReply, damage: impl Fn(&mut Vec<Row>)) -> bool {
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
