use super::results::{SurveyView, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::survey::{ASK_AFTER, OPEN_FOR, steps};
use crate::flow::case::{history_of, lock, record};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::queue::Lease;
use crate::store::survey::{self as store, SurveyRow};
use serde_json::json;
use uuid::Uuid;

/// Thanks the customer and asks, once per case.
///
/// # Errors
/// `Conflict` `case-step` before the hand-over, `survey-sent` the second time.
pub async fn send(app: &App, by: &Actor, case: Uuid) -> Result<SurveyView> {
    let now = app.clock.now();
    let mut tx = begin(app).await?;
    let not_found = || Error::NotFound { what: "case", id: case.to_string() };
    lock(&mut tx, case).await?.ok_or_else(not_found)?;
    let events = history_of(&mut tx, case).await?;
    let steps = steps(&events).map_err(|e| Error::Broken(e.into()))?;
    if !events.iter().any(|e| matches!(e.what, Happened::HandedOver { .. })) {
        return Err(Error::Conflict { code: "case-step", detail: "nothing was handed over yet".into() });
    }
    let id = app.clock.new_id();
    let token = hex::encode(app.clock.secret());
    let row = SurveyRow {
        id,
        case_id: case,
        steps: steps.into_iter().map(str::to_owned).collect(),
        sealed: app.vault.seal(&place(id), token.as_bytes())?,
        sent_by: by.login.clone(),
        sent_at: now,
        expires_at: now + OPEN_FOR,
        scores: None,
        words: None,
        answered_at: None,
    };
    if !store::insert(&mut tx, &row, &app.vault.index("survey token", &token)).await? {
        return Err(Error::Conflict { code: "survey-sent", detail: case.to_string() });
    }
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "survey.send",
        subject: format!("survey/{id}"),
        case_id: Some(case),
        detail: json!({"steps": row.steps}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, case, Happened::SurveySent { survey: id }).await?;
    let view = view(&row, None)?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/survey"))).await?;
    Ok(view)
}

pub(super) fn place(id: Uuid) -> String {
    format!("survey/{id}")
}

/// The job: asks customers some days after the hand-over. Each is a transaction of its own; who was asked is not asked again.
pub async fn send_surveys(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("send_surveys");
    let before = app.clock.now() - ASK_AFTER;
    let (mut each, mut after) = (Each::default(), Uuid::nil());
    loop {
        let cases = store::to_ask(&mut *app.pool.acquire().await?, before, after, 200).await?;
        let Some(last) = cases.last() else { break };
        after = *last;
        for case in cases {
            let came = match send(app, &by, case).await {
                Ok(_) | Err(Error::Conflict { code: "survey-sent", .. }) => Ok(()),
                Err(e) => Err(e),
            };
            each.take(case, came)?;
        }
    }
    each.end(app, lease).await
}
