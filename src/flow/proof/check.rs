//! What anybody may learn who holds a digest: out of the record that has it, nothing personal, no reading to log.

use super::KeyBook;
use super::held::{STOLEN, columns, opened, signature};
use crate::app::App;
use crate::domain::proof::Doubt;
use crate::domain::verify::{Outcome, ParcelRecord, Placed, Record, Stance, Verdict};
use crate::flow::{Error, Result, opinion};
use crate::store::verification;
use std::collections::BTreeMap;
use time::Date;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Valid,
    /// From before signatures, or the signature was taken away.
    Unsigned,
    /// What is on file is not what was signed: which part of it.
    Forged(String),
    /// The signature fits, but its key was stolen and no head from before covers it.
    Stolen(Doubt),
    /// The record was deleted when its time was over; the signature over its digest holds.
    Erased,
}

/// What the record says.
#[derive(Debug, Clone)]
pub struct Said {
    pub as_of: Date,
    pub outcome: Outcome,
    pub procedure: String,
    /// Commune, sheet, number.
    pub parcel: Option<(String, String, String)>,
    /// How many findings of each kind there are.
    pub verdicts: BTreeMap<Verdict, usize>,
}

#[derive(Debug, Clone)]
pub struct Checked {
    pub standing: Standing,
    /// None: there is no record with this digest to read.
    pub said: Option<Said>,
    pub key_id: Option<String>,
    /// A later, different verification of the same case is there.
    pub superseded: bool,
    /// What people have said of its findings until now: how many confirm, correct, reject.
    pub opinions: [usize; 3],
}

/// The verification with this digest (64 hex digits); none: we made none.
pub async fn check(app: &App, digest: &str) -> Result<Option<Checked>> {
    let Some(found) = verification::by_digest(&app.pool, digest).await? else { return Ok(None) };
    let row = found.row;
    let erased = row.sealed.is_empty();
    let (record, hidden) = match opened(app, &row)? {
        Ok(record) => (Some(record), None),
        Err(_) if erased => (None, None),
        Err(difference) => (None, Some(difference)),
    };
    let column = record.as_ref().map(|r| columns(&row, r)).transpose()?.flatten();
    let keys = KeyBook::read(app).await?;
    let stolen = match &row.key_id {
        Some(key) => keys.stolen(app, key, "verification", &row.id.to_string()).await?,
        None => None,
    };
    let standing = match (hidden, signature(app, &keys, &row).await?) {
        (Some(d), _) => Standing::Forged(d.what.into()),
        (None, Some(_)) if row.signature.is_none() => Standing::Unsigned,
        (None, Some(d)) => match stolen.filter(|_| d.what == STOLEN) {
            Some(doubt) => Standing::Stolen(doubt),
            None => Standing::Forged(d.what.into()),
        },
        (None, None) => match column {
            Some(d) => Standing::Forged(d.name),
            None if erased => Standing::Erased,
            None => Standing::Valid,
        },
    };
    let said = record.as_ref().map(Said::of);
    let (standing, opinions) = match &record {
        Some(record) => match opinion::placed(app, row.id, record).await {
            Ok(all) => (standing, [Stance::Confirm, Stance::Correct, Stance::Reject].map(|s| counted(&all, s))),
            Err(Error::Broken(why)) => {
                tracing::warn!(error = %why, "an opinion on a checked verification cannot be proved");
                (Standing::Forged("opinion".into()), [0; 3])
            }
            Err(e) => return Err(e),
        },
        None => (standing, [0; 3]),
    };
    Ok(Some(Checked { standing, said, key_id: row.key_id, superseded: found.superseded, opinions }))
}

fn counted(all: &[Placed], stance: Stance) -> usize {
    all.iter().filter(|p| p.opinion.stance == stance).count()
}

impl Said {
    fn of(record: &Record) -> Self {
        let mut verdicts = BTreeMap::new();
        record.findings.iter().for_each(|f| *verdicts.entry(f.verdict).or_default() += 1);
        let place = |p: &ParcelRecord| (p.commune_code.clone(), p.sheet.clone(), p.number.clone());
        Self {
            as_of: record.as_of,
            outcome: record.outcome,
            procedure: record.case.procedure.clone(),
            parcel: record.parcel.as_ref().map(place),
            verdicts,
        }
    }
}
