//! Numbers, amounts and days in Vietnamese words, as contracts and receipts write them. (No kept crate does this: those that
//! turn numbers into words leave Vietnamese out.)
//!
//! `lẻ` stands for an empty tens place, `mười`/`mươi`, `mốt`, `tư` and `lăm` change with what stands before them.

use super::Dong;
use crate::domain::text::fold::capital;
use time::Date;

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

/// `1234567` as `1.234.567`.
pub fn grouped(n: i64) -> String {
    grouped_by('.', n)
}

/// Digits in threes with `mark` between them.
pub fn grouped_by(mark: char, n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "-" } else { "" });
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(c);
    }
    out
}

/// A whole number in words: `105` is "một trăm lẻ năm".
pub fn number_in_words(n: i64) -> String {
    if n == 0 {
        return DIGITS[0].to_owned();
    }
    let words = billions(n.unsigned_abs(), false).join(" ");
    if n < 0 { format!("âm {words}") } else { words }
}

/// An amount as a contract writes it: "Một triệu hai trăm nghìn đồng".
pub fn amount_in_words(amount: Dong) -> String {
    capital(&format!("{} đồng", number_in_words(amount.0)))
}

/// A day as a contract writes it: "ngày mùng năm tháng mười năm hai nghìn không trăm hai mươi sáu".
pub fn date_in_words(day: Date) -> String {
    let early = if day.day() <= 10 { "mùng " } else { "" };
    let month = match u8::from(day.month()) {
        4 => "tư".to_owned(),
        n => number_in_words(i64::from(n)),
    };
    let (day, year) = (number_in_words(i64::from(day.day())), number_in_words(i64::from(day.year())));
    format!("ngày {early}{day} tháng {month} năm {year}")
}

/// Nine digits at a time; `tỷ` once for each step above. `inside`: something stands before, so empty places are spoken.
fn billions(n: u64, inside: bool) -> Vec<&'static str> {
    let (high, low) = (n / 1_000_000_000, n % 1_000_000_000);
    let mut out = Vec::new();
    if high > 0 {
        out.extend(billions(high, inside));
        out.push("tỷ");
    }
    for (unit, name) in [(1_000_000, Some("triệu")), (1000, Some("nghìn")), (1, None)] {
        let group = low / unit % 1000;
        if group > 0 {
            out.extend(hundreds(group, inside || !out.is_empty()));
            out.extend(name);
        }
    }
    out
}

/// Three digits, not all zero.
fn hundreds(n: u64, inside: bool) -> Vec<&'static str> {
    let digit = |d: u64| DIGITS[usize::try_from(d % 10).unwrap_or_default()];
    let (h, t, u) = (n / 100, n / 10 % 10, n % 10);
    let mut out = Vec::new();
    if h > 0 || inside {
        out.extend([digit(h), "trăm"]);
    }
    match (t, u) {
        (0, 0) => return out,
        (0, _) if out.is_empty() => {}
        (0, _) => out.push("lẻ"),
        (1, _) => out.push("mười"),
        _ => out.extend([digit(t), "mươi"]),
    }
    out.extend(match (t, u) {
        (_, 0) => None,
        (2.., 1) => Some("mốt"),
        (2.., 4) => Some("tư"),
        (1.., 5) => Some("lăm"),
        _ => Some(digit(u)),
    });
    out
}
