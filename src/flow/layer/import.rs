//! A file becomes a checked, unpublished version of a layer. Everything happens in one transaction: an interrupted import
//! leaves nothing behind.

use super::encodings::encodings;
use super::extent::{commune_boundary, coverage};
use super::locate::{Located, Placing, locate};
use super::rows::{Batch, Fence, RowContext, join, process};
use super::run_import::Settle;
use super::{neighbours, theme, zones};
use crate::app::App;
use crate::domain::layer::filter::{Filter, Where};
use crate::domain::layer::profile::{self, Mapping, Profile};
use crate::domain::layer::row::Reading;
use crate::domain::text::charset::{Charset, Encoding};
use crate::domain::theme::{Family, Theme};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::gis::reader::{Columns, Format, Header, Opened, RawFeature, ReaderConfig, Source, open};
use crate::store::feature::{self, Copy, NewFeature, encode_batch};
use crate::store::layer::{self as layers, IssueCount, IssueRow, LayerRow, NewVersion};
use crate::store::{audit, geometry};
use geo_types::Rect;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use std::path::PathBuf;
use time::Date;

/// Rows looked at before the first is stored, to tell encodings and place.
const SAMPLE_ROWS: usize = 5_000;
/// Rows of one COPY.
const COPY_ROWS: usize = 20_000;

/// Where a version claims to be complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// The boundary of a commune, from the published commune layer.
    Commune(String),
    /// What its own areas cover.
    Features,
    /// The box around all rows. Only where the sender says the map is complete in it.
    Extent,
    /// A polygon in zone metres (easting northing).
    Wkt(String),
}

