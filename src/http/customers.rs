//! Customers as they come in: the intake, what they agreed to, and records that may be one person.

use super::guard::By;
use super::input::{Input, Page, Paging, Params};
use super::language::lang;
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::case::parse_purpose;
use crate::flow::customer::{
    self, ConsentView, CustomerView, Followed, Following, IntakeTold, IntakeView, InvitationView, Invited, MergeView,
    NewConsent, NewIntake, Search,
};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(take_in))
        .routes(routes!(get_intake, resume_intake))
        .routes(routes!(search_customers))
        .routes(routes!(get_customer))
        .routes(routes!(get_invitation, invite_customer))
        .routes(routes!(follow_case))
        .routes(routes!(list_consents, give_consent))
        .routes(routes!(withdraw_consent))
        .routes(routes!(list_merges))
        .routes(routes!(decide_merge))
}

/// Take a customer in, by any channel: one case with what they told, who they are, what they agreed to, a first appointment
/// and an invitation. What is missing can come later.
#[utoipa::path(post, path = "/intakes", tag = "intake", request_body = NewIntake, responses((status = 201, body = IntakeView)))]
async fn take_in(State(app): State<App>, By(actor): By, Input(new): Input<NewIntake>) -> Result<Response> {
    let view = customer::take(&app, &actor, new).await?;
    Ok(made(&view, &format!("/api/v1/cases/{}", view.case.id)))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Purposed {
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    #[param(required = true, example = "contact_customer")]
    purpose: Option<String>,
}

/// What a customer told when they came in, in their words, and what is still missing of it. A logged read of personal data; field and
/// sales staff need a task of this case.
#[utoipa::path(get, path = "/cases/{id}/intake", tag = "intake", params(("id" = Uuid, Path), Purposed),
    responses((status = 200, body = IntakeTold)))]
async fn get_intake(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Purposed>,
) -> Result<Json<IntakeTold>> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    Ok(Json(customer::intake(&app, &actor, id, purpose).await?))
}

/// Somebody one looks for: in the body, as addresses are logged and kept on the way.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "0900 000 000", "purpose": "contact_customer"}))]
struct CustomerSearch {
    /// CCCD (12 digits) or CMND (9 digits).
    #[serde(default)]
    id_number: Option<String>,
    /// In any spelling: `+84 90...` and `090...` are one.
    #[serde(default)]
    phone: Option<String>,
    /// The whole name, with or without marks.
    #[serde(default)]
    name: Option<String>,
    /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request. Kept with the read.
    purpose: String,
}

/// Who calls? Customers with all that is given, and their cases; 50 at most. A logged read of personal data, in each of their cases.
#[utoipa::path(post, path = "/customers/search", tag = "intake", request_body = CustomerSearch,
    responses((status = 200, body = Page<CustomerView>)))]
async fn search_customers(
    State(app): State<App>,
    By(actor): By,
    Input(asked): Input<CustomerSearch>,
) -> Result<Json<Page<CustomerView>>> {
    let CustomerSearch { id_number, phone, name, purpose } = asked;
    let purpose = parse_purpose(Some(&purpose))?;
    let items = customer::search(&app, &actor, Search { id_number, phone, name }, purpose).await?;
    Ok(Json(Page { items, next: None }))
}

/// A customer and their cases; of a record that was merged, the one it became. A logged read of personal data, in each of their cases.
#[utoipa::path(get, path = "/customers/{id}", tag = "intake", params(("id" = Uuid, Path), Purposed),
    responses((status = 200, body = CustomerView)))]
async fn get_customer(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Purposed>,
) -> Result<Json<CustomerView>> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    Ok(Json(customer::get(&app, &actor, id, purpose).await?))
}

/// The link and code by which the customer follows this case, to be told to them on two ways: a logged read.
#[utoipa::path(get, path = "/cases/{id}/invitation", tag = "intake", params(("id" = Uuid, Path), Purposed),
    responses((status = 200, body = InvitationView)))]
async fn get_invitation(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Purposed>,
) -> Result<Json<InvitationView>> {
    let purpose = parse_purpose(why.purpose.as_deref())?;
    Ok(Json(customer::invitation(&app, &actor, id, purpose).await?))
}

