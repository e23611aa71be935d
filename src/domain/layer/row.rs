//! One row of a file, turned into what a layer stores; every fault is named, nothing is guessed.

use super::profile::{FieldKind, Mapping};
use crate::domain::parcel::reference;
use crate::domain::text::number;
use crate::domain::theme::{Family, Theme};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// A value after its text was decoded.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Cell {
    #[default]
    Null,
    Int(i64),
    Real(f64),
    Text(String),
}

impl Cell {
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Cell::Null => None,
            Cell::Int(i) => Some(i.to_string()),
            Cell::Real(r) if r.fract() == 0.0 && r.abs() < 1e15 => Some(format!("{r:.0}")),
            Cell::Real(r) => Some(r.to_string()),
            Cell::Text(t) => {
                let t = t.trim();
                (!t.is_empty()).then(|| t.to_owned())
            }
        }
    }
    pub fn json(&self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Int(i) => json!(i),
            Cell::Real(r) => json!(r),
            Cell::Text(t) => json!(t),
        }
    }
}

/// A row as it will be stored, still without its geometry.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Parcels and keyed rows: `commune/sheet/number`; otherwise the source's own key.
    pub key: Option<String>,
    pub code: Option<String>,
    pub label: Option<String>,
    pub attrs: Map<String, Value>,
}

/// Something to say about a row. `set_aside`: it cannot be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Remark {
    pub code: &'static str,
    pub set_aside: bool,
    pub detail: Value,
}

impl Remark {
    pub fn bad(code: &'static str, detail: Value) -> Self {
        Self { code, set_aside: true, detail }
    }
    pub fn note(code: &'static str, detail: Value) -> Self {
        Self { code, set_aside: false, detail }
    }
}

/// Nothing that is drawn as a line is wider to one side (m): beyond it somebody meant another unit.
pub const MOST_HALF_WIDTH_M: f64 = 5_000.0;

/// What a row is read with.
pub struct Reading<'a> {
    pub mapping: &'a Mapping,
    pub theme: &'a Theme,
    /// Land-use codes separate at these letters.
    pub separators: &'a str,
    /// Commune of the whole file, where rows do not say.
    pub commune: Option<&'a str>,
    /// Tells whether a land-use code exists, now or in older lists.
    pub knows_land_use: fn(&str) -> bool,
    /// Columns of the file, in order.
    pub columns: &'a [String],
}

/// Commune codes are five digits as text; software that kept them as numbers lost the zeros in front.
pub fn commune_key(text: &str) -> String {
    let t = text.trim();
    if !t.is_empty() && t.len() < 5 && t.bytes().all(|b| b.is_ascii_digit()) {
        format!("{t:0>5}")
    } else {
        t.to_owned()
    }
}

