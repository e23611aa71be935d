//! The printed report: what stands on its pages, from a record and from what may stand beside it.
//!
//! Nothing is measured or judged here: [`report`] puts the words of a [`Record`] where the template
//! (`data/templates/report.typ`) finds them, and [`map`] draws what the record holds. The same record, words and
//! surroundings give the same pages.

mod findings;
pub mod map;
mod qr;
mod sources;
mod subject;
#[cfg(test)]
mod tests;

pub use findings::{Line, Tone};
pub use qr::qr_svg;
pub use sources::{LayerLine, PaperLine, RuleLine};

use crate::domain::verify::text::{Lang, opinion, opinion_subject, outcome, verdict, word};
use crate::domain::verify::{Basis, CanonicalError, Message, Outcome, Placed, Record, Verdict, text::message};
use map::{Around, MapSheet};
use serde::Serialize;
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

/// What stands on the pages and not in the record.
#[derive(Debug, Clone)]
pub struct Beside<'a> {
    /// Id the verification is stored under.
    pub id: Uuid,
    /// Who hands the report out, as the head of the page shows it.
    pub firm: &'a str,
    /// Day of the verification (Asia/Ho_Chi_Minh).
    pub day: Date,
    /// Day of the newest verification of the case, when it says something else than this one.
    pub newer: Option<Date>,
    /// Name of the commune of the parcel, when known.
    pub commune: Option<String>,
    /// Name of the coordinate system of the parcel's zone, when known.
    pub zone: Option<String>,
    /// Where the report can be checked on line: `<public_url>/check/<digest>`.
    pub check_url: Option<String>,
    /// Key that signed the record and this paper; none from before signatures.
    pub key_id: Option<String>,
    /// The rules and themes that the record pins.
    pub basis: &'a Basis,
    /// What people said of its findings.
    pub opinions: &'a [Placed],
    /// What lies around the parcel; none when it could not be had.
    pub around: Option<Around>,
}

/// The data of `data/templates/report.typ`.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub lang: Lang,
    /// Every fixed word of the page, by key without `page-`.
    pub words: BTreeMap<&'static str, String>,
    pub firm: String,
    pub number: String,
    /// "No.: ..." below the firm.
    pub number_line: String,
    pub day: String,
    pub title: String,
    pub subtitle: String,
    /// Label and value.
    pub subject: Vec<(String, String)>,
    /// Stands above the result: what a reader must know before he relies on it.
    pub notice: Option<String>,
    pub outcome: Sentence,
    pub counts: Vec<Count>,
    /// Every finding of the record in its order, numbered from 1, under its heading.
    pub groups: Vec<Group>,
    /// Numbers of findings that say "hit" or weigh something though they are covered.
    pub open: Vec<usize>,
    /// Numbers of findings that are not proved: partly covered, not covered, stale, failed.
    pub uncovered: Vec<usize>,
    pub layers: Vec<LayerLine>,
    pub rules: Vec<RuleLine>,
    pub papers: Vec<PaperLine>,
    pub map: Option<MapData>,
    pub vertices: Vec<RingData>,
    pub vertices_note: String,
    pub digest: String,
    pub id: String,
    pub engine: String,
    pub check_url: Option<String>,
    /// Opinions on findings that are no longer made.
    pub orphans: Vec<Orphan>,
    /// Who signed, and how anybody checks it without us.
    pub signed: String,
}

