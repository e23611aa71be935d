//! Writes RFC 8785 straight from what is serialized: one buffer, no tree of values. The form of its record is most of what the
//! verdict on one of many parcels costs; the library that did this before (now the oracle of the tests) took four times as long.

use super::canonical::CanonicalError;
use serde::{Serialize, ser};
use std::cmp::Ordering;

type Result<T = (), E = CanonicalError> = std::result::Result<T, E>;

pub(super) fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    String::from_utf8(to_bytes(value)?).map_err(ser::Error::custom)
}

pub(super) fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>> {
    // Most records are shorter: the buffer does not grow while it is written.
    let mut writer = Writer { out: Vec::with_capacity(32 * 1024), ..Writer::default() };
    value.serialize(&mut writer)?;
    Ok(writer.out)
}

/// Where a member of an object lies in the buffer: `"key":value`. A plain key is compared by its bytes.
struct Member {
    start: usize,
    key_end: usize,
    end: usize,
    plain: bool,
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    /// Members of the objects that are open, the innermost last.
    members: Vec<Member>,
    sorted: Vec<u8>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let special = |b: u8| b < b' ' || b == b'"' || b == b'\\';
        self.out.reserve(bytes.len() + 2);
        self.out.push(b'"');
        // No way out of this loop, so that many bytes are looked at together.
        if !bytes.iter().fold(false, |any, b| any | special(*b)) {
            self.out.extend_from_slice(bytes);
            self.out.push(b'"');
            return;
        }
        let mut from = 0;
        for (i, b) in bytes.iter().enumerate().filter(|(_, b)| special(**b)) {
            self.out.extend_from_slice(&bytes[from..i]);
            from = i + 1;
            match b {
                b'"' | b'\\' => self.out.extend_from_slice(&[b'\\', *b]),
                b'\n' => self.out.extend_from_slice(b"\\n"),
                b'\r' => self.out.extend_from_slice(b"\\r"),
                b'\t' => self.out.extend_from_slice(b"\\t"),
                0x08 => self.out.extend_from_slice(b"\\b"),
                0x0c => self.out.extend_from_slice(b"\\f"),
                _ => self.out.extend_from_slice(format!("\\u{b:04x}").as_bytes()),
            }
        }
        self.out.extend_from_slice(&bytes[from..]);
        self.out.push(b'"');
    }

    fn whole(&mut self, v: impl TryInto<i64> + std::fmt::Display + Copy) -> Result {
        const LARGEST: i64 = 1 << f64::MANTISSA_DIGITS;
        match v.try_into() {
            Ok(v) if (-LARGEST..=LARGEST).contains(&v) => {
                self.out.extend_from_slice(itoa::Buffer::new().format(v).as_bytes());
                Ok(())
            }
            _ => Err(ser::Error::custom(format!("{v} is beyond what a JSON number holds (2^53)"))),
        }
    }

    fn float(&mut self, v: f64) -> Result {
        if !v.is_finite() {
            return Err(ser::Error::custom(format!("{v} is not a JSON number")));
        }
        // Most numbers are thousandths. Below 10^15 of them the decimal is the only one of its length that reads back as `v`, and the
        // shortest.
        let thousandths = (v * 1000.0).round();
        if thousandths.abs() < 1e15 && thousandths / 1000.0 == v {
            self.decimal(thousandths as i64);
        } else {
            self.out.extend_from_slice(ryu_js::Buffer::new().format_finite(v).as_bytes());
        }
        Ok(())
    }

    /// So many thousandths as a decimal without zeros at its end.
    fn decimal(&mut self, thousandths: i64) {
        if thousandths < 0 {
            self.out.push(b'-');
        }
        let (whole, rest) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
        self.out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
        if rest > 0 {
            let digits = [rest / 100, rest / 10 % 10, rest % 10].map(|d| b'0' + d as u8);
            let shown = 3 - digits.iter().rev().take_while(|d| **d == b'0').count();
            self.out.push(b'.');
            self.out.extend_from_slice(&digits[..shown]);
        }
    }

    /// Opens `{"variant":`, which the part closes besides itself.
    fn variant(&mut self, name: &str) {
        self.out.push(b'{');
        self.text(name);
        self.out.push(b':');
    }

    fn list(&mut self, in_variant: bool) -> Part<'_> {
        self.out.push(b'[');
        Part { start: self.out.len(), first: self.members.len(), in_variant, writer: self }
    }

    fn object(&mut self, in_variant: bool) -> Part<'_> {
        self.out.push(b'{');
        Part { start: self.out.len(), first: self.members.len(), in_variant, writer: self }
    }
}

