use crate::app::App;
use crate::domain::dispatch::Department;
use crate::domain::plan::Field;
use crate::domain::staff::{Purpose, Role};
use crate::flow::parcel::geojson_of;
use crate::flow::staff::Actor;
use crate::flow::task::{FieldValue, TaskFilter, TaskView, kind_of, open_value, place_of, views};
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::lease::{self, LeaseRow};
use crate::store::task::{self, TaskRow};
use crate::store::{case, parcel, task_value};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What a device takes along: everything its holder works on, with the right to write it for a time.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Package {
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    pub tasks: Vec<PackedTask>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PackedTask {
    pub task: TaskView,
    pub case_number: String,
    pub lease: LeaseView,
    #[schema(value_type = Vec<Object>)]
    pub fields: Vec<Field>,
    /// What stands in them; a field that is not here has no value (base 0).
    pub values: Vec<FieldValue>,
    /// Outline of the parcel as it is drawn now: GeoJSON geometry, WGS 84.
    #[schema(value_type = Option<Object>)]
    pub parcel: Option<Value>,
}

/// A right to write fields of a task for a time.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LeaseView {
    pub id: Uuid,
    pub fields: Vec<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

const HOURS: std::ops::RangeInclusive<u32> = 1..=72;

/// The tasks the caller has accepted, with forms, values, outlines and leases for `hours`. Asking again makes the leases last
/// longer and gives what stands now. Reading the values is logged.
pub async fn package(app: &App, by: &Actor, hours: u32) -> Result<Package> {
    let Some(me) = by.id else { return Err(Error::Forbidden("person-only")) };
    if !HOURS.contains(&hours) {
        return Err(Error::refused("hours", "range", hours, format!("{} to {}", HOURS.start(), HOURS.end())));
    }
    let tasks = mine(app, me).await?;
    let mut outlines = BTreeMap::new();
    for case in tasks.iter().map(|t| t.case_id) {
        if let std::collections::btree_map::Entry::Vacant(e) = outlines.entry(case) {
            e.insert(outline(app, case).await?);
        }
    }
    let mut tx = begin(app).await?;
    let mut packed = Vec::new();
    for row in tasks {
        let (number, parcel) = outlines.get(&row.case_id).cloned().unwrap_or_default();
        packed.extend(pack(app, &mut tx, by, row, hours).await?.map(|p| PackedTask {
            case_number: number,
            parcel,
            ..p
        }));
    }
    let view = Package { made_at: app.clock.now(), tasks: packed };
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

/// Tasks a field worker is at, in the order of their cases (in which they are locked).
async fn mine(app: &App, me: Uuid) -> Result<Vec<TaskRow>> {
    let field = Some(Department::Field.as_str().to_owned());
    let filter = TaskFilter { assignee: Some(me), department: field, limit: 500, ..TaskFilter::default() };
    let mut tasks = Vec::new();
    for state in ["accepted", "started", "paused"] {
        let filter = TaskFilter { state: Some(state.into()), ..filter.clone() };
        tasks.extend(task::page(&mut *app.pool.acquire().await?, &filter).await?);
    }
    tasks.sort_by_key(|t| (t.case_id, t.id));
    Ok(tasks)
}

async fn outline(app: &App, case_id: Uuid) -> Result<(String, Option<Value>)> {
    let file = case::get(&mut *app.pool.acquire().await?, case_id).await?;
    let Some(file) = file else { return Ok((String::new(), None)) };
    let Some((zone, id)) = file.zone.zip(file.parcel_id) else { return Ok((file.number, None)) };
    let drawn = parcel::current(&app.pool, zone, id).await?.and_then(|p| p.ewkb);
    let book = crate::flow::layer::zones(app).await?;
    Ok((file.number, geojson_of(&book, zone, drawn.as_deref())?))
}

/// None: it has no fields, or it was taken away or ended meanwhile.
async fn pack(app: &App, tx: &mut PgConnection, by: &Actor, row: TaskRow, hours: u32) -> Result<Option<PackedTask>> {
    crate::flow::case::lock(tx, row.case_id).await?;
    let at_it = |t: &TaskRow| matches!(t.state.as_str(), "accepted" | "started" | "paused") && t.assignee == by.id;
    let Some(row) = task::get(tx, row.id).await?.filter(at_it) else { return Ok(None) };
    let fields = kind_of(tx, &row).await?.map(|k| k.fields).unwrap_or_default();
    if fields.is_empty() {
        return Ok(None);
    }
    let lease = held(app, tx, by, &row, &fields, hours).await?;
    let mut values = Vec::new();
    for v in task_value::latest(tx, row.id).await? {
        let value = open_value(app, &v)?;
        values.push(FieldValue { field: v.field, version: v.version, value, by: v.by, at: v.at, lease_id: v.lease_id });
    }
    let (now, what) = (app.clock.now(), format!("task/{}/fields", row.id));
    audit::personal_data_read(tx, now, &by.login, row.case_id, &what, Purpose::FieldVisit.as_str()).await?;
    let place_text = place_of(app, &row)?;
    let task = views(tx, vec![row]).await?.pop().map(|t| TaskView { place_text, ..t });
    let lease = LeaseView { id: lease.id, fields: lease.fields, expires_at: lease.expires_at };
    Ok(task.map(|task| PackedTask { task, case_number: String::new(), lease, fields, values, parcel: None }))
}

/// The holder's lease, which lasts longer from now on, or a new one.
async fn held(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    task: &TaskRow,
    fields: &[Field],
    hours: u32,
) -> Result<LeaseRow> {
    let now = app.clock.now();
    let expires_at = now + Duration::hours(hours.into());
    if let Some(mut lease) = lease::of_task(tx, task.id).await?.filter(|l| Some(l.staff_id) == by.id) {
        lease::extend(tx, lease.id, expires_at).await?;
        lease.expires_at = lease.expires_at.max(expires_at);
        return Ok(lease);
    }
    lease::revoke_of_task(tx, task.id, now, &by.login).await?;
    let lease = LeaseRow {
        id: app.clock.new_id(),
        task_id: task.id,
        staff_id: by.id.unwrap_or_default(),
        fields: fields.iter().map(|f| f.code.clone()).collect(),
        granted_at: now,
        expires_at,
        revoked_at: None,
        revoked_by: None,
    };
    if !lease::insert(tx, &lease).await? {
        return Err(Error::Conflict { code: "field-leased", detail: format!("task {}", task.id) });
    }
    deed(tx, by, task, "field.lease", now, json!({"lease": lease.id, "expires_at": expires_at.to_string()})).await?;
    Ok(lease)
}

/// Takes the right to write a task's fields back, as when a device is lost: by who leads. What comes under it afterwards waits
/// in the tray.
pub async fn revoke(app: &App, by: &Actor, id: Uuid) -> Result<bool> {
    if !by.has_any(&[Role::Manager, Role::Admin]) {
        return Err(Error::Forbidden("leaders-only"));
    }
    let mut tx = begin(app).await?;
    let missing = || Error::NotFound { what: "task", id: id.to_string() };
    let row = task::get(&mut tx, id).await?.ok_or_else(missing)?;
    crate::flow::case::lock(&mut tx, row.case_id).await?;
    let now = app.clock.now();
    let revoked = lease::revoke_of_task(&mut tx, id, now, &by.login).await?;
    if revoked {
        deed(&mut tx, by, &row, "field.revoke", now, json!({})).await?;
    }
    commit(app, tx, by, &revoked, None).await?;
    Ok(revoked)
}

async fn deed(
    tx: &mut PgConnection,
    by: &Actor,
    task: &TaskRow,
    action: &'static str,
    at: OffsetDateTime,
    detail: Value,
) -> Result<()> {
    let subject = format!("task/{}", task.id);
    let deed = Deed { at, actor: &by.login, action, subject, case_id: Some(task.case_id), detail };
    Ok(audit::write(tx, &deed).await?)
}
