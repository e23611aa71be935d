//! The verifications of a run over many parcels run again: their chunks' signatures, then parcel by parcel the same digest.

use super::replay::{Difference, Replayed, Seen};
use super::reread::{Pinned, rows};
use crate::app::App;
use crate::domain::batch::{
    CHUNK, ChunkInputs, ChunkName, INPUTS as CHUNK_INPUTS, ParcelInputs, chunk_digest, keep, run_root,
};
use crate::domain::proof::Signed;
use crate::domain::verify::{Basis, ENGINE, Inputs, LayerInput, NeighbourInput, ParcelPin, Pins, Record, Wish};
use crate::flow::verification::{Judged, finding_row, inquiry, judge_by};
use crate::flow::{Error, Result, batch};
use crate::store::batch::kept::{self as store, RunFindingRow, RunVerificationRow, SealedChunk};
use crate::store::batch::run::chunk_digests;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

/// Verifications at once.
const AT_ONCE: usize = 4;

/// Runs every verification of a chunk again, or those of `only`. What cannot even be begun with is told under the run's id.
pub async fn replay_chunk(app: &App, run_id: Uuid, no: i32, only: Option<Uuid>, seen: &Seen) -> Result<Vec<Replayed>> {
    let as_of = batch::find(app, run_id).await?.as_of;
    let rows = stored(app, run_id, no).await?;
    let missing = || Error::NotFound { what: "verification_chunk", id: format!("{run_id}/{no}") };
    let chunk = store::sealed_chunk(&app.pool, run_id, no).await?.ok_or_else(missing)?;
    let kept = match kept(app, run_id, no, as_of, &chunk, &rows).await? {
        Ok(kept) => kept,
        Err(difference) => {
            let digest = chunk.digest.clone();
            return Ok(vec![Replayed {
                id: run_id,
                digest,
                replayed: None,
                same: false,
                first_difference: Some(difference),
            }]);
        }
    };
    let judged = chunk.parcels.iter().zip(&rows).enumerate();
    let judged = judged.filter_map(|(i, (id, s))| Some((i, *id, hex::encode(s.row.digest.as_ref()?))));
    let wanted: Vec<_> = judged.filter(|(_, id, _)| only.is_none_or(|o| o == *id)).collect();
    let one = |(i, id, digest): (usize, Uuid, String)| {
        let (kept, zone, row) = (&kept, chunk.zone, &rows[i]);
        async move { one(app, kept, i, zone, as_of, id, digest, row, seen).await }
    };
    stream::iter(wanted).map(one).buffered(AT_ONCE).try_collect().await
}

/// Numbers of the chunks of a run that are done; of the one that holds `parcel`.
pub async fn run_chunks(app: &App, run_id: Uuid, parcel: Option<Uuid>) -> Result<Vec<i32>> {
    batch::find(app, run_id).await?;
    Ok(store::done_chunks(&app.pool, run_id, parcel).await?)
}

/// What differs of a run as a whole: a chunk that is gone, a root that is not over its chunks or not the one in the audit. Chunks
/// are replayed by [`replay_chunk`].
pub async fn run_differs(app: &App, run_id: Uuid) -> Result<Option<Difference>> {
    let run = batch::find(app, run_id).await?;
    let differs = |pinned: String, found: String| Ok(Some(Difference::new("run", run_id, pinned, found)));
    let digests = chunk_digests(&app.pool, run_id).await?;
    let verdicts = store::verdict_count(&app.pool, run_id).await?;
    if (digests.len(), verdicts) != (run.chunks_done as usize, run.parcels_done) {
        let pinned = format!("{} chunks with {} verdicts", run.chunks_done, run.parcels_done);
        return differs(pinned, format!("{} with {verdicts}", digests.len()));
    }
    if run.state != "done" {
        return Ok(None);
    }
    let found = run_root(&digests);
    if run.chunks_done != run.chunks || run.root.as_ref() != Some(&found) {
        return differs(run.root.unwrap_or_default(), found);
    }
    match store::announced_root(&app.pool, run_id).await? {
        Some(told) if told == found => Ok(None),
        told => differs(told.unwrap_or_else(|| "a root in the audit".into()), found),
    }
}

/// A verification of a chunk as its row has it, with its findings.
struct Stored {
    row: RunVerificationRow,
    findings: Vec<RunFindingRow>,
}

async fn stored(app: &App, run_id: Uuid, no: i32) -> Result<Vec<Stored>> {
    let rows = store::chunk_rows(&app.pool, run_id, no).await?;
    let mut findings = store::chunk_findings(&app.pool, run_id, no).await?.into_iter().peekable();
    let with = |row: RunVerificationRow| {
        let mine = std::iter::from_fn(|| findings.next_if(|f| f.place == row.place)).collect();
        Stored { row, findings: mine }
    };
    Ok(rows.into_iter().map(with).collect())
}

