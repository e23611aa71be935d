use crate::app::App;
use crate::domain::watch::Change;
use crate::flow::{Error, Result};
use crate::store::watch::{self as store, WatchRow};
use serde::Serialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct WatchView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub consent_id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    pub began_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// What was told, oldest first.
    pub hits: Vec<WatchHitView>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct WatchHitView {
    pub id: Uuid,
    pub parcel_id: Uuid,
    /// The version whose publication made it; none: rules.
    pub layer_version_id: Option<i64>,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// `check`, `subject`, what `was` and what is `now`.
    #[schema(value_type = Object)]
    pub change: Change,
}

pub(super) async fn view(conn: &mut PgConnection, row: WatchRow) -> Result<WatchView> {
    let hits = store::hits(conn, row.id).await?.into_iter().map(|h| {
        let change = serde_json::from_value(h.change).map_err(|e| Error::Broken(e.into()))?;
        Ok(WatchHitView { id: h.id, parcel_id: h.parcel_id, layer_version_id: h.layer_version_id, at: h.at, change })
    });
    Ok(WatchView {
        hits: hits.collect::<Result<_>>()?,
        id: row.id,
        case_id: row.case_id,
        consent_id: row.consent_id,
        began_at: row.began_at,
        ended_at: row.ended_at,
    })
}

/// Watches of a case, oldest first, with everything that was told.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<WatchView>> {
    let mut conn = app.pool.acquire().await?;
    let mut all = Vec::new();
    for row in store::of_case(&mut conn, case).await? {
        all.push(view(&mut conn, row).await?);
    }
    Ok(all)
}
