//! Our own writer of canonical JSON against the general one, on random values. The writer is
//! `domain::event::canonical`, the general one an RFC 8785 crate used nowhere else.

use doorstep_domain::event::{read_canonical, try_canonical};
use fastrand::Rng;
use serde_json::Value;
use serde_json::ser::Serializer as Plain;

/// A value of JSON whose objects keep the order they were made in.
#[derive(Debug)]
enum Tree {
    Null,
    Bool(bool),
    Integer(i64),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl serde::Serialize for Tree {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => to.serialize_none(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Integer(value) => to.serialize_i64(*value),
            Self::Text(value) => to.serialize_str(value),
            Self::List(items) => to.collect_seq(items),
            Self::Object(members) => {
                to.collect_map(members.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

fn tree(rng: &mut Rng, depth: u32) -> Tree {
    let kinds = if depth == 0 { 4 } else { 6 };
    match rng.u8(0..kinds) {
        0 => Tree::Null,
        1 => Tree::Bool(rng.bool()),
        2 => Tree::Integer(integer(rng)),
        3 => Tree::Text(text(rng)),
        4 => Tree::List((0..rng.u8(0..5)).map(|_| tree(rng, depth - 1)).collect()),
        _ => {
            let mut members: Vec<(String, Tree)> = Vec::new();
            for _ in 0..rng.u8(0..7) {
                let key = text(rng);
                if members.iter().all(|(other, _)| *other != key) {
                    members.push((key, tree(rng, depth - 1)));
                }
            }
            Tree::Object(members)
        }
    }
}

/// Of every length up to the largest that is written at all.
fn integer(rng: &mut Rng) -> i64 {
    let magnitude = rng.i64(0..1 << 53) >> rng.u32(0..53);
    if rng.bool() { magnitude } else { -magnitude }
}

/// Short, so that keys begin alike, and of everything that sorts or escapes in its own way.
fn text(rng: &mut Rng) -> String {
    let mut one = || match rng.u8(0..10) {
        0 => char::from(rng.u8(0..0x20)),
        1 => ['"', '\\', '/', '\u{7f}'][rng.usize(0..4)],
        2 => rng.char('\u{e000}'..='\u{ffff}'),
        3 => rng.char('\u{10000}'..='\u{10ffff}'),
        4 => rng.char('\u{80}'..='\u{d7ff}'),
        _ => char::from(rng.u8(b'a'..b'd')),
    };
    let first = one();
    let rest: String = (0..first as u32 % 4).map(|_| one()).collect();
    format!("{first}{rest}")
}

#[test]
fn any_value_without_floats_is_written_as_the_general_writer_writes_it() {
    let mut rng = Rng::with_seed(8785);
    let mut bytes = 0;
    for _ in 0..50_000 {
        let value = tree(&mut rng, 4);
        let general = serde_json_canonicalizer::to_string(&value).unwrap();
        assert_eq!(try_canonical(&value).unwrap(), general, "{value:?}");
        bytes += general.len();
        let read: Value = read_canonical(&general).expect("canonical text reads back");
        assert_eq!(read, serde_json::to_value(&value).unwrap());
        // In the order it was made in, it is read only when that is the canonical one.
        let mut made = Vec::new();
        serde::Serialize::serialize(&value, &mut Plain::new(&mut made)).unwrap();
        let made = String::from_utf8(made).unwrap();
        assert_eq!(read_canonical::<Value>(&made).is_some(), made == general);
    }
    assert!(bytes > 1_000_000, "the values are too small: {bytes} bytes");
}
