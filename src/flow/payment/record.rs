use super::read::{ReceiptView, not_there, receipt_view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::contract::{Kind, owing, split, sums};
use crate::domain::money::{Dong, TooLarge};
use crate::flow::case::{self, Entry};
use crate::flow::contract::{get as contract_view, instalments};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::contract::{self, ContractRow};
use crate::store::payment::{self, PaymentRow, ReceiptRow};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;
use uuid::Uuid;

pub(super) const WAYS: &[&str] = &["cash", "transfer"];

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
    /// Takes more than is owed: what is beyond becomes an entry of its own, the customer's until it is paid back.
    #[serde(default)]
    pub overpay: bool,
    /// Enters anew a reference that was taken back.
    #[serde(default)]
    pub again: bool,
}

/// Records a payment once and issues its receipt; the oldest open instalment is filled first. Sent again it changes nothing.
///
/// # Errors
/// `Conflict` when the contract does not bind yet, or the reference was recorded otherwise or taken back; `Refused` with more
/// than is open or a day to come.
pub async fn record(app: &App, by: &Actor, id: Uuid, new: NewPayment) -> Result<ReceiptView> {
    let new = NewPayment { reference: new.reference.trim().to_owned(), ..new };
    check(app, &new)?;
    if contract_view(app, id).await?.state != "concluded" {
        return Err(Error::Conflict { code: "contract-not-concluded", detail: "nothing is owed yet".into() });
    }
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    let mut held = payment::of_contract(&mut tx, id).await?;
    let address = Some(format!("/api/v1/contracts/{id}/payments"));
    let attempt = match earlier(&held, &new)? {
        Earlier::Same(attempt) => {
            let all = payment::receipts(&mut tx, id).await?;
            let same = all.iter().find(|r| r.reference == new.reference && r.attempt == attempt);
            let same = same.ok_or_else(|| Error::Broken(anyhow::anyhow!("a payment of {id} has no receipt")))?;
            let done = receipt_view(same, &held);
            commit(app, tx, by, &done, address).await?;
            return Ok(done);
        }
        Earlier::None { attempt } => attempt,
    };
    let (made, events) = entries(app, by, &row, &held, &new, attempt)?;
    for entry in &made {
        payment::insert(&mut tx, entry).await?;
    }
    case::record_all(app, &mut tx, by, row.case_id, events).await?;
    held.extend(made);
    let receipt = receipt(app, &mut tx, by, id, (&new.reference, attempt)).await?;
    let done = receipt_view(&receipt, &held);
    let deed = Deed {
        at: receipt.issued_at,
        actor: &by.login,
        action: "payment.record",
        subject: format!("contract/{id}"),
        case_id: Some(row.case_id),
        detail: json!({"amount": new.amount, "receipt": done.number,
            "entries": done.entries.iter().map(|e| e.id).collect::<Vec<_>>()}),
    };
    audit::write(&mut tx, &deed).await?;
    commit(app, tx, by, &done, address).await?;
    Ok(done)
}

enum Earlier {
    /// It was recorded before, as this attempt.
    Same(i32),
    None {
        attempt: i32,
    },
}

/// What was recorded under the same reference.
fn earlier(held: &[PaymentRow], new: &NewPayment) -> Result<Earlier> {
    let of = || held.iter().filter(|p| p.reverses.is_none() && p.reference == new.reference);
    let Some(attempt) = of().map(|p| p.attempt).max() else { return Ok(Earlier::None { attempt: 1 }) };
    let gone: BTreeSet<Uuid> = held.iter().filter_map(|p| p.reverses).collect();
    let last = || of().filter(|p| p.attempt == attempt);
    if last().all(|p| gone.contains(&p.id)) {
        if new.again {
            return Ok(Earlier::None { attempt: attempt + 1 });
        }
        let detail = "say again to enter it anew".into();
        return Err(Error::Conflict { code: "payment-reversed", detail });
    }
    let alike = last().all(|p| (&p.way, p.paid_on) == (&new.way, new.paid_on));
    if alike && last().map(|p| p.amount).sum::<i64>() == new.amount {
        return Ok(Earlier::Same(attempt));
    }
    Err(Error::Conflict { code: "payment-other", detail: "it was recorded otherwise".into() })
}

