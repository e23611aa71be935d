//! Brings a database up to what this program needs: schema, zones, communes, themes. Safe to run again.

use super::{Error, Result, older, vault};
use crate::app::App;
use crate::domain::parcel::succession::{Commune, Succession, shipped_communes, shipped_succession};
use crate::domain::theme::Theme;
use crate::domain::verify::{canonical, sha256_hex};
use crate::gis::crs::{ZoneBook, ZoneDef};
use crate::store;
use crate::store::commune::{CommuneRow, SuccessionRow};
use crate::store::zone::ZoneRow;
use sqlx::PgConnection;
use std::path::Path;
use time::Date;

/// What was done, for a person to read.
#[derive(Debug, Clone, Default)]
pub struct Ready {
    pub migrations: usize,
    pub zones: usize,
    pub communes: usize,
    pub succession: usize,
    pub themes: usize,
    /// Rows of an older program that were brought to what this one keeps.
    pub brought: usize,
}

pub async fn setup(app: &App) -> Result<Ready> {
    let before = store::migrations::applied(&app.pool).await?;
    store::migrations::MIGRATOR.run(&app.pool).await.map_err(|e| Error::Broken(e.into()))?;
    let mut tx = app.pool.begin().await?;
    vault::settle(app, &mut tx).await?;
    let zones = ZoneBook::load(&app.config.data.join("zones.toml")).map_err(|e| Error::Broken(e.into()))?;
    for z in zones.iter() {
        add_zone(&mut tx, z).await?;
    }
    let (today, old) = (shipped_communes(), shipped_succession());
    load_communes(&mut tx, &today, None).await?;
    load_succession(&mut tx, &old, crate::domain::parcel::succession::REFORM, "data/commune_succession.csv").await?;
    for t in &app.book.themes {
        add_theme(&mut tx, t).await?;
    }
    super::proof::prepare(app, &mut tx).await?;
    store::migrations::keep_history(&mut tx).await?;
    let brought = older::bring_over(app, &mut tx).await?;
    tx.commit().await?;
    Ok(Ready {
        migrations: store::migrations::MIGRATOR.iter().count().saturating_sub(before),
        zones: zones.iter().count(),
        communes: today.len(),
        succession: old.len(),
        themes: app.book.themes.len(),
        brought,
    })
}

/// Adds or refreshes the zones of a TOML file.
pub async fn zones_from_file(app: &App, file: &Path) -> Result<usize> {
    let book = ZoneBook::load(file)
        .map_err(|e| Error::refused("file", e.code(), e, "[[zone]] tables as in data/zones.toml"))?;
    let mut tx = app.pool.begin().await?;
    for z in book.iter() {
        add_zone(&mut tx, z).await?;
    }
    tx.commit().await?;
    Ok(book.iter().count())
}

/// Adds or replaces the themes of a TOML file.
pub async fn themes_from_file(app: &App, file: &Path) -> Result<usize> {
    let refuse =
        |e: &dyn std::fmt::Display| Error::refused("file", "theme-file", e, "[[theme]] tables as in data/themes.toml");
    let text = std::fs::read_to_string(file).map_err(|e| refuse(&e))?;
    let name = file.display().to_string();
    let themes = Theme::from_toml(&name, &text, &app.book.rules).map_err(|e| refuse(&e))?;
    let mut tx = app.pool.begin().await?;
    for t in &themes {
        add_theme(&mut tx, t).await?;
    }
    tx.commit().await?;
    Ok(themes.len())
}

/// Adds a cadastral zone (with its partitions) or refreshes it.
pub async fn add_zone(conn: &mut PgConnection, z: &ZoneDef) -> Result<()> {
    let row = ZoneRow {
        srid: z.srid,
        name: z.name.clone(),
        kind: z.kind.code().into(),
        central_meridian: z.central_meridian,
        from_wgs84: z.from_wgs84.clone(),
        min_e: z.min_e,
        min_n: z.min_n,
        max_e: z.max_e,
        max_n: z.max_n,
        source: z.source.clone(),
    };
    Ok(store::zone::upsert(conn, &row).await?)
}

/// Adds a theme or replaces its definition; verifications pin the definition by its hash.
pub async fn add_theme(conn: &mut PgConnection, t: &Theme) -> Result<()> {
    let definition = serde_json::to_value(t).map_err(|e| Error::Broken(e.into()))?;
    let hash = sha256_hex(canonical(&definition).map_err(|e| Error::Broken(e.into()))?);
    Ok(store::layer::upsert_theme(conn, &t.code, definition, &hash).await?)
}

/// Loads communes of today; `zone` only where the whole list lies in one.
pub async fn load_communes(conn: &mut PgConnection, list: &[Commune], zone: Option<i32>) -> Result<()> {
    let mut provinces: Vec<String> = list.iter().map(|c| c.province_code.clone()).collect();
    provinces.sort();
    provinces.dedup();
    store::commune::load_provinces(conn, &provinces, &provinces).await?;
    let rows: Vec<CommuneRow> = list
        .iter()
        .map(|c| CommuneRow {
            code: c.code.clone(),
            name: c.name.clone(),
            kind: c.kind.clone(),
            province_code: Some(c.province_code.clone()),
            zone,
        })
        .collect();
    store::commune::load(conn, &rows).await?;
    Ok(())
}

pub async fn load_succession(conn: &mut PgConnection, list: &[Succession], since: Date, source: &str) -> Result<()> {
    let rows: Vec<SuccessionRow> = list
        .iter()
        .map(|s| SuccessionRow {
            old_code: s.old_code.clone(),
            old_name: s.old_name.clone(),
            old_district: s.district.clone(),
            old_province: s.province.clone(),
            new_code: s.new_code.clone(),
            new_name: s.new_name.clone(),
            relation: s.relation.code().into(),
            since,
        })
        .collect();
    store::commune::load_succession(conn, &rows, source).await?;
    Ok(())
}
