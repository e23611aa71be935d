//! What devices sent back, what became of each value, and what people decided about those that did not fit.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct BatchRow {
    pub id: Uuid,
    pub staff_id: Uuid,
    pub sent_by: String,
    pub sha256: String,
    pub received_at: OffsetDateTime,
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ItemRow {
    pub id: Uuid,
    pub batch_id: Uuid,
    pub position: i32,
    pub staff_id: Uuid,
    pub item_id: Option<Uuid>,
    pub print: Vec<u8>,
    pub sealed: Vec<u8>,
    pub case_id: Option<Uuid>,
    pub task_id: Option<Uuid>,
    pub field: Option<String>,
    pub lease_id: Option<Uuid>,
    pub base: Option<i32>,
    pub captured_at: Option<OffsetDateTime>,
    /// applied, conflict, tray.
    pub outcome: String,
    pub why: Option<String>,
    pub version: Option<i32>,
    /// When it was received, and by whom it was sent.
    pub received_at: OffsetDateTime,
    pub sent_by: String,
    /// sent, standing; none: nobody has decided.
    pub took: Option<String>,
    pub settled_by: Option<String>,
    pub settled_at: Option<OffsetDateTime>,
}

macro_rules! items {
    ($rest:literal) => {
        concat!(
            "select i.id, i.batch_id, i.position, i.staff_id, i.item_id, i.print, i.sealed, i.case_id, i.task_id, i.field,
                    i.lease_id, i.base, i.captured_at, i.outcome, i.why, i.version, b.received_at, b.sent_by,
                    s.took, s.by as settled_by, s.at as settled_at
               from field_item i join field_batch b on b.id = i.batch_id left join field_settlement s on s.item_id = i.id ",
            $rest
        )
    };
}

