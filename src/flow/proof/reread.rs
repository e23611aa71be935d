//! The facts of a verification put together again from rows named by version; each row is hashed anew.

use super::replay::{Difference, Seen};
use crate::app::App;
use crate::domain::layer::row::{Row, row_hash};
use crate::domain::paper::Paper;
use crate::domain::verify::{
    Basis, Facts, Gathered, Inputs, LayerInput, LayerPin, LayerVersion, Neighbour, PaperFacts, PaperInput, Pins,
    Record, Resolution, ThemeFacts, ordered,
};
use crate::flow::paper::{facts_pin, place};
use crate::flow::verification::{features, parcel_facts, readings, theme_layers, these, window_of};
use crate::flow::{Error, Result};
use crate::store::feature::{FullRow, content_rows};
use crate::store::geometry::{from_ewkb, polygons};
use crate::store::paper as papers;
use crate::store::parcel::{self, ParcelRow};
use futures::TryStreamExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use time::Date;
use uuid::Uuid;

/// A difference, with the digest when the run came that far.
pub(super) struct Found {
    pub difference: Difference,
    pub digest: Option<String>,
}

impl From<Difference> for Found {
    fn from(difference: Difference) -> Self {
        Self { difference, digest: None }
    }
}

type Reread<T> = Result<std::result::Result<T, Difference>>;

macro_rules! must {
    ($step:expr) => {
        match $step {
            Ok(value) => value,
            Err(difference) => return Ok(Err(difference)),
        }
    };
}

/// What says which rows: of a record, or of a parcel of a run.
pub(super) struct Pinned<'a> {
    pub case: Uuid,
    pub as_of: Date,
    pub pins: &'a Pins,
    /// Version of the map that spoke for the parcel.
    pub map: Option<i64>,
}

pub(super) async fn facts(app: &App, record: &Record, inputs: &Inputs, basis: &Basis, seen: &Seen) -> Reread<Facts> {
    // The parcel's own map is no theme of the verification.
    let asked = |id: i64| inputs.layers.iter().any(|l| l.layer_version_id == id);
    let map = record.pins.layers.iter().map(|l| l.layer_version_id).find(|id| !asked(*id));
    let pinned = Pinned { case: record.case.id, as_of: record.as_of, pins: &record.pins, map };
    let facts = must!(rows(app, &pinned, inputs, basis, seen).await?);
    // How many rows the layers answer with now, and under which themes.
    let again = Inputs::of(&ordered(&facts)).layers;
    let answers = |l: &LayerInput| format!("{}: {:?}", l.theme, l.rows);
    match inputs.layers.iter().find(|l| !again.contains(l)) {
        Some(l) => {
            let pin = record.pins.layers.iter().find(|p| p.layer_version_id == l.layer_version_id);
            let name = pin.map_or_else(|| l.layer_version_id.to_string(), |p| of_version(p, "rows around the parcel"));
            let found = again.iter().find(|a| a.layer_version_id == l.layer_version_id);
            Ok(Err(Difference::new("layer_version", name, answers(l), found.map_or("nothing".into(), answers))))
        }
        None => Ok(Ok(facts)),
    }
}

/// A layer version by its layer, number and id, and what of it is meant.
fn of_version(p: &LayerPin, what: &str) -> String {
    format!("{} version {} (id {}): {what}", p.layer, p.number, p.layer_version_id)
}

