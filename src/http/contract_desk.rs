//! Desks over all cases: quotations, contracts and instalments, with filters and counts.

use super::input::{Page, Paging, Params};
use super::problem::{Problem, Result};
use crate::app::App;
use crate::domain::contract::Standing;
use crate::store::contract_desk::{
    self as desk, ContractListed, DeskCount, DeskFilter, InstalmentListed, QuotationListed,
};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use time::Date;
use time::macros::date;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_quotations))
        .routes(routes!(count_quotations))
        .routes(routes!(list_contracts))
        .routes(routes!(count_contracts))
        .routes(routes!(list_instalments))
        .routes(routes!(count_instalments))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfQuotations {
    /// offered, accepted, refused, replaced, expired, withdrawn.
    #[param(example = "offered")]
    state: Option<String>,
    case_id: Option<Uuid>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfContracts {
    /// open, concluded, refused, replaced, expired.
    #[param(example = "open")]
    state: Option<String>,
    /// Whose signature is missing first: customer, firm.
    #[param(example = "customer")]
    next: Option<String>,
    case_id: Option<Uuid>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfInstalments {
    /// paid, waiting, due, overdue.
    #[param(example = "overdue")]
    state: Option<String>,
    case_id: Option<Uuid>,
    /// To be paid up to and on this day.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-31")]
    due_by: Option<Date>,
}

fn known(field: &str, asked: Option<String>, names: &[&str]) -> Result<Option<String>> {
    match asked {
        Some(name) if !names.contains(&name.as_str()) => {
            Err(Problem::refused(field, "not-in-list", name, names.join(", ")))
        }
        other => Ok(other),
    }
}

/// Quotations of all cases, newest first.
#[utoipa::path(get, path = "/quotations", tag = "quotations", params(OfQuotations, Paging),
    responses((status = 200, body = Page<QuotationListed>)))]
async fn list_quotations(State(app): State<App>, Params(f): Params<OfQuotations>, paging: Paging) -> Result<Response> {
    let names = ["offered", "accepted", "refused", "replaced", "expired", "withdrawn"];
    let state = known("state", f.state, &names)?;
    let filter =
        DeskFilter { state, case_id: f.case_id, before: paging.key()?, limit: paging.fetch(), ..DeskFilter::default() };
    let rows = desk::quotations(&mut *app.pool.acquire().await?, app.clock.today(), &filter).await?;
    Ok(paging.page(rows, |q| q.id))
}

/// How many quotations stand where, and what they come to.
#[utoipa::path(get, path = "/quotation-counts", tag = "quotations", responses((status = 200, body = Vec<DeskCount>)))]
async fn count_quotations(State(app): State<App>) -> Result<Json<Vec<DeskCount>>> {
    Ok(Json(desk::count_quotations(&mut *app.pool.acquire().await?, app.clock.today()).await?))
}

/// Contracts of all cases, newest first.
#[utoipa::path(get, path = "/contracts", tag = "contracts", params(OfContracts, Paging),
    responses((status = 200, body = Page<ContractListed>)))]
async fn list_contracts(State(app): State<App>, Params(f): Params<OfContracts>, paging: Paging) -> Result<Response> {
    let filter = DeskFilter {
        state: known("state", f.state, Standing::NAMES)?,
        next: known("next", f.next, &["customer", "firm"])?,
        case_id: f.case_id,
        before: paging.key()?,
        limit: paging.fetch(),
        ..DeskFilter::default()
    };
    let rows = desk::contracts(&mut *app.pool.acquire().await?, app.clock.today(), &filter).await?;
    Ok(paging.page(rows, |c| c.id))
}

/// How many contracts stand where, and what they come to.
#[utoipa::path(get, path = "/contract-counts", tag = "contracts", responses((status = 200, body = Vec<DeskCount>)))]
async fn count_contracts(State(app): State<App>) -> Result<Json<Vec<DeskCount>>> {
    Ok(Json(desk::count_contracts(&mut *app.pool.acquire().await?, app.clock.today()).await?))
}

/// Instalments of contracts that bind, by their last day; those whose point is not reached last.
#[utoipa::path(get, path = "/instalments", tag = "payments", params(OfInstalments, Paging),
    responses((status = 200, body = Page<InstalmentListed>)))]
async fn list_instalments(
    State(app): State<App>,
    Params(f): Params<OfInstalments>,
    paging: Paging,
) -> Result<Response> {
    let filter = DeskFilter {
        state: known("state", f.state, &["paid", "waiting", "due", "overdue"])?,
        case_id: f.case_id,
        due_by: f.due_by,
        after: paging.key()?,
        limit: paging.fetch(),
        ..DeskFilter::default()
    };
    let rows = desk::instalments(&mut *app.pool.acquire().await?, app.clock.today(), &filter).await?;
    Ok(paging.page(rows, |i| (i.due.unwrap_or(date!(9999 - 12 - 31)), i.contract_id, i.no)))
}

/// How many instalments stand where, and what is open of them.
#[utoipa::path(get, path = "/instalment-counts", tag = "payments", responses((status = 200, body = Vec<DeskCount>)))]
async fn count_instalments(State(app): State<App>) -> Result<Json<Vec<DeskCount>>> {
    Ok(Json(desk::count_instalments(&mut *app.pool.acquire().await?, app.clock.today()).await?))
}
