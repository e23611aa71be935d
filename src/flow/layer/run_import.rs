//! The job `import_layer`: reads an uploaded file. Its effect, its report and the end of the job are one transaction, so a
//! second delivery finds either nothing done or everything.

use super::import::{Import, Progress, Report, import_and};
use super::receive::receive;
use super::upload::ImportAsk;
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::import::{self, ImportRow};
use crate::store::queue::Lease;
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// Progress is written at most this often.
const TELL_EVERY: Duration = Duration::from_millis(300);

/// What else becomes true with the import.
pub(super) struct Settle<'a> {
    request: Uuid,
    lease: &'a Lease,
}

impl Settle<'_> {
    /// Imports of a layer wait for each other: by the time it is our turn, another run may have the job and be through with it.
    pub(super) async fn still_ours(&self, conn: &mut PgConnection) -> Result<()> {
        Ok(self.lease.progress(conn, json!({"rows": 0})).await?)
    }

    pub(super) async fn done(&self, app: &App, tx: &mut PgConnection, report: &Report) -> Result<()> {
        let rows = json!({"rows": report.rows_read, "total": report.rows_read, "set_aside": report.rows_set_aside,
            "layer_version_id": report.layer_version_id});
        let report = serde_json::to_value(report).map_err(|e| Error::Broken(e.into()))?;
        self.end(app, tx, "done", &report, rows).await
    }

    async fn end(&self, app: &App, tx: &mut PgConnection, state: &str, report: &Value, last: Value) -> Result<()> {
        import::end(tx, self.request, state, report, app.clock.now()).await?;
        self.lease.progress(&mut *tx, last).await?;
        Ok(self.lease.complete(tx).await?)
    }
}

/// Runs the import `id`. What is wrong with the file ends up in the report, for who sent it; the job is then done.
pub async fn run_import(app: &App, lease: &Lease, id: Uuid) -> Result<()> {
    let row =
        import::find(&app.pool, id).await?.ok_or_else(|| Error::NotFound { what: "import", id: id.to_string() })?;
    if row.state != "waiting" {
        return Ok(());
    }
    let settle = Settle { request: id, lease };
    let (tell, told) = watch::channel(Progress::default());
    let reporting = tokio::spawn(report(app.clone(), lease.clone(), told));
    let ended = read(app, row, &settle, tell).await;
    // Its sender is gone: it ends by itself, and must not write after us.
    reporting.await.map_err(|e| Error::Broken(e.into()))?;
    let Err(Error::Refused(errors)) = ended else { return ended };
    let mut tx = begin(app).await?;
    settle.end(app, &mut tx, "refused", &json!({"errors": errors}), json!({"refused": errors.len()})).await?;
    Ok(tx.commit().await?)
}

async fn read(app: &App, row: ImportRow, settle: &Settle<'_>, tell: watch::Sender<Progress>) -> Result<()> {
    let ask: ImportAsk = serde_json::from_value(row.ask).map_err(|e| Error::Broken(e.into()))?;
    let path = app.config.home.join(&row.file);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let received = receive(app, &path, &name, ask.inside.as_deref()).await?;
    let import = Import {
        file: received.file.clone(),
        file_name: received.name.clone(),
        format: received.format,
        sha256: received.sha256.clone(),
        layer: ask.layer,
        theme: ask.theme,
        zone: ask.zone,
        title: ask.title,
        profile: ask.profile,
        overrides: ask.overrides,
        wanted: ask.wanted,
        source_layer: ask.source_layer,
        crs: ask.crs,
        crs_reason: ask.crs_reason,
        charset: ask.charset,
        commune: ask.commune,
        coverage_key: ask.coverage_key,
        coverage: ask.coverage,
        source_date: ask.source_date,
        decision: ask.decision,
        accuracy_m: ask.accuracy_m,
        scale: ask.scale,
    };
    let by = Actor { login: row.created_by, ..Actor::system("import_layer") };
    let mut progress = |p| {
        tell.send_replace(p);
    };
    import_and(app, &by, &import, &mut progress, Some(settle)).await?;
    Ok(())
}

/// Writes how far the import is until its sender is gone. A progress that cannot be written is not worth an import.
async fn report(app: App, lease: Lease, mut told: watch::Receiver<Progress>) {
    while told.changed().await.is_ok() {
        let p = *told.borrow_and_update();
        let shown = json!({"rows": p.rows, "total": p.total, "set_aside": p.set_aside});
        if let Err(error) = lease.progress(&app.pool, shown).await {
            tracing::debug!(%error, job = %lease.id, "progress was not written");
        }
        tokio::time::sleep(TELL_EVERY).await;
    }
}
