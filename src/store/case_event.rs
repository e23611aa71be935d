//! The events of cases. Rows are only ever added.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct EventRow {
    /// In order of writing, over all cases; given by the database.
    pub id: i64,
    pub case_id: Uuid,
    pub seq: i32,
    pub at: OffsetDateTime,
    pub actor: String,
    pub kind: String,
    pub data: Value,
    pub sealed: Option<Vec<u8>>,
    pub customer: Option<Value>,
    pub owed: Vec<String>,
}

/// State and turn of a case.
pub type Stood = (&'static str, &'static str);

/// A row to add.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub seq: i32,
    pub kind: String,
    pub data: Value,
    pub sealed: Option<Vec<u8>>,
    pub customer: Option<Value>,
    /// Joined by commas.
    pub owed: String,
    /// State and turn of the case before it; none before the first.
    pub was: Option<Stood>,
}

/// Adds rows in their order. The database refuses a gap.
pub async fn insert(
    conn: &mut PgConnection,
    case: Uuid,
    at: OffsetDateTime,
    actor: &str,
    new: &[NewEvent],
) -> sqlx::Result<()> {
    let column = |f: fn(&NewEvent) -> String| new.iter().map(f).collect::<Vec<_>>();
    let (states, turns): (Vec<_>, Vec<_>) = new.iter().map(|e| e.was.unzip()).unzip();
    sqlx::query(
        "insert into case_event (case_id, seq, at, actor, kind, data, sealed, customer, owed, was_state, was_turn)
         select $1, seq, $2, $3, kind, data, sealed, customer, coalesce(string_to_array(nullif(owed, ''), ','), '{}'), state, turn
           from unnest($4::int[], $5::text[], $6::jsonb[], $7::bytea[], $8::jsonb[], $9::text[], $10::text[], $11::text[])
             as t (seq, kind, data, sealed, customer, owed, state, turn) order by seq",
    )
    .bind(case)
    .bind(at)
    .bind(actor)
    .bind(new.iter().map(|e| e.seq).collect::<Vec<_>>())
    .bind(column(|e| e.kind.clone()))
    .bind(new.iter().map(|e| e.data.clone()).collect::<Vec<_>>())
    .bind(new.iter().map(|e| e.sealed.clone()).collect::<Vec<_>>())
    .bind(new.iter().map(|e| e.customer.clone()).collect::<Vec<_>>())
    .bind(column(|e| e.owed.clone()))
    .bind(states)
    .bind(turns)
    .execute(conn)
    .await?;
    Ok(())
}

/// All events of a case, oldest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<EventRow>> {
    after(conn, case, 0, i64::MAX).await
}

/// Events of a case behind `seq`, oldest first.
pub async fn after(conn: &mut PgConnection, case: Uuid, seq: i32, limit: i64) -> sqlx::Result<Vec<EventRow>> {
    sqlx::query_as(
        "select id, case_id, seq, at, actor, kind, data, sealed, customer, owed from case_event
         where case_id = $1 and seq > $2 order by seq limit $3",
    )
    .bind(case)
    .bind(seq)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// An event with the case it is of, as that stands now.
#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct NewsRow {
    #[sqlx(flatten)]
    pub event: EventRow,
    pub number: String,
    pub procedure: String,
    pub state: String,
    pub turn: String,
    /// As it stood before the event.
    pub was_state: Option<String>,
    pub was_turn: Option<String>,
}

/// Events of all cases behind `low` but those in `told`, in order of writing.
pub async fn news(conn: &mut PgConnection, low: i64, told: &[i64], limit: i64) -> sqlx::Result<Vec<NewsRow>> {
    sqlx::query_as(
        "select e.id, e.case_id, e.seq, e.at, e.actor, e.kind, e.data, e.sealed, e.customer, e.owed,
                c.number, c.procedure, c.state, c.turn, e.was_state, e.was_turn
           from case_event e join case_file c on c.id = e.case_id
          where e.id > $1 and e.id <> all($2) order by e.id limit $3",
    )
    .bind(low)
    .bind(told)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The highest numbers of events that there are, lowest first.
pub async fn latest(conn: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar("select id from (select id from case_event order by id desc limit $1) e order by id")
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Every transaction below this number has ended.
pub async fn ended(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetch_one(conn).await
}

/// No transaction that has a number by now has a higher one. Who writes an event has had one since the case was locked, which is before
/// the event gets its own.
pub async fn begun(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("select pg_current_xact_id()::text::bigint").fetch_one(conn).await
}

/// The fold of a case's events as kept beside it, locked for the rest of the transaction. Outer none: no such case; inner: no fold yet.
pub async fn lock_standing(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<Option<Value>>> {
    sqlx::query_scalar("select standing from case_file where id = $1 for update").bind(case).fetch_optional(conn).await
}

/// A case beside its events.
#[derive(Debug, Clone, FromRow)]
pub struct KeptRow {
    pub number: String,
    pub state: String,
    pub turn: String,
    pub standing: Option<Value>,
}

pub async fn kept(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Option<KeptRow>> {
    sqlx::query_as("select number, state, turn, standing from case_file where id = $1")
        .bind(case)
        .fetch_optional(conn)
        .await
}

/// Cases to which something happened at `since` or later.
pub async fn moved_since(conn: &mut PgConnection, since: OffsetDateTime) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar("select id from case_file where updated_at >= $1 order by id").bind(since).fetch_all(conn).await
}

/// Keeps the fold beside the case.
pub async fn keep_standing(
    conn: &mut PgConnection,
    case: Uuid,
    state: &str,
    turn: &str,
    standing: &Value,
    at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query(
        "update case_file set state_since = case when state = $2 then state_since else $5 end, state = $2, turn = $3,
                standing = $4, version = version + (state <> $2)::int, updated_at = $5 where id = $1",
    )
    .bind(case)
    .bind(state)
    .bind(turn)
    .bind(standing)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Cases that have not ended, and those of which a dossier still lies with an authority; behind `after`, in order of their ids.
pub async fn running(conn: &mut PgConnection, after: Uuid, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select id from case_file c
          where id > $1 and (not ended or exists (
                select from submission s where s.case_id = c.id and not exists (
                    select from submission_step t
                     where t.submission_id = s.id and t.standing in ('granted', 'refused', 'withdrawn'))))
          order by id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Cases that stand in one of `steps`, behind `after`, in order of their ids.
pub async fn in_steps(conn: &mut PgConnection, steps: &[&str], after: Uuid, limit: i64) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar("select id from case_file where state = any($1) and id > $2 order by id limit $3")
        .bind(steps)
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Cases that run and in which nothing but a machine's remark happened since `before`, with the last real event, unless that
/// was said already.
pub async fn stuck(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<Vec<(Uuid, OffsetDateTime)>> {
    sqlx::query_as(
        "select c.id, e.at from case_file c, lateral (
             select at, seq from case_event e where e.case_id = c.id
                and kind not in ('stuck_noticed', 'deadline_warned', 'deadline_escalated', 'request_reminded', 'obligation_reminded', 'payment_overdue')
              order by seq desc limit 1) e
          where not c.ended and e.at < $1
            and not exists (select from case_event s where s.case_id = c.id and s.kind = 'stuck_noticed' and s.seq > e.seq)
          order by c.id",
    )
    .bind(before)
    .fetch_all(conn)
    .await
}

/// How many cases stand in which state with whom to move.
pub async fn counts(conn: &mut PgConnection) -> sqlx::Result<Vec<(String, String, i64)>> {
    sqlx::query_as("select state, turn, count(*) from case_file group by state, turn order by state, turn")
        .fetch_all(conn)
        .await
}
