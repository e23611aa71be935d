//! A person says which parcel a case is about, whatever its papers name.

use super::read::{CaseView, lock_open};
use super::record::record;
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case::{self, Says};
use crate::store::parcel;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"parcel": "6f1c2c0e-8d7a-4d0e-9a39-0d5b7a3f2f11", "reason": "The certificate names the number of before the re-survey."}))]
pub struct BindParcel {
    /// Id of a parcel on the map.
    pub parcel: Uuid,
    /// Why, 10 to 500 characters, without personal data: it goes into the audit.
    pub reason: String,
}

/// Binds an open case to a parcel. From then on its verifications are about this one; that the papers name another stays a finding.
pub async fn bind_parcel(app: &App, by: &Actor, id: Uuid, bind: BindParcel) -> Result<CaseView> {
    let reason = bind.reason.trim();
    let length = reason.chars().count();
    if !(10..=500).contains(&length) {
        return Err(Error::refused("reason", "length", length, "10-500"));
    }
    let unknown = || Error::refused("parcel", "parcel-unknown", bind.parcel, "a parcel on the map");
    let zone = parcel::zone_of(&app.pool, bind.parcel).await?.ok_or_else(unknown)?;
    let named = parcel::current(&app.pool, zone, bind.parcel).await?.ok_or_else(unknown)?;
    let name = format!("{}/{}/{}", named.commune_code, named.sheet, named.number);
    let now = app.clock.now();
    let mut tx = begin(app).await?;
    lock_open(&mut tx, id).await?;
    let not_found = || Error::NotFound { what: "case", id: id.to_string() };
    let was = case::get(&mut tx, id).await?.ok_or_else(not_found)?;
    case::set_parcel(&mut tx, id, (zone, bind.parcel), Says::Person, now).await?;
    record(app, &mut tx, by, id, Happened::ParcelBound { parcel: bind.parcel, name }).await?;
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "case.bind_parcel",
        subject: format!("case/{id}"),
        case_id: Some(id),
        detail: json!({"was": was.parcel_id, "parcel": bind.parcel, "zone": zone, "reason": reason}),
    };
    audit::write(&mut tx, &deed).await?;
    let view = CaseView::from(case::get(&mut tx, id).await?.ok_or_else(not_found)?);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}
