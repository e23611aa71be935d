use super::intake::{self, Intake, place};
use super::read::PaperView;
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::{lock_open, record};
use crate::flow::paper_request::answer;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::paper::{self, PaperRow};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

/// Adds a paper. Missing fields make it a draft (`complete: false`); wrong values are refused by field.
pub async fn add(app: &App, by: &Actor, case: Uuid, facts: Value) -> Result<PaperView> {
    let taken = intake::take(app, facts)?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let view = store(app, &mut tx, by, Version { id: app.clock.new_id(), version: 1, case, scan: None }, taken).await?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/papers/{}", view.id))).await?;
    Ok(view)
}

/// Writes the next version of a paper; the scan stays. `expected` is the version the sender has seen: another one in
/// between is a conflict.
pub async fn revise(
    app: &App,
    by: &Actor,
    case: Uuid,
    id: Uuid,
    expected: Option<i32>,
    facts: Value,
) -> Result<PaperView> {
    let taken = intake::take(app, facts)?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let not_found = || Error::NotFound { what: "paper", id: id.to_string() };
    let before = paper::get(&mut tx, case, id, None).await?.ok_or_else(not_found)?;
    if expected.is_some_and(|v| v != before.version) {
        return Err(Error::Conflict {
            code: "version-moved",
            detail: format!("the latest version is {}", before.version),
        });
    }
    if taken.kind != before.kind {
        return Err(Error::refused("kind", "kind-changed", taken.kind, &before.kind));
    }
    let next = Version { id, version: before.version + 1, case, scan: before.scan };
    let view = store(app, &mut tx, by, next, taken).await?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/papers/{id}"))).await?;
    Ok(view)
}

/// Which version of which paper is written.
pub(super) struct Version {
    pub id: Uuid,
    pub version: i32,
    pub case: Uuid,
    pub scan: Option<Value>,
}

pub(super) async fn store(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    v: Version,
    taken: Intake,
) -> Result<PaperView> {
    let row = PaperRow {
        id: v.id,
        version: v.version,
        case_id: v.case,
        kind: taken.kind,
        complete: taken.missing.is_empty(),
        missing: taken.missing,
        sealed: app.vault.seal(&place(v.id, v.version), &taken.canonical)?,
        facts_sha256: taken.pin,
        serial_index: taken.serial_index,
        scan: v.scan,
        created_by: by.login.clone(),
        created_at: app.clock.now(),
    };
    if !paper::insert(tx, &row).await? {
        return Err(Error::Conflict {
            code: "version-moved",
            detail: format!("version {} is already there", v.version),
        });
    }
    let deed = Deed {
        at: row.created_at,
        actor: &by.login,
        action: if v.version == 1 { "paper.add" } else { "paper.revise" },
        subject: format!("paper/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"version": row.version, "kind": row.kind, "complete": row.complete, "facts_sha256": row.facts_sha256,
            "scan": row.scan.as_ref().and_then(|s| s.get("sha256"))}),
    };
    audit::write(tx, &deed).await?;
    let added =
        Happened::PaperAdded { paper: row.id, version: row.version, paper_kind: taken.called, complete: row.complete };
    record(app, tx, by, row.case_id, added).await?;
    answer(app, tx, by, row.case_id, row.id, &taken.names, row.complete).await?;
    PaperView::from_row(row)
}
