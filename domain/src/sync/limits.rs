//! How much may travel at once and how big an event may be, each with the check for it.
//! Not what an event may say, which is `validity`.

use crate::event::{Event, PartName, PartState};
use crate::hash::Hash;
use crate::sync::wire::{Problem, ProblemCode, SyncRequest};

/// Most items in one push.
pub const PUSH_MAX: usize = 100;
/// Most bytes of one sync request's body (4 MiB).
pub const REQUEST_BYTES: usize = 4 << 20;
/// Most bytes a phone fills with pushed events, so that cursors and scopes of [`SITES_MAX`] sites
/// still fit the request.
pub const PUSH_BYTES: usize = REQUEST_BYTES - (512 << 10);
/// Most bytes of a part's text (64 KiB): the ten topics filled to the brim take a quarter of it.
pub const PART_BYTES: usize = 64 << 10;
/// Most bytes of the ink part (512 KiB): [`POINTS_MAX`](crate::ink::POINTS_MAX) points at 26
/// bytes each, more than leaps from corner to corner take, so that the points are what is counted.
pub const INK_BYTES: usize = 512 << 10;
/// Most bytes of an envelope's text: with eight `after` and five parts it takes less than 2 KiB.
pub const ENVELOPE_BYTES: usize = 8 << 10;
/// Deepest nesting of JSON, of a request's body as of a part's text.
pub const JSON_DEPTH: usize = 16;
/// Most events about one subject.
pub const SUBJECT_EVENTS: u32 = 1_000;
/// Most bytes of the name of a client's build.
pub const BUILD_BYTES: usize = 80;
/// Most sites in one request.
pub const SITES_MAX: usize = 1_000;
/// Most rows in one reply.
pub const PAGE_ROWS: u32 = 500;
/// A reply takes no further row once its rows have this many bytes (1 MiB).
pub const PAGE_BYTES: usize = 1 << 20;
/// Most events kept aside per device that wait for a decision.
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

/// Checks a parsed request: that it speaks for the session's device and names no more than
/// allowed.
pub fn check_request(device: &Hash, request: &SyncRequest) -> Result<(), Problem> {
    if request.device != *device {
        return Err(Problem::new(ProblemCode::WrongDevice));
    }
    // It is kept with the device.
    if request.build.len() > BUILD_BYTES {
        return Err(Problem::new(ProblemCode::MalformedRequest).with("limit", BUILD_BYTES));
    }
    let sites = request.cursors.len().max(request.scope.len());
    for (count, limit) in [
        (request.push.len(), PUSH_MAX),
        (request.carried.len(), PUSH_MAX),
        (sites, SITES_MAX),
    ] {
        if count > limit {
            return Err(Problem::new(ProblemCode::TooMany).with("limit", limit));
        }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::event::{Part, Salt};

    fn event(name: PartName, body: String) -> Event {
        let part = Part {
            salt: Salt([0; 16]),
            body,
        };
        Event {
            envelope: "{}".into(),
            parts: BTreeMap::from([(name, PartState::Present(part))]),
        }
    }

    #[test]
    fn the_limits_are_those_that_were_agreed() {
        assert_eq!((PUSH_MAX, REQUEST_BYTES), (100, 4 * 1_024 * 1_024));
        assert_eq!((PART_BYTES, JSON_DEPTH), (64 * 1_024, 16));
        assert_eq!((SUBJECT_EVENTS, crate::ink::POINTS_MAX), (1_000, 20_000));
    }

    #[test]
    fn depth_counts_brackets_outside_strings_only() {
        for (text, depth) in [
            ("1", 0),
            ("{}", 1),
            (r#"{"a":[{}]}"#, 3),
            (r#""[[[[""#, 0),
            (r#"["\"[[[",[1]]"#, 2),
            ("]]][", 1),
        ] {
            assert_eq!(json_depth(text.as_bytes()), depth, "{text}");
        }
    }

    #[test]
    fn a_body_passes_up_to_its_limits_and_not_beyond() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(check_body(nested(JSON_DEPTH).as_bytes(), 100), Ok(()));
        let deep = check_body(nested(JSON_DEPTH + 1).as_bytes(), 100).unwrap_err();
        assert_eq!(deep.code, ProblemCode::TooDeep);
        assert_eq!(
            check_body(&vec![b' '; REQUEST_BYTES], REQUEST_BYTES),
            Ok(())
        );
        let long = check_body(&vec![b' '; REQUEST_BYTES + 1], REQUEST_BYTES).unwrap_err();
        assert_eq!((long.code, long.status), (ProblemCode::TooLarge, 413));
    }

    #[test]
    fn parts_pass_up_to_their_limits_and_not_beyond() {
        for (name, limit) in [
            (PartName::Fact, 64 << 10),
            (PartName::Content, 64 << 10),
            (PartName::Signing, 64 << 10),
            (PartName::Private, 64 << 10),
            (PartName::Ink, 512 << 10),
        ] {
            assert_eq!(check_event(&event(name, " ".repeat(limit))), Ok(()));
            assert_eq!(
                check_event(&event(name, " ".repeat(limit + 1))),
                Err(Exceeded::Part(name))
            );
        }
    }

    #[test]
    fn envelopes_and_nesting_inside_texts_are_limited_too() {
        let mut long = event(PartName::Fact, "{}".into());
        long.envelope = " ".repeat(ENVELOPE_BYTES);
        assert_eq!(check_event(&long), Ok(()));
        long.envelope.push(' ');
        assert_eq!(check_event(&long), Err(Exceeded::Envelope));
        let deep = "[".repeat(JSON_DEPTH + 1);
        assert_eq!(
            check_event(&event(PartName::Fact, deep.clone())),
            Err(Exceeded::Depth)
        );
        let mut deep_envelope = event(PartName::Fact, "{}".into());
        deep_envelope.envelope = deep;
        assert_eq!(check_event(&deep_envelope), Err(Exceeded::Depth));
    }
}
