//! A checked version becomes the current one, or an earlier one comes back: one transaction.

use super::versions::one;
use crate::app::App;
use crate::domain::theme::{Family, Theme};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit, watch};
use crate::store::batch::pins;
use crate::store::layer::{self as layers, VersionRow, Which};
use crate::store::parcel::{self, Applied};
use crate::store::{audit, feature, parcel_twice};
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Published {
    pub layer: String,
    pub layer_version_id: i64,
    pub number: i32,
    pub coverage_key: String,
    /// The version that was current before.
    pub replaced: Option<i64>,
    /// Only for the cadastral map: what happened to the parcels.
    #[schema(value_type = Option<Object>)]
    pub parcels: Option<Applied>,
}

pub async fn publish(app: &App, by: &Actor, version: i64) -> Result<Published> {
    let mut tx = begin(app).await?;
    let v = one(&mut tx, version).await?;
    if v.state != "checked" {
        return Err(Error::Conflict {
            code: "layer-version-state",
            detail: format!("version {version} is {}; only a checked one can be published", v.state),
        });
    }
    let done = make_current(app, &mut tx, &v).await?;
    note(app, &mut tx, by, "layer.publish", &done).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

/// Makes a version that was published before current again: number `to`, else the one before the current one. Parcels get new
/// versions with the earlier content.
pub async fn rollback(app: &App, by: &Actor, layer: &str, coverage_key: &str, to: Option<i32>) -> Result<Published> {
    let mut tx = begin(app).await?;
    let all = of_layer(&mut tx, layer, coverage_key).await?;
    let current = all.iter().find(|v| v.state == "published");
    let was = |v: &&VersionRow| v.state == "superseded";
    let before = |v: &&VersionRow| current.is_some_and(|c| v.number < c.number);
    let earlier = match to {
        Some(to) => all.iter().filter(was).find(|v| v.number == to),
        None => all.iter().filter(was).filter(before).max_by_key(|v| v.number),
    };
    let Some(earlier) = earlier else {
        let found = match (to, current) {
            (Some(to), _) => format!("version {to}"),
            (None, Some(c)) => format!("version {} is the first", c.number),
            (None, None) => "no current version".into(),
        };
        let numbers: Vec<String> = all.iter().filter(was).map(|v| v.number.to_string()).collect();
        let allowed = if numbers.is_empty() { "nothing: withdraw it instead".into() } else { numbers.join(", ") };
        return Err(Error::refused("to", "nothing-to-roll-back", found, allowed));
    };
    let done = make_current(app, &mut tx, earlier).await?;
    note(app, &mut tx, by, "layer.rollback", &done).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Withdrawn {
    pub layer: String,
    pub layer_version_id: i64,
    pub number: i32,
    pub coverage_key: String,
    /// Only for the cadastral map: what happened to the parcels.
    #[schema(value_type = Option<Object>)]
    pub parcels: Option<Applied>,
}

/// Takes the current version back, published by mistake: the layer has none then, and nobody is told "clear" by it. What rested on
/// it still names it; `rollback` brings it back.
pub async fn withdraw(app: &App, by: &Actor, layer: &str, coverage_key: &str, reason: &str) -> Result<Withdrawn> {
    let reason = reason.trim();
    if !(10..=500).contains(&reason.chars().count()) {
        return Err(Error::refused("reason", "length", reason.chars().count(), "10-500"));
    }
    let mut tx = begin(app).await?;
    let all = of_layer(&mut tx, layer, coverage_key).await?;
    let none = || Error::NotFound { what: "published version", id: format!("{layer}/{coverage_key}") };
    layers::lock(&mut tx, all.first().ok_or_else(none)?.layer_id).await?;
    let all = of_layer(&mut tx, layer, coverage_key).await?;
    let v = all.into_iter().find(|v| v.state == "published").ok_or_else(none)?;
    let now = later(app, &mut tx, &v).await?;
    layers::set_state(&mut tx, v.id, "superseded", now).await?;
    let parcels = match theme_of(&mut tx, &v).await?.family {
        Family::Parcel => Some(parcel::apply(&mut tx, v.zone, v.layer_id, &v.coverage_key, None, now).await?),
        _ => None,
    };
    watch::published(&mut tx, v.zone, v.id, None).await?;
    let deed = audit::Deed {
        at: now,
        actor: &by.login,
        action: "layer.withdraw",
        subject: format!("layer_version/{}", v.id),
        case_id: None,
        detail: json!({"layer": v.layer, "coverage_key": v.coverage_key, "reason": reason, "parcels": parcels}),
    };
    audit::write(&mut tx, &deed).await?;
    let (layer_version_id, number) = (v.id, v.number);
    let done = Withdrawn { layer: v.layer, layer_version_id, number, coverage_key: v.coverage_key, parcels };
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

/// All versions of a layer for a coverage, newest first.
async fn of_layer(tx: &mut PgConnection, layer: &str, coverage_key: &str) -> Result<Vec<VersionRow>> {
    let which = Which { layer: Some(layer), coverage_key: Some(coverage_key), ..Default::default() };
    Ok(layers::versions(tx, which).await?)
}

/// Now, after all that happened to the layer (each state of the map lasts, two never share an instant), and after the instant to which
/// a run that is going is pinned.
async fn later(app: &App, tx: &mut PgConnection, v: &VersionRow) -> Result<OffsetDateTime> {
    let pinned = pins::publishing(tx).await?;
    let last = layers::last_change(tx, v.layer_id, &v.coverage_key).await?.max(pinned);
    let after = last.map(|p| p + time::Duration::microseconds(1));
    Ok(after.map_or(app.clock.now(), |a| a.max(app.clock.now())))
}

async fn theme_of(tx: &mut PgConnection, v: &VersionRow) -> Result<Theme> {
    layers::theme(tx, &v.theme)
        .await?
        .ok_or_else(|| Error::NotFound { what: "theme", id: v.theme.clone() })
        .and_then(|t| serde_json::from_value(t.definition).map_err(|e| Error::Broken(e.into())))
}

async fn make_current(app: &App, tx: &mut PgConnection, v: &VersionRow) -> Result<Published> {
    layers::lock(tx, v.layer_id).await?;
    // read again under the lock: another publication may have been faster
    if one(tx, v.id).await?.state != v.state {
        return Err(Error::Conflict {
            code: "layer-version-state",
            detail: format!("version {} was changed meanwhile", v.id),
        });
    }
    let which = Which {
        layer: Some(&v.layer),
        coverage_key: Some(&v.coverage_key),
        state: Some("published"),
        ..Default::default()
    };
    let before = layers::versions(tx, which).await?.into_iter().next();
    let now = later(app, tx, v).await?;
    if let Some(b) = &before {
        layers::set_state(tx, b.id, "superseded", now).await?;
    }
    layers::set_state(tx, v.id, "published", now).await?;
    let parcels = match theme_of(tx, v).await?.family {
        Family::Parcel => {
            refuse_doubles(tx, v).await?;
            Some(parcel::apply(tx, v.zone, v.layer_id, &v.coverage_key, Some(v.id), now).await?)
        }
        _ => None,
    };
    feature::analyse(tx).await?;
    watch::published(tx, v.zone, v.id, before.as_ref().map(|b| b.id)).await?;
    Ok(Published {
        layer: v.layer.clone(),
        layer_version_id: v.id,
        number: v.number,
        coverage_key: v.coverage_key.clone(),
        replaced: before.map(|b| b.id),
        parcels,
    })
}

/// The same parcels in two layers would each stand twice, and conflict with themselves. A few may: sheets meet, numbers are mistyped.
async fn refuse_doubles(tx: &mut PgConnection, v: &VersionRow) -> Result<()> {
    match parcel_twice::held_elsewhere(tx, v.zone, v.layer_id, &v.coverage_key, v.id).await? {
        Some(other) if other.parcels * 2 > v.rows_good => Err(Error::Conflict {
            code: "parcels-held-elsewhere",
            detail: format!(
                "{} of {} parcels stand in {}/{} already; import this map as a version of that layer and coverage",
                other.parcels, v.rows_good, other.layer, other.coverage_key
            ),
        }),
        _ => Ok(()),
    }
}

async fn note(app: &App, tx: &mut PgConnection, by: &Actor, action: &str, p: &Published) -> Result<()> {
    let deed = audit::Deed {
        at: app.clock.now(),
        actor: &by.login,
        action,
        subject: format!("layer_version/{}", p.layer_version_id),
        case_id: None,
        detail: json!({"layer": p.layer, "coverage_key": p.coverage_key, "replaced": p.replaced, "parcels": p.parcels}),
    };
    Ok(audit::write(tx, &deed).await?)
}
