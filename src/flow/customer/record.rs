//! A customer's record: found again by keyed hashes, never merged in silence.

use crate::app::App;
use crate::domain::customer::{self, Keys, alike};
use crate::domain::paper::cccd::{self, IdNumber};
use crate::flow::case::Party;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::audit::{self, Deed};
pub(super) use crate::store::customer::Sought;
use crate::store::customer::{self as store, CustomerRow, MergeRow};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

pub(super) struct Known {
    pub id: Uuid,
    /// The case was not linked to it before.
    pub new: bool,
    /// Proposals to merge it with another record.
    pub proposed: usize,
}

/// A record by its id, or by that of one that became it.
pub(super) async fn current(tx: &mut PgConnection, id: Uuid) -> Result<CustomerRow> {
    let not_found = || Error::NotFound { what: "customer", id: id.to_string() };
    let found = store::get(tx, id).await?.ok_or_else(not_found)?;
    match found.merged_into {
        Some(keep) => store::get(tx, keep).await?.ok_or_else(not_found),
        None => Ok(found),
    }
}

/// The record that somebody found and named as that of the person before them.
///
/// # Errors
/// `NotFound`; `Conflict` `personal-data-erased`.
pub(super) async fn named(tx: &mut PgConnection, id: Uuid) -> Result<CustomerRow> {
    let row = current(tx, id).await?;
    match row.sealed.is_empty() {
        true => Err(Error::Conflict { code: "personal-data-erased", detail: row.id.to_string() }),
        false => Ok(row),
    }
}

/// What is known of a customer, brought up to date by what they tell now.
///
/// # Errors
/// Refused when nothing of what is told says that it is the same person.
pub(super) fn told_anew(app: &App, by: &Actor, known: &CustomerRow, told: Option<Party>) -> Result<Party> {
    let before: Party = open(app, known)?;
    let Some(told) = told else { return Ok(before) };
    if alike(&keys(known), &keys(&row(app, by, known.id, &told)?)).is_none() {
        return Err(Error::refused("person", "other-person", "", "the same id_number, or the same phone and name"));
    }
    Ok(Party {
        name: told.name,
        id_number: told.id_number.or(before.id_number),
        phone: told.phone.or(before.phone),
        email: told.email.or(before.email),
        address: told.address.or(before.address),
    })
}

/// The person of a record.
pub(super) fn open(app: &App, row: &CustomerRow) -> Result<Party> {
    let plain = app.vault.open(&place(row.id), &row.sealed)?;
    serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))
}

/// What its content is sealed for, and a read of it is logged under.
pub(super) fn place(id: Uuid) -> String {
    format!("customer/{id}")
}

/// The record of the person of a case: the one that was named, or made on first sight; brought up to date later.
///
/// # Errors
/// `Conflict` `customer-linked` when another one is named than the case has.
pub(super) async fn known(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    person: &Party,
    named: Option<Uuid>,
) -> Result<Known> {
    let linked = store::of_case(tx, case).await?;
    if let (Some(has), Some(named)) = (linked, named)
        && has != named
    {
        return Err(Error::Conflict { code: "customer-linked", detail: format!("the case is of customer {has}") });
    }
    let there = linked.or(named);
    let row = row(app, by, there.unwrap_or_else(|| app.clock.new_id()), person)?;
    match there {
        Some(_) => store::update(tx, &row).await?,
        None => store::insert(tx, &row).await?,
    }
    if linked.is_none() {
        store::link_case(tx, case, row.id).await?;
        let deed = Deed {
            at: row.created_at,
            actor: &by.login,
            action: if there.is_some() { "customer.link" } else { "customer.create" },
            subject: place(row.id),
            case_id: Some(case),
            detail: json!({}),
        };
        audit::write(tx, &deed).await?;
    }
    let mut proposed = 0;
    for other in store::near(tx, &row).await? {
        let Some(why) = alike(&keys(&other), &keys(&row)) else { continue };
        let (keep, fold) = if other.id < row.id { (other.id, row.id) } else { (row.id, other.id) };
        let merge = MergeRow {
            id: app.clock.new_id(),
            keep,
            fold,
            why: why.iter().map(|w| w.as_str().to_owned()).collect(),
            state: "proposed".into(),
            created_at: row.created_at,
            decided_by: None,
            decided_at: None,
        };
        store::propose(tx, &merge).await?;
        proposed += 1;
    }
    Ok(Known { id: row.id, new: linked.is_none(), proposed })
}

fn row(app: &App, by: &Actor, id: Uuid, person: &Party) -> Result<CustomerRow> {
    let plain = serde_json::to_vec(person).map_err(|e| Error::Broken(e.into()))?;
    let found_by = indexes(app, person.id_number.as_deref(), person.phone.as_deref(), Some(&person.name));
    Ok(CustomerRow {
        id,
        sealed: app.vault.seal(&place(id), &plain)?,
        id_index: found_by.id_number,
        phone_index: found_by.phone,
        name_index: found_by.name.unwrap_or_default(),
        merged_into: None,
        created_by: by.login.clone(),
        created_at: app.clock.now(),
    })
}

/// What a record is found again by: keyed hashes of a number, a phone, a name in their one form.
pub(super) fn indexes(app: &App, id_number: Option<&str>, phone: Option<&str>, name: Option<&str>) -> Sought {
    let number = id_number.and_then(|n| cccd::parse_number(n, "").ok()).map(|n| match n {
        IdNumber::Cccd(card) => card.number,
        IdNumber::Cmnd(digits) => digits,
    });
    let index = |kind: &str, value: &str| app.vault.index(kind, value).to_vec();
    Sought {
        id_number: number.map(|n| index("id_number", &n)),
        phone: phone.and_then(customer::phone).map(|p| index("phone", &p)),
        name: name.map(|n| index("name", &customer::name(n))),
    }
}

fn keys(row: &CustomerRow) -> Keys {
    Keys { id_number: row.id_index.clone(), phone: row.phone_index.clone(), name: row.name_index.clone() }
}
