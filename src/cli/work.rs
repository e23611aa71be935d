//! `diaba plan`, `diaba agency ...`, `diaba field ...`: how a case is worked on, for those who script it.

use super::args::date;
use super::say;
use crate::app::App;
use crate::flow::staff::{self, Actor};
use crate::flow::submission::{
    self, AgencyAnswer, AgencyAsked, AgencyDecision, NewSubmission, SubmissionView, TakenBack,
};
use crate::flow::{Error, Result, case, field, plan};
use crate::store::submission as rows;
use clap::{Args, Subcommand};
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
    },
    /// What was handed in for a case (HS-... or id), and what came of it
    Show { case: String },
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
    },
}

pub async fn plan(app: &App, by: &Actor, a: PlanArgs) -> Result<ExitCode> {
    let found = case::get(app, &a.case).await?;
    let view = if a.make { plan::make(app, by, found.id).await? } else { plan::view(app, found.id).await? };
    let counts: Vec<String> = view.counts.iter().map(|(state, n)| format!("{n} {state}")).collect();
    println!("{}  plan of {}: {}", found.number, view.procedure, counts.join(", "));
    let line = |t: &plan::PlannedTask| {
        let t = &t.task;
        vec![t.department.clone(), t.kind.clone(), t.due.to_string(), t.state.clone(), t.waits_for.join(", ")]
    };
    let lines: Vec<_> = view.tasks.iter().map(line).collect();
    say::table(&["department", "task", "due", "state", "waits for"], &lines);
    Ok(ExitCode::SUCCESS)
}

pub async fn agency(app: &App, by: &Actor, c: AgencyCommand) -> Result<ExitCode> {
    let done = match c {
        AgencyCommand::List { state, agency, due_by, limit } => {
            listed(app, rows::Filter { state, agency, due_by, after: None, limit }).await?;
            return Ok(ExitCode::SUCCESS);
        }
        AgencyCommand::Show { case } => {
            let found = case::get(app, &case).await?;
            submission::list(app, found.id).await?.iter().for_each(told);
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
    told(&done);
    Ok(ExitCode::SUCCESS)
}

async fn listed(app: &App, filter: rows::Filter) -> Result<()> {
    let listed = submission::page(app, &filter).await?;
    for c in rows::counts(&mut *app.pool.acquire().await?, app.clock.today()).await? {
        println!("{}: {} ({} beyond their term)", c.state, say::count(c.count), say::count(c.late));
    }
    let day = |d: Option<Date>| d.map(|d| d.to_string()).unwrap_or_default();
    let line = |s: &rows::SubmissionListed| {
        let (on, due) = (s.submitted_on.to_string(), day(s.due));
        vec![s.case_number.clone(), s.agency.clone(), s.receipt_number.clone(), on, due, s.state.clone()]
    };
    let lines: Vec<_> = listed.iter().map(line).collect();
    say::table(&["case", "agency", "receipt", "handed in", "due", "state"], &lines);
    Ok(())
}

fn told(s: &SubmissionView) {
    let due = s.runs_until.map_or_else(|| "no term runs".into(), |d| format!("due {d}"));
    println!("{}  {} {}  handed in {}  {due}  {}", s.id, s.agency, s.receipt_number, s.submitted_on, s.state);
    for step in &s.steps {
        let by = step.answer_by.map(|d| format!(", answer by {d}")).unwrap_or_default();
        println!("  {} {}{by}", step.on, step.what);
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
        _ => Err(Error::refused("submission", "not-in-list", asked, "its id: several agencies gave this number")),
    }
}

pub async fn field(app: &App, c: FieldCommand) -> Result<ExitCode> {
    let io =
        |e: std::io::Error, file: &PathBuf| Error::Broken(anyhow::Error::new(e).context(file.display().to_string()));
    match c {
        FieldCommand::Package { login, hours, output } => {
            let who = staff::member(app, &login).await?;
            let package = field::package(app, &who, hours).await?;
            let text = serde_json::to_vec_pretty(&package).map_err(|e| Error::Broken(e.into()))?;
            std::fs::write(&output, text).map_err(|e| io(e, &output))?;
            println!("{}  {} tasks for {hours} hours", output.display(), package.tasks.len());
        }
        FieldCommand::Send { login, file } => {
            let who = staff::member(app, &login).await?;
            let content = std::fs::read(&file).map_err(|e| io(e, &file))?;
            let r = field::receive(app, &who, content.into()).await?;
            println!("batch {}  applied {}  in conflict {}  in the tray {}", r.batch, r.applied, r.conflicts, r.tray);
            for i in r.items.iter().filter(|i| i.outcome != "applied") {
                println!("  {}  {} {}", i.id, i.outcome, i.why.clone().unwrap_or_default());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
