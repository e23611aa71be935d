use super::facts::gather;
use crate::app::App;
use crate::domain::review::{self, Item, Standing};
use crate::domain::staff::Purpose;
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, message, word};
use crate::flow::case::Reading;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::review as store;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

/// Words in both languages under a stable key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Said {
    pub key: String,
    pub vi: String,
    pub en: String,
}

impl From<&Message> for Said {
    fn from(m: &Message) -> Self {
        Self { key: m.key.to_string(), vi: message(Lang::Vi, m), en: message(Lang::En, m) }
    }
}

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = ReviewItem)]
pub struct ItemView {
    /// Stable, e.g. `papers_complete`.
    pub code: String,
    pub title: Said,
    /// ok, not_ok or not_applicable.
    #[schema(value_type = String)]
    pub standing: Standing,
    /// A reviewer cannot accept it as it is.
    pub must: bool,
    pub because: Vec<Said>,
    /// What the reviewer said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// The checklist as things are.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Checklist {
    pub case_id: Uuid,
    /// The last event of the case it knows of; a review answers it.
    pub seq: i32,
    pub items: Vec<ItemView>,
    /// What bars you from reviewing this case; empty: nothing.
    pub your_work: Vec<Said>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReviewView {
    pub id: Uuid,
    pub case_id: Uuid,
    /// passed or returned.
    pub outcome: String,
    /// SHA-256 over the checklist's canonical form, hex.
    pub digest: String,
    pub reviewed_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub reviewed_at: OffsetDateTime,
    pub items: Vec<ItemView>,
}

/// The checklist of a case. Papers and record are read for it: logged.
pub async fn checklist(app: &App, by: &Actor, case: Uuid) -> Result<Checklist> {
    let found = gather(app, by, case).await?;
    if found.seq == 0 {
        return Err(Error::NotFound { what: "case", id: case.to_string() });
    }
    let items = review::checklist(&found.facts);
    Ok(Checklist {
        case_id: case,
        seq: found.seq,
        items: items.iter().map(|i| view(i, None)).collect(),
        your_work: review::own_work(&found.events, &by.login).iter().map(|w| Said::from(&w.said())).collect(),
    })
}

/// Reviews of a case, oldest first, with what was said: a logged read.
pub async fn list(app: &App, by: &Actor, case: Uuid, purpose: Purpose) -> Result<Vec<ReviewView>> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let mut all = Vec::new();
    for row in store::of_case(&mut reading.tx, case).await? {
        reading.log(&place(row.id)).await?;
        let broken = |e: serde_json::Error| Error::Broken(e.into());
        let remarks = serde_json::from_slice(&app.vault.open(&place(row.id), &row.sealed)?).map_err(broken)?;
        let items: Vec<Item> = serde_json::from_value(row.checklist.clone()).map_err(broken)?;
        all.push(review_view(row, &items, &remarks));
    }
    reading.end().await?;
    Ok(all)
}

/// What a reviewer says, by the code of the item.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Remarks(pub BTreeMap<String, String>);

pub(super) fn review_view(row: store::ReviewRow, items: &[Item], remarks: &Remarks) -> ReviewView {
    ReviewView {
        id: row.id,
        case_id: row.case_id,
        outcome: row.outcome,
        digest: row.digest,
        reviewed_by: row.reviewed_by,
        reviewed_at: row.reviewed_at,
        items: items.iter().map(|i| view(i, remarks.0.get(i.code.as_str()).cloned())).collect(),
    }
}

fn view(item: &Item, remark: Option<String>) -> ItemView {
    let key = format!("review-{}", item.code.as_str());
    ItemView {
        code: item.code.as_str().to_owned(),
        title: Said { vi: word(Lang::Vi, &key), en: word(Lang::En, &key), key },
        standing: item.standing,
        must: item.must,
        because: item.because.iter().map(Said::from).collect(),
        remark,
    }
}

pub(super) fn place(id: Uuid) -> String {
    format!("review/{id}")
}
