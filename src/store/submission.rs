//! What was handed in to authorities, and what they did. Rows are never changed.

use crate::domain::submission::standing;
use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct SubmissionRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub agency: String,
    pub procedure: String,
    pub receipt_number: String,
    pub submitted_on: Date,
    pub due: Option<Date>,
    pub promised: Option<Date>,
    pub recorded_by: String,
    pub recorded_at: OffsetDateTime,
}

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct StepRow {
    pub id: Uuid,
    pub submission_id: Uuid,
    pub case_id: Uuid,
    pub no: i32,
    /// A name of `domain::submission::Step`.
    pub what: String,
    /// Where it stands since, one of `domain::submission::STANDINGS`.
    pub standing: String,
    /// The end of the authority's term since then; none: it stands still, is over, or there is none.
    pub due: Option<Date>,
    pub happened_on: Date,
    pub answer_by: Option<Date>,
    pub issue_id: Option<Uuid>,
    pub request_id: Option<Uuid>,
    pub sealed: Vec<u8>,
    pub recorded_by: String,
    pub recorded_at: OffsetDateTime,
}

/// False: this agency gave this number before, to a dossier that was not taken back; the transaction is over then.
pub async fn insert(conn: &mut PgConnection, s: &SubmissionRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into submission (id, case_id, agency, procedure, receipt_number, submitted_on, due, promised, recorded_by, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(s.id)
    .bind(s.case_id)
    .bind(&s.agency)
    .bind(&s.procedure)
    .bind(&s.receipt_number)
    .bind(s.submitted_on)
    .bind(s.due)
    .bind(s.promised)
    .bind(&s.recorded_by)
    .bind(s.recorded_at)
    .execute(conn)
    .await;
    match done {
        Err(sqlx::Error::Database(e)) if e.constraint() == Some("submission_receipt_once") => Ok(false),
        done => done.map(|_| true),
    }
}

pub async fn insert_step(conn: &mut PgConnection, s: &StepRow) -> sqlx::Result<()> {
    sqlx::query(
        "insert into submission_step (id, submission_id, case_id, no, what, happened_on, answer_by, issue_id, request_id, sealed,
                                      recorded_by, recorded_at, standing, due)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(s.id)
    .bind(s.submission_id)
    .bind(s.case_id)
    .bind(s.no)
    .bind(&s.what)
    .bind(s.happened_on)
    .bind(s.answer_by)
    .bind(s.issue_id)
    .bind(s.request_id)
    .bind(&s.sealed)
    .bind(&s.recorded_by)
    .bind(s.recorded_at)
    .bind(&s.standing)
    .bind(s.due)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn get(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<SubmissionRow>> {
    sqlx::query_as("select * from submission where id = $1").bind(id).fetch_optional(conn).await
}

/// By the authority's own number; several agencies may have given the same one. What was taken back is found by its id alone.
pub async fn by_receipt(conn: &mut PgConnection, number: &str) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select id from submission s where receipt_number = $1
            and not exists (select from submission_step t where t.submission_id = s.id and t.what = 'withdrawn') order by id",
    )
    .bind(number)
    .fetch_all(conn)
    .await
}

/// Oldest first.
pub async fn of_case(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<SubmissionRow>> {
    sqlx::query_as("select * from submission where case_id = $1 order by id").bind(case).fetch_all(conn).await
}

/// Steps of one submission in their order.
pub async fn steps(conn: &mut PgConnection, id: Uuid) -> sqlx::Result<Vec<StepRow>> {
    sqlx::query_as("select * from submission_step where submission_id = $1 order by no").bind(id).fetch_all(conn).await
}

/// A line of the list over all cases.
#[derive(Debug, Clone, PartialEq, FromRow, Serialize, utoipa::ToSchema)]
pub struct SubmissionListed {
    pub id: Uuid,
    pub case_id: Uuid,
    pub case_number: String,
    pub agency: String,
    pub procedure: String,
    pub receipt_number: String,
    #[schema(value_type = String)]
    pub submitted_on: Date,
    /// End of the authority's term as it runs now; none: it stands still, is over, or there is none.
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
    #[schema(value_type = Option<String>)]
    pub promised: Option<Date>,
    /// at_work, asked_more, granted, refused or withdrawn.
    pub state: String,
    /// Day of what happened last.
    #[schema(value_type = String)]
    pub since: Date,
}

#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub state: Option<String>,
    pub agency: Option<String>,
    /// With a term that runs and ends up to and on this day.
    pub due_by: Option<Date>,
    /// Page on after this one.
    pub after: Option<Uuid>,
    pub limit: i64,
}

macro_rules! listed {
    ($front:literal, $rest:literal) => {
        concat!(
            $front,
            "(select s.id, s.case_id, c.number as case_number, s.agency, s.procedure, s.receipt_number, s.submitted_on, s.promised,
                    case when l.standing is null then s.due else l.due end as due,
                    coalesce(l.standing, $1) as state, coalesce(l.happened_on, s.submitted_on) as since
               from submission s join case_file c on c.id = s.case_id
               left join lateral (select standing, due, happened_on from submission_step t
                                   where t.submission_id = s.id order by no desc limit 1) l on true) v ",
            $rest
        )
    };
}

/// In the order they were handed in.
pub async fn page(conn: &mut PgConnection, f: &Filter) -> sqlx::Result<Vec<SubmissionListed>> {
    sqlx::query_as(listed!(
        "select * from ",
        "where ($2::text is null or state = $2) and ($3::text is null or agency = $3) and ($4::date is null or due <= $4)
           and ($5::uuid is null or id > $5) order by id limit $6"
    ))
    .bind(standing(None))
    .bind(&f.state)
    .bind(&f.agency)
    .bind(f.due_by)
    .bind(f.after)
    .bind(f.limit)
    .fetch_all(conn)
    .await
}

/// How many stand where, and how many of them are beyond their term on `today`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"state": "at_work", "count": 12, "late": 1}))]
pub struct SubmissionCount {
    pub state: String,
    pub count: i64,
    pub late: i64,
}

pub async fn counts(conn: &mut PgConnection, today: Date) -> sqlx::Result<Vec<SubmissionCount>> {
    sqlx::query_as(listed!(
        "select state, count(*) as count, count(*) filter (where due < $2) as late from ",
        "group by state order by state"
    ))
    .bind(standing(None))
    .bind(today)
    .fetch_all(conn)
    .await
}

/// Dossiers of a case at work for which a day was printed on the receipt.
pub async fn promised(conn: &mut PgConnection, case: Uuid) -> sqlx::Result<Vec<(Uuid, Date)>> {
    sqlx::query_as(listed!(
        "select id, promised from ",
        "where case_id = $2 and state = $1 and promised is not null order by id"
    ))
    .bind(standing(None))
    .bind(case)
    .fetch_all(conn)
    .await
}
