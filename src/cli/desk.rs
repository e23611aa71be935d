//! `diaba case ...` and `diaba paper ...`: the acts of the API, told as JSON or in words.

use super::say::{As, AsJson, Say, as_json};
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::case::Channel;
use crate::domain::problem::FieldProblem;
use crate::domain::shape::{self, Unread};
use crate::domain::staff::Purpose;
use crate::domain::text::fold::capital;
use crate::domain::verify::text::{paper_kind, procedure};
use crate::domain::verify::{Message, Wish};
use crate::flow::case::{self, BindParcel, CaseFilter, CaseView, NewCase};
use crate::flow::paper::{self, PaperView};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use clap::Subcommand;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;

#[derive(Subcommand)]
pub enum CaseCommand {
    /// Open a case; prints it as JSON
    Open {
        /// Code of a procedure (data/procedures)
        #[arg(required_unless_present = "json")]
        procedure: Option<String>,
        /// commune/sheet/number as the papers name the parcel; the commune as a code or a name, of any time
        #[arg(long, required_unless_present = "json")]
        parcel: Option<String>,
        /// All of it as the API takes it (NewCase): a file, or - for standard input
        #[arg(long, value_name = "FILE", conflicts_with_all = ["procedure", "parcel"])]
        json: Option<PathBuf>,
    },
    /// Cases, newest first
    List {
        #[arg(long)]
        state: Option<String>,
        #[arg(long)]
        procedure: Option<String>,
        /// Whose move it is: ours, customer, authority, nobody
        #[arg(long)]
        turn: Option<String>,
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=200))]
        limit: i64,
        #[command(flatten)]
        form: As,
    },
    /// A case (HS-... or id) with its papers, without what is written on them
    Show {
        case: String,
        #[command(flatten)]
        form: AsJson,
    },
    /// Say which parcel a case is about, whatever its papers name; prints the case as JSON
    Bind {
        /// Number (HS-...) or id of a case
        case: String,
        /// commune/sheet/number, or the id of the parcel as `diaba parcel` prints it
        #[arg(long)]
        parcel: String,
        /// Why, without personal data
        #[arg(long)]
        reason: String,
    },
}

#[derive(Subcommand)]
pub enum PaperCommand {
    /// Add a paper to a case; prints it as JSON
    Add {
        /// Number (HS-...) or id of a case
        case: String,
        /// certificate, identity_card, power_of_attorney, ...; may be left out when the JSON says `kind`
        #[arg(long = "type", value_name = "KIND")]
        kind: Option<String>,
        /// What is written on it: a file, or - for standard input
        #[arg(long, value_name = "FILE")]
        json: PathBuf,
        /// Its scan: PDF, PNG, JPEG, TIFF or WebP, kept sealed under its SHA-256
        #[arg(long, value_name = "FILE")]
        scan: Option<PathBuf>,
    },
    /// Papers of a case, without what is written on them
    List {
        case: String,
        #[command(flatten)]
        form: AsJson,
    },
    /// A paper with what is written on it; the read is logged with its purpose
    Show {
        case: String,
        paper: Uuid,
        /// verify, contact_customer, prepare_papers, field_visit, review, data_subject_request
        #[arg(long)]
        purpose: String,
    },
}

/// A case with its papers.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    case: CaseView,
    papers: Vec<PaperView>,
}

