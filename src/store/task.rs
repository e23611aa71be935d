//! Tasks and their events.

use super::zone::ZoneRow;
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct TaskRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub verification_id: Option<Uuid>,
    pub kind: String,
    pub subject: String,
    pub department: String,
    /// blocked, open, accepted, started, paused, done, cancelled.
    pub state: String,
    pub assignee: Option<Uuid>,
    pub reason: Value,
    pub due: Date,
    pub appointment_at: Option<OffsetDateTime>,
    /// Of an agency.
    pub place_text: Option<String>,
    /// In the words of a person.
    pub sealed_place: Option<Vec<u8>>,
    /// WGS 84, degrees.
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// Sealed.
    pub result: Option<Vec<u8>>,
    pub version: i32,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub plan_id: Option<Uuid>,
    /// What a blocked task waits for.
    pub waits_for: Vec<String>,
    /// Role that was asked to see to it.
    pub escalated_to: Option<String>,
}

/// Inserts; false when an open task of this case, kind and subject is there already.
pub async fn insert(conn: &mut PgConnection, t: &TaskRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into task (id, case_id, verification_id, kind, subject, department, state, assignee, reason, due,
                           appointment_at, place_text, place, version, created_at, updated_at, plan_id, waits_for, sealed_place)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, st_setsrid(st_makepoint($13, $14), 4326), $15, $16, $17, $18, $19, $20)
         on conflict (case_id, kind, subject) where state not in ('done', 'cancelled') do nothing",
    )
    .bind(t.id)
    .bind(t.case_id)
    .bind(t.verification_id)
    .bind(&t.kind)
    .bind(&t.subject)
    .bind(&t.department)
    .bind(&t.state)
    .bind(t.assignee)
    .bind(&t.reason)
    .bind(t.due)
    .bind(t.appointment_at)
    .bind(&t.place_text)
    .bind(t.lon)
    .bind(t.lat)
    .bind(t.version)
    .bind(t.created_at)
    .bind(t.updated_at)
    .bind(t.plan_id)
    .bind(&t.waits_for)
    .bind(&t.sealed_place)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<TaskRow>> {
    sqlx::query_as(
        "select id, case_id, verification_id, kind, subject, department, state, assignee, reason, due, appointment_at,
                place_text, sealed_place, st_x(place) as lon, st_y(place) as lat, result, version, created_at, updated_at, plan_id, waits_for, escalated_to
         from task where id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Writes state, assignee, result, appointment, escalation and time of a task whose version is still `t.version`; the row's version grows by one.
/// False: somebody else was faster.
pub async fn change(conn: &mut PgConnection, t: &TaskRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update task set state = $3, assignee = $4, result = $5, updated_at = $6, appointment_at = $7, place_text = $8,
                place = st_setsrid(st_makepoint($9, $10), 4326), due = $11, escalated_to = $12, sealed_place = $13,
                waits_for = case when $3 = 'blocked' then waits_for else '{}' end, version = version + 1
         where id = $1 and version = $2",
    )
    .bind(t.id)
    .bind(t.version)
    .bind(&t.state)
    .bind(t.assignee)
    .bind(&t.result)
    .bind(t.updated_at)
    .bind(t.appointment_at)
    .bind(&t.place_text)
    .bind(t.lon)
    .bind(t.lat)
    .bind(t.due)
    .bind(&t.escalated_to)
    .bind(&t.sealed_place)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

#[derive(Debug, Clone, Default)]
pub struct TaskFilter {
    pub case_id: Option<Uuid>,
    pub department: Option<String>,
    pub state: Option<String>,
    pub assignee: Option<Uuid>,
    /// Role that was asked to see to them.
    pub escalated_to: Option<String>,
    /// Only tasks due on or before this day.
    pub due_by: Option<Date>,
    /// Page on after this task, in order of (due, id).
    pub after: Option<(Date, Uuid)>,
    pub limit: i64,
}

/// Tasks of a case that verifications made and that were done: kind, subject and what the latest of each was about.
pub async fn done_prints(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<(String, String, String)>> {
    sqlx::query_as(
        "select distinct on (kind, subject) kind, subject, coalesce(reason->>'about', '') from task
          where case_id = $1 and state = 'done' and verification_id is not null order by kind, subject, updated_at desc, id desc",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// Soonest due first.
pub async fn page(conn: &mut PgConnection, f: &TaskFilter) -> sqlx::Result<Vec<TaskRow>> {
    sqlx::query_as(
        "select id, case_id, verification_id, kind, subject, department, state, assignee, reason, due, appointment_at,
                place_text, sealed_place, st_x(place) as lon, st_y(place) as lat, result, version, created_at, updated_at, plan_id, waits_for, escalated_to
         from task
         where ($1::uuid is null or case_id = $1) and ($2::text is null or department = $2)
           and ($3::text is null or state = $3) and ($4::uuid is null or assignee = $4) and ($5::date is null or due <= $5)
           and ($6::date is null or (due, id) > ($6, $7)) and ($9::text is null or escalated_to = $9)
         order by due, id limit $8",
    )
    .bind(f.case_id)
    .bind(&f.department)
    .bind(&f.state)
    .bind(f.assignee)
    .bind(f.due_by)
    .bind(f.after.map(|a| a.0))
    .bind(f.after.map(|a| a.1))
    .bind(f.limit)
    .bind(&f.escalated_to)
    .fetch_all(conn)
    .await
}

/// The open field task nearest to a WGS 84 point that belongs to `staff` or to nobody, locked; one that somebody else is
/// just taking is passed over, and so are those of `beyond`, kinds that need a skill `staff` lacks. Tasks without a place come last,
/// by due day. With the distance in metres.
pub async fn lock_nearest(
    conn: &mut PgConnection,
    staff: Uuid,
    (lon, lat): (f64, f64),
    beyond: &[&str],
) -> sqlx::Result<Option<(Uuid, Option<f64>)>> {
    sqlx::query_as(
        "select id, st_distance(place::geography, st_setsrid(st_makepoint($2, $3), 4326)::geography) as metres
         from task
         where department = 'field' and state = 'open' and (assignee = $1 or (assignee is null and kind <> all($4)))
           and not exists (select from appointment a join appointment b on tstzrange(a.starts, a.ends) && tstzrange(b.starts, b.ends)
             where a.task_id = task.id and a.state in ('held', 'confirmed') and b.staff_id = $1 and b.task_id <> task.id
               and b.state in ('held', 'confirmed', 'kept'))
         order by metres nulls last, due, id
         limit 1 for update skip locked",
    )
    .bind(staff)
    .bind(lon)
    .bind(lat)
    .bind(beyond)
    .fetch_optional(conn)
    .await
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct EventRow {
    pub id: i64,
    pub at: OffsetDateTime,
    pub actor: String,
    pub what: String,
    /// Codes and ids.
    pub detail: Value,
    /// Why, in the words of a person.
    pub sealed: Option<Vec<u8>>,
}

pub async fn add_event(
    conn: &mut PgConnection,
    task: Uuid,
    at: OffsetDateTime,
    actor: &str,
    what: &str,
    detail: &Value,
    sealed: Option<Vec<u8>>,
) -> sqlx::Result<()> {
    sqlx::query("insert into task_event (task_id, at, actor, what, detail, sealed) values ($1, $2, $3, $4, $5, $6)")
        .bind(task)
        .bind(at)
        .bind(actor)
        .bind(what)
        .bind(detail)
        .bind(sealed)
        .execute(conn)
        .await?;
    Ok(())
}

/// What happened to a task, oldest first.
pub async fn events(conn: &mut PgConnection, task: Uuid) -> sqlx::Result<Vec<EventRow>> {
    sqlx::query_as("select id, at, actor, what, detail, sealed from task_event where task_id = $1 order by id")
        .bind(task)
        .fetch_all(conn)
        .await
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct WorkerRow {
    pub id: Uuid,
    pub department: String,
    pub roles: Vec<String>,
    pub territory: Vec<String>,
    pub active: bool,
    pub load: i64,
    pub skills: Vec<String>,
}

/// Active staff of the departments that take tasks, with skills and how many tasks each has that are not ended.
pub async fn workers(conn: &mut PgConnection) -> sqlx::Result<Vec<WorkerRow>> {
    sqlx::query_as(
        "select s.id, s.department, s.roles, s.territory, s.active,
                (select count(*) from task t where t.assignee = s.id and t.state not in ('done', 'cancelled')) as load,
                array(select skill from staff_skill k where k.staff_id = s.id) as skills
         from staff s where s.active and s.department in ('legal', 'sales', 'field') order by s.id",
    )
    .fetch_all(conn)
    .await
}

/// Open tasks that a verification of this case made and nobody has begun.
pub async fn untouched(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<(Uuid, String, String)>> {
    sqlx::query_as(
        "select id, kind, subject from task where case_id = $1 and state = 'open' and verification_id is not null
         order by id for update",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// Tasks of a case that nobody has ended yet, locked.
pub async fn open_of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select id from task where case_id = $1 and state not in ('done', 'cancelled') order by id for update",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// Cancels a task, with the lease on its fields.
pub async fn cancel(conn: &mut PgConnection, id: Uuid, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query(
        "update task set state = 'cancelled', waits_for = '{}', version = version + 1, updated_at = $2 where id = $1",
    )
    .bind(id)
    .bind(at)
    .execute(&mut *conn)
    .await?;
    super::lease::revoke_of_task(conn, id, at, "system:cancel").await?;
    Ok(())
}

/// The cases of these tasks, in the order in which they are locked.
pub async fn cases_of(conn: &mut PgConnection, tasks: &[Uuid]) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar("select distinct case_id from task where id = any($1) order by case_id")
        .bind(tasks)
        .fetch_all(conn)
        .await
}

#[derive(FromRow)]
struct PointRow {
    #[sqlx(flatten)]
    zone: ZoneRow,
    x: f64,
    y: f64,
}

/// A point on the parcel of a case as it is drawn now, in the metres of its zone.
pub async fn parcel_point(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<(ZoneRow, f64, f64)>> {
    let row: Option<PointRow> = sqlx::query_as(
        "select z.srid, z.name, z.kind, z.central_meridian::float8 as central_meridian, z.from_wgs84, z.min_e, z.min_n, z.max_e, z.max_n, z.source,
                st_x(p) as x, st_y(p) as y
         from case_file c
         join parcel_version v on v.zone = c.zone and v.parcel_id = c.parcel_id and upper_inf(v.valid)
         join cadastral_zone z on z.srid = c.zone,
         lateral st_pointonsurface(v.geom) p
         where c.id = $1 and v.geom is not null",
    )
    .bind(case)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| (r.zone, r.x, r.y)))
}

/// The tasks of a plan, in the order they were made.
pub async fn of_plan(conn: &mut PgConnection, plan: Uuid) -> sqlx::Result<Vec<TaskRow>> {
    sqlx::query_as(
        "select id, case_id, verification_id, kind, subject, department, state, assignee, reason, due, appointment_at,
                place_text, sealed_place, st_x(place) as lon, st_y(place) as lat, result, version, created_at, updated_at, plan_id, waits_for, escalated_to
         from task where plan_id = $1 order by id",
    )
    .bind(plan)
    .fetch_all(conn)
    .await
}

/// Kinds of the tasks of a case that nobody has ended yet.
pub async fn open_kinds(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("select kind from task where case_id = $1 and state not in ('done', 'cancelled') order by id")
        .bind(case)
        .fetch_all(conn)
        .await
}

/// A task that can be worked on, with its last day.
#[derive(Debug, Clone, FromRow)]
pub struct DueRow {
    pub id: Uuid,
    pub due: Date,
    pub assignee: Option<Uuid>,
    pub department: String,
}

/// What can be worked on in a case and is not ended.
pub async fn due_of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<DueRow>> {
    sqlx::query_as(
        "select id, due, assignee, department from task where case_id = $1 and state in ('open', 'accepted', 'started', 'paused')
          order by id",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}
