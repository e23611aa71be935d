//! What may be typed.

use crate::domain::text::charset::Charset;
use crate::domain::verify::text::Lang;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use time::Date;

#[derive(Parser)]
#[command(name = "diaba", version, about = "Land papers against maps: import, verify, dispatch", max_term_width = 100)]
pub struct Cli {
    /// Language of what is printed for people: vi or en
    #[arg(long, global = true, default_value = "vi", value_parser = lang)]
    pub lang: Lang,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Bring the database up to date: schema, zones, communes, themes (safe to repeat)
    Setup,
    /// Add cadastral zones from a TOML file (tables as in data/zones.toml)
    Zone { file: PathBuf },
    /// Add or change themes from a TOML file (tables as in data/themes.toml)
    Theme { file: PathBuf },
    /// Draw the demo ward, write its map files, import and publish them, hand in its cases
    #[command(args_conflicts_with_subcommands = true)]
    Demo {
        #[command(subcommand)]
        what: Option<super::year::YearCommand>,
        /// About this many parcels
        #[arg(long, default_value_t = 8000)]
        size: usize,
        #[arg(long, default_value_t = 20_261_123)]
        seed: u64,
        /// Where the files go (default: demo/ in DIABA_HOME)
        #[arg(long)]
        folder: Option<PathBuf>,
        /// How many of its cases are handed in (default: all)
        #[arg(long)]
        cases: Option<usize>,
    },
    /// Verify a case, or look at a parcel without a case, or verify many parcels in one run
    Verify(VerifyArgs),
    /// What a reference came to: ranked parcels with reason and date of each step
    Parcel(super::parcel::ParcelArgs),
    /// Record a split, merge, renumbering or re-survey from its decision
    ParcelRecord(super::parcel::RecordArgs),
    /// Revoke what was recorded wrongly; `parcel` shows the id of each act
    ParcelRevoke(super::parcel::RevokeArgs),
    /// Work out what is open to a verified case: what stands in the way, papers, days, fees and taxes; stores nothing
    Advise(super::advise::AdviseArgs),
    /// Cases: open, list, show, bind to a parcel
    #[command(subcommand)]
    Case(super::desk::CaseCommand),
    /// Papers of a case: add with scan, list, show
    #[command(subcommand)]
    Paper(super::desk::PaperCommand),
    /// Contracts: list, show, write as PDF
    #[command(subcommand)]
    Contract(super::contract::ContractCommand),
    /// Money for contracts: list, show, record, reverse, receipt
    #[command(subcommand)]
    Payment(super::contract::PaymentCommand),
    /// The work plan of a case: tasks, who, by when, what they wait for
    Plan(super::work::PlanArgs),
    /// Authorities: what was handed in, what they ask for more, what they decide
    #[command(subcommand)]
    Agency(super::work::AgencyCommand),
    /// Work without a line: packages to take along, batches that come back
    #[command(subcommand)]
    Field(super::work::FieldCommand),
    /// Run verifications again from what is stored and compare their digests
    Replay(super::proof::ReplayArgs),
    /// Keys that sign verifications: list, rotate, export
    #[command(subcommand)]
    Keys(super::proof::KeysCommand),
    /// The hash chain over everything that was done: verify, head
    #[command(subcommand)]
    Proof(super::proof::ProofCommand),
    /// Check a sealed report or a proof bundle, with the public key alone
    CheckReport(super::proof::CheckArgs),
    /// Put a case into one ZIP that holds all of it and proves itself
    Archive(super::archive::ArchiveArgs),
    /// Check a case archive, with the public key alone
    CheckArchive(super::archive::CheckArgs),
    /// Write the report of a verification as PDF
    Report(ReportArgs),
    /// Serve the API and work on jobs, until stopped
    Serve {
        /// Only the API; jobs are left to `diaba work`
        #[arg(long)]
        no_worker: bool,
    },
    /// Only work on jobs, until stopped
    Work,
    /// Look at jobs, revive dead ones
    #[command(subcommand)]
    Jobs(super::jobs::JobsCommand),
    /// Add a member of staff; the password is read from standard input
    StaffAdd {
        login: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_delimiter = ',')]
        roles: Vec<String>,
        #[arg(long)]
        department: String,
    },
    /// Map layers: import, publish, list, show, diff, rollback
    #[command(subcommand)]
    Layer(LayerCommand),
}

