//! A split, merge, renumbering or re-survey that somebody read in a decision: recorded beside those that maps showed.

use crate::app::App;
use crate::domain::calendar::day_begins;
use crate::domain::parcel::act::{After, Before, Held, problems};
use crate::domain::parcel::history::StepKind;
use crate::domain::parcel::{key, parse_key};
use crate::domain::problem::FieldProblem;
use crate::domain::verify::ParcelRef;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::parcel_act::{self as store, ActRow, BearerRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
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

/// An act as it was recorded, and as it was revoked when it was.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"id": "019a0000-0000-7000-8000-000000000000", "zone": 5899, "kind": "split", "effective": "2026-03-02",
    "decision": "12/QĐ-UBND, 2026-02-20", "from": ["20194/12/300"], "to_parcels": ["6f1c2c0e-8d7a-4d0e-9a39-0d5b7a3f2f11",
    "0b0a6c62-4a5f-4c70-8a55-6c8f2a1d9e03"], "recorded_by": "lan.nguyen", "recorded_at": "2026-10-05T02:00:00Z",
    "revoked": {"by": "minh.tran", "at": "2026-10-08T02:00:00Z", "reason": "Decision 12 splits parcel 299"}}))]
pub struct Act {
    pub id: Uuid,
    /// EPSG code of the cadastral zone.
    pub zone: i32,
    pub kind: String,
    pub effective: Date,
    pub decision: String,
    /// `commune/sheet/number`.
    pub from: Vec<String>,
    pub to_parcels: Vec<Uuid>,
    pub recorded_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub recorded_at: OffsetDateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked: Option<ActRevoked>,
}

/// Recorded wrongly: nothing follows the act from then on; as of an earlier day it is still seen.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ActRevoked {
    pub by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub reason: String,
}

pub(super) fn act_of(a: ActRow) -> Act {
    let revoked = a.revoked_by.zip(a.revoked_at).zip(a.reason);
    Act {
        id: a.id,
        zone: a.zone,
        kind: a.kind,
        effective: a.effective,
        decision: a.decision,
        from: a.from_names,
        to_parcels: a.to_parcels,
        recorded_by: a.recorded_by,
        recorded_at: a.recorded_at,
        revoked: revoked.map(|((by, at), reason)| ActRevoked { by, at, reason }),
    }
}

