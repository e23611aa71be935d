//! Map layers: in, checked, published, compared, rolled back.

mod encodings;
mod examine;
mod extent;
mod import;
mod load;
mod locate;
mod neighbours;
mod publish;
mod receive;
mod rows;
mod run_import;
mod stretches;
mod upload;
mod versions;
mod work_folder;

pub use import::{Coverage, Import, Progress, Report, import};
pub use locate::{is_proved, proof};
pub use publish::{Published, Withdrawn, publish, rollback, withdraw};
pub use receive::{Received, receive};
pub use run_import::run_import;
pub use upload::{FILE_TOO_LARGE, ImportAsk, ImportView, Upload, find_import, request_import};
pub use versions::{Difference, Discarded, diff, discard, list, numbered_issues, show};

use super::{Error, Result};
use crate::app::App;
use crate::domain::theme::Theme;
use crate::gis::crs::{ZoneBook, ZoneDef, ZoneKind};
use crate::gis::reader::ReadError;
use crate::store;
use crate::store::zone::ZoneRow;
use sqlx::PgConnection;

/// All zones the database knows.
pub async fn zones(app: &App) -> Result<ZoneBook> {
    zones_over(&mut *app.pool.acquire().await?).await
}

/// As [`zones`], for who holds a connection already.
pub async fn zones_over(conn: &mut PgConnection) -> Result<ZoneBook> {
    let rows = store::zone::all(conn).await?;
    Ok(ZoneBook::new(rows.into_iter().map(zone_def).collect()))
}

/// A stored zone, as the transformer takes it.
pub(crate) fn zone_def(z: ZoneRow) -> ZoneDef {
    ZoneDef {
        srid: z.srid,
        name: z.name,
        kind: if z.kind == ZoneKind::Vn2000Tm3.code() { ZoneKind::Vn2000Tm3 } else { ZoneKind::Other },
        central_meridian: z.central_meridian,
        from_wgs84: z.from_wgs84,
        min_e: z.min_e,
        min_n: z.min_n,
        max_e: z.max_e,
        max_n: z.max_n,
        source: z.source,
    }
}

/// A theme as it stands in the database now.
pub async fn theme(app: &App, code: &str) -> Result<Theme> {
    let rows = store::layer::themes(&app.pool).await?;
    match rows.iter().find(|t| t.code == code) {
        Some(t) => serde_json::from_value(t.definition.clone()).map_err(|e| Error::Broken(e.into())),
        None => {
            let known: Vec<&str> = rows.iter().map(|t| t.code.as_str()).collect();
            Err(Error::refused("theme", "theme-unknown", code, known.join(", ")))
        }
    }
}

impl From<ReadError> for Error {
    fn from(e: ReadError) -> Self {
        if e.is_files_fault() {
            let allowed = match e.code() {
                "missing_component" => "a Shapefile needs .shp, .shx and .dbf side by side",
                "truncated" => "the whole file, as it was exported",
                "too_much_memory" => "a file that can be read within the reader's memory",
                _ => "a readable map file of the declared format",
            };
            return Error::refused("file", e.code(), e.to_string(), allowed);
        }
        Error::Unavailable(e.to_string())
    }
}

/// The layer that is asked for, made when it is new.
async fn own_layer(app: &App, conn: &mut PgConnection, ask: &Import) -> Result<uuid::Uuid> {
    let row = store::layer::ensure(conn, &layer_row(app, ask), app.clock.now()).await?;
    if (row.theme.as_str(), row.zone) != (ask.theme.as_str(), ask.zone) {
        let found = format!("{} in zone {}", ask.theme, ask.zone);
        return Err(Error::refused(
            "layer",
            "layer-differs",
            found,
            format!("{} in zone {} (that is what {} is)", row.theme, row.zone, row.code),
        ));
    }
    Ok(row.id)
}

fn layer_row(app: &App, ask: &Import) -> store::layer::LayerRow {
    let title = ask.title.clone().unwrap_or_else(|| ask.layer.clone());
    store::layer::LayerRow {
        id: app.clock.new_id(),
        code: ask.layer.clone(),
        theme: ask.theme.clone(),
        zone: ask.zone,
        title,
    }
}
