//! Reading references to parcels: sheet and number in one spelling, keys, and the words of a paper.

use crate::domain::problem::FieldProblem;
use crate::domain::text::fold::{plain, tidy};
use crate::domain::verify::ParcelRef;

/// A reference read from words, with what it says above the commune.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WrittenRef {
    pub parcel: ParcelRef,
    pub district: Option<String>,
    pub province: Option<String>,
}

/// One spelling: no blanks, capitals, no zeros in front, an empty commune as none.
pub fn normalise(asked: &ParcelRef) -> ParcelRef {
    let some = |v: &Option<String>| v.as_deref().map(tidy).filter(|v| !v.is_empty());
    ParcelRef {
        commune_code: some(&asked.commune_code),
        commune_name: some(&asked.commune_name),
        sheet: number(&asked.sheet),
        number: number(&asked.number),
    }
}

/// A sheet or parcel number in one spelling: `007` is `7`, `12a` is `12A`, `10-123456` stays.
pub fn number(text: &str) -> String {
    let packed: String = text.split_whitespace().collect::<String>().to_uppercase();
    match packed.trim_start_matches('0') {
        rest if rest.starts_with(|c: char| c.is_ascii_digit()) => rest.to_owned(),
        // `0` itself, and `0A`: a zero that stands for something stays.
        rest if packed.len() > rest.len() => format!("0{rest}"),
        rest => rest.to_owned(),
    }
}

/// [`normalise`], refusing what no map has. An empty sheet or number is not refused: the paper may be a draft.
///
/// # Errors
/// Commune codes that are neither five digits nor (another country's) letters and digits; sheets and numbers with other signs than letters, digits, `-`, `/`, `.`.
pub fn check(asked: &ParcelRef) -> Result<ParcelRef, Vec<FieldProblem>> {
    let parcel = normalise(asked);
    let mut problems = Vec::new();
    if let Some(code) = parcel.commune_code.as_deref()
        && !(is_national(code) || is_foreign(code))
    {
        problems.push(FieldProblem::new("commune_code", "commune-code-format", code, "^[0-9]{5}$"));
    }
    for (field, value) in [("sheet", &parcel.sheet), ("number", &parcel.number)] {
        let fits = value.chars().count() <= 20 && value.chars().all(|c| c.is_alphanumeric() || "-/.".contains(c));
        let has_digit = value.is_empty() || value.chars().any(|c| c.is_ascii_digit());
        if !fits || !has_digit {
            problems.push(FieldProblem::new(field, "parcel-number-format", value, "12, 12A, 10-123456"));
        }
    }
    if problems.is_empty() { Ok(parcel) } else { Err(problems) }
}

/// `commune/sheet/number`, as features without geometry are keyed; none without a commune code.
pub fn key(parcel: &ParcelRef) -> Option<String> {
    let parcel = normalise(parcel);
    let code = parcel.commune_code.filter(|_| !parcel.sheet.is_empty() && !parcel.number.is_empty())?;
    Some(format!("{code}/{}/{}", parcel.sheet, parcel.number))
}

/// A commune code of Viet Nam: five digits.
fn is_national(code: &str) -> bool {
    code.len() == 5 && code.bytes().all(|b| b.is_ascii_digit())
}

