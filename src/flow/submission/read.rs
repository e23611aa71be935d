use crate::app::App;
use crate::domain::staff::Purpose;
use crate::domain::submission::{STANDINGS, standing};
use crate::flow::agency::must_be_known;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::submission::{self as store, Filter, StepRow, SubmissionListed, SubmissionRow};
use serde::Serialize;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SubmissionView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub agency: String,
    pub procedure: String,
    pub receipt_number: String,
    #[schema(value_type = String)]
    pub submitted_on: Date,
    /// End of the authority's term as it was when it was handed in.
    #[schema(value_type = Option<String>)]
    pub due: Option<Date>,
    /// End of its term as it runs now; none: it stands still, is over, or there is none.
    #[schema(value_type = Option<String>)]
    pub runs_until: Option<Date>,
    /// The day printed on the receipt.
    #[schema(value_type = Option<String>)]
    pub promised: Option<Date>,
    /// at_work, asked_more, granted, refused or withdrawn.
    pub state: String,
    pub steps: Vec<SubmissionStep>,
    pub recorded_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SubmissionStep {
    /// asked_more, answered, granted, refused, withdrawn.
    pub what: String,
    #[schema(value_type = String)]
    pub on: Date,
    #[schema(value_type = Option<String>)]
    pub answer_by: Option<Date>,
    /// The problem that was raised for it.
    pub issue_id: Option<Uuid>,
    /// What was asked of the customer for it.
    pub request_id: Option<Uuid>,
    /// Only when read for a purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    pub recorded_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
}

pub(super) fn place(step: Uuid) -> String {
    format!("submission_step/{step}")
}

fn step_view(s: StepRow) -> SubmissionStep {
    SubmissionStep {
        what: s.what,
        on: s.happened_on,
        answer_by: s.answer_by,
        issue_id: s.issue_id,
        request_id: s.request_id,
        words: None,
        recorded_by: s.recorded_by,
        recorded_at: s.recorded_at,
    }
}

pub(super) fn view(row: SubmissionRow, steps: Vec<StepRow>) -> SubmissionView {
    SubmissionView {
        id: row.id,
        case_id: row.case_id,
        agency: row.agency,
        procedure: row.procedure,
        receipt_number: row.receipt_number,
        submitted_on: row.submitted_on,
        due: row.due,
        runs_until: steps.last().map_or(row.due, |s| s.due),
        promised: row.promised,
        state: steps.last().map_or(standing(None), |s| s.standing.as_str()).into(),
        steps: steps.into_iter().map(step_view).collect(),
        recorded_by: row.recorded_by,
        recorded_at: row.recorded_at,
    }
}

/// What was handed in for a case, oldest first, without words.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<SubmissionView>> {
    let mut conn = app.pool.acquire().await?;
    let mut all = Vec::new();
    for row in store::of_case(&mut conn, case).await? {
        let steps = store::steps(&mut conn, row.id).await?;
        all.push(view(row, steps));
    }
    Ok(all)
}

/// Over all cases, a page in the order they were handed in.
///
/// # Errors
/// `Refused` with a standing or an agency that nobody knows.
pub async fn page(app: &App, f: &Filter) -> Result<Vec<SubmissionListed>> {
    if let Some(state) = f.state.as_deref().filter(|s| !STANDINGS.contains(s)) {
        return Err(Error::refused("state", "not-in-list", state, STANDINGS.join(", ")));
    }
    let mut conn = app.pool.acquire().await?;
    must_be_known(&mut conn, f.agency.as_deref()).await?;
    Ok(store::page(&mut conn, f).await?)
}

/// One of them with the words of each step: a logged read.
pub async fn open(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<SubmissionView> {
    let not_there = || Error::NotFound { what: "submission", id: id.to_string() };
    let case = store::get(&mut *app.pool.acquire().await?, id).await?.ok_or_else(not_there)?.case_id;
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let row = store::get(&mut reading.tx, id).await?.ok_or_else(not_there)?;
    let steps = store::steps(&mut reading.tx, id).await?;
    let mut words = Vec::with_capacity(steps.len());
    for step in &steps {
        reading.log(&place(step.id)).await?;
        let plain = app.vault.open(&place(step.id), &step.sealed)?;
        words.push(String::from_utf8(plain).map_err(|e| Error::Broken(e.into()))?);
    }
    reading.end().await?;
    let mut shown = view(row, steps);
    for (step, said) in shown.steps.iter_mut().zip(words) {
        step.words = Some(said);
    }
    Ok(shown)
}
