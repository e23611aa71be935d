use crate::app::App;
use crate::domain::case::asking::Wanted;
use crate::domain::staff::Purpose;
use crate::domain::verify::text::Lang;
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::audit;
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
    /// What is asked, in words: in lists, in the language asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
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

impl ItemView {
    fn in_words(&mut self, lang: Lang) {
        let wanted = Wanted {
            need: &self.need,
            paper_kind: &self.paper_kind,
            title: self.title.as_deref(),
            because: &self.because,
            detail: &self.detail,
            in_hand: self.paper_id.is_some(),
        };
        (self.what, self.why) = (Some(wanted.what(lang)), wanted.why(lang));
    }
}

/// A round as the customer sees it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct RoundTold {
    /// From 1.
    pub round: i32,
    /// Day in Viet Nam.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    #[serde(with = "time::serde::rfc3339")]
    pub asked_at: OffsetDateTime,
    pub items: Vec<ItemTold>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ItemTold {
    #[schema(example = "Xin gửi: căn cước.")]
    pub what: String,
    pub why: Option<String>,
    /// open, met or dropped.
    pub state: String,
}

/// What was asked for in a case, told to its customer: in words, with the titles that authorities gave, without names of staff.
/// The reads are logged.
pub(in crate::flow) async fn told(app: &App, by: &Actor, case: Uuid, lang: Lang) -> Result<Vec<RoundTold>> {
    let mut tx = begin(app).await?;
    let mut all = list_in(&mut tx, case).await?;
    let titles = titles(app, &mut tx, case).await?;
    for id in titles.keys() {
        let (at, why) = (app.clock.now(), Purpose::DataSubjectRequest.as_str());
        audit::personal_data_read(&mut tx, at, &by.login, case, &place(*id), why).await?;
    }
    tx.commit().await?;
    worded(&mut all, titles, lang);
    let item = |i: ItemView| ItemTold { what: i.what.unwrap_or_default(), why: i.why, state: i.state };
    let round = |r: RequestView| RoundTold {
        round: r.round,
        due: r.due,
        asked_at: r.created_at,
        items: r.items.into_iter().map(item).collect(),
    };
    Ok(all.into_iter().map(round).collect())
}

/// Titles that authorities gave, opened.
async fn titles(app: &App, conn: &mut PgConnection, case: Uuid) -> Result<BTreeMap<Uuid, String>> {
    let mut titles = BTreeMap::new();
    for row in store::items(conn, case).await? {
        let Some(sealed) = &row.sealed_title else { continue };
        let plain = app.vault.open(&place(row.id), sealed)?;
        titles.insert(row.id, String::from_utf8(plain).map_err(|e| Error::Broken(e.into()))?);
    }
    Ok(titles)
}

fn worded(all: &mut [RequestView], mut titles: BTreeMap<Uuid, String>, lang: Lang) {
    for item in all.iter_mut().flat_map(|r| &mut r.items) {
        item.title = titles.remove(&item.id);
        item.in_words(lang);
    }
}

/// Requests of a case, oldest first, each with its items.
pub async fn list(app: &App, case: Uuid, lang: Lang) -> Result<Vec<RequestView>> {
    let mut conn = app.pool.acquire().await?;
    if crate::store::case::get(&mut conn, case).await?.is_none() {
        return Err(Error::NotFound { what: "case", id: case.to_string() });
    }
    let mut all = list_in(&mut conn, case).await?;
    worded(&mut all, BTreeMap::new(), lang);
    Ok(all)
}

/// As [`list`], with the titles that authorities gave: a logged read.
pub async fn open(app: &App, by: &Actor, case: Uuid, purpose: Purpose, lang: Lang) -> Result<Vec<RequestView>> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let mut all = list_in(&mut reading.tx, case).await?;
    let titles = titles(app, &mut reading.tx, case).await?;
    for id in titles.keys() {
        reading.log(&place(*id)).await?;
    }
    reading.end().await?;
    worded(&mut all, titles, lang);
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
        what: None,
        why: None,
        paper_id: i.paper_id,
        because: i.because,
        detail: i.detail,
        state: i.state,
        settled_by: i.settled_by,
        settled_at: i.settled_at,
    }
}
