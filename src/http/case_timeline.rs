//! A case as a timeline, its clocks, and its news as server-sent events.

use super::events::{event, had, news};
use super::input::{Params, one_of};
use super::language::lang;
use super::output::tagged;
use super::problem::Result;
use crate::app::App;
use crate::domain::case::timeline::View;
use crate::flow::case;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::{Event, Sse};
use futures::Stream;
use serde::Deserialize;
use std::convert::Infallible;
use utoipa::openapi::schema::Object;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(case_timeline)).routes(routes!(case_news)).routes(routes!(case_clock))
}

/// The clocks of a case: whose move it was when, how many days each clock has used, when it ends, and why of every day.
#[utoipa::path(get, path = "/cases/{id}/clock", tag = "cases", params(("id" = Uuid, Path)),
    responses((status = 200, body = Object, example = json!({"case_id": "0199b2f0-0000-7000-8000-000000000001",
        "step": "intake", "turn": "ours", "as_of": "2026-10-06",
        "segments": [{"from": "2026-10-05", "to": null, "step": "intake", "turn": "ours"}],
        "clocks": [{"id": "step.intake", "title": "step Intake", "turn": "ours", "limit": 2, "source": "data/clocks.toml", "standing": "house",
            "warn": 1, "role": "customer_care", "escalate": "manager", "spans": [{"from": "2026-10-05", "to": null}],
            "deadline": "2026-10-07", "used": 0, "running": true, "doubtful": false, "left": 1,
            "days": [{"date": "2026-10-05", "used": null, "why": "first_day",
                "said": "The day it began, not counted."},
                {"date": "2026-10-06", "used": 1, "why": "counted", "said": "Working day 1."}]}]})), (status = 304)))]
async fn case_clock(State(app): State<App>, Path(id): Path<Uuid>, headers: HeaderMap) -> Result<Response> {
    Ok(tagged(&headers, &case::clock(&app, id, lang(&headers)).await?))
}

fn views() -> Object {
    one_of(&["staff", "customer"])
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Looking {
    /// staff (all) or customer (what they may see).
    #[serde(default = "staff")]
    #[param(schema_with = views, example = "customer")]
    view: View,
    /// Only lines behind this event.
    #[serde(default)]
    after: i32,
}

fn staff() -> View {
    View::Staff
}

/// What happened in a case, where it stands, whose move it is, what comes next and by when; in the language asked for.
#[utoipa::path(get, path = "/cases/{id}/timeline", tag = "cases", params(("id" = Uuid, Path), Looking),
    responses((status = 200, body = Object, example = json!({"case_id": "0199b2f0-0000-7000-8000-000000000001",
        "number": "HS-2026-000123-7", "procedure": "transfer",
        "now": {"step": "verification", "step_text": "Verification", "turn": "customer", "turn_text": "It is your move.",
            "next": "Please send the papers we asked for.", "by": "2026-10-20"},
        "lines": [{"seq": 1, "at": "2026-10-05T02:00:00Z", "kind": "opened", "what": "Your case was opened: transfer.",
            "why": null, "who": "We", "next": "We take down what you need and check your papers and the parcel.", "by": null,
            "data": {"procedures": ["transfer"]}}], "last": 1})), (status = 304)))]
async fn case_timeline(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Params(q): Params<Looking>,
    headers: HeaderMap,
) -> Result<Response> {
    Ok(tagged(&headers, &case::timeline(&app, id, q.view, lang(&headers), q.after).await?))
}

/// News of a case: an event `line` for every line of its timeline behind `after`. The stream ends after ten minutes; a browser comes
/// back by itself with `Last-Event-ID` and misses nothing.
#[utoipa::path(get, path = "/cases/{id}/events", tag = "cases", params(("id" = Uuid, Path), Looking),
    responses((status = 200, content_type = "text/event-stream", body = String,
        example = "event: line\nid: 4\ndata: {\"seq\":4,\"kind\":\"paper_added\",\"what\":\"A paper came in: certificate.\"}\n\n")))]
async fn case_news(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Params(q): Params<Looking>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = std::result::Result<Event, Infallible>>>> {
    case::get(&app, &id.to_string()).await?;
    let (view, lang) = (q.view, lang(&headers));
    let look = move |seen| {
        let app = app.clone();
        async move {
            match case::news(&app, id, view, lang, seen).await {
                Ok((lines, last)) => (last, Ok(lines.iter().filter_map(|l| event("line", l, l.seq)).collect())),
                Err(error) => (seen, Err(error)),
            }
        }
    };
    Ok(news(vec![], had(&headers).unwrap_or(q.after), look))
}