/// Entries for a sum of money, and what they do to the instalments.
fn entries(
    app: &App,
    by: &Actor,
    row: &ContractRow,
    held: &[PaymentRow],
    new: &NewPayment,
    attempt: i32,
) -> Result<(Vec<PaymentRow>, Vec<Entry>)> {
    let broken = |e: TooLarge| Error::Broken(e.into());
    let ledger: Vec<_> = held.iter().map(PaymentRow::entry).collect();
    let paid = sums(&ledger).map_err(broken)?.paid;
    let (fills, beyond) = split(Dong(row.total), paid, Dong(new.amount), new.overpay)
        .map_err(|most| Error::refused("amount", "range", new.amount, format!("1-{}", most.0.0)))?;
    let entry = |kind: Kind, amount: Dong| PaymentRow {
        id: app.clock.new_id(),
        contract_id: row.id,
        kind: kind.as_str().to_owned(),
        reference: new.reference.clone(),
        attempt,
        amount: amount.0,
        way: new.way.clone(),
        paid_on: new.paid_on,
        reverses: None,
        reason: None,
        recorded_by: by.login.clone(),
        recorded_at: app.clock.now(),
    };
    let (mut made, mut events): (_, Vec<Entry>) = (Vec::new(), Vec::new());
    let contract = row.id;
    if fills > Dong::ZERO {
        let kept = entry(Kind::Payment, fills);
        let plan = instalments(row)?;
        let at = |paid| owing(&plan, &BTreeMap::new(), paid, app.clock.today()).map_err(broken);
        let (before, after) = (at(paid)?, at(paid.plus(fills).map_err(broken)?)?);
        for (b, a) in before.iter().zip(&after).filter(|(b, a)| b.paid != a.paid) {
            let (instalment, amount) = (b.instalment.no, a.paid.0 - b.paid.0);
            events.push(Happened::PaymentReceived { payment: kept.id, contract, instalment, amount }.into());
        }
        made.push(kept);
    }
    if beyond > Dong::ZERO {
        let kept = entry(Kind::Overpayment, beyond);
        events.push(Happened::OverpaymentReceived { payment: kept.id, contract, amount: beyond.0 }.into());
        made.push(kept);
    }
    Ok((made, events))
}

/// Numbered last, so that others wait for the counter only a moment.
async fn receipt(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    contract: Uuid,
    (reference, attempt): (&str, i32),
) -> Result<ReceiptRow> {
    let year = app.clock.today().year();
    let row = ReceiptRow {
        id: app.clock.new_id(),
        contract_id: contract,
        reference: reference.to_owned(),
        attempt,
        year,
        no: payment::next_receipt(tx, year).await?,
        issued_by: by.login.clone(),
        issued_at: app.clock.now(),
    };
    payment::insert_receipt(tx, &row).await?;
    Ok(row)
}

fn check(app: &App, new: &NewPayment) -> Result<()> {
    let length = new.reference.chars().count();
    if !(3..=80).contains(&length) {
        return Err(Error::refused("reference", "length", length, "3-80"));
    }
    if new.amount <= 0 {
        return Err(Error::refused("amount", "range", new.amount, "1 and more"));
    }
    if !WAYS.contains(&new.way.as_str()) {
        return Err(Error::refused("way", "not-in-list", &new.way, WAYS.join(", ")));
    }
    not_to_come(app, "paid_on", new.paid_on)
}

pub(super) fn not_to_come(app: &App, field: &str, day: Date) -> Result<()> {
    let today = app.clock.today();
    if day > today {
        return Err(Error::refused(field, "range", day, format!("up to {today}")));
    }
    Ok(())
}
