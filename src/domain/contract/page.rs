//! What stands on the pages of a contract and of a receipt, for their templates. Everything is text already.

use crate::domain::money::{Dong, amount_in_words, date_in_words, grouped};
use crate::domain::quotation::Offer;
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

/// The people of a contract.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// Party of the case who signs as the customer.
    pub customer: Uuid,
    pub name: String,
    pub id_number: String,
    pub address: String,
    pub phone: String,
    /// Who signs for the firm, and as what.
    pub representative: String,
    pub position: String,
}

/// What a contract rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rests {
    pub quotation: i32,
    pub sheet: String,
    pub verification: String,
    pub as_of: String,
}

#[derive(Serialize)]
pub struct ContractPage {
    pub firm: String,
    pub number: String,
    pub case: String,
    pub day: String,
    pub day_in_words: String,
    pub parties: Parties,
    pub procedure: String,
    pub parcel: String,
    pub lines: Vec<[String; 3]>,
    pub discount: Option<String>,
    pub total: String,
    pub total_in_words: String,
    /// Number, when, amount, amount in words.
    pub instalments: Vec<[String; 4]>,
    pub note: String,
    pub sign_by: String,
    pub rests: Rests,
}

/// What the page is made of.
pub struct Drawn<'a> {
    pub firm: &'a str,
    pub number: &'a str,
    pub case: &'a str,
    pub day: Date,
    pub parties: &'a Parties,
    pub procedure: &'a str,
    pub parcel: String,
    pub offer: &'a Offer,
    pub sign_by: Date,
    pub rests: Rests,
}

impl ContractPage {
    pub fn of(d: Drawn<'_>) -> Self {
        let line = |(i, l): (usize, &crate::domain::quotation::Line)| {
            [(i + 1).to_string(), l.title.vi.clone(), grouped(l.price.0)]
        };
        let instalment = |i: &crate::domain::quotation::Instalment| {
            let days = i.days.map(|n| format!(" (trong {n} ngày kể từ ngày hợp đồng có hiệu lực)")).unwrap_or_default();
            [i.no.to_string(), format!("{}{days}", i.title.vi), grouped(i.amount.0), amount_in_words(i.amount)]
        };
        Self {
            firm: d.firm.to_owned(),
            number: d.number.to_owned(),
            case: d.case.to_owned(),
            day: day(d.day),
            day_in_words: date_in_words(d.day),
            parties: d.parties.clone(),
            procedure: d.procedure.to_owned(),
            parcel: d.parcel,
            lines: d.offer.lines.iter().enumerate().map(line).collect(),
            discount: (d.offer.discount > Dong::ZERO).then(|| grouped(d.offer.discount.0)),
            total: grouped(d.offer.total.0),
            total_in_words: amount_in_words(d.offer.total),
            instalments: d.offer.instalments.iter().map(instalment).collect(),
            note: d.offer.note.clone(),
            sign_by: day(d.sign_by),
            rests: d.rests,
        }
    }
}

/// `05/10/2026`.
pub fn day(d: Date) -> String {
    format!("{:02}/{:02}/{:04}", d.day(), u8::from(d.month()), d.year())
}

#[derive(Serialize)]
pub struct ReceiptPage {
    pub firm: String,
    pub number: String,
    pub day: String,
    pub contract: String,
    pub case: String,
    pub payer: String,
    pub address: String,
    pub amount: String,
    pub amount_in_words: String,
    pub way: String,
    pub reference: String,
    pub paid_on: String,
    pub paid_in_words: String,
    pub cashier: String,
}
