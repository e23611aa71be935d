//! From what was sent to a row that may be stored.

use crate::app::App;
use crate::domain::paper::certificate::Serial;
use crate::domain::paper::{self, Paper};
use crate::domain::text::fold::squeezed;
use crate::flow::{Error, Result};
use serde_json::Value;
use uuid::Uuid;

/// A paper read and judged: wrong values never come this far, missing ones make it a draft.
pub(super) struct Intake {
    pub kind: String,
    /// As [`Paper::called`].
    pub called: String,
    /// Canonical form: keys sorted.
    pub canonical: Vec<u8>,
    /// Keyed, see [`facts_pin`].
    pub pin: String,
    pub missing: Vec<String>,
    /// Its kind, or what a free paper calls itself, in letters and digits only: how lists of papers name it.
    pub names: Vec<String>,
    pub serial_index: Option<Vec<u8>>,
}

pub(super) fn take(app: &App, facts: Value) -> Result<Intake> {
    let paper = paper::from_json(facts).map_err(Error::Refused)?;
    let problems = paper.problems(app.clock.today());
    if problems.is_empty() { weigh(app, &paper) } else { Err(Error::Refused(problems)) }
}

pub(super) fn weigh(app: &App, paper: &Paper) -> Result<Intake> {
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    // By way of a `Value`, whose keys are sorted.
    let canonical = serde_json::to_vec(&serde_json::to_value(paper).map_err(broken)?).map_err(broken)?;
    let serial = match paper {
        Paper::Certificate(c) => c.serial(),
        _ => None,
    };
    Ok(Intake {
        kind: paper.kind().to_owned(),
        called: paper.called().to_owned(),
        pin: facts_pin(app, &canonical),
        missing: paper.missing(),
        names: names(paper),
        serial_index: serial.map(|s| serial_index(app, &s)),
        canonical,
    })
}

pub(super) fn names(paper: &Paper) -> Vec<String> {
    match paper {
        Paper::Other(o) => o.title.iter().map(|t| squeezed(t)).collect(),
        _ => vec![squeezed(paper.kind())],
    }
}

/// What a record pins of a paper's facts (their canonical form): equal for equal facts, and, unlike a plain hash, of no use
/// to somebody who would try names and numbers against it (decision 0010). 64 hex digits.
pub fn facts_pin(app: &App, canonical: &[u8]) -> String {
    hex::encode(app.vault.index("paper facts", canonical))
}

/// Keyed hash of a certificate's serial, as stored in `paper.serial_index`.
pub fn serial_index(app: &App, serial: &Serial) -> Vec<u8> {
    app.vault.index("serial", &serial.text).to_vec()
}

pub(in crate::flow) fn place(id: Uuid, version: i32) -> String {
    format!("paper/{id}/{version}")
}
