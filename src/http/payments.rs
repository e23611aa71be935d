//! Payments and receipts.

use super::advice::Why;
use super::guard::By;
use super::input::{Input, Params};
use super::language::lang;
use super::output::{made, shown};
use super::problem::Result;
use crate::app::App;
use crate::domain::text::file_name::file_name;
use crate::domain::verify::text::word;
use crate::flow::payment::{self, Account, EntryView, NewPayment, ReceiptView, Reversal};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_account, record_payment))
        .routes(routes!(reverse_payment))
        .routes(routes!(call_instalment))
        .routes(routes!(get_receipt))
}

/// The payment schedule of a contract with what was paid.
#[utoipa::path(get, path = "/contracts/{id}/payments", tag = "payments", params(("id" = Uuid, Path)),
    responses((status = 200, body = Account)))]
async fn get_account(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Json<Account>> {
    Ok(Json(payment::account(&app, id).await?))
}

/// Record a payment and issue its receipt. The same reference again is the same payment.
#[utoipa::path(post, path = "/contracts/{id}/payments", tag = "payments", params(("id" = Uuid, Path)),
    request_body = NewPayment, responses((status = 201, body = ReceiptView)))]
async fn record_payment(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewPayment>,
) -> Result<Response> {
    let done = payment::record(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/contracts/{id}/payments")))
}

/// Take an entry back, whole, by a new one.
#[utoipa::path(post, path = "/payments/{id}/reverse", tag = "payments", params(("id" = Uuid, Path)),
    request_body = Reversal, responses((status = 201, body = EntryView)))]
async fn reverse_payment(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(how): Input<Reversal>,
) -> Result<Response> {
    let done = payment::reverse(&app, &actor, id, how).await?;
    Ok(made(&done, &format!("/api/v1/contracts/{}/payments", done.contract_id)))
}

/// Say that the point of an instalment is reached today: it falls due its days later.
#[utoipa::path(post, path = "/contracts/{id}/instalments/{no}/call", tag = "payments",
    params(("id" = Uuid, Path), ("no" = u32, Path)), responses((status = 200, body = Account)))]
async fn call_instalment(
    State(app): State<App>,
    By(actor): By,
    Path((id, no)): Path<(Uuid, u32)>,
) -> Result<Json<Account>> {
    Ok(Json(payment::call(&app, &actor, id, no).await?))
}

/// A receipt as PDF: a logged read.
#[utoipa::path(get, path = "/receipts/{id}/receipt.pdf", tag = "payments", params(("id" = Uuid, Path), Why),
    responses((status = 200, content_type = "application/pdf"), (status = 304)))]
async fn get_receipt(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let (number, pdf) = payment::receipt(&app, &actor, id, why.purpose()?).await?;
    let name = format!("{} {number}", word(lang(&headers), "file-receipt"));
    Ok(shown(&headers, "application/pdf", &file_name(&name, "application/pdf"), pdf))
}
