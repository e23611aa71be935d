//! The work plans of cases.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct WorkPlanRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub procedure: String,
    pub plan: Value,
    pub made_at: OffsetDateTime,
}

/// Inserts; false when the case has a plan already.
pub async fn insert(conn: &mut PgConnection, p: &WorkPlanRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into work_plan (id, case_id, procedure, plan, made_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
    )
    .bind(p.id)
    .bind(p.case_id)
    .bind(&p.procedure)
    .bind(&p.plan)
    .bind(p.made_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<WorkPlanRow>> {
    sqlx::query_as("select id, case_id, procedure, plan, made_at from work_plan where id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<WorkPlanRow>> {
    sqlx::query_as("select id, case_id, procedure, plan, made_at from work_plan where case_id = $1")
        .bind(case)
        .fetch_optional(conn)
        .await
}

/// A blocked task can begin, or one that is nobody's is given: it is open, due on `due`, and somebody's when anybody can do it.
pub async fn make_ready(
    conn: &mut PgConnection,
    task: Uuid,
    due: Date,
    assignee: Option<Uuid>,
    reason: &Value,
    at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query(
        "update task set state = 'open', waits_for = '{}', due = $2, assignee = $3, reason = $4, updated_at = $5,
                version = version + 1 where id = $1 and (state = 'blocked' or state = 'open' and assignee is null)",
    )
    .bind(task)
    .bind(due)
    .bind(assignee)
    .bind(reason)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn set_waits(conn: &mut PgConnection, task: Uuid, waits_for: &[String]) -> sqlx::Result<()> {
    sqlx::query("update task set waits_for = $2 where id = $1 and state = 'blocked' and waits_for <> $2")
        .bind(task)
        .bind(waits_for)
        .execute(conn)
        .await?;
    Ok(())
}

/// Cases of which a task waits for nothing but conditions, or is nobody's because nobody could be found, after the case `after`.
pub async fn waiting_on_conditions(conn: &mut PgConnection, after: Uuid, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select distinct case_id from task where plan_id is not null and case_id > $1
            and (state = 'blocked' and not exists (select from unnest(waits_for) w where w like 'task:%')
                 or state = 'open' and assignee is null and reason->'assigned' = 'null')
          order by case_id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What a contract is about: the procedure that was offered; of a contract that is not kept here, that of the case.
pub async fn procedure(conn: &mut PgConnection, case: Uuid, contract: Uuid) -> sqlx::Result<String> {
    sqlx::query_scalar(
        "select coalesce((select q.procedure from contract c join quotation q on q.id = c.quotation_id where c.id = $2), f.procedure)
           from case_file f where f.id = $1",
    )
    .bind(case)
    .bind(contract)
    .fetch_one(conn)
    .await
}

/// The commune of the parcel a case is about: as it is drawn now, or as the customer named it.
pub async fn commune(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar(
        "select coalesce(v.commune_code, c.parcel_ref->>'commune_code') from case_file c
           left join parcel_version v on v.zone = c.zone and v.parcel_id = c.parcel_id and upper_inf(v.valid) where c.id = $1",
    )
    .bind(case)
    .fetch_one(conn)
    .await
}
