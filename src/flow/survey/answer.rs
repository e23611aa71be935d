//! What a stranger with the link may do: see what is asked, and answer once.

use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::survey::problems;
use crate::domain::verify::text::{Lang, word};
use crate::flow::case::{lock, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::survey::{self as store, SurveyRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "9f2c4e...", "scores": {"intake": 5, "advice": 4}, "words": "Cảm ơn"}))]
pub struct Answering {
    /// What stands behind the `#` of the link.
    pub token: String,
    /// Step to score, 1 (bad) to 5 (good). Left out: what is asked is answered, nothing is kept.
    #[serde(default)]
    pub scores: BTreeMap<String, u8>,
    /// Up to 2,000 characters; kept sealed.
    #[serde(default)]
    pub words: Option<String>,
}

/// What is asked about.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Asked {
    pub steps: Vec<Question>,
    pub answered: bool,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Question {
    pub step: String,
    pub vi: String,
    pub en: String,
}

fn shown(row: &SurveyRow, answered: bool) -> Asked {
    let one = |s: &String| {
        let key = format!("step-{s}");
        Question { step: s.clone(), vi: word(Lang::Vi, &key), en: word(Lang::En, &key) }
    };
    Asked { steps: row.steps.iter().map(one).collect(), answered }
}

async fn of_token(app: &App, token: &str) -> Result<SurveyRow> {
    let index = app.vault.index("survey token", token.trim());
    let found = store::find(&mut *app.pool.acquire().await?, None, Some(&index)).await?;
    let row = found.ok_or_else(|| Error::NotFound { what: "link", id: String::new() })?;
    if row.scores.is_none() && app.clock.now() >= row.expires_at {
        return Err(Error::Conflict { code: "link-expired", detail: "the survey is over".into() });
    }
    Ok(row)
}

/// What a link asks.
pub async fn asked(app: &App, token: &str) -> Result<Asked> {
    let row = of_token(app, token).await?;
    Ok(shown(&row, row.scores.is_some()))
}

/// Takes the one answer of a link.
///
/// # Errors
/// `NotFound` for a token that is none; `Conflict` `link-expired`, `survey-answered`; `Refused` by step.
pub async fn answer(app: &App, new: Answering) -> Result<Asked> {
    let by = Actor::system("survey");
    let row = of_token(app, &new.token).await?;
    let mut found = problems(&new.scores, &row.steps);
    let words = new.words.as_deref().map(str::trim).filter(|w| !w.is_empty());
    let length = words.map_or(0, |w| w.chars().count());
    if length > 2000 {
        found.push(crate::domain::problem::FieldProblem::new("words", "length", length, "0-2000"));
    }
    if !found.is_empty() {
        return Err(Error::Refused(found));
    }
    let sealed = words.map(|w| app.vault.seal(&words_place(row.id), w.as_bytes())).transpose()?;
    let scores = serde_json::to_value(&new.scores).map_err(|e| Error::Broken(e.into()))?;
    let mut tx = begin(app).await?;
    lock(&mut tx, row.case_id).await?;
    if !store::answer(&mut tx, row.id, &scores, sealed.as_deref(), app.clock.now()).await? {
        return Err(Error::Conflict { code: "survey-answered", detail: "a link takes one answer".into() });
    }
    record(app, &mut tx, &by, row.case_id, Happened::SurveyAnswered { survey: row.id }).await?;
    tx.commit().await?;
    Ok(shown(&row, true))
}

pub(super) fn words_place(id: Uuid) -> String {
    format!("survey_answer/{id}")
}