impl Stored {
    /// What is kept in columns, against what the record says that was judged again.
    fn differs(&self, id: Uuid, record: Record) -> Result<Option<Difference>> {
        let r = &self.row;
        let (version, outcome) = (record.pins.parcel.as_ref().map(|p| p.version), json!(record.outcome));
        let kept = keep(record);
        let is = json!([id, version, outcome, kept.quiet]);
        let stored = json!([r.parcel_id, r.version, r.outcome, r.quiet]);
        let said = kept.told.iter().map(|(no, f)| Ok(json!([no, finding_row(f)?]))).collect::<Result<Vec<_>>>()?;
        let said = said.into_iter().map(Some);
        let rows = self.findings.iter().map(|f| Some(json!([f.no, f.finding])));
        let most = kept.told.len().max(self.findings.len());
        let pad = || std::iter::repeat(None);
        let pairs = said.chain(pad()).zip(rows.chain(pad())).take(most);
        let mut all = std::iter::once((Some(is), Some(stored))).chain(pairs);
        let Some((pinned, found)) = all.find(|(a, b)| a != b) else { return Ok(None) };
        let text = |v: Option<Value>| v.map_or_else(|| "nothing".into(), |v| v.to_string());
        Ok(Some(Difference::new("kept", id, text(pinned), text(found))))
    }
}

/// The chunk's document, when its verdicts are those that were signed, and as many.
async fn kept(
    app: &App,
    run_id: Uuid,
    no: i32,
    as_of: Date,
    chunk: &SealedChunk,
    rows: &[Stored],
) -> Result<std::result::Result<ChunkInputs, Difference>> {
    let name = format!("{run_id}/{no}");
    let differs = |what, pinned: &str, found: String| Ok(Err(Difference::new(what, &name, pinned, found)));
    if rows.len() != chunk.parcels.len() {
        return differs("chunk", &format!("{} verdicts", chunk.parcels.len()), rows.len().to_string());
    }
    let digests = rows.iter().map(|s| s.row.digest.as_deref().and_then(|d| d.first_chunk::<32>()));
    let signed_as = ChunkName { no, zone: chunk.zone, as_of };
    let found = chunk_digest(signed_as, chunk.parcels.iter().copied().zip(digests));
    if found != chunk.digest {
        return differs("chunk", &chunk.digest, found);
    }
    let signature = <[u8; 64]>::try_from(chunk.signature.as_slice()).map_err(|e| Error::Broken(e.into()))?;
    let signed = Signed { key_id: chunk.key_id.clone(), signature };
    if let Err(doubt) = super::known(app, &chunk.key_id).await?.check(CHUNK, &chunk.digest, &signed) {
        return differs("signature", &chunk.key_id, doubt.to_string());
    }
    let announced = store::announced(&app.pool, run_id).await?.unwrap_or_default();
    if let Some(doubt) = super::stolen(app, &chunk.key_id, "audit", &announced.to_string()).await? {
        return differs("key", &chunk.key_id, doubt.to_string());
    }
    match batch::open_inputs(app, run_id, no, &chunk.inputs) {
        Ok(kept) => Ok(Ok(kept)),
        Err(e) => differs("inputs", &chunk.digest, e.to_string()),
    }
}

#[allow(clippy::too_many_arguments, reason = "what names one verification of a run")]
async fn one(
    app: &App,
    kept: &ChunkInputs,
    i: usize,
    zone: i32,
    as_of: Date,
    id: Uuid,
    digest: String,
    stored: &Stored,
    seen: &Seen,
) -> Result<Replayed> {
    let done = |replayed: Option<String>, first_difference: Option<Difference>| Replayed {
        id,
        same: replayed.as_deref() == Some(digest.as_str()) && first_difference.is_none(),
        digest: digest.clone(),
        replayed,
        first_difference,
    };
    let Some(parcel) = kept.parcels.get(i).and_then(Option::as_ref) else {
        return Ok(done(None, Some(Difference::new("inputs", id, "its inputs", "nothing"))));
    };
    let judged = match judged(app, kept, parcel, zone, as_of, seen).await? {
        Ok(judged) => judged,
        Err(difference) => return Ok(done(None, Some(difference))),
    };
    let found = judged.digest;
    let differs = match found == digest {
        true => stored.differs(id, judged.record)?,
        false if kept.engine != ENGINE => Some(Difference::engine(&kept.engine)),
        false => Some(Difference::new("result", id, &digest, &found)),
    };
    Ok(done(Some(found), differs))
}

