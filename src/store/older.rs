//! Rows that an older program wrote otherwise than this one does.

use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Words of a change of a task, in clear.
#[derive(Debug, FromRow)]
pub struct ReasonRow {
    pub id: i64,
    pub task_id: Uuid,
    pub what: String,
    pub at: OffsetDateTime,
    pub reason: String,
}

pub async fn reasons(conn: &mut PgConnection) -> sqlx::Result<Vec<ReasonRow>> {
    sqlx::query_as(
        "select id, task_id, what, at, detail->>'reason' as reason from task_event
          where sealed is null and detail->>'reason' is not null order by id",
    )
    .fetch_all(conn)
    .await
}

/// A row of what happened is never changed, but for the words that move into their seal: the trigger is off for these rows alone, in
/// this transaction.
pub async fn seal_reasons(conn: &mut PgConnection, sealed: &[(i64, Vec<u8>)]) -> sqlx::Result<()> {
    if sealed.is_empty() {
        return Ok(());
    }
    sqlx::query("alter table task_event disable trigger task_event_insert_only").execute(&mut *conn).await?;
    for (id, words) in sealed {
        sqlx::query("update task_event set detail = detail - 'reason', sealed = $2 where id = $1 and sealed is null")
            .bind(id)
            .bind(words)
            .execute(&mut *conn)
            .await?;
    }
    sqlx::query("alter table task_event enable trigger task_event_insert_only").execute(conn).await?;
    Ok(())
}

/// A task whose place is in clear.
#[derive(Debug, FromRow)]
pub struct PlaceRow {
    pub id: Uuid,
    pub kind: String,
    pub appointment_at: Option<OffsetDateTime>,
    pub place_text: String,
    /// Name and address of an agency: no words of a person.
    pub of_agency: bool,
}

/// Tasks with a place that a person may have written, or in whose subject it stands.
pub async fn places(conn: &mut PgConnection) -> sqlx::Result<Vec<PlaceRow>> {
    sqlx::query_as(
        "select id, kind, appointment_at, place_text, of_agency from
           (select t.*, exists (select from agency a where t.place_text = a.name || ', ' || a.address) as of_agency from task t) t
          where place_text <> '' and created_at < (select installed_on from _sqlx_migrations where version = 122) and (not of_agency or kind = 'appointment' and subject !~ '^-?[0-9]+ [0-9a-f]{16}$') order by id",
    )
    .fetch_all(conn)
    .await
}

/// The place under its seal (none: it may stay), and what the task of its own is told apart by.
pub async fn seal_place(
    conn: &mut PgConnection,
    id: Uuid,
    sealed: Option<Vec<u8>>,
    subject: Option<String>,
) -> sqlx::Result<()> {
    sqlx::query(
        "update task set sealed_place = coalesce($2, sealed_place), place_text = case when $2 is null then place_text end,
                subject = coalesce($3, subject) where id = $1",
    )
    .bind(id)
    .bind(sealed)
    .bind(subject)
    .execute(conn)
    .await
    .map(drop)
}

/// What authorities asked for by a title, in clear, beside kinds of papers: item and either.
pub async fn titles(conn: &mut PgConnection) -> sqlx::Result<Vec<(Uuid, String)>> {
    sqlx::query_as(
        "select id, paper_kind from request_item where because = 'agency' and paper_kind <> 'titled' order by id",
    )
    .fetch_all(conn)
    .await
}

pub async fn seal_title(conn: &mut PgConnection, id: Uuid, sealed: Vec<u8>, print: Vec<u8>) -> sqlx::Result<()> {
    sqlx::query("update request_item set paper_kind = 'titled', sealed_title = $2, print = $3 where id = $1")
        .bind(id)
        .bind(sealed)
        .bind(print)
        .execute(conn)
        .await
        .map(drop)
}

/// Dossiers that an authority goes on with since it was answered, noted before steps carried their term: case, dossier, its step and
/// the term it has.
pub async fn answered(conn: &mut PgConnection) -> sqlx::Result<Vec<(Uuid, Uuid, Uuid, Option<Date>)>> {
    sqlx::query_as(
        "select case_id, submission_id, id, due from submission_step t
          where what = 'answered' and not exists (select from submission_step n where n.submission_id = t.submission_id and n.no > t.no)
            and recorded_at < (select installed_on from _sqlx_migrations where version = 123) order by id",
    )
    .fetch_all(conn)
    .await
}

/// As [`seal_reasons`]: the terms of these steps.
pub async fn set_terms(conn: &mut PgConnection, terms: &[(Uuid, Option<Date>)]) -> sqlx::Result<()> {
    if terms.is_empty() {
        return Ok(());
    }
    sqlx::query("alter table submission_step disable trigger submission_step_insert_only").execute(&mut *conn).await?;
    for (step, due) in terms {
        sqlx::query("update submission_step set due = $2 where id = $1")
            .bind(step)
            .bind(due)
            .execute(&mut *conn)
            .await?;
    }
    sqlx::query("alter table submission_step enable trigger submission_step_insert_only").execute(conn).await?;
    Ok(())
}
