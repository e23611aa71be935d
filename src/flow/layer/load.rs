//! The rows of a file into the place of their version: read, examined and written at the same time, and committed batch by
//! batch, each with how far it goes. An import that was interrupted goes on behind its last committed batch.

use super::import::Progress;
use super::neighbours;
use super::rows::{Batch, RowContext, join, look, process};
use crate::app::App;
use crate::domain::layer::crs_guard::Spread;
use crate::domain::theme::{Family, Theme};
use crate::flow::{Error, Result};
use crate::gis::reader::{Opened, RawFeature};
use crate::store::layer::{self as layers, NewVersion};
use crate::store::layer_issue::{self, IssueRow};
use crate::store::stage::{self, LARGE, NewFeature, Stage};
use geo_types::Rect;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use tokio::sync::mpsc;

/// Rows of one COPY and one commit.
const COPY_ROWS: usize = 20_000;
/// Batches (of about a thousand rows) that may wait between two steps.
const WAITING: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    #[default]
    Rows,
    /// All rows are in.
    Loaded,
    /// Doubles are out, the content is hashed.
    Single,
    /// Keys and neighbours were compared.
    Compared,
}

/// What is committed so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Done {
    pub step: Step,
    /// Number of the last row of the file.
    pub last_row: u64,
    pub read: i64,
    pub passed_over: i64,
    pub good: i64,
    /// Number of the next issue.
    pub issues: i32,
    bounds: Option<[f64; 4]>,
    /// Largest half width of a row (m).
    pub reach_m: f64,
    pub content_hash: String,
}

impl Done {
    pub fn bounds(&self) -> Option<Rect<f64>> {
        self.bounds.map(|[w, s, e, n]| Rect::new((w, s), (e, n)))
    }

    fn add(&mut self, b: &Batch) {
        self.last_row = b.last_row;
        self.read += b.rows - b.passed_over;
        self.passed_over += b.passed_over;
        self.good += b.good.len() as i64;
        self.reach_m = self.reach_m.max(b.reach_m);
        let all = join(self.bounds(), b.bounds);
        self.bounds = all.map(|r| [r.min().x, r.min().y, r.max().x, r.max().y]);
    }

    async fn note(&self, conn: &mut PgConnection, s: Stage) -> Result<()> {
        let done = serde_json::to_value(self).map_err(|e| Error::Broken(e.into()))?;
        Ok(stage::note(conn, s.version, &done).await?)
    }

    fn progress(&self, total: Option<u64>) -> Progress {
        Progress { rows: (self.read + self.passed_over) as u64, total, set_aside: (self.read - self.good) as u64 }
    }
}

/// An import of the same file with the same settings that was interrupted goes on; others of this layer are discarded. Otherwise
/// a new version begins.
pub(super) async fn begin(
    app: &App,
    conn: &mut PgConnection,
    new: &NewVersion,
    settings: &str,
    total: Option<u64>,
) -> Result<(Stage, Done)> {
    let mut going_on = None;
    for w in stage::waiting(conn, new.layer_id, &new.coverage_key).await? {
        let done = serde_json::from_value::<Done>(w.done);
        match done {
            Ok(done) if w.settings == settings && going_on.is_none() => {
                going_on = Some((Stage { zone: new.zone, version: w.version, own: w.own }, done));
            }
            _ => {
                let mut tx = conn.begin().await?;
                layers::discard(&mut tx, new.zone, w.version, app.clock.now()).await?;
                tx.commit().await?;
            }
        }
    }
    if let Some(found) = going_on {
        return Ok(found);
    }
    let large = total.is_none_or(|rows| rows >= LARGE);
    if large {
        stage::make_way(conn, new.zone).await?;
    }
    let mut tx = conn.begin().await?;
    let version = layers::begin_version(&mut tx, new).await?;
    let s = stage::begin(&mut tx, new.zone, version, large, settings).await?;
    tx.commit().await?;
    Ok((s, Done::default()))
}