/// A list or an object that is being written.
struct Part<'a> {
    writer: &'a mut Writer,
    /// Where its content begins in the buffer, and in the stack of members.
    start: usize,
    first: usize,
    in_variant: bool,
}

impl Part<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        if self.writer.out.len() > self.start {
            self.writer.out.push(b',');
        }
        value.serialize(&mut *self.writer)
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result {
        if self.writer.out.len() > self.start {
            self.writer.out.push(b',');
        }
        let start = self.writer.out.len();
        key.serialize(&mut *self.writer)?;
        match self.writer.out.get(start) {
            Some(b'"') => {}
            Some(b'0'..=b'9' | b'-' | b't' | b'f') => {
                self.writer.out.insert(start, b'"');
                self.writer.out.push(b'"');
            }
            _ => return Err(ser::Error::custom("a key must be a text")),
        }
        let key_end = self.writer.out.len();
        let plain = !self.writer.out[start..].iter().fold(false, |any, c| any | !c.is_ascii() | (*c == b'\\'));
        self.writer.members.push(Member { start, key_end, end: key_end, plain });
        self.writer.out.push(b':');
        Ok(())
    }

    /// The name of a field, which mostly is as it is written.
    fn field(&mut self, name: &'static str) -> Result {
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return self.key(name);
        }
        let out = &mut self.writer.out;
        out.reserve(name.len() + 4);
        if out.len() > self.start {
            out.push(b',');
        }
        let start = out.len();
        out.push(b'"');
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        let key_end = out.len() - 1;
        self.writer.members.push(Member { start, key_end, end: key_end, plain: true });
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        value.serialize(&mut *self.writer)?;
        let end = self.writer.out.len();
        if let Some(member) = self.writer.members.last_mut() {
            member.end = end;
        }
        Ok(())
    }

    fn end_list(self) {
        self.writer.out.push(b']');
        self.close();
    }

    /// Puts the members in their order.
    fn end_object(self) -> Result {
        let Writer { out, members, sorted } = &mut *self.writer;
        let mine = &mut members[self.first..];
        if !mine.is_sorted_by(|a, b| in_utf16(out, a, b).is_lt()) {
            mine.sort_unstable_by(|a, b| in_utf16(out, a, b));
            if mine.windows(2).any(|w| in_utf16(out, &w[0], &w[1]).is_eq()) {
                return Err(ser::Error::custom("a key stands twice"));
            }
            sorted.clear();
            for member in mine {
                if !sorted.is_empty() {
                    sorted.push(b',');
                }
                sorted.extend_from_slice(&out[member.start..member.end]);
            }
            out[self.start..].copy_from_slice(sorted);
        }
        members.truncate(self.first);
        out.push(b'}');
        self.close();
        Ok(())
    }

    fn close(self) {
        if self.in_variant {
            self.writer.out.push(b'}');
        }
    }
}

/// The order of two members by their keys as written in JSON, by the UTF-16 units of what they say.
fn in_utf16(out: &[u8], a: &Member, b: &Member) -> Ordering {
    let key = |m: &Member| &out[m.start..m.key_end];
    if a.plain && b.plain {
        let bare = |m: &Member| &out[m.start + 1..m.key_end - 1];
        return bare(a).cmp(bare(b));
    }
    let said = |m: &Member| serde_json::from_slice::<String>(key(m)).unwrap_or_default();
    said(a).encode_utf16().cmp(said(b).encode_utf16())
}

