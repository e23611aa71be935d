//! Numbers as Vietnamese papers print them: decimal comma, thousands parted by dots or blanks (`1.777.138,32`).

use std::fmt;

/// A printed number, and the other way to read it when there is one (`1.250` is 1250 here, 1.25 elsewhere).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Printed {
    pub value: f64,
    pub other: Option<f64>,
}

/// Not a number in any usual notation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct NotANumber(pub String);

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a number: {:?}", self.0)
    }
}

/// Reads a number; a unit behind it (`m`, `m2`, `m²`, `đồng`, `%`) is passed over.
///
/// The last of two kinds of mark is the decimal one. A lone comma is decimal. Dots that all part groups of three are
/// thousands; a lone dot before three digits is read so as well, and the other reading is told.
///
/// # Errors
/// Anything else than digits and such marks, or groups that are not of three digits.
pub fn parse(text: &str) -> Result<Printed, NotANumber> {
    let refuse = || NotANumber(text.to_owned());
    let bare = without_unit(text);
    let (negative, digits) = match bare.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, bare.as_str()),
    };
    let printed = read(digits).ok_or_else(refuse)?;
    let signed = |v: f64| if negative { -v } else { v };
    Ok(Printed { value: signed(printed.value), other: printed.other.map(signed) })
}

fn read(digits: &str) -> Option<Printed> {
    let sure = |value| Some(Printed { value, other: None });
    let (dots, commas) = (digits.matches('.').count(), digits.matches(',').count());
    match (dots, commas) {
        (0, 0) => sure(plain(digits)?),
        (0, 1) => sure(plain(&digits.replace(',', "."))?),
        (1, 0) => match grouped(digits, '.') {
            Some(value) => Some(Printed { value, other: plain(digits) }),
            None => sure(plain(digits)?),
        },
        (_, 0) => sure(grouped(digits, '.')?),
        (0, _) => sure(grouped(digits, ',')?),
        (_, 1) if digits.rfind(',') > digits.rfind('.') => sure(mixed(digits, '.', ',')?),
        (1, _) if digits.rfind('.') > digits.rfind(',') => sure(mixed(digits, ',', '.')?),
        _ => None,
    }
}

fn mixed(digits: &str, thousands: char, decimal: char) -> Option<f64> {
    let (whole, part) = digits.split_once(decimal)?;
    grouped(whole, thousands)?;
    plain(&format!("{}.{part}", whole.replace(thousands, "")))
}

/// One to three digits, then groups of three.
fn grouped(digits: &str, mark: char) -> Option<f64> {
    let mut groups = digits.split(mark);
    let head = groups.next()?;
    let fits = (1..=3).contains(&head.len()) && !head.starts_with('0') && groups.all(|g| g.len() == 3);
    if fits { plain(&digits.replace(mark, "")) } else { None }
}

fn plain(digits: &str) -> Option<f64> {
    let well_formed = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if well_formed { digits.parse().ok() } else { None }
}

/// Blanks between digits part thousands as well, so they go; then the unit.
fn without_unit(text: &str) -> String {
    let packed: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    let small = packed.to_lowercase();
    let units = ["m²", "m2", "đồng", "vnđ", "vnd", "m", "đ", "%"];
    units.iter().find_map(|u| small.strip_suffix(u)).unwrap_or(&small).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str) -> Option<f64> {
        parse(text).ok().map(|p| p.value)
    }

    #[test]
    fn printed_forms() {
        for (text, expected) in [
            ("1.777.138,32", 1_777_138.32),
            ("1,777,138.32", 1_777_138.32),
            ("1 777 138,32", 1_777_138.32),
            ("1777138.32", 1_777_138.32),
            ("125,5 m²", 125.5),
            ("125.5m2", 125.5),
            ("0,04", 0.04),
            ("0.125", 0.125),
            ("-3,5", -3.5),
            ("2.500.000 đồng", 2_500_000.0),
            ("12", 12.0),
            ("1234.567", 1234.567),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
        assert_eq!(parse("1.250"), Ok(Printed { value: 1250.0, other: Some(1.25) }));
    }

    #[test]
    fn refused_forms() {
        for text in
            ["", "abc", "1.77.138,3", "1,2,3", "1.2.3", "1.234,5,6", ",5", "5,", "1e3", "NaN", "1.234,5.6", "--1"]
        {
            assert_eq!(value(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(whole in 0u32..99_999_999, cents in 0u32..100) {
            let digits = whole.to_string();
            let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|c| std::str::from_utf8(c).unwrap()).collect();
            let expected: f64 = format!("{whole}.{cents:02}").parse().unwrap();
            prop_assert_eq!(value(&format!("{},{cents:02}", groups.join("."))), Some(expected));
            prop_assert_eq!(value(&format!("{whole},{cents:02}")), Some(expected));
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}") {
            let _ = parse(&text);
        }
    }
}