/// What is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Import {
    /// A plain file (archives are unpacked before).
    pub file: PathBuf,
    /// As the sender named it.
    pub file_name: String,
    pub format: Format,
    /// SHA-256 of what was sent, hex.
    pub sha256: String,
    /// Code of the layer; made when it is new.
    pub layer: String,
    pub theme: String,
    pub zone: i32,
    pub title: Option<String>,
    pub profile: Option<String>,
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    /// Only rows with these values; all rows when empty.
    #[serde(default, rename = "where")]
    pub wanted: Where,
    /// Layer within the file.
    pub source_layer: Option<String>,
    pub crs: Option<String>,
    /// Why `crs` is taken although the data seems to lie elsewhere.
    #[serde(default)]
    pub crs_reason: Option<String>,
    pub charset: Option<Charset>,
    /// Commune of all rows; rows outside its boundary are set aside.
    pub commune: Option<String>,
    /// What is replaced as one: a commune, a sheet; `all` when not said.
    pub coverage_key: Option<String>,
    pub coverage: Coverage,
    pub source_date: Date,
    pub decision: Option<String>,
    pub accuracy_m: Option<f64>,
    pub scale: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Progress {
    pub rows: u64,
    /// As the file declares; none when it does not.
    pub total: Option<u64>,
    pub set_aside: u64,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Report {
    pub layer: String,
    pub layer_version_id: i64,
    pub number: i32,
    pub coverage_key: String,
    pub rows_read: i64,
    pub rows_good: i64,
    pub rows_set_aside: i64,
    /// Rows of the file that were not asked for (`where`); not counted as read.
    pub rows_passed_over: i64,
    pub content_hash: String,
    /// The published version has the same content: there is nothing to publish, and this one was discarded.
    pub unchanged: bool,
    #[schema(value_type = Vec<Object>)]
    pub issues: Vec<IssueCount>,
    /// Per text column: encoding, confidence, a few values as they now read.
    #[schema(value_type = Object)]
    pub encodings: Value,
    #[schema(value_type = Object)]
    pub crs: Value,
    #[schema(value_type = Object)]
    pub mapping: Mapping,
    pub notes: Vec<String>,
}

struct Prepared {
    theme: Theme,
    profile: &'static Profile,
    columns: Vec<String>,
    mapping: Mapping,
    filter: Filter,
    header: Header,
    opened: Opened,
    sample: Vec<RawFeature>,
    encodings: Vec<Encoding>,
    detections: Value,
}

/// Runs the import. `progress` is called about once per thousand rows.
pub async fn import(
    app: &App,
    by: &Actor,
    ask: &Import,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report> {
    import_and(app, by, ask, progress, None).await
}

/// As [`import`]; `settle` becomes true in the same transaction.
pub(super) async fn import_and(
    app: &App,
    by: &Actor,
    ask: &Import,
    progress: &mut (dyn FnMut(Progress) + Send),
    settle: Option<&Settle<'_>>,
) -> Result<Report> {
    let book = zones(app).await?;
    let zone = book.get(ask.zone).ok_or_else(|| {
        Error::refused(
            "zone",
            "zone-unknown",
            ask.zone,
            book.iter().map(|z| z.srid.to_string()).collect::<Vec<_>>().join(", "),
        )
    })?;
    let mut p = prepare(app, ask).await?;
    let mut conn = app.pool.acquire().await?;
    let boundary = commune_boundary(&mut conn, ask).await?;
    let placing = Placing { book: &book, zone, ask, family: p.theme.family, header: &p.header, sample: &p.sample };
    let located = locate(&mut conn, &placing).await?;
    let fence = boundary.clone().and_then(|b| Fence::new(ask.commune.clone().unwrap_or_default(), b));

    let mut tx = conn.begin().await?;
    let row = layers::ensure(&mut tx, &layer_row(app, ask), app.clock.now()).await?;
    if (row.theme.as_str(), row.zone) != (ask.theme.as_str(), ask.zone) {
        let found = format!("{} in zone {}", ask.theme, ask.zone);
        return Err(Error::refused(
            "layer",
            "layer-differs",
            found,
            format!("{} in zone {} (that is what {} is)", row.theme, row.zone, row.code),
        ));
    }
    layers::lock(&mut tx, row.id).await?;
    let version = layers::begin_version(&mut tx, &new_version(app, by, ask, &p, &located, row.id)).await?;
    let counts = load(&mut tx, ask, &mut p, &located, fence.as_ref(), version, progress).await?;
    let counts = examine(&mut tx, ask, &p.theme, version, counts).await?;
    let coverage = coverage(&mut tx, ask, boundary, counts.bounds, version).await?;
    let content_hash = feature::content_hash(&mut tx, ask.zone, version).await?;
    let checked = layers::Checked {
        id: version,
        rows_read: counts.read,
        rows_good: counts.good,
        rows_bad: counts.read - counts.good,
        content_hash: &content_hash,
        coverage_ewkb: &geometry::to_ewkb(&coverage, ask.zone)?,
    };
    layers::finish_version(&mut tx, &checked).await?;
    let key = coverage_key(ask);
    let current = layers::Which {
        layer: Some(&ask.layer),
        coverage_key: Some(&key),
        state: Some("published"),
        ..Default::default()
    };
    let unchanged = layers::versions(&mut tx, current)
        .await?
        .first()
        .is_some_and(|v| v.content_hash.as_deref() == Some(&content_hash));
    if unchanged {
        layers::discard(&mut tx, ask.zone, version, app.clock.now()).await?;
    }
    let made = layers::versions(&mut tx, layers::Which { id: Some(version), ..Default::default() }).await?;
    let report = Report {
        layer: ask.layer.clone(),
        layer_version_id: version,
        number: made.first().map_or(0, |v| v.number),
        coverage_key: key,
        rows_read: counts.read,
        rows_good: counts.good,
        rows_set_aside: counts.read - counts.good,
        rows_passed_over: counts.passed_over,
        content_hash,
        unchanged,
        issues: layers::issue_counts(&mut tx, version).await?,
        encodings: p.detections,
        crs: located.report,
        mapping: p.mapping,
        notes: p.header.notes.clone(),
    };
    let deed = audit::Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "layer.import",
        subject: format!("layer_version/{version}"),
        case_id: None,
        detail: json!({"layer": ask.layer, "rows": counts.good, "set_aside": counts.read - counts.good, "unchanged": unchanged, "source_sha256": ask.sha256,
            "crs": located.definition.to_string(), "crs_reason": ask.crs_reason}),
    };
    audit::write(&mut tx, &deed).await?;
    if let Some(settle) = settle {
        settle.done(app, &mut tx, &report).await?;
    }
    tx.commit().await?;
    Ok(report)
}

pub(super) fn coverage_key(ask: &Import) -> String {
    ask.coverage_key.clone().or_else(|| ask.commune.clone()).unwrap_or_else(|| "all".into())
}

fn layer_row(app: &App, ask: &Import) -> LayerRow {
    let title = ask.title.clone().unwrap_or_else(|| ask.layer.clone());
    LayerRow { id: app.clock.new_id(), code: ask.layer.clone(), theme: ask.theme.clone(), zone: ask.zone, title }
}

fn new_version(
    app: &App,
    by: &Actor,
    ask: &Import,
    p: &Prepared,
    located: &Located,
    layer_id: uuid::Uuid,
) -> NewVersion {
    NewVersion {
        layer_id,
        zone: ask.zone,
        coverage_key: coverage_key(ask),
        source_name: ask.file_name.clone(),
        source_sha256: ask.sha256.clone(),
        source_date: ask.source_date,
        decision: ask.decision.clone(),
        declared_crs: located.definition.to_string(),
        placed: located.report.clone(),
        encoding: p.detections.clone(),
        profile: serde_json::to_value(&p.mapping).unwrap_or_default(),
        accuracy_m: ask.accuracy_m.unwrap_or(p.theme.accuracy_m),
        scale: ask.scale.or(p.profile.scale),
        imported_by: by.login.clone(),
        imported_at: app.clock.now(),
    }
}

async fn prepare(app: &App, ask: &Import) -> Result<Prepared> {
    if !layer_code_ok(&ask.layer) {
        return Err(Error::refused("layer", "layer-code", &ask.layer, "a-z, then a-z 0-9 _ . - (80 at most)"));
    }
    if ask.source_date > app.clock.today() {
        return Err(Error::refused(
            "source_date",
            "date-in-future",
            ask.source_date,
            format!("{} or before", app.clock.today()),
        ));
    }
    let theme = theme(app, &ask.theme).await?;
    let profile = profile_for(ask, &theme)?;
    let reader = ReaderConfig::new(app.config.reader.clone());
    let mut source = Source {
        path: ask.file.clone(),
        format: ask.format,
        layer: ask.source_layer.clone(),
        columns: Columns::default(),
    };
    let mut opened = open(&reader, &source).await?;
    let mut mapping = map(profile, opened.header(), ask)?;
    if let (Format::Csv, Some(g)) = (ask.format, &mapping.geometry) {
        source.columns.wkt = Some(g.column.clone());
        opened = open(&reader, &source).await?;
        mapping = map(profile, opened.header(), ask)?;
    }
    let header = opened.header().clone();
    let mut sample = Vec::new();
    while sample.len() < SAMPLE_ROWS {
        match opened.next_batch().await? {
            Some(b) => sample.extend(b),
            None => break,
        }
    }
    let columns: Vec<String> = header.fields.iter().map(|f| f.name.clone()).collect();
    let filter = Filter::new(&ask.wanted, &columns).map_err(Error::Refused)?;
    mapping.wanted.clone_from(&ask.wanted);
    let (encodings, detections) = encodings(ask.charset.or(profile.charset), &columns, &mapping.dropped, &sample)?;
    Ok(Prepared { theme, profile, columns, mapping, filter, header, opened, sample, encodings, detections })
}

fn layer_code_ok(code: &str) -> bool {
    let mut letters = code.bytes();
    code.len() <= 80
        && letters.next().is_some_and(|b| b.is_ascii_lowercase())
        && letters.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b))
}

