//! What happened to a case, and who read its personal data.

use crate::app::App;
use crate::flow::{Error, Result};
use crate::store;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Deed {
    pub id: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub actor: String,
    pub action: String,
    pub subject: String,
    #[schema(value_type = Object)]
    pub detail: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Read {
    pub id: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub actor: String,
    pub subject: String,
    pub purpose: String,
}

/// Newest first, before the row `before`.
pub async fn history(app: &App, case: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<Deed>> {
    let mut conn = app.pool.acquire().await?;
    must_exist(&mut conn, case).await?;
    let rows = store::audit::of_case(&mut conn, case, before, limit).await?;
    let view = |r: store::audit::AuditRow| Deed {
        id: r.id,
        at: r.at,
        actor: r.actor,
        action: r.action,
        subject: r.subject,
        detail: r.detail,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Reads of personal data, newest first, before the row `before`.
pub async fn reads(app: &App, case: Uuid, before: Option<i64>, limit: i64) -> Result<Vec<Read>> {
    let mut conn = app.pool.acquire().await?;
    must_exist(&mut conn, case).await?;
    let rows = store::audit::reads_of_case(&mut conn, case, before, limit).await?;
    let view =
        |r: store::audit::ReadRow| Read { id: r.id, at: r.at, actor: r.actor, subject: r.subject, purpose: r.purpose };
    Ok(rows.into_iter().map(view).collect())
}

async fn must_exist(conn: &mut sqlx::PgConnection, case: Uuid) -> Result<()> {
    let found = store::case::get(conn, case).await?;
    found.map(|_| ()).ok_or_else(|| Error::NotFound { what: "case", id: case.to_string() })
}
