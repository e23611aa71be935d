//! `diaba advise`

use super::say;
use crate::app::App;
use crate::domain::advice::render;
use crate::domain::fee::FeeFacts;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, advice, case};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct AdviseArgs {
    /// Number (HS-...) or id of a case that was verified
    case: String,
    /// JSON file with what fees and taxes depend on: land_price, agreed_price, kinship, only_home, ...
    #[arg(long)]
    facts: Option<PathBuf>,
    /// text or json
    #[arg(long, default_value = "text")]
    output: String,
    /// vi or en
    #[arg(long, default_value = "vi")]
    lang: String,
}

pub async fn run(app: &App, by: &Actor, a: AdviseArgs) -> Result<ExitCode> {
    let lang = say::language(&a.lang)?;
    let facts = match &a.facts {
        None => FeeFacts::default(),
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|e| Error::refused("facts", "file", e, "a JSON file"))?;
            serde_json::from_str(&text)
                .map_err(|e| Error::refused("facts", "shape", e, "see NewSheet.facts in the API document"))?
        }
    };
    let found = case::get(app, &a.case).await?;
    let sheet = advice::work_out(app, by, found.id, facts).await?;
    match a.output.as_str() {
        "text" => print!("{}", render(&sheet, lang)),
        "json" => println!("{}", serde_json::to_string_pretty(&sheet).map_err(|e| Error::Broken(e.into()))?),
        other => return Err(Error::refused("output", "output-form", other, "text, json")),
    }
    Ok(ExitCode::SUCCESS)
}
