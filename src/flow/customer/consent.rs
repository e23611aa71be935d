use super::intake::NewConsent;
use crate::app::App;
use crate::domain::case::{Channel, Happened};
use crate::flow::case::{lock, record, record_all};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit, watch};
use crate::store::audit::{self, Deed};
use crate::store::customer::{self as store, ConsentRow};
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// What was agreed to, when, and which text was shown.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ConsentView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub customer_id: Uuid,
    /// processing, contact or parcel_watch.
    pub what: String,
    pub text_version: String,
    pub channel: String,
    #[serde(with = "time::serde::rfc3339")]
    pub given_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub withdrawn_at: Option<OffsetDateTime>,
}

fn view(c: ConsentRow) -> ConsentView {
    ConsentView {
        id: c.id,
        case_id: c.case_id,
        customer_id: c.customer_id,
        what: c.what,
        text_version: c.text_version,
        channel: c.channel,
        given_at: c.given_at,
        withdrawn_at: c.withdrawn_at,
    }
}

/// Consents of a case, oldest first, withdrawn ones too.
pub async fn consents(app: &App, case: Uuid) -> Result<Vec<ConsentView>> {
    let mut conn = app.pool.acquire().await?;
    Ok(store::consents(&mut conn, case).await?.into_iter().map(view).collect())
}

/// A consent of later than the intake, on the way it came.
///
/// # Errors
/// `Refused` by field; `Conflict` `no-customer` while nobody knows whose it would be.
pub async fn give_consent(app: &App, by: &Actor, case: Uuid, new: NewConsent, channel: Channel) -> Result<ConsentView> {
    let problems = super::intake::consent_problems(&new, "");
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let mut tx = begin(app).await?;
    let not_found = || Error::NotFound { what: "case", id: case.to_string() };
    let standing = lock(&mut tx, case).await?.ok_or_else(not_found)?;
    let none = || Error::Conflict { code: "no-customer", detail: case.to_string() };
    let customer = standing.customer.ok_or_else(none)?;
    let (row, entry) = super::apply::consent(app, &mut tx, by, case, customer, &new, channel).await?;
    record(app, &mut tx, by, case, entry).await?;
    let view = view(row);
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/consents"))).await?;
    Ok(view)
}

pub async fn withdraw_consent(app: &App, by: &Actor, id: Uuid) -> Result<ConsentView> {
    let mut tx = begin(app).await?;
    let row = store::withdraw_consent(&mut tx, id, app.clock.now()).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "consent", id: id.to_string() })?;
    note(app, &mut tx, by, &row, "consent.withdraw").await?;
    let mut entries = watch::end_of_consent(app, &mut tx, by, id).await?;
    entries.push(Happened::ConsentWithdrawn { consent: id, what: row.what.clone() }.into());
    record_all(app, &mut tx, by, row.case_id, entries).await?;
    let view = view(row);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

pub(super) async fn note(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    row: &ConsentRow,
    action: &'static str,
) -> Result<()> {
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action,
        subject: format!("consent/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"what": row.what, "text_version": row.text_version, "channel": row.channel}),
    };
    Ok(audit::write(tx, &deed).await?)
}
