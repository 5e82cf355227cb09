//! How much may travel at once and how big an event may be, each with the check for it.
//! Not what an event may say, which is `validity`.

use crate::event::{Event, PartName, PartState};
use crate::sync::wire::{Problem, ProblemCode};

/// Most items in one push.
pub const PUSH_MAX: usize = 100;
/// Most bytes of one sync request's body (4 MiB).
pub const REQUEST_BYTES: usize = 4 << 20;
/// Most bytes of a part's text (64 KiB): the ten topics filled to the brim take a quarter of it.
pub const PART_BYTES: usize = 64 << 10;
/// Most bytes of the ink part (256 KiB): 20,000 points at 13 bytes each.
pub const INK_BYTES: usize = 256 << 10;
/// Most bytes of an envelope's text: with eight `after` and five parts it takes less than 2 KiB.
pub const ENVELOPE_BYTES: usize = 8 << 10;
/// Deepest nesting of JSON, of a request's body as of a part's text.
pub const JSON_DEPTH: usize = 16;
/// Most events about one subject.
pub const SUBJECT_EVENTS: u32 = 1_000;
/// Most sites in one request.
pub const SITES_MAX: usize = 1_000;
/// Most rows in one reply.
pub const PAGE_ROWS: u32 = 500;
/// A reply takes no further row once its rows have this many bytes (1 MiB).
pub const PAGE_BYTES: usize = 1 << 20;
/// Most events kept aside per device.
pub const QUARANTINE_PER_DEVICE: u32 = 100;

/// A limit that an event exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// The envelope is longer than [`ENVELOPE_BYTES`].
    Envelope,
    /// A part is longer than [`part_bytes`] allows.
    Part(PartName),
    /// The envelope or a part is nested deeper than [`JSON_DEPTH`].
    Depth,
}

/// Most bytes of the text of part `name`.
pub fn part_bytes(name: PartName) -> usize {
    if name == PartName::Ink {
        INK_BYTES
    } else {
        PART_BYTES
    }
}

/// Checks a request's raw body before anything parses it.
pub fn check_body(body: &[u8], max_bytes: usize) -> Result<(), Problem> {
    if body.len() > max_bytes {
        return Err(Problem::new(ProblemCode::TooLarge).with("limit", max_bytes));
    }
    if json_depth(body) > JSON_DEPTH {
        return Err(Problem::new(ProblemCode::TooDeep).with("limit", JSON_DEPTH));
    }
    Ok(())
}

/// Checks an event's texts before anything parses them.
pub fn check_event(event: &Event) -> Result<(), Exceeded> {
    if event.envelope.len() > ENVELOPE_BYTES {
        return Err(Exceeded::Envelope);
    }
    if json_depth(event.envelope.as_bytes()) > JSON_DEPTH {
        return Err(Exceeded::Depth);
    }
    for (name, state) in &event.parts {
        let PartState::Present(part) = state else {
            continue;
        };
        if part.body.len() > part_bytes(*name) {
            return Err(Exceeded::Part(*name));
        }
        if json_depth(part.body.as_bytes()) > JSON_DEPTH {
            return Err(Exceeded::Depth);
        }
    }
    Ok(())
}

/// Deepest nesting of brackets outside strings. Says nothing about whether it is JSON.
pub fn json_depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
