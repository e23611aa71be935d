//! How things are said on a terminal.

use crate::domain::verify::text::Lang;
use crate::flow::{Error, Result};

/// An error for the person at the terminal: every field with what was found and what is allowed.
pub fn error(e: &Error) {
    match e {
        Error::Refused(problems) => {
            for p in problems {
                eprintln!("refused: {} [{}]\n  found:   {}\n  allowed: {}", p.field, p.code, p.found, p.allowed);
            }
        }
        Error::Broken(cause) => eprintln!("failed: {cause:#}"),
        other => eprintln!("failed: {other}"),
    }
}

/// The language of what is written, as `--lang` names it.
pub fn language(asked: &str) -> Result<Lang> {
    Lang::parse(asked).ok_or_else(|| Error::refused("lang", "language", asked, "vi, en"))
}

/// A count with thin groups: 1234567 -> 1 234 567.
pub fn count(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(c);
    }
    if n < 0 { format!("-{out}") } else { out }
}

/// Rows under headings, columns as wide as they need to be.
pub fn table(head: &[&str], rows: &[Vec<String>]) {
    use unicode_width::UnicodeWidthStr;
    let width = |i: usize| rows.iter().map(|r| r[i].width()).chain([head[i].width()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(c, w)| format!("{c}{}", " ".repeat(w - c.width()))).collect();
        println!("{}", padded.join("  ").trim_end());
    };
    line(head.to_vec());
    rows.iter().for_each(|r| line(r.iter().map(String::as_str).collect()));
}
