//! `diaba advise`

use super::say::{As, Say};
use crate::app::App;
use crate::domain::advice::render;
use crate::domain::case::timeline::View;
use crate::domain::fee::FeeFacts;
use crate::domain::staff::Purpose;
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
    #[command(flatten)]
    form: As,
}

pub async fn run(app: &App, by: &Actor, say: Say, a: AdviseArgs) -> Result<ExitCode> {
    let facts = match &a.facts {
        None => FeeFacts::default(),
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .map_err(|e| Error::refused("facts", "file-missing", e, "a file that can be read"))?;
            serde_json::from_str(&text).map_err(|e| Error::refused("facts", "shape", e, "NewSheet.facts"))?
        }
    };
    let found = case::get(app, &a.case).await?;
    let sheet = advice::work_out(app, by, found.id, facts).await?;
    let told = advice::in_words(app, by, &sheet, Purpose::PreparePapers, View::Staff, say.0).await?;
    a.form.output.show(&sheet, |sheet| print!("{}", render(&told, &sheet.pins.digest, say.0)))?;
    Ok(ExitCode::SUCCESS)
}