/// Records an act; from then on every name of before leads to what came of it.
///
/// # Errors
/// `Refused` when the kind is not known or does not fit the number of parcels, a key cannot be read, a commune is in no list, a parcel
/// of after is not on the map, the day lies in the future, or the act cannot be true (`domain::parcel::act`). `Conflict` when it is recorded.
pub async fn record(app: &App, by: &Actor, new: NewAct) -> Result<Act> {
    let kind = check(app, &new)?;
    let mut tx = begin(app).await?;
    store::lock(&mut tx).await?;
    let mut after = Vec::new();
    for (i, text) in new.to.iter().enumerate() {
        after.push(on_map(&mut tx, &format!("to.{i}"), text).await?);
    }
    let zone = after[0].0;
    if after.iter().any(|t| t.0 != zone) {
        return Err(Error::refused("to", "other-zone", "parcels of several zones", "parcels of one zone"));
    }
    let after: Vec<After> = after.into_iter().map(|t| t.1).collect();
    let mut from = Vec::new();
    for (i, text) in new.from.iter().enumerate() {
        from.push(before(&mut tx, &format!("from.{i}"), text, zone).await?);
    }
    let problems = problems(kind, new.effective, &from, &after);
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let names: Vec<String> = from.iter().map(|f| f.name.clone()).collect();
    let to: Vec<Uuid> = after.iter().map(|t| t.parcel).collect();
    refuse_again(&mut tx, &new, &names, &to).await?;
    let act = store::NewAct {
        id: app.clock.new_id(),
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
    store::record(&mut tx, &act).await?;
    link(&mut tx, &act, &from, &to).await?;
    let deed = Deed {
        at: act.recorded_at,
        actor: &by.login,
        action: "parcel.record",
        subject: format!("parcel_act/{}", act.id),
        case_id: None,
        detail: json!({"kind": act.kind, "from": names, "to": to, "effective": new.effective.to_string()}),
    };
    audit::write(&mut tx, &deed).await?;
    let done = one(&mut tx, act.id).await?;
    commit(app, tx, by, &done, Some(format!("/api/v1/parcels/{}/history", to[0]))).await?;
    Ok(done)
}

pub(super) async fn one(tx: &mut PgConnection, id: Uuid) -> Result<Act> {
    let found = store::act(tx, id).await?;
    found.map(act_of).ok_or_else(|| Error::NotFound { what: "parcel act", id: id.to_string() })
}

/// The same act twice would have to be revoked twice.
async fn refuse_again(tx: &mut PgConnection, new: &NewAct, names: &[String], to: &[Uuid]) -> Result<()> {
    let same = |a: &ActRow| {
        let all = |a: &[String], b: &[String]| a.len() == b.len() && a.iter().all(|n| b.contains(n));
        let ids = a.to_parcels.len() == to.len() && a.to_parcels.iter().all(|id| to.contains(id));
        a.revoked_at.is_none() && a.kind == new.kind && a.effective == new.effective && ids && all(&a.from_names, names)
    };
    match store::acts_of(tx, names, to).await?.into_iter().find(same) {
        Some(a) => Err(Error::Conflict { code: "act-recorded", detail: format!("{} by {}", a.id, a.recorded_by) }),
        None => Ok(()),
    }
}

async fn link(tx: &mut PgConnection, act: &store::NewAct<'_>, from: &[Before], to: &[Uuid]) -> Result<()> {
    for before in from {
        for parcel in to {
            match before.held {
                Some(held) => store::step(tx, act, held.parcel, *parcel).await?,
                None => {
                    let name: Vec<&str> = before.name.splitn(3, '/').collect();
                    let [commune, sheet, number] = name[..] else { continue };
                    store::former_name(tx, act, [commune, sheet, number], *parcel).await?;
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

async fn on_map(tx: &mut PgConnection, field: &str, text: &str) -> Result<(i32, After)> {
    let (name, r) = reference(field, text)?;
    let found = bearers(tx, &r).await?;
    let now: Vec<_> = found.iter().filter(|b| b.current).collect();
    match now.as_slice() {
        [one] => Ok((one.zone, After { name, parcel: one.parcel_id })),
        [] => Err(Error::refused(field, "parcel-unknown", text, "a parcel on the map of today")),
        several => Err(Error::refused(field, "parcel-ambiguous", format!("{} parcels", several.len()), "one parcel")),
    }
}

/// The parcel of before: the one in force under this name, or the one that ended last; else its name, in a commune that is known.
async fn before(tx: &mut PgConnection, field: &str, text: &str, zone: i32) -> Result<Before> {
    let (name, r) = reference(field, text)?;
    let found = bearers(tx, &r).await?;
    let held = found.iter().find(|b| b.zone == zone);
    if held.is_none() && !found.is_empty() {
        return Err(Error::refused(field, "other-zone", text, format!("a parcel of zone {zone}")));
    }
    let commune = r.commune_code.as_deref().unwrap_or_default();
    if held.is_none() && !store::commune_known(&mut *tx, zone, commune).await? {
        return Err(Error::refused(field, "commune-unknown", commune, "a commune code of today or of before"));
    }
    Ok(Before { name, held: held.map(|b| Held { parcel: b.parcel_id, drawn_on: b.drawn_on }) })
}

async fn bearers(tx: &mut PgConnection, r: &ParcelRef) -> Result<Vec<BearerRow>> {
    let commune = r.commune_code.as_deref().unwrap_or_default();
    Ok(store::bearers(&mut *tx, commune, &r.sheet, &r.number).await?)
}