/// The facts out of the rows that are named; what the layers answer is not compared.
pub(super) async fn rows(app: &App, pinned: &Pinned<'_>, inputs: &Inputs, basis: &Basis, seen: &Seen) -> Reread<Facts> {
    let mut all = Vec::new();
    for (pin, input) in pinned.pins.papers.iter().zip(&inputs.papers) {
        all.push(must!(paper(app, pinned.case, &pin.sha256, input).await?));
    }
    let row = match (&pinned.pins.parcel, inputs.zone) {
        (Some(p), Some(zone)) => Some(must!(parcel_row(app, "parcel", zone, p.id, p.version, &p.row_hash).await?)),
        _ => None,
    };
    let boundary = row.as_ref().and_then(|r| r.ewkb.as_deref()).map(from_ewkb).transpose()?.and_then(polygons);
    let neighbours = must!(neighbours(app, inputs).await?);
    let versions = must!(versions(app, pinned.pins, inputs, seen).await?);
    let window = window_of(boundary.as_ref());
    let mut by_version = match inputs.zone {
        Some(zone) => {
            let conn = &mut *app.pool.acquire().await?;
            features(app, conn, zone, &basis.themes, &versions, window, &inputs.keys).await
        }
        None => BTreeMap::new(),
    };
    for l in &inputs.layers {
        match &l.rows {
            Gathered::Read(_) => {}
            other => drop(by_version.insert(l.layer_version_id, other.map(|_| vec![]))),
        }
    }
    let map = pinned.map.or(row.as_ref().and_then(|r| r.layer_version_id));
    let own = versions.iter().find(|v| Some(v.pin.layer_version_id) == map).map(|v| v.pin.clone());
    let is_asked = |v: &Arc<LayerVersion>| inputs.layers.iter().any(|l| l.layer_version_id == v.pin.layer_version_id);
    let asked: Vec<Arc<LayerVersion>> = versions.into_iter().filter(is_asked).collect();
    let themes: Vec<ThemeFacts> = theme_layers(&basis.themes, &asked, window, by_version);
    let parcel = row.map(|r| parcel_facts(&r, boundary, own, inputs.keys.clone()));
    let readings = readings(&mut *app.pool.acquire().await?, parcel.as_ref(), &all).await?;
    Ok(Ok(Facts {
        as_of: pinned.as_of,
        case: inputs.case.clone(),
        papers: all,
        resolution: Resolution { asked: inputs.asked.clone(), candidates: inputs.candidates.clone() },
        parcel,
        neighbours,
        themes,
        theme_set: basis.themes.clone(),
        other_cases: inputs.other_cases.clone(),
        readings,
    }))
}

async fn paper(app: &App, case: Uuid, pinned: &str, input: &PaperInput) -> Reread<PaperFacts> {
    let name = place(input.id, input.version);
    let differs = |found: String| Ok(Err(Difference::new("paper", &name, pinned, found)));
    let row = papers::get(&mut *app.pool.acquire().await?, case, input.id, Some(input.version)).await?;
    let Some(row) = row else { return differs("nothing".into()) };
    let plain = match app.vault.open(&name, &row.sealed) {
        Ok(plain) => plain,
        Err(e) => return differs(e.to_string()),
    };
    let found = facts_pin(app, &plain);
    if found != pinned || row.facts_sha256 != pinned {
        return differs(if found == pinned { row.facts_sha256 } else { found });
    }
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    let scan = row.scan.map(serde_json::from_value).transpose().map_err(broken)?;
    if scan != input.scan || row.complete != input.complete {
        return differs(format!("complete: {}, scan: {scan:?}", row.complete));
    }
    if let Some(scan) = &input.scan
        && let Err(e) = app.scans.get(&scan.sha256).await
    {
        return Ok(Err(Difference::new("paper", format!("{name} scan"), &scan.sha256, e)));
    }
    let paper: Paper = serde_json::from_slice(&plain).map_err(broken)?;
    let (id, version, complete) = (input.id, input.version, input.complete);
    Ok(Ok(PaperFacts { id, version, sha256: pinned.to_owned(), complete, paper, scan }))
}

/// One version of a parcel, proved: its columns are those of the map row it came from, and that row hashes to what is pinned.
async fn parcel_row(app: &App, what: &'static str, zone: i32, id: Uuid, version: i32, hash: &str) -> Reread<ParcelRow> {
    let name = format!("{id}/{version}");
    let differs = |found: String| Ok(Err(Difference::new(what, &name, hash, found)));
    let Some(row) = parcel::version(&app.pool, zone, id, version).await? else { return differs("nothing".into()) };
    let stored = hex::encode(&row.row_hash);
    if stored != hash {
        return differs(stored);
    }
    let Some(source) = parcel::source_of(&app.pool, zone, id, version).await? else {
        return differs("the map row it came from is gone".into());
    };
    let found = hex::encode(full_hash(&source.row));
    if found != hash {
        return differs(found);
    }
    if !source.same {
        return differs("the parcel's columns are not those of its map row".into());
    }
    Ok(Ok(row))
}

