//! What became of a commune: all communes of today that an old code or name may mean, with the reasons.
//!
//! A code can be both: an old unit's and, unchanged, a new one's that holds more land or other land.

use crate::domain::text::fold::{plain, tidy};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use time::Date;
use time::macros::date;

/// A commune of today (`data/communes.csv`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commune {
    pub code: String,
    #[serde(rename = "full_name")]
    pub name: String,
    pub province_code: String,
    pub kind: String,
}

/// One line of `data/commune_succession.csv`: what became of an old commune on 1 July 2025.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    pub old_code: String,
    #[serde(rename = "old_ward")]
    pub old_name: String,
    #[serde(rename = "old_district")]
    pub district: String,
    #[serde(rename = "old_province")]
    pub province: String,
    pub new_code: String,
    pub new_name: String,
    pub relation: Relation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// All of it went to one commune.
    Whole,
    /// Cut up; this is the part that most of it went to.
    DividedDefault,
    Divided,
}

impl Relation {
    /// As in the column `commune_succession.relation`.
    pub fn code(self) -> &'static str {
        match self {
            Relation::Whole => "whole",
            Relation::DividedDefault => "divided_default",
            Relation::Divided => "divided",
        }
    }
    pub fn from_code(code: &str) -> Option<Self> {
        [Relation::Whole, Relation::DividedDefault, Relation::Divided].into_iter().find(|r| r.code() == code)
    }
}

/// A commune of today that the asked one may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayCommune {
    pub code: String,
    /// The commune as it was asked for, when it is an old one: sheets keep its numbering, aliases its code.
    pub old_code: Option<String>,
    /// Keys of messages: `resolve-commune-same`, `resolve-commune-merged`, `resolve-commune-divided-default`,
    /// `resolve-commune-divided`, `resolve-commune-by-name`.
    pub reasons: Vec<String>,
    /// Higher is likelier; only the order counts.
    pub weight: i32,
}

/// A commune as a paper names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskedCommune<'a> {
    pub code: Option<&'a str>,
    pub name: Option<&'a str>,
    pub district: Option<&'a str>,
    pub province: Option<&'a str>,
    /// Day the paper was written, when known: before the reform a code means the old commune.
    pub written_on: Option<Date>,
}

/// First day of the communes of today (NQ 203/2025/QH15).
pub const REFORM: Date = date!(2025 - 07 - 01);

/// Both lists, ready to be asked.
#[derive(Debug, Default)]
pub struct Gazetteer {
    today: BTreeMap<String, Commune>,
    rows: Vec<Succession>,
    by_old_code: BTreeMap<String, Vec<usize>>,
    old_by_name: BTreeMap<String, Vec<usize>>,
    today_by_name: BTreeMap<String, Vec<String>>,
    /// Old provinces (bare) that lie in a province of today; its own name is always one of them.
    old_provinces: BTreeMap<String, BTreeSet<String>>,
}

impl Gazetteer {
    pub fn new(today: Vec<Commune>, rows: Vec<Succession>) -> Self {
        let mut g = Self::default();
        for (i, row) in rows.iter().enumerate() {
            g.by_old_code.entry(row.old_code.clone()).or_default().push(i);
            g.old_by_name.entry(bare_name(&row.old_name)).or_default().push(i);
        }
        for commune in today {
            g.today_by_name.entry(bare_name(&commune.name)).or_default().push(commune.code.clone());
            g.today.insert(commune.code.clone(), commune);
        }
        for row in &rows {
            if let Some(commune) = g.today.get(&row.new_code) {
                g.old_provinces.entry(commune.province_code.clone()).or_default().insert(bare_area(&row.province));
            }
        }
        Self { rows, ..g }
    }

    /// The lists that come with the service.
    pub fn shipped() -> &'static Self {
        static LISTS: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::new(shipped_communes(), shipped_succession()));
        &LISTS
    }

    pub fn commune(&self, code: &str) -> Option<&Commune> {
        self.today.get(code)
    }

    /// All communes of today that may be meant, likeliest first; the same commune once per old one it is reached by.
    /// A code goes before a name; a name is looked for among today's communes and the old ones.
    pub fn today(&self, asked: &AskedCommune) -> Vec<TodayCommune> {
        let mut found = match (asked.code, asked.name) {
            (Some(code), _) => self.by_code(code.trim()),
            (None, Some(name)) => self.by_name(name, asked),
            (None, None) => Vec::new(),
        };
        if asked.written_on.is_some_and(|day| day < REFORM) {
            // An old paper means the commune of its time.
            found.iter_mut().filter(|c| c.old_code.is_some()).for_each(|c| c.weight += 40);
        }
        found.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| (&a.code, &a.old_code).cmp(&(&b.code, &b.old_code))));
        found.dedup_by(|later, first| (&later.code, &later.old_code) == (&first.code, &first.old_code));
        found
    }

    fn by_code(&self, code: &str) -> Vec<TodayCommune> {
        let rows = self.by_old_code.get(code).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<TodayCommune> = rows.iter().map(|i| successor(&self.rows[*i])).collect();
        if self.today.contains_key(code) {
            // Meant as today's: the likeliest reading, whatever else bore the code before.
            let reasons = vec!["resolve-commune-same".to_owned()];
            found.push(TodayCommune { code: code.to_owned(), old_code: None, reasons, weight: 50 });
        }
        found
    }

    fn by_name(&self, name: &str, asked: &AskedCommune) -> Vec<TodayCommune> {
        let bare = bare_name(name);
        let today = self.today_by_name.get(&bare).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<TodayCommune> = Vec::new();
        for commune in today.iter().filter_map(|code| self.today.get(code)) {
            if self.lies_in(commune, asked) {
                let reasons = vec!["resolve-commune-by-name".to_owned()];
                let weight = 40 + likeness(&commune.name, name);
                found.push(TodayCommune { code: commune.code.clone(), old_code: None, reasons, weight });
            }
        }
        for row in self.old_by_name.get(&bare).into_iter().flatten().map(|i| &self.rows[*i]) {
            if fits(asked.district, &row.district) && fits(asked.province, &row.province) {
                let mut one = successor(row);
                one.reasons.insert(0, "resolve-commune-by-name".to_owned());
                one.weight += likeness(&row.old_name, name) + i32::from(asked.district.is_some()) * 10;
                found.push(one);
            }
        }
        found
    }

    /// Whether a commune of today lies in the asked province (by its name of today or an old one), and some of its land in the
    /// asked district.
    fn lies_in(&self, commune: &Commune, asked: &AskedCommune) -> bool {
        let of_province =
            |p: &str| self.old_provinces.get(&commune.province_code).is_some_and(|old| old.contains(&bare_area(p)));
        let of_district = |d: &str| self.rows.iter().any(|r| r.new_code == commune.code && fits(Some(d), &r.district));
        asked.province.is_none_or(of_province) && asked.district.is_none_or(of_district)
    }

    /// Codes under which aliases of a parcel may be kept, for the asked commune: the old codes, and those of today.
    pub fn codes_to_look_up(found: &[TodayCommune]) -> BTreeSet<String> {
        found.iter().flat_map(|c| [Some(c.code.clone()), c.old_code.clone()]).flatten().collect()
    }
}

