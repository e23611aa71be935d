use super::day;
use super::read::{SubmissionView, view};
use super::step::origin;
use crate::app::App;
use crate::domain::calendar::{Calendar, day_of};
use crate::domain::case::{Happened, Step};
use crate::domain::submission::due;
use crate::flow::case::{self, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::submission::{self as store, SubmissionRow};
use crate::store::{agency, commune, work_plan};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agency": "vpdk.example", "receipt_number": "H01.22-261005-0007", "submitted_on": "2026-10-05",
    "promised": "2026-10-19"}))]
pub struct NewSubmission {
    /// Code of an agency in use.
    pub agency: String,
    /// As the authority numbers it: 1 to 60 characters.
    pub receipt_number: String,
    /// Today when left out; up to 60 days back, not before the contract stood.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub submitted_on: Option<Date>,
    /// The day printed on the receipt.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub promised: Option<Date>,
    /// What is applied for; the procedure of the contract when left out.
    #[serde(default)]
    pub procedure: Option<String>,
}

/// Notes that the dossier was handed in; what was open of one that came back is settled by it. From then on it is the authority's move, by the term of the procedure in this
/// province.
///
/// # Errors
/// `Conflict` when the case is not at work, or the agency gave this number before; `Refused` with an unknown agency or
/// procedure, or a day that cannot be.
pub async fn submit(app: &App, by: &Actor, case_id: Uuid, new: NewSubmission) -> Result<SubmissionView> {
    let number = new.receipt_number.trim();
    let length = number.chars().count();
    if !(1..=60).contains(&length) {
        return Err(Error::refused("receipt_number", "length", length, "1-60"));
    }
    let mut tx = begin(app).await?;
    let (contract, since) = at_work(&mut tx, case_id).await?;
    if agency::get(&mut tx, &new.agency).await?.is_none_or(|a| !a.active) {
        return Err(Error::refused("agency", "agency-unknown", &new.agency, "the code of an agency in use"));
    }
    let on = day(app, "submitted_on", new.submitted_on, since)?;
    if let Some(promised) = new.promised.filter(|p| *p < on) {
        return Err(Error::refused("promised", "range", promised, format!("{on} or later")));
    }
    let (procedure, province) = what(app, &mut tx, case_id, contract, new.procedure).await?;
    let version = app.book.procedures.find(&procedure, province.as_deref(), on);
    let calendar = Calendar::shipped().map_err(anyhow::Error::msg)?;
    let row = SubmissionRow {
        id: app.clock.new_id(),
        case_id,
        agency: new.agency,
        procedure,
        receipt_number: number.to_owned(),
        submitted_on: on,
        due: due(version, calendar, on),
        promised: new.promised,
        recorded_by: by.login.clone(),
        recorded_at: app.clock.now(),
    };
    if !store::insert(&mut tx, &row).await? {
        return Err(Error::Conflict { code: "receipt-known", detail: row.receipt_number });
    }
    let deed = Deed {
        at: row.recorded_at,
        actor: &by.login,
        action: "submission.submit",
        subject: format!("submission/{}", row.id),
        case_id: Some(case_id),
        detail: json!({"agency": row.agency, "procedure": row.procedure, "on": on, "due": row.due, "promised": row.promised}),
    };
    audit::write(&mut tx, &deed).await?;
    let told = Happened::Submitted {
        submission: row.id,
        agency: row.agency.clone(),
        procedure: row.procedure.clone(),
        due: row.due,
        province,
        on: Some(on),
    };
    case::settle_found(app, &mut tx, by, case_id, &origin(&row.procedure)).await?;
    record(app, &mut tx, by, case_id, told).await?;
    let done = view(row, vec![]);
    commit(app, tx, by, &done, Some(format!("/api/v1/submissions/{}", done.id))).await?;
    Ok(done)
}

/// The contract of a case at work, and the day since which it stands.
async fn at_work(tx: &mut PgConnection, case_id: Uuid) -> Result<(Uuid, Date)> {
    let standing = case::lock(tx, case_id).await?;
    let step = standing.as_ref().map_or("nothing", |c| c.step.name());
    let Some(Step::Execution { contract }) = standing.as_ref().map(|c| &c.step) else {
        return Err(Error::Conflict { code: "case-step", detail: format!("the case is in {step}") });
    };
    let bound = case::history_of(tx, case_id).await?.into_iter().find_map(|e| match e.what {
        Happened::ContractConcluded { .. } => Some(day_of(e.at)),
        _ => None,
    });
    Ok((*contract, bound.unwrap_or(Date::MIN)))
}

/// What is applied for, and in which province.
async fn what(
    app: &App,
    tx: &mut PgConnection,
    case_id: Uuid,
    contract: Uuid,
    asked: Option<String>,
) -> Result<(String, Option<String>)> {
    let procedure = match asked {
        Some(code) if app.book.procedures.procedure(&code).is_none() => {
            let known: Vec<&str> = app.book.procedures.procedures.iter().map(|p| p.code.as_str()).collect();
            return Err(Error::refused("procedure", "not-in-list", code, known.join(", ")));
        }
        Some(code) => code,
        None => work_plan::procedure(tx, case_id, contract).await?,
    };
    let province = match work_plan::commune(tx, case_id).await? {
        Some(code) => commune::find(&mut *tx, &code).await?.and_then(|c| c.province_code),
        None => None,
    };
    Ok((procedure, province))
}
