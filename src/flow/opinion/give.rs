//! A person confirms, corrects or rejects a finding.

use super::read::{OpinionView, place_of, view};
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::domain::verify::{
    Correction, FindingRecord, OPINION, Opinion, Placed, Quantity, Record, Rests, Stance, Standing, Support,
};
use crate::flow::case::lock_open;
use crate::flow::staff::Actor;
use crate::flow::verification::{inputs, open};
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::opinion::{self, OpinionRow};
use crate::store::paper;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// An opinion as it is sent.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"check": "planning.road_corridor", "subject": "road_corridor", "stance": "reject",
    "reason": "The road line was moved by the decision of 12 May; the parcel is outside of it.",
    "evidence": [{"kind": "reference", "text": "Decision 12/QĐ-UBND of 2026-05-12"}]}))]
pub struct NewOpinion {
    /// Check and subject name a finding of the verification.
    pub check: String,
    #[serde(default)]
    pub subject: String,
    /// confirm, correct or reject.
    #[schema(value_type = String)]
    pub stance: Stance,
    /// With stance correct: verdict, and measured (value, unit) when there is a number.
    #[schema(value_type = Option<Object>)]
    pub corrected: Option<Correction>,
    /// 10 to 2,000 characters.
    pub reason: String,
    /// At least one unless it confirms.
    #[serde(default)]
    pub evidence: Vec<NewSupport>,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NewSupport {
    /// A paper of the case; its latest version when none is named.
    Paper { id: Uuid, version: Option<i32> },
    /// Number and date of a letter, a visit: 3 to 300 characters.
    Reference { text: String },
}

/// Keeps an opinion, signed; a person gives it, no program does. Nothing of the verification changes.
///
/// # Errors
/// `Refused` when the finding is not in the verification, a paper is not of the case, or reason or evidence are missing.
pub async fn give(app: &App, by: &Actor, verification: Uuid, new: NewOpinion) -> Result<OpinionView> {
    if by.id.is_none() || by.scopes.is_some() {
        return Err(Error::Forbidden("in-person-only"));
    }
    let opened = open(app, by, verification, Purpose::Review).await?;
    let case_id = opened.verification.case_id;
    let (no, finding) = named(&opened.record, &new)?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case_id).await?;
    let inputs = inputs(app, verification).await?;
    let broken = |e: crate::domain::verify::CanonicalError| Error::Broken(e.into());
    let corrected = new
        .corrected
        .map(|c| Correction { measured: c.measured.map(|q| Quantity::new(q.value, q.unit)), verdict: c.verdict });
    let opinion = Opinion {
        schema: OPINION.to_owned(),
        id: app.clock.new_id(),
        case_id,
        verification_id: verification,
        digest: opened.verification.digest.clone(),
        check: new.check,
        subject: new.subject,
        stance: new.stance,
        corrected,
        reason: new.reason.trim().to_owned(),
        evidence: supports(&mut tx, case_id, new.evidence).await?,
        rests: Rests::of(&opened.record, inputs.as_ref(), finding).map_err(broken)?,
        by: by.login.clone(),
        at: app.clock.now(),
    };
    let problems = opinion.problems();
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let row = sealed(app, &opinion, no)?;
    opinion::insert(&mut tx, &row).await?;
    let deed = Deed {
        at: row.created_at,
        actor: &by.login,
        action: "opinion.give",
        subject: format!("opinion/{}", row.id),
        case_id: Some(case_id),
        detail: json!({"verification": verification, "check": opinion.check, "subject": opinion.subject,
            "stance": opinion.stance, "digest": row.digest}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = view(&row, &Placed { opinion, no: Some(no), standing: Standing::Given });
    commit(app, tx, by, &done, Some(format!("/api/v1/verifications/{verification}"))).await?;
    Ok(done)
}

fn named<'a>(record: &'a Record, new: &NewOpinion) -> Result<(usize, &'a FindingRecord)> {
    let found = record.findings.iter().enumerate().find(|(_, f)| f.check == new.check && f.subject == new.subject);
    found.ok_or_else(|| {
        let asked = format!("{} {}", new.check, new.subject);
        Error::refused("check", "opinion-finding", asked.trim(), "check and subject of a finding of this verification")
    })
}

fn sealed(app: &App, opinion: &Opinion, no: usize) -> Result<OpinionRow> {
    let (text, digest) = opinion.sealed_form().map_err(|e| Error::Broken(e.into()))?;
    let signed = app.keys.signer()?.sign(OPINION, &digest);
    let stance = match opinion.stance {
        Stance::Confirm => "confirm",
        Stance::Correct => "correct",
        Stance::Reject => "reject",
    };
    Ok(OpinionRow {
        id: opinion.id,
        verification_id: opinion.verification_id,
        no: i32::try_from(no).map_err(|e| Error::Broken(e.into()))?,
        case_id: opinion.case_id,
        stance: stance.to_owned(),
        sealed: app.vault.seal(&place_of(opinion.id), text.as_bytes())?,
        digest,
        key_id: signed.key_id,
        signature: signed.signature.to_vec(),
        created_by: opinion.by.clone(),
        created_at: opinion.at,
    })
}

async fn supports(conn: &mut PgConnection, case: Uuid, sent: Vec<NewSupport>) -> Result<Vec<Support>> {
    let mut out = Vec::new();
    for (i, one) in sent.into_iter().enumerate() {
        out.push(match one {
            NewSupport::Reference { text } => Support::Reference { text: text.trim().to_owned() },
            NewSupport::Paper { id, version } => match paper::get(&mut *conn, case, id, version).await? {
                Some(row) => Support::Paper { id, version: row.version, pin: row.facts_sha256 },
                None => {
                    return Err(Error::refused(
                        format!("evidence[{i}].id"),
                        "opinion-paper",
                        id,
                        "a paper of this case",
                    ));
                }
            },
        });
    }
    Ok(out)
}