async fn neighbours(app: &App, inputs: &Inputs) -> Reread<Gathered<Vec<Arc<Neighbour>>>> {
    let pinned = match (&inputs.neighbours, inputs.zone) {
        (Gathered::Read(all), Some(zone)) => all.iter().map(move |n| (zone, n)),
        (other, _) => return Ok(Ok(other.map(|_| vec![]))),
    };
    let mut out = Vec::new();
    for (zone, n) in pinned {
        let row = must!(parcel_row(app, "neighbour", zone, n.id, n.version, &n.row_hash).await?);
        let boundary = row.ewkb.as_deref().map(from_ewkb).transpose()?.and_then(polygons);
        out.extend(
            boundary.map(|b| Neighbour::stored((n.id, n.version), n.row_hash.clone(), (row.sheet, row.number), b)),
        );
    }
    Ok(Ok(Gathered::Read(out)))
}

/// The pinned layer versions with what they say of themselves, every row of them hashed again.
async fn versions(app: &App, pins: &Pins, inputs: &Inputs, seen: &Seen) -> Reread<Vec<Arc<LayerVersion>>> {
    let Some(zone) = inputs.zone else { return Ok(Ok(vec![])) };
    let ids: Vec<i64> = pins.layers.iter().map(|l| l.layer_version_id).collect();
    let found = these(app, &mut *app.pool.acquire().await?, zone, &ids).await?;
    for pinned in &pins.layers {
        let id = pinned.layer_version_id;
        let differs =
            |of: &str, a: &str, b: &str| Ok(Err(Difference::new("layer_version", of_version(pinned, of), a, b)));
        let Some(version) = found.iter().find(|v| v.pin.layer_version_id == id) else {
            return differs("rows", &pinned.content_hash, "nothing");
        };
        if let Some((of, pinned, found)) = said_otherwise(pinned, &version.pin)? {
            return differs(&of, &pinned, &found);
        }
        let asked = inputs.layers.iter().find(|l| l.layer_version_id == id);
        if let Some((of, pinned, found)) = asked.and_then(|l| l.ground.differs(&version.ground)) {
            return differs(of, pinned, found);
        }
        let hash = match seen.get(id) {
            Some(hash) => hash,
            None => content_hash(app, zone, id).await?,
        };
        seen.put(id, &hash);
        if hash != pinned.content_hash {
            return differs("rows", &pinned.content_hash, &hash);
        }
    }
    Ok(Ok(found))
}

/// The first thing that the version says of itself now and did not say then: its name, then and now.
fn said_otherwise(pinned: &LayerPin, found: &LayerPin) -> Result<Option<(String, String, String)>> {
    if pinned == found {
        return Ok(None);
    }
    let said = |p: &LayerPin| serde_json::to_value(p).map_err(|e| Error::Broken(e.into()));
    let (pinned, found) = (said(pinned)?, said(found)?);
    let members = [&pinned, &found].into_iter().filter_map(Value::as_object).flatten();
    let other = members.map(|(name, _)| name).find(|name| pinned.get(name) != found.get(name));
    let text = |v: &Value, name: &str| v.get(name).map_or_else(|| "nothing".to_owned(), Value::to_string);
    Ok(other.map(|name| (name.clone(), text(&pinned, name), text(&found, name))))
}

/// The content hash of a version, from its rows as they are stored now, not from the hashes beside them.
async fn content_hash(app: &App, zone: i32, id: i64) -> Result<String> {
    let mut hashes = Vec::new();
    let mut rows = content_rows(&app.pool, zone, id);
    while let Some(row) = rows.try_next().await? {
        hashes.push(full_hash(&row));
    }
    hashes.sort_unstable();
    let mut sum = Sha256::new();
    hashes.iter().for_each(|h| sum.update(h));
    Ok(hex::encode(sum.finalize()))
}

/// As the import hashed it.
fn full_hash(r: &FullRow) -> [u8; 32] {
    let row = Row { key: r.key.clone(), code: r.code.clone(), label: r.label.clone(), ..Row::default() };
    // A `Value` writes its keys sorted.
    row_hash(&row, &r.attrs.to_string(), r.ewkb.as_deref())
}
