//! Golden cases of the checks on papers and encumbrances: `tests/golden/papers/*.toml`, made to be read by a lawyer.

use super::*;
use super::{fixtures as fx, papers_golden_compare::compare};
use crate::domain::paper::Paper;
use crate::domain::theme::Effect;
use crate::domain::verify::*;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What a paper of each kind says unless a case says otherwise.
    #[serde(default)]
    usual: BTreeMap<String, serde_json::Map<String, serde_json::Value>>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    kind: String,
    as_of: Option<Date>,
    procedure: Option<String>,
    #[serde(default)]
    required: Vec<RequiredPaper>,
    #[serde(default)]
    paper: Vec<Given>,
    #[serde(default)]
    other_case: Vec<OtherCase>,
    other_cases_failed: Option<String>,
    other_cases_truncated: Option<usize>,
    #[serde(default)]
    no_parcel: bool,
    #[serde(default)]
    off_map: bool,
    register: Option<Register>,
    pub expect: Vec<Expect>,
}

#[derive(Deserialize)]
struct Given {
    kind: String,
    /// Fields of the usual paper that this one lacks.
    #[serde(default)]
    without: Vec<String>,
    scan: Option<GivenScan>,
    #[serde(flatten)]
    fields: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct GivenScan {
    media_type: String,
    bytes: u64,
    width: Option<u32>,
    height: Option<u32>,
}

/// One layer of the theme `encumbrance`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    #[serde(default)]
    row: Vec<Row>,
    source_date: Option<Date>,
    coverage: Option<String>,
    failed: Option<String>,
    truncated: Option<usize>,
    #[serde(default)]
    no_layer: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    key: Option<String>,
    code: String,
    label: Option<String>,
    wkt: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    /// `paper N` stands for the N-th paper of the case.
    #[serde(default)]
    pub subject: String,
    pub verdict: Verdict,
    #[serde(default)]
    pub effect: Effect,
    pub message: String,
    pub measured: Option<f64>,
    pub allowed: Option<f64>,
    /// Keys of all details, in order; citation notes of rules left out.
    #[serde(default)]
    pub details: Vec<String>,
}

