//! Who a customer is, and what they told us: read for a purpose and logged in each case of theirs.

use super::apply::{Told, told_before};
use super::record::{Sought, current, indexes, open, place};
use crate::app::App;
use crate::domain::customer;
use crate::domain::paper::cccd;
use crate::domain::problem::FieldProblem;
use crate::domain::staff::Purpose;
use crate::domain::verify::ParcelRef;
use crate::flow::case::{Party, Reading};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::audit;
use crate::store::customer::{self as store, CaseOf, CustomerRow};
use crate::store::retention;
use serde::Serialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A customer with their cases.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct CustomerView {
    pub id: Uuid,
    /// None: their personal data are erased.
    pub person: Option<Party>,
    /// Newest first.
    pub cases: Vec<CaseOf>,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// What is known of whom one looks for; one of them at least.
#[derive(Clone, Default)]
pub struct Search {
    pub id_number: Option<String>,
    pub phone: Option<String>,
    pub name: Option<String>,
}

/// A customer by the id of their record, or of one that became theirs.
pub async fn get(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<CustomerView> {
    let mut tx = begin(app).await?;
    let row = current(&mut tx, id).await?;
    let view = read(app, &mut tx, by, row, purpose).await?;
    tx.commit().await?;
    Ok(view)
}

/// Customers with all of these, oldest first; 50 at most.
///
/// # Errors
/// Refused by field when nothing is given, or a number that cannot be one.
pub async fn search(app: &App, by: &Actor, asked: Search, purpose: Purpose) -> Result<Vec<CustomerView>> {
    let sought = sought(app, &asked)?;
    let mut tx = begin(app).await?;
    let mut found = Vec::new();
    for row in store::sought(&mut tx, &sought).await? {
        found.push(read(app, &mut tx, by, row, purpose).await?);
    }
    tx.commit().await?;
    Ok(found)
}

fn sought(app: &App, asked: &Search) -> Result<Sought> {
    let mut faults: Vec<FieldProblem> = Vec::new();
    faults.extend(asked.id_number.as_ref().and_then(|n| cccd::parse_number(n, "id_number").err()));
    if asked.phone.as_ref().is_some_and(|p| customer::phone(p).is_none()) {
        faults.push(FieldProblem::new("phone", "phone", "too few or too many digits", "8-15 digits"));
    }
    if asked.name.as_ref().is_some_and(|n| customer::name(n).is_empty()) {
        faults.push(FieldProblem::new("name", "length", "0", "1-200"));
    }
    if asked.id_number.is_none() && asked.phone.is_none() && asked.name.is_none() {
        faults.push(FieldProblem::new("id_number", "required", "", "one of id_number, phone, name"));
    }
    match faults.is_empty() {
        true => Ok(indexes(app, asked.id_number.as_deref(), asked.phone.as_deref(), asked.name.as_deref())),
        false => Err(Error::Refused(faults)),
    }
}

async fn read(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    row: CustomerRow,
    purpose: Purpose,
) -> Result<CustomerView> {
    let place = place(row.id);
    let cases = store::cases_of(tx, row.id).await?;
    let person = match row.sealed.is_empty() {
        true => None,
        false => {
            for case in &cases {
                audit::personal_data_read(tx, app.clock.now(), &by.login, case.id, &place, purpose.as_str()).await?;
            }
            Some(open(app, &row)?)
        }
    };
    Ok(CustomerView { id: row.id, person, cases, created_by: row.created_by, created_at: row.created_at })
}

/// What was told at the intake of a case, and what is missing of it.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct IntakeTold {
    pub case_id: Uuid,
    pub customer_id: Option<Uuid>,
    /// In the customer's words.
    pub need: Option<String>,
    pub procedures: Vec<String>,
    pub person: Option<Party>,
    #[schema(value_type = Option<Object>)]
    pub parcel_ref: Option<ParcelRef>,
    /// name, phone, need, procedure, parcel, consent.
    pub missing: Vec<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// # Errors
/// `NotFound` for a case that did not come by an intake, `Conflict` `personal-data-erased`.
pub async fn intake(app: &App, by: &Actor, case: Uuid, purpose: Purpose) -> Result<IntakeTold> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    if retention::of_case(&mut reading.tx, case).await?.is_some() {
        return Err(Error::Conflict { code: "personal-data-erased", detail: case.to_string() });
    }
    let row = store::intake(&mut reading.tx, case).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "intake", id: case.to_string() })?;
    reading.log(&format!("case_intake/{case}")).await?;
    let Told { need, procedures, person, parcel_ref } = told_before(app, &mut reading.tx, case).await?;
    let customer_id = store::of_case(&mut reading.tx, case).await?;
    reading.end().await?;
    let (missing, updated_at) = (row.missing, row.updated_at);
    Ok(IntakeTold { case_id: case, customer_id, need, procedures, person, parcel_ref, missing, updated_at })
}
