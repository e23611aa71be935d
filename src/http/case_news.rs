//! News of all cases as server-sent events: what the lists of a desk are kept fresh by.

use super::cases::{states, turns};
use super::events::{event, had, news};
use super::guard::By;
use super::input::{Params, one_of};
use super::language::lang;
use super::problem::Result;
use crate::app::App;
use crate::flow::case::{CaseNews, DeskNews, NewsFilter};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use futures::Stream;
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(all_case_news))
}

fn me() -> Object {
    one_of(&["me"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Of cases that stand in this state now, or did before the event.
    #[param(schema_with = states, example = "execution")]
    state: Option<String>,
    procedure: Option<String>,
    #[param(schema_with = turns, example = "ours")]
    turn: Option<String>,
    /// `me`: only what I am to hear of, by what I do here or because it is mine.
    #[param(schema_with = me, example = "me")]
    to: Option<String>,
    /// Behind the `id` of an event that came before; from now on when left out.
    #[param(minimum = 0, example = 4711)]
    after: Option<i64>,
}

/// News of all cases: an event `case` for every line that comes into a timeline, with the case as it stands now.
///
/// A case that leaves a list chosen by `state` or `turn` is told of, once or more, with `listed` false; with `to=me` only by what I am
/// to hear of.
///
/// First comes `ready`: whoever reads the lists after it misses nothing. The stream ends after ten minutes; a browser comes back by
/// itself with `Last-Event-ID`. A line that was told just before may be told again then: it has the same `event`.
#[utoipa::path(get, path = "/case-events", tag = "cases", params(Wanted),
    responses((status = 200, content_type = "text/event-stream", body = String,
        example = "event: ready\nid: 4711\ndata: {\"after\":4711}\n\nevent: case\nid: 4712\ndata: {\"event\":4712,\"case_id\":\"0199b2f0-0000-7000-8000-000000000001\",\"number\":\"HS-2026-000123-7\",\"procedure\":\"transfer\",\"state\":\"verification\",\"turn\":\"customer\",\"listed\":true,\"line\":{\"seq\":4,\"kind\":\"papers_requested\",\"what\":\"Papers were asked for.\"}}\n\n")))]
async fn all_case_news(
    State(app): State<App>,
    By(actor): By,
    Params(q): Params<Wanted>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>> {
    let to = q.to.map(|_| NewsFilter::owed_to(&actor));
    let filter = NewsFilter { state: q.state, procedure: q.procedure, turn: q.turn, to };
    let desk = DeskNews::open(&app, filter, lang(&headers), had(&headers).or(q.after)).await?;
    let ready = event("ready", &json!({"after": desk.place()}), desk.place());
    let look = move |mut desk: DeskNews| {
        let app = app.clone();
        async move {
            let found = desk.look(&app).await;
            let told = |n: &CaseNews| event("case", n, desk.place());
            let told = found.map(|all| all.iter().filter_map(told).collect());
            (desk, told)
        }
    };
    Ok(news(ready.into_iter().collect(), desk, look))
}