type Run = fn(&Context<'_>) -> Vec<Finding>;
macro_rules! golden {
    ($($room:ident)*) => {
        &[$(($room::ID, $room::run as Run, include_str!(concat!("../../../tests/golden/papers/", stringify!($room), ".toml")))),*]
    };
}
const FILES: &[(&str, Run, &str)] = golden!(
    paper_required_set paper_serial paper_same_certificate paper_holder_identity paper_cccd paper_joint_ownership
    paper_power_of_attorney paper_term paper_scan paper_consistency
    encumbrance_register encumbrance_paper_notes encumbrance_other_cases
);

fn rules() -> RuleBook {
    RuleBook::from_toml(&[
        ("papers.toml", include_str!("../../../data/rules/papers.toml")),
        ("encumbrance.toml", include_str!("../../../data/rules/encumbrance.toml")),
    ])
    .unwrap()
}

fn files() -> impl Iterator<Item = (&'static str, Run, File)> {
    FILES.iter().map(|(id, run, text)| (*id, *run, toml::from_str(text).unwrap_or_else(|e| panic!("{id}: {e}"))))
}

#[test]
fn every_case_comes_out_as_written() {
    let rules = rules();
    let mut wrong = Vec::new();
    for (id, run, file) in files() {
        let kinds: BTreeSet<&str> = file.case.iter().map(|c| c.kind.as_str()).collect();
        assert_eq!(kinds, BTreeSet::from(["broken", "edge", "kept", "no_data"]), "{id}: cases of all four kinds");
        for case in &file.case {
            let facts = facts(&file, case);
            let found = run(&Context::new(&facts, &rules));
            if let Err(why) = compare(id, &case.expect, &found) {
                wrong.push(format!("{id} / {}: {why}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No message keeps an argument open, in either language.
#[test]
fn every_message_finds_its_arguments() {
    let rules = rules();
    for (id, run, file) in files() {
        for case in &file.case {
            let facts = facts(&file, case);
            for f in run(&Context::new(&facts, &rules)) {
                for m in f.details.iter().chain([&f.message]) {
                    for lang in [text::Lang::Vi, text::Lang::En] {
                        let said = text::message(lang, m);
                        assert!(!said.contains('{') && !said.starts_with(&*m.key), "{id} / {}: {said}", case.name);
                    }
                }
            }
        }
    }
}

/// Without its rule a check fails, and says which rule it lacks; those that rest on no rule are named here.
#[test]
fn without_its_rule_a_check_fails() {
    let ruleless = ["paper.required_set", "paper.same_certificate", "encumbrance.other_cases"];
    let empty = RuleBook::default();
    for (id, run, file) in files().filter(|(id, ..)| !ruleless.contains(id)) {
        let case = file.case.iter().find(|c| c.kind == "kept").unwrap();
        let facts = facts(&file, case);
        for f in run(&Context::new(&facts, &empty)) {
            assert_eq!((f.verdict, &*f.message.key), (Verdict::Failed, "rule-missing"), "{id}");
        }
    }
}

fn facts(file: &File, case: &Case) -> Facts {
    let mut facts = fx::facts();
    facts.as_of = case.as_of.unwrap_or(facts.as_of);
    facts.case.procedure = case.procedure.clone().unwrap_or(facts.case.procedure);
    facts.case.required_papers.clone_from(&case.required);
    facts.papers = case.paper.iter().enumerate().map(|(i, g)| paper(file, i as u128 + 1, g)).collect();
    facts.other_cases = match (&case.other_cases_failed, case.other_cases_truncated) {
        (Some(why), _) => Gathered::Failed(why.clone()),
        (None, Some(n)) => Gathered::Truncated(n),
        (None, None) => Gathered::Read(case.other_case.clone()),
    };
    if case.no_parcel {
        facts.parcel = None;
    } else if let (true, Some(p)) = (case.off_map, facts.parcel.as_mut()) {
        p.boundary = None;
    }
    facts.themes = case.register.iter().map(register).collect();
    facts
}

fn paper(file: &File, n: u128, given: &Given) -> PaperFacts {
    let mut fields = file.usual.get(&given.kind).cloned().unwrap_or_default();
    fields.extend(given.fields.clone());
    fields.retain(|k, _| !given.without.contains(k));
    fields.insert("kind".into(), given.kind.clone().into());
    let paper: Paper = serde_json::from_value(fields.into()).unwrap_or_else(|e| panic!("{}: {e}", given.kind));
    let complete = paper.missing().is_empty();
    let scan = given.scan.as_ref().map(|s| ScanFacts {
        sha256: "00".into(),
        media_type: s.media_type.clone(),
        bytes: s.bytes,
        width: s.width,
        height: s.height,
    });
    PaperFacts { complete, scan, ..fx::paper(n, paper) }
}

fn register(r: &Register) -> ThemeFacts {
    let rows = r.row.iter().enumerate().map(|(i, row)| Feature {
        fid: i as i64 + 1,
        key: row.key.clone(),
        code: Some(row.code.clone()),
        label: row.label.clone(),
        attrs: serde_json::Map::new(),
        geom: row.wkt.as_deref().map(fx::geometry).map(Into::into),
    });
    let mut layer = fx::layer(1, rows.collect());
    let pin = std::sync::Arc::make_mut(&mut layer.pin);
    pin.source_date = r.source_date.unwrap_or(pin.source_date);
    if let Some(wkt) = &r.coverage {
        layer.coverage = fx::polygons(wkt);
    }
    if let Some(why) = &r.failed {
        layer.features = Gathered::Failed(why.clone());
    } else if let Some(n) = r.truncated {
        layer.features = Gathered::Truncated(n);
    }
    let mut theme = fx::themed("encumbrance", if r.no_layer { vec![] } else { vec![layer] });
    std::sync::Arc::make_mut(&mut theme.theme).rule = None;
    theme
}
