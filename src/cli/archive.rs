//! `diaba archive`, `diaba check-archive`

use super::proof::keyring;
use super::say::Say;
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::domain::verify::Message;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, archive, case};
use clap::Args;
use futures::TryStreamExt;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub struct ArchiveArgs {
    /// Number (HS-...) or id of a case that was handed over or has ended
    pub case: String,
    /// File to write (default: luu-tru-CASE.zip here)
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}

#[derive(Args)]
pub struct CheckArgs {
    /// A case archive (ZIP)
    pub file: PathBuf,
    /// The public keys the office publishes (PEM, one or several): proves the signature too
    #[arg(long)]
    pub key: Option<PathBuf>,
}

pub async fn run(app: &App, by: &Actor, say: Say, a: ArchiveArgs) -> Result<ExitCode> {
    let id = case::get(app, &a.case).await?.id;
    let view = archive::make(app, by, id).await?;
    let mut found = archive::fetch(app, by, view.id, Purpose::Archive).await?;
    let path = a.output.unwrap_or_else(|| found.file_name.clone().into());
    let fault = |e: std::io::Error| Error::Broken(anyhow::Error::new(e).context(path.display().to_string()));
    let mut file = std::fs::File::create(&path).map_err(fault)?;
    while let Some(piece) = found.content.try_next().await.map_err(fault)? {
        file.write_all(&piece).map_err(fault)?;
    }
    let said = Message::new("archive-file").with("file", path.display().to_string());
    say.line(&said.with("bytes", say.count(view.bytes)).with("sha256", view.sha256));
    Ok(ExitCode::SUCCESS)
}

/// Needs neither database nor settings. Exit code 1 on any fault, and without a key: the hashes hold then, but nobody says
/// whose they are.
pub fn check(say: Say, a: &CheckArgs) -> ExitCode {
    let tell = |m: Message| say.line(&m);
    let keys = match a.key.as_deref().map(keyring).transpose() {
        Ok(keys) => keys,
        Err(doubt) => {
            tell(doubt.message());
            return ExitCode::FAILURE;
        }
    };
    match archive::check(&a.file, keys.as_ref()) {
        Ok(proved) => {
            tell(Message::new("archive-whole").with("case", proved.case).with("files", proved.files as f64));
            tell(Message::new("archive-manifest").with("sha256", proved.manifest_sha256));
            match proved.key_id {
                Some(key) => tell(Message::new("archive-signed").with("key", key)),
                None => tell(Message::new("archive-key-needed")),
            }
            if keys.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(faults) => {
            faults.iter().for_each(|f| tell(f.message()));
            tell(Message::new("archive-broken").with("count", faults.len() as f64));
            ExitCode::FAILURE
        }
    }
}