pub async fn case(app: &App, by: &Actor, say: Say, c: CaseCommand) -> Result<ExitCode> {
    match c {
        CaseCommand::Open { procedure, parcel, json } => {
            let new = match json {
                Some(file) => read_json(&file)?,
                None => named(procedure.unwrap_or_default(), &parcel.unwrap_or_default())?,
            };
            as_json(&case::create(app, by, new).await?)?;
        }
        CaseCommand::List { state, procedure, turn, limit, form } => {
            let filter = CaseFilter { state, procedure, turn, limit, ..CaseFilter::default() };
            form.output.show(&case::list(app, &filter).await?, |found| listed(say, found))?;
        }
        CaseCommand::Show { case, form } => {
            let case = case::get(app, &case).await?;
            let papers = paper::list(app, case.id).await?;
            form.output.show(&Shown { case, papers }, |shown| told(say, shown))?;
        }
        CaseCommand::Bind { case, parcel, reason } => {
            let id = case::get(app, &case).await?.id;
            let parcel = match Uuid::parse_str(&parcel) {
                Ok(id) => id,
                Err(_) => super::parcel::named(app, &parcel).await?.1,
            };
            as_json(&case::bind_parcel(app, by, id, BindParcel { parcel, reason }).await?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn named(procedure: String, parcel: &str) -> Result<NewCase> {
    let parcel_ref = crate::domain::parcel::parse_key(parcel)
        .ok_or_else(|| Error::refused("parcel", "wrong-value", parcel, "commune/sheet/number as papers name it"))?;
    Ok(NewCase { procedure, wish: Wish::default(), parcel_ref, parcel: None, channel: Channel::Office })
}

/// commune/sheet/number, as the papers name it.
fn parcel(c: &CaseView) -> String {
    let text = |key: &str| c.parcel_ref.get(key).and_then(Value::as_str).unwrap_or_default();
    let (code, name, place) = (text("commune_code"), text("commune_name"), [text("sheet"), text("number")].join("/"));
    match (code, name) {
        ("", name) => format!("{name}/{place}"),
        (code, "") => format!("{code}/{place}"),
        (code, name) => format!("{code}/{place} ({name})"),
    }
}

fn listed(say: Say, found: &[CaseView]) {
    let line = |c: &CaseView| {
        vec![
            c.number.clone(),
            capital(&procedure(say.0, &c.procedure)),
            say.coded("step", &c.state),
            say.coded("turn-name", &c.turn),
            parcel(c),
            say.date(day_of(c.created_at)),
        ]
    };
    let lines: Vec<_> = found.iter().map(line).collect();
    say.table(&["case", "procedure", "step", "turn", "parcel", "opened"], &lines);
}

fn told(say: Say, shown: &Shown) {
    let c = &shown.case;
    let head = Message::new("case-line").with("number", c.number.as_str());
    say.line(&head.with("procedure", procedure(say.0, &c.procedure)).with("step", say.coded("step", &c.state)));
    say.under(&Message::new("case-parcel").with("parcel", parcel(c)));
    let opened = Message::new("case-opened").with("day", say.date(day_of(c.created_at)));
    say.under(&opened.with("by", c.created_by.as_str()));
    let turn = Message::new("case-turn").with("turn", say.coded("turn-name", &c.turn));
    say.under(&turn.with("day", say.date(day_of(c.state_since))));
    papers(say, &shown.papers);
}

fn papers(say: Say, all: &[PaperView]) {
    if all.is_empty() {
        say.line(&Message::new("case-papers-none"));
        return;
    }
    let line = |p: &PaperView| {
        let missing = Message::new("paper-fields").with("fields", p.missing.join(", "));
        vec![
            capital(&paper_kind(say.0, &p.kind)),
            say.date(day_of(p.created_at)),
            say.word(if p.complete { "yes" } else { "no" }),
            say.word(if p.scan.is_some() { "yes" } else { "no" }),
            if p.missing.is_empty() { String::new() } else { say.message(&missing) },
        ]
    };
    say.table(&["paper", "date", "complete", "scan", "missing"], &all.iter().map(line).collect::<Vec<_>>());
}

pub async fn paper(app: &App, by: &Actor, say: Say, c: PaperCommand) -> Result<ExitCode> {
    match c {
        PaperCommand::Add { case, kind, json, scan } => {
            let facts = of_kind(read_json(&json)?, kind)?;
            let scan = scan.map(|file| bytes(&file, "scan")).transpose()?;
            let case = case::get(app, &case).await?.id;
            let mut view = paper::add(app, by, case, facts).await?;
            if let Some(content) = scan {
                view = paper::attach_scan(app, by, case, view.id, content.into()).await.inspect_err(|_| {
                    let said = Message::new("paper-kept-without-scan").with("id", view.id.to_string());
                    eprintln!("{}", say.message(&said));
                })?;
            }
            as_json(&view)?;
        }
        PaperCommand::List { case, form } => {
            let case = case::get(app, &case).await?.id;
            form.output.show(&paper::list(app, case).await?, |all| papers(say, all))?;
        }
        PaperCommand::Show { case, paper, purpose } => {
            let case = case::get(app, &case).await?.id;
            let purpose: Purpose = case::parse_purpose(Some(&purpose))?;
            as_json(&paper::read(app, by, case, paper, None, purpose).await?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The kind said beside a paper; it must not say another one itself.
fn of_kind(mut facts: Value, kind: Option<String>) -> Result<Value> {
    let (Some(kind), Some(fields)) = (kind, facts.as_object_mut()) else { return Ok(facts) };
    match fields.get("kind") {
        Some(said) if *said != kind => Err(Error::refused("kind", "kind-changed", said, kind)),
        _ => {
            fields.insert("kind".to_owned(), kind.into());
            Ok(facts)
        }
    }
}

fn read_json<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let text = bytes(file, "json")?;
    shape::from_slice(&text).map_err(|e| match e {
        Unread::Syntax { line, column } => {
            Error::refused("json", "json-syntax", format!("{line}:{column}"), "JSON (RFC 8259)")
        }
        Unread::Fields(problems) => {
            let whole =
                |p: FieldProblem| if p.field.is_empty() { FieldProblem { field: "json".into(), ..p } } else { p };
            Error::Refused(problems.into_iter().map(whole).collect())
        }
    })
}

/// All of a file; `-` is standard input.
fn bytes(file: &Path, field: &str) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    let read = match file.to_str() {
        Some("-") => std::io::stdin().lock().read_to_end(&mut all).map(drop),
        _ => std::fs::read(file).map(|read| all = read),
    };
    read.map_err(|e| {
        Error::refused(field, "file-missing", format!("{}: {e}", file.display()), "a file that can be read")
    })?;
    Ok(all)
}
