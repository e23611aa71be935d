use super::assign::candidates;
use super::change::{cancel_in, happened, note};
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::dispatch::{self, Candidate, FindingSummary, Need, NewTask, Table};
use crate::domain::verify::{self, FindingRecord, Record};
use crate::flow::case::{Entry, record_all};
use crate::flow::layer::zone_def;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::gis::crs::Transformer;
use crate::store::task::{self, TaskRow};
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Makes the tasks a verification calls for, inside its transaction, and gives each to somebody. A task that is open already
/// stays the one it is; one that an earlier verification made, that nobody has begun and nothing calls for any more, is
/// cancelled. What was done about the very same findings is not asked for again. Returns the new ones.
pub async fn create_from_verification(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case_id: Uuid,
    verification_id: Uuid,
    record: &Record,
) -> Result<Vec<Uuid>> {
    let table = Table::shipped().map_err(anyhow::Error::msg)?;
    let calendar = Calendar::shipped().map_err(anyhow::Error::msg)?;
    let plan = dispatch::plan(table, &summaries(record), record.outcome, calendar, app.clock.today());
    let mut entries = cancel_superseded(app, tx, by, case_id, &plan).await?;
    let done = task::done_prints(tx, case_id).await?;
    let commune = record.parcel.as_ref().map(|p| p.commune_code.as_str());
    let mut staff = candidates(tx, app.clock.today()).await?;
    let place = place(tx, case_id).await?;
    let mut made = Vec::new();
    for new in plan {
        let print = print(record, &new)?;
        if done.iter().any(|(kind, subject, about)| (kind, subject, about) == (&new.kind, &new.subject, &print)) {
            continue;
        }
        let mut row = row(app, case_id, verification_id, &new, commune, place, &staff);
        row.reason["about"] = json!(print);
        if !task::insert(tx, &row).await? {
            continue;
        }
        note(app, tx, by, &row, "created", json!({})).await?;
        entries.push(happened(&row, "created").into());
        if let Some(chosen) = staff.iter_mut().find(|c| Some(c.id) == row.assignee) {
            chosen.open_load += 1;
            note(app, tx, by, &row, "assigned", row.reason["assigned"].clone()).await?;
            entries.push(happened(&row, "assigned").into());
        }
        made.push(row.id);
    }
    if !entries.is_empty() {
        record_all(app, tx, by, case_id, entries).await?;
    }
    Ok(made)
}

fn summaries(record: &Record) -> Vec<FindingSummary> {
    record.findings.iter().map(summary).collect()
}

fn summary(f: &FindingRecord) -> FindingSummary {
    FindingSummary { check: f.check.to_string(), subject: f.subject.clone(), verdict: f.verdict, effect: f.effect }
}

/// What a task is about: what its findings say, or the outcome that alone made it.
fn print(record: &Record, new: &NewTask) -> Result<String> {
    let mut about = record.findings.iter().filter(|f| new.because.contains(&summary(f))).peekable();
    let print = match about.peek() {
        Some(_) => verify::print(about),
        None => verify::canonical(&record.outcome).map(verify::sha256_hex),
    };
    print.map_err(|e| Error::Broken(e.into()))
}

fn row(
    app: &App,
    case_id: Uuid,
    verification_id: Uuid,
    new: &NewTask,
    commune: Option<&str>,
    place: Option<(f64, f64)>,
    staff: &[Candidate],
) -> TaskRow {
    let (now, today) = (app.clock.now(), app.clock.today());
    let days = (today, new.due.max(today));
    let need = Need { department: new.department, commune, skills: &BTreeSet::new(), days, at: None };
    let assigned = dispatch::assign(&need, staff);
    TaskRow {
        id: app.clock.new_id(),
        case_id,
        verification_id: Some(verification_id),
        kind: new.kind.clone(),
        subject: new.subject.clone(),
        department: new.department.as_str().into(),
        state: "open".into(),
        assignee: assigned.map(|a| a.0),
        reason: json!({ "findings": new.because, "due_doubtful": new.due_doubtful, "assigned": assigned.map(|a| a.1) }),
        due: new.due,
        appointment_at: None,
        place_text: None,
        sealed_place: None,
        lon: place.map(|p| p.0),
        lat: place.map(|p| p.1),
        result: None,
        version: 1,
        created_at: now,
        updated_at: now,
        plan_id: None,
        waits_for: Vec::new(),
        escalated_to: None,
    }
}

/// Where the parcel is (WGS 84 longitude, latitude), to find the way there; none when it is not on the map.
pub(crate) async fn place(tx: &mut PgConnection, case_id: Uuid) -> Result<Option<(f64, f64)>> {
    let Some((z, x, y)) = task::parcel_point(tx, case_id).await? else { return Ok(None) };
    // A parcel that has no place on the globe still gets its tasks.
    Ok(Transformer::zone_to_wgs84(&zone_def(z)).point(x, y).ok())
}

async fn cancel_superseded(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case_id: Uuid,
    plan: &[NewTask],
) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (id, kind, subject) in task::untouched(tx, case_id).await? {
        if plan.iter().any(|n| n.kind == kind && n.subject == subject) {
            continue;
        }
        entries.extend(cancel_in(app, tx, by, id, "superseded").await?);
    }
    Ok(entries)
}
