//! From what was sent to a row that may be stored.

use crate::app::App;
use crate::domain::paper::Paper;
use crate::domain::problem::FieldProblem;
use crate::flow::{Error, Result};
use crate::outside::vault::sha256_hex;
use serde_json::Value;
use uuid::Uuid;

/// A paper read and judged: wrong values never come this far, missing ones make it a draft.
pub(super) struct Intake {
    pub kind: String,
    /// Canonical form: keys sorted.
    pub canonical: Vec<u8>,
    pub sha256: String,
    pub missing: Vec<String>,
    pub serial_index: Option<Vec<u8>>,
}

pub(super) fn take(app: &App, facts: Value) -> Result<Intake> {
    let paper: Paper = serde_path_to_error::deserialize(facts).map_err(|e| {
        let field = e.path().to_string();
        Error::Refused(vec![FieldProblem::new(field, "shape", e.into_inner(), "see the OpenAPI document")])
    })?;
    weigh(app, paper)
}

pub(super) fn weigh(app: &App, paper: Paper) -> Result<Intake> {
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    let canonical = serde_json::to_vec(&serde_json::to_value(&paper).map_err(broken)?).map_err(broken)?;
    let serial = match &paper {
        Paper::Certificate(c) => c.serial.as_deref().map(normalise_serial),
        _ => None,
    };
    Ok(Intake {
        sha256: sha256_hex(&canonical),
        missing: Vec::new(),
        serial_index: serial.filter(|s| !s.is_empty()).map(|s| app.vault.index("serial", &s).to_vec()),
        kind: kind_of(&canonical)?,
        canonical,
    })
}

/// `CK 123456`, `ck-123456` and `CK123456` are one serial.
fn normalise_serial(serial: &str) -> String {
    serial.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn kind_of(canonical: &[u8]) -> Result<String> {
    let value: Value = serde_json::from_slice(canonical).map_err(|e| Error::Broken(e.into()))?;
    let kind = value.get("kind").and_then(Value::as_str);
    kind.map(str::to_owned).ok_or_else(|| Error::Broken(anyhow::anyhow!("a paper without a kind")))
}

pub(super) fn place(id: Uuid, version: i32) -> String {
    format!("paper/{id}/{version}")
}
