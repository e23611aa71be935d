//! Contracts and their signatures.

use super::advice::Why;
use super::auth::Peer;
use super::guard::By;
use super::input::{Input, Params, one_file};
use super::language::lang;
use super::output::{made, shown};
use super::problem::Result;
use crate::app::App;
use crate::domain::text::file_name::file_name;
use crate::domain::verify::text::word;
use crate::flow::contract::{
    self, CodeHanded, CodeMade, CodeSigned, ContractView, NewCode, NewContract, PaperSigned, Proved, Refusal,
};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(draw_contract))
        .routes(routes!(list_contracts))
        .routes(routes!(get_contract))
        .routes(routes!(get_contract_pdf))
        .routes(routes!(make_code))
        .routes(routes!(hand_code))
        .routes(routes!(sign_by_code))
        .routes(routes!(sign_on_paper))
        .routes(routes!(confirm_paper))
        .routes(routes!(get_evidence))
        .routes(routes!(get_signed_scan))
        .routes(routes!(refuse_contract))
}

/// Draw the contract of an accepted quotation: set as PDF, pinned to quotation, option sheet and verification.
#[utoipa::path(post, path = "/quotations/{id}/contract", tag = "contracts", params(("id" = Uuid, Path)),
    request_body = NewContract, responses((status = 201, body = ContractView)))]
async fn draw_contract(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewContract>,
) -> Result<Response> {
    let done = contract::draw(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/contracts/{}", done.id)))
}

/// Contracts of a case, newest first.
#[utoipa::path(get, path = "/cases/{id}/contracts", tag = "contracts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<ContractView>)))]
async fn list_contracts(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Vec<ContractView>>> {
    Ok(Json(contract::list(&app, id).await?))
}

/// A contract with its signatures, without the people in it.
#[utoipa::path(get, path = "/contracts/{id}", tag = "contracts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContractView)))]
async fn get_contract(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<ContractView>> {
    Ok(Json(contract::get(&app, id).await?))
}

/// The page as it was set: a logged read.
#[utoipa::path(get, path = "/contracts/{id}/contract.pdf", tag = "contracts", params(("id" = Uuid, Path), Why),
    responses((status = 200, content_type = "application/pdf"), (status = 304)))]
async fn get_contract_pdf(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let (number, pdf) = contract::pdf(&app, &actor, id, why.purpose()?).await?;
    let name = format!("{} {number}", word(lang(&headers), "file-contract"));
    Ok(shown(&headers, "application/pdf", &file_name(&name, "application/pdf"), pdf.to_vec()))
}

/// Make a one-time code for a signer whose turn it is.
///
/// The code goes, sealed, to the notice that carries it; there is none in the answer. It holds for 15 minutes and 5 tries.
#[utoipa::path(post, path = "/contracts/{id}/codes", tag = "contracts", params(("id" = Uuid, Path)),
    request_body = NewCode, responses((status = 200, body = CodeMade)))]
async fn make_code(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewCode>,
) -> Result<Json<CodeMade>> {
    Ok(Json(contract::make_code(&app, &actor, id, new).await?))
}

/// Read a code, once, to pass it on to the signer.
///
/// For as long as there are no notices. The read is logged, and the evidence of the signature says who passed the code on. Not
/// with an `Idempotency-Key`: the answer is kept nowhere.
#[utoipa::path(post, path = "/contracts/{id}/codes/{code}/hand", tag = "contracts",
    params(("id" = Uuid, Path), ("code" = Uuid, Path), Why), responses((status = 200, body = CodeHanded)))]
async fn hand_code(
    State(app): State<App>,
    By(actor): By,
    Path((id, code)): Path<(Uuid, Uuid)>,
    Params(why): Params<Why>,
) -> Result<Json<CodeHanded>> {
    Ok(Json(contract::hand_code(&app, &actor, id, code, why.purpose()?).await?))
}

