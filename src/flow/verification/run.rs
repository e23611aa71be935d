//! One act behind `diaba verify`, `POST .../verifications` and the job `verify_case`.

use super::basis::{keep as keep_basis, rules_for};
use super::gather::{Subject, gather, gather_over};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::proof::VERIFICATION;
use crate::domain::verify::{
    Basis, CaseFacts, Facts, FindingRecord, Inputs, ParcelRef, Record, RuleSet, Wish, ordered, sha256_hex, verify,
};
use crate::flow::case::{lock_open, record as record_event};
use crate::flow::parcel::old_province_of;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::case::Says;
use crate::store::queue::Lease;
use crate::store::verification::{FindingRow, NewVerification};
use crate::store::{self, audit};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Verified {
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_number: String,
    /// can_proceed, needs_papers, needs_person or blocked.
    pub outcome: String,
    /// SHA-256 of the canonical record (RFC 8785), hex.
    pub digest: String,
    pub tasks: Vec<Uuid>,
    /// The whole record (schema/verification.schema.json).
    #[schema(value_type = Object)]
    pub record: Record,
    #[serde(skip)]
    pub basis: Basis,
}

/// A verdict with everything that is kept of it.
#[derive(Debug, Clone)]
pub struct Judged {
    pub record: Record,
    /// Canonical record; SHA-256 of its bytes is `digest`.
    pub canonical: String,
    pub digest: String,
    /// Canonical [`Inputs`]; SHA-256 of its bytes is `record.pins.inputs`.
    pub inputs: String,
    pub basis: Basis,
}

