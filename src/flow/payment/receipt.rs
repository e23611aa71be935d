use super::read::{covered, number};
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::contract::{Kind, ReceiptPage, day};
use crate::domain::money::{Dong, amount_in_words, date_in_words, grouped};
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::contract::parties;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::outside::press::Sheet;
use crate::store::payment::{PaymentRow, ReceiptRow};
use crate::store::{case, contract, payment};
use time::Date;
use uuid::Uuid;

/// The receipt as PDF, with its number: a logged read. The same receipt gives the same bytes; one whose money was taken back
/// says so.
pub async fn receipt(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<(String, Vec<u8>)> {
    let not_there = || Error::NotFound { what: "receipt", id: id.to_string() };
    let mut conn = app.pool.acquire().await?;
    let receipt = payment::receipt(&mut conn, id).await?.ok_or_else(not_there)?;
    let drawn = contract::get(&mut conn, receipt.contract_id).await?.ok_or_else(not_there)?;
    let of = case::get(&mut conn, drawn.case_id).await?.ok_or_else(not_there)?;
    let held = payment::of_contract(&mut conn, drawn.id).await?;
    drop(conn);
    let mut reading = Reading::begin(app, by, drawn.case_id, purpose).await?;
    reading.log(&format!("receipt/{id}")).await?;
    reading.end().await?;
    let people = parties(app, &drawn)?;
    let covered: Vec<&PaymentRow> = covered(&receipt, &held).collect();
    let first = covered.first().ok_or_else(not_there)?;
    let amount = Dong(covered.iter().map(|p| p.amount).sum());
    let over: i64 = covered.iter().filter(|p| p.kind == Kind::Overpayment.as_str()).map(|p| p.amount).sum();
    let page = ReceiptPage {
        firm: app.config.firm.clone(),
        number: number(&receipt),
        day: day(day_of(receipt.issued_at)),
        contract: drawn.number.clone(),
        case: of.number,
        payer: people.customers.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", "),
        address: people.customers.first().map(|p| p.address.clone()).unwrap_or_default(),
        amount: grouped(amount.0),
        amount_in_words: amount_in_words(amount),
        over: (over > 0).then(|| grouped(over)),
        way: if first.way == "cash" { "Tiền mặt" } else { "Chuyển khoản" }.to_owned(),
        reference: receipt.reference.clone(),
        paid_on: day(first.paid_on),
        paid_in_words: date_in_words(first.paid_on),
        cashier: receipt.issued_by.clone(),
        void: void(&covered, &held).map(day),
    };
    Ok((page.number.clone(), set(app, &receipt, &page).await?))
}

/// The day on which the last of it was taken back; none while some of it stands.
fn void(covered: &[&PaymentRow], held: &[PaymentRow]) -> Option<Date> {
    let back = |p: &&PaymentRow| held.iter().find(|r| r.reverses == Some(p.id)).map(|r| r.paid_on);
    covered.iter().map(back).collect::<Option<Vec<_>>>()?.into_iter().max()
}

async fn set(app: &App, receipt: &ReceiptRow, page: &ReceiptPage) -> Result<Vec<u8>> {
    let sheet = Sheet {
        template: "receipt",
        data: serde_json::to_value(page).map_err(|e| Error::Broken(e.into()))?,
        pictures: vec![],
        attachments: vec![],
        ident: format!("receipt/{}", receipt.id),
        at: receipt.issued_at,
    };
    Ok(app.press.pdf(sheet).await?)
}
