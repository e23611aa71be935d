//! A signature inside any file: one comment line. In a PDF it stands just before the closing `startxref`, where readers pass
//! over it and no offset of the file changes; anywhere else it is the last line.

use super::{Doubt, FILE, PublicKey, Signed};
use crate::domain::verify::sha256_hex;

const MARK: &str = "%Diaba-Signature: v1 ";

/// What is signed of a file ([`super::FILE`]): SHA-256 of all its bytes but the signature line, hex.
pub fn file_digest(content: &[u8]) -> String {
    sha256_hex(content)
}

/// A file as it can be sealed: where its last line does not end with a line feed, one is added.
pub fn sealable(mut file: Vec<u8>) -> Vec<u8> {
    if tail(&file) == file.len() && file.last() != Some(&b'\n') {
        file.push(b'\n');
    }
    file
}

/// Puts the signature line (`%Diaba-Signature: v1 <key id> <base64>`) into its place. `content` is [`sealable`] and was signed
/// as it is.
pub fn seal(content: &[u8], signed: &Signed) -> Vec<u8> {
    let (before, after) = content.split_at(tail(content));
    let line = format!("{MARK}{} {}\n", signed.key_id, signed.base64());
    [before, line.as_bytes(), after].concat()
}

/// Where the end of a PDF begins (`startxref`, a number, `%%EOF`); of anything else, behind its last byte.
fn tail(file: &[u8]) -> usize {
    let line = |rest: &'_ [u8]| -> Option<usize> {
        let rest = rest.strip_suffix(b"\n")?;
        Some(rest.strip_suffix(b"\r").unwrap_or(rest).len())
    };
    let begin = || {
        let end = line(file).unwrap_or(file.len());
        let number = line(file[..end].strip_suffix(b"%%EOF")?)?;
        let digits = file[..number].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let word = line(&file[..number.checked_sub(digits).filter(|_| digits > 0)?])?;
        let before = file[..word].strip_suffix(b"startxref")?;
        (before.is_empty() || before.ends_with(b"\n")).then_some(before.len())
    };
    begin().unwrap_or(file.len())
}

/// A signature line found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Everything but the line.
    pub content: Vec<u8>,
    pub digest: String,
    pub signed: Signed,
}

impl Sealed {
    /// Reads the signature line of a file.
    ///
    /// # Errors
    /// [`Doubt::Unsigned`] when there is none where it belongs.
    pub fn read(file: &[u8]) -> Result<Self, Doubt> {
        let (body, after) = file.split_at(tail(file));
        let inner = body.strip_suffix(b"\n").ok_or(Doubt::Unsigned)?;
        let start = inner.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line = std::str::from_utf8(&inner[start..]).map_err(|_| Doubt::Unsigned)?;
        let (key_id, base64) = line.strip_prefix(MARK).and_then(|l| l.split_once(' ')).ok_or(Doubt::Unsigned)?;
        let signed = Signed::read(key_id, base64)?;
        let content = [&body[..start], after].concat();
        Ok(Self { digest: file_digest(&content), content, signed })
    }
}

/// Proves a sealed file against one key.
///
/// # Errors
/// Any [`Doubt`]: a byte of the file, of the line, or of its end was changed, or the key is another.
pub fn check_file(file: &[u8], key: &PublicKey) -> Result<Sealed, Doubt> {
    let sealed = Sealed::read(file)?;
    key.check(FILE, &sealed.digest, &sealed.signed)?;
    Ok(sealed)
}
