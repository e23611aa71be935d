use super::read::{PaymentView, sum, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::contract::allocate;
use crate::domain::money::Dong;
use crate::flow::case::{self, Entry};
use crate::flow::contract::{get as contract_view, instalments};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::contract;
use crate::store::payment::{self, PaymentRow};
use serde::Deserialize;
use serde_json::json;
use time::Date;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reference": "FT26280123456", "amount": 3_000_000, "way": "transfer", "paid_on": "2026-10-05"}))]
pub struct NewPayment {
    /// Number of the transfer or of the cash slip, 3 to 80 characters. The same one again is the same payment.
    pub reference: String,
    /// Whole dong.
    pub amount: i64,
    /// cash or transfer.
    pub way: String,
    #[schema(value_type = String, format = Date)]
    pub paid_on: Date,
}

/// Records a payment once and issues its receipt; the oldest open instalment is filled first. Sent again it changes nothing.
///
/// # Errors
/// `Conflict` when the contract does not bind yet, or the reference belongs to another amount; `Refused` with more than is
/// open or a day to come.
pub async fn record(app: &App, by: &Actor, id: Uuid, new: NewPayment) -> Result<PaymentView> {
    let new = NewPayment { reference: new.reference.trim().to_owned(), ..new };
    check(app, &new)?;
    let bound = contract_view(app, id).await?.state == "concluded";
    if !bound {
        return Err(Error::Conflict { code: "contract-not-concluded", detail: "nothing is owed yet".into() });
    }
    let mut tx = begin(app).await?;
    let not_there = || Error::NotFound { what: "contract", id: id.to_string() };
    let row = contract::lock(&mut tx, id).await?.ok_or_else(not_there)?;
    let held = payment::of_contract(&mut tx, id).await?;
    let address = Some(format!("/api/v1/contracts/{id}/payments"));
    if let Some(same) = held.iter().find(|p| p.reference == new.reference) {
        if (same.amount, &same.way, same.paid_on) != (new.amount, &new.way, new.paid_on) {
            return Err(Error::Conflict {
                code: "payment-other",
                detail: "this reference was recorded otherwise".into(),
            });
        }
        let done = view(same.clone())?;
        commit(app, tx, by, &done, address).await?;
        return Ok(done);
    }
    let paid = sum(&held)?;
    let broken = |e: crate::domain::money::TooLarge| Error::Broken(e.into());
    let parts = allocate(&instalments(&row)?, paid, Dong(new.amount)).map_err(broken)?;
    let most = row.total - paid.0;
    let parts = parts.ok_or_else(|| Error::refused("amount", "range", new.amount, format!("1-{most}")))?;
    let (at, year) = (app.clock.now(), app.clock.today().year());
    let mut kept = PaymentRow {
        id: app.clock.new_id(),
        contract_id: id,
        reference: new.reference,
        amount: new.amount,
        way: new.way,
        paid_on: new.paid_on,
        recorded_by: by.login.clone(),
        recorded_at: at,
        receipt_id: Some(app.clock.new_id()),
        year: Some(year),
        no: None,
    };
    payment::insert(&mut tx, &kept).await?;
    let payment = kept.id;
    let event = |p: &crate::domain::contract::Part| -> Entry {
        Happened::PaymentReceived { payment, contract: id, instalment: p.instalment, amount: p.amount.0 }.into()
    };
    case::record_all(app, &mut tx, by, row.case_id, parts.iter().map(event).collect()).await?;
    // Last, so that others wait for the counter only a moment.
    let no = payment::next_receipt(&mut tx, year).await?;
    kept.no = Some(no);
    let receipt = kept.receipt_id.unwrap_or(payment);
    payment::insert_receipt(&mut tx, receipt, payment, (year, no), &by.login, at).await?;
    let deed = Deed {
        at,
        actor: &by.login,
        action: "payment.record",
        subject: format!("payment/{payment}"),
        case_id: Some(row.case_id),
        detail: json!({"contract": id, "amount": kept.amount, "receipt": [year, no]}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = view(kept)?;
    commit(app, tx, by, &done, address).await?;
    Ok(done)
}

fn check(app: &App, new: &NewPayment) -> Result<()> {
    let length = new.reference.chars().count();
    if !(3..=80).contains(&length) {
        return Err(Error::refused("reference", "length", length, "3-80"));
    }
    if new.amount <= 0 {
        return Err(Error::refused("amount", "range", new.amount, "1 and more"));
    }
    if !["cash", "transfer"].contains(&new.way.as_str()) {
        return Err(Error::refused("way", "not-in-list", &new.way, "cash, transfer"));
    }
    if new.paid_on > app.clock.today() {
        return Err(Error::refused("paid_on", "range", new.paid_on, format!("up to {}", app.clock.today())));
    }
    Ok(())
}
