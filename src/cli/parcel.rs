//! `diaba parcel`, `diaba parcel-record`, `diaba parcel-revoke`

use super::args::date;
use super::say::Say;
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::parcel::rank::{Hints, clear_winner};
use crate::domain::parcel::reference::{key, parse_key, parse_text};
use crate::domain::verify::Message;
use crate::flow::parcel::{self, Act, NewAct, Revocation, StepView};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use clap::Args;
use std::process::ExitCode;
use time::Date;
use uuid::Uuid;

#[derive(Args)]
pub struct ParcelArgs {
    /// commune/sheet/number of any time, or the words of a paper
    reference: String,
    /// As of the end of this day (default: today)
    #[arg(long, value_parser = date)]
    at: Option<Date>,
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

#[derive(Args)]
pub struct RevokeArgs {
    /// Id of the act, as `parcel` and `parcel-record` print it
    act: Uuid,
    /// Why it was wrong
    #[arg(long)]
    reason: String,
}

/// Nothing found is a failure: a script must not take it for an answer.
pub async fn show(app: &App, say: Say, a: ParcelArgs) -> Result<ExitCode> {
    let asked = parse_key(&a.reference).or_else(|| parse_text(&a.reference).map(|w| w.parcel)).ok_or_else(|| {
        Error::refused("reference", "parcel-key", &a.reference, "commune/sheet/number as papers name it")
    })?;
    let found = parcel::trace(app, &asked, a.at).await?;
    if found.is_empty() {
        say.line(&Message::new("parcel-none").with("reference", a.reference.as_str()));
        if let Some(day) = parcel::known_since(app, &asked).await?.filter(|_| a.at.is_some()) {
            say.under(&Message::new("parcel-known-since").with("day", say.date(day)));
        }
    }
    for (i, t) in found.iter().enumerate() {
        let c = &t.candidate;
        let gone = if t.in_force { String::new() } else { format!("  {}", say.word("parcel-gone")) };
        let zone = say.message(&Message::new("parcel-zone").with("zone", c.zone.0.to_string()));
        println!("{}. {}/{}/{}  {zone}  {}{gone}", i + 1, c.commune_code, c.sheet, c.number, c.parcel_id);
        for reason in &c.reasons {
            println!("     {}", say.word(reason));
        }
        t.steps.iter().for_each(|s| println!("   {}", line(say, s)));
    }
    let names: Vec<String> = key(&asked).into_iter().collect();
    let parcels: Vec<_> = found.iter().map(|t| t.candidate.parcel_id).collect();
    for act in parcel::acts(app, &names, &parcels).await? {
        recorded(say, &act);
    }
    Ok(if found.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The parcel that commune/sheet/number of any time means beyond doubt: its zone and id.
pub async fn named(app: &App, text: &str) -> Result<(i32, Uuid)> {
    let key = || Error::refused("parcel", "parcel-key", text, "commune/sheet/number, the commune as its code");
    let asked = parse_key(text).ok_or_else(key)?;
    let found = parcel::resolve(&mut *app.pool.acquire().await?, &asked, &Hints::default(), None).await?;
    if let Some(c) = clear_winner(&found.candidates) {
        return Ok((c.zone.0, c.parcel_id));
    }
    let each = found.candidates.iter().map(|c| format!("{}/{}/{}", c.commune_code, c.sheet, c.number));
    let list: Vec<String> = each.collect();
    let code = if list.is_empty() { "parcel-unknown" } else { "parcel-not-clear" };
    Err(Error::refused("parcel", code, text, list.join("; ")))
}

fn step(say: Say, kind: &str) -> String {
    say.message(&Message::new("parcel-step").with("kind", kind))
}

fn line(say: Say, s: &StepView) -> String {
    let on = s.on.map_or("----------".to_owned(), |d| say.date(d));
    let source = s.source.as_ref().map_or(String::new(), |s| format!("  [{s}]"));
    format!("{on}  {}: {} -> {}{source}", step(say, &s.kind), s.from, s.to)
}

fn recorded(say: Say, a: &Act) {
    let said = Message::new("parcel-act")
        .with("id", a.id.to_string())
        .with("kind", step(say, &a.kind))
        .with("from", a.from.join(", "))
        .with("day", say.date(a.effective))
        .with("decision", a.decision.as_str())
        .with("by", a.recorded_by.as_str())
        .with("recorded", say.date(day_of(a.recorded_at)));
    println!("   {}", say.message(&said));
    if let Some(r) = &a.revoked {
        let said = Message::new("parcel-act-revoked")
            .with("day", say.date(day_of(r.at)))
            .with("by", r.by.as_str())
            .with("reason", r.reason.as_str());
        println!("     {}", say.message(&said));
    }
}

fn act(key: &'static str, say: Say, a: &Act) -> Message {
    Message::new(key).with("id", a.id.to_string()).with("kind", step(say, &a.kind)).with("from", a.from.join(", "))
}

pub async fn record(app: &App, by: &Actor, say: Say, a: RecordArgs) -> Result<()> {
    let new = NewAct { kind: a.kind, from: a.from, to: a.to, effective: a.on, decision: a.decision };
    let done = parcel::record(app, by, new).await?;
    say.line(&act("parcel-recorded", say, &done).with("decision", done.decision.as_str()));
    Ok(())
}

pub async fn revoke(app: &App, by: &Actor, say: Say, a: RevokeArgs) -> Result<()> {
    let done = parcel::revoke(app, by, a.act, &Revocation { reason: a.reason }).await?;
    say.line(&act("parcel-revoked", say, &done));
    Ok(())
}
