//! What a run is judged by: settled once when it is planned, found again by each chunk.

use crate::app::App;
use crate::domain::batch::{RunPins, rule_book_hash};
use crate::domain::verify::{ENGINE, LayerVersion};
use crate::flow::verification::{current_themes, keep_themes, these};
use crate::flow::{Error, Result};
use crate::store::batch::{pins as store, run};
use sqlx::PgConnection;
use std::sync::Arc;
use uuid::Uuid;

/// Pins a run, in the transaction that cuts it: nothing is published meanwhile, and whatever is published later has a later instant.
pub async fn pin(app: &App, conn: &mut PgConnection, run_id: Uuid) -> Result<RunPins> {
    let themes = current_themes(app, conn).await?;
    keep_themes(app, conn, &themes).await?;
    let pins = RunPins {
        at: store::moment(conn, app.clock.now()).await?,
        engine: ENGINE.to_owned(),
        rules: book(app)?,
        themes: themes.hash.clone(),
        layers: store::published(conn).await?.into_iter().collect(),
    };
    run::set_pins(conn, run_id, &serde_json::to_value(&pins).map_err(|e| Error::Broken(e.into()))?).await?;
    Ok(pins)
}

fn book(app: &App) -> Result<String> {
    rule_book_hash(&app.book.rules).map_err(|e| Error::Broken(e.into()))
}

/// The layer versions of a zone as they are pinned, whatever became of them.
///
/// # Errors
/// Refused, when this process cannot judge by them: another engine or rule book, a version that is gone.
pub async fn pinned(app: &App, conn: &mut PgConnection, pins: &RunPins, zone: i32) -> Result<Vec<Arc<LayerVersion>>> {
    let versions = these(app, conn, zone, pins.of_zone(zone)).await?;
    let found = versions.iter().map(|v| v.pin.layer_version_id);
    let held = pins.hold(&book(app)?, zone, found);
    held.map_err(|e| Error::refused("pins", "run-pins", e, "what the run was planned with"))?;
    Ok(versions)
}
