//! The proof that travels inside a PDF as an embedded file.

use super::{BUNDLE, Bundle, Doubt};
use flate2::read::ZlibDecoder;
use std::io::Read;

/// Name of the embedded file.
pub const CARRIED: &str = "proof.json";
/// Larger than this together (bytes), or more than these: none of ours. Strangers may send any file.
const MOST: u64 = 16 << 20;
const MOST_FILES: usize = 16;

/// The bundle among the embedded files of a PDF; none when it carries no proof. Looks at the streams of type `EmbeddedFile`
/// as our press writes them (plain, or Flate); it is no reader of PDFs.
///
/// # Errors
/// [`Doubt::Form`] when an embedded file cannot be read, is a damaged bundle, or there are two.
pub fn carried(pdf: &[u8]) -> Result<Option<Bundle>, Doubt> {
    let mut found = None;
    for content in embedded(pdf)? {
        let Ok(text) = std::str::from_utf8(&content) else { continue };
        let schema = serde_json::from_str::<Schema>(text).map(|s| s.schema);
        if schema.is_ok_and(|s| s == BUNDLE) && found.replace(Bundle::from_json(text)?).is_some() {
            return Err(Doubt::Form("the file carries two proofs".into()));
        }
    }
    Ok(found)
}

#[derive(serde::Deserialize)]
struct Schema {
    schema: String,
}

fn embedded(pdf: &[u8]) -> Result<Vec<Vec<u8>>, Doubt> {
    let damaged = || Doubt::Form("a file embedded in the PDF cannot be read".into());
    let mut out: Vec<Vec<u8>> = Vec::new();
    let mut left = MOST;
    let mut at = 0;
    while let Some(i) = find(&pdf[at..], b"/EmbeddedFile") {
        at += i + b"/EmbeddedFile".len();
        // Also the key under which files are listed begins with this word.
        if pdf.get(at).is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        if out.len() == MOST_FILES {
            return Err(Doubt::Form(format!("more than {MOST_FILES} embedded files")));
        }
        let begin = pdf[..at].windows(4).rposition(|w| w == b" obj").unwrap_or(0);
        let open = at + find(&pdf[at..], b"stream").ok_or_else(damaged)?;
        let dict = &pdf[begin..open];
        let data = &pdf[open + b"stream".len()..];
        let data = data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n")).ok_or_else(damaged)?;
        let data = data.get(..length(dict).ok_or_else(damaged)?).ok_or_else(damaged)?;
        let flate = find(dict, b"/FlateDecode").is_some();
        let content = if flate { inflated(data, left).ok_or_else(damaged)? } else { data.into() };
        left = left.checked_sub(content.len() as u64).ok_or_else(damaged)?;
        out.push(content);
        at = open;
    }
    Ok(out)
}

/// The number behind `/Length` in a dictionary.
fn length(dict: &[u8]) -> Option<usize> {
    let rest = dict[find(dict, b"/Length")? + b"/Length".len()..].trim_ascii_start();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()
}

/// None when it is damaged, or larger than `most`.
fn inflated(data: &[u8], most: u64) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let read = ZlibDecoder::new(data).take(most + 1).read_to_end(&mut out).ok()?;
    (read as u64 <= most).then_some(out)
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|w| w == word)
}