/// Verifies a case as of today and keeps the record, its findings, its tasks and the audit row in one transaction. With a
/// lease, the job is completed in that transaction too: it happens once.
pub async fn verify_case(app: &App, by: &Actor, case_id: Uuid, lease: Option<&Lease>) -> Result<Verified> {
    let subject = subject(app, by, case_id).await?;
    let facts = gather(app, subject, app.clock.today()).await?;
    let parcel = facts.parcel.as_ref().map(|p| (p.zone.0, p.id));
    let Judged { record, canonical, digest, inputs, basis } = judge(app, facts).await?;
    let id = app.clock.new_id();
    let now = app.clock.now();
    let signed = app.keys.signer()?.sign(VERIFICATION, &digest);
    let outcome = word(&record.outcome)?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case_id).await?;
    let sealed = app.vault.seal(&format!("verification/{id}"), canonical.as_bytes())?;
    let inputs = app.vault.seal(&format!("inputs/{id}"), inputs.as_bytes())?;
    keep_basis(app, &mut tx, &basis).await?;
    let pins = serde_json::to_value(&record.pins).map_err(|e| Error::Broken(e.into()))?;
    let row = NewVerification {
        id,
        case_id,
        zone: parcel.map(|p| p.0),
        parcel_id: parcel.map(|p| p.1),
        as_of: record.as_of,
        outcome: &outcome,
        digest: &digest,
        pins: &pins,
        sealed: &sealed,
        inputs: &inputs,
        key_id: &signed.key_id,
        signature: &signed.signature,
        created_by: &by.login,
        created_at: now,
    };
    let findings = record.findings.iter().map(finding_row).collect::<Result<Vec<_>>>()?;
    let shown = record.findings.iter().map(|f| evidence(f, parcel.map(|p| p.0))).collect::<Result<Vec<_>>>()?;
    store::verification::insert(&mut tx, &row, &findings, &shown).await?;
    if let Some(parcel) = parcel {
        store::case::set_parcel(&mut tx, case_id, parcel, Says::Papers, now).await?;
    }
    record_event(app, &mut tx, by, case_id, Happened::Verified { verification: id, outcome: record.outcome }).await?;
    let tasks = crate::flow::task::create_from_verification(app, &mut tx, by, case_id, id, &record).await?;
    let deed = audit::Deed {
        at: now,
        actor: &by.login,
        action: "verification.create",
        subject: format!("verification/{id}"),
        case_id: Some(case_id),
        detail: json!({"outcome": outcome, "digest": digest, "tasks": tasks.len()}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = Verified { id, case_id, case_number: record.case.number.clone(), outcome, digest, tasks, record, basis };
    if let Some(lease) = lease {
        lease.complete(&mut tx).await?;
    }
    commit(app, tx, by, &done, Some(format!("/api/v1/verifications/{id}"))).await?;
    Ok(done)
}

/// The case of who asks about a parcel and has none.
pub(in crate::flow) fn inquiry(wish: Wish) -> CaseFacts {
    CaseFacts {
        id: Uuid::nil(),
        number: CaseFacts::INQUIRY.into(),
        procedure: CaseFacts::INQUIRY.into(),
        required_papers: vec![],
        wish,
        province: None,
        old_province: None,
    }
}

/// The verdict on a parcel without a case: nothing is stored. `wish` may carry a target use or a split.
pub async fn inspect(app: &App, zone: i32, parcel: Uuid, wish: Wish) -> Result<Judged> {
    judge(app, facts_of_parcel(app, zone, parcel, wish).await?).await
}

/// Name of the rules that a parcel is judged by as of today, without judging it. None: there is no such parcel.
pub(in crate::flow) async fn rules_of_parcel(app: &App, zone: i32, parcel: Uuid) -> Result<Option<String>> {
    let mut conn = app.pool.acquire().await?;
    let Some(here) = store::standing::standing(&mut conn, zone, parcel).await? else { return Ok(None) };
    let old = old_province_of(&mut conn, &here.row.commune_code, &here.keys).await?;
    let places = [here.province.as_deref(), old.as_deref()];
    Ok(Some(app.sets.rules(&app.book.rules, app.clock.today(), places)?.hash.clone()))
}

/// What a parcel without a case is judged by, as of today.
pub async fn facts_of_parcel(app: &App, zone: i32, parcel: Uuid, wish: Wish) -> Result<Facts> {
    let case = inquiry(wish);
    let mut conn = app.pool.acquire().await?;
    let here = store::standing::standing(&mut conn, zone, parcel)
        .await?
        .ok_or_else(|| Error::NotFound { what: "parcel", id: parcel.to_string() })?;
    let row = &here.row;
    let asked = ParcelRef {
        commune_code: Some(row.commune_code.clone()),
        commune_name: None,
        sheet: row.sheet.clone(),
        number: row.number.clone(),
    };
    let subject = Subject { case, asked, parcel: Some((zone, parcel)), bound: true, papers: vec![] };
    gather_over(app, &mut conn, subject, Some(here), app.clock.today()).await
}

/// Judging is arithmetic: it runs beside the reactor, never on it.
pub async fn judge(app: &App, facts: Facts) -> Result<Judged> {
    let rules = rules_for(app, &facts)?;
    tokio::task::spawn_blocking(move || judge_by(&facts, rules)).await.map_err(|e| Error::Broken(e.into()))?
}

/// As [`judge`], by these rules, here and now.
pub fn judge_by(facts: &Facts, rules: Arc<RuleSet>) -> Result<Judged> {
    let facts = ordered(facts);
    let broken = |e: crate::domain::verify::CanonicalError| Error::Broken(e.into());
    let record = verify(&facts, &rules);
    let canonical = record.canonical().map_err(broken)?;
    let (inputs, _) = Inputs::of(&facts).sealed_form().map_err(broken)?;
    let basis = Basis { rules, themes: facts.theme_set.clone() };
    Ok(Judged { record, digest: sha256_hex(canonical.as_bytes()), canonical, inputs, basis })
}

async fn subject(app: &App, by: &Actor, case_id: Uuid) -> Result<Subject> {
    let mut conn = app.pool.acquire().await?;
    let row = store::case::get(&mut conn, case_id)
        .await?
        .ok_or_else(|| Error::NotFound { what: "case", id: case_id.to_string() })?;
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    let wish: Wish = serde_json::from_value(row.wish).map_err(broken)?;
    let asked: ParcelRef = serde_json::from_value(row.parcel_ref).unwrap_or_default();
    let papers = crate::flow::paper::facts_of_case(app, &mut conn, case_id, &by.login).await?;
    let case = CaseFacts {
        id: row.id,
        number: row.number,
        procedure: row.procedure,
        required_papers: vec![],
        wish,
        province: None,
        old_province: None,
    };
    let bound = store::case::parcel_is_bound(&mut conn, case_id).await?;
    Ok(Subject { case, asked, parcel: row.zone.zip(row.parcel_id), bound, papers })
}

/// A plain enum as its stable word.
pub(in crate::flow) fn word<T: Serialize>(v: &T) -> Result<String> {
    match serde_json::to_value(v) {
        Ok(serde_json::Value::String(s)) => Ok(s),
        other => Err(Error::Broken(anyhow::anyhow!("not a word: {other:?}"))),
    }
}

/// The evidence of a finding as EWKB, where a zone says in which metres.
fn evidence(f: &FindingRecord, zone: Option<i32>) -> Result<Option<Vec<u8>>> {
    match zone {
        Some(z) if !f.evidence.is_empty() => {
            let shapes: Vec<geo_types::Geometry<f64>> = f.evidence.iter().map(|e| e.geometry.to_geometry()).collect();
            Ok(Some(store::geometry::to_ewkb(&geo_types::Geometry::GeometryCollection(shapes.into()), z)?))
        }
        _ => Ok(None),
    }
}

/// A finding in columns: those of a verification of a case, and of one in a run.
pub(in crate::flow) fn finding_row(f: &FindingRecord) -> Result<FindingRow> {
    Ok(FindingRow {
        check_id: f.check.to_string(),
        subject: f.subject.clone(),
        verdict: word(&f.verdict)?,
        effect: word(&f.effect)?,
        certainty: f.certainty.as_ref().map(word).transpose()?,
        measured: f.measured.map(|q| q.value),
        allowed: f.allowed.map(|q| q.value),
        unit: f.measured.or(f.allowed).map(|q| word(&q.unit)).transpose()?,
        area_low: f.area.map(|a| a.low),
        area_high: f.area.map(|a| a.high),
        layer_version_id: f.sources.first().copied(),
        rule: f.rule.as_ref().map(|r| format!("{}@{}", r.id, r.version)),
    })
}
