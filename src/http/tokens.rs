//! API tokens.

use super::guard::By;
use super::input::{Input, Page, Paging};
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::staff::{self, NewToken, TokenIssued, TokenView};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_tokens, issue_token)).routes(routes!(revoke_token))
}

/// My tokens, newest first; an admin sees everybody's.
#[utoipa::path(get, path = "/tokens", tag = "tokens", params(Paging), responses((status = 200, body = Page<TokenView>)))]
async fn list_tokens(State(app): State<App>, By(actor): By, paging: Paging) -> Result<Response> {
    let rows = staff::tokens(&app, &actor, paging.key()?, paging.fetch()).await?;
    Ok(paging.page(rows, |t| t.id))
}

/// Make a token. Its text is shown this once.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = NewToken, responses((status = 201, body = TokenIssued)))]
async fn issue_token(State(app): State<App>, By(actor): By, Input(new): Input<NewToken>) -> Result<Response> {
    let issued = staff::issue_token(&app, &actor, new).await?;
    Ok(made(&issued, &format!("/api/v1/tokens/{}", issued.about.id)))
}

/// Revoke a token of mine; an admin anybody's.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", params(("id" = Uuid, Path)), responses((status = 204)))]
async fn revoke_token(State(app): State<App>, By(actor): By, Path(id): Path<Uuid>) -> Result<StatusCode> {
    staff::revoke_token(&app, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
