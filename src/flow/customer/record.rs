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

/// The record of the person of a case: made on first sight, brought up to date later.
pub(super) async fn known(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid, person: &Party) -> Result<Known> {
    let linked = store::of_case(tx, case).await?;
    let row = row(app, by, linked.unwrap_or_else(|| app.clock.new_id()), person)?;
    match linked {
        Some(_) => store::update(tx, &row).await?,
        None => {
            store::insert(tx, &row).await?;
            store::link_case(tx, case, row.id).await?;
            let deed = Deed {
                at: row.created_at,
                actor: &by.login,
                action: "customer.create",
                subject: format!("customer/{}", row.id),
                case_id: Some(case),
                detail: json!({}),
            };
            audit::write(tx, &deed).await?;
        }
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
        sealed: app.vault.seal(&format!("customer/{id}"), &plain)?,
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
