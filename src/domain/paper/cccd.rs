//! Identity numbers: CCCD (12 digits), the older CMND (9 digits), and the text of the card's QR code.
//!
//! Structure of the number: general knowledge (province of birth registration, century and sex, year, serial); the ID law
//! 26/2023/QH15 and ND 70/2024 allow a number to be re-established, so what the digits tell is only ever a warning.

use super::Sex;
use crate::domain::problem::FieldProblem;
use crate::domain::text::fold::tidy;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use time::{Date, Month};

static PROVINCES: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = include_str!("../../../data/id_provinces.csv").lines().skip(1);
    rows.filter_map(|row| row.split_once(',')).collect()
});

/// An identity number that has the right shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdNumber {
    Cccd(Cccd),
    /// Nine digits, the form before the CCCD; still on land papers.
    Cmnd(String),
}

/// What the digits of a CCCD say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cccd {
    pub number: String,
    /// First three digits.
    pub province: String,
    /// Old (pre-2025) province; none for a country code or an unknown one.
    pub province_name: Option<&'static str>,
    /// None: the century digit is 6 to 9, which no one has yet.
    pub sex: Option<Sex>,
    pub birth_year: Option<i32>,
}

/// Reads a number; blanks and dots between digits are passed over.
///
/// # Errors
/// Anything else than 12 or 9 digits. `field` is the path the problem names.
pub fn parse_number(text: &str, field: &str) -> Result<IdNumber, FieldProblem> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
    let all_digits = digits.chars().all(|c| c.is_ascii_digit());
    match digits.len() {
        12 if all_digits => Ok(IdNumber::Cccd(read(digits))),
        9 if all_digits => Ok(IdNumber::Cmnd(digits)),
        _ => Err(FieldProblem::new(field, "id-number-format", text, "^[0-9]{12}$ | ^[0-9]{9}$")),
    }
}

fn read(number: String) -> Cccd {
    let province = number[..3].to_owned();
    let century = i32::from(number.as_bytes()[3] - b'0');
    let year = number[4..6].parse::<i32>().unwrap_or_default();
    let known = century < 6;
    Cccd {
        province_name: PROVINCES.get(province.as_str()).copied(),
        province,
        sex: known.then_some(if century % 2 == 0 { Sex::Male } else { Sex::Female }),
        birth_year: known.then_some(1900 + 100 * (century / 2) + year),
        number,
    }
}

/// What the digits say against what the card says. Warnings: the law lets both differ.
pub fn warnings(card: &Cccd, sex: Option<Sex>, birth_year: Option<i32>, field: &str) -> Vec<FieldProblem> {
    let mut out = Vec::new();
    if card.province_name.is_none() {
        out.push(FieldProblem::new(field, "id-number-province", &card.province, "001-096"));
    }
    if card.sex.is_none() {
        out.push(FieldProblem::new(field, "id-number-century", &card.number[3..4], "0-5"));
    }
    if let (Some(told), Some(coded)) = (sex, card.sex)
        && told != coded
    {
        out.push(FieldProblem::new(field, "id-number-sex", sex_name(coded), sex_name(told)));
    }
    if let (Some(told), Some(coded)) = (birth_year, card.birth_year)
        && told != coded
    {
        out.push(FieldProblem::new(field, "id-number-birth-year", coded, told));
    }
    out
}

fn sex_name(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
    }
}

/// What a card's QR code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardQr {
    pub number: String,
    pub old_number: Option<String>,
    pub name: String,
    pub birth_date: Option<Date>,
    pub sex: Option<Sex>,
    pub address: Option<String>,
    pub issued_on: Option<Date>,
}

/// Reads `number12|number9|name|ddmmyyyy|sex|address|ddmmyyyy`; more fields (the card of 2024) are passed over.
///
/// # Errors
/// Fewer than seven fields, a number that is none, a date that is none.
pub fn parse_qr(text: &str, field: &str) -> Result<CardQr, FieldProblem> {
    let parts: Vec<String> = text.split('|').map(tidy).collect();
    let [number, old, name, born, sex, address, issued, ..] = parts.as_slice() else {
        return Err(FieldProblem::new(field, "qr-fields", parts.len(), ">= 7"));
    };
    let IdNumber::Cccd(card) = parse_number(number, field)? else {
        return Err(FieldProblem::new(field, "id-number-format", number, "^[0-9]{12}$"));
    };
    let some = |s: &String| (!s.is_empty()).then(|| s.clone());
    Ok(CardQr {
        number: card.number,
        old_number: some(old),
        name: name.clone(),
        birth_date: compact_date(born, field)?,
        sex: match sex.to_lowercase().as_str() {
            "nam" => Some(Sex::Male),
            "nữ" => Some(Sex::Female),
            _ => None,
        },
        address: some(address),
        issued_on: compact_date(issued, field)?,
    })
}

fn compact_date(text: &str, field: &str) -> Result<Option<Date>, FieldProblem> {
    if text.is_empty() {
        return Ok(None);
    }
    let date = || {
        let (day, month, year) = (text.get(..2)?, text.get(2..4)?, text.get(4..8)?);
        let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok().filter(|_| text.len() == 8)
    };
    date().map(Some).ok_or_else(|| FieldProblem::new(field, "qr-date", text, "ddmmyyyy"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn digits_tell() {
        let Ok(IdNumber::Cccd(card)) = parse_number("079 185 000001", "number") else { panic!() };
        assert_eq!(
            (card.province_name, card.sex, card.birth_year),
            (Some("Thành phố Hồ Chí Minh"), Some(Sex::Female), Some(1985))
        );
        assert_eq!(warnings(&card, Some(Sex::Female), Some(1985), "number"), []);
        let codes: Vec<String> =
            warnings(&card, Some(Sex::Male), Some(1986), "number").into_iter().map(|p| p.code).collect();
        assert_eq!(codes, ["id-number-sex", "id-number-birth-year"]);
        let Ok(IdNumber::Cccd(odd)) = parse_number("999985000001", "number") else { panic!() };
        assert_eq!(warnings(&odd, None, None, "number").len(), 2);
        assert_eq!(PROVINCES.len(), 63);
    }

    #[test]
    fn shape_is_law() {
        assert_eq!(parse_number("024123456", "x"), Ok(IdNumber::Cmnd("024123456".into())));
        for bad in ["", "12345", "07918500000A", "0791850000011", "٠٧٩١٨٥٠٠٠٠٠١"] {
            assert_eq!(parse_number(bad, "x").unwrap_err().code, "id-number-format", "{bad}");
        }
    }

    #[test]
    fn qr_text() {
        let text = "079185000001|024123456|Trần Thị Bình|02011985|Nữ|12 Đường Mẫu, Phường Thử|15052021|extra|fields";
        let qr = parse_qr(text, "qr_text").unwrap();
        assert_eq!((qr.birth_date, qr.issued_on), (Some(date!(1985 - 01 - 02)), Some(date!(2021 - 05 - 15))));
        assert_eq!(
            (qr.name.as_str(), qr.sex, qr.old_number.as_deref()),
            ("Trần Thị Bình", Some(Sex::Female), Some("024123456"))
        );
        assert_eq!(parse_qr("079185000001||A|02011985|Nam||15052021", "q").unwrap().old_number, None);
        assert_eq!(parse_qr("a|b", "q").unwrap_err().code, "qr-fields");
        assert_eq!(parse_qr("079185000001||A|31021985|Nam||15052021", "q").unwrap_err().code, "qr-date");
        assert_eq!(parse_qr("1||A|31021985|Nam||15052021", "q").unwrap_err().code, "id-number-format");
    }
}
