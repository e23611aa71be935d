//! Surveys and their answers. Rows are never changed.

use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct SurveyRow {
    pub id: Uuid,
    pub case_id: Uuid,
    pub steps: Vec<String>,
    pub sealed: Vec<u8>,
    pub sent_by: String,
    pub sent_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    /// Step to score; none: not answered.
    pub scores: Option<Value>,
    /// Words, sealed.
    pub words: Option<Vec<u8>>,
    pub answered_at: Option<OffsetDateTime>,
}

/// False: this case has one.
pub async fn insert(conn: &mut PgConnection, s: &SurveyRow, token: &[u8]) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into survey (id, case_id, steps, token_index, sealed, sent_by, sent_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (case_id) do nothing",
    )
    .bind(s.id)
    .bind(s.case_id)
    .bind(&s.steps)
    .bind(token)
    .bind(&s.sealed)
    .bind(&s.sent_by)
    .bind(s.sent_at)
    .bind(s.expires_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// By its case, or by the keyed hash of its link.
pub async fn find(
    conn: &mut PgConnection,
    case: Option<Uuid>,
    token: Option<&[u8]>,
) -> sqlx::Result<Option<SurveyRow>> {
    sqlx::query_as(
        "select s.id, s.case_id, s.steps, s.sealed, s.sent_by, s.sent_at, s.expires_at, a.scores, a.sealed as words,
                a.at as answered_at
           from survey s left join survey_answer a on a.survey_id = s.id where s.case_id = $1 or s.token_index = $2",
    )
    .bind(case)
    .bind(token)
    .fetch_optional(conn)
    .await
}

/// False: it was answered before.
pub async fn answer(
    conn: &mut PgConnection,
    survey: Uuid,
    scores: &Value,
    sealed: Option<&[u8]>,
    at: OffsetDateTime,
) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into survey_answer (survey_id, scores, sealed, at) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(survey)
    .bind(scores)
    .bind(sealed)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Step, score, and how many gave it, of the surveys sent from `from` until before `to`.
pub async fn scores(
    conn: &mut PgConnection,
    from: OffsetDateTime,
    to: OffsetDateTime,
) -> sqlx::Result<Vec<(String, i32, i64)>> {
    sqlx::query_as(
        "select e.key, e.value::int, count(*) from survey s join survey_answer a on a.survey_id = s.id, jsonb_each_text(a.scores) e
          where s.sent_at >= $1 and s.sent_at < $2 group by 1, 2 order by 1, 2",
    )
    .bind(from)
    .bind(to)
    .fetch_all(conn)
    .await
}

/// How many were sent and how many answered.
pub async fn counts(conn: &mut PgConnection, from: OffsetDateTime, to: OffsetDateTime) -> sqlx::Result<(i64, i64)> {
    sqlx::query_as(
        "select count(*), count(a.survey_id) from survey s left join survey_answer a on a.survey_id = s.id
          where s.sent_at >= $1 and s.sent_at < $2",
    )
    .bind(from)
    .bind(to)
    .fetch_one(conn)
    .await
}

/// Cases handed over before `before` that were not asked.
pub async fn to_ask(
    conn: &mut PgConnection,
    before: OffsetDateTime,
    after: Uuid,
    limit: i64,
) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar(
        "select distinct e.case_id from case_event e join case_file c on c.id = e.case_id
          where e.kind = 'handed_over' and e.at < $1 and c.state in ('after_care', 'closed') and e.case_id > $3
            and not exists (select from survey s where s.case_id = e.case_id) order by e.case_id limit $2",
    )
    .bind(before)
    .bind(limit)
    .bind(after)
    .fetch_all(conn)
    .await
}