#[derive(Subcommand)]
pub enum LayerCommand {
    /// Read a map file, check every row, keep it as an unpublished version
    Import(Box<ImportArgs>),
    /// Make a checked version the current one
    Publish { version: i64 },
    /// Versions of all layers, or of one
    List {
        #[arg(long)]
        layer: Option<String>,
        #[arg(long)]
        state: Option<String>,
    },
    /// One version: what came in, what was set aside and why
    Show {
        version: i64,
        /// List single remarks, at most this many
        #[arg(long, default_value_t = 20)]
        issues: i64,
    },
    /// Rows that differ between two versions
    Diff {
        from: i64,
        to: i64,
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Make an earlier version current again: the one before the current one, or number --to
    Rollback {
        layer: String,
        #[arg(long, default_value = "all")]
        coverage_key: String,
        #[arg(long)]
        to: Option<i32>,
    },
    /// Take the current version back, published by mistake: the layer has none then
    Withdraw {
        layer: String,
        #[arg(long, default_value = "all")]
        coverage_key: String,
        /// 10 to 500 characters; goes into the audit
        #[arg(long)]
        reason: String,
    },
    /// Drop an unpublished version
    Discard { version: i64 },
}

fn lang(text: &str) -> Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| format!("{text}: vi or en"))
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    Date::parse(text, time::macros::format_description!("[year]-[month]-[day]"))
        .map_err(|_| format!("{text}: a day as 2026-11-23"))
}

fn charset(text: &str) -> Result<Charset, String> {
    text.parse().map_err(|_| format!("{text}: one of {}", Charset::ALL.map(|c| c.name()).join(", ")))
}

#[derive(Args)]
pub struct ImportArgs {
    /// shp, zip, gpkg, geojson, fgb, tab, mif, dxf, dgn (V7), kml, csv
    pub file: PathBuf,
    /// Layer to load into; made when new (a-z 0-9 _ . -)
    #[arg(long)]
    pub layer: String,
    /// What the layer is about (see data/themes.toml)
    #[arg(long)]
    pub theme: String,
    /// EPSG code of the cadastral zone to store in
    #[arg(long)]
    pub zone: i32,
    /// Day the map was drawn or approved
    #[arg(long, value_parser = date)]
    pub source_date: Date,
    /// Number of the decision behind it
    #[arg(long)]
    pub decision: Option<String>,
    #[arg(long)]
    pub title: Option<String>,
    /// Field profile (data/profiles)
    #[arg(long)]
    pub profile: Option<String>,
    /// target=Column, overrides the profile; may be repeated
    #[arg(long = "map")]
    pub map: Vec<String>,
    /// Column=value: only these rows; may be repeated (another value of a column widens, another column narrows)
    #[arg(long = "where")]
    pub wanted: Vec<String>,
    /// Layer within the file, when it has several
    #[arg(long)]
    pub source_layer: Option<String>,
    /// Map file within an archive, when it has several
    #[arg(long)]
    pub inside: Option<String>,
    /// EPSG:code, when the file does not say or says wrong
    #[arg(long)]
    pub crs: Option<String>,
    /// Takes --crs although the data seems to lie elsewhere; the reason is kept with the version
    #[arg(long, requires = "crs")]
    pub crs_reason: Option<String>,
    /// tcvn3, vni-windows, vps, viscii, cp1258, utf-8: forces the encoding of text
    #[arg(long, value_parser = charset)]
    pub charset: Option<Charset>,
    /// Commune of all rows; what lies outside it is set aside
    #[arg(long)]
    pub commune: Option<String>,
    /// What is replaced as one (default: the commune, else "all")
    #[arg(long)]
    pub coverage_key: Option<String>,
    /// commune | features | extent | WKT: where the map claims to be complete
    #[arg(long, default_value = "commune")]
    pub coverage: String,
    /// Positional accuracy: how far a boundary may be off (m, largest deviation)
    #[arg(long)]
    pub accuracy: Option<f64>,
    /// Denominator of the map scale
    #[arg(long)]
    pub scale: Option<i32>,
    /// Publish at once when nothing was set aside and its place is proved
    #[arg(long)]
    pub publish: bool,
}

