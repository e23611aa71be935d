use super::answer::words_place;
use super::send::place;
use crate::app::App;
use crate::domain::calendar::day_begins;
use crate::domain::staff::Purpose;
use crate::domain::survey::{StepScore, sums};
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::survey::{self as store, SurveyRow};
use serde::Serialize;
use std::collections::BTreeMap;
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// The survey of a case.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SurveyView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub steps: Vec<String>,
    pub sent_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub answered_at: Option<OffsetDateTime>,
    pub scores: Option<BTreeMap<String, u8>>,
    /// With a purpose: what the customer wrote, and the link's token as long as it is not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Counts and means.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Results {
    pub sent: i64,
    pub answered: i64,
    pub steps: Vec<StepScore>,
}

pub(super) fn view(row: &SurveyRow, opened: Option<(Option<String>, Option<String>)>) -> Result<SurveyView> {
    let (words, token) = opened.unwrap_or_default();
    let scores = row.scores.clone().map(serde_json::from_value).transpose().map_err(|e| Error::Broken(e.into()))?;
    Ok(SurveyView {
        id: row.id,
        case_id: row.case_id,
        steps: row.steps.clone(),
        sent_by: row.sent_by.clone(),
        sent_at: row.sent_at,
        expires_at: row.expires_at,
        answered_at: row.answered_at,
        scores,
        words,
        token,
    })
}

/// The survey of a case, with words and link: a logged read.
pub async fn of_case(app: &App, by: &Actor, case: Uuid, purpose: Purpose) -> Result<SurveyView> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let found = store::find(&mut reading.tx, Some(case), None).await?;
    let row = found.ok_or_else(|| Error::NotFound { what: "survey", id: case.to_string() })?;
    reading.log(&place(row.id)).await?;
    reading.end().await?;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).map_err(|e| Error::Broken(e.into()));
    let words = match &row.words {
        Some(sealed) => Some(text(app.vault.open(&words_place(row.id), sealed)?)?),
        None => None,
    };
    let token = match row.scores {
        None => Some(text(app.vault.open(&place(row.id), &row.sealed)?)?),
        Some(_) => None,
    };
    view(&row, Some((words, token)))
}

/// Of the surveys sent on the days from `from` to `to`; the last year when left out.
pub async fn results(app: &App, from: Option<Date>, to: Option<Date>) -> Result<Results> {
    let to = to.unwrap_or_else(|| app.clock.today());
    let from = from.unwrap_or(to - Duration::days(365));
    let (begin, end) = (day_begins(from), day_begins(to + Duration::DAY));
    let mut conn = app.pool.acquire().await?;
    let (sent, answered) = store::counts(&mut conn, begin, end).await?;
    let steps = sums(&store::scores(&mut conn, begin, end).await?);
    Ok(Results { sent, answered, steps })
}
