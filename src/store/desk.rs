//! What is open over all cases: problems, papers that customers owe us, taxes and fees; and how many of each.

use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A problem, without its words.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct IssueListed {
    pub id: Uuid,
    pub case_id: Uuid,
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: String,
    #[schema(example = "neighbour_objects")]
    pub topic: String,
    /// Who sees to it.
    pub owner: Uuid,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    pub raised_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub raised_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub resolved_at: Option<OffsetDateTime>,
}

/// Something a customer was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct ItemListed {
    pub id: Uuid,
    pub case_id: Uuid,
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: String,
    pub request_id: Uuid,
    /// Round of requests in its case, from 1.
    pub round: i32,
    /// missing, unreadable, expired, contradicts, boundary.
    #[schema(example = "missing")]
    pub need: String,
    /// A kind of paper, or `titled`: then its title is read in the case.
    #[schema(example = "certificate")]
    pub paper_kind: String,
    /// open, met, dropped.
    #[schema(example = "open")]
    pub state: String,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// 0: not reminded; 1: before the day; 2: after it.
    pub reminded: i16,
}

/// A tax or fee of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct ObligationListed {
    pub id: Uuid,
    pub case_id: Uuid,
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: String,
    #[schema(example = "registration_fee")]
    pub what: String,
    /// open, paid, dropped.
    #[schema(example = "open")]
    pub state: String,
    /// Dong; both are the same where the amount is known.
    pub low: Option<i64>,
    pub high: Option<i64>,
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
}

#[derive(Debug, Clone, Default)]
pub struct OpenFilter {
    pub state: Option<String>,
    /// Whose problem.
    pub owner: Option<Uuid>,
    /// Topic of a problem, need of an item, kind of an obligation.
    pub what: Option<String>,
    /// Up to and on this day.
    pub due_by: Option<Date>,
    /// Page on after this day and id.
    pub after: Option<(Date, Uuid)>,
    pub limit: i64,
}

macro_rules! listed {
    ($from:literal) => {
        concat!(
            "select * from (",
            $from,
            ") v where ($1::text is null or state = $1) and ($2::uuid is null or owner = $2) and ($3::text is null or what = $3)
               and ($4::date is null or due <= $4)
               and ($5::date is null or (coalesce(due, date '9999-12-31'), id) > ($5, $6::uuid))
             order by coalesce(due, date '9999-12-31'), id limit $7"
        )
    };
}

