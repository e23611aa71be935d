//! Options worked out for a case as things are; nothing is kept.

use super::ground::stale_now;
use super::history::history;
use crate::app::App;
use crate::domain::advice::{Asked, Edits, OPTIONS, Pinned, Sheet, SheetPins, options};
use crate::domain::fee::{FeeFacts, FeeSet};
use crate::domain::money::Measure;
use crate::domain::paper::Paper;
use crate::domain::staff::Purpose;
use crate::domain::verify::{Message, canonical, sha256_hex};
use crate::flow::parcel::old_province_of;
use crate::flow::staff::Actor;
use crate::flow::verification::{self, Opened, VerificationView};
use crate::flow::{Error, Result, begin, paper};
use crate::store::{advice, commune, parcel};
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

fn broken(e: impl Into<anyhow::Error>) -> Error {
    Error::Broken(e.into())
}

/// An unsigned sheet without edits, as of today, on the newest verification. Reads papers and record: both are logged.
///
/// # Errors
/// `Conflict` before the case was verified.
pub async fn work_out(app: &App, by: &Actor, case_id: Uuid, facts: FeeFacts) -> Result<Sheet> {
    let newest = verification::latest(app, case_id).await?;
    let newest =
        newest.ok_or_else(|| Error::Conflict { code: "not-verified", detail: "verify the case first".into() })?;
    let opened = verification::open(app, by, newest, Purpose::PreparePapers).await?;
    let mut tx = begin(app).await?;
    let papers = paper::facts_of_case(app, &mut tx, case_id, &by.login).await?;
    tx.commit().await?;
    let held: Vec<(String, bool)> = papers.iter().map(|p| (named(&p.paper), p.complete)).collect();
    let now = app.clock.now();
    let as_of = app.clock.today();
    let place = place(app, &opened.verification).await?;
    let fees = fee_set(app, as_of, place.province.as_deref())?;
    let facts = FeeFacts { area: facts.area.or(place.area), ..facts };
    let asked = Asked {
        as_of,
        record: &opened.record,
        papers: &held,
        province: place.province.as_deref(),
        facts: &facts,
        procedures: &app.book.procedures,
        guides: &app.book.guides,
        fees: &fees,
        history: &history(app).await?,
    };
    let options = options(&asked);
    Ok(Sheet {
        schema: OPTIONS.to_owned(),
        id: app.clock.new_id(),
        case_id,
        case_number: opened.record.case.number.clone(),
        version: 0,
        as_of,
        pins: pins(app, &opened, &place, as_of, &fees).await?,
        options,
        facts,
        edits: Edits::default(),
        by: by.login.clone(),
        at: now,
    })
}

/// Kind of a paper, or the title of a free one.
fn named(p: &Paper) -> String {
    match p {
        Paper::Other(o) => o.title.clone().unwrap_or_default(),
        _ => p.kind().to_owned(),
    }
}

/// What the parcel's place and register give.
struct Place {
    province: Option<String>,
    /// Before the reform.
    old_province: Option<String>,
    area: Option<Measure>,
    parcel: Option<Pinned>,
}

async fn place(app: &App, v: &VerificationView) -> Result<Place> {
    let row = match (v.zone, v.parcel_id) {
        (Some(zone), Some(id)) => parcel::current(&app.pool, zone, id).await?,
        _ => None,
    };
    let Some(row) = row else { return Ok(Place { province: None, old_province: None, area: None, parcel: None }) };
    let commune = commune::find(&app.pool, &row.commune_code).await?;
    let keys = parcel::keys_of(&app.pool, row.zone, row.parcel_id).await?;
    Ok(Place {
        province: commune.and_then(|c| c.province_code),
        old_province: old_province_of(&mut *app.pool.acquire().await?, &row.commune_code, &keys).await?,
        area: row.registered_area.or(row.map_area).and_then(Measure::printed),
        parcel: Some(Pinned { id: row.parcel_id, version: row.version }),
    })
}

fn fee_set(app: &App, day: Date, province: Option<&str>) -> Result<FeeSet> {
    let places: Vec<&str> = province.into_iter().collect();
    app.book.fees.in_force(day, &places).map_err(broken)
}

/// Name of what is said of every procedure on a day.
fn procedures_hash(app: &App, day: Date, province: Option<&str>) -> Result<String> {
    let in_force = app.book.guides.guides.iter();
    let in_force: BTreeMap<&str, _> =
        in_force.map(|g| (g.procedure.as_str(), app.book.procedures.find(&g.procedure, province, day))).collect();
    Ok(sha256_hex(canonical(&in_force).map_err(broken)?))
}

async fn pins(app: &App, opened: &Opened, place: &Place, day: Date, fees: &FeeSet) -> Result<SheetPins> {
    let (record, v) = (&opened.record, &opened.verification);
    let held: Vec<i64> = record.pins.layers.iter().map(|l| l.layer_version_id).collect();
    let parcel = record.pins.parcel.as_ref().map(|p| Pinned { id: p.id, version: p.version });
    Ok(SheetPins {
        verification: v.id,
        digest: v.digest.clone(),
        rules: record.pins.rules.clone(),
        procedures: procedures_hash(app, day, place.province.as_deref())?,
        fees: fees.hash.clone(),
        guides: sha256_hex(canonical(&app.book.guides).map_err(broken)?),
        parcel,
        layers: layers(app, v, Some(&held)).await?,
    })
}

async fn layers(app: &App, v: &VerificationView, pinned: Option<&[i64]>) -> Result<Vec<(String, i64)>> {
    let (Some(zone), Some(parcel)) = (v.zone, v.parcel_id) else { return Ok(vec![]) };
    let mut conn = app.pool.acquire().await?;
    Ok(advice::layers_around(&mut conn, zone, parcel, pinned).await?)
}

/// What a sheet of this case would rest on now.
///
/// # Errors
/// As [`work_out`].
pub async fn pins_now(app: &App, case_id: Uuid) -> Result<SheetPins> {
    let newest = verification::list(app, case_id, None, 1).await?.into_iter().next();
    let v = newest.ok_or_else(|| Error::Conflict { code: "not-verified", detail: "verify the case first".into() })?;
    let day = app.clock.today();
    let place = place(app, &v).await?;
    let province = place.province.as_deref();
    let rules = app.sets.rules(&app.book.rules, day, [province, place.old_province.as_deref()])?;
    Ok(SheetPins {
        verification: v.id,
        digest: v.digest.clone(),
        rules: rules.hash.clone(),
        procedures: procedures_hash(app, day, province)?,
        fees: fee_set(app, day, province)?.hash,
        guides: sha256_hex(canonical(&app.book.guides).map_err(broken)?),
        layers: layers(app, &v, None).await?,
        parcel: place.parcel,
    })
}

/// What a verification rests on that is another now: rules, parcel, maps.
pub(in crate::flow) async fn verdict_stale(app: &App, case_id: Uuid, opened: &Opened) -> Result<Vec<Message>> {
    let now = pins_now(app, case_id).await?;
    let held: Vec<i64> = opened.record.pins.layers.iter().map(|l| l.layer_version_id).collect();
    let parcel = opened.record.pins.parcel.as_ref().map(|p| Pinned { id: p.id, version: p.version });
    // Procedures and fees are what advice rests on, no verdict.
    let made = SheetPins {
        verification: opened.verification.id,
        digest: opened.verification.digest.clone(),
        rules: opened.record.pins.rules.clone(),
        parcel,
        layers: layers(app, &opened.verification, Some(&held)).await?,
        ..now.clone()
    };
    stale_now(app, &made, &now).await
}
