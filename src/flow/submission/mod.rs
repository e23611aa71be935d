//! What is handed in to authorities: the dossier with their receipt, what they ask for more, what they decide.

mod read;
mod step;
mod submit;

pub use read::{SubmissionStep, SubmissionView, list, open, page};
pub use step::{AgencyAnswer, AgencyAsked, AgencyDecision, TakenBack, answer, ask_more, decide, withdraw};
pub use submit::{NewSubmission, submit};

use crate::app::App;
use crate::flow::{Error, Result};
use time::{Date, Duration};

/// How long ago something may have happened that is noted only now.
const BACK: Duration = Duration::days(60);

/// A day on which an authority can have acted: from `first`, up to today.
fn day(app: &App, field: &str, asked: Option<Date>, first: Date) -> Result<Date> {
    let today = app.clock.today();
    let (on, first) = (asked.unwrap_or(today), first.max(today - BACK));
    if !(first..=today).contains(&on) {
        return Err(Error::refused(field, "range", on, format!("{first} to {today}")));
    }
    Ok(on)
}

/// Words of an authority: sealed, at most 2,000 characters.
fn words(text: &str, least: usize) -> Result<&str> {
    let (text, length) = (text.trim(), text.trim().chars().count());
    if !(least..=2000).contains(&length) {
        return Err(Error::refused("words", "length", length, format!("{least}-2000")));
    }
    Ok(text)
}
