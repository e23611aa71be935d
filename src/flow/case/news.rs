//! What happens in all cases, as it happens: what the lists of a desk are kept fresh by.

use super::record::event;
use super::unknown_procedure;
use crate::app::App;
use crate::domain::case::timeline::{self, Line, View};
use crate::domain::case::{Owed, Tail};
use crate::domain::verify::text::Lang;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::agency;
use crate::store::case_event::{self, NewsRow};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

/// Which news; what is left out does not choose.
#[derive(Debug, Clone, Default)]
pub struct NewsFilter {
    /// Of cases that stand so now, or stood so before the event.
    pub state: Option<String>,
    pub procedure: Option<String>,
    pub turn: Option<String>,
    /// Only what one of these is owed a word of.
    pub to: Option<Vec<Owed>>,
}

impl NewsFilter {
    /// What somebody has to hear of, by who they are and what they do here.
    pub fn owed_to(actor: &Actor) -> Vec<Owed> {
        let roles = actor.roles.iter().copied().map(Owed::Role);
        roles.chain(actor.id.map(Owed::Staff)).collect()
    }

    fn admits(&self, row: &NewsRow) -> bool {
        let stood = row.was_state.as_deref().zip(row.was_turn.as_deref());
        let owed = |to: &Vec<Owed>| row.event.owed.iter().filter_map(|o| Owed::parse(o)).any(|o| to.contains(&o));
        (self.holds(&row.state, &row.turn) || stood.is_some_and(|(state, turn)| self.holds(state, turn)))
            && is(self.procedure.as_deref(), &row.procedure)
            && self.to.as_ref().is_none_or(owed)
    }

    /// Whether a list so chosen has a case that stands so.
    fn holds(&self, state: &str, turn: &str) -> bool {
        is(self.state.as_deref(), state) && is(self.turn.as_deref(), turn)
    }
}

fn is(wanted: Option<&str>, found: &str) -> bool {
    wanted.is_none_or(|w| w == found)
}

/// One line of a case's timeline, with the case as it stands now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseNews {
    /// Number of the event over all cases: one that was told before has the same.
    pub event: i64,
    pub case_id: Uuid,
    pub number: String,
    pub procedure: String,
    pub state: String,
    pub turn: String,
    /// Whether it is in the list that was asked for; it left that list by this event, or since, when not.
    pub listed: bool,
    pub line: Line,
}

/// Somebody who follows all cases.
pub struct DeskNews {
    filter: NewsFilter,
    lang: Lang,
    tail: Tail,
}

/// So many are looked for at once.
const AT_ONCE: i64 = 200;

impl DeskNews {
    /// From behind what was told before, or from now on.
    ///
    /// # Errors
    /// A procedure that does not exist.
    pub async fn open(app: &App, filter: NewsFilter, lang: Lang, after: Option<i64>) -> Result<Self> {
        let unknown = filter.procedure.as_deref().and_then(|code| unknown_procedure(app, "procedure", code));
        if let Some(problem) = unknown {
            return Err(Error::Refused(vec![problem]));
        }
        let tail = match after {
            Some(low) => Tail::behind(low, []),
            // The last of what is there, should something between it still be on its way.
            None => {
                let there = case_event::latest(&mut *app.pool.acquire().await?, AT_ONCE).await?;
                let whole = (there.len() as i64) < AT_ONCE;
                Tail::behind(there.first().filter(|_| !whole).map_or(0, |first| first - 1), there)
            }
        };
        Ok(Self { filter, lang, tail })
    }

    /// Where one who comes back goes on.
    pub fn place(&self) -> i64 {
        self.tail.low()
    }

    /// What is new.
    pub async fn look(&mut self, app: &App) -> Result<Vec<CaseNews>> {
        let mut conn = app.pool.acquire().await?;
        let ended = case_event::ended(&mut conn).await?;
        let rows = case_event::news(&mut conn, self.tail.low(), &self.tail.told(), AT_ONCE).await?;
        let ids: Vec<i64> = rows.iter().map(|r| r.event.id).collect();
        let told = self.lines(&mut conn, rows).await?;
        // Not before: what could not be told is looked for again.
        self.tail.see(ids, ended);
        if self.tail.has_gap() {
            self.tail.waits_for(case_event::begun(&mut conn).await?);
        }
        Ok(told)
    }

    async fn lines(&self, conn: &mut PgConnection, rows: Vec<NewsRow>) -> Result<Vec<CaseNews>> {
        let admitted: Vec<NewsRow> = rows.into_iter().filter(|r| self.filter.admits(r)).collect();
        if admitted.is_empty() {
            return Ok(Vec::new());
        }
        let events = admitted.iter().map(|r| event(r.event.clone())).collect::<Result<Vec<_>>>()?;
        let names = agency::called(conn, &timeline::mentioned(&events)).await?;
        let told = admitted.into_iter().zip(&events).filter_map(|(row, event)| {
            let line = timeline::line(event, &names, View::Staff, self.lang)?;
            Some(self.news(row, line))
        });
        Ok(told.collect())
    }

    fn news(&self, row: NewsRow, line: Line) -> CaseNews {
        CaseNews {
            event: row.event.id,
            case_id: row.event.case_id,
            listed: self.filter.holds(&row.state, &row.turn),
            number: row.number,
            procedure: row.procedure,
            state: row.state,
            turn: row.turn,
            line,
        }
    }
}
