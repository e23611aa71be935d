//! `diaba verify`

use super::args::VerifyArgs;
use super::say::Say;
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::domain::verify::text::render_with;
use crate::domain::verify::{Message, Record, Wish};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, case, opinion, verification};
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(app: &App, by: &Actor, say: Say, a: VerifyArgs) -> Result<ExitCode> {
    let mut opinions = vec![];
    let (record, basis) = match (&a.parcel, &a.case) {
        (Some(text), _) => {
            let judged = of_parcel(app, text).await?;
            (judged.record, judged.basis)
        }
        (None, Some(asked)) => {
            let found = case::get(app, asked).await?;
            let done = verification::verify_case(app, by, found.id, None).await?;
            let said = Message::new("verified-line").with("number", done.case_number.as_str());
            eprintln!("{}", say.message(&said.with("tasks", done.tasks.len() as f64)));
            if let Some(file) = &a.proof {
                super::proof::write_proof(app, by, done.id, file).await?;
                eprintln!("{}", named(say, "proof-file", file));
            }
            let opened = verification::open(app, by, done.id, Purpose::Verify).await?;
            opinions = opinion::placed(app, done.id, &opened.record).await?;
            (done.record, done.basis)
        }
        (None, None) => return Err(Error::refused("case", "case-missing", "nothing", "a case, or --parcel")),
    };
    if let Some(file) = &a.evidence {
        write_evidence(app, &record, file).await?;
        eprintln!("{}", named(say, "evidence-file", file));
    }
    match a.output.as_str() {
        "text" => print!("{}", render_with(&record, &basis, &opinions, say.0, std::io::stdout().is_terminal())),
        "json" => println!("{}", record.canonical().map_err(|e| Error::Broken(e.into()))?),
        "geojson" => println!("{}", verification::evidence(app, &record).await?),
        other => return Err(Error::refused("output", "output-form", other, "text, json, geojson")),
    }
    Ok(ExitCode::SUCCESS)
}

fn named(say: Say, key: &'static str, file: &Path) -> String {
    say.message(&Message::new(key).with("file", file.display().to_string()))
}

async fn of_parcel(app: &App, text: &str) -> Result<verification::Judged> {
    let (zone, id) = super::parcel::named(app, text).await?;
    verification::inspect(app, zone, id, Wish::default()).await
}

pub async fn write_evidence(app: &App, record: &Record, file: &Path) -> Result<()> {
    let value = verification::evidence(app, record).await?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Error::Broken(e.into()))?;
    }
    std::fs::write(file, value.to_string()).map_err(|e| Error::Broken(e.into()))
}