impl Reading<'_> {
    /// The row, with all that is to be said about it; a row with a `set_aside` remark must not be stored.
    pub fn read(&self, cells: &[Cell]) -> (Row, Vec<Remark>) {
        let mut remarks = Vec::new();
        let mut row = Row::default();
        self.kept(cells, &mut row.attrs);
        for (target, column) in &self.mapping.fields {
            let Some(text) = cells.get(column.index).and_then(Cell::text) else { continue };
            match (target.as_str(), column.kind) {
                ("code", _) => row.code = Some(text),
                ("label", _) => row.label = Some(text),
                ("key", _) => row.key = Some(text),
                ("land_use", _) => self.land_use(&text, &mut row.attrs, &mut remarks),
                ("commune", _) => drop(row.attrs.insert("commune".into(), json!(commune_key(&text)))),
                ("old_commune", _) => drop(row.attrs.insert("old_commune".into(), json!(commune_key(&text)))),
                ("sheet" | "number" | "old_sheet" | "old_number", _) => {
                    row.attrs.insert(target.clone(), json!(reference::number(&text)));
                }
                (_, FieldKind::Number) => match cell_number(&cells[column.index], &text) {
                    Some(n) => drop(row.attrs.insert(stored_name(target).into(), json!(n))),
                    None => remarks.push(Remark::note("number_unreadable", json!({"field": target, "found": text}))),
                },
                _ => drop(row.attrs.insert(target.clone(), json!(text))),
            }
        }
        self.keyed(&mut row, &mut remarks);
        if let Some(wide) = self.theme.half_width(&row.attrs).filter(|w| *w > MOST_HALF_WIDTH_M) {
            let allowed = format!("{MOST_HALF_WIDTH_M} m at most");
            remarks.push(Remark::bad("half_width_range", json!({"found": wide, "allowed": allowed})));
        }
        (row, remarks)
    }

    fn kept(&self, cells: &[Cell], attrs: &mut Map<String, Value>) {
        for name in &self.mapping.attributes {
            let cell = self.columns.iter().position(|c| c == name).and_then(|i| cells.get(i));
            if let Some(v) = cell.map(Cell::json).filter(|v| !v.is_null()) {
                attrs.insert(name.clone(), v);
            }
        }
    }

    fn land_use(&self, text: &str, attrs: &mut Map<String, Value>, remarks: &mut Vec<Remark>) {
        let codes: Vec<String> = text
            .split(|c: char| self.separators.contains(c))
            .map(|c| c.trim().to_uppercase())
            .filter(|c| !c.is_empty())
            .collect();
        let unknown: Vec<&String> = codes.iter().filter(|c| !(self.knows_land_use)(c)).collect();
        if !unknown.is_empty() {
            remarks.push(Remark::note("land_use_unknown", json!({"found": text, "unknown": unknown})));
        }
        attrs.insert("land_use".into(), json!(codes));
    }

    /// Parcels and rows about parcels are found by commune, sheet and number.
    fn keyed(&self, row: &mut Row, remarks: &mut Vec<Remark>) {
        let about_parcels = matches!(self.theme.family, Family::Parcel | Family::Encumbrance | Family::Register);
        if !about_parcels {
            return;
        }
        if let (Some(commune), false) = (self.commune, row.attrs.contains_key("commune")) {
            row.attrs.insert("commune".into(), json!(commune));
        }
        if let (Some(key), false) = (&row.key, row.attrs.contains_key("number")) {
            let mut parts = key.splitn(3, '/');
            if let (Some(c), Some(s), Some(n)) = (parts.next(), parts.next(), parts.next()) {
                let (c, s, n) = (commune_key(c), reference::number(s), reference::number(n));
                row.attrs.extend([("commune", c), ("sheet", s), ("number", n)].map(|(k, v)| (k.to_owned(), json!(v))));
            }
        }
        let get = |k: &str| row.attrs.get(k).and_then(Value::as_str).map(str::to_owned);
        let missing: Vec<&str> = ["commune", "sheet", "number"].into_iter().filter(|k| get(k).is_none()).collect();
        match (missing.is_empty(), get("commune"), get("sheet"), get("number")) {
            (true, Some(c), Some(s), Some(n)) => {
                let ours = format!("{c}/{s}/{n}");
                // a number of the source's own (a national parcel id) is not lost under ours
                if let Some(theirs) = row.key.take().filter(|k| *k != ours) {
                    row.attrs.entry("source_key").or_insert(json!(theirs));
                }
                row.key = Some(ours);
            }
            _ => remarks.push(Remark::bad("key_missing", json!({"missing": missing}))),
        }
    }
}

fn stored_name(target: &str) -> &str {
    match target {
        "legal_area" => "registered_area",
        "area" => "declared_area",
        other => other,
    }
}

fn cell_number(cell: &Cell, text: &str) -> Option<f64> {
    match cell {
        Cell::Int(i) => Some(*i as f64),
        Cell::Real(r) => r.is_finite().then_some(*r),
        _ => number::parse(text).ok().map(|p| p.value),
    }
}

