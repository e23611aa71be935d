//! Appointments and visits: who has to be where at which hour. The database refuses one person in two places.

use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct AppointmentRow {
    pub id: Uuid,
    pub task_id: Uuid,
    pub case_id: Uuid,
    pub staff_id: Option<Uuid>,
    pub agency: Option<String>,
    pub starts: OffsetDateTime,
    pub ends: OffsetDateTime,
    pub with_customer: bool,
    /// held, confirmed, kept, missed, moved, cancelled.
    pub state: String,
    pub hold_until: Option<OffsetDateTime>,
    /// customer, agency, us.
    pub missed_by: Option<String>,
    pub moved_to: Option<Uuid>,
    pub made_by: String,
    pub made_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
}

macro_rules! columns {
    ($before:literal $(, $after:literal)*) => {
        concat!(
            $before,
            "id, task_id, case_id, staff_id, agency, starts, ends, with_customer, state, hold_until, missed_by, moved_to,
             made_by, made_at, updated_at"
            $(, $after)*
        )
    };
}
macro_rules! select {
    ($rest:literal) => {
        columns!("select ", " from appointment ", $rest)
    };
}

/// Inserts; false when the person is somewhere else then, or the task has an appointment already.
pub async fn insert(conn: &mut PgConnection, a: &AppointmentRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into appointment (id, task_id, case_id, staff_id, agency, starts, ends, with_customer, state, hold_until,
                                  made_by, made_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing",
    )
    .bind(a.id)
    .bind(a.task_id)
    .bind(a.case_id)
    .bind(a.staff_id)
    .bind(&a.agency)
    .bind(a.starts)
    .bind(a.ends)
    .bind(a.with_customer)
    .bind(&a.state)
    .bind(a.hold_until)
    .bind(&a.made_by)
    .bind(a.made_at)
    .bind(a.updated_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The appointment a task has now, locked; one that is over has none.
pub async fn live_of_task(conn: &mut PgConnection, task: Uuid) -> sqlx::Result<Option<AppointmentRow>> {
    sqlx::query_as(select!("where task_id = $1 and state in ('held', 'confirmed') for update"))
        .bind(task)
        .fetch_optional(conn)
        .await
}

/// The latest appointments of these tasks, whatever became of them.
pub async fn of_tasks(conn: &mut PgConnection, tasks: &[Uuid]) -> sqlx::Result<Vec<AppointmentRow>> {
    sqlx::query_as(select!(
        "where id in (select distinct on (task_id) id from appointment where task_id = any($1) order by task_id, id desc)"
    ))
    .bind(tasks)
    .fetch_all(conn)
    .await
}

/// Writes what became of it.
pub async fn change(conn: &mut PgConnection, a: &AppointmentRow) -> sqlx::Result<()> {
    sqlx::query(
        "update appointment set state = $2, hold_until = $3, missed_by = $4, moved_to = $5, updated_at = $6
         where id = $1",
    )
    .bind(a.id)
    .bind(&a.state)
    .bind(a.hold_until)
    .bind(&a.missed_by)
    .bind(a.moved_to)
    .bind(a.updated_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a task's live appointment to somebody, or to nobody. False: they are somewhere else then (and the transaction is
/// spoilt).
pub async fn give(conn: &mut PgConnection, task: Uuid, staff: Option<Uuid>, at: OffsetDateTime) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update appointment set staff_id = $2, updated_at = $3
         where task_id = $1 and state in ('held', 'confirmed') and staff_id is distinct from $2",
    )
    .bind(task)
    .bind(staff)
    .bind(at)
    .execute(conn)
    .await;
    match done {
        Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("23P01") => Ok(false),
        other => other.map(|_| true),
    }
}

/// Notes that the live appointment of a task was kept, when its hour has come. False: there is none.
pub async fn keep_begun(conn: &mut PgConnection, task: Uuid, at: OffsetDateTime) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update appointment set state = 'kept', hold_until = null, updated_at = $2
         where task_id = $1 and state in ('held', 'confirmed') and starts <= $2",
    )
    .bind(task)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Cancels the live appointment of a task that is no longer needed.
pub async fn cancel_of_task(
    conn: &mut PgConnection,
    task: Uuid,
    at: OffsetDateTime,
) -> sqlx::Result<Option<AppointmentRow>> {
    sqlx::query_as(columns!(
        "update appointment set state = 'cancelled', hold_until = null, updated_at = $2
         where task_id = $1 and state in ('held', 'confirmed') returning "
    ))
    .bind(task)
    .bind(at)
    .fetch_optional(conn)
    .await
}

/// Frees hours whose hold has run out; what is to be told of them is [`lapsed`]. One that somebody else is just freeing is passed over.
pub async fn free_holds(conn: &mut PgConnection, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query(
        "update appointment set state = 'cancelled', hold_until = null, lapsed = true, updated_at = $1
         where id in (select id from appointment where state = 'held' and hold_until <= $1 order by id for update skip locked)",
    )
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Hours that were freed and of which nobody was told: (appointment, case).
pub async fn lapsed(conn: &mut PgConnection) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    sqlx::query_as("select id, case_id from appointment where lapsed order by id").fetch_all(conn).await
}

/// It is told of; none: it was before.
pub async fn tell_lapsed(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<AppointmentRow>> {
    sqlx::query_as(columns!("update appointment set lapsed = false where id = $1 and lapsed returning "))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Who is taken when, from the beginning of `day` (UTC+7) on.
pub async fn booked_from(
    conn: &mut PgConnection,
    day: Date,
) -> sqlx::Result<Vec<(Uuid, OffsetDateTime, OffsetDateTime)>> {
    sqlx::query_as(
        "select staff_id, starts, ends from appointment
         where staff_id is not null and state in ('held', 'confirmed') and ends > ($1::timestamp at time zone 'Asia/Ho_Chi_Minh')
         order by starts",
    )
    .bind(day)
    .fetch_all(conn)
    .await
}

#[derive(Debug, Clone, Default)]
pub struct AppointmentFilter {
    pub from: Option<OffsetDateTime>,
    pub to: Option<OffsetDateTime>,
    pub staff: Option<Uuid>,
    pub agency: Option<String>,
    pub case_id: Option<Uuid>,
    pub state: Option<String>,
    /// Page on after this one, in order of (starts, id).
    pub after: Option<(OffsetDateTime, Uuid)>,
    pub limit: i64,
}

/// Soonest first.
pub async fn page(conn: &mut PgConnection, f: &AppointmentFilter) -> sqlx::Result<Vec<AppointmentRow>> {
    sqlx::query_as(select!(
        "where ($1::timestamptz is null or ends > $1) and ($2::timestamptz is null or starts < $2)
           and ($3::uuid is null or staff_id = $3) and ($4::text is null or agency = $4)
           and ($5::uuid is null or case_id = $5) and ($6::text is null or state = $6)
           and ($7::timestamptz is null or (starts, id) > ($7, $8)) order by starts, id limit $9"
    ))
    .bind(f.from)
    .bind(f.to)
    .bind(f.staff)
    .bind(&f.agency)
    .bind(f.case_id)
    .bind(&f.state)
    .bind(f.after.map(|a| a.0))
    .bind(f.after.map(|a| a.1))
    .bind(f.limit)
    .fetch_all(conn)
    .await
}
