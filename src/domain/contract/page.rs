//! What stands on the pages of a contract and of a receipt, for their templates. Everything is text already.

use super::Order;
use crate::domain::money::{Dong, amount_in_words, date_in_words, grouped};
use crate::domain::quotation::{Instalment, Line, Milestone, Offer, VatShown};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

/// One who signs as the customer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Party of the case.
    pub party: Uuid,
    pub name: String,
    pub id_number: String,
    pub address: String,
    pub phone: String,
}

/// The people of a contract.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    pub customers: Vec<Person>,
    /// Who signs for the firm, and as what.
    pub representative: String,
    pub position: String,
}

/// What a contract rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rests {
    pub quotation: i32,
    pub quotation_day: String,
    pub sheet: i32,
    pub sheet_digest: String,
    pub verification_digest: String,
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
    /// Number, what, price.
    pub lines: Vec<[String; 3]>,
    pub discount: Option<String>,
    pub vat: VatPage,
    pub total: String,
    pub total_in_words: String,
    /// Number, when, amount, amount in words.
    pub instalments: Vec<[String; 4]>,
    pub note: String,
    pub sign_by: String,
    pub sign_by_in_words: String,
    pub order: &'static str,
    pub rests: Rests,
}

#[derive(Serialize)]
pub struct VatPage {
    pub included: bool,
    pub percent: String,
    pub base: String,
    pub amount: String,
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
    pub order: Order,
    pub rests: Rests,
}

impl ContractPage {
    pub fn of(d: Drawn<'_>) -> Self {
        let line = |(i, l): (usize, &Line)| [(i + 1).to_string(), l.title.vi.to_string(), grouped(l.price.0)];
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
            vat: vat(&d.offer.vat),
            total: grouped(d.offer.total.0),
            total_in_words: amount_in_words(d.offer.total),
            instalments: d.offer.instalments.iter().map(instalment).collect(),
            note: d.offer.note.vi.to_string(),
            sign_by: day(d.sign_by),
            sign_by_in_words: date_in_words(d.sign_by),
            order: match d.order {
                Order::CustomersFirst => "Bên A ký trước, Bên B ký sau.",
                Order::FirmFirst => "Bên B ký trước, Bên A ký sau.",
                Order::Any => "Các bên ký không theo thứ tự bắt buộc.",
            },
            rests: d.rests,
        }
    }
}

fn vat(v: &VatShown) -> VatPage {
    VatPage {
        included: v.terms.included,
        percent: v.terms.percent.to_string().replace('.', ","),
        base: grouped(v.base.0),
        amount: grouped(v.amount.0),
    }
}

fn instalment(i: &Instalment) -> [String; 4] {
    let from = match i.on {
        Milestone::Signing => "hợp đồng có hiệu lực",
        Milestone::Submission => "hồ sơ được nộp",
        Milestone::Result => "có kết quả",
    };
    let when = format!("{}, trong {} ngày kể từ ngày {from}", i.title.vi, i.days);
    [i.no.to_string(), when, grouped(i.amount.0), amount_in_words(i.amount)]
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
    /// What of it is beyond what was owed.
    pub over: Option<String>,
    pub way: String,
    pub reference: String,
    pub paid_on: String,
    pub paid_in_words: String,
    pub cashier: String,
    /// Day on which it was taken back.
    pub void: Option<String>,
}
