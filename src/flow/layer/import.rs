//! A file becomes a checked, unpublished version of a layer. Its rows are committed batch by batch into a staging version that
//! nobody reads; one transaction makes it checked. An import that was interrupted goes on when it is run again.

use super::encodings::encodings;
use super::extent::{claimed, commune_boundary, coverage, coverage_key};
use super::load::{Done, Step, begin, examine, load, loaded};
use super::locate::{Located, Placing, locate};
use super::rows::{Fence, RowContext};
use super::run_import::Settle;
use super::{own_layer, stretches, theme, zones};
use crate::app::App;
use crate::domain::layer::crs_guard::Spread;
use crate::domain::layer::filter::{Filter, Where};
use crate::domain::layer::profile::{self, Mapping, Profile};
use crate::domain::layer::row::Reading;
use crate::domain::text::charset::{Charset, Encoding};
use crate::domain::theme::{Family, Theme};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::gis::crs::{ZoneBook, ZoneDef};
use crate::gis::reader::{Columns, Format, Header, Opened, RawFeature, ReaderConfig, Source, open};
use crate::store::layer::{self as layers, NewVersion};
use crate::store::layer_issue::{self, IssueCount};
use crate::store::stage::{self, Stage};
use crate::store::{audit, geometry};
use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use std::path::PathBuf;
use time::Date;

/// Rows looked at before the first is stored, to tell encodings and place.
const SAMPLE_ROWS: usize = 5_000;

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
    /// The published version says the same: there is nothing to publish, and this one was discarded.
    pub unchanged: bool,
    /// What is not as in the published version: `rows`, or what was declared of the map (`source_date`, `accuracy_m`,
    /// `coverage`, ...). None: nothing is published yet.
    pub differs: Option<Vec<String>>,
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
    /// Until its rows are read.
    opened: Option<Opened>,
    sample: Vec<RawFeature>,
    encodings: Vec<Encoding>,
    detections: Value,
}

impl Prepared {
    /// Rows of the file, where that is known; the sample may hold all of them.
    fn at_most(&self) -> Option<u64> {
        let all = (self.sample.len() < SAMPLE_ROWS).then_some(self.sample.len() as u64);
        all.or(self.header.feature_count)
    }
}

/// Runs the import; `progress` is called about once per thousand rows.
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
    let p = prepare(app, ask).await?;
    let mut conn = app.pool.acquire().await?.detach();
    let boundary = commune_boundary(&mut conn, ask).await?;
    let claimed = claimed(&mut conn, ask, boundary.as_ref()).await?;
    let placing = Placing { book: &book, zone, ask, family: p.theme.family, header: &p.header, sample: &p.sample };
    let located = locate(&mut conn, &placing).await?;

    let layer = own_layer(app, &mut conn, ask).await?;
    stage::lock(&mut conn, layer).await?;
    if let Some(settle) = settle {
        settle.still_ours(&mut conn).await?;
    }
    let new = new_version(app, by, ask, &p, &located, layer);
    let settings = settings(ask, &p, &located, boundary.as_ref())?;
    let (s, done) = begin(app, &mut conn, &new, &settings, p.at_most()).await?;
    let run = Run { app, by, ask, book: &book, zone, located, boundary, claimed, s };
    let ended = run.to_the_end(conn, p, done, progress, settle).await;
    // What is wrong with a file does not get better: nothing of it stays. Any other end may be a new beginning.
    if matches!(ended, Err(Error::Refused(_))) {
        let mut tx = app.pool.begin().await?;
        layers::discard(&mut tx, s.zone, s.version, app.clock.now()).await?;
        tx.commit().await?;
    }
    ended
}

/// SHA-256 of all that decides what becomes of a row: equal settings and an equal file give equal rows.
fn settings(ask: &Import, p: &Prepared, located: &Located, boundary: Option<&MultiPolygon<f64>>) -> Result<String> {
    let ask = Import { file: PathBuf::new(), ..ask.clone() };
    let fence = boundary.map(|b| geometry::to_ewkb(&b.clone().into(), ask.zone)).transpose()?.map(hex::encode);
    let all = json!({"ask": ask, "theme": p.theme, "mapping": p.mapping, "encodings": p.detections, "crs": located.report,
        "boundary": fence, "program": env!("CARGO_PKG_VERSION")});
    Ok(hex::encode(Sha256::digest(serde_json::to_vec(&all).map_err(|e| Error::Broken(e.into()))?)))
}

/// One import, from its first missing row to the commit.
struct Run<'a> {
    app: &'a App,
    by: &'a Actor,
    ask: &'a Import,
    book: &'a ZoneBook,
    zone: &'a ZoneDef,
    located: Located,
    boundary: Option<MultiPolygon<f64>>,
    claimed: Option<MultiPolygon<f64>>,
    s: Stage,
}

