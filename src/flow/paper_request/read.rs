use crate::app::App;
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::paper_request::{self as store, ItemRow};
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct RequestView {
    pub id: Uuid,
    pub case_id: Uuid,
    /// From 1.
    pub round: i32,
    /// Day in Viet Nam.
    #[schema(value_type = String)]
    pub due: Date,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub items: Vec<ItemView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = RequestItem)]
pub struct ItemView {
    pub id: Uuid,
    /// missing, unreadable, expired, contradicts or boundary.
    pub need: String,
    /// A kind the service knows; `titled`: an authority asks for it in its own words.
    pub paper_kind: String,
    /// Those words, when read for a purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The paper in hand it is about.
    pub paper_id: Option<Uuid>,
    /// Check that found it, or `expiry`.
    pub because: String,
    pub detail: String,
    /// open, met or dropped.
    pub state: String,
    pub settled_by: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub settled_at: Option<OffsetDateTime>,
}

/// Requests of a case, oldest first, each with its items.
pub async fn list(app: &App, case: Uuid) -> Result<Vec<RequestView>> {
    let mut conn = app.pool.acquire().await?;
    if crate::store::case::get(&mut conn, case).await?.is_none() {
        return Err(Error::NotFound { what: "case", id: case.to_string() });
    }
    list_in(&mut conn, case).await
}

/// As [`list`], with the titles that authorities gave: a logged read.
pub async fn open(app: &App, by: &Actor, case: Uuid, purpose: Purpose) -> Result<Vec<RequestView>> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let mut all = list_in(&mut reading.tx, case).await?;
    let mut titles = BTreeMap::new();
    for row in store::items(&mut reading.tx, case).await? {
        let Some(sealed) = &row.sealed_title else { continue };
        reading.log(&place(row.id)).await?;
        let plain = app.vault.open(&place(row.id), sealed)?;
        titles.insert(row.id, String::from_utf8(plain).map_err(|e| Error::Broken(e.into()))?);
    }
    reading.end().await?;
    all.iter_mut().flat_map(|r| &mut r.items).for_each(|i| i.title = titles.remove(&i.id));
    Ok(all)
}

/// Place of the title of an item.
pub(in crate::flow) fn place(id: Uuid) -> String {
    format!("request_item/{id}")
}

pub(in crate::flow) async fn list_in(conn: &mut PgConnection, case: Uuid) -> Result<Vec<RequestView>> {
    let items = store::items(conn, case).await?;
    let requests = store::of_case(conn, case).await?.into_iter().map(|r| RequestView {
        items: items.iter().filter(|i| i.request_id == r.id).cloned().map(item_view).collect(),
        id: r.id,
        case_id: r.case_id,
        round: r.round,
        due: r.due,
        created_by: r.created_by,
        created_at: r.created_at,
    });
    Ok(requests.collect())
}

pub(super) fn item_view(i: ItemRow) -> ItemView {
    ItemView {
        id: i.id,
        need: i.need,
        paper_kind: i.paper_kind,
        title: None,
        paper_id: i.paper_id,
        because: i.because,
        detail: i.detail,
        state: i.state,
        settled_by: i.settled_by,
        settled_at: i.settled_at,
    }
}