/// Identity of a row's content: equal content gives an equal hash, whatever file it came in.
pub fn row_hash(row: &Row, attrs_json: &str, wkb: Option<&[u8]>) -> [u8; 32] {
    let mut h = Sha256::new();
    for part in [row.key.as_deref(), row.code.as_deref(), row.label.as_deref(), Some(attrs_json)] {
        let bytes = part.unwrap_or("\u{0}").as_bytes();
        h.update((bytes.len() as u64).to_le_bytes());
        h.update(bytes);
    }
    h.update(wkb.unwrap_or_default());
    h.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::layer::profile;
    use std::collections::BTreeMap;

    fn theme(family: &str) -> Theme {
        serde_json::from_value(json!({
            "code": "t", "family": family, "title": {"vi": "t", "en": "t"},
            "accuracy_m": 0.1, "max_age_days": 10, "sliver_area_m2": 1.0
        }))
        .expect("theme")
    }

    fn read(profile_name: &str, family: &str, columns: &[&str], cells: Vec<Cell>) -> (Row, Vec<Remark>) {
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        let p = profile::by_name(profile_name).expect("profile");
        let mapping = profile::map(p, &columns, &BTreeMap::new()).expect("mapping");
        let theme = theme(family);
        Reading {
            mapping: &mapping,
            theme: &theme,
            separators: &p.separators,
            commune: Some("20194"),
            knows_land_use: |c| ["ODT", "CLN"].contains(&c),
            columns: &columns,
        }
        .read(&cells)
    }

    #[test]
    fn a_parcel_row_gets_its_key_and_its_codes() {
        let cells =
            vec![Cell::Text("045".into()), Cell::Int(12), Cell::Text("403,8".into()), Cell::Text("odt + cln".into())];
        let (row, remarks) = read("vn_cadastral", "parcel", &["SHBANDO", "SHTHUA", "DTPL", "MDSD"], cells);
        assert_eq!(row.key.as_deref(), Some("20194/45/12"));
        assert_eq!(row.attrs["land_use"], json!(["ODT", "CLN"]));
        assert_eq!(row.attrs["registered_area"], json!(403.8));
        assert_eq!(remarks, vec![]);
    }

    #[test]
    fn a_parcel_keeps_the_key_its_source_gave_it() {
        let columns = ["egrid", "nbident", "number"];
        let cells = vec![Cell::Text("CH1".into()), Cell::Text("A7".into()), Cell::Int(12)];
        let (row, _) = read("generic", "parcel", &columns, cells);
        assert_eq!((row.key.as_deref(), &row.attrs["source_key"]), (Some("20194/A7/12"), &json!("CH1")));
        let own = vec![Cell::Text("20194/45/12".into())];
        let (row, remarks) = read("generic", "encumbrance", &["key"], own);
        assert_eq!((row.key.as_deref(), row.attrs.get("source_key")), (Some("20194/45/12"), None));
        assert_eq!(remarks, vec![]);
    }

    #[test]
    fn a_row_without_number_is_set_aside_and_says_what_is_missing() {
        let (_, remarks) = read("vn_cadastral", "parcel", &["SHBANDO", "SHTHUA"], vec![Cell::Int(3), Cell::Null]);
        assert_eq!(remarks, vec![Remark::bad("key_missing", json!({"missing": ["number"]}))]);
    }

    #[test]
    fn an_unknown_land_code_is_remarked_but_kept() {
        let cells = vec![Cell::Int(3), Cell::Int(4), Cell::Text("XYZ".into())];
        let (row, remarks) = read("vn_cadastral", "parcel", &["SHBANDO", "SHTHUA", "LOAIDAT"], cells);
        assert_eq!(row.attrs["land_use"], json!(["XYZ"]));
        assert_eq!((remarks[0].code, remarks[0].set_aside), ("land_use_unknown", false));
    }

    #[test]
    fn numbers_that_lost_their_zeros_get_them_back() {
        assert_eq!(commune_key("4"), "00004");
        assert_eq!(reference::number(" 012a"), "12A");
        assert_eq!(reference::number("0"), "0");
        assert_eq!(reference::number("DC 07"), "DC07");
    }

    #[test]
    fn equal_rows_hash_equal_and_no_field_slides_into_the_next() {
        let a = Row { key: Some("ab".into()), code: Some("c".into()), ..Row::default() };
        let b = Row { key: Some("a".into()), code: Some("bc".into()), ..Row::default() };
        assert_eq!(row_hash(&a, "{}", None), row_hash(&a.clone(), "{}", None));
        assert_ne!(row_hash(&a, "{}", None), row_hash(&b, "{}", None));
    }
}
