//! `diaba plan`, `diaba agency ...`, `diaba field ...`: how a case is worked on, for those who script it.

use super::args::date;
use super::say::{As, Say};
use crate::app::App;
use crate::domain::verify::Message;
use crate::domain::verify::text::{awaited, procedure, task};
use crate::flow::staff::{self, Actor};
use crate::flow::submission::{
    self, AgencyAnswer, AgencyAsked, AgencyDecision, NewSubmission, SubmissionView, TakenBack,
};
use crate::flow::{Error, Result, case, field, plan};
use crate::store::agency;
use crate::store::submission as rows;
use clap::{Args, Subcommand};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use time::Date;
use uuid::Uuid;

#[derive(Args)]
pub struct PlanArgs {
    /// Number (HS-...) or id of a case
    case: String,
    /// Make the plan of a case in execution that has none
    #[arg(long)]
    make: bool,
    #[command(flatten)]
    form: As,
}

#[derive(Subcommand)]
pub enum AgencyCommand {
    /// What lies with authorities, in the order it was handed in, and how many stand where
    List {
        /// at_work, asked_more, granted, refused or withdrawn
        #[arg(long)]
        state: Option<String>,
        /// Code of an agency
        #[arg(long)]
        agency: Option<String>,
        /// Whose term ends up to and on this day
        #[arg(long, value_parser = date)]
        due_by: Option<Date>,
        #[arg(long, default_value_t = 50)]
        limit: i64,
        #[command(flatten)]
        form: As,
    },
    /// What was handed in for a case (HS-... or id), and what came of it
    Show {
        case: String,
        #[command(flatten)]
        form: As,
    },
    /// The dossier of a case was handed in
    Submitted {
        case: String,
        /// Code of an agency
        #[arg(long)]
        agency: String,
        /// As the authority numbers it
        #[arg(long)]
        receipt: String,
        /// Today when left out
        #[arg(long, value_parser = date)]
        on: Option<Date>,
        /// The day printed on the receipt
        #[arg(long, value_parser = date)]
        promised: Option<Date>,
    },
    /// The authority asks for more
    AskedMore {
        /// Number of the receipt, or id
        submission: String,
        /// What it asks for
        words: String,
        /// Login of who sees to it
        #[arg(long)]
        owner: String,
        /// Paper the customer has to bring; may be repeated
        #[arg(long = "from-customer")]
        from_customer: Vec<String>,
        #[arg(long, value_parser = date)]
        answer_by: Option<Date>,
        /// Today when left out
        #[arg(long, value_parser = date)]
        on: Option<Date>,
    },
    /// What it asked for was handed in
    Answered {
        /// Number of the receipt, or id
        submission: String,
        /// Today when left out
        #[arg(long, value_parser = date)]
        on: Option<Date>,
    },
    /// The authority has granted or refused
    Decided {
        /// Number of the receipt, or id
        submission: String,
        /// It refuses, for this reason
        #[arg(long)]
        refused: Option<String>,
        /// Today when left out
        #[arg(long, value_parser = date)]
        on: Option<Date>,
    },
    /// The dossier was taken back
    Withdrawn {
        /// Number of the receipt, or id
        submission: String,
        /// Why
        words: String,
        /// It was noted wrongly, and never handed in like that
        #[arg(long)]
        mistake: bool,
        /// Today when left out
        #[arg(long, value_parser = date)]
        on: Option<Date>,
    },
}

#[derive(Subcommand)]
pub enum FieldCommand {
    /// Write what a member of the field staff takes along, as JSON: tasks, forms, values, leases
    Package {
        /// Login of who goes
        login: String,
        #[arg(long, default_value_t = 24)]
        hours: u32,
        #[arg(long, short)]
        output: PathBuf,
    },
    /// Take a batch that a device sent; the same file again changes nothing
    Send {
        /// Login of who captured it
        login: String,
        file: PathBuf,
        #[command(flatten)]
        form: As,
    },
}

/// What these are called: agencies by code, staff by id.
async fn called(app: &App, who: impl Iterator<Item = String>) -> Result<BTreeMap<String, String>> {
    Ok(agency::called(&mut *app.pool.acquire().await?, &who.collect()).await?)
}

