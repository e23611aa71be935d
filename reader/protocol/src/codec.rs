//! Binary layout of a batch of features. All numbers little-endian.
//!
//! batch = `u32` count, then per feature: `u64` row, `i64` fid, `u8` flags, optional blob WKB, `u16` value count, values, `u8` has problem
//! (then blob code, blob message). Blob = `u32` length + bytes; a missing blob has length `u32::MAX`.
//! Value = `u8` tag: 0 null, 1 `i64`, 2 `f64`, 3 blob.

use crate::{Flags, RawFeature, RawValue, RowProblem};

const NONE: u32 = u32::MAX;

/// Collects features until somebody takes the batch.
#[derive(Debug)]
pub struct Batch {
    bytes: Vec<u8>,
    count: u32,
}

impl Default for Batch {
    fn default() -> Self {
        Self { bytes: vec![0; 4], count: 0 }
    }
}

impl Batch {
    pub fn push(&mut self, f: &RawFeature) {
        self.count += 1;
        let b = &mut self.bytes;
        b.extend_from_slice(&f.row_no.to_le_bytes());
        b.extend_from_slice(&f.fid.to_le_bytes());
        b.push(f.flags.0);
        blob(b, f.wkb.as_deref());
        b.extend_from_slice(&(f.values.len() as u16).to_le_bytes());
        for v in &f.values {
            match v {
                RawValue::Null => b.push(0),
                RawValue::Int(i) => tagged(b, 1, &i.to_le_bytes()),
                RawValue::Real(r) => tagged(b, 2, &r.to_le_bytes()),
                RawValue::Text(t) => {
                    b.push(3);
                    blob(b, Some(t));
                }
            }
        }
        match &f.problem {
            None => b.push(0),
            Some(p) => {
                b.push(1);
                blob(b, Some(p.code.as_bytes()));
                blob(b, Some(p.message.as_bytes()));
            }
        }
    }

    pub fn count(&self) -> u32 {
        self.count
    }
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
    /// The payload of a features frame.
    pub fn payload(&mut self) -> &[u8] {
        self.bytes[..4].copy_from_slice(&self.count.to_le_bytes());
        &self.bytes
    }
    pub fn clear(&mut self) {
        self.bytes.truncate(4);
        self.count = 0;
    }
}

fn tagged(b: &mut Vec<u8>, tag: u8, v: &[u8]) {
    b.push(tag);
    b.extend_from_slice(v);
}

fn blob(b: &mut Vec<u8>, v: Option<&[u8]>) {
    let len = v.map_or(NONE, |v| v.len() as u32);
    b.extend_from_slice(&len.to_le_bytes());
    b.extend_from_slice(v.unwrap_or_default());
}

/// The features of a payload; `None` when it is not one (never panics on foreign bytes).
pub fn decode(payload: &[u8]) -> Option<Vec<RawFeature>> {
    let mut c = Cursor(payload);
    let count = u32::from_le_bytes(c.array()?);
    // 24 bytes is the smallest feature: the claimed count cannot make us reserve more than the payload justifies.
    let mut out = Vec::with_capacity((count as usize).min(payload.len() / 24 + 1));
    for _ in 0..count {
        out.push(c.feature()?);
    }
    c.0.is_empty().then_some(out)
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(head)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }
    fn blob(&mut self) -> Option<Option<&'a [u8]>> {
        match u32::from_le_bytes(self.array()?) {
            NONE => Some(None),
            n => self.take(n as usize).map(Some),
        }
    }
    fn string(&mut self) -> Option<String> {
        self.blob()?.map(|b| String::from_utf8_lossy(b).into_owned())
    }
    fn value(&mut self) -> Option<RawValue> {
        Some(match self.byte()? {
            0 => RawValue::Null,
            1 => RawValue::Int(i64::from_le_bytes(self.array()?)),
            2 => RawValue::Real(f64::from_le_bytes(self.array()?)),
            3 => RawValue::Text(self.blob()??.to_vec()),
            _ => return None,
        })
    }
    fn feature(&mut self) -> Option<RawFeature> {
        let row_no = u64::from_le_bytes(self.array()?);
        let fid = i64::from_le_bytes(self.array()?);
        let flags = Flags(self.byte()?);
        let wkb = self.blob()?.map(<[u8]>::to_vec);
        let n = u16::from_le_bytes(self.array()?);
        let values = (0..n).map(|_| self.value()).collect::<Option<Vec<_>>>()?;
        let problem = match self.byte()? {
            0 => None,
            1 => Some(RowProblem { code: self.string()?, message: self.string()? }),
            _ => return None,
        };
        Some(RawFeature { row_no, fid, wkb, values, flags, problem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let a = RawFeature {
            row_no: 1,
            fid: -1,
            wkb: Some(vec![1, 2, 3]),
            values: vec![RawValue::Null, RawValue::Int(-7), RawValue::Real(0.1), RawValue::Text(vec![0xb5, 0])],
            flags: Flags(5),
            problem: None,
        };
        let b = RawFeature {
            row_no: 2,
            problem: Some(RowProblem { code: "read_error".into(), message: "x".into() }),
            ..RawFeature::default()
        };
        let mut batch = Batch::default();
        batch.push(&a);
        batch.push(&b);
        assert_eq!(decode(batch.payload()), Some(vec![a, b]));
        let cut = &batch.payload()[..20].to_vec();
        assert_eq!(decode(cut), None);
        batch.clear();
        assert_eq!(decode(batch.payload()), Some(vec![]));
    }
}
