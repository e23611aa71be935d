//! The people in a case. Everything about them is sealed; they are found again by a keyed hash of the identity number.

use super::personal::Reading;
use super::read::lock_open;
use super::record::record;
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::paper::cccd::{self, IdNumber};
use crate::domain::problem::FieldProblem;
use crate::domain::staff::Purpose;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case::{self, PartyRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

const ROLES: &[&str] = &["holder", "spouse", "representative", "buyer", "customer", "heir", "neighbour", "other"];

/// A person or organisation, as they are known to us.
#[derive(Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Người Mẫu Hai", "id_number": "001099000017", "phone": "0900000000"}))]
pub struct Party {
    pub name: String,
    /// CCCD (12 digits) or CMND (9 digits).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewParty {
    /// holder, spouse, representative, buyer, customer, heir, neighbour, other.
    pub role: String,
    pub person: Party,
}

#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct PartyView {
    pub id: Uuid,
    pub role: String,
    /// None in the answer to adding one: the sender knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Party>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

pub async fn add_party(app: &App, by: &Actor, case_id: Uuid, new: NewParty) -> Result<PartyView> {
    let problems = problems(&new);
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let id = app.clock.new_id();
    let plain = serde_json::to_vec(&new.person).map_err(|e| Error::Broken(e.into()))?;
    let number = new.person.id_number.as_deref().and_then(|n| cccd::parse_number(n, "").ok()).map(|n| match n {
        IdNumber::Cccd(card) => card.number,
        IdNumber::Cmnd(digits) => digits,
    });
    let row = PartyRow {
        id,
        case_id,
        role: new.role,
        sealed: app.vault.seal(&place(id), &plain)?,
        id_index: number.map(|n| app.vault.index("id_number", &n).to_vec()),
        created_at: app.clock.now(),
    };
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case_id).await?;
    case::insert_party(&mut tx, &row).await?;
    let deed = Deed {
        at: row.created_at,
        actor: &by.login,
        action: "case.add_party",
        subject: format!("case/{case_id}"),
        case_id: Some(case_id),
        detail: json!({"party": id, "role": row.role}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, case_id, Happened::PartyAdded { party: id, role: row.role.clone() }).await?;
    let view = PartyView { id, role: row.role, person: None, created_at: row.created_at };
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case_id}/parties"))).await?;
    Ok(view)
}

/// Who is in the case. Each one handed out is a logged read.
pub async fn parties(app: &App, by: &Actor, case_id: Uuid, purpose: Purpose) -> Result<Vec<PartyView>> {
    let mut reading = Reading::begin(app, by, case_id, purpose).await?;
    let rows = case::parties(&mut reading.tx, case_id).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        reading.log(&place(row.id)).await?;
        let plain = app.vault.open(&place(row.id), &row.sealed)?;
        let person = serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?;
        views.push(PartyView { id: row.id, role: row.role, person: Some(person), created_at: row.created_at });
    }
    reading.end().await?;
    Ok(views)
}

fn place(id: Uuid) -> String {
    format!("party/{id}")
}

fn problems(new: &NewParty) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if !ROLES.contains(&new.role.as_str()) {
        found.push(FieldProblem::new("role", "not-in-list", &new.role, ROLES.join(", ")));
    }
    let length = new.person.name.trim().chars().count();
    if !(1..=200).contains(&length) {
        found.push(FieldProblem::new("person.name", "length", length, "1-200"));
    }
    if let Some(n) = &new.person.id_number {
        found.extend(cccd::parse_number(n, "person.id_number").err());
    }
    if let Some(p) = &new.person.phone {
        let digits = p.chars().filter(char::is_ascii_digit).count();
        if !(8..=15).contains(&digits) {
            found.push(FieldProblem::new("person.phone", "phone", format!("{digits} digits"), "8-15 digits"));
        }
    }
    found
}
