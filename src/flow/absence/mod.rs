//! Who is away when, and who can do what: what assignment asks of staff besides department and territory.

use crate::app::App;
use crate::domain::plan::PlanBook;
use crate::domain::staff::Role;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::absence::{self, AbsenceRow};
use crate::store::audit::{self, Deed};
use crate::store::staff;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"first_day": "2026-10-12", "last_day": "2026-10-14", "kind": "leave"}))]
pub struct NewAbsence {
    /// None: one's own.
    #[serde(default)]
    pub staff_id: Option<Uuid>,
    #[schema(value_type = String, format = Date)]
    pub first_day: Date,
    /// It is part of the absence.
    #[schema(value_type = String, format = Date)]
    pub last_day: Date,
    /// leave, sick, training, other.
    pub kind: String,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AbsenceView {
    pub id: Uuid,
    pub staff_id: Uuid,
    #[schema(value_type = String, format = Date)]
    pub first_day: Date,
    #[schema(value_type = String, format = Date)]
    pub last_day: Date,
    pub kind: String,
    pub made_by: String,
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
}

impl From<AbsenceRow> for AbsenceView {
    fn from(a: AbsenceRow) -> Self {
        let (id, staff_id, first_day, last_day) = (a.id, a.staff_id, a.first_day, a.last_day);
        Self { id, staff_id, first_day, last_day, kind: a.kind, made_by: a.made_by, ended_at: a.ended_at }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"skills": ["survey"]}))]
pub struct Skills {
    /// Codes of `data/plans.toml`.
    pub skills: Vec<String>,
}

const KINDS: [&str; 4] = ["leave", "sick", "training", "other"];

/// Notes an absence: one's own, or by who leads. Tasks that are somebody's already stay theirs: who leads gives them to others.
pub async fn add(app: &App, by: &Actor, new: NewAbsence) -> Result<AbsenceView> {
    let who = new.staff_id.or(by.id).ok_or_else(|| Error::refused("staff_id", "required", "nothing", "somebody"))?;
    if Some(who) != by.id && !by.has_any(&[Role::Manager, Role::Admin]) {
        return Err(Error::Forbidden("another-persons-absence"));
    }
    if !KINDS.contains(&new.kind.as_str()) {
        return Err(Error::refused("kind", "not-in-list", new.kind, KINDS.join(", ")));
    }
    if new.last_day < new.first_day || new.last_day - new.first_day > Duration::days(366) {
        let allowed = format!("{} or up to a year later", new.first_day);
        return Err(Error::refused("last_day", "range", new.last_day, allowed));
    }
    let mut tx = begin(app).await?;
    let known = staff::get(&mut tx, who).await?.filter(|s| s.active);
    known.ok_or_else(|| Error::refused("staff_id", "staff-unknown", who, "active staff"))?;
    let row = AbsenceRow {
        id: app.clock.new_id(),
        staff_id: who,
        first_day: new.first_day,
        last_day: new.last_day,
        kind: new.kind,
        made_by: by.login.clone(),
        made_at: app.clock.now(),
        ended_at: None,
    };
    if !absence::insert(&mut tx, &row).await? {
        let detail = "away on one of these days already".into();
        return Err(Error::Conflict { code: "absence-exists", detail });
    }
    let deed = Deed {
        at: row.made_at,
        actor: &by.login,
        action: "absence.add",
        subject: format!("staff/{who}"),
        case_id: None,
        detail: json!({"absence": row.id, "first_day": row.first_day, "last_day": row.last_day, "kind": row.kind}),
    };
    audit::write(&mut tx, &deed).await?;
    let view = AbsenceView::from(row);
    commit(app, tx, by, &view, Some(format!("/api/v1/absences/{}", view.id))).await?;
    Ok(view)
}

/// Absences that are not over, soonest first.
pub async fn list(app: &App) -> Result<Vec<AbsenceView>> {
    let mut conn = app.pool.acquire().await?;
    Ok(absence::from_day(&mut conn, app.clock.today()).await?.into_iter().map(Into::into).collect())
}

/// Calls an absence off: by whose it is, or who leads.
pub async fn end(app: &App, by: &Actor, id: Uuid) -> Result<AbsenceView> {
    let mut tx = begin(app).await?;
    let missing = || Error::NotFound { what: "absence", id: id.to_string() };
    let row = absence::end(&mut tx, id, app.clock.now()).await?.ok_or_else(missing)?;
    if Some(row.staff_id) != by.id && !by.has_any(&[Role::Manager, Role::Admin]) {
        return Err(Error::Forbidden("another-persons-absence"));
    }
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "absence.end",
        subject: format!("staff/{}", row.staff_id),
        case_id: None,
        detail: json!({"absence": id}),
    };
    audit::write(&mut tx, &deed).await?;
    let view = AbsenceView::from(row);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

/// Says what somebody can do; what is not named they can no longer.
pub async fn set_skills(app: &App, by: &Actor, who: Uuid, new: Skills) -> Result<Skills> {
    let known: Vec<&str> =
        PlanBook::shipped().map_err(anyhow::Error::msg)?.skills().iter().map(|s| s.code.as_str()).collect();
    if let Some(strange) = new.skills.iter().find(|s| !known.contains(&s.as_str())) {
        return Err(Error::refused("skills", "not-in-list", strange, known.join(", ")));
    }
    let mut tx = begin(app).await?;
    let found = staff::get(&mut tx, who).await?;
    found.ok_or_else(|| Error::NotFound { what: "staff", id: who.to_string() })?;
    absence::set_skills(&mut tx, who, &new.skills).await?;
    let skills = absence::skills(&mut tx, who).await?;
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "staff.set_skills",
        subject: format!("staff/{who}"),
        case_id: None,
        detail: json!({"skills": skills}),
    };
    audit::write(&mut tx, &deed).await?;
    let view = Skills { skills };
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

pub async fn skills(app: &App, who: Uuid) -> Result<Skills> {
    let mut conn = app.pool.acquire().await?;
    let found = staff::get(&mut conn, who).await?;
    found.ok_or_else(|| Error::NotFound { what: "staff", id: who.to_string() })?;
    Ok(Skills { skills: absence::skills(&mut conn, who).await? })
}
