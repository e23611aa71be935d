//! `diaba report`

use super::args::ReportArgs;
use super::say::Say;
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, case, report, verification};
use std::path::Path;
use std::process::ExitCode;
use uuid::Uuid;

pub async fn run(app: &App, by: &Actor, say: Say, a: ReportArgs) -> Result<ExitCode> {
    let id = which(app, &a.subject).await?;
    let done = report::render(app, by, id, Purpose::Verify, say.0).await?;
    let file = a.output.unwrap_or_else(|| (&done.file_name).into());
    write(&done, &file)?;
    say.wrote("report-file", &file, &done.pdf, "");
    Ok(ExitCode::SUCCESS)
}

/// Writes a report; makes the folder it goes into.
pub fn write(done: &report::Rendered, file: &Path) -> Result<()> {
    let broken = |e: std::io::Error| Error::Broken(anyhow::Error::new(e).context(file.display().to_string()));
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(broken)?;
    }
    std::fs::write(file, &done.pdf).map_err(broken)
}

/// The verification named, or the newest one of the case named.
async fn which(app: &App, asked: &str) -> Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(asked)
        && verification::exists(app, id).await?
    {
        return Ok(id);
    }
    let found = case::get(app, asked).await?;
    let newest = verification::latest(app, found.id).await?;
    newest.ok_or_else(|| Error::Conflict { code: "not-verified", detail: "verify the case first".into() })
}
