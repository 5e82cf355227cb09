//! Writes canonical JSON (RFC 8785) in one pass: keys in UTF-16 order, the shortest escapes, no
//! spaces, integers only. Not a JSON library: it reads nothing and refuses floats.
//!
//! Of our own because every event is written and compared several times on its way, and the
//! general writer builds a tree of every object first; tests hold it against that writer.

use core::cmp::Ordering;
use core::fmt::{self, Write as _};
use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{self, Impossible, Serializer};

/// The largest integer that every reader of JSON has exactly (2^53 - 1, RFC 7493 §2.2).
const INTEGER_MAX: u64 = (1 << 53) - 1;

/// Why a value has no canonical JSON here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncanonical {
    /// A float: what is hashed holds none.
    Float,
    /// An integer beyond ±(2^53 - 1), which readers of JSON may round.
    Integer,
    /// A key that is not a string.
    Key,
    /// A key that is there twice.
    DoubleKey,
    /// The value could not be written at all.
    Other,
}

impl fmt::Display for Uncanonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Float => "a float",
            Self::Integer => "an integer beyond 2^53 - 1",
            Self::Key => "a key that is not a string",
            Self::DoubleKey => "a key that is there twice",
            Self::Other => "not a value of JSON",
        })
    }
}

impl core::error::Error for Uncanonical {}

impl ser::Error for Uncanonical {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

impl From<fmt::Error> for Uncanonical {
    fn from(_: fmt::Error) -> Self {
        Self::Other
    }
}

/// The canonical JSON of a value; `bytes` is about how long it will be.
pub(super) fn write<T: Serialize>(value: &T, bytes: usize) -> Result<String, Uncanonical> {
    let mut writer = Writer {
        text: String::with_capacity(bytes),
        members: Vec::new(),
    };
    value.serialize(&mut writer)?;
    Ok(writer.text)
}

struct Writer {
    text: String,
    /// The members of all objects that are open, the innermost's last.
    members: Vec<Member>,
}

struct Member {
    key: Cow<'static, str>,
    /// Where it begins in the text, with its key.
    at: usize,
}

/// An object or a list that is being written.
struct Open<'a> {
    writer: &'a mut Writer,
    /// How many members were open before this object's.
    base: usize,
    /// Whether nothing is in it yet.
    empty: bool,
    /// Whether the members came in their order so far.
    in_order: bool,
    /// What closes it, the object around an enum's variant included.
    close: &'static str,
}

/// The order of keys: by UTF-16 code units (RFC 8785 §3.2.3). Bytes of UTF-8 sort differently
/// only where there are characters beyond the basic plane.
fn key_order(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        one.cmp(other)
    } else {
        one.encode_utf16().cmp(other.encode_utf16())
    }
}

impl Writer {
    fn string(&mut self, text: &str) {
        self.text.push('"');
        self.escaped(text);
        self.text.push('"');
    }

    /// The inside of a string (RFC 8785 §3.2.2.2).
    fn escaped(&mut self, text: &str) {
        let mut plain = 0;
        for (at, byte) in text.bytes().enumerate() {
            let escape = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                0x08 => "\\b",
                b'\t' => "\\t",
                b'\n' => "\\n",
                0x0c => "\\f",
                b'\r' => "\\r",
                0x00..0x20 => "\\u00",
                _ => continue,
            };
            self.text.push_str(&text[plain..at]);
            self.text.push_str(escape);
            if escape.len() > 2 {
                for digit in [byte >> 4, byte & 0xf] {
                    self.text
                        .push(char::from(b"0123456789abcdef"[usize::from(digit)]));
                }
            }
            plain = at + 1;
        }
        self.text.push_str(&text[plain..]);
    }

    fn integer(&mut self, negative: bool, magnitude: u64) -> Result<(), Uncanonical> {
        if magnitude > INTEGER_MAX {
            return Err(Uncanonical::Integer);
        }
        let mut digits = [0_u8; 16];
        let mut at = digits.len();
        let mut rest = magnitude;
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if negative {
            self.text.push('-');
        }
        self.text
            .extend(digits[at..].iter().map(|digit| char::from(*digit)));
        Ok(())
    }

    fn open(&mut self, open: &str, close: &'static str) -> Open<'_> {
        self.text.push_str(open);
        Open {
            base: self.members.len(),
            writer: self,
            empty: true,
            in_order: true,
            close,
        }
    }

    /// The object around a variant that holds something, up to its value.
    fn variant(&mut self, variant: &str) {
        self.text.push('{');
        self.string(variant);
        self.text.push(':');
    }
}