impl Run<'_> {
    async fn to_the_end(
        &self,
        mut conn: PgConnection,
        mut p: Prepared,
        mut done: Done,
        progress: &mut (dyn FnMut(Progress) + Send),
        settle: Option<&Settle<'_>>,
    ) -> Result<Report> {
        let (sample, opened) = (std::mem::take(&mut p.sample), p.opened.take());
        if let (Step::Rows, Some(opened)) = (done.step, opened) {
            let fence = self.boundary.clone().and_then(|b| Fence::new(self.ask.commune.clone().unwrap_or_default(), b));
            // the commune's own fence says as much of its coverage
            let own = self.claimed.clone().filter(|_| self.claimed != self.boundary);
            let covered = own.and_then(|area| Fence::new("coverage".into(), area));
            let cx = row_context(self.ask, &p, &self.located, (fence.as_ref(), covered.as_ref()));
            let spread;
            (conn, done, spread) = load(conn, self.s, &cx, (sample, opened), done, progress).await?;
            self.all_alike(&mut conn, &p, &spread).await?;
            loaded(&mut conn, self.s, &mut done).await?;
        }
        examine(self.app, &mut conn, self.s, &p.theme, &mut done).await?;
        self.check(&mut conn, p, &done, settle).await
    }

    /// The rest of the file means what its beginning means.
    async fn all_alike(&self, conn: &mut PgConnection, p: &Prepared, spread: &Spread) -> Result<()> {
        let Some(guard) = &self.located.guard else { return Ok(()) };
        let (book, zone, ask, family) = (self.book, self.zone, self.ask, p.theme.family);
        let placing = Placing { book, zone, ask, family, header: &p.header, sample: &p.sample };
        let mixed = stretches::mixed(conn, &placing, guard, &self.located.transformer, spread).await?;
        if mixed.is_empty() { Ok(()) } else { Err(Error::Refused(mixed)) }
    }

    /// The version is checked, or discarded when it is what is published: one transaction.
    async fn check(
        &self,
        conn: &mut PgConnection,
        p: Prepared,
        done: &Done,
        settle: Option<&Settle<'_>>,
    ) -> Result<Report> {
        let (app, ask, s) = (self.app, self.ask, self.s);
        let key = coverage_key(ask);
        let mut tx = conn.begin().await?;
        let current = layers::Which {
            layer: Some(&ask.layer),
            coverage_key: Some(&key),
            state: Some("published"),
            ..Default::default()
        };
        let current = layers::versions(&mut tx, current).await?;
        let area = coverage(&mut tx, ask, self.claimed.clone(), done.bounds(), s).await?;
        let coverage = geometry::to_ewkb(&area, ask.zone)?;
        let checked = layers::Checked {
            id: s.version,
            rows_read: done.read,
            rows_good: done.good,
            rows_bad: done.read - done.good,
            content_hash: &done.content_hash,
            coverage_ewkb: &coverage,
            reach_m: done.reach_m,
        };
        layers::finish_version(&mut tx, &checked).await?;
        let differs = match current.first() {
            Some(now) => Some(layers::differences(&mut tx, now.id, s.version).await?),
            None => None,
        };
        let unchanged = differs.as_ref().is_some_and(Vec::is_empty);
        if unchanged {
            layers::discard(&mut tx, ask.zone, s.version, app.clock.now()).await?;
        } else {
            stage::join(&mut tx, s).await?;
            stage::forget(&mut tx, s.version).await?;
        }
        let report = self.report(&mut tx, p, done, differs).await?;
        let deed = audit::Deed {
            at: app.clock.now(),
            actor: &self.by.login,
            action: "layer.import",
            subject: format!("layer_version/{}", s.version),
            case_id: None,
            detail: json!({"layer": ask.layer, "rows": done.good, "set_aside": done.read - done.good, "differs": report.differs, "source_sha256": ask.sha256,
                "crs": self.located.definition.to_string(), "crs_reason": ask.crs_reason}),
        };
        audit::write(&mut tx, &deed).await?;
        if let Some(settle) = settle {
            settle.done(app, &mut tx, &report).await?;
        }
        tx.commit().await?;
        Ok(report)
    }

    async fn report(
        &self,
        tx: &mut PgConnection,
        p: Prepared,
        done: &Done,
        differs: Option<Vec<String>>,
    ) -> Result<Report> {
        let made = layers::versions(tx, layers::Which { id: Some(self.s.version), ..Default::default() }).await?;
        Ok(Report {
            layer: self.ask.layer.clone(),
            layer_version_id: self.s.version,
            number: made.first().map_or(0, |v| v.number),
            coverage_key: coverage_key(self.ask),
            rows_read: done.read,
            rows_good: done.good,
            rows_set_aside: done.read - done.good,
            rows_passed_over: done.passed_over,
            content_hash: done.content_hash.clone(),
            unchanged: differs.as_ref().is_some_and(Vec::is_empty),
            differs,
            issues: layer_issue::counts(tx, self.s.version).await?,
            encodings: p.detections,
            crs: self.located.report.clone(),
            mapping: p.mapping,
            notes: p.header.notes,
        })
    }
}

fn row_context<'a>(
    ask: &'a Import,
    p: &'a Prepared,
    located: &'a Located,
    (fence, claimed): (Option<&'a Fence>, Option<&'a Fence>),
) -> RowContext<'a> {
    RowContext {
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
        claimed,
    }
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
    Ok(Prepared {
        theme,
        profile,
        columns,
        mapping,
        filter,
        header,
        opened: Some(opened),
        sample,
        encodings,
        detections,
    })
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
