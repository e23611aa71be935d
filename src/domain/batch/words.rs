//! CQL2 text as words.

use super::FilterError;
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// A column, a function or a word of the language.
    Name(String),
    /// Without its quotes.
    Text(String),
    Number(f64),
    Sign(&'static str),
}

impl Word {
    /// Words of the language are written in any case; so are signs, which have none.
    pub fn is(&self, word: &str) -> bool {
        match self {
            Word::Name(name) => name.eq_ignore_ascii_case(word),
            Word::Sign(sign) => *sign == word,
            Word::Text(_) | Word::Number(_) => false,
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Name(name) => f.write_str(name),
            Word::Text(text) => write!(f, "'{text}'"),
            Word::Number(n) => write!(f, "{n}"),
            Word::Sign(sign) => f.write_str(sign),
        }
    }
}

/// Longer ones first.
const SIGNS: [&str; 9] = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ","];

/// The words of a text with their places.
///
/// # Errors
/// At a sign that CQL2 does not have, a text without its end, a number that is none.
pub fn words(text: &str) -> Result<Vec<(usize, Word)>, FilterError> {
    let mut out = vec![];
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        let wrong = |expected| FilterError::Syntax { at, found: rest.chars().take(20).collect(), expected };
        let (word, length) = if c == '\'' || c == '"' {
            let (inner, length) = quoted(rest, c).ok_or_else(|| wrong("the closing quote"))?;
            (if c == '"' { Word::Name(inner) } else { Word::Text(inner) }, length)
        } else if c.is_ascii_digit() || c == '-' || c == '+' || c == '.' {
            let length = number(rest);
            let n = rest[..length].parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| wrong("a number"))?;
            (Word::Number(n), length)
        } else if c.is_alphabetic() || c == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (Word::Name(rest[..length].to_owned()), length)
        } else {
            let sign =
                SIGNS.iter().find(|s| rest.starts_with(**s)).ok_or_else(|| wrong("a column, a value or a sign"))?;
            (Word::Sign(sign), sign.len())
        };
        out.push((at, word));
        at += length;
    }
    Ok(out)
}

/// What stands between quotes (a doubled quote stands for itself), and how long it is with them.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut inner = String::new();
    let mut at = 1;
    loop {
        let end = at + rest[at..].find(quote)?;
        inner.push_str(&rest[at..end]);
        at = end + 1;
        if !rest[at..].starts_with(quote) {
            return Some((inner, at));
        }
        inner.push(quote);
        at += 1;
    }
}

/// Length of a number: digits, a point, an exponent with its sign.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let part = |i: usize, b: u8| {
        let after_exponent = i > 0 && matches!(bytes[i - 1], b'e' | b'E');
        b.is_ascii_digit()
            || b == b'.'
            || matches!(b, b'e' | b'E')
            || (matches!(b, b'-' | b'+') && (i == 0 || after_exponent))
    };
    bytes.iter().enumerate().take_while(|(i, b)| part(*i, **b)).count()
}
