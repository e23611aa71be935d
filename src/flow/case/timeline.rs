//! The timeline of a case: its events in words. The customer's view holds nothing a customer may not see.

use super::clock::clocks_of;
use super::record::{event, events};
use crate::app::App;
use crate::domain::case::Event;
use crate::domain::case::timeline::{self, Line, Now, View};
use crate::domain::verify::text::Lang;
use crate::flow::{Error, Result, begin};
use crate::store::{agency, case, case_event};
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Timeline {
    pub case_id: Uuid,
    pub number: String,
    pub procedure: String,
    /// Where it stands, whose move it is, what comes next and by when.
    pub now: Now,
    /// Oldest first.
    pub lines: Vec<Line>,
    /// Highest event there is: behind it, look for news.
    pub last: i32,
}

/// Lines of the events behind `after`.
pub async fn timeline(app: &App, id: Uuid, view: View, lang: Lang, after: i32) -> Result<Timeline> {
    let mut tx = begin(app).await?;
    let row = case::get(&mut tx, id).await?.ok_or_else(|| Error::NotFound { what: "case", id: id.to_string() })?;
    let events = events(&mut tx, id).await?;
    let (states, clocks) = clocks_of(app, &events)?;
    let standing = states.last().ok_or_else(|| Error::Broken(anyhow::anyhow!("case {id} has no events")))?;
    let asked: Vec<&Event> = events.iter().filter(|e| e.seq > after).collect();
    let names = agency::called(&mut tx, &timeline::mentioned(asked.iter().copied())).await?;
    let lines = asked.into_iter().filter_map(|e| timeline::line(e, &names, view, lang)).collect();
    Ok(Timeline {
        case_id: id,
        number: row.number,
        procedure: row.procedure,
        now: timeline::now(standing, &events, &clocks, lang),
        lines,
        last: standing.seq,
    })
}

/// Events of a case behind `seq`, as lines of a view, and the highest number looked at.
pub async fn news(app: &App, id: Uuid, view: View, lang: Lang, seq: i32) -> Result<(Vec<Line>, i32)> {
    let mut conn = app.pool.acquire().await?;
    let rows = case_event::after(&mut conn, id, seq, 100).await?;
    let last = rows.last().map_or(seq, |r| r.seq);
    let events = rows.into_iter().map(event).collect::<Result<Vec<Event>>>()?;
    let names = agency::called(&mut conn, &timeline::mentioned(&events)).await?;
    Ok((events.iter().filter_map(|e| timeline::line(e, &names, view, lang)).collect(), last))
}
