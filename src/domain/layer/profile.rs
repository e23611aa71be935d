//! Which column of a file means what. A profile is data (`data/profiles/*.toml`, or one of the user's own): the targets a
//! layer needs, the names under which they are usually found, and what else goes without saying for such files.

use super::filter::Where;
use crate::domain::problem::FieldProblem;
use crate::domain::text::charset::Charset;
use crate::domain::text::fold::squeezed;
use crate::domain::theme::Bilingual;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A dBase file keeps this many bytes of a column's name.
const DBF_NAME: usize = 10;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub name: String,
    pub title: Bilingual,
    /// Theme code when the user names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// Denominator of the map scale when the file tells none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<i32>,
    /// Encoding of text columns; none: detect it per column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charset: Option<Charset>,
    /// Characters that part several land-use codes in one value.
    #[serde(default = "separators")]
    pub separators: String,
    /// Columns of a text table (CSV) that may hold the geometry as WKT.
    #[serde(default)]
    pub geometry_columns: Vec<String>,
    /// What becomes of columns that no field claims.
    #[serde(default)]
    pub rest: Rest,
    /// Columns with personal data, never kept, whatever `rest` says.
    #[serde(default)]
    pub personal: Vec<String>,
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

fn separators() -> String {
    "+,;/".to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// Kept as attributes under their own names.
    #[default]
    Keep,
    Drop,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What it means to us, e.g. `sheet`.
    pub target: String,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub kind: FieldKind,
    /// False: recognised so that it can be left out (holders' names).
    #[serde(default = "yes")]
    pub keep: bool,
    /// Names it is known under, the likeliest first.
    pub columns: Vec<String>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    #[default]
    Text,
    /// A number, perhaps printed with a decimal comma.
    Number,
    Date,
}

/// How a column was found to be a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    Override,
    Name,
    /// By the first ten bytes, as dBase cuts names.
    Truncated,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    pub column: String,
    /// Place among the columns handed in, from 0.
    pub index: usize,
    pub kind: FieldKind,
    pub how: How,
}

/// The outcome for one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    pub profile: String,
    /// By target.
    pub fields: BTreeMap<String, MappedColumn>,
    /// Column with WKT, when the file has one.
    pub geometry: Option<MappedColumn>,
    /// Columns kept as attributes.
    pub attributes: Vec<String>,
    /// Columns that were recognised as not to be kept.
    pub dropped: Vec<String>,
    /// Columns no field claims (kept or not as the profile's `rest` says).
    pub unrecognised: Vec<String>,
    /// Only rows with these values were taken.
    #[serde(default, rename = "where", skip_serializing_if = "Where::is_empty")]
    pub wanted: Where,
}

impl Mapping {
    /// Place of the column that carries `target`.
    pub fn index(&self, target: &str) -> Option<usize> {
        self.fields.get(target).map(|c| c.index)
    }
}

/// Maps the columns of a file. `overrides` (target to column; an empty column takes the target away) go before names.
///
/// # Errors
/// Overrides that name no target or no column, and required targets without a column.
pub fn map(
    profile: &Profile,
    columns: &[String],
    overrides: &BTreeMap<String, String>,
) -> Result<Mapping, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut fields = overridden(profile, columns, overrides, &mut problems);
    let mut taken: BTreeSet<usize> = fields.values().map(|c| c.index).collect();
    for field in profile.fields.iter().filter(|f| !overrides.contains_key(&f.target)) {
        if let Some((index, how)) = find(&field.columns, columns, &taken) {
            taken.insert(index);
            fields.insert(field.target.clone(), mapped(columns, index, field.kind, how));
        }
    }
    problems.extend(
        profile
            .fields
            .iter()
            .filter(|f| f.required && !fields.contains_key(&f.target))
            .map(|f| FieldProblem::new(&f.target, "column-missing", columns.join(", "), f.columns.join(", "))),
    );
    if problems.is_empty() { Ok(settle(profile, columns, fields, taken)) } else { Err(problems) }
}

fn overridden(
    profile: &Profile,
    columns: &[String],
    overrides: &BTreeMap<String, String>,
    problems: &mut Vec<FieldProblem>,
) -> BTreeMap<String, MappedColumn> {
    let mut fields = BTreeMap::new();
    for (target, column) in overrides {
        let Some(field) = profile.fields.iter().find(|f| &f.target == target) else {
            let known: Vec<&str> = profile.fields.iter().map(|f| f.target.as_str()).collect();
            problems.push(FieldProblem::new("map", "target-unknown", target, known.join(", ")));
            continue;
        };
        if column.is_empty() {
            continue;
        }
        let index = columns.iter().position(|c| c == column);
        match index.or_else(|| columns.iter().position(|c| squeezed(c) == squeezed(column))) {
            Some(index) => {
                fields.insert(target.clone(), mapped(columns, index, field.kind, How::Override));
            }
            None => problems.push(FieldProblem::new(target, "column-unknown", column, columns.join(", "))),
        }
    }
    fields
}