/// Sign with a one-time code, in turn.
#[utoipa::path(post, path = "/contracts/{id}/signatures", tag = "contracts", params(("id" = Uuid, Path)),
    request_body = CodeSigned, responses((status = 200, body = ContractView)))]
async fn sign_by_code(
    State(app): State<App>,
    By(actor): By,
    Peer(address): Peer,
    Path(id): Path<Uuid>,
    Input(said): Input<CodeSigned>,
) -> Result<Json<ContractView>> {
    Ok(Json(contract::sign_by_code(&app, &actor, id, CodeSigned { address, ..said }).await?))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct OnPaper {
    /// Number of the signer in the contract.
    #[param(example = 1)]
    signer: i32,
    /// Where it was signed: 3 to 200 characters.
    #[param(example = "van phong")]
    from: String,
}

/// Sign by the scan of the signed paper, in turn.
///
/// The firm's own is filed only: it signs when another person has compared it with the page and confirms it.
#[utoipa::path(post, path = "/contracts/{id}/signed-paper", tag = "contracts", params(("id" = Uuid, Path), OnPaper),
    request_body(content = String, content_type = "application/octet-stream"), responses((status = 200, body = ContractView)))]
async fn sign_on_paper(
    State(app): State<App>,
    By(actor): By,
    Peer(address): Peer,
    Path(id): Path<Uuid>,
    Params(how): Params<OnPaper>,
    request: Request,
) -> Result<Json<ContractView>> {
    let scan = one_file(request, "scan").await?;
    let said = PaperSigned { signer: how.signer, from: how.from, address, scan };
    Ok(Json(contract::sign_on_paper(&app, &actor, id, said).await?))
}

/// Confirm the firm's signature on paper that another person filed, after comparing its scan with the page.
#[utoipa::path(post, path = "/contracts/{id}/signed-papers/{paper}/confirm", tag = "contracts",
    params(("id" = Uuid, Path), ("paper" = Uuid, Path)), responses((status = 200, body = ContractView)))]
async fn confirm_paper(
    State(app): State<App>,
    By(actor): By,
    Path((id, paper)): Path<(Uuid, Uuid)>,
) -> Result<Json<ContractView>> {
    Ok(Json(contract::confirm_paper(&app, &actor, id, paper).await?))
}

/// Evidence of each signature, its digest and our signature over it proved: a logged read.
#[utoipa::path(get, path = "/contracts/{id}/evidence", tag = "contracts", params(("id" = Uuid, Path), Why),
    responses((status = 200, body = Vec<Proved>)))]
async fn get_evidence(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
) -> Result<Json<Vec<Proved>>> {
    Ok(Json(contract::evidence(&app, &actor, id, why.purpose()?).await?))
}

/// The scan of a signed paper, or of one that waits to be confirmed: a logged read.
#[utoipa::path(get, path = "/contracts/{id}/signatures/{signature}/scan", tag = "contracts",
    params(("id" = Uuid, Path), ("signature" = Uuid, Path), Why),
    responses((status = 200, content_type = "application/octet-stream"), (status = 304)))]
async fn get_signed_scan(
    State(app): State<App>,
    By(actor): By,
    Path((id, signature)): Path<(Uuid, Uuid)>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let scan = contract::scan(&app, &actor, id, signature, why.purpose()?).await?;
    let name = format!("{} {}", word(lang(&headers), "file-contract-signed"), scan.number);
    Ok(shown(&headers, scan.media_type, &file_name(&name, scan.media_type), scan.content.to_vec()))
}

/// Somebody does not sign, or we take the contract back: with the reason.
#[utoipa::path(post, path = "/contracts/{id}/refuse", tag = "contracts", params(("id" = Uuid, Path)),
    request_body = Refusal, responses((status = 200, body = ContractView)))]
async fn refuse_contract(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(said): Input<Refusal>,
) -> Result<Json<ContractView>> {
    Ok(Json(contract::refuse(&app, &actor, id, said).await?))
}
