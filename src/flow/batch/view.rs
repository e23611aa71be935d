//! Runs with their progress, their verdicts and findings. Nothing personal is kept in them.

use crate::app::App;
use crate::domain::batch::Selection;
use crate::flow::{Error, Result};
use crate::store::batch::kept::{self, FindingFilter, RunFindingRow, RunVerificationRow};
use crate::store::batch::run::{self, RunRow};
use serde::Serialize;
use serde_json::Value;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A run: what it is about, how far it has come, what it found.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct RunView {
    pub id: Uuid,
    /// planning, running, paused, done or cancelled.
    pub state: String,
    /// What was asked for: commune, zone, layer_version, where.
    #[schema(value_type = Object)]
    pub selection: Value,
    /// The day the verdicts speak of.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// What every chunk is judged by: the instant as of which parcels are read, engine, rule book, themes, layer versions by zone. None
    /// until it is planned.
    #[schema(value_type = Option<Object>)]
    pub pins: Option<Value>,
    /// Pinned layer versions that were superseded or withdrawn since; the run still goes by them.
    pub superseded: Vec<i64>,
    pub chunks: i32,
    pub chunks_done: i32,
    /// Chunks that failed at every attempt and wait for a person (resume tries them again).
    pub chunks_dead: i64,
    /// Chunks, or the planning, that failed and are tried again by themselves.
    pub chunks_failing: i64,
    /// The first line of what one of them, failing or dead, failed with last.
    pub last_error: Option<String>,
    pub parcels: i64,
    pub parcels_done: i64,
    /// Parcels per second since the run was started or gone on with; none while nothing is known.
    pub rate: Option<f64>,
    /// Seconds to the end at this rate.
    pub left_s: Option<f64>,
    /// Findings that weigh: everything but clear and not applicable.
    pub findings: i64,
    /// Findings that are clear although something may lie on the parcel within the accuracy of both maps.
    pub possible: i64,
    pub can_proceed: i64,
    pub needs_papers: i64,
    pub needs_person: i64,
    pub blocked: i64,
    /// Parcels that could not be judged.
    pub faults: i64,
    /// SHA-256 over the digests of the chunks, hex; in the audit, and so in the hash chain.
    pub root: Option<String>,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

impl RunView {
    pub(super) fn of(r: RunRow, now: OffsetDateTime) -> Self {
        let worked = r.since.map(|s| (r.finished_at.unwrap_or(now) - s).as_seconds_f64());
        let done = (r.parcels_done - r.done_before) as f64;
        let rate = worked.filter(|w| *w > 0.0 && done > 0.0).map(|w| done / w);
        let left = rate.filter(|_| r.state == "running").map(|rate| (r.parcels - r.parcels_done) as f64 / rate);
        Self {
            id: r.id,
            state: r.state,
            selection: r.selection,
            as_of: r.as_of,
            pins: r.pins,
            superseded: r.superseded,
            chunks: r.chunks,
            chunks_done: r.chunks_done,
            chunks_dead: r.dead,
            chunks_failing: r.failing,
            last_error: r.last_error.and_then(|e| e.lines().next().map(str::to_owned)),
            parcels: r.parcels,
            parcels_done: r.parcels_done,
            rate,
            left_s: left,
            findings: r.findings,
            possible: r.possible,
            can_proceed: r.can_proceed,
            needs_papers: r.needs_papers,
            needs_person: r.needs_person,
            blocked: r.blocked,
            faults: r.faults,
            root: r.root,
            created_by: r.created_by,
            created_at: r.created_at,
            finished_at: r.finished_at,
        }
    }

    /// Nothing more will come of it.
    pub fn ended(&self) -> bool {
        matches!(self.state.as_str(), "done" | "cancelled")
    }

    pub fn selection(&self) -> Result<Selection> {
        serde_json::from_value(self.selection.clone()).map_err(|e| Error::Broken(e.into()))
    }
}

pub async fn find(app: &App, id: Uuid) -> Result<RunView> {
    let row = run::find(&app.pool, id).await?.ok_or_else(|| super::missing(id))?;
    Ok(RunView::of(row, app.clock.now()))
}

/// Newest first, older than `before`.
pub async fn list(
    app: &App,
    state: Option<&str>,
    before: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<RunView>> {
    let now = app.clock.now();
    Ok(run::list(&app.pool, state, before, limit).await?.into_iter().map(|r| RunView::of(r, now)).collect())
}

/// A finding of one parcel of a run that weighs, or that is clear although something may lie there within the accuracy of both maps.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FindingView {
    pub zone: i32,
    pub parcel_id: Uuid,
    pub check: String,
    pub subject: String,
    /// hit, clear, partly_covered, not_covered, stale_source or failed.
    pub verdict: String,
    pub effect: String,
    /// certain, possible, none: what the two areas say.
    pub certainty: Option<String>,
    pub measured: Option<f64>,
    pub allowed: Option<f64>,
    pub unit: Option<String>,
    /// Square metres, from the accuracy of both maps.
    pub area_low: Option<f64>,
    pub area_high: Option<f64>,
    pub layer_version_id: Option<i64>,
    pub rule: Option<String>,
    /// Chunk, place and number: where the list goes on.
    #[serde(skip)]
    pub at: (i32, i16, i16),
}

impl From<RunFindingRow> for FindingView {
    fn from(r: RunFindingRow) -> Self {
        let f = r.finding;
        Self {
            zone: r.zone,
            parcel_id: r.parcel_id,
            check: f.check_id,
            subject: f.subject,
            verdict: f.verdict,
            effect: f.effect,
            certainty: f.certainty,
            measured: f.measured,
            allowed: f.allowed,
            unit: f.unit,
            area_low: f.area_low,
            area_high: f.area_high,
            layer_version_id: f.layer_version_id,
            rule: f.rule,
            at: (r.chunk, r.place, r.no),
        }
    }
}

/// Which findings are wanted.
pub type FindingWish<'a> = FindingFilter<'a>;

pub async fn findings(app: &App, id: Uuid, wish: &FindingWish<'_>) -> Result<Vec<FindingView>> {
    find(app, id).await?;
    Ok(kept::findings(&app.pool, id, wish).await?.into_iter().map(Into::into).collect())
}

/// The verdict of a run on one parcel.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct VerdictView {
    pub zone: i32,
    pub parcel_id: Uuid,
    /// Version of the parcel that was judged.
    pub version: Option<i32>,
    pub outcome: Option<String>,
    /// SHA-256 of the record, hex: that of a verification of this parcel alone on the same day and data.
    pub digest: Option<String>,
    /// Why it could not be judged.
    pub fault: Option<String>,
    /// Findings that are not in the list: [check, subject, verdict].
    #[schema(value_type = Option<Vec<Vec<String>>>)]
    pub quiet: Option<Value>,
    #[serde(skip)]
    pub at: (i32, i16),
}

impl From<RunVerificationRow> for VerdictView {
    fn from(r: RunVerificationRow) -> Self {
        Self {
            zone: r.zone,
            parcel_id: r.parcel_id,
            version: r.version,
            outcome: r.outcome,
            digest: r.digest.map(hex::encode),
            fault: r.fault,
            quiet: r.quiet,
            at: (r.chunk, r.place),
        }
    }
}

/// Verdicts of a run; `outcome` may also be `fault`.
pub async fn verdicts(
    app: &App,
    id: Uuid,
    outcome: Option<&str>,
    parcel: Option<Uuid>,
    after: Option<(i32, i16)>,
    limit: i64,
) -> Result<Vec<VerdictView>> {
    find(app, id).await?;
    Ok(kept::verdicts(&app.pool, id, outcome, parcel, after, limit).await?.into_iter().map(Into::into).collect())
}
