//! A map file sent over the network: kept on disk as it comes in, then read by the job `import_layer`.

use super::import::Coverage;
use super::receive::{digest, parts_of};
use super::work_folder::WorkFolder;
use super::{theme, zones};
use crate::app::App;
use crate::domain::layer::filter::Where;
use crate::domain::text::charset::Charset;
use crate::flow::commit::accept;
use crate::flow::job::enqueue;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::audit;
use crate::store::import::{self, ImportRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use time::{Date, OffsetDateTime};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

/// What to do with an uploaded map file.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"layer": "cadastral_demo", "theme": "cadastral", "zone": 5899, "coverage": "features",
    "source_date": "2026-01-15", "overrides": {"number": "SOTHUA"}}))]
pub struct ImportAsk {
    /// Code of the layer; made when it is new.
    pub layer: String,
    /// Code of the theme.
    pub theme: String,
    /// EPSG code of the cadastral zone.
    pub zone: i32,
    /// Where the version is complete: `features`, `extent`, `{"commune": "20194"}` or `{"wkt": "POLYGON((e n, ...))"}`.
    #[schema(value_type = serde_json::Value)]
    pub coverage: Coverage,
    /// The day the map speaks of.
    #[schema(value_type = String, format = Date)]
    pub source_date: Date,
    #[serde(default)]
    pub title: Option<String>,
    /// How columns are named; the usual one of the theme when left out.
    #[serde(default)]
    pub profile: Option<String>,
    /// Columns named by hand: target to column.
    #[serde(default)]
    pub overrides: BTreeMap<String, String>,
    /// Only rows with these values: column to values.
    #[serde(default, rename = "where")]
    #[schema(value_type = Object)]
    pub wanted: Where,
    /// One of several map files in an archive.
    #[serde(default)]
    pub inside: Option<String>,
    /// Layer within the file.
    #[serde(default)]
    pub source_layer: Option<String>,
    /// Coordinate system of the file, when it does not say.
    #[serde(default)]
    pub crs: Option<String>,
    /// Why `crs` is taken although the data seems to lie elsewhere (10 characters or more); kept with the version.
    #[serde(default)]
    pub crs_reason: Option<String>,
    /// ascii, utf8, tcvn3, vni, vps, viscii, cp1258, ...; told by content when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub charset: Option<Charset>,
    /// Commune of all rows; rows outside its boundary are set aside.
    #[serde(default)]
    pub commune: Option<String>,
    /// What is replaced as one.
    #[serde(default)]
    pub coverage_key: Option<String>,
    /// Decision by which the map is in force.
    #[serde(default)]
    pub decision: Option<String>,
    /// m.
    #[serde(default)]
    pub accuracy_m: Option<f64>,
    /// Denominator of the map scale.
    #[serde(default)]
    pub scale: Option<i32>,
}

/// A map file sent to be read, and what came of it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ImportView {
    pub id: Uuid,
    /// waiting (see the job), done or refused.
    pub state: String,
    #[schema(value_type = Object)]
    pub ask: Value,
    /// As it was sent.
    pub file_name: String,
    pub sha256: String,
    /// Address of the job.
    pub job: String,
    /// Done: what was read. Refused: `errors`, field by field.
    #[schema(value_type = Option<Object>)]
    pub report: Option<Value>,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
}

impl From<ImportRow> for ImportView {
    fn from(r: ImportRow) -> Self {
        Self {
            file_name: r.file.rsplit('/').next().unwrap_or_default().to_owned(),
            job: format!("/api/v1/jobs/{}", r.job_id),
            id: r.id,
            state: r.state,
            ask: r.ask,
            sha256: r.sha256,
            report: r.report,
            created_by: r.created_by,
            created_at: r.created_at,
            ended_at: r.ended_at,
        }
    }
}

/// Code of the refusal of more bytes than may be sent.
pub const FILE_TOO_LARGE: &str = "file-too-large";

/// Files on their way in. What is not handed to [`request_import`] goes when this is dropped.
pub struct Upload {
    folder: WorkFolder,
    uploads: PathBuf,
    files: Vec<PathBuf>,
    open: Option<(File, Sha256)>,
    left: u64,
    /// SHA-256 and name of each file that is whole.
    whole: Vec<String>,
}

impl Upload {
    pub async fn begin(app: &App) -> Result<Self> {
        let uploads = app.config.home.join("uploads");
        tokio::fs::create_dir_all(&uploads).await.map_err(broken)?;
        let home = app.config.home.clone();
        let made = tokio::task::spawn_blocking(move || WorkFolder::make(&home)).await;
        let folder = made.map_err(|e| Error::Broken(e.into()))?.map_err(broken)?;
        let left = app.config.limits.upload_bytes as u64;
        Ok(Self { folder, uploads, files: vec![], open: None, left, whole: vec![] })
    }

    /// The next file begins.
    pub async fn file(&mut self, name: &str) -> Result<()> {
        self.end().await?;
        let path = self.folder.path().join(plain_name(name)?);
        if self.files.contains(&path) {
            return Err(Error::refused("file", "file-twice", name, "each file once"));
        }
        self.open = Some((File::create(&path).await.map_err(broken)?, Sha256::new()));
        self.files.push(path);
        Ok(())
    }

