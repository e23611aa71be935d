//! What people say of findings.

use super::guard::By;
use super::input::Input;
use super::output::made;
use super::problem::Result;
use crate::app::App;
use crate::flow::opinion::{self, NewOpinion, OpinionView};
use axum::extract::{Path, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(give_opinion))
}

/// Confirm, correct or reject a finding, with reason and evidence.
///
/// The finding stays as it is; the opinion is signed, stands beside it in JSON, text and report, and goes along to later
/// verifications of the case as long as what the finding rests on is the same. Only in person, not with a token.
#[utoipa::path(post, path = "/verifications/{id}/opinions", tag = "verifications", params(("id" = Uuid, Path)),
    request_body = NewOpinion, responses((status = 201, body = OpinionView)))]
async fn give_opinion(
    State(app): State<App>,
    By(actor): By,
    Path(id): Path<Uuid>,
    Input(new): Input<NewOpinion>,
) -> Result<Response> {
    let done = opinion::give(&app, &actor, id, new).await?;
    Ok(made(&done, &format!("/api/v1/verifications/{id}")))
}
