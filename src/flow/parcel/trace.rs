//! What a reference came to by a day: ranked parcels, each with the dated steps from the name to it.

use super::resolve::{looked_up, where_to_look};
use crate::app::App;
use crate::domain::calendar::{day_begins, day_of};
use crate::domain::geom::Zone;
use crate::domain::parcel::history::{Step, StepKind, descendants};
use crate::domain::parcel::rank::{CandidateRow, Hints, rank};
use crate::domain::parcel::succession::REFORM;
use crate::domain::verify::{Candidate, ParcelRef};
use crate::flow::{Error, Result};
use crate::store::lineage::{LineageRow, NamedRow, StoodRow, after, named, stood};
use crate::store::parcel;
use geo_types::Coord;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use time::Date;
use uuid::Uuid;

/// One step of the way from a name to a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StepView {
    /// `commune_merged`, `renumber`, `split`, `merge`, `re_survey`, `declared`.
    pub kind: String,
    /// The day it took effect, or the day a map first showed it; none when nobody said.
    pub on: Option<Date>,
    /// `commune/sheet/number`.
    pub from: String,
    pub to: String,
    /// The decision, or the map version.
    pub source: Option<String>,
    /// The day it was revoked as wrongly recorded: seen only as of an earlier day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_on: Option<Date>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Traced {
    pub candidate: Candidate,
    /// In force on the day that was asked for.
    pub in_force: bool,
    /// Oldest first; empty when the reference is the parcel's name as it is.
    pub steps: Vec<StepView>,
}

type Place = (i32, Uuid);

/// All parcels `asked` came to by the end of `on` (today when none), best first.
pub async fn trace(app: &App, asked: &ParcelRef, on: Option<Date>) -> Result<Vec<Traced>> {
    let asked = looked_up(&mut *app.pool.acquire().await?, asked, None).await?;
    let Some((asked, communes)) = asked else { return Ok(vec![]) };
    let Some(codes) = where_to_look(&asked, &communes) else { return Ok(vec![]) };
    let until = on.map_or(app.clock.now(), |day| day_begins(day.saturating_add(time::Duration::DAY)));
    let mut names = named(&app.pool, &codes, &asked.sheet, &asked.number).await?;
    names.retain(|n| n.revoked_at.is_none_or(|revoked| until < revoked));
    let mut rows = Vec::new();
    let mut ways: BTreeMap<Place, (bool, Vec<StepView>)> = BTreeMap::new();
    for zone in names.iter().map(|n| n.zone).collect::<BTreeSet<_>>() {
        let here: Vec<&NamedRow> = names.iter().filter(|n| n.zone == zone).collect();
        let ids: Vec<Uuid> = here.iter().map(|n| n.parcel_id).collect();
        let steps = steps_after(app, zone, &ids).await?;
        let ids: BTreeSet<Uuid> = ids.into_iter().chain(steps.iter().flat_map(|s| [s.from, s.to])).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let stood: BTreeMap<Uuid, StoodRow> =
            stood(&app.pool, zone, &ids, until).await?.into_iter().map(|s| (s.parcel_id, s)).collect();
        for name in here {
            // a decision names what stood on its day: what became of that parcel before does not follow from it
            let since = name.until.filter(|_| name.decision.is_some());
            let steps: Vec<Step> = steps.iter().filter(|s| since.is_none_or(|since| s.at >= since)).cloned().collect();
            for (parcel, path) in descendants(name.parcel_id, until, &steps) {
                let Some(s) = stood.get(&parcel) else { continue };
                let way = way(name, &path, &stood);
                rows.push(candidate(name, &path, s));
                let held = ways.entry((zone, parcel)).or_insert_with(|| (s.in_force, way.clone()));
                if way.len() < held.1.len() {
                    held.1 = way;
                }
            }
        }
    }
    let ranked = rank(&asked, &communes, &rows, &Hints::default());
    let told = |candidate: Candidate| {
        let (in_force, steps) = ways.get(&(candidate.zone.0, candidate.parcel_id)).cloned().unwrap_or((false, vec![]));
        Traced { candidate, in_force, steps }
    };
    Ok(ranked.into_iter().map(told).collect())
}

/// The day since when something is known of what `asked` leads to today.
pub async fn known_since(app: &App, asked: &ParcelRef) -> Result<Option<Date>> {
    let mut first = None;
    for t in trace(app, asked, None).await? {
        let history = parcel::history(&app.pool, t.candidate.zone.0, t.candidate.parcel_id).await?;
        first = first.into_iter().chain(history.first().map(|v| v.valid_from)).min();
    }
    Ok(first.map(day_of))
}

/// Every step after these parcels, however far; those that were revoked too.
pub(in crate::flow) async fn steps_after(app: &App, zone: i32, ids: &[Uuid]) -> Result<Vec<Step>> {
    after(&app.pool, zone, ids).await?.into_iter().map(step_of).collect()
}

fn step_of(l: LineageRow) -> Result<Step> {
    let kind = StepKind::from_code(&l.kind)
        .ok_or_else(|| Error::Broken(anyhow::anyhow!("a step of the unknown kind {}", l.kind)))?;
    Ok(Step { at: l.at, from: l.from_parcel, to: l.to_parcel, kind, source: l.source, revoked_at: l.revoked_at })
}

fn candidate(name: &NamedRow, path: &[Step], s: &StoodRow) -> CandidateRow {
    let last = path.last().map(|step| if step.kind == StepKind::Renumber { "renumbered" } else { step.kind.code() });
    CandidateRow {
        zone: Zone(name.zone),
        parcel_id: s.parcel_id,
        commune_code: s.commune_code.clone(),
        sheet: s.sheet.clone(),
        number: s.number.clone(),
        alias_commune: name.commune_code.clone(),
        alias_sheet: name.sheet.clone(),
        alias_number: name.number.clone(),
        alias_reason: last.unwrap_or(&name.reason).to_owned(),
        area_m2: s.area,
        centroid: s.e.zip(s.n).map(|(x, y)| Coord { x, y }),
        current: s.in_force,
    }
}

/// From the name to the parcel that bore it, then from parcel to parcel.
fn way(name: &NamedRow, path: &[Step], stood: &BTreeMap<Uuid, StoodRow>) -> Vec<StepView> {
    let key = |id: &Uuid| {
        stood.get(id).map_or_else(|| id.to_string(), |s| format!("{}/{}/{}", s.commune_code, s.sheet, s.number))
    };
    let written = format!("{}/{}/{}", name.commune_code, name.sheet, name.number);
    let bearer = key(&name.parcel_id);
    let (kind, on) = match name.reason.as_str() {
        "commune_merged" => ("commune_merged", Some(REFORM)),
        "renumbered" => ("renumber", name.until.map(day_of)),
        other => (other, name.until.map(day_of)),
    };
    let named = (kind != "current" && written != bearer).then(|| StepView {
        kind: kind.to_owned(),
        on,
        from: written,
        to: bearer,
        source: name.decision.clone(),
        revoked_on: name.revoked_at.map(day_of),
    });
    let steps = path.iter().map(|s| StepView {
        kind: s.kind.code().to_owned(),
        on: Some(day_of(s.at)),
        from: key(&s.from),
        to: key(&s.to),
        source: Some(s.source.clone()),
        revoked_on: s.revoked_at.map(day_of),
    });
    named.into_iter().chain(steps).collect()
}