    /// More of the file that has begun.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            return Err(Error::refused("file", FILE_TOO_LARGE, "more", "DIABA_UPLOAD_BYTES in all"));
        };
        self.left = left;
        let Some((file, sum)) = &mut self.open else {
            return Err(Error::Broken(anyhow::anyhow!("no file has begun")));
        };
        sum.update(bytes);
        file.write_all(bytes).await.map_err(broken)
    }

    async fn end(&mut self) -> Result<()> {
        let (Some((mut file, sum)), Some(path)) = (self.open.take(), self.files.last()) else { return Ok(()) };
        self.whole.push(format!("{} {}", hex::encode(sum.finalize()), name_of(path)));
        file.flush().await.map_err(broken)
    }

    /// Everything has come. Gives what tells this upload apart from another: its files, in whatever order they came, and what
    /// is to be done with them.
    pub async fn content(&mut self, ask: &ImportAsk) -> Result<Vec<u8>> {
        self.end().await?;
        self.whole.sort();
        serde_json::to_vec(&(&self.whole, ask)).map_err(|e| Error::Broken(e.into()))
    }

    /// Moves everything to `uploads/<sha256>/`; gives the SHA-256 and the name of the file that is to be opened.
    async fn keep(mut self) -> Result<(String, String)> {
        self.end().await?;
        tokio::task::spawn_blocking(move || keep(&self)).await.map_err(|e| Error::Broken(e.into()))?
    }
}

fn keep(upload: &Upload) -> Result<(String, String)> {
    let main = main_file(&upload.files)?;
    let parts = parts_of(main).map_err(broken)?;
    if let Some(stray) = upload.files.iter().find(|f| !parts.contains(f)) {
        return Err(Error::refused("file", "file-unrelated", name_of(stray), format!("parts of {}", name_of(main))));
    }
    let sha256 = digest(&parts).map_err(broken)?;
    let folder = upload.uploads.join(&sha256);
    std::fs::create_dir_all(&folder).map_err(broken)?;
    for part in &parts {
        std::fs::rename(part, folder.join(part.file_name().unwrap_or_default())).map_err(broken)?;
    }
    Ok((sha256, name_of(main)))
}

/// The only file, or the one that the others belong to.
fn main_file(files: &[PathBuf]) -> Result<&PathBuf> {
    let heads = |f: &&PathBuf| {
        let ending = f.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        ["shp", "tab", "mif"].contains(&ending.as_str())
    };
    let found: Vec<&PathBuf> =
        if files.len() == 1 { files.iter().collect() } else { files.iter().filter(heads).collect() };
    match found.as_slice() {
        [main] => Ok(main),
        _ => Err(Error::refused(
            "file",
            "file-not-chosen",
            format!("{} files", files.len()),
            "one map file, with its parts",
        )),
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A name of a file, not of a place.
fn plain_name(name: &str) -> Result<&str> {
    let plain = !name.starts_with('.') && !name.chars().any(|c| c.is_control() || "/\\:".contains(c));
    if plain && (1..=200).contains(&name.len()) {
        return Ok(name);
    }
    Err(Error::refused(
        "file",
        "file-name",
        name,
        "a name of 1 to 200 bytes, without / \\ : and not beginning with a dot",
    ))
}

fn broken(e: std::io::Error) -> Error {
    Error::Broken(e.into())
}

/// Keeps an uploaded map file and puts its import into the queue. Answered with 202.
pub async fn request_import(app: &App, by: &Actor, upload: Upload, ask: ImportAsk) -> Result<ImportView> {
    theme(app, &ask.theme).await?;
    let book = zones(app).await?;
    if book.get(ask.zone).is_none() {
        let known: Vec<String> = book.iter().map(|z| z.srid.to_string()).collect();
        return Err(Error::refused("zone", "zone-unknown", ask.zone, known.join(", ")));
    }
    let (sha256, name) = upload.keep().await?;
    let (id, now) = (app.clock.new_id(), app.clock.now());
    let mut tx = begin(app).await?;
    let job = enqueue(&mut tx, "import_layer", json!({"import_id": id}), None).await?;
    let row = ImportRow {
        id,
        ask: serde_json::to_value(&ask).map_err(|e| Error::Broken(e.into()))?,
        file: format!("uploads/{sha256}/{name}"),
        sha256,
        state: "waiting".into(),
        report: None,
        job_id: job.ok_or_else(|| Error::Broken(anyhow::anyhow!("the job has no id")))?,
        created_by: by.login.clone(),
        created_at: now,
        ended_at: None,
    };
    import::insert(&mut tx, &row).await?;
    let deed = audit::Deed {
        at: now,
        actor: &by.login,
        action: "import.request",
        subject: format!("import/{id}"),
        case_id: None,
        detail: json!({"layer": ask.layer, "sha256": row.sha256, "job": row.job_id}),
    };
    audit::write(&mut tx, &deed).await?;
    let view = ImportView::from(row);
    accept(app, tx, by, &view, view.job.clone()).await?;
    Ok(view)
}

pub async fn find_import(app: &App, id: Uuid) -> Result<ImportView> {
    let row = import::find(&app.pool, id).await?;
    row.map(ImportView::from).ok_or_else(|| Error::NotFound { what: "import", id: id.to_string() })
}
