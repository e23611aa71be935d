//! Which encoding a column is in, by trying each and counting what comes out as Vietnamese.
//!
//! Detection looks at a whole column (or file), never at one cell: ten names are enough, one is not.

use super::charset::{Charset, Encoding};
use super::syllable::{Fit, fit, is_common};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Distinct words that are looked at; more say nothing new.
const MAX_WORDS: usize = 4_000;
/// Values shown to a person beside the verdict.
const SHOWN: usize = 5;
const TRIED: [Charset; 5] = [Charset::Tcvn3, Charset::VniWindows, Charset::Vps, Charset::Viscii, Charset::Cp1258];

/// What the column is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detected {
    Sure(Encoding),
    /// These fit equally well (or none fits: the list is empty) and read differently; a person must choose.
    Ambiguous(Vec<Encoding>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub encoding: Encoding,
    /// Sum over distinct words with a byte above 127: 1 for a Vietnamese syllable (1.5 for one that land
    /// records are full of), 0.2 for a possible one, -1 otherwise.
    pub score: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    pub charset: Detected,
    /// Share of the words with a byte above 127 that read as Vietnamese in the chosen encoding; 1 for plain ASCII.
    pub confidence: f64,
    /// All encodings tried, best first.
    pub scores: Vec<Score>,
    /// Values with such a word, as they read in the chosen (or best) encoding.
    pub sample_decoded: Vec<String>,
    /// Values where letters were lost before they came here (`TH?NG`): no encoding brings them back.
    pub lost_values: usize,
}

impl Detection {
    /// The encoding to read the column with, unless a person must choose.
    pub fn encoding(&self) -> Option<Encoding> {
        match self.charset {
            Detected::Sure(encoding) => Some(encoding),
            Detected::Ambiguous(_) => None,
        }
    }

    fn plain(charset: Charset, lost_values: usize) -> Self {
        Self {
            charset: Detected::Sure(Encoding::plain(charset)),
            confidence: 1.0,
            scores: Vec::new(),
            sample_decoded: Vec::new(),
            lost_values,
        }
    }
}

/// Detects the encoding of one column from its values as raw bytes.
pub fn detect<'a>(samples: impl IntoIterator<Item = &'a [u8]>) -> Detection {
    let (mut words, mut shown, mut lost_values, mut all_utf8) = (BTreeSet::new(), Vec::new(), 0, true);
    for value in samples {
        lost_values += usize::from(has_lost_letter(value));
        if !value.iter().any(|b| is_odd(*b)) {
            continue;
        }
        all_utf8 &= std::str::from_utf8(value).is_ok();
        if shown.len() < SHOWN && !shown.contains(&value) {
            shown.push(value);
        }
        if words.len() < MAX_WORDS {
            words.extend(odd_words(value));
        }
    }
    if words.is_empty() {
        return Detection::plain(Charset::Ascii, lost_values);
    }
    let mut scores: Vec<Score> = candidates(all_utf8).map(|e| Score { encoding: e, score: total(e, &words) }).collect();
    scores.sort_by(|a, b| b.score.total_cmp(&a.score)); // stable: UTF-8 goes before its rivals
    let charset = judge(&scores, &words, all_utf8);
    let chosen = match &charset {
        Detected::Sure(encoding) => *encoding,
        Detected::Ambiguous(_) => scores[0].encoding,
    };
    let fitting = words.iter().filter(|w| word_fit(chosen, w) != Fit::No).count();
    Detection {
        charset,
        confidence: fitting as f64 / words.len() as f64,
        scores,
        sample_decoded: shown.iter().map(|v| chosen.decode(v).text).collect(),
        lost_values,
    }
}

/// The encoding a person asked for, read through UTF-8 when the column came that way.
pub fn forced<'a>(charset: Charset, samples: impl IntoIterator<Item = &'a [u8]>) -> Encoding {
    let mut odd = samples.into_iter().filter(|v| v.iter().any(|b| is_odd(*b))).peekable();
    let wrapped = charset != Charset::Utf8 && odd.peek().is_some() && odd.all(|v| std::str::from_utf8(v).is_ok());
    Encoding { charset, via_utf8: wrapped }
}