/// Judges a parcel of a chunk again, from rows named by version.
async fn judged(
    app: &App,
    kept: &ChunkInputs,
    parcel: &ParcelInputs,
    zone: i32,
    as_of: Date,
    seen: &Seen,
) -> Result<std::result::Result<Judged, Difference>> {
    if kept.schema != CHUNK_INPUTS {
        return Ok(Err(Difference::engine(&kept.engine)));
    }
    let (pins, inputs) = (pins(kept, parcel), inputs(kept, parcel, zone));
    let basis: Basis = match seen.basis(app, &pins).await {
        Ok(basis) => basis,
        Err(Error::Broken(e)) => return Ok(Err(Difference::new("rule_set", &pins.rules, &pins.rules, e))),
        Err(e) => return Err(e),
    };
    let pinned = Pinned { case: Uuid::nil(), as_of, pins: &pins, map: parcel.map };
    let facts = match rows(app, &pinned, &inputs, &basis, seen).await? {
        Ok(facts) => facts,
        Err(difference) => return Ok(Err(difference)),
    };
    let judged = tokio::task::spawn_blocking(move || judge_by(&facts, basis.rules.clone()));
    judged.await.map_err(|e| Error::Broken(e.into()))?.map(Ok)
}

/// The parcel at `place` of a chunk, judged again; the chunk is proved first.
pub(super) async fn again(
    app: &App,
    run_id: Uuid,
    no: i32,
    place: usize,
    chunk: &SealedChunk,
    seen: &Seen,
) -> Result<std::result::Result<Judged, Difference>> {
    let as_of = batch::find(app, run_id).await?.as_of;
    let kept = match kept(app, run_id, no, as_of, chunk, &stored(app, run_id, no).await?).await? {
        Ok(kept) => kept,
        Err(difference) => return Ok(Err(difference)),
    };
    match kept.parcels.get(place).and_then(Option::as_ref) {
        Some(parcel) => judged(app, &kept, parcel, chunk.zone, as_of, seen).await,
        None => Ok(Err(Difference::new("inputs", run_id, "its inputs", "nothing"))),
    }
}

/// Parcels of a chunk with the digests of their records, in order.
pub(super) async fn chunk_lines(app: &App, run_id: Uuid, no: i32) -> Result<Vec<(Uuid, Option<String>)>> {
    let rows = store::chunk_rows(&app.pool, run_id, no).await?;
    Ok(rows.into_iter().map(|r| (r.parcel_id, r.digest.map(hex::encode))).collect())
}

fn pins(kept: &ChunkInputs, p: &ParcelInputs) -> Pins {
    let row = p.row.and_then(|r| kept.rows.get(r as usize));
    Pins {
        parcel: row.map(|r| ParcelPin { id: r.id, version: r.version, row_hash: r.row_hash.clone() }),
        layers: kept.layers.iter().map(|l| Arc::new(l.pin.clone())).collect(),
        papers: vec![],
        rules: kept.rules.get(p.rules as usize).cloned().unwrap_or_default(),
        themes: kept.themes.clone(),
        inputs: String::new(),
        engine: kept.engine.clone(),
    }
}

fn inputs(kept: &ChunkInputs, p: &ParcelInputs, zone: i32) -> Inputs {
    let mut case = inquiry(Wish::default());
    case.province = p.province.clone();
    case.old_province = p.old_province.clone();
    case.required_papers = p.required.clone();
    let row = |r: &u32| kept.rows.get(*r as usize);
    let neighbour = |r: &crate::domain::batch::RowPin| NeighbourInput {
        id: r.id,
        version: r.version,
        row_hash: r.row_hash.clone(),
    };
    let unread = |id: i64| {
        p.unread.iter().find(|(u, _)| *u == id).map_or(crate::domain::verify::Gathered::Read(()), |(_, g)| g.clone())
    };
    let layers = kept.layers.iter().filter_map(|l| {
        let id = l.pin.layer_version_id;
        let (theme, ground) = (l.theme.clone()?, l.ground.clone()?);
        Some(LayerInput { theme, layer_version_id: id, ground, rows: unread(id).map(|()| 0) })
    });
    Inputs {
        schema: crate::domain::verify::INPUTS.to_owned(),
        case,
        asked: p.asked.clone(),
        candidates: p.candidates.clone(),
        zone: p.row.map(|_| zone),
        keys: p.keys.clone(),
        papers: vec![],
        neighbours: p.neighbours.map(|all| all.iter().filter_map(row).map(neighbour).collect()),
        other_cases: p.other_cases.clone(),
        layers: layers.collect(),
    }
}
