use super::read::number;
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::contract::{ReceiptPage, day};
use crate::domain::money::{Dong, amount_in_words, date_in_words, grouped};
use crate::domain::staff::Purpose;
use crate::flow::case::Reading;
use crate::flow::contract::parties;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::outside::press::Sheet;
use crate::store::{case, contract, payment};
use uuid::Uuid;

/// The receipt as PDF, with its number: a logged read. The same receipt gives the same bytes.
pub async fn receipt(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<(String, Vec<u8>)> {
    let not_there = || Error::NotFound { what: "receipt", id: id.to_string() };
    let mut conn = app.pool.acquire().await?;
    let paid = payment::by_receipt(&mut conn, id).await?.ok_or_else(not_there)?;
    let drawn = contract::get(&mut conn, paid.contract_id).await?.ok_or_else(not_there)?;
    let of = case::get(&mut conn, drawn.case_id).await?.ok_or_else(not_there)?;
    drop(conn);
    let mut reading = Reading::begin(app, by, drawn.case_id, purpose).await?;
    reading.log(&format!("contract/{}", drawn.id)).await?;
    reading.end().await?;
    let people = parties(app, &drawn)?;
    let number = number(paid.year.unwrap_or_default(), paid.no.unwrap_or_default());
    let page = ReceiptPage {
        firm: app.config.firm.clone(),
        number: number.clone(),
        day: day(day_of(paid.recorded_at)),
        contract: drawn.number,
        case: of.number,
        payer: people.name,
        address: people.address,
        amount: grouped(paid.amount),
        amount_in_words: amount_in_words(Dong(paid.amount)),
        way: if paid.way == "cash" { "tiền mặt" } else { "chuyển khoản" }.to_owned(),
        reference: paid.reference,
        paid_on: day(paid.paid_on),
        paid_in_words: date_in_words(paid.paid_on),
        cashier: paid.recorded_by,
    };
    let sheet = Sheet {
        template: "receipt",
        data: serde_json::to_value(&page).map_err(|e| Error::Broken(e.into()))?,
        pictures: vec![],
        attachments: vec![],
        ident: format!("receipt/{id}"),
        at: paid.recorded_at,
    };
    Ok((number, app.press.pdf(sheet).await?))
}