/// Columns of one file are written by one program: an ambiguous column takes the encoding that most of its sure
/// neighbours have, when that is among its own rivals.
pub fn settle(columns: &mut [Detection]) {
    let mut votes: BTreeMap<Encoding, usize> = BTreeMap::new();
    for encoding in columns.iter().filter_map(Detection::encoding).filter(|e| e.charset != Charset::Ascii) {
        *votes.entry(encoding).or_default() += 1;
    }
    let Some((common, _)) = votes.into_iter().max_by_key(|(_, n)| *n) else { return };
    for column in columns {
        if matches!(&column.charset, Detected::Ambiguous(rivals) if rivals.contains(&common)) {
            column.charset = Detected::Sure(common);
        }
    }
}

fn candidates(all_utf8: bool) -> impl Iterator<Item = Encoding> {
    let plain_utf8 = all_utf8.then_some(Encoding::UTF8);
    let wrapped_utf8 = all_utf8.then_some(Encoding { charset: Charset::Utf8, via_utf8: true });
    plain_utf8
        .into_iter()
        .chain(TRIED.into_iter().map(move |charset| Encoding { charset, via_utf8: all_utf8 }))
        .chain(wrapped_utf8)
}

fn judge(scores: &[Score], words: &BTreeSet<&[u8]>, all_utf8: bool) -> Detected {
    let best = &scores[0];
    // Text that is UTF-8 is what it says it is, unless most of it reads as Vietnamese in another way and not in this.
    let convincing = best.score >= words.len() as f64 / 2.0;
    if all_utf8 && (best.encoding == Encoding::UTF8 || !convincing) {
        return Detected::Sure(Encoding::UTF8);
    }
    if best.score <= 0.0 {
        return Detected::Ambiguous(Vec::new());
    }
    let reads_alike = |e: Encoding| words.iter().all(|w| e.decode(w).text == best.encoding.decode(w).text);
    let rivals: Vec<Encoding> = scores
        .iter()
        .filter(|s| (s.score - best.score).abs() < 1e-9 && !reads_alike(s.encoding))
        .map(|s| s.encoding)
        .collect();
    if rivals.is_empty() {
        return Detected::Sure(best.encoding);
    }
    Detected::Ambiguous(std::iter::once(best.encoding).chain(rivals).collect())
}

fn total(encoding: Encoding, words: &BTreeSet<&[u8]>) -> f64 {
    words
        .iter()
        .map(|w| match word_fit(encoding, w) {
            Fit::Strict if is_common(&encoding.decode(w).text) => 1.5,
            Fit::Strict => 1.0,
            Fit::Loose => 0.2,
            Fit::No => -1.0,
        })
        .sum()
}

fn word_fit(encoding: Encoding, word: &[u8]) -> Fit {
    let decoded = encoding.decode(word);
    if decoded.lost > 0 { Fit::No } else { fit(&decoded.text) }
}

/// Bytes that are not plain text: above 127, or a control code that VISCII uses for a capital.
fn is_odd(byte: u8) -> bool {
    !byte.is_ascii() || matches!(byte, 0x02 | 0x05 | 0x06 | 0x14 | 0x19 | 0x1E)
}

/// Words (runs without ASCII punctuation, digits or blanks) that hold an odd byte.
fn odd_words(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|b| !is_odd(*b) && !b.is_ascii_alphabetic()).filter(|w| w.iter().any(|b| is_odd(*b)))
}

/// A question mark or a replacement character between letters.
fn has_lost_letter(value: &[u8]) -> bool {
    let question = value.windows(3).any(|w| w[1] == b'?' && w[0].is_ascii_alphabetic() && w[2].is_ascii_alphabetic());
    question || value.windows(3).any(|w| w == "\u{FFFD}".as_bytes())
}

#[cfg(test)]
#[path = "detect_tests.rs"]
mod tests;