fn settle(
    profile: &Profile,
    columns: &[String],
    mut fields: BTreeMap<String, MappedColumn>,
    mut taken: BTreeSet<usize>,
) -> Mapping {
    let geometry = find(&profile.geometry_columns, columns, &taken).map(|(index, how)| {
        taken.insert(index);
        mapped(columns, index, FieldKind::Text, how)
    });
    let mut dropped = Vec::new();
    for field in profile.fields.iter().filter(|f| !f.keep) {
        dropped.extend(fields.remove(&field.target).map(|c| c.column));
    }
    while let Some((index, _)) = find(&profile.personal, columns, &taken) {
        taken.insert(index);
        dropped.push(columns[index].clone());
    }
    let unrecognised: Vec<String> =
        columns.iter().enumerate().filter(|(i, _)| !taken.contains(i)).map(|(_, c)| c.clone()).collect();
    let attributes = if profile.rest == Rest::Keep { unrecognised.clone() } else { Vec::new() };
    Mapping { profile: profile.name.clone(), fields, geometry, attributes, dropped, unrecognised, wanted: Where::new() }
}

fn mapped(columns: &[String], index: usize, kind: FieldKind, how: How) -> MappedColumn {
    MappedColumn { column: columns[index].clone(), index, kind, how }
}

/// First free column that bears one of the names: whole names before cut ones, earlier names before later.
fn find(names: &[String], columns: &[String], taken: &BTreeSet<usize>) -> Option<(usize, How)> {
    let free = || columns.iter().enumerate().filter(|(i, _)| !taken.contains(i));
    let whole = names.iter().find_map(|n| free().find(|(_, c)| squeezed(c) == squeezed(n)));
    let cut = || names.iter().find_map(|n| free().find(|(_, c)| is_cut(c, n)));
    whole.map(|(i, _)| (i, How::Name)).or_else(|| cut().map(|(i, _)| (i, How::Truncated)))
}

fn is_cut(column: &str, name: &str) -> bool {
    column.len() == DBF_NAME && name.len() > DBF_NAME && {
        let head: String = name.chars().take(DBF_NAME).collect();
        squeezed(&head) == squeezed(column)
    }
}

/// Reads `target=Column`, as the command line and the API take it.
pub fn parse_override(text: &str) -> Result<(String, String), FieldProblem> {
    match text.split_once('=') {
        Some((target, column)) if !target.trim().is_empty() => Ok((target.trim().to_owned(), column.trim().to_owned())),
        _ => Err(FieldProblem::new("map", "not-an-override", text, "target=Column")),
    }
}

/// Reads a profile of the user's own.
pub fn parse(text: &str) -> Result<Profile, FieldProblem> {
    toml::from_str(text).map_err(|e: toml::de::Error| {
        FieldProblem::new("profile", "not-a-profile", e.message(), "data/profiles/*.toml")
    })
}

const SHIPPED: [&str; 5] = [
    include_str!("../../../data/profiles/vn_cadastral.toml"),
    include_str!("../../../data/profiles/vn_zoning.toml"),
    include_str!("../../../data/profiles/vn_corridor.toml"),
    include_str!("../../../data/profiles/vn_keyed.toml"),
    include_str!("../../../data/profiles/generic.toml"),
];

/// The profiles that come with the service.
pub fn shipped() -> &'static [Profile] {
    // `every_shipped_profile_reads` proves that none is passed over.
    static ALL: LazyLock<Vec<Profile>> = LazyLock::new(|| SHIPPED.iter().filter_map(|t| parse(t).ok()).collect());
    &ALL
}

/// A shipped profile by its name.
///
/// # Errors
/// Names the profiles there are.
pub fn by_name(name: &str) -> Result<&'static Profile, FieldProblem> {
    shipped().iter().find(|p| p.name == name).ok_or_else(|| {
        let known: Vec<&str> = shipped().iter().map(|p| p.name.as_str()).collect();
        FieldProblem::new("profile", "profile-unknown", name, known.join(", "))
    })
}

#[cfg(test)]
#[path = "profile_tests.rs"]
mod tests;