/// Inserts; false when the same bytes came from the same person before.
pub async fn insert(conn: &mut PgConnection, b: &BatchRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into field_batch (id, staff_id, sent_by, sha256, received_at) values ($1, $2, $3, $4, $5) on conflict do nothing",
    )
    .bind(b.id)
    .bind(b.staff_id)
    .bind(&b.sent_by)
    .bind(&b.sha256)
    .bind(b.received_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn by_content(conn: &mut PgConnection, staff: Uuid, sha256: &str) -> sqlx::Result<Option<BatchRow>> {
    sqlx::query_as(
        "select id, staff_id, sent_by, sha256, received_at from field_batch where staff_id = $1 and sha256 = $2",
    )
    .bind(staff)
    .bind(sha256)
    .fetch_optional(conn)
    .await
}

/// A batch, for one transaction at a time; then the receipt is there or it is to be made.
pub async fn locked(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<BatchRow>> {
    sqlx::query_as("select id, staff_id, sent_by, sha256, received_at from field_batch where id = $1 for update")
        .bind(id)
        .fetch_optional(conn)
        .await
}

pub async fn receipt(conn: &mut PgConnection, batch: Uuid) -> sqlx::Result<Option<Value>> {
    sqlx::query_scalar("select receipt from field_receipt where batch_id = $1").bind(batch).fetch_optional(conn).await
}

pub async fn keep_receipt(conn: &mut PgConnection, batch: Uuid, r: &Value, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("insert into field_receipt (batch_id, receipt, settled_at) values ($1, $2, $3)")
        .bind(batch)
        .bind(r)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn insert_item(conn: &mut PgConnection, i: &ItemRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into field_item (id, batch_id, position, staff_id, item_id, print, sealed, case_id, task_id, field, lease_id,
                                 base, captured_at, outcome, why, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(i.id)
    .bind(i.batch_id)
    .bind(i.position)
    .bind(i.staff_id)
    .bind(i.item_id)
    .bind(&i.print)
    .bind(&i.sealed)
    .bind(i.case_id)
    .bind(i.task_id)
    .bind(&i.field)
    .bind(i.lease_id)
    .bind(i.base)
    .bind(i.captured_at)
    .bind(&i.outcome)
    .bind(&i.why)
    .bind(i.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// Items that came from this person under this name before.
pub async fn named(conn: &mut PgConnection, staff: Uuid, item: Uuid) -> sqlx::Result<Vec<ItemRow>> {
    sqlx::query_as(items!("where i.staff_id = $1 and i.item_id = $2 order by i.id"))
        .bind(staff)
        .bind(item)
        .fetch_all(conn)
        .await
}

pub async fn item(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ItemRow>> {
    sqlx::query_as(items!("where i.id = $1")).bind(id).fetch_optional(conn).await
}

#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    pub case_id: Option<Uuid>,
    pub task_id: Option<Uuid>,
    /// applied, conflict, tray.
    pub outcome: Option<String>,
    /// Only those that wait for a person, or only those that do not.
    pub open: Option<bool>,
    /// Page on after this one.
    pub after: Option<Uuid>,
    pub limit: i64,
}

/// In the order they came.
pub async fn page(conn: &mut PgConnection, f: &ItemFilter) -> sqlx::Result<Vec<ItemRow>> {
    sqlx::query_as(items!(
        "where ($1::uuid is null or i.case_id = $1) and ($2::uuid is null or i.task_id = $2)
           and ($3::text is null or i.outcome = $3) and ($4::bool is null or (i.outcome <> 'applied' and s.item_id is null) = $4)
           and ($5::uuid is null or i.id > $5) order by i.id limit $6"
    ))
    .bind(f.case_id)
    .bind(f.task_id)
    .bind(&f.outcome)
    .bind(f.open)
    .bind(f.after)
    .bind(f.limit)
    .fetch_all(conn)
    .await
}

/// How many values of a case wait for a person: in conflict, or in the tray.
pub async fn open_of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar(
        "select count(*) from field_item i where i.case_id = $1 and i.outcome <> 'applied'
            and not exists (select from field_settlement s where s.item_id = i.id)",
    )
    .bind(case)
    .fetch_one(conn)
    .await
}

/// Writes what a person decided; false when somebody decided before.
pub async fn settle(
    conn: &mut PgConnection,
    item: Uuid,
    took: &str,
    by: &str,
    at: OffsetDateTime,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into field_settlement (item_id, took, by, at) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(item)
    .bind(took)
    .bind(by)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Batches worked off that came in before `before`, of which nothing belongs to a case.
pub async fn stray(conn: &mut PgConnection, before: OffsetDateTime) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select b.id from field_batch b join field_receipt r on r.batch_id = b.id
          where b.received_at < $1 and not exists (select from field_batch_erasure e where e.batch_id = b.id)
            and not exists (select from field_item i where i.batch_id = b.id and i.case_id is not null) order by b.id",
    )
    .bind(before)
    .fetch_all(conn)
    .await
}

/// Empties what is sealed of a batch; false: it was done before.
pub async fn erase(conn: &mut PgConnection, id: Uuid, rule: &str, at: OffsetDateTime) -> sqlx::Result<bool> {
    let done =
        sqlx::query("insert into field_batch_erasure (batch_id, rule, at) values ($1, $2, $3) on conflict do nothing")
            .bind(id)
            .bind(rule)
            .bind(at)
            .execute(&mut *conn)
            .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("select erase_batch($1)").bind(id).execute(conn).await?;
    Ok(true)
}

/// Erased batches whose file is still in the store, and whether another batch came with the same.
pub async fn erased_with_file(conn: &mut PgConnection) -> sqlx::Result<Vec<(Uuid, String, bool)>> {
    sqlx::query_as(
        "select b.id, b.sha256, exists (select from field_batch o where o.sha256 = b.sha256 and o.id <> b.id
                                           and not exists (select from field_batch_erasure e where e.batch_id = o.id))
           from field_batch_erasure x join field_batch b on b.id = x.batch_id where x.removed_at is null order by b.id",
    )
    .fetch_all(conn)
    .await
}

pub async fn file_removed(conn: &mut PgConnection, id: Uuid, at: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query("update field_batch_erasure set removed_at = $2 where batch_id = $1")
        .bind(id)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}