/// The overall result: what it is called, and the rest of the sentence.
#[derive(Debug, Clone, Serialize)]
pub struct Sentence {
    pub tone: Tone,
    pub head: String,
    pub text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Count {
    pub tone: Tone,
    pub count: usize,
    pub word: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Group {
    pub title: String,
    pub findings: Vec<Line>,
}

/// An opinion without a finding: what it spoke of, and its lines.
#[derive(Debug, Clone, Serialize)]
pub struct Orphan {
    pub name: String,
    pub lines: Vec<String>,
}

/// The map beside its picture.
#[derive(Debug, Clone, Serialize)]
pub struct MapData {
    pub scale: String,
    pub width_mm: f64,
    pub height_mm: f64,
    pub notes: Vec<String>,
    /// (number, colour) of every finding on the map.
    pub legend: Vec<(usize, String)>,
}

/// Vertices of one ring: number, X (northing), Y (easting), edge to the next.
#[derive(Debug, Clone, Serialize)]
pub struct RingData {
    pub title: String,
    pub rows: Vec<[String; 4]>,
}

/// The pages of a record: their data, and the map as SVG when the parcel has a boundary.
///
/// # Errors
/// When the record has no canonical form.
pub fn report(record: &Record, lang: Lang, beside: &Beside<'_>) -> Result<(Report, Option<String>), CanonicalError> {
    let digest = record.digest()?;
    let groups = findings::groups(record, beside, lang);
    let lines = || groups.iter().flat_map(|g| &g.findings);
    let sheet = map::of_record(record, lang, beside.around.as_ref());
    let say = |m: Message| message(lang, &m);
    let report = Report {
        lang,
        words: words(lang),
        firm: beside.firm.to_owned(),
        number: record.case.number.clone(),
        number_line: say(Message::new("page-number-of").with("number", record.case.number.as_str())),
        day: say(Message::new("page-day")
            .with("day", format!("{:02}", beside.day.day()))
            .with("month", format!("{:02}", u8::from(beside.day.month())))
            .with("year", beside.day.year().to_string())),
        title: word(lang, "report-title"),
        subtitle: say(Message::new("page-subtitle")
            .with("number", record.case.number.as_str())
            .with("procedure", record.case.procedure.as_str())),
        subject: subject::rows(record, lang, beside),
        notice: beside.newer.map(|day| say(Message::new("page-newer").with("date", day.to_string()))),
        outcome: sentence(record.outcome, lang),
        counts: counts(record, lang),
        open: lines().filter(|l| l.is_open()).map(|l| l.no).collect(),
        uncovered: lines().filter(|l| l.tone == Tone::Unproved).map(|l| l.no).collect(),
        layers: sources::layers(record, lang, beside.basis),
        rules: sources::rules(record, lang, beside.basis),
        papers: sources::papers(record, lang),
        map: sheet.as_ref().map(|s| map_data(s, lang, beside)),
        vertices: sheet.as_ref().map_or_else(Vec::new, |s| map::vertex_tables(&s.rings, lang)),
        vertices_note: say(Message::new("page-vertices-note")
            .with("count", sheet.as_ref().map_or(0, |s| s.rings.iter().map(|r| r.points.len()).sum()) as f64)),
        digest,
        id: beside.id.to_string(),
        engine: record.pins.engine.clone(),
        check_url: beside.check_url.clone(),
        orphans: orphans(beside.opinions, lang),
        signed: match &beside.key_id {
            Some(key) => say(Message::new("page-signed").with("key", key.as_str())),
            None => word(lang, "page-not-signed"),
        },
        groups,
    };
    Ok((report, sheet.map(|s| s.svg)))
}

fn orphans(opinions: &[Placed], lang: Lang) -> Vec<Orphan> {
    let gone = opinions.iter().filter(|p| p.no.is_none());
    gone.map(|p| Orphan { name: opinion_subject(lang, p), lines: opinion(lang, p) }).collect()
}

fn map_data(sheet: &MapSheet, lang: Lang, beside: &Beside<'_>) -> MapData {
    let mut notes = vec![word(lang, "page-map-note")];
    if sheet.simplified {
        notes.push(word(lang, "page-map-simplified"));
    }
    if beside.around.is_none() {
        notes.push(word(lang, "page-map-no-around"));
    } else {
        notes.push(word(lang, "page-map-context"));
    }
    let scale = Message::new("page-scale").with("scale", sheet.scale.to_string());
    MapData {
        scale: message(lang, &scale),
        width_mm: sheet.width_mm,
        height_mm: sheet.height_mm,
        notes,
        legend: sheet.legend.clone(),
    }
}

/// "NAME: the rest." as the texts of outcomes are written.
fn sentence(o: Outcome, lang: Lang) -> Sentence {
    let said = outcome(lang, o);
    let (head, text) = said.split_once(": ").unwrap_or((&said, ""));
    let tone = match o {
        Outcome::CanProceed => Tone::Clear,
        Outcome::NeedsPapers | Outcome::NeedsPerson => Tone::Unproved,
        Outcome::Blocked => Tone::Hit,
    };
    Sentence { tone, head: head.to_owned(), text: text.to_owned() }
}

fn counts(record: &Record, lang: Lang) -> Vec<Count> {
    const ORDER: [Verdict; 7] = [
        Verdict::Hit,
        Verdict::PartlyCovered,
        Verdict::NotCovered,
        Verdict::StaleSource,
        Verdict::Failed,
        Verdict::Clear,
        Verdict::NotApplicable,
    ];
    let one = |v: Verdict| Count {
        tone: Tone::of(v),
        count: record.findings.iter().filter(|f| f.verdict == v).count(),
        word: verdict(lang, v),
    };
    ORDER.into_iter().map(one).filter(|c| c.count > 0).collect()
}

/// Keys of the fixed words, without `page-`.
const WORDS: &[&str] = &[
    "nation",
    "motto",
    "page",
    "head",
    "part-subject",
    "part-result",
    "part-open",
    "part-uncovered",
    "part-map",
    "part-vertices",
    "part-findings",
    "part-layers",
    "part-rules",
    "part-papers",
    "part-proof",
    "none-open",
    "none-uncovered",
    "uncovered-note",
    "no-map",
    "no-map-note",
    "no",
    "what",
    "verdict",
    "measured",
    "allowed",
    "said",
    "source",
    "rule",
    "standing",
    "citation",
    "in-force",
    "layer",
    "version",
    "file",
    "date",
    "decision",
    "accuracy",
    "map-scale",
    "used-by",
    "hash",
    "paper",
    "edge",
    "vertex",
    "no-layers",
    "no-papers",
    "digest",
    "record-id",
    "engine",
    "scan",
    "scan-plain",
    "attached",
    "limits",
    "orphans",
    "unverified",
    "made-by",
    "checked-by",
    "sign",
    "continued",
];

fn words(lang: Lang) -> BTreeMap<&'static str, String> {
    WORDS.iter().map(|k| (*k, word(lang, &format!("page-{k}")))).collect()
}
