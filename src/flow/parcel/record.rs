//! A split, merge, renumbering or re-survey that somebody read in a decision: recorded beside those that maps showed.

use crate::app::App;
use crate::domain::calendar::day_begins;
use crate::domain::parcel::history::StepKind;
use crate::domain::parcel::{key, parse_key};
use crate::domain::problem::FieldProblem;
use crate::domain::verify::ParcelRef;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::lineage;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// An act as it is sent.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "split", "from": ["20194/12/345"], "to": ["20194/12/345", "20194/12/612"],
    "effective": "2026-03-02", "decision": "12/QĐ-UBND, 2026-02-20"}))]
pub struct NewAct {
    /// split, merge, renumber or re_survey.
    pub kind: String,
    /// `commune/sheet/number` as the decision names what was before; maps need not have held it.
    pub from: Vec<String>,
    /// `commune/sheet/number` of what it became: parcels of the map.
    pub to: Vec<String>,
    pub effective: Date,
    /// Number and date of the decision, 3 to 300 characters.
    pub decision: String,
}

/// What was recorded.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Act {
    pub id: Uuid,
    /// EPSG code of the cadastral zone.
    pub zone: i32,
    pub kind: String,
    pub effective: Date,
    pub decision: String,
    pub from: Vec<String>,
    pub to_parcels: Vec<Uuid>,
}

/// A parcel of before: one that maps held, or a name alone.
enum Before {
    Held(Uuid),
    Name(ParcelRef),
}

/// Records an act; from then on every name of before leads to what came of it.
///
/// # Errors
/// `Refused` when the kind is not known or does not fit the number of parcels, a key cannot be read, a parcel of after is not on the
/// map, or the day lies in the future.
pub async fn record(app: &App, by: &Actor, new: NewAct) -> Result<Act> {
    let kind = check(app, &new)?;
    let mut tx = begin(app).await?;
    let mut to = Vec::new();
    for (i, text) in new.to.iter().enumerate() {
        to.push(on_map(&mut tx, &format!("to.{i}"), text).await?);
    }
    let zone = to[0].0;
    if to.iter().any(|t| t.0 != zone) {
        return Err(Error::refused("to", "other-zone", "parcels of several zones", "parcels of one zone"));
    }
    let to: Vec<Uuid> = to.into_iter().map(|t| t.1).collect();
    let mut from = Vec::new();
    for (i, text) in new.from.iter().enumerate() {
        from.push(before(&mut tx, &format!("from.{i}"), text, zone, &to).await?);
    }
    let names: Vec<String> = from.iter().map(|(name, _)| name.clone()).collect();
    let id = app.clock.new_id();
    let act = lineage::NewAct {
        id,
        zone,
        kind: kind.code(),
        effective: new.effective,
        at: day_begins(new.effective),
        decision: new.decision.trim(),
        from_names: &names,
        to_parcels: &to,
        recorded_by: &by.login,
        recorded_at: app.clock.now(),
    };
    lineage::record(&mut tx, &act).await?;
    link(&mut tx, &act, &from, &to).await?;
    let deed = Deed {
        at: act.recorded_at,
        actor: &by.login,
        action: "parcel.record",
        subject: format!("parcel_act/{id}"),
        case_id: None,
        detail: json!({"kind": act.kind, "from": names, "to": to, "effective": new.effective.to_string()}),
    };
    audit::write(&mut tx, &deed).await?;
    let decision = act.decision.to_owned();
    let done =
        Act { id, zone, kind: act.kind.to_owned(), effective: new.effective, decision, from: names, to_parcels: to };
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

async fn link(tx: &mut PgConnection, act: &lineage::NewAct<'_>, from: &[(String, Before)], to: &[Uuid]) -> Result<()> {
    for (_, before) in from {
        for parcel in to {
            match before {
                Before::Held(old) => lineage::step(tx, act, *old, *parcel).await?,
                Before::Name(r) => {
                    let commune = r.commune_code.as_deref().unwrap_or_default();
                    lineage::former_name(tx, act, [commune, &r.sheet, &r.number], *parcel).await?;
                }
            }
        }
    }
    Ok(())
}

fn check(app: &App, new: &NewAct) -> Result<StepKind> {
    let mut problems = Vec::new();
    let kind = StepKind::from_code(&new.kind);
    match kind {
        None => problems.push(FieldProblem::new("kind", "not-in-list", &new.kind, "split, merge, renumber, re_survey")),
        Some(k) if !k.allows(new.from.len(), new.to.len()) => problems.push(FieldProblem::new(
            "to",
            "act-count",
            format!("{} into {}", new.from.len(), new.to.len()),
            "split: 1 into several; merge: several into 1; renumber: 1 into 1",
        )),
        Some(_) => {}
    }
    if !(3..=300).contains(&new.decision.trim().chars().count()) {
        problems.push(FieldProblem::new("decision", "length-range", new.decision.trim(), "3 to 300 characters"));
    }
    if new.effective > app.clock.today() {
        problems.push(FieldProblem::new("effective", "date-in-future", new.effective, app.clock.today()));
    }
    kind.filter(|_| problems.is_empty()).ok_or(Error::Refused(problems))
}

/// Reads a key with the code of its commune.
fn reference(field: &str, text: &str) -> Result<(String, ParcelRef)> {
    let read = parse_key(text).and_then(|r| Some((key(&r)?, r)));
    read.ok_or_else(|| Error::refused(field, "parcel-key", text, "commune/sheet/number, the commune as its code"))
}

async fn on_map(tx: &mut PgConnection, field: &str, text: &str) -> Result<(i32, Uuid)> {
    let (_, r) = reference(field, text)?;
    let found = bearers(tx, &r).await?;
    let now: Vec<_> = found.iter().filter(|b| b.2).collect();
    match now.as_slice() {
        [one] => Ok((one.0, one.1)),
        [] => Err(Error::refused(field, "parcel-unknown", text, "a parcel on the map of today")),
        several => Err(Error::refused(field, "parcel-ambiguous", format!("{} parcels", several.len()), "one parcel")),
    }
}

/// The parcel of before: one of the zone that ended, or that became none of those of after; else its name.
async fn before(tx: &mut PgConnection, field: &str, text: &str, zone: i32, to: &[Uuid]) -> Result<(String, Before)> {
    let (name, r) = reference(field, text)?;
    let found = bearers(tx, &r).await?;
    let other = found.iter().find(|b| b.0 == zone && !to.contains(&b.1));
    Ok((name, other.map_or(Before::Name(r), |b| Before::Held(b.1))))
}

async fn bearers(tx: &mut PgConnection, r: &ParcelRef) -> Result<Vec<(i32, Uuid, bool)>> {
    let commune = r.commune_code.as_deref().unwrap_or_default();
    Ok(lineage::bearers(&mut *tx, commune, &r.sheet, &r.number).await?)
}