/// An old unit that went into a commune of today: its code and its province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameFrom {
    pub old_code: String,
    pub province: String,
}

/// The province before the reform of a parcel in a commune that was made of `came`: that of the old communes its `names`
/// (`commune/sheet/number`) speak of, else of all. None where they differ: nobody guesses by which decision a parcel is split.
/// As rules name it: `Thành phố Hà Nội` is `Hà Nội`.
pub fn old_province(came: &[CameFrom], names: &[String]) -> Option<String> {
    let codes: BTreeSet<&str> = names.iter().filter_map(|n| n.split('/').next()).collect();
    let only = |named: bool| {
        let of = came.iter().filter(|c| !named || codes.contains(c.old_code.as_str()));
        let provinces: BTreeSet<&str> = of.map(|c| without_kind(&c.province)).collect();
        (provinces.len() == 1).then(|| provinces.into_iter().next()).flatten()
    };
    only(true).or_else(|| only(false)).map(str::to_owned)
}

fn without_kind(province: &str) -> &str {
    ["Thành phố ", "Tỉnh "].iter().find_map(|kind| province.strip_prefix(kind)).unwrap_or(province)
}

fn successor(row: &Succession) -> TodayCommune {
    let (reason, weight) = match row.relation {
        Relation::Whole => ("resolve-commune-merged", 40),
        Relation::DividedDefault => ("resolve-commune-divided-default", 30),
        Relation::Divided => ("resolve-commune-divided", 20),
    };
    TodayCommune {
        code: row.new_code.clone(),
        old_code: Some(row.old_code.clone()),
        reasons: vec![reason.to_owned()],
        weight,
    }
}

/// Without marks and without the word for the kind: `Phường Ba Đình`, `P. Ba Dinh` and `ba đình` are one.
fn bare_name(name: &str) -> String {
    let bare = plain(&tidy(name)).replace('.', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let kinds = ["phuong ", "xa ", "thi tran ", "dac khu ", "tt ", "p ", "x "];
    let rest = kinds.iter().find_map(|kind| bare.strip_prefix(kind)).unwrap_or(&bare);
    // `Phường 1` and `Phường 01`.
    match rest.trim_start_matches('0') {
        number if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => number.to_owned(),
        _ => rest.to_owned(),
    }
}

/// Extra weight when marks and kind agree as well.
fn likeness(official: &str, written: &str) -> i32 {
    let (official, written) = (tidy(official).to_lowercase(), tidy(written).to_lowercase());
    if official == written {
        5
    } else if official.ends_with(&written) || plain(&official) == plain(&written) {
        2
    } else {
        0
    }
}

/// Whether a district or province as written is the official one; one that is not written fits every.
fn fits(written: Option<&str>, official: &str) -> bool {
    written.is_none_or(|w| bare_area(w) == bare_area(official))
}

fn bare_area(name: &str) -> String {
    let bare = plain(&tidy(name)).replace('.', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let kinds = ["quan ", "huyen ", "thi xa ", "thanh pho ", "tinh ", "tp ", "tx ", "q ", "h ", "t "];
    let rest = kinds.iter().find_map(|kind| bare.strip_prefix(kind)).unwrap_or(&bare).to_owned();
    if rest == "hcm" { "ho chi minh".to_owned() } else { rest }
}

pub fn shipped_communes() -> Vec<Commune> {
    // `the_lists_are_whole` proves that no row is passed over.
    let mut file = csv::Reader::from_reader(include_bytes!("../../../data/communes.csv").as_slice());
    file.deserialize().filter_map(Result::ok).collect()
}

pub fn shipped_succession() -> Vec<Succession> {
    let mut file = csv::Reader::from_reader(include_bytes!("../../../data/commune_succession.csv").as_slice());
    file.deserialize().filter_map(Result::ok).collect()
}

#[cfg(test)]
#[path = "succession_tests.rs"]
mod tests;
