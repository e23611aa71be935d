use super::read::{ObligationView, lock_owed, open, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case::record;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::obligation::{self as store, Payment};
use serde::Deserialize;
use serde_json::json;
use time::Date;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": 24_000_000, "paid_on": "2026-10-12", "paper": "019a0000-0000-7000-8000-000000000001"}))]
pub struct Paid {
    /// Whole dong.
    pub amount: i64,
    #[schema(value_type = String)]
    pub paid_on: Date,
    /// The receipt: a paper of the case with a scan.
    pub paper: Uuid,
}

/// Notes a payment with its receipt; reminders end.
///
/// # Errors
/// `Refused` without a scan, with a day to come, or with less than the notice asks for.
pub async fn pay(app: &App, by: &Actor, id: Uuid, paid: Paid) -> Result<ObligationView> {
    if paid.paid_on > app.clock.today() {
        return Err(Error::refused("paid_on", "range", paid.paid_on, format!("up to {}", app.clock.today())));
    }
    let mut tx = begin(app).await?;
    let row = lock_owed(&mut tx, id).await?;
    let least = row.low.filter(|_| row.source == "notice").unwrap_or(0);
    if paid.amount < least {
        return Err(Error::refused("amount", "range", paid.amount, format!("{least} or more")));
    }
    let receipt = open(app, &mut tx, by, row.case_id, paid.paper).await?;
    let no_scan = || Error::refused("paper", "required", "a paper without a scan", "a receipt with its scan");
    let sha256 = receipt.scan_sha256.ok_or_else(no_scan)?;
    let at = app.clock.now();
    let payment = Payment {
        obligation_id: id,
        amount: paid.amount,
        paid_on: paid.paid_on,
        paper: (paid.paper, receipt.version),
        receipt_sha256: &sha256,
        by: &by.login,
        at,
    };
    store::pay(&mut tx, &payment).await?;
    store::set_state(&mut tx, id, "paid").await?;
    let deed = Deed {
        at,
        actor: &by.login,
        action: "obligation.pay",
        subject: format!("obligation/{id}"),
        case_id: Some(row.case_id),
        detail: json!({"receipt": sha256, "paid_on": paid.paid_on}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, row.case_id, Happened::ObligationPaid { obligation: id, what: row.what }).await?;
    let done = view(&mut tx, row.case_id, id).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "exempt by decision of the tax office"}))]
pub struct Dropping {
    /// Why it is not owed, without personal data: it goes into the audit.
    pub reason: String,
}

/// It is not owed after all.
pub async fn drop(app: &App, by: &Actor, id: Uuid, why: Dropping) -> Result<ObligationView> {
    let reason = why.reason.trim();
    let length = reason.chars().count();
    if !(3..=500).contains(&length) {
        return Err(Error::refused("reason", "length", length, "3-500"));
    }
    let mut tx = begin(app).await?;
    let row = lock_owed(&mut tx, id).await?;
    store::set_state(&mut tx, id, "dropped").await?;
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "obligation.drop",
        subject: format!("obligation/{id}"),
        case_id: Some(row.case_id),
        detail: json!({"reason": reason}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, row.case_id, Happened::ObligationDropped { obligation: id, what: row.what }).await?;
    let done = view(&mut tx, row.case_id, id).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}