impl Open<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Uncanonical> {
        self.separate();
        value.serialize(&mut *self.writer)
    }

    fn separate(&mut self) {
        if !core::mem::replace(&mut self.empty, false) {
            self.writer.text.push(',');
        }
    }

    fn key(&mut self, key: Cow<'static, str>) -> Result<(), Uncanonical> {
        self.separate();
        let at = self.writer.text.len();
        self.writer.string(&key);
        self.writer.text.push(':');
        if let Some(last) = self.writer.members[self.base..].last() {
            match key_order(&last.key, &key) {
                Ordering::Less => {}
                Ordering::Equal => return Err(Uncanonical::DoubleKey),
                Ordering::Greater => self.in_order = false,
            }
        }
        self.writer.members.push(Member { key, at });
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Uncanonical> {
        value.serialize(&mut *self.writer)
    }

    fn close(self) -> Result<(), Uncanonical> {
        let writer = self.writer;
        if !self.in_order {
            writer.sort(self.base)?;
        }
        writer.members.truncate(self.base);
        writer.text.push_str(self.close);
        Ok(())
    }
}

impl Writer {
    /// Puts the members of the object being closed into their order.
    fn sort(&mut self, base: usize) -> Result<(), Uncanonical> {
        let members = &mut self.members[base..];
        let begin = members.first().map_or(self.text.len(), |first| first.at);
        let mut end = self.text.len();
        let mut spans: Vec<(&str, core::ops::Range<usize>)> = Vec::with_capacity(members.len());
        for member in members.iter().rev() {
            spans.push((&member.key, member.at..end));
            // The comma between two members belongs to neither.
            end = member.at.saturating_sub(1);
        }
        spans.sort_unstable_by(|(one, _), (other, _)| key_order(one, other));
        if spans.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Uncanonical::DoubleKey);
        }
        let mut sorted = String::with_capacity(self.text.len() - begin);
        for (_, span) in spans {
            if !sorted.is_empty() {
                sorted.push(',');
            }
            sorted.push_str(&self.text[span]);
        }
        self.text.truncate(begin);
        self.text.push_str(&sorted);
        Ok(())
    }
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Uncanonical;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Open<'a>;

    fn serialize_bool(self, value: bool) -> Result<(), Uncanonical> {
        self.text.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Uncanonical> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Uncanonical> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Uncanonical> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Uncanonical> {
        self.integer(value < 0, value.unsigned_abs())
    }

    fn serialize_u8(self, value: u8) -> Result<(), Uncanonical> {
        self.integer(false, value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Uncanonical> {
        self.integer(false, value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Uncanonical> {
        self.integer(false, value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Uncanonical> {
        self.integer(false, value)
    }

    fn serialize_f32(self, _: f32) -> Result<(), Uncanonical> {
        Err(Uncanonical::Float)
    }

    fn serialize_f64(self, _: f64) -> Result<(), Uncanonical> {
        Err(Uncanonical::Float)
    }

    fn serialize_char(self, value: char) -> Result<(), Uncanonical> {
        self.string(value.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Result<(), Uncanonical> {
        self.string(value);
        Ok(())
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Uncanonical> {
        struct Inside<'a>(&'a mut Writer);
        impl fmt::Write for Inside<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.escaped(text);
                Ok(())
            }
        }
        self.text.push('"');
        write!(Inside(self), "{value}")?;
        self.text.push('"');
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Uncanonical> {
        let mut list = self.open("[", "]");
        value.iter().try_for_each(|byte| list.item(byte))?;
        list.close()
    }

    fn serialize_none(self) -> Result<(), Uncanonical> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Uncanonical> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Uncanonical> {
        self.text.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Uncanonical> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Uncanonical> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Uncanonical> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Uncanonical> {
        self.variant(variant);
        value.serialize(&mut *self)?;
        self.text.push('}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>, Uncanonical> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a>, Uncanonical> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Uncanonical> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Uncanonical> {
        self.variant(variant);
        Ok(self.open("[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>, Uncanonical> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Uncanonical> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Uncanonical> {
        self.variant(variant);
        Ok(self.open("{", "}}"))
    }
}

macro_rules! lists {
    ($($of:ident :: $add:ident,)*) => {$(
        impl ser::$of for Open<'_> {
            type Ok = ();
            type Error = Uncanonical;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Uncanonical> {
                self.item(value)
            }

            fn end(self) -> Result<(), Uncanonical> {
                self.close()
            }
        }
    )*};
}

lists! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field,
}

macro_rules! objects {
    ($($of:ident,)*) => {$(
        impl ser::$of for Open<'_> {
            type Ok = ();
            type Error = Uncanonical;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Uncanonical> {
                self.key(Cow::Borrowed(key))?;
                self.value(value)
            }

            fn end(self) -> Result<(), Uncanonical> {
                self.close()
            }
        }
    )*};
}

objects! {
    SerializeStruct,
    SerializeStructVariant,
}

impl ser::SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Uncanonical;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Uncanonical> {
        let key = key.serialize(Key)?;
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Uncanonical> {
        self.value(value)
    }

    fn end(self) -> Result<(), Uncanonical> {
        self.close()
    }
}

/// Takes a map's key, which must be a string or be written as one.
struct Key;

/// Everything that is no key.
macro_rules! no_keys {
    ($($method:ident($($argument:ty),*);)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<Cow<'static, str>, Uncanonical> {
            Err(Uncanonical::Key)
        }
    )*};
}

/// Everything that is no key and has an inside.
macro_rules! no_open_keys {
    ($($method:ident($($argument:ty),*) -> $inside:ident;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<Self::$inside, Uncanonical> {
            Err(Uncanonical::Key)
        }
    )*};
}

impl Serializer for Key {
    type Ok = Cow<'static, str>;
    type Error = Uncanonical;
    type SerializeSeq = Impossible<Self::Ok, Uncanonical>;
    type SerializeTuple = Impossible<Self::Ok, Uncanonical>;
    type SerializeTupleStruct = Impossible<Self::Ok, Uncanonical>;
    type SerializeTupleVariant = Impossible<Self::Ok, Uncanonical>;
    type SerializeMap = Impossible<Self::Ok, Uncanonical>;
    type SerializeStruct = Impossible<Self::Ok, Uncanonical>;
    type SerializeStructVariant = Impossible<Self::Ok, Uncanonical>;

    fn serialize_str(self, value: &str) -> Result<Self::Ok, Uncanonical> {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Self::Ok, Uncanonical> {
        Ok(Cow::Borrowed(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Self::Ok, Uncanonical> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<Self::Ok, Uncanonical> {
        Err(Uncanonical::Key)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Self::Ok, Uncanonical> {
        Err(Uncanonical::Key)
    }

    no_keys! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
    }

    no_open_keys! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(&'static str, usize) -> SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    fn written(value: &impl Serialize) -> Result<String, Uncanonical> {
        write(value, 0)
    }

    #[test]
    fn members_are_sorted_by_utf_16_wherever_they_come_in() {
        #[derive(Serialize)]
        struct Unsorted {
            b: u8,
            a: Inner,
            c: [i64; 2],
        }
        #[derive(Serialize)]
        struct Inner {
            z: Option<bool>,
            y: &'static str,
        }
        let value = Unsorted {
            b: 1,
            a: Inner { z: None, y: "{,}" },
            c: [0, -20],
        };
        assert_eq!(
            written(&value).unwrap(),
            r#"{"a":{"y":"{,}","z":null},"b":1,"c":[0,-20]}"#
        );
        // RFC 8785 §3.2.3: U+1F600 is a pair of surrogates and comes before U+FB33.
        let keys = json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5,
            "\u{80}": 6, "\u{f6}": 7});
        assert_eq!(
            written(&keys).unwrap(),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\
             \"\u{fb33}\":3}"
        );
    }

    #[test]
    fn strings_take_the_shortest_escapes() {
        let text = "\u{20ac}$\u{f}\nA'B\"\\\"/\u{8}\u{c}\r\t\u{7f}\u{1f}\u{2028}业";
        assert_eq!(
            written(&text).unwrap(),
            "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\\b\\f\\r\\t\u{7f}\\u001f\u{2028}业\""
        );
    }

    #[test]
    fn variants_are_objects_of_one_member() {
        #[derive(Serialize)]
        enum Sort {
            Plain,
            Holding(u8),
            Pair(u8, u8),
            Named { y: u8, x: u8 },
        }
        let sorts = [
            Sort::Plain,
            Sort::Holding(1),
            Sort::Pair(1, 2),
            Sort::Named { y: 1, x: 2 },
        ];
        assert_eq!(
            written(&sorts).unwrap(),
            r#"["Plain",{"Holding":1},{"Pair":[1,2]},{"Named":{"x":2,"y":1}}]"#
        );
    }

    #[test]
    fn what_readers_could_take_differently_is_refused() {
        let most = i64::try_from(INTEGER_MAX).unwrap();
        assert_eq!(written(&most).unwrap(), "9007199254740991");
        assert_eq!(written(&-most).unwrap(), "-9007199254740991");
        assert_eq!(written(&(most + 1)), Err(Uncanonical::Integer));
        assert_eq!(written(&(-most - 1)), Err(Uncanonical::Integer));
        assert_eq!(written(&u64::MAX), Err(Uncanonical::Integer));
        assert_eq!(written(&i64::MIN), Err(Uncanonical::Integer));
        assert_eq!(written(&json!([0.0])), Err(Uncanonical::Float));
        assert_eq!(written(&BTreeMap::from([(1, 2)])), Err(Uncanonical::Key));
    }

    #[test]
    fn a_key_is_there_once() {
        struct Twice([&'static str; 3]);
        impl Serialize for Twice {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_map(self.0.map(|key| (key, 0)))
            }
        }
        assert_eq!(
            written(&Twice(["b", "a", "c"])).unwrap(),
            r#"{"a":0,"b":0,"c":0}"#
        );
        for keys in [["a", "a", "b"], ["a", "b", "a"]] {
            assert_eq!(written(&Twice(keys)), Err(Uncanonical::DoubleKey));
        }
    }
}
