//! What is open over all cases, and what screens offer to choose from: procedures and packages.

use super::guard::By;
use super::input::{Page, Paging, Params, one_of, whom};
use super::problem::Result;
use crate::app::App;
use crate::domain::calendar::day_begins;
use crate::domain::case::Procedure;
use crate::domain::quotation::PriceList;
use crate::store::desk::{
    self, IssueListed, ItemListed, ObligationListed, OpenCount, OpenFilter, RoundCount, TaskCount,
};
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use time::Date;
use time::macros::date;
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_open_issues))
        .routes(routes!(list_request_items))
        .routes(routes!(list_obligations))
        .routes(routes!(open_counts))
        .routes(routes!(task_counts))
        .routes(routes!(round_counts))
        .routes(routes!(list_procedures))
        .routes(routes!(list_price_lists))
}

fn solved() -> Object {
    one_of(&["open", "resolved"])
}

fn needs() -> Object {
    one_of(&["missing", "unreadable", "expired", "contradicts", "boundary"])
}

fn item_states() -> Object {
    one_of(&["open", "met", "dropped"])
}

fn owed_states() -> Object {
    one_of(&["open", "paid", "dropped"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfIssues {
    #[param(schema_with = solved, example = "open")]
    state: Option<String>,
    /// Whose: `me`, or the id of a member of staff.
    #[param(example = "me")]
    owner: Option<String>,
    #[param(example = "neighbour_objects")]
    topic: Option<String>,
    /// To be solved up to and on this day.
    #[param(value_type = Option<String>, example = "2026-12-31")]
    due_by: Option<Date>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfItems {
    #[param(schema_with = item_states, example = "open")]
    state: Option<String>,
    #[param(schema_with = needs, example = "missing")]
    need: Option<String>,
    /// Asked for up to and on this day.
    #[param(value_type = Option<String>, example = "2026-12-31")]
    due_by: Option<Date>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfObligations {
    #[param(schema_with = owed_states, example = "open")]
    state: Option<String>,
    #[param(example = "registration_fee")]
    what: Option<String>,
    /// To be paid up to and on this day.
    #[param(value_type = Option<String>, example = "2026-12-31")]
    due_by: Option<Date>,
}

const NEVER: Date = date!(9999 - 12 - 31);

fn filter(paging: &Paging, f: OpenFilter) -> Result<OpenFilter> {
    Ok(OpenFilter { after: paging.key()?, limit: paging.fetch(), ..f })
}

/// Problems of all cases without their words, by their day.
#[utoipa::path(get, path = "/issues", tag = "cases", params(OfIssues, Paging), responses((status = 200, body = Page<IssueListed>)))]
async fn list_open_issues(
    State(app): State<App>,
    By(actor): By,
    Params(f): Params<OfIssues>,
    paging: Paging,
) -> Result<Response> {
    let owner = whom(&actor, "owner", f.owner.as_deref())?;
    let f = OpenFilter { state: f.state, owner, what: f.topic, due_by: f.due_by, ..OpenFilter::default() };
    let rows = desk::issues(&mut *app.pool.acquire().await?, &filter(&paging, f)?).await?;
    Ok(paging.page(rows, |i| (i.due, i.id)))
}

/// What customers of all cases were asked for, by the day they were given.
#[utoipa::path(get, path = "/request-items", tag = "papers", params(OfItems, Paging), responses((status = 200, body = Page<ItemListed>)))]
async fn list_request_items(State(app): State<App>, Params(f): Params<OfItems>, paging: Paging) -> Result<Response> {
    let f = OpenFilter { state: f.state, what: f.need, due_by: f.due_by, ..OpenFilter::default() };
    let rows = desk::items(&mut *app.pool.acquire().await?, &filter(&paging, f)?).await?;
    Ok(paging.page(rows, |i| (i.due, i.id)))
}

/// Taxes and fees of all cases, by their day; those without one last.
#[utoipa::path(get, path = "/obligations", tag = "obligations", params(OfObligations, Paging), responses((status = 200, body = Page<ObligationListed>)))]
async fn list_obligations(
    State(app): State<App>,
    Params(f): Params<OfObligations>,
    paging: Paging,
) -> Result<Response> {
    let f = OpenFilter { state: f.state, what: f.what, due_by: f.due_by, ..OpenFilter::default() };
    let rows = desk::obligations(&mut *app.pool.acquire().await?, &filter(&paging, f)?).await?;
    Ok(paging.page(rows, |o| (o.due.unwrap_or(NEVER), o.id)))
}

/// How much is open over all cases, and how much of it is late: problems, papers asked for, taxes and fees, and signed pages of the
/// firm that wait for a second person.
#[utoipa::path(get, path = "/open-counts", tag = "cases", responses((status = 200, body = Vec<OpenCount>)))]
async fn open_counts(State(app): State<App>) -> Result<Json<Vec<OpenCount>>> {
    Ok(Json(desk::counts(&mut *app.pool.acquire().await?, app.clock.today()).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OfTasks {
    /// Whose: `me`, or the id of a member of staff.
    #[param(example = "me")]
    assignee: Option<String>,
}

/// How many tasks that are not over each department has, by state, and how many of them are late.
#[utoipa::path(get, path = "/task-counts", tag = "tasks", params(OfTasks), responses((status = 200, body = Vec<TaskCount>)))]
async fn task_counts(
    State(app): State<App>,
    By(actor): By,
    Params(f): Params<OfTasks>,
) -> Result<Json<Vec<TaskCount>>> {
    let assignee = whom(&actor, "assignee", f.assignee.as_deref())?;
    Ok(Json(desk::tasks(&mut *app.pool.acquire().await?, app.clock.today(), assignee).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Opened {
    /// Opened on this day or later.
    #[param(value_type = Option<String>, format = Date, example = "2026-01-01")]
    from: Option<Date>,
    /// Opened up to and on this day.
    #[param(value_type = Option<String>, format = Date, example = "2026-12-31")]
    to: Option<Date>,
}

/// How many rounds of paper requests cases take, by procedure: what we are measured by. Zero or one is what we are after.
#[utoipa::path(get, path = "/round-counts", tag = "papers", params(Opened), responses((status = 200, body = Vec<RoundCount>)))]
async fn round_counts(State(app): State<App>, Params(f): Params<Opened>) -> Result<Json<Vec<RoundCount>>> {
    let (from, to) = (f.from.map(day_begins), f.to.and_then(Date::next_day).map(day_begins));
    Ok(Json(desk::rounds(&mut *app.pool.acquire().await?, from, to).await?))
}

/// A procedure to choose, as it is in force today in the whole country; provinces may have their own.
#[derive(Serialize, utoipa::ToSchema)]
struct ProcedureChoice {
    #[schema(example = "transfer")]
    code: String,
    /// In Vietnamese and English.
    #[schema(value_type = Object, example = json!({"vi": "Chuyển nhượng", "en": "Transfer"}))]
    title: crate::domain::theme::Bilingual,
    /// None: no version is in force, or its source gives no number.
    #[schema(example = 10)]
    working_days: Option<u32>,
    #[schema(value_type = Option<String>, example = "secondary")]
    standing: Option<crate::domain::rule::Standing>,
}

/// Procedures that a case may be opened for.
#[utoipa::path(get, path = "/procedures", tag = "cases", responses((status = 200, body = Vec<ProcedureChoice>)))]
async fn list_procedures(State(app): State<App>) -> Json<Vec<ProcedureChoice>> {
    let book = &app.book.procedures;
    let choice = |p: &Procedure| {
        let now = book.find(&p.code, None, app.clock.today());
        ProcedureChoice {
            code: p.code.clone(),
            title: p.title.clone(),
            working_days: now.and_then(|v| v.working_days),
            standing: now.map(|v| v.standing),
        }
    };
    Json(book.procedures.iter().map(choice).collect())
}

/// Price lists in force today, with the packages that a quotation may offer and the procedures each fits.
#[utoipa::path(get, path = "/price-lists", tag = "quotations", responses((status = 200, body = Vec<Object>,
    example = json!([{"code": "house-2026", "valid_from": "2026-01-01", "packages": [{"code": "standard", "procedures": ["transfer"]}]}]))))]
async fn list_price_lists(State(app): State<App>) -> Json<Vec<PriceList>> {
    Json(app.book.prices.on(app.clock.today()).cloned().collect())
}
