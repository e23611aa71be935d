//! Procedures (thủ tục) as data: papers and working days, national or of a province, each with its source and its period.
//! One file per procedure in `data/procedures/`.

use crate::domain::paper::Paper;
use crate::domain::rule::{DataError, Standing};
use crate::domain::theme::{Bilingual, Remark};
use crate::domain::verify::RequiredPaper;
use serde::{Deserialize, Serialize};
use time::Date;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Stable code, e.g. `transfer`.
    pub code: String,
    pub title: Bilingual,
    /// In all places and times; the file calls one `[[version]]`.
    #[serde(rename = "version")]
    pub versions: Vec<ProcedureVersion>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureVersion {
    pub version: u32,
    /// Empty: the whole country. Otherwise two-digit province codes or names before July 2025.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provinces: Vec<String>,
    pub valid_from: Date,
    /// First day it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// From the complete dossier, without tax, posting and measuring. None: the source gives no number; 0: the same day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days: Option<u32>,
    /// Where the source gives a range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days_most: Option<u32>,
    /// In communes that are mountainous, islands or difficult.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days_difficult: Option<u32>,
    /// Days of public posting on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posting_days: Option<u32>,
    pub source: String,
    pub standing: Standing,
    #[serde(default)]
    pub note: Remark,
    #[serde(rename = "paper")]
    pub papers: Vec<NeededPaper>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeededPaper {
    /// A kind of paper, or the title of a free one.
    pub kind: String,
    /// `always`, `joint_ownership` or `represented`.
    #[serde(default = "always")]
    pub when: String,
    pub citation: String,
    pub standing: Standing,
}
fn always() -> String {
    "always".to_owned()
}

/// All procedures known, each in all its versions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProcedureBook {
    pub procedures: Vec<Procedure>,
}

impl ProcedureBook {
    /// Reads one procedure from each text (name, TOML).
    ///
    /// # Errors
    /// [`DataError`] on bad TOML, a procedure that stands twice, a period that ends before it starts, an unknown condition,
    /// a missing source, or two versions in force for one place on one day.
    pub fn from_toml(texts: &[(&str, &str)]) -> Result<Self, DataError> {
        let mut book = Self::default();
        for (file, text) in texts {
            let read: Procedure = toml::from_str(text)
                .map_err(|e| DataError::Syntax { file: (*file).to_owned(), reason: e.to_string() })?;
            let twice = book.procedures.iter().any(|p| p.code == read.code).then_some("the procedure stands twice");
            if let Some(reason) = twice.or_else(|| read.fault()) {
                let (file, subject) = ((*file).to_owned(), read.code);
                return Err(DataError::Value { file, subject, reason: reason.to_owned() });
            }
            book.procedures.push(read);
        }
        book.procedures.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(book)
    }

    pub fn procedure(&self, code: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|p| p.code == code)
    }

    /// A name of a paper that lists of papers use, as it stands there; whatever else is a person's words.
    pub fn names_paper(&self, name: &str) -> bool {
        let mut listed = self.procedures.iter().flat_map(|p| &p.versions).flat_map(|v| &v.papers);
        Paper::KINDS.contains(&name) || listed.any(|p| p.kind == name)
    }

    /// The version of a procedure in force on `as_of`; the province's own goes before the national one.
    pub fn find(&self, code: &str, province: Option<&str>, as_of: Date) -> Option<&ProcedureVersion> {
        let here = |v: &&ProcedureVersion| v.provinces.is_empty() || province.is_some_and(|p| v.is_of(p));
        let versions = self.procedure(code)?.versions.iter().filter(|v| v.in_force(as_of)).filter(here);
        versions.max_by_key(|v| (!v.provinces.is_empty(), v.version))
    }

    /// The papers of the version in force; empty when none is, which a verification shows as "no list is known".
    pub fn required_papers(&self, code: &str, province: Option<&str>, as_of: Date) -> Vec<RequiredPaper> {
        self.find(code, province, as_of).map(ProcedureVersion::required_papers).unwrap_or_default()
    }
}

impl Procedure {
    fn fault(&self) -> Option<&'static str> {
        let all = &self.versions;
        let papers = || all.iter().flat_map(|v| &v.papers);
        let known = |p: &NeededPaper| matches!(p.when.as_str(), "always" | "joint_ownership" | "represented");
        let clash = |a: &ProcedureVersion, b: &ProcedureVersion| {
            let day = a.valid_from.max(b.valid_from);
            let national = a.provinces.is_empty() && b.provinces.is_empty();
            a.in_force(day) && b.in_force(day) && (national || a.provinces.iter().any(|p| b.is_of(p)))
        };
        if self.code.trim().is_empty() || self.title.vi.is_empty() || self.title.en.is_empty() {
            Some("no code or title")
        } else if all.iter().any(|v| v.valid_to.is_some_and(|to| to <= v.valid_from)) {
            Some("valid_to is not after valid_from")
        } else if all.iter().any(|v| v.source.trim().is_empty()) || papers().any(|p| p.citation.trim().is_empty()) {
            Some("no source")
        } else if papers().any(|p| !known(p)) {
            Some("`when` is none of always, joint_ownership, represented")
        } else if all.iter().enumerate().any(|(i, a)| all[i + 1..].iter().any(|b| clash(a, b))) {
            Some("two versions in force for one place on one day")
        } else {
            None
        }
    }
}

impl ProcedureVersion {
    /// In force from `valid_from` up to, not on, `valid_to`.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }

    /// Working days the authority has, with those of public posting; none: no number, or the same day.
    pub fn term(&self) -> Option<u32> {
        self.working_days.map(|d| d + self.posting_days.unwrap_or_default()).filter(|d| *d > 0)
    }

    fn is_of(&self, province: &str) -> bool {
        self.provinces.iter().any(|p| p == province)
    }

    /// The papers, as a verification takes them.
    pub fn required_papers(&self) -> Vec<RequiredPaper> {
        let one = |p: &NeededPaper| RequiredPaper {
            kind: p.kind.clone(),
            citation: p.citation.clone(),
            when: p.when.clone(),
        };
        self.papers.iter().map(one).collect()
    }
}

#[cfg(test)]
#[path = "procedure_tests.rs"]
mod tests;
