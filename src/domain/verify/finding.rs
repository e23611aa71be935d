//! What a check says.

use super::Message;
use crate::domain::rule::RulePin;
use crate::domain::theme::Effect;
use geo_types::Geometry;
use serde::{Deserialize, Serialize};

/// "Clear" must be proved: the query finished, the coverage contains the parcel, the source is fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Hit,
    Clear,
    PartlyCovered,
    NotCovered,
    StaleSource,
    Failed,
    NotApplicable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    SquareMetre,
    Metre,
    Percent,
    Day,
    Count,
    Pixel,
}

/// A number with its unit. Stored rounded to a thousandth, so that the record is the same on any machine.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    pub unit: Unit,
    pub value: f64,
}

impl Quantity {
    pub fn new(value: f64, unit: Unit) -> Self {
        Self { value: round3(value), unit }
    }
}

/// Rounds to a thousandth; never gives a negative zero.
pub fn round3(v: f64) -> f64 {
    let r = (v * 1000.0).round() / 1000.0;
    if r == 0.0 { 0.0 } else { r }
}

/// An area between two bounds, from the positional accuracy of both maps (m²).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AreaInterval {
    pub high: f64,
    pub low: f64,
    pub nominal: f64,
}

/// Whether an overlap holds whatever the true boundary is, within the accuracy of both maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    Certain,
    Possible,
    None,
}

/// A piece of geometry that shows a finding; zone metres (easting, northing).
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub geom: Geometry<f64>,
    /// Layer feature (`fid`) it comes from, when one.
    pub fid: Option<i64>,
    pub label: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Name of the check, e.g. `parcel.area`.
    pub check: &'static str,
    /// What within the check: a theme code, a paper id, a rule id. (check, subject) is unique in a verification.
    pub subject: String,
    pub verdict: Verdict,
    pub effect: Effect,
    pub certainty: Option<Certainty>,
    pub measured: Option<Quantity>,
    pub allowed: Option<Quantity>,
    pub area: Option<AreaInterval>,
    /// Lines of a composition or of a comparison, in order.
    pub details: Vec<Message>,
    pub evidence: Vec<Evidence>,
    /// `layer_version_id` of every source this rests on.
    pub sources: Vec<i64>,
    pub rule: Option<RulePin>,
    pub message: Message,
}

impl Finding {
    pub fn new(check: &'static str, subject: impl Into<String>, verdict: Verdict, message: Message) -> Self {
        Self {
            check,
            subject: subject.into(),
            verdict,
            effect: Effect::None,
            certainty: None,
            measured: None,
            allowed: None,
            area: None,
            details: Vec::new(),
            evidence: Vec::new(),
            sources: Vec::new(),
            rule: None,
            message,
        }
    }
}

/// What a case may do next, from the heaviest finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    CanProceed,
    NeedsPapers,
    NeedsPerson,
    Blocked,
}
