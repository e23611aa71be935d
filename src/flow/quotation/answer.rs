use super::read::{QuotationView, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::quotation::Standing;
use crate::flow::case::{self, Entry, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::quotation;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Why customers say no.
const REASONS: &[&str] = &["price", "time", "other_firm", "not_wanted", "terms", "other"];

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"accepted": false, "reason": "price", "words": "Giá cao hơn dự kiến"}))]
pub struct Answered {
    pub accepted: bool,
    /// Of a refusal: price, time, other_firm, not_wanted, terms, other.
    #[serde(default)]
    pub reason: Option<String>,
    /// The customer's words, kept sealed: at most 1,000 characters.
    #[serde(default)]
    pub words: String,
}

/// Records what the customer says to the newest quotation.
///
/// # Errors
/// `Conflict` when it is answered, replaced or expired; `Refused` when a refusal gives no reason.
pub async fn answer(app: &App, by: &Actor, id: Uuid, said: Answered) -> Result<QuotationView> {
    let reason = said.reason.filter(|_| !said.accepted);
    if !said.accepted && !reason.as_deref().is_some_and(|r| REASONS.contains(&r)) {
        return Err(Error::refused("reason", "not-in-list", reason.unwrap_or_default(), REASONS.join(", ")));
    }
    let sealed = sealed_words(&said.words)?;
    let mut tx = begin(app).await?;
    let not_there = || Error::NotFound { what: "quotation", id: id.to_string() };
    let case_id = quotation::get(&mut tx, id).await?.ok_or_else(not_there)?.case_id;
    lock_open(&mut tx, case_id).await?;
    let mut row = quotation::get(&mut tx, id).await?.ok_or_else(not_there)?;
    let newest = quotation::next_version(&mut tx, case_id).await? == row.version + 1;
    let now = app.clock.now();
    let standing = Standing::of(row.accepted, row.withdrawn, newest, row.valid_to, app.clock.today());
    if standing != Standing::Offered || !quotation::answer(&mut tx, id, reason.as_deref(), &by.login, now).await? {
        return Err(Error::Conflict { code: "quotation-closed", detail: standing.name().to_owned() });
    }
    let version = u32::try_from(row.version).map_err(|e| Error::Broken(e.into()))?;
    let what = match &reason {
        None => Happened::QuotationAccepted { quotation: id, version },
        Some(r) => Happened::QuotationRefused { quotation: id, version, reason: r.clone() },
    };
    case::record(app, &mut tx, by, case_id, Entry { what, sealed }).await?;
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "quotation.answer",
        subject: format!("quotation/{id}"),
        case_id: Some(case_id),
        detail: json!({"version": version, "accepted": said.accepted, "reason": reason}),
    };
    audit::write(&mut tx, &deed).await?;
    (row.accepted, row.answered_at) = (Some(said.accepted), Some(now));
    row.reason = reason;
    let done = view(row, if said.accepted { Standing::Accepted } else { Standing::Refused })?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

/// Words of a person, to be sealed with the event; none: nothing was said.
pub(in crate::flow) fn sealed_words(words: &str) -> Result<Option<Value>> {
    let (words, length) = (words.trim(), words.trim().chars().count());
    if length > 1000 {
        return Err(Error::refused("words", "length", length, "0-1000"));
    }
    Ok((length > 0).then(|| json!({"words": words})))
}