pub async fn plan(app: &App, by: &Actor, say: Say, a: PlanArgs) -> Result<ExitCode> {
    let found = case::get(app, &a.case).await?;
    let view = if a.make { plan::make(app, by, found.id).await? } else { plan::view(app, found.id).await? };
    let who = view.tasks.iter().filter_map(|t| t.task.assignee);
    let names = called(app, who.map(|id| id.to_string())).await?;
    a.form.output.show(&view, |view| planned(say, &found.number, view, &names))?;
    Ok(ExitCode::SUCCESS)
}

fn planned(say: Say, number: &str, view: &plan::PlanView, names: &BTreeMap<String, String>) {
    let counted = |(state, n): (&String, &u32)| {
        let said = Message::new("plan-count").with("state", say.coded("task-state", state));
        say.message(&said.with("n", f64::from(*n)))
    };
    let counts: Vec<String> = view.counts.iter().map(counted).collect();
    let head = Message::new("plan-line").with("number", number).with("procedure", procedure(say.0, &view.procedure));
    say.line(&head.with("counts", counts.join(", ")));
    let line = |t: &plan::PlannedTask| {
        let t = &t.task;
        let who = t.assignee.and_then(|id| names.get(&id.to_string()).cloned());
        let waits: Vec<String> = t.waits_for.iter().map(|w| awaited(say.0, w)).collect();
        vec![
            say.coded("task-department", &t.department),
            task(say.0, &t.kind),
            say.date(t.due),
            say.coded("task-state", &t.state),
            who.unwrap_or_else(|| if waits.is_empty() { say.word("task-nobody") } else { String::new() }),
            waits.join(", "),
        ]
    };
    let lines: Vec<_> = view.tasks.iter().map(line).collect();
    say.table(&["department", "task", "due", "state", "who", "waits"], &lines);
}

pub async fn agency(app: &App, by: &Actor, say: Say, c: AgencyCommand) -> Result<ExitCode> {
    let done = match c {
        AgencyCommand::List { state, agency, due_by, limit, form } => {
            listed(app, say, form, rows::Filter { state, agency, due_by, after: None, limit }).await?;
            return Ok(ExitCode::SUCCESS);
        }
        AgencyCommand::Show { case, form } => {
            let found = case::get(app, &case).await?;
            let all = submission::list(app, found.id).await?;
            let names = called(app, all.iter().map(|s| s.agency.clone())).await?;
            form.output.show(&all, |all| {
                if all.is_empty() {
                    say.line(&Message::new("submission-none").with("number", found.number.as_str()));
                }
                all.iter().for_each(|s| told(say, &found.number, s, &names));
            })?;
            return Ok(ExitCode::SUCCESS);
        }
        AgencyCommand::Submitted { case, agency, receipt, on, promised } => {
            let id = case::get(app, &case).await?.id;
            let new = NewSubmission { agency, receipt_number: receipt, submitted_on: on, promised, procedure: None };
            submission::submit(app, by, id, new).await?
        }
        AgencyCommand::AskedMore { submission: asked, words, owner, from_customer, answer_by, on } => {
            let owner = staff::member(app, &owner).await?.id;
            let id = which(app, &asked).await?;
            submission::ask_more(app, by, id, AgencyAsked { words, on, answer_by, from_customer, owner }).await?
        }
        AgencyCommand::Answered { submission: asked, on } => {
            let id = which(app, &asked).await?;
            submission::answer(app, by, id, AgencyAnswer { on, words: String::new() }).await?
        }
        AgencyCommand::Decided { submission: asked, refused, on } => {
            let id = which(app, &asked).await?;
            let decided = AgencyDecision { granted: refused.is_none(), on, words: refused.unwrap_or_default() };
            submission::decide(app, by, id, decided).await?
        }
        AgencyCommand::Withdrawn { submission: asked, words, mistake, on } => {
            let id = which(app, &asked).await?;
            submission::withdraw(app, by, id, TakenBack { mistake, on, words }).await?
        }
    };
    let number = case::get(app, &done.case_id.to_string()).await?.number;
    told(say, &number, &done, &called(app, [done.agency.clone()].into_iter()).await?);
    Ok(ExitCode::SUCCESS)
}

