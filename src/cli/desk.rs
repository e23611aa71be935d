//! `diaba case ...` and `diaba paper ...`: the acts of the API, told as JSON.

use super::say;
use crate::app::App;
use crate::domain::case::Channel;
use crate::domain::problem::FieldProblem;
use crate::domain::shape::{self, Unread};
use crate::domain::staff::Purpose;
use crate::domain::verify::Wish;
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
        /// text or json
        #[arg(long, default_value = "text")]
        output: String,
    },
    /// A case (HS-... or id) with its papers, as JSON, without what is written on them
    Show { case: String },
    /// Say which parcel a case is about, whatever its papers name; prints the case as JSON
    Bind {
        /// Number (HS-...) or id of a case
        case: String,
        /// Id of the parcel, as `diaba parcel` prints it
        #[arg(long)]
        parcel: Uuid,
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
    List { case: String },
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

pub async fn case(app: &App, by: &Actor, c: CaseCommand) -> Result<ExitCode> {
    match c {
        CaseCommand::Open { procedure, parcel, json } => {
            let new = match json {
                Some(file) => read_json(&file)?,
                None => named(procedure.unwrap_or_default(), &parcel.unwrap_or_default())?,
            };
            print(&case::create(app, by, new).await?)?;
        }
        CaseCommand::List { state, procedure, turn, limit, output } => {
            let filter = CaseFilter { state, procedure, turn, limit, ..CaseFilter::default() };
            let found = case::list(app, &filter).await?;
            match output.as_str() {
                "json" => print(&found)?,
                "text" => listed(&found),
                other => return Err(Error::refused("output", "output-form", other, "text, json")),
            }
        }
        CaseCommand::Show { case } => {
            let case = case::get(app, &case).await?;
            let papers = paper::list(app, case.id).await?;
            print(&Shown { case, papers })?;
        }
        CaseCommand::Bind { case, parcel, reason } => {
            let id = case::get(app, &case).await?.id;
            print(&case::bind_parcel(app, by, id, BindParcel { parcel, reason }).await?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn named(procedure: String, parcel: &str) -> Result<NewCase> {
    let parcel_ref = crate::domain::parcel::parse_key(parcel)
        .ok_or_else(|| Error::refused("parcel", "wrong-value", parcel, "commune/sheet/number"))?;
    Ok(NewCase { procedure, wish: Wish::default(), parcel_ref, parcel: None, channel: Channel::Office })
}

fn listed(found: &[CaseView]) {
    let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let line = |c: &CaseView| {
        let commune = ["commune_code", "commune_name"].map(|k| text(&c.parcel_ref, k)).concat();
        let parcel = format!("{commune}/{}/{}", text(&c.parcel_ref, "sheet"), text(&c.parcel_ref, "number"));
        vec![c.number.clone(), c.procedure.clone(), c.state.clone(), parcel, c.created_at.date().to_string()]
    };
    say::table(&["case", "procedure", "state", "parcel", "opened"], &found.iter().map(line).collect::<Vec<_>>());
}

pub async fn paper(app: &App, by: &Actor, c: PaperCommand) -> Result<ExitCode> {
    match c {
        PaperCommand::Add { case, kind, json, scan } => {
            let facts = of_kind(read_json(&json)?, kind)?;
            let scan = scan.map(|file| bytes(&file, "scan")).transpose()?;
            let case = case::get(app, &case).await?.id;
            let mut view = paper::add(app, by, case, facts).await?;
            if let Some(content) = scan {
                view = paper::attach_scan(app, by, case, view.id, content.into()).await.inspect_err(|_| {
                    eprintln!("paper {} is kept without its scan", view.id);
                })?;
            }
            print(&view)?;
        }
        PaperCommand::List { case } => {
            let case = case::get(app, &case).await?.id;
            print(&paper::list(app, case).await?)?;
        }
        PaperCommand::Show { case, paper, purpose } => {
            let case = case::get(app, &case).await?.id;
            let purpose: Purpose = case::parse_purpose(Some(&purpose))?;
            print(&paper::read(app, by, case, paper, None, purpose).await?)?;
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

fn print<T: Serialize>(value: &T) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value).map_err(|e| Error::Broken(e.into()))?);
    Ok(())
}