/// Brings in what is not in yet, and points of the whole file. Three steps at once: the guest reads, all cores examine, the database writes.
pub async fn load(
    conn: PgConnection,
    s: Stage,
    cx: &RowContext<'_>,
    (sample, opened): (Vec<RawFeature>, Opened),
    done: Done,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(PgConnection, Done, Spread)> {
    let mut spread = Spread::default();
    let total = opened.header().feature_count;
    let (raw_out, mut raw_in) = mpsc::channel(WAITING);
    let (batch_out, batch_in) = mpsc::channel(WAITING);
    let reading = tokio::spawn(read(sample, opened, raw_out));
    let writing = tokio::spawn(write(conn, s, batch_in, done.clone()));
    let mut seen = done;
    progress(seen.progress(total));
    while let Some(mut raw) = raw_in.recv().await {
        look(cx, &raw, &mut spread);
        raw.retain(|f: &RawFeature| f.row_no > seen.last_row);
        if raw.is_empty() {
            continue;
        }
        let batch = tokio::task::block_in_place(|| process(cx, raw));
        seen.add(&batch);
        progress(seen.progress(total));
        if batch_out.send(batch).await.is_err() {
            break; // the writer says why
        }
    }
    drop((raw_in, batch_out));
    let ended = reading.await.map_err(|e| Error::Broken(e.into()))?;
    let (conn, done) = writing.await.map_err(|e| Error::Broken(e.into()))??;
    ended?;
    progress(done.progress(Some((done.read + done.passed_over) as u64)));
    Ok((conn, done, spread))
}

/// All rows are in, and lie where they should.
pub async fn loaded(conn: &mut PgConnection, s: Stage, done: &mut Done) -> Result<()> {
    done.step = Step::Loaded;
    done.note(conn, s).await
}

/// Tells rows until there are none, or nobody listens.
async fn read(sample: Vec<RawFeature>, mut opened: Opened, out: mpsc::Sender<Vec<RawFeature>>) -> Result<()> {
    let mut next = Some(sample);
    while let Some(raw) = next {
        if out.send(raw).await.is_err() {
            return Ok(());
        }
        next = opened.next_batch().await?;
    }
    Ok(())
}

async fn write(
    mut conn: PgConnection,
    s: Stage,
    mut batches: mpsc::Receiver<Batch>,
    mut done: Done,
) -> Result<(PgConnection, Done)> {
    let (mut rows, mut issues) = (Vec::new(), Vec::new());
    while let Some(batch) = batches.recv().await {
        done.add(&batch);
        rows.extend(batch.good);
        issues.extend(batch.issues);
        if rows.len() + issues.len() >= COPY_ROWS {
            commit(&mut conn, s, &mut done, std::mem::take(&mut rows), std::mem::take(&mut issues)).await?;
        }
    }
    commit(&mut conn, s, &mut done, rows, issues).await?;
    Ok((conn, done))
}

/// Rows, what was said about them, and how far they go: one transaction.
async fn commit(
    conn: &mut PgConnection,
    s: Stage,
    done: &mut Done,
    rows: Vec<NewFeature>,
    mut issues: Vec<IssueRow>,
) -> Result<()> {
    let mut tx = conn.begin().await?;
    let refused = stage::copy(&mut tx, s, &rows).await?;
    done.good -= refused.len() as i64;
    issues.extend(refused);
    layer_issue::add(&mut tx, s.version, s.zone, done.issues, &issues).await?;
    done.issues += issues.len() as i32;
    done.note(&mut tx, s).await?;
    Ok(tx.commit().await?)
}

/// What only shows when all rows are in: doubles, and neighbours that conflict; indexes are built meanwhile.
pub async fn examine(app: &App, conn: &mut PgConnection, s: Stage, theme: &Theme, done: &mut Done) -> Result<()> {
    if done.step < Step::Single {
        let mut tx = conn.begin().await?;
        let (hash, doubles) = stage::content(&mut tx, s).await?;
        if !doubles.is_empty() {
            stage::set_aside(&mut tx, s, done.issues, &doubles).await?;
        }
        done.good -= doubles.len() as i64;
        done.issues += doubles.len() as i32;
        (done.content_hash, done.step) = (hash, Step::Single);
        done.note(&mut tx, s).await?;
        tx.commit().await?;
    }
    if done.step == Step::Compared || theme.family != Family::Parcel {
        return Ok(stage::index(conn, s).await?);
    }
    let compared = async {
        let mut tx = app.pool.begin().await?;
        done.issues += stage::remark_same_keys(&mut tx, s, done.issues).await? as i32;
        done.issues = neighbours::examine(&mut tx, s, theme.sliver_area_m2, done.issues).await?;
        done.step = Step::Compared;
        done.note(&mut tx, s).await?;
        Ok::<_, Error>(tx.commit().await?)
    };
    let indexed = async { Ok(stage::index(&mut *conn, s).await?) };
    tokio::try_join!(compared, indexed)?;
    Ok(())
}
