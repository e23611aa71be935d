//! Frames: kind, length, payload.

use std::io::{self, Read, Write};

pub const HEADER: u8 = b'H';
pub const LAYERS: u8 = b'L';
pub const FEATURES: u8 = b'F';
pub const END: u8 = b'E';
pub const FATAL: u8 = b'X';

/// A longer frame is a sick peer, not data.
pub const MAX_LEN: usize = 96 << 20;
/// One feature longer than this is set aside by the guest.
pub const MAX_FEATURE: usize = 32 << 20;
pub const PREFIX: usize = 5;

pub fn prefix(kind: u8, len: usize) -> [u8; PREFIX] {
    let l = (len as u32).to_le_bytes();
    [kind, l[0], l[1], l[2], l[3]]
}

/// Kind and length of the frame that follows; `None` when the length is out of bounds.
pub fn parse_prefix(p: [u8; PREFIX]) -> Option<(u8, usize)> {
    let len = u32::from_le_bytes([p[1], p[2], p[3], p[4]]) as usize;
    (len <= MAX_LEN).then_some((p[0], len))
}

pub fn write(out: &mut impl Write, kind: u8, payload: &[u8]) -> io::Result<()> {
    out.write_all(&prefix(kind, payload.len()))?;
    out.write_all(payload)
}

/// The next frame into `buf`; `None` at a clean end of the stream.
pub fn read(input: &mut impl Read, buf: &mut Vec<u8>) -> io::Result<Option<u8>> {
    let mut p = [0u8; PREFIX];
    if input.read(&mut p[..1])? == 0 {
        return Ok(None);
    }
    input.read_exact(&mut p[1..])?;
    let (kind, len) = parse_prefix(p).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    buf.resize(len, 0);
    input.read_exact(buf)?;
    Ok(Some(kind))
}