impl<'a> ser::Serializer for &'a mut Writer {
    type Ok = ();
    type Error = CanonicalError;
    type SerializeSeq = Part<'a>;
    type SerializeTuple = Part<'a>;
    type SerializeTupleStruct = Part<'a>;
    type SerializeTupleVariant = Part<'a>;
    type SerializeMap = Part<'a>;
    type SerializeStruct = Part<'a>;
    type SerializeStructVariant = Part<'a>;

    fn serialize_bool(self, v: bool) -> Result {
        self.out.extend_from_slice(if v { b"true" } else { b"false" });
        Ok(())
    }
    fn serialize_i8(self, v: i8) -> Result {
        self.whole(v)
    }
    fn serialize_i16(self, v: i16) -> Result {
        self.whole(v)
    }
    fn serialize_i32(self, v: i32) -> Result {
        self.whole(v)
    }
    fn serialize_i64(self, v: i64) -> Result {
        self.whole(v)
    }
    fn serialize_u8(self, v: u8) -> Result {
        self.whole(v)
    }
    fn serialize_u16(self, v: u16) -> Result {
        self.whole(v)
    }
    fn serialize_u32(self, v: u32) -> Result {
        self.whole(v)
    }
    fn serialize_u64(self, v: u64) -> Result {
        self.whole(v)
    }
    fn serialize_f32(self, v: f32) -> Result {
        self.float(v.into())
    }
    fn serialize_f64(self, v: f64) -> Result {
        self.float(v)
    }
    fn serialize_char(self, v: char) -> Result {
        self.text(v.encode_utf8(&mut [0; 4]));
        Ok(())
    }
    fn serialize_str(self, v: &str) -> Result {
        self.text(v);
        Ok(())
    }
    fn serialize_bytes(self, v: &[u8]) -> Result {
        v.serialize(self)
    }
    fn serialize_none(self) -> Result {
        self.serialize_unit()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result {
        v.serialize(self)
    }
    fn serialize_unit(self) -> Result {
        self.out.extend_from_slice(b"null");
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, v: &T) -> Result {
        v.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        v: &T,
    ) -> Result {
        self.variant(variant);
        v.serialize(&mut *self)?;
        self.out.push(b'}');
        Ok(())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Part<'a>> {
        Ok(self.list(false))
    }
    fn serialize_tuple(self, _: usize) -> Result<Part<'a>> {
        Ok(self.list(false))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Part<'a>> {
        Ok(self.list(false))
    }
    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Part<'a>> {
        self.variant(variant);
        Ok(self.list(true))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Part<'a>> {
        Ok(self.object(false))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Part<'a>> {
        Ok(self.object(false))
    }
    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Part<'a>> {
        self.variant(variant);
        Ok(self.object(true))
    }
}

macro_rules! lists {
    ($($of:ident $item:ident),*) => {$(
        impl ser::$of for Part<'_> {
            type Ok = ();
            type Error = CanonicalError;
            fn $item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
                self.item(value)
            }
            fn end(self) -> Result {
                self.end_list();
                Ok(())
            }
        }
    )*};
}
lists!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

macro_rules! objects {
    ($($of:ident),*) => {$(
        impl ser::$of for Part<'_> {
            type Ok = ();
            type Error = CanonicalError;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result {
                self.field(key)?;
                self.value(value)
            }
            fn end(self) -> Result {
                self.end_object()
            }
        }
    )*};
}
objects!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Part<'_> {
    type Ok = ();
    type Error = CanonicalError;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result {
        self.key(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result {
        self.value(value)
    }
    fn end(self) -> Result {
        self.end_object()
    }
}
