//! The number a customer reads out on the phone: `HS-2026-000123-7`. The last digit is a Damm check digit over year and
//! running number: it catches every single wrong digit and every swap of two neighbours.

use std::fmt::{self, Display, Formatter};

const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber {
    pub year: i32,
    pub running: i64,
}

impl CaseNumber {
    /// Reads a number as a person writes it: case and spaces do not matter, the dashes may be left out after `HS`.
    /// None when its shape or its check digit is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let squeezed: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let digits = squeezed.to_ascii_uppercase().strip_prefix("HS")?.to_owned();
        if digits.len() < 11 || digits.len() > 20 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (body, check) = digits.split_at(digits.len() - 1);
        let (year, running) = body.split_at(4);
        let number = Self { year: year.parse().ok()?, running: running.parse().ok()? };
        (damm(body).to_string() == check).then_some(number)
    }
}

impl Display for CaseNumber {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let check = damm(&format!("{:04}{:06}", self.year, self.running));
        write!(f, "HS-{:04}-{:06}-{check}", self.year, self.running)
    }
}

fn damm(digits: &str) -> u8 {
    digits.bytes().filter(u8::is_ascii_digit).fold(0, |state, d| DAMM[usize::from(state)][usize::from(d - b'0')])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_published_example_of_the_algorithm() {
        assert_eq!(damm("572"), 4);
    }

    #[test]
    fn people_write_it_in_many_ways() {
        let n = CaseNumber { year: 2026, running: 123 };
        let text = n.to_string();
        assert!(text.starts_with("HS-2026-000123-"));
        assert_eq!(CaseNumber::parse(&text), Some(n));
        assert_eq!(CaseNumber::parse(&text.to_lowercase().replace('-', " ")), Some(n));
        assert_eq!(CaseNumber::parse("HS-2026-000123"), None);
        assert_eq!(CaseNumber::parse("HS-2026-00012é-1"), None);
    }

    proptest! {
        #[test]
        fn one_wrong_digit_or_a_swap_is_caught(running in 0i64..10_000_000, at in 3usize..18, by in 1u8..10) {
            let n = CaseNumber { year: 2026, running };
            let text = n.to_string();
            prop_assert_eq!(CaseNumber::parse(&text), Some(n));
            let mut digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
            let i = at % digits.len();
            let write = |d: &[u8]| format!("HS{}", String::from_utf8_lossy(d));
            let before = digits[i];
            digits[i] = b'0' + (before - b'0' + by) % 10;
            prop_assert_eq!(CaseNumber::parse(&write(&digits)), None);
            digits[i] = before;
            if i > 0 && digits[i] != digits[i - 1] {
                digits.swap(i, i - 1);
                prop_assert_eq!(CaseNumber::parse(&write(&digits)), None);
            }
        }
    }
}