async fn rows<T>(conn: &mut PgConnection, sql: &'static str, f: &OpenFilter) -> sqlx::Result<Vec<T>>
where
    T: Send + Unpin + for<'r> FromRow<'r, sqlx::postgres::PgRow>,
{
    sqlx::query_as(sql)
        .bind(&f.state)
        .bind(f.owner)
        .bind(&f.what)
        .bind(f.due_by)
        .bind(f.after.map(|a| a.0))
        .bind(f.after.map(|a| a.1))
        .bind(f.limit)
        .fetch_all(conn)
        .await
}

/// By their day.
pub async fn issues(conn: &mut PgConnection, f: &OpenFilter) -> sqlx::Result<Vec<IssueListed>> {
    let sql = listed!(
        "select i.id, i.case_id, c.number as case_number, i.topic, i.topic as what, i.owner, i.due, i.raised_by, i.raised_at, i.resolved_at,
                case when i.resolved_at is null and not c.ended then 'open' else 'resolved' end as state
           from case_issue i join case_file c on c.id = i.case_id"
    );
    rows(conn, sql, f).await
}

/// By the day of their request.
pub async fn items(conn: &mut PgConnection, f: &OpenFilter) -> sqlx::Result<Vec<ItemListed>> {
    let sql = listed!(
        "select i.id, i.case_id, c.number as case_number, i.request_id, r.round, i.need, i.need as what, i.paper_kind,
                case when i.state = 'open' and c.ended then 'dropped' else i.state end as state, r.due,
                r.reminded, null::uuid as owner
           from request_item i join paper_request r on r.id = i.request_id join case_file c on c.id = i.case_id"
    );
    rows(conn, sql, f).await
}

/// By their day, those without one last; by the figure that holds.
pub async fn obligations(conn: &mut PgConnection, f: &OpenFilter) -> sqlx::Result<Vec<ObligationListed>> {
    let sql = listed!(
        "select o.id, o.case_id, c.number as case_number, o.what, o.state, g.low, g.high, g.due, null::uuid as owner
           from obligation o join case_file c on c.id = o.case_id
           left join lateral (select low, high, due from obligation_figure g where g.obligation_id = o.id order by no desc limit 1) g on true"
    );
    rows(conn, sql, f).await
}

/// How many are open, and how many of them are late.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"list": "request-items", "open": 12, "late": 3}))]
pub struct OpenCount {
    /// issues, request-items, obligations, signed-papers.
    pub list: String,
    pub open: i64,
    pub late: i64,
}

pub async fn counts(conn: &mut PgConnection, today: Date) -> sqlx::Result<Vec<OpenCount>> {
    sqlx::query_as(
        "select 'issues' as list, count(*) as open, count(*) filter (where due < $1) as late
           from case_issue i join case_file c on c.id = i.case_id where resolved_at is null and not c.ended
         union all
         select 'request-items', count(*), count(*) filter (where r.due < $1)
           from request_item i join paper_request r on r.id = i.request_id join case_file c on c.id = i.case_id where i.state = 'open' and not c.ended
         union all
         select 'obligations', count(*), count(*) filter (where g.due < $1) from obligation o
           left join lateral (select due from obligation_figure g where g.obligation_id = o.id order by no desc limit 1) g on true
          where o.state = 'open'
         union all
         select 'signed-papers', count(distinct c.id), 0 from signed_paper p join contract c on c.id = p.contract_id
           join case_file f on f.id = c.case_id and f.state = 'contract'
          where c.sign_by >= $1
            and not exists (select from contract_signature s where s.contract_id = p.contract_id and s.signer_no = p.signer_no)
            and not exists (select from contract_refusal r where r.contract_id = c.id)
            and not exists (select from contract n where n.case_id = c.case_id and n.version > c.version)
         order by 1",
    )
    .bind(today)
    .fetch_all(conn)
    .await
}

/// How many tasks of a department stand so, and how many of them are late.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"department": "field", "state": "open", "tasks": 7, "late": 2}))]
pub struct TaskCount {
    pub department: String,
    /// blocked, open, accepted, started, paused.
    pub state: String,
    pub tasks: i64,
    pub late: i64,
}

/// Of tasks that are not over; of one person's when `assignee` is given.
pub async fn tasks(conn: &mut PgConnection, today: Date, assignee: Option<Uuid>) -> sqlx::Result<Vec<TaskCount>> {
    sqlx::query_as(
        "select department, state, count(*) as tasks, count(*) filter (where due < $1) as late from task
          where state not in ('done', 'cancelled') and ($2::uuid is null or assignee = $2) group by 1, 2 order by 1, 2",
    )
    .bind(today)
    .bind(assignee)
    .fetch_all(conn)
    .await
}

/// How many cases of a procedure took so many rounds of paper requests.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"procedure": "transfer", "rounds": 1, "cases": 41, "ended": 30}))]
pub struct RoundCount {
    pub procedure: String,
    pub rounds: i32,
    pub cases: i64,
    /// How many of them have ended, so that no round can come.
    pub ended: i64,
}

/// Of cases opened from one instant up to another.
pub async fn rounds(
    conn: &mut PgConnection,
    from: Option<OffsetDateTime>,
    to: Option<OffsetDateTime>,
) -> sqlx::Result<Vec<RoundCount>> {
    sqlx::query_as(
        "select procedure, coalesce((standing ->> 'rounds')::int, 0) as rounds, count(*) as cases, count(*) filter (where ended) as ended
           from case_file where ($1::timestamptz is null or created_at >= $1) and ($2::timestamptz is null or created_at < $2)
          group by 1, 2 order by 1, 2",
    )
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await
}