async fn listed(app: &App, say: Say, form: As, filter: rows::Filter) -> Result<()> {
    let listed = submission::page(app, &filter).await?;
    let names = called(app, listed.iter().map(|s| s.agency.clone())).await?;
    let counts = rows::counts(&mut *app.pool.acquire().await?, app.clock.today()).await?;
    form.output.show(&listed, |listed| {
        for c in counts {
            let said = Message::new(if c.late > 0 { "submission-count-late" } else { "submission-count" });
            let said = said.with("state", say.coded("submission-state", &c.state)).with("count", say.count(c.count));
            say.line(&said.with("late", say.count(c.late)));
        }
        let day = |d: Option<Date>| d.map(|d| say.date(d)).unwrap_or_default();
        let line = |s: &rows::SubmissionListed| {
            vec![
                s.case_number.clone(),
                names.get(&s.agency).unwrap_or(&s.agency).clone(),
                s.receipt_number.clone(),
                say.date(s.submitted_on),
                day(s.due),
                say.coded("submission-state", &s.state),
            ]
        };
        let lines: Vec<_> = listed.iter().map(line).collect();
        say.table(&["case", "agency", "receipt", "handed-in", "due", "state"], &lines);
    })
}

fn told(say: Say, number: &str, s: &SubmissionView, names: &BTreeMap<String, String>) {
    let head = Message::new("submission-line")
        .with("number", number)
        .with("agency", names.get(&s.agency).unwrap_or(&s.agency).as_str())
        .with("receipt", s.receipt_number.as_str())
        .with("day", say.date(s.submitted_on))
        .with("state", say.coded("submission-state", &s.state));
    say.line(&head);
    match s.runs_until {
        Some(day) => say.under(&Message::new("submission-runs-until").with("day", say.date(day))),
        None => say.under(&Message::new("submission-no-term")),
    }
    if let Some(day) = s.promised {
        say.under(&Message::new("submission-promised").with("day", say.date(day)));
    }
    for step in &s.steps {
        let key = if step.answer_by.is_some() { "submission-step-answer-by" } else { "submission-step" };
        let said = Message::new(key)
            .with("day", say.date(step.on))
            .with("what", say.coded("submission-step", &step.what))
            .with("by", step.answer_by.map(|d| say.date(d)).unwrap_or_default());
        say.under(&said);
    }
}

/// A submission by its id or the number of its receipt.
async fn which(app: &App, asked: &str) -> Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(asked) {
        return Ok(id);
    }
    match rows::by_receipt(&mut *app.pool.acquire().await?, asked).await?[..] {
        [one] => Ok(one),
        [] => Err(Error::NotFound { what: "submission", id: asked.to_owned() }),
        _ => Err(Error::refused("submission", "receipt-twice", asked, "its id, as `--output json` gives it")),
    }
}

pub async fn field(app: &App, say: Say, c: FieldCommand) -> Result<ExitCode> {
    let io =
        |e: std::io::Error, file: &PathBuf| Error::Broken(anyhow::Error::new(e).context(file.display().to_string()));
    match c {
        FieldCommand::Package { login, hours, output } => {
            let who = staff::member(app, &login).await?;
            let package = field::package(app, &who, hours).await?;
            let text = serde_json::to_vec_pretty(&package).map_err(|e| Error::Broken(e.into()))?;
            std::fs::write(&output, text).map_err(|e| io(e, &output))?;
            let said = Message::new("field-packed").with("file", output.display().to_string());
            say.line(&said.with("count", say.count(package.tasks.len() as i64)).with("hours", f64::from(hours)));
        }
        FieldCommand::Send { login, file, form } => {
            let who = staff::member(app, &login).await?;
            let content = std::fs::read(&file).map_err(|e| io(e, &file))?;
            let receipt = field::receive(app, &who, content.into()).await?;
            form.output.show(&receipt, |r| received(say, r))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn received(say: Say, r: &field::Receipt) {
    let n = |n: u32| f64::from(n);
    let said = Message::new("field-received").with("at", say.moment(r.received_at)).with("applied", n(r.applied));
    say.line(&said.with("conflicts", n(r.conflicts)).with("tray", n(r.tray)));
    for (i, item) in r.items.iter().enumerate().filter(|(_, i)| i.outcome != "applied") {
        let said = Message::new(if item.why.is_some() { "field-item-why" } else { "field-item" });
        let said = said.with("no", (i + 1) as f64).with("outcome", say.coded("field-outcome", &item.outcome));
        say.under(&said.with("why", item.why.as_deref().map(|w| say.coded("field-why", w)).unwrap_or_default()));
    }
}
