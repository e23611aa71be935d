//! Something that changes, followed as server-sent events until it ends.

use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde_json::Value;
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
