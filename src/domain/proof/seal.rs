//! A signature at the end of any file. In a PDF the line stands after `%%EOF`, where readers take it for a comment.

use super::{Doubt, FILE, PublicKey, Signed};
use crate::domain::verify::sha256_hex;

const MARK: &str = "%Diaba-Signature: v1 ";

/// What is signed of a file ([`super::FILE`]): SHA-256 over all bytes before the signature line, hex. `content` is the file
/// as [`trailer`] will be appended to it.
pub fn file_digest(content: &[u8]) -> String {
    sha256_hex(content)
}

/// The line to append to `content`: `%Diaba-Signature: v1 <key id> <base64>` and a line feed. `content` must end with a line
/// feed, so that the line stands alone.
pub fn trailer(signed: &Signed) -> String {
    format!("{MARK}{} {}\n", signed.key_id, signed.base64())
}

/// A signature line found at the end of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed<'a> {
    /// Everything before the line.
    pub content: &'a [u8],
    pub digest: String,
    pub signed: Signed,
}

impl<'a> Sealed<'a> {
    /// Reads the last line of a file.
    ///
    /// # Errors
    /// [`Doubt::Unsigned`] when it is not a signature line, or something follows it.
    pub fn read(file: &'a [u8]) -> Result<Self, Doubt> {
        let body = file.strip_suffix(b"\n").ok_or(Doubt::Unsigned)?;
        let start = body.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let (content, line) = (&file[..start], &body[start..]);
        let line = std::str::from_utf8(line).map_err(|_| Doubt::Unsigned)?;
        let (key_id, base64) = line.strip_prefix(MARK).and_then(|l| l.split_once(' ')).ok_or(Doubt::Unsigned)?;
        Ok(Self { content, digest: file_digest(content), signed: Signed::read(key_id, base64)? })
    }
}

/// Proves a sealed file against one key.
///
/// # Errors
/// Any [`Doubt`]: a byte of the file, of the line, or of its end was changed, or the key is another.
pub fn check_file<'a>(file: &'a [u8], key: &PublicKey) -> Result<Sealed<'a>, Doubt> {
    let sealed = Sealed::read(file)?;
    key.check(FILE, &sealed.digest, &sealed.signed)?;
    Ok(sealed)
}
