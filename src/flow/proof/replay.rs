//! A verification run again from what is stored: the same digest, or the first input that is no longer what it was.

use super::KeyBook;
use super::held::proved;
use super::reread::{Found, facts};
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::domain::verify::{Basis, ENGINE, Inputs, Pins, Record, sha256_hex};
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::verification::{basis_pinned, judge_by};
use crate::flow::{Error, Result};
use crate::store::verification::{self, VerificationRow};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Mutex;
use uuid::Uuid;

/// An input that is not what the record pins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = InputDifference)]
pub struct Difference {
    /// record, signature, column, inputs, rule_set, theme_set, paper, parcel, neighbour, layer_version, engine or result.
    pub what: &'static str,
    /// Which one: an id with its version; a layer version with what of it changed; a column by its name.
    pub name: String,
    pub pinned: String,
    pub found: String,
}

impl Difference {
    pub(super) fn new(what: &'static str, name: impl ToString, pinned: impl ToString, found: impl ToString) -> Self {
        Self { what, name: name.to_string(), pinned: pinned.to_string(), found: found.to_string() }
    }
    /// Judged by another engine than this one.
    pub(super) fn engine(pinned: &str) -> Self {
        Self::new("engine", pinned, pinned, ENGINE)
    }
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Replayed {
    pub id: Uuid,
    /// As it was signed.
    pub digest: String,
    /// As it came out now; none when an input was no longer there to run with.
    pub replayed: Option<String>,
    pub same: bool,
    /// The first input that differs.
    pub first_difference: Option<Difference>,
}

/// What was read and proved already in this round of replays.
#[derive(Debug, Default)]
pub struct Seen {
    /// Content hash of a layer version, as found over its rows.
    layers: Mutex<HashMap<i64, String>>,
    /// Rules and themes, by their hashes.
    bases: Mutex<HashMap<(String, String), Basis>>,
}

impl Seen {
    pub(super) fn get(&self, id: i64) -> Option<String> {
        self.layers.lock().unwrap_or_else(|e| e.into_inner()).get(&id).cloned()
    }
    pub(super) fn put(&self, id: i64, hash: &str) {
        self.layers.lock().unwrap_or_else(|e| e.into_inner()).insert(id, hash.to_owned());
    }
    pub(super) async fn basis(&self, app: &App, pins: &Pins) -> Result<Basis> {
        let name = (pins.rules.clone(), pins.themes.clone());
        let held = self.bases.lock().unwrap_or_else(|e| e.into_inner()).get(&name).cloned();
        if let Some(basis) = held {
            return Ok(basis);
        }
        let basis = basis_pinned(app, pins).await?;
        self.bases.lock().unwrap_or_else(|e| e.into_inner()).insert(name, basis.clone());
        Ok(basis)
    }
}

/// Runs a verification again from the store. What was loaded or published since makes no difference; what was changed
/// behind the service's back is named. A logged read of personal data.
pub async fn replay(app: &App, by: &Actor, id: Uuid, seen: &Seen) -> Result<Replayed> {
    let row = verification::find(&app.pool, id)
        .await?
        .ok_or_else(|| Error::NotFound { what: "verification", id: id.to_string() })?;
    let mut reading = Reading::begin(app, by, row.case_id, Purpose::Review).await?;
    reading.log(&format!("verification/{id}")).await?;
    reading.end().await?;
    let done = |replayed: Option<String>, first_difference: Option<Difference>| Replayed {
        id,
        digest: row.digest.clone(),
        same: first_difference.is_none() && replayed.as_deref() == Some(row.digest.as_str()),
        replayed,
        first_difference,
    };
    match again(app, &row, seen).await? {
        Ok(digest) if digest == row.digest => Ok(done(Some(digest), None)),
        Ok(digest) => {
            let found = digest.clone();
            Ok(done(Some(digest), Some(Difference::new("result", id, &row.digest, found))))
        }
        Err(Found { difference, digest }) => Ok(done(digest, Some(difference))),
    }
}

/// Ids of verifications to replay: of one case, or all; oldest first.
pub async fn ids(app: &App, case: Option<Uuid>) -> Result<Vec<Uuid>> {
    Ok(verification::ids(&app.pool, case).await?)
}

type Outcome = std::result::Result<String, Found>;

async fn again(app: &App, row: &VerificationRow, seen: &Seen) -> Result<Outcome> {
    let (record, inputs) = match kept(app, row).await? {
        Ok(kept) => kept,
        Err(difference) => return Ok(Err(difference.into())),
    };
    let basis = match seen.basis(app, &record.pins).await {
        Ok(basis) => basis,
        Err(Error::Broken(e)) => return Ok(Err(set_difference(app, &record, &e.to_string()).await?.into())),
        Err(e) => return Err(e),
    };
    let facts = match facts(app, &record, &inputs, &basis, seen).await? {
        Ok(facts) => facts,
        Err(difference) => return Ok(Err(difference.into())),
    };
    let judged = tokio::task::spawn_blocking(move || judge_by(&facts, basis.rules.clone()));
    let judged = judged.await.map_err(|e| Error::Broken(e.into()))??;
    if judged.digest != row.digest && record.pins.engine != ENGINE {
        let difference = Difference::engine(&record.pins.engine);
        return Ok(Err(Found { difference, digest: Some(judged.digest) }));
    }
    Ok(Ok(judged.digest))
}

/// The sealed record and inputs, each proved against its hash, the signature and the columns.
async fn kept(app: &App, row: &VerificationRow) -> Result<std::result::Result<(Record, Inputs), Difference>> {
    let id = row.id;
    let differs = |what, pinned: &str, found: String| Ok(Err(Difference::new(what, id, pinned, found)));
    let record = match proved(app, &KeyBook::read(app).await?, row).await? {
        Ok(record) => record,
        Err(difference) => return Ok(Err(difference)),
    };
    let Some(sealed) = &row.inputs else {
        return differs("inputs", &record.pins.inputs, "none: from before inputs were kept".into());
    };
    let inputs = match app.vault.open(&format!("inputs/{id}"), sealed) {
        Ok(plain) => plain,
        Err(e) => return differs("inputs", &record.pins.inputs, e.to_string()),
    };
    let found = sha256_hex(&inputs);
    if found != record.pins.inputs {
        return differs("inputs", &record.pins.inputs, found);
    }
    match serde_json::from_slice(&inputs) {
        Ok(inputs) => Ok(Ok((record, inputs))),
        Err(_) if record.pins.engine != ENGINE => Ok(Err(Difference::engine(&record.pins.engine))),
        Err(e) => Err(Error::Broken(e.into())),
    }
}

/// Which of the two sets is not what its name says.
async fn set_difference(app: &App, record: &Record, why: &str) -> Result<Difference> {
    for (what, hash) in [("rule_set", &record.pins.rules), ("theme_set", &record.pins.themes)] {
        let content = crate::store::basis::content(&app.pool, hash).await?;
        let found = content.map_or_else(|| "nothing".to_owned(), sha256_hex);
        if found != *hash {
            return Ok(Difference::new(what, hash, hash, found));
        }
    }
    Ok(Difference::new("rule_set", &record.pins.rules, &record.pins.rules, why))
}
