//! `diaba verify`

use super::args::VerifyArgs;
use super::say;
use crate::app::App;
use crate::domain::parcel::rank::{Hints, clear_winner};
use crate::domain::parcel::reference;
use crate::domain::staff::Purpose;
use crate::domain::verify::text::render_with;
use crate::domain::verify::{Record, Wish};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, case, opinion, parcel, verification};
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

pub async fn run(app: &App, by: &Actor, a: VerifyArgs) -> Result<ExitCode> {
    let lang = say::language(&a.lang)?;
    let mut opinions = vec![];
    let (record, basis) = match (&a.parcel, &a.case) {
        (Some(text), _) => {
            let judged = of_parcel(app, text).await?;
            (judged.record, judged.basis)
        }
        (None, Some(asked)) => {
            let found = case::get(app, asked).await?;
            let done = verification::verify_case(app, by, found.id, None).await?;
            eprintln!("verification {} of case {}: {} tasks", done.id, done.case_number, done.tasks.len());
            if let Some(file) = &a.proof {
                super::proof::write_proof(app, by, done.id, file).await?;
                eprintln!("proof: {}", file.display());
            }
            let opened = verification::open(app, by, done.id, Purpose::Verify).await?;
            opinions = opinion::placed(app, done.id, &opened.record).await?;
            (done.record, done.basis)
        }
        (None, None) => return Err(Error::refused("case", "case-missing", "nothing", "a case, or --parcel")),
    };
    if let Some(file) = &a.evidence {
        write_evidence(app, &record, file).await?;
        eprintln!("evidence: {}", file.display());
    }
    match a.output.as_str() {
        "text" => print!("{}", render_with(&record, &basis, &opinions, lang, std::io::stdout().is_terminal())),
        "json" => println!("{}", record.canonical().map_err(|e| Error::Broken(e.into()))?),
        "geojson" => println!("{}", verification::evidence(app, &record).await?),
        other => return Err(Error::refused("output", "output-form", other, "text, json, geojson")),
    }
    Ok(ExitCode::SUCCESS)
}

async fn of_parcel(app: &App, text: &str) -> Result<verification::Judged> {
    let asked = reference::parse_key(text)
        .ok_or_else(|| Error::refused("parcel", "parcel-key", text, "commune/sheet/number"))?;
    let found = parcel::resolve(&mut *app.pool.acquire().await?, &asked, &Hints::default(), None).await?;
    match clear_winner(&found.candidates) {
        Some(c) => verification::inspect(app, c.zone.0, c.parcel_id, Wish::default()).await,
        None => {
            let list: Vec<String> = found
                .candidates
                .iter()
                .map(|c| format!("{}/{}/{} ({})", c.commune_code, c.sheet, c.number, c.reasons.join(", ")))
                .collect();
            let list = if list.is_empty() { "no parcel has or had this reference".into() } else { list.join("; ") };
            Err(Error::refused("parcel", "parcel-not-clear", text, list))
        }
    }
}

pub async fn write_evidence(app: &App, record: &Record, file: &Path) -> Result<()> {
    let value = verification::evidence(app, record).await?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|e| Error::Broken(e.into()))?;
    }
    std::fs::write(file, value.to_string()).map_err(|e| Error::Broken(e.into()))
}
