//! What an intake tells, put where it belongs, in the transaction of its act.

use super::intake::{IntakeView, NewConsent, NewIntake};
use super::record::{self, Known};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::verify::ParcelRef;
use crate::flow::case::{CaseView, Entry, Party, record_all};
use crate::flow::staff::Actor;
use crate::flow::task::{NewAppointment, appoint_in};
use crate::flow::{Error, Result};
use crate::store::case;
use crate::store::customer::{self as store, ConsentRow, IntakeRow, NewInvitation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::Duration;
use uuid::Uuid;

/// Everything told so far, kept sealed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Told {
    pub need: Option<String>,
    pub procedures: Vec<String>,
    pub person: Option<Party>,
    pub parcel_ref: Option<ParcelRef>,
}

pub(super) async fn apply(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    id: Uuid,
    new: NewIntake,
) -> Result<IntakeView> {
    let mut told = told_before(app, tx, id).await?;
    told.need = new.need.filter(|n| !n.trim().is_empty()).or(told.need);
    told.parcel_ref = new.parcel_ref.or(told.parcel_ref);
    told.person = new.person.or(told.person);
    let named = match new.customer {
        Some(id) => Some(record::named(tx, id).await?),
        None => None,
    };
    if let Some(row) = &named {
        told.person = Some(record::told_anew(app, by, row, told.person)?);
    }
    if !new.procedures.is_empty() {
        told.procedures = new.procedures;
    }
    let mut entries: Vec<Entry> = Vec::new();
    let known = match &told.person {
        Some(person) => Some(record::known(app, tx, by, id, person, named.map(|n| n.id)).await?),
        None => None,
    };
    let (customer, proposed) = match known {
        Some(Known { id: customer, new, proposed }) => {
            if new {
                entries.push(Happened::CustomerLinked { customer }.into());
            }
            (Some(customer), proposed)
        }
        None => (None, 0),
    };
    for c in &new.consents {
        let whose = customer.ok_or_else(|| Error::refused("person", "required", "", "who agrees"))?;
        entries.push(consent(app, tx, by, id, whose, c, new.channel).await?.1);
    }
    if new.invite {
        entries.push(invite_in(app, tx, id, customer).await?.1);
    }
    let missing = missing(&told, tx, id).await?;
    save(app, tx, id, &told, &missing).await?;
    entries.push(match missing.is_empty() {
        true => Happened::IntakeCompleted {}.into(),
        false => Happened::IntakeSaved { missing: missing.clone() }.into(),
    });
    record_all(app, tx, by, id, entries).await?;
    if let Some(first) = new.appointment {
        let new = NewAppointment {
            case_id: id,
            department: "legal".into(),
            task: None,
            at: first.at,
            minutes: 60,
            agency: None,
            place_text: first.place_text,
            lon: None,
            lat: None,
            assignee: None,
            with_customer: true,
            hold_minutes: None,
        };
        appoint_in(app, tx, by, new).await?;
    }
    let row = case::get(tx, id).await?.ok_or_else(|| Error::NotFound { what: "case", id: id.to_string() })?;
    Ok(IntakeView { case: CaseView::from(row), customer_id: customer, missing, merges_proposed: proposed })
}

pub(super) async fn told_before(app: &App, tx: &mut PgConnection, id: Uuid) -> Result<Told> {
    let Some(row) = store::intake(tx, id).await? else { return Ok(Told::default()) };
    let plain = app.vault.open(&place(id), &row.sealed)?;
    serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))
}

async fn save(app: &App, tx: &mut PgConnection, id: Uuid, told: &Told, missing: &[String]) -> Result<()> {
    let plain = serde_json::to_vec(told).map_err(|e| Error::Broken(e.into()))?;
    let row = IntakeRow {
        case_id: id,
        sealed: app.vault.seal(&place(id), &plain)?,
        procedures: told.procedures.clone(),
        missing: missing.to_vec(),
        updated_at: app.clock.now(),
    };
    Ok(store::save_intake(tx, &row).await?)
}

async fn missing(told: &Told, tx: &mut PgConnection, id: Uuid) -> Result<Vec<String>> {
    let agreed = store::consents(tx, id).await?;
    let agreed = agreed.iter().any(|c| c.what == "processing" && c.withdrawn_at.is_none());
    let phone = told.person.as_ref().is_some_and(|p| p.phone.is_some());
    let lacks = [
        ("name", told.person.is_none()),
        ("phone", !phone),
        ("need", told.need.is_none()),
        ("procedure", told.procedures.is_empty()),
        ("parcel", told.parcel_ref.is_none()),
        ("consent", !agreed),
    ];
    Ok(lacks.into_iter().filter(|(_, lacks)| *lacks).map(|(what, _)| what.to_owned()).collect())
}

pub(super) async fn consent(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case_id: Uuid,
    customer_id: Uuid,
    new: &NewConsent,
    channel: crate::domain::case::Channel,
) -> Result<(ConsentRow, Entry)> {
    let channel = serde_json::to_value(channel).map_err(|e| Error::Broken(e.into()))?;
    let row = ConsentRow {
        id: app.clock.new_id(),
        case_id,
        customer_id,
        what: new.what.clone(),
        text_version: new.text_version.trim().to_owned(),
        channel: channel.as_str().unwrap_or_default().to_owned(),
        given_at: app.clock.now(),
        withdrawn_at: None,
    };
    store::add_consent(tx, &row).await?;
    super::consent::note(app, tx, by, &row, "consent.give").await?;
    let entry = Happened::ConsentGiven { consent: row.id, what: row.what.clone() }.into();
    Ok((row, entry))
}

/// How long an invitation can be used.
const OPEN_FOR: Duration = Duration::days(14);

/// The code is kept as a hash to compare with, and sealed for the notice that carries it to the customer.
pub(super) async fn invite_in(
    app: &App,
    tx: &mut PgConnection,
    case_id: Uuid,
    customer: Option<Uuid>,
) -> Result<(NewInvitation, Entry)> {
    let customer_id = customer.ok_or_else(|| Error::refused("person", "required", "", "who is invited"))?;
    let id = app.clock.new_id();
    let code = hex::encode(&app.clock.secret()[..6]);
    let now = app.clock.now();
    let row = NewInvitation {
        id,
        case_id,
        customer_id,
        code_hash: Sha256::digest(code.as_bytes()).to_vec(),
        sealed_code: app.vault.seal(&format!("account_invitation/{id}"), code.as_bytes())?,
        created_at: now,
        expires_at: now + OPEN_FOR,
    };
    store::invite(tx, &row).await?;
    Ok((row, Happened::AccountInvited { invitation: id }.into()))
}

fn place(case: Uuid) -> String {
    format!("case_intake/{case}")
}
