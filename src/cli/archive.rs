//! `diaba archive`, `diaba check-archive`

use super::proof::keyring;
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, message};
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
    /// vi or en
    #[arg(long, default_value = "vi")]
    pub lang: String,
}

pub async fn run(app: &App, by: &Actor, a: ArchiveArgs) -> Result<ExitCode> {
    let id = case::get(app, &a.case).await?.id;
    let view = archive::make(app, by, id).await?;
    let mut found = archive::fetch(app, by, view.id, Purpose::Archive).await?;
    let path = a.output.unwrap_or_else(|| found.file_name.clone().into());
    let fault = |e: std::io::Error| Error::Broken(anyhow::Error::new(e).context(path.display().to_string()));
    let mut file = std::fs::File::create(&path).map_err(fault)?;
    while let Some(piece) = found.content.try_next().await.map_err(fault)? {
        file.write_all(&piece).map_err(fault)?;
    }
    println!("{}  {} bytes  SHA-256 {}", path.display(), view.bytes, view.sha256);
    Ok(ExitCode::SUCCESS)
}

/// Needs neither database nor settings. Exit code 1 on any fault, and without a key: the hashes hold then, but nobody says
/// whose they are.
pub fn check(a: &CheckArgs) -> ExitCode {
    let lang = if a.lang == "en" { Lang::En } else { Lang::Vi };
    let say = |m: Message| println!("{}", message(lang, &m));
    let keys = match a.key.as_deref().map(keyring).transpose() {
        Ok(keys) => keys,
        Err(doubt) => {
            say(doubt.message());
            return ExitCode::FAILURE;
        }
    };
    match archive::check(&a.file, keys.as_ref()) {
        Ok(proved) => {
            say(Message::new("archive-whole").with("case", proved.case).with("files", proved.files as f64));
            say(Message::new("archive-manifest").with("sha256", proved.manifest_sha256));
            match proved.key_id {
                Some(key) => say(Message::new("archive-signed").with("key", key)),
                None => say(Message::new("archive-key-needed")),
            }
            if keys.is_some() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(faults) => {
            faults.iter().for_each(|f| println!("{f}"));
            say(Message::new("archive-broken").with("count", faults.len() as f64));
            ExitCode::FAILURE
        }
    }
}