/// May be a municipality's code of another country, as layers may carry: up to twelve letters and digits, a letter among them
/// (digits alone are a Vietnamese code that lost some).
pub fn is_foreign(code: &str) -> bool {
    let letters = code.bytes().any(|b| b.is_ascii_alphabetic());
    letters && code.len() <= 12 && code.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Reads `commune/sheet/number`; the commune is a code when it is five digits, else a name.
pub fn parse_key(text: &str) -> Option<ParcelRef> {
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    let [commune, sheet, parcel] = parts.as_slice() else { return None };
    if [commune, sheet, parcel].iter().any(|p| p.is_empty()) {
        return None;
    }
    let (code, name) = if is_national(commune) { (Some(*commune), None) } else { (None, Some(*commune)) };
    Some(normalise(&ParcelRef {
        commune_code: code.map(str::to_owned),
        commune_name: name.map(str::to_owned),
        sheet: (*sheet).to_owned(),
        number: (*parcel).to_owned(),
    }))
}

/// Words before the number of a parcel, longest first, without marks.
const PARCEL_WORDS: [&str; 8] =
    ["thua dat so", "so thu tu thua", "thua dat", "thua so", "so thua", "thua", "parcel", "td"];
const SHEET_WORDS: [&str; 9] =
    ["to ban do so", "so hieu to ban do", "ban do so", "to ban do", "to so", "so to", "tbd", "sheet", "to"];
const COMMUNE_WORDS: [&str; 5] = ["phuong", "xa", "thi tran", "dac khu", "tt"];
const DISTRICT_WORDS: [&str; 4] = ["quan", "huyen", "thi xa", "tx"];
const PROVINCE_WORDS: [&str; 3] = ["tinh", "thanh pho", "tp"];

/// Reads a reference in words, with or without marks: `thửa 123, tờ 45, phường X, quận Y, tỉnh Z`.
/// None when it names no parcel or no sheet.
pub fn parse_text(text: &str) -> Option<WrittenRef> {
    let mut found = WrittenRef::default();
    let tidied = tidy(text);
    let parts = tidied.split([',', ';', '\n']).flat_map(split_at_words).map(str::trim).filter(|p| !p.is_empty());
    let mut cities = Vec::new();
    for part in parts {
        if let Some(value) = numbered(part, &PARCEL_WORDS) {
            found.parcel.number = value;
        } else if let Some(value) = numbered(part, &SHEET_WORDS) {
            found.parcel.sheet = value;
        } else if starts_with_word(part, &DISTRICT_WORDS) {
            found.district.get_or_insert_with(|| part.to_owned());
        } else if starts_with_word(part, &COMMUNE_WORDS) {
            found.parcel.commune_name.get_or_insert_with(|| part.to_owned());
        } else if starts_with_word(part, &PROVINCE_WORDS) {
            cities.push(part.to_owned());
        }
    }
    found.province = cities.pop();
    // A city under a province took a district's place: `thành phố X, tỉnh Y`.
    if found.district.is_none() {
        found.district = cities.pop();
    }
    (!found.parcel.sheet.is_empty() && !found.parcel.number.is_empty()).then_some(found)
}

/// Parts `thửa 12 tờ 3 phường X` without commas: a new part starts at a word that opens one.
fn split_at_words(part: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let starts = part.char_indices().filter(|(i, _)| *i == 0 || part[..*i].ends_with(' ')).map(|(i, _)| i);
    for start in starts.skip(1) {
        let before_has_digit = part[*cuts.last().unwrap_or(&0)..start].chars().any(|c| c.is_ascii_digit());
        let rest = &part[start..];
        let opens = numbered(rest, &PARCEL_WORDS).is_some()
            || numbered(rest, &SHEET_WORDS).is_some()
            || starts_with_word(rest, &COMMUNE_WORDS);
        if before_has_digit && opens {
            cuts.push(start);
        }
    }
    cuts.push(part.len());
    cuts.windows(2).map(|w| &part[w[0]..w[1]]).collect()
}

/// The number behind one of the words: `Thửa đất số: 12A` gives `12A`.
fn numbered(part: &str, words: &[&str]) -> Option<String> {
    let bare = plain(part);
    words.iter().find_map(|word| {
        let rest = bare.strip_prefix(word)?;
        let glue = rest.trim_start_matches([' ', ':', '.', '_']);
        let glued = glue.len() == rest.len() && !rest.starts_with(|c: char| c.is_ascii_digit());
        let glue = glue.strip_prefix("so ").unwrap_or(glue).trim_start_matches([':', ' ']);
        let value = glue.split(' ').next().unwrap_or_default().trim_end_matches('.');
        (!glued && value.starts_with(|c: char| c.is_ascii_digit())).then(|| number(value))
    })
}

fn starts_with_word(part: &str, words: &[&str]) -> bool {
    let bare = plain(part);
    words.iter().any(|w| bare.strip_prefix(w).is_some_and(|rest| rest.starts_with([' ', '.'])))
}

#[cfg(test)]
#[path = "reference_tests.rs"]
mod tests;
