//! Something that changes, followed as server-sent events: until it ends, or for as long as somebody listens.

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt};
use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What is told of a state; the last one ends the stream.
pub struct Told {
    pub data: Value,
    pub last: bool,
}

enum Stage<T> {
    Tell(T),
    Look(T),
    Over,
}

type Item = std::result::Result<Event, Infallible>;

/// Tells the state now, then each change: events `progress`, the last one `end`. `look` gives none when the thing is gone. While it
/// fails (the database is away) it is asked again.
pub fn follow<T, F, E>(
    first: T,
    look: impl Fn() -> F + Send + 'static,
    told: impl Fn(&T) -> Told + Send + 'static,
) -> Sse<impl Stream<Item = Item>>
where
    T: PartialEq + Send + 'static,
    E: std::fmt::Display,
    F: Future<Output = std::result::Result<Option<T>, E>> + Send,
{
    let stream = futures::stream::unfold((look, told, Stage::Tell(first)), move |(look, told, stage)| async move {
        let now = match stage {
            Stage::Over => return None,
            Stage::Tell(now) => now,
            Stage::Look(before) => loop {
                tokio::time::sleep(LOOK_EVERY).await;
                match look().await {
                    Ok(Some(now)) if now != before => break now,
                    Ok(Some(_)) => {}
                    Ok(None) => return None,
                    Err(error) => tracing::warn!(%error, "progress was not read"),
                }
            },
        };
        let Told { data, last } = told(&now);
        let event = Event::default().event(if last { "end" } else { "progress" }).data(data.to_string());
        Some((Ok(event), (look, told, if last { Stage::Over } else { Stage::Look(now) })))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

/// A stream of news is ended after this long. The browser comes back by itself, says what it had, and is asked anew who it is: nobody
/// goes on listening who may no longer.
const HEARD_FOR: Duration = Duration::from_secs(600);

/// Tells what there is, then whatever `look` finds, for as long as the client listens. While it fails it is asked again.
pub fn news<T, F, E>(
    first: Vec<Event>,
    state: T,
    look: impl Fn(T) -> F + Send + 'static,
) -> Sse<impl Stream<Item = Item>>
where
    T: Send + 'static,
    E: std::fmt::Display + Send,
    F: Future<Output = (T, std::result::Result<Vec<Event>, E>)> + Send,
{
    let stream = futures::stream::unfold((state, look, VecDeque::from(first)), |(mut state, look, mut ready)| async {
        loop {
            if let Some(event) = ready.pop_front() {
                return Some((Ok(event), (state, look, ready)));
            }
            let (same, found) = look(state).await;
            state = same;
            match found {
                Ok(found) => ready.extend(found),
                Err(error) => tracing::warn!(%error, "news were not read"),
            }
            if ready.is_empty() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    });
    Sse::new(stream.take_until(tokio::time::sleep(HEARD_FOR))).keep_alive(KeepAlive::default())
}

/// An event by its name, with what a browser says that it had when it comes back.
pub fn event<D: Serialize>(name: &str, data: &D, id: impl std::fmt::Display) -> Option<Event> {
    Some(Event::default().event(name).json_data(data).ok()?.id(id.to_string()))
}

/// What a browser that comes back had last.
pub fn had<N: std::str::FromStr>(headers: &HeaderMap) -> Option<N> {
    headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok())
}