fn map(profile: &Profile, header: &Header, ask: &Import) -> Result<Mapping> {
    let columns: Vec<String> = header.fields.iter().map(|f| f.name.clone()).collect();
    profile::map(profile, &columns, &ask.overrides).map_err(Error::Refused)
}

fn profile_for(ask: &Import, theme: &Theme) -> Result<&'static Profile> {
    let default = match theme.family {
        Family::Parcel => "vn_cadastral",
        Family::Encumbrance | Family::Register => "vn_keyed",
        Family::Planning | Family::Recovery | Family::Reserved | Family::Hazard => "vn_zoning",
        Family::RoadCorridor | Family::Protection => "vn_corridor",
        Family::Commune | Family::Access | Family::Restriction => "generic",
    };
    profile::by_name(ask.profile.as_deref().unwrap_or(default)).map_err(|p| Error::Refused(vec![p]))
}

/// What has come in so far.
#[derive(Default)]
struct Counts {
    read: i64,
    passed_over: i64,
    good: i64,
    issues: i32,
    bounds: Option<Rect<f64>>,
}

impl Counts {
    /// Rows of the file so far, asked for or not.
    fn seen(&self) -> u64 {
        (self.read + self.passed_over) as u64
    }
}

async fn load(
    tx: &mut PgConnection,
    ask: &Import,
    p: &mut Prepared,
    located: &Located,
    fence: Option<&Fence>,
    version: i64,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Counts> {
    let cx = RowContext {
        reading: Reading {
            mapping: &p.mapping,
            theme: &p.theme,
            separators: &p.profile.separators,
            commune: ask.commune.as_deref(),
            knows_land_use: |c| crate::domain::paper::land_use::info(c).is_some(),
            columns: &p.columns,
        },
        filter: &p.filter,
        encodings: &p.encodings,
        transformer: &located.transformer,
        zone: ask.zone,
        fence,
    };
    let (mut counts, mut waiting) = (Counts::default(), Vec::new());
    let mut next = Some(std::mem::take(&mut p.sample));
    while let Some(raw) = next {
        let rows = raw.len() as i64;
        let batch: Batch = tokio::task::block_in_place(|| process(&cx, raw));
        counts.read += rows - batch.passed_over;
        counts.passed_over += batch.passed_over;
        counts.bounds = join(counts.bounds, batch.bounds);
        counts.good += batch.good.len() as i64;
        layers::add_issues(tx, version, ask.zone, counts.issues, &batch.issues).await?;
        counts.issues += batch.issues.len() as i32;
        waiting.extend(batch.good);
        if waiting.len() >= COPY_ROWS {
            counts.good -= copy(tx, ask.zone, version, &std::mem::take(&mut waiting), &mut counts.issues).await?;
        }
        progress(Progress {
            rows: counts.seen(),
            total: p.header.feature_count,
            set_aside: (counts.read - counts.good) as u64,
        });
        next = p.opened.next_batch().await?;
    }
    counts.good -= copy(tx, ask.zone, version, &waiting, &mut counts.issues).await?;
    progress(Progress {
        rows: counts.seen(),
        total: Some(counts.seen()),
        set_aside: (counts.read - counts.good) as u64,
    });
    Ok(counts)
}

/// Stores rows; gives how many the database would not take (its notion of a sound ring is the last word).
async fn copy(
    tx: &mut PgConnection,
    zone: i32,
    version: i64,
    rows: &[NewFeature],
    next_issue: &mut i32,
) -> Result<i64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let mut point = tx.begin().await?;
    let tried = async {
        let mut c = Copy::begin(&mut point).await?;
        c.send(encode_batch(zone, version, rows)).await?;
        c.finish().await
    };
    match tried.await {
        Ok(_) => {
            point.commit().await?;
            Ok(0)
        }
        Err(e) if e.as_database_error().is_some_and(|d| d.is_check_violation()) => {
            point.rollback().await?;
            let refused = feature::copy_carefully(tx, encode_batch(zone, version, rows)).await?;
            let issues: Vec<IssueRow> = refused
                .iter()
                .map(|(fid, why)| IssueRow {
                    row_no: *fid,
                    set_aside: true,
                    code: "ring_invalid".into(),
                    detail: json!({"database": why}),
                    e: None,
                    n: None,
                    raw: rows
                        .iter()
                        .find(|r| r.fid == *fid)
                        .map(|r| json!({"key": r.key, "attrs": r.attrs, "wkb": r.ewkb.as_ref().map(hex::encode)})),
                })
                .collect();
            layers::add_issues(tx, version, zone, *next_issue, &issues).await?;
            *next_issue += issues.len() as i32;
            Ok(refused.len() as i64)
        }
        Err(e) => Err(e.into()),
    }
}

/// What only shows when all rows are in: doubles, and neighbours that conflict.
async fn examine(tx: &mut PgConnection, ask: &Import, theme: &Theme, version: i64, mut c: Counts) -> Result<Counts> {
    let doubles = feature::set_doubles_aside(tx, ask.zone, version, c.issues).await?;
    c.good -= doubles;
    c.issues += doubles as i32;
    if theme.family == Family::Parcel {
        c.issues += feature::remark_same_keys(tx, ask.zone, version, c.issues).await? as i32;
        c.issues = neighbours::examine(tx, ask.zone, version, theme.sliver_area_m2, c.issues).await?;
    }
    Ok(c)
}
