use super::CaseView;
use super::record::record;
use crate::app::App;
use crate::domain::case::number::CaseNumber;
use crate::domain::case::{Channel, Happened};
use crate::domain::parcel;
use crate::domain::problem::FieldProblem;
use crate::domain::verify::{ParcelRef, Wish};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case::{self, CaseRow};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"procedure": "transfer", "wish": {"target_use": "ODT"},
    "parcel_ref": {"commune_name": "Phường Mẫu", "sheet": "12", "number": "345"}}))]
pub struct NewCase {
    /// Code of a procedure, e.g. `transfer`, `split`, `change_of_use` (`data/procedures`).
    pub procedure: String,
    /// What the customer wants to do: `target_use`, `split_parts`, `split_wkt`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub wish: Wish,
    /// The parcel as the customer's papers name it: `commune_code` or `commune_name`, `sheet`, `number`.
    #[schema(value_type = Object)]
    pub parcel_ref: ParcelRef,
    /// The parcel on the map, when it is already known.
    #[serde(default)]
    pub parcel: Option<ParcelId>,
    /// How the customer came to us: hotline, website, app, office, referral, api.
    #[serde(default = "at_the_office")]
    #[schema(value_type = String, default = "office")]
    pub channel: Channel,
}

fn at_the_office() -> Channel {
    Channel::Office
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ParcelId {
    /// EPSG code of its cadastral zone.
    pub zone: i32,
    pub id: Uuid,
}

pub async fn create(app: &App, by: &Actor, new: NewCase) -> Result<CaseView> {
    let mut problems = problems(&new);
    problems.extend(unknown_procedure(app, "procedure", &new.procedure));
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let now = app.clock.now();
    let mut tx = begin(app).await?;
    if let Some(p) = new.parcel
        && !case::parcel_exists(&mut tx, p.zone, p.id).await?
    {
        return Err(Error::refused("parcel", "parcel-unknown", format!("{}/{}", p.zone, p.id), "a parcel on the map"));
    }
    let running = case::next_running_number(&mut tx).await?;
    let row = CaseRow {
        id: app.clock.new_id(),
        number: CaseNumber { year: app.clock.today().year(), running }.to_string(),
        procedure: new.procedure,
        state: "intake".into(),
        wish: serde_json::to_value(&new.wish).map_err(|e| Error::Broken(e.into()))?,
        zone: new.parcel.map(|p| p.zone),
        parcel_id: new.parcel.map(|p| p.id),
        // in one spelling: other cases find it by sheet and number
        parcel_ref: serde_json::to_value(parcel::normalise(&new.parcel_ref)).map_err(|e| Error::Broken(e.into()))?,
        version: 1,
        created_by: by.login.clone(),
        created_at: now,
        updated_at: now,
        turn: "ours".into(),
        state_since: now,
        customer_id: None,
    };
    case::insert(&mut tx, &row).await?;
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "case.create",
        subject: format!("case/{}", row.id),
        case_id: Some(row.id),
        detail: json!({"number": row.number, "procedure": row.procedure}),
    };
    audit::write(&mut tx, &deed).await?;
    let opened = Happened::Opened { channel: new.channel, procedures: vec![row.procedure.clone()] };
    record(app, &mut tx, by, row.id, opened).await?;
    let view = CaseView::from(row);
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{}", view.id))).await?;
    Ok(view)
}

/// The procedure of a case whose customer has not said what they wish for.
pub(in crate::flow) const UNDECIDED: &str = "inquiry";

/// What is wrong with the code of a procedure: only those that are shipped have papers, days and fees.
pub(in crate::flow) fn unknown_procedure(app: &App, field: &str, code: &str) -> Option<FieldProblem> {
    let known = &app.book.procedures.procedures;
    let all = || known.iter().map(|p| p.code.as_str()).collect::<Vec<_>>().join(", ");
    (!known.iter().any(|p| p.code == code)).then(|| FieldProblem::new(field, "procedure-unknown", code, all()))
}

fn problems(new: &NewCase) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if let Err(problems) = parcel::check(&new.parcel_ref) {
        found.extend(problems.into_iter().map(|p| FieldProblem { field: format!("parcel_ref.{}", p.field), ..p }));
    }
    for (field, value) in [("parcel_ref.sheet", &new.parcel_ref.sheet), ("parcel_ref.number", &new.parcel_ref.number)] {
        if value.trim().is_empty() {
            found.push(FieldProblem::new(field, "required", value, "12, 12A, 10-123456"));
        }
    }
    found.extend(wish_problem(&new.wish));
    found
}

/// What is wrong with what a customer wishes for.
pub(in crate::flow) fn wish_problem(wish: &Wish) -> Option<FieldProblem> {
    let parts = wish.split_parts.filter(|n| !(2..=100).contains(n))?;
    Some(FieldProblem::new("wish.split_parts", "range", parts, "2-100"))
}