#[derive(Args)]
pub struct VerifyArgs {
    /// Number (HS-...) or id of a case
    #[arg(required_unless_present_any = ["parcel", "commune", "zone", "layer_version", "filter", "run", "proposed"])]
    pub case: Option<String>,
    /// commune/sheet/number, also an old one: looks at the parcel, stores nothing
    #[arg(long, conflicts_with = "case")]
    pub parcel: Option<String>,
    #[command(flatten)]
    pub many: ManyArgs,
    /// text, json or geojson
    #[arg(long, default_value = "text")]
    pub output: String,
    /// Also write the evidence (GeoJSON, WGS 84) to this file
    #[arg(long)]
    pub evidence: Option<PathBuf>,
    /// Also write the proof (JSON, for `diaba check-report`) of a case's verification to this file
    #[arg(long, conflicts_with = "parcel")]
    pub proof: Option<PathBuf>,
}

/// Many parcels in one run; what is given narrows.
#[derive(Args)]
pub struct ManyArgs {
    /// All parcels of this commune (code of today)
    #[arg(long, conflicts_with_all = ["case", "parcel"])]
    pub commune: Option<String>,
    /// All parcels of this cadastral zone (EPSG code)
    #[arg(long, conflicts_with_all = ["case", "parcel"])]
    pub zone: Option<i32>,
    /// All parcels that the coverage of this layer version meets, or of one that was in force in its place before
    #[arg(long, conflicts_with_all = ["case", "parcel"])]
    pub layer_version: Option<i64>,
    /// CQL2 over commune, sheet, number, scale, registered_area, map_area, land_use, and S_INTERSECTS(geom, ...) with --zone
    #[arg(long = "where", value_name = "CQL", conflicts_with_all = ["case", "parcel"])]
    pub filter: Option<String>,
    /// Go on with this run, or watch it
    #[arg(long, value_name = "ID", conflicts_with_all = ["case", "parcel", "commune", "zone", "layer_version", "filter"])]
    pub run: Option<uuid::Uuid>,
    /// List the runs that published maps propose and nobody has begun
    #[arg(long, conflicts_with_all = ["case", "parcel", "commune", "zone", "layer_version", "filter", "run"])]
    pub proposed: bool,
    /// With --proposed: the run over this layer version is not needed, until its map changes again
    #[arg(long, value_name = "LAYER_VERSION", requires_all = ["proposed", "reason"])]
    pub dismiss: Option<i64>,
    /// Why, 10 to 500 characters, no personal data
    #[arg(long, requires = "dismiss")]
    pub reason: Option<String>,
    /// Only watch: leave the work to `diaba work` or `diaba serve`
    #[arg(long)]
    pub watch: bool,
}

impl ManyArgs {
    /// Is a run meant?
    pub fn asked(&self) -> bool {
        let selected = self.commune.is_some() || self.zone.is_some() || self.layer_version.is_some();
        selected || self.filter.is_some() || self.run.is_some() || self.proposed
    }
}

#[derive(Args)]
pub struct ReportArgs {
    /// Id of a verification; or number (HS-...) or id of a case: its newest verification
    pub subject: String,
    /// File to write (default: bao-cao-CASE.pdf here)
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}
