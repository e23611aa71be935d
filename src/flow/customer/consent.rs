use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::record;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
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

pub async fn withdraw_consent(app: &App, by: &Actor, id: Uuid) -> Result<ConsentView> {
    let mut tx = begin(app).await?;
    let row = store::withdraw_consent(&mut tx, id, app.clock.now()).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "consent", id: id.to_string() })?;
    note(app, &mut tx, by, &row, "consent.withdraw").await?;
    record(app, &mut tx, by, row.case_id, Happened::ConsentWithdrawn { consent: id, what: row.what.clone() }).await?;
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
