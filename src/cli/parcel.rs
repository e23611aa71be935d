//! `diaba parcel`, `diaba parcel-record`, `diaba parcel-revoke`

use super::args::date;
use super::say;
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::parcel::reference::{key, parse_key, parse_text};
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, message};
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

#[derive(Args)]
pub struct RevokeArgs {
    /// Id of the act, as `parcel` and `parcel-record` print it
    act: Uuid,
    /// Why it was wrong
    #[arg(long)]
    reason: String,
}

/// Nothing found is a failure: a script must not take it for an answer.
pub async fn show(app: &App, a: ParcelArgs) -> Result<ExitCode> {
    let lang = say::language(&a.lang)?;
    let asked = parse_key(&a.reference)
        .or_else(|| parse_text(&a.reference).map(|w| w.parcel))
        .ok_or_else(|| Error::refused("reference", "parcel-key", &a.reference, "commune/sheet/number"))?;
    let found = parcel::trace(app, &asked, a.at).await?;
    if found.is_empty() {
        println!("{}", message(lang, &Message::new("parcel-none").with("reference", a.reference.as_str())));
        if let Some(day) = parcel::known_since(app, &asked).await?.filter(|_| a.at.is_some()) {
            println!("  {}", message(lang, &Message::new("parcel-known-since").with("day", day.to_string())));
        }
    }
    for (i, t) in found.iter().enumerate() {
        let c = &t.candidate;
        let gone =
            if t.in_force { String::new() } else { format!("  {}", message(lang, &Message::new("parcel-gone"))) };
        println!("{}. {}/{}/{}  zone {}  {}{gone}", i + 1, c.commune_code, c.sheet, c.number, c.zone.0, c.parcel_id);
        for reason in &c.reasons {
            println!("     {}", message(lang, &Message::new(reason.clone())));
        }
        t.steps.iter().for_each(|s| println!("   {}", line(lang, s)));
    }
    let names: Vec<String> = key(&asked).into_iter().collect();
    let parcels: Vec<_> = found.iter().map(|t| t.candidate.parcel_id).collect();
    for act in parcel::acts(app, &names, &parcels).await? {
        recorded(lang, &act);
    }
    Ok(if found.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn step(lang: Lang, kind: &str) -> String {
    message(lang, &Message::new("parcel-step").with("kind", kind))
}

fn line(lang: Lang, s: &StepView) -> String {
    let on = s.on.map_or("----------".to_owned(), |d| d.to_string());
    let source = s.source.as_ref().map_or(String::new(), |s| format!("  [{s}]"));
    format!("{on}  {}: {} -> {}{source}", step(lang, &s.kind), s.from, s.to)
}

fn recorded(lang: Lang, a: &Act) {
    let said = Message::new("parcel-act")
        .with("id", a.id.to_string())
        .with("kind", step(lang, &a.kind))
        .with("from", a.from.join(", "))
        .with("day", a.effective.to_string())
        .with("decision", a.decision.as_str())
        .with("by", a.recorded_by.as_str())
        .with("recorded", day_of(a.recorded_at).to_string());
    println!("   {}", message(lang, &said));
    if let Some(r) = &a.revoked {
        let said = Message::new("parcel-act-revoked")
            .with("day", day_of(r.at).to_string())
            .with("by", r.by.as_str())
            .with("reason", r.reason.as_str());
        println!("     {}", message(lang, &said));
    }
}

pub async fn record(app: &App, by: &Actor, a: RecordArgs) -> Result<()> {
    let new = NewAct { kind: a.kind, from: a.from, to: a.to, effective: a.on, decision: a.decision };
    let done = parcel::record(app, by, new).await?;
    println!("recorded: {} of {} ({})", done.kind, done.from.join(", "), done.id);
    Ok(())
}

pub async fn revoke(app: &App, by: &Actor, a: RevokeArgs) -> Result<()> {
    let done = parcel::revoke(app, by, a.act, &Revocation { reason: a.reason }).await?;
    println!("revoked: {} of {} ({})", done.kind, done.from.join(", "), done.id);
    Ok(())
}
