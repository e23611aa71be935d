//! `diaba parcel`, `diaba parcel-record`

use super::args::date;
use super::say;
use crate::app::App;
use crate::domain::parcel::reference::{parse_key, parse_text};
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, message};
use crate::flow::parcel::{self, NewAct, StepView};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use clap::Args;
use std::process::ExitCode;
use time::Date;

#[derive(Args)]
pub struct ParcelArgs {
    /// commune/sheet/number of any time, or the words of a paper
    reference: String,
    /// As of the end of this day (default: today)
    #[arg(long, value_parser = date)]
    at: Option<Date>,
    /// vi, en
    #[arg(long, default_value = "vi")]
    lang: String,
}

#[derive(Args)]
pub struct RecordArgs {
    /// split, merge, renumber, re_survey
    kind: String,
    /// commune/sheet/number of before, as the decision names it (repeat for several)
    #[arg(long, required = true)]
    from: Vec<String>,
    /// commune/sheet/number of today's map (repeat for several)
    #[arg(long, required = true)]
    to: Vec<String>,
    /// The day it took effect
    #[arg(long, value_parser = date)]
    on: Date,
    /// Number and date of the decision
    #[arg(long)]
    decision: String,
}

/// Nothing found is a failure: a script must not take it for an answer.
pub async fn show(app: &App, a: ParcelArgs) -> Result<ExitCode> {
    let lang = say::language(&a.lang)?;
    let asked = parse_key(&a.reference)
        .or_else(|| parse_text(&a.reference).map(|w| w.parcel))
        .ok_or_else(|| Error::refused("reference", "parcel-key", &a.reference, "commune/sheet/number"))?;
    let found = parcel::trace(app, &asked, a.at).await?;
    if found.is_empty() {
        println!("{}: no parcel", a.reference);
        if let Some(day) = parcel::known_since(app, &asked).await?.filter(|_| a.at.is_some()) {
            println!("  it is known since {day}; what was before, no map loaded here says");
        }
        return Ok(ExitCode::FAILURE);
    }
    for (i, t) in found.iter().enumerate() {
        let c = &t.candidate;
        let gone = if t.in_force { "" } else { "  (no longer drawn)" };
        println!("{}. {}/{}/{}  zone {}  {}{gone}", i + 1, c.commune_code, c.sheet, c.number, c.zone.0, c.parcel_id);
        for reason in &c.reasons {
            println!("     {}", message(lang, &Message::new(reason.clone())));
        }
        t.steps.iter().for_each(|s| println!("   {}", line(lang, s)));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(lang: Lang, s: &StepView) -> String {
    let on = s.on.map_or("----------".to_owned(), |d| d.to_string());
    let kind = message(lang, &Message::new("parcel-step").with("kind", s.kind.as_str()));
    let source = s.source.as_ref().map_or(String::new(), |s| format!("  [{s}]"));
    format!("{on}  {kind}: {} -> {}{source}", s.from, s.to)
}

pub async fn record(app: &App, by: &Actor, a: RecordArgs) -> Result<()> {
    let new = NewAct { kind: a.kind, from: a.from, to: a.to, effective: a.on, decision: a.decision };
    let done = parcel::record(app, by, new).await?;
    println!("recorded: {} of {} ({})", done.kind, done.from.join(", "), done.id);
    Ok(())
}
