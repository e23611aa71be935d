//! Real open data, when its folder is given: loaded as a user would load it. Shared with `benches/verify.rs`.

use diaba::app::{App, Book, Clock};
use diaba::config::Config;
use diaba::flow::layer::{self, Coverage, Import, Progress, Report};
use diaba::flow::setup;
use diaba::flow::staff::Actor;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use time::macros::{date, datetime};

pub const ZONE: i32 = 2056;
pub const VARIABLE: &str = "DIABA_REAL_DATA";

/// The map file, or nothing: then it was said on stderr why.
pub fn file() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        eprintln!("real data: {VARIABLE} is not set; nothing was tried on real maps");
        return None;
    };
    let file = Path::new(&folder).join("schaffhausen.gpkg");
    if !file.is_file() {
        eprintln!("real data: there is no {}; nothing was tried on real maps", file.display());
        return None;
    }
    Some(file)
}

/// A service over the database at `url`, with the shipped rules, on a day after the data.
pub async fn service(url: &str, home: &Path) -> App {
    let config = Config::with_defaults(url, home);
    let book = Book::load(&config.data).expect("data/");
    let time = Clock::Fixed(Arc::new(Mutex::new(datetime!(2026-10-05 02:00 UTC))));
    let app = App::open(config, time, book).expect("app");
    setup::setup(&app).await.expect("setup");
    app
}

#[derive(Deserialize)]
struct Layers {
    layer: Vec<Wanted>,
}

/// A layer of `layers.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    layer: String,
    theme: String,
    source_layer: String,
    #[serde(rename = "where")]
    only: BTreeMap<String, BTreeSet<String>>,
    complete_in: Vec<String>,
}

/// Zone, themes, parcels and every theme's layers: imported and published.
pub async fn load(app: &App, file: &Path) -> Vec<Report> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/real");
    setup::zones_from_file(app, &fixtures.join("zone.toml")).await.expect("zone");
    setup::themes_from_file(app, &fixtures.join("themes.toml")).await.expect("themes");
    let text = std::fs::read_to_string(fixtures.join("layers.toml")).expect("layers.toml");
    let layers: Layers = toml::from_str(&text).expect("layers.toml");
    let mut reports = vec![import(app, file, parcels()).await];
    for wanted in layers.layer {
        let coverage = Coverage::Wkt(area_of(app, &wanted.complete_in).await);
        reports.push(import(app, file, Ask { wanted, coverage, source_date: date!(2023 - 11 - 23) }).await);
    }
    diaba::store::feature::analyse(&mut app.pool.acquire().await.expect("connection")).await.expect("analyse");
    reports
}

struct Ask {
    wanted: Wanted,
    coverage: Coverage,
    source_date: time::Date,
}

fn parcels() -> Ask {
    let wanted = Wanted {
        layer: "ch.parcels".into(),
        theme: "cadastral".into(),
        source_layer: "parcels".into(),
        only: BTreeMap::new(),
        complete_in: vec![],
    };
    Ask { wanted, coverage: Coverage::Features, source_date: date!(2026 - 01 - 31) }
}

async fn import(app: &App, file: &Path, ask: Ask) -> Report {
    let by = Actor::system("test");
    let received = layer::receive(app, file, "schaffhausen.gpkg", None).await.expect("received");
    let import = Import {
        file: received.file.clone(),
        file_name: received.name.clone(),
        format: received.format,
        sha256: received.sha256.clone(),
        layer: ask.wanted.layer,
        theme: ask.wanted.theme,
        zone: ZONE,
        title: None,
        profile: Some("generic".into()),
        overrides: BTreeMap::new(),
        wanted: ask.wanted.only,
        source_layer: Some(ask.wanted.source_layer),
        crs: None,
        crs_reason: None,
        charset: None,
        commune: None,
        coverage_key: None,
        coverage: ask.coverage,
        source_date: ask.source_date,
        decision: None,
        accuracy_m: None,
        scale: None,
    };
    let report = layer::import(app, &by, &import, &mut |_: Progress| {}).await.expect("import");
    layer::publish(app, &by, report.layer_version_id).await.expect("publish");
    report
}

/// The parcels of these municipalities as one area (WKT).
async fn area_of(app: &App, municipalities: &[String]) -> String {
    sqlx::query_scalar(
        "select st_astext(st_multi(st_union(geom)), 17) from parcel_version
          where zone = $1 and upper_inf(valid) and commune_code = any($2)",
    )
    .bind(ZONE)
    .bind(municipalities)
    .fetch_one(&app.pool)
    .await
    .expect("area")
}
