use crate::app::App;
use crate::domain::calendar::{Calendar, day_begins, day_of};
use crate::domain::fieldwork::day::{self, Because, Habits, Left, Place, Stop};
use crate::domain::plan::{At, PlanBook};
use crate::domain::staff::Role;
use crate::domain::verify::text::Lang;
use crate::flow::staff::Actor;
use crate::flow::task::{TaskFilter, TaskView, candidates, views};
use crate::flow::{Error, Result};
use crate::store::appointment::{self, AppointmentFilter, AppointmentRow};
use crate::store::task::{self, TaskRow};
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// A day of somebody who goes to places: visits and appointments in the best order, each with its reason.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DayView {
    pub staff_id: Uuid,
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    pub stops: Vec<StopView>,
    pub left: Vec<LeftView>,
    /// Minutes on the way in all, reckoned from straight lines.
    pub drive_min: i64,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct StopView {
    pub task: TaskView,
    pub drive_min: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub arrives: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub begins: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub ends: OffsetDateTime,
    /// Why it stands where it stands.
    #[schema(value_type = Object)]
    pub because: Because,
    /// The same in words.
    pub why: String,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LeftView {
    pub task: TaskView,
    /// no_place, closed, too_many, no_time.
    #[schema(value_type = String)]
    pub because: Left,
    /// The same in words.
    pub why: String,
}

/// Whose day, which, and where it begins.
#[derive(Debug, Clone)]
pub struct AskedDay {
    /// None: one's own.
    pub staff: Option<Uuid>,
    pub day: Date,
    pub start: Option<Place>,
}

/// Plans a day: one's own, or anybody's by who leads. Stores nothing.
pub async fn plan_day(app: &App, by: &Actor, asked: &AskedDay, lang: Lang) -> Result<DayView> {
    let who = asked.staff.or(by.id).ok_or_else(|| Error::refused("staff", "required", "nothing", "somebody"))?;
    if Some(who) != by.id && by.id.is_some() && !by.has_any(&[Role::Manager, Role::Admin]) {
        return Err(Error::Forbidden("another-persons-day"));
    }
    let mut conn = app.pool.acquire().await?;
    let there = candidates(&mut conn, app.clock.today().min(asked.day)).await?;
    if there.iter().any(|c| c.id == who && c.is_away((asked.day, asked.day))) {
        return Err(Error::refused("day", "staff-absent", asked.day, "a day on which they are there"));
    }
    let habits = PlanBook::shipped().map_err(anyhow::Error::msg)?.day();
    let (from, to) = hours(habits, asked.day);
    let (tasks, hours_of) = gather(&mut conn, who, asked.day).await?;
    let (mut stops, mut left) = (Vec::new(), Vec::new());
    for t in &tasks {
        match stop(t, hours_of.get(&t.id), asked.day, (from, to))? {
            Some(s) => stops.push(s),
            None => left.push((t.id, Left::NoPlace)),
        }
    }
    let planned = day::plan_day(habits, asked.start, from.max(app.clock.now()), &stops);
    left.extend(planned.left.iter().copied());
    let seen: Vec<TaskView> = views(&mut conn, tasks).await?;
    let of = |id: Uuid| seen.iter().find(|t| t.id == id).cloned();
    let stops = planned.stops.into_iter().filter_map(|s| {
        let (because, why) = (s.because, s.because.said(lang));
        let (drive_min, arrives, begins, ends) = (s.drive_min, s.arrives, s.begins, s.ends);
        Some(StopView { task: of(s.id)?, drive_min, arrives, begins, ends, because, why })
    });
    let left =
        left.into_iter().filter_map(|(id, because)| Some(LeftView { task: of(id)?, because, why: because.said(lang) }));
    let (stops, left) = (stops.collect(), left.collect());
    Ok(DayView { staff_id: who, day: asked.day, stops, left, drive_min: planned.drive_min })
}

fn hours(habits: &Habits, day: Date) -> (OffsetDateTime, OffsetDateTime) {
    let at = |minute: u16| day_begins(day) + Duration::minutes(minute.into());
    (at(habits.from_minute), at(habits.to_minute))
}

/// Tasks of somebody that are to be done outside and have no hour on another day, and the hours of that day.
async fn gather(
    conn: &mut PgConnection,
    who: Uuid,
    day: Date,
) -> Result<(Vec<TaskRow>, BTreeMap<Uuid, AppointmentRow>)> {
    let (from, to) = (day_begins(day), day_begins(day) + Duration::DAY);
    let all = AppointmentFilter { staff: Some(who), limit: 500, ..AppointmentFilter::default() };
    let mut hours = BTreeMap::new();
    let mut elsewhen = BTreeSet::new();
    for state in ["held", "confirmed"] {
        for a in appointment::page(conn, &AppointmentFilter { state: Some(state.into()), ..all.clone() }).await? {
            if a.starts >= from && a.starts < to {
                hours.insert(a.task_id, a);
            } else {
                elsewhen.insert(a.task_id);
            }
        }
    }
    let mut tasks = Vec::new();
    for state in ["open", "accepted", "started", "paused"] {
        let filter = TaskFilter { assignee: Some(who), state: Some(state.into()), limit: 500, ..TaskFilter::default() };
        tasks.extend(task::page(conn, &filter).await?);
    }
    tasks.retain(|t| !elsewhen.contains(&t.id) && (hours.contains_key(&t.id) || outside(t)));
    Ok((tasks, hours))
}

/// Is it done at a place of its own? What has no kind in a plan is where it says it is.
fn outside(t: &TaskRow) -> bool {
    let kind = PlanBook::shipped().ok().and_then(|b| b.kind(&t.kind));
    kind.map_or(t.department == "field", |k| k.at != At::Office)
}

/// None: nobody knows where, and it has no hour of its own.
fn stop(
    t: &TaskRow,
    hour: Option<&AppointmentRow>,
    day: Date,
    whole: (OffsetDateTime, OffsetDateTime),
) -> Result<Option<Stop>> {
    let place = t.lon.zip(t.lat);
    if place.is_none() && hour.is_none() {
        return Ok(None);
    }
    let kind = PlanBook::shipped().map_err(anyhow::Error::msg)?.kind(&t.kind);
    let calendar = Calendar::shipped().map_err(anyhow::Error::msg)?;
    let late = u32::try_from((day - t.due).whole_days()).unwrap_or(0);
    Ok(Some(match hour {
        Some(a) => Stop {
            id: t.id,
            place,
            minutes: u32::try_from((a.ends - a.starts).whole_minutes()).unwrap_or(0),
            windows: vec![(a.starts, a.ends)],
            fixed: true,
            late,
            due: true,
        },
        None => Stop {
            id: t.id,
            place,
            minutes: kind.map_or(45, |k| k.minutes),
            windows: if calendar.is_working_day(day).unwrap_or(true) { vec![whole] } else { Vec::new() },
            fixed: false,
            late,
            due: day_of(whole.0) >= t.due,
        },
    }))
}