/// Invite the customer of a case to follow it, after the intake too. An earlier invitation holds no longer; the code is read with
/// `GET`.
#[utoipa::path(post, path = "/cases/{id}/invitation", tag = "intake", params(("id" = Uuid, Path)),
    responses((status = 201, body = Invited)))]
async fn invite_customer(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Response> {
    let view = customer::invite(&app, &actor, id).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/invitation")))
}

/// What a customer sees of their case: what happened, why, who, what comes next and by when, and what they were asked for. With the
/// code of their invitation, in the body, never in an address; in the language asked for.
#[utoipa::path(post, path = "/follow", tag = "intake", request_body = Following,
    responses((status = 200, body = Followed), (status = 404, description = "not-found"), (status = 409, description = "conflict")))]
async fn follow_case(
    State(app): State<App>,
    headers: HeaderMap,
    Input(asked): Input<Following>,
) -> Result<Json<Followed>> {
    Ok(Json(customer::follow(&app, asked, lang(&headers)).await?))
}

/// Go on with an intake: what is told now is added to what was told before.
#[utoipa::path(post, path = "/cases/{id}/intake", tag = "intake", params(("id" = Uuid, Path)), request_body = NewIntake,
    responses((status = 200, body = IntakeView)))]
async fn resume_intake(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(more): Input<NewIntake>,
) -> Result<Json<IntakeView>> {
    Ok(Json(customer::resume(&app, &actor, id, more).await?))
}

/// What the customer of a case agreed to, withdrawn consents too.
#[utoipa::path(get, path = "/cases/{id}/consents", tag = "intake", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<ConsentView>)))]
async fn list_consents(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<ConsentView>>> {
    Ok(Json(customer::consents(&app, id).await?))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"channel": "office", "what": "parcel_watch", "text_version": "2026-01"}))]
struct LaterConsent {
    /// hotline, website, app, office, referral, api.
    #[schema(value_type = String)]
    channel: crate::domain::case::Channel,
    /// processing, contact or parcel_watch.
    what: String,
    /// Version of the text that was shown or read out.
    text_version: String,
}

/// Note a consent that was given after the intake.
#[utoipa::path(post, path = "/cases/{id}/consents", tag = "intake", params(("id" = Uuid, Path)),
    request_body = LaterConsent, responses((status = 201, body = ConsentView)))]
async fn give_consent(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<LaterConsent>,
) -> Result<Response> {
    let LaterConsent { channel, what, text_version } = new;
    let view = customer::give_consent(&app, &actor, id, NewConsent { what, text_version }, channel).await?;
    Ok(made(&view, &format!("/api/v1/cases/{id}/consents")))
}

/// Withdraw a consent. A parcel watch that rests on it ends.
#[utoipa::path(post, path = "/consents/{id}/withdraw", tag = "intake", params(("id" = Uuid, Path)),
    responses((status = 200, body = ConsentView)))]
async fn withdraw_consent(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<Json<ConsentView>> {
    Ok(Json(customer::withdraw_consent(&app, &actor, id).await?))
}

/// Records that may be one person, not decided yet, oldest first.
#[utoipa::path(get, path = "/customer-merges", tag = "intake", params(Paging), responses((status = 200, body = Page<MergeView>)))]
async fn list_merges(State(app): State<App>, paging: Paging) -> Result<Response> {
    Ok(paging.page(customer::merges(&app, paging.key()?, paging.fetch()).await?, |m| m.id))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"accept": true}))]
struct Decision {
    accept: bool,
}

/// Make two records one (the cases of the younger become those of the older), or keep them apart.
#[utoipa::path(post, path = "/customer-merges/{id}/decide", tag = "intake", params(("id" = Uuid, Path)),
    request_body = Decision, responses((status = 200, body = MergeView)))]
async fn decide_merge(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(decision): Input<Decision>,
) -> Result<Json<MergeView>> {
    Ok(Json(customer::decide_merge(&app, &actor, id, decision.accept).await?))
}
