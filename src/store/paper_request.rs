//! Paper requests and their items.

use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct RequestRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub round: i32,
    pub due: Date,
    pub reminded: i16,
    pub created_by: String,
    pub created_at: OffsetDateTime,
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct ItemRow {
    pub id: Uuid,
    pub request_id: Uuid,
    pub case_id: Uuid,
    pub need: String,
    /// A kind the service knows, or `titled`.
    pub paper_kind: String,
    /// What is asked for in the words of an authority, and a keyed hash of them.
    pub sealed_title: Option<Vec<u8>>,
    pub print: Option<Vec<u8>>,
    pub paper_id: Option<Uuid>,
    pub because: String,
    pub detail: String,
    /// `open`, `met`, `dropped`.
    pub state: String,
    pub settled_by: Option<String>,
    pub settled_at: Option<OffsetDateTime>,
}

macro_rules! items {
    ($rest:literal) => {
        concat!(
            "select id, request_id, case_id, need, paper_kind, sealed_title, print, paper_id, because, detail, state, settled_by, settled_at
               from request_item ",
            $rest
        )
    };
}

pub async fn insert(conn: &mut PgConnection, r: &RequestRow, items: &[ItemRow]) -> sqlx::Result<()> {
    sqlx::query(
        "insert into paper_request (id, case_id, round, due, created_by, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(r.id)
    .bind(r.case_id)
    .bind(r.round)
    .bind(r.due)
    .bind(&r.created_by)
    .bind(r.created_at)
    .execute(&mut *conn)
    .await?;
    for i in items {
        sqlx::query(
            "insert into request_item (id, request_id, case_id, need, paper_kind, paper_id, because, detail, sealed_title, print)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(i.id)
        .bind(i.request_id)
        .bind(i.case_id)
        .bind(&i.need)
        .bind(&i.paper_kind)
        .bind(i.paper_id)
        .bind(&i.because)
        .bind(&i.detail)
        .bind(&i.sealed_title)
        .bind(&i.print)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Requests of a case, oldest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<RequestRow>> {
    sqlx::query_as(
        "select id, case_id, round, due, reminded, created_by, created_at from paper_request where case_id = $1 order by round",
    )
    .bind(case)
    .fetch_all(conn)
    .await
}

/// Items of a case, in the order they were asked for.
pub async fn items(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<ItemRow>> {
    sqlx::query_as(items!("where case_id = $1 order by request_id, id")).bind(case).fetch_all(conn).await
}

pub async fn open_of_request(conn: &mut PgConnection, request: Uuid) -> sqlx::Result<Vec<ItemRow>> {
    sqlx::query_as(items!("where request_id = $1 and state = 'open' order by id")).bind(request).fetch_all(conn).await
}

pub async fn item(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<ItemRow>> {
    sqlx::query_as(items!("where id = $1")).bind(id).fetch_optional(conn).await
}

/// Settles an open item; false: it was not open.
pub async fn settle(
    conn: &mut PgConnection,
    id: Uuid,
    state: &str,
    by: &str,
    at: OffsetDateTime,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "update request_item set state = $2, settled_by = $3, settled_at = $4 where id = $1 and state = 'open'",
    )
    .bind(id)
    .bind(state)
    .bind(by)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Open items that a paper that has just come in answers: a complete one of the kind that was missing (`names`: letters and
/// digits only) or of the title an authority named (`prints`: keyed hashes of those), or a new version of the paper that was asked about.
pub async fn answered_by(
    conn: &mut PgConnection,
    case: Uuid,
    paper: Uuid,
    names: &[String],
    prints: &[Vec<u8>],
    complete: bool,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select id from request_item where case_id = $1 and state = 'open' and $4
            and (paper_id = $2 or (need = 'missing' and paper_id is null and (replace(paper_kind, '_', '') = any($3) or print = any($5)))) order by id",
    )
    .bind(case)
    .bind(paper)
    .bind(names)
    .bind(complete)
    .bind(prints)
    .fetch_all(conn)
    .await
}

/// Requests made before `made` with open items whose day is `by` or earlier, of cases that run, less often reminded than `stage`.
pub async fn to_remind(
    conn: &mut PgConnection,
    by: Date,
    stage: i16,
    made: OffsetDateTime,
) -> sqlx::Result<Vec<(Uuid, Uuid, i64)>> {
    sqlx::query_as(
        "select r.id, r.case_id, count(i.id) from paper_request r join request_item i on i.request_id = r.id and i.state = 'open'
           join case_file c on c.id = r.case_id and not c.ended
          where r.due <= $1 and r.reminded < $2 and r.created_at < $3 group by r.id, r.case_id order by r.id",
    )
    .bind(by)
    .bind(stage)
    .bind(made)
    .fetch_all(conn)
    .await
}

/// Notes that a request was reminded of; false: somebody else did.
pub async fn reminded(conn: &mut PgConnection, id: Uuid, stage: i16) -> sqlx::Result<bool> {
    let done = sqlx::query("update paper_request set reminded = $2 where id = $1 and reminded < $2")
        .bind(id)
        .bind(stage)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}
