use super::read::EntryView;
use super::record::{WAYS, not_to_come};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::contract::Kind;
use crate::flow::case;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::contract;
use crate::store::payment::{self, PaymentRow};
use serde::Deserialize;
use serde_json::json;
use time::Date;
use uuid::Uuid;

const REASONS: &[&str] = &["entered_wrongly", "not_received", "paid_back"];

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "paid_back", "reference": "FT26281000001", "way": "transfer", "on": "2026-10-06"}))]
pub struct Reversal {
    /// entered_wrongly, not_received (a transfer that bounced), paid_back.
    pub reason: String,
    /// Of paying back: number of the transfer or of the cash slip, 3 to 80 characters; otherwise that of the entry.
    #[serde(default)]
    pub reference: Option<String>,
    /// Of paying back: cash or transfer; otherwise that of the entry.
    #[serde(default)]
    pub way: Option<String>,
    /// Day of it; today when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub on: Option<Date>,
}

/// Takes an entry back, whole, by a new entry. Sent again it changes nothing.
///
/// # Errors
/// `Refused` when the reason is none, or a repayment has no reference; `Conflict` when the entry is a reversal itself, or was
/// taken back for another reason.
pub async fn reverse(app: &App, by: &Actor, id: Uuid, how: Reversal) -> Result<EntryView> {
    let not_there = || Error::NotFound { what: "payment", id: id.to_string() };
    let found = payment::get(&mut *app.pool.acquire().await?, id).await?.ok_or_else(not_there)?;
    let new = checked(app, by, &found, how)?;
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, found.contract_id).await?.ok_or_else(not_there)?;
    let held = payment::of_contract(&mut tx, row.id).await?;
    let address = Some(format!("/api/v1/contracts/{}/payments", row.id));
    if let Some(before) = held.iter().find(|p| p.reverses == Some(id)) {
        if before.reason != new.reason {
            return Err(Error::Conflict {
                code: "payment-reversed",
                detail: format!("as {}", before.reason.as_deref().unwrap_or_default()),
            });
        }
        let done = EntryView::from(before.clone());
        commit(app, tx, by, &done, address).await?;
        return Ok(done);
    }
    payment::insert(&mut tx, &new).await?;
    let happened = Happened::PaymentReversed { payment: id, amount: new.amount };
    case::record(app, &mut tx, by, row.case_id, happened).await?;
    let deed = Deed {
        at: new.recorded_at,
        actor: &by.login,
        action: "payment.reverse",
        subject: format!("contract/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"entry": id, "amount": new.amount, "reason": new.reason}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = EntryView::from(new);
    commit(app, tx, by, &done, address).await?;
    Ok(done)
}

fn checked(app: &App, by: &Actor, found: &PaymentRow, how: Reversal) -> Result<PaymentRow> {
    if found.kind == Kind::Reversal.as_str() {
        return Err(Error::Conflict { code: "payment-reversal", detail: "enter the payment anew instead".into() });
    }
    if !REASONS.contains(&how.reason.as_str()) {
        return Err(Error::refused("reason", "not-in-list", how.reason, REASONS.join(", ")));
    }
    let back = how.reason == "paid_back";
    let reference = how.reference.map(|r| r.trim().to_owned()).filter(|_| back);
    let length = reference.as_ref().map_or(0, |r| r.chars().count());
    if back && !(3..=80).contains(&length) {
        return Err(Error::refused("reference", "length", length, "3-80"));
    }
    let way = how.way.filter(|_| back).unwrap_or_else(|| found.way.clone());
    if !WAYS.contains(&way.as_str()) {
        return Err(Error::refused("way", "not-in-list", way, WAYS.join(", ")));
    }
    let on = how.on.unwrap_or_else(|| app.clock.today());
    not_to_come(app, "on", on)?;
    Ok(PaymentRow {
        id: app.clock.new_id(),
        kind: Kind::Reversal.as_str().to_owned(),
        reference: reference.unwrap_or_else(|| found.reference.clone()),
        way,
        paid_on: on,
        reverses: Some(found.id),
        reason: Some(how.reason),
        recorded_by: by.login.clone(),
        recorded_at: app.clock.now(),
        ..found.clone()
    })
}
