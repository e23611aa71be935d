//! Agencies (cơ quan): offices we go to, with place and opening hours.

use crate::app::App;
use crate::domain::fieldwork::hours::Hours;
use crate::domain::problem::FieldProblem;
use crate::domain::rule::Standing;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::agency::{self, AgencyRow};
use crate::store::audit::{self, Deed};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;

const KINDS: [&str; 7] = ["land_registration", "notary", "tax", "commune", "court", "bank", "other"];

#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "notary", "name": "Văn phòng công chứng Mẫu", "address": "1 Đường Mẫu", "lon": 108.2, "lat": 16.06,
    "hours": {"1": [["07:30", "11:30"], ["13:30", "17:00"]]}, "standing": "house"}))]
pub struct Agency {
    /// land_registration, notary, tax, commune, court, bank, other.
    pub kind: String,
    pub name: String,
    pub address: String,
    #[serde(default)]
    pub commune_code: Option<String>,
    /// WGS 84, degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    #[serde(default)]
    pub lat: Option<f64>,
    /// By weekday 1 (Monday) to 7: from and to, local time. Closed on public holidays.
    #[schema(value_type = Object)]
    pub hours: Value,
    /// How well the hours are known: verified, secondary, unverified, house.
    #[schema(value_type = String)]
    pub standing: Standing,
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AgencyView {
    pub code: String,
    #[serde(flatten)]
    pub agency: Agency,
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl AgencyView {
    fn from_row(r: AgencyRow) -> Result<Self> {
        let standing = serde_json::from_value(json!(r.standing)).map_err(|e| Error::Broken(e.into()))?;
        let agency = Agency {
            kind: r.kind,
            name: r.name,
            address: r.address,
            commune_code: r.commune_code,
            lon: r.lon,
            lat: r.lat,
            hours: r.hours,
            standing,
            active: r.active,
        };
        Ok(Self { code: r.code, agency, updated_at: r.updated_at })
    }
}

/// Makes an agency known, or changes it.
pub async fn set(app: &App, by: &Actor, code: &str, new: Agency) -> Result<AgencyView> {
    let problems = problems(code, &new);
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let standing = serde_json::to_value(new.standing).map_err(|e| Error::Broken(e.into()))?;
    let row = AgencyRow {
        code: code.to_owned(),
        kind: new.kind,
        name: new.name.trim().to_owned(),
        address: new.address.trim().to_owned(),
        commune_code: new.commune_code,
        lon: new.lon,
        lat: new.lat,
        hours: new.hours,
        standing: standing.as_str().unwrap_or_default().to_owned(),
        active: new.active,
        updated_at: app.clock.now(),
    };
    let mut tx = begin(app).await?;
    let made = agency::upsert(&mut tx, &row).await?;
    let deed = Deed {
        at: row.updated_at,
        actor: &by.login,
        action: if made { "agency.make" } else { "agency.change" },
        subject: format!("agency/{code}"),
        case_id: None,
        detail: json!({"kind": row.kind, "active": row.active, "hours": row.hours}),
    };
    audit::write(&mut tx, &deed).await?;
    let view = AgencyView::from_row(row)?;
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

/// By code.
pub async fn list(app: &App, after: Option<&str>, limit: i64) -> Result<Vec<AgencyView>> {
    let mut conn = app.pool.acquire().await?;
    agency::page(&mut conn, after, limit).await?.into_iter().map(AgencyView::from_row).collect()
}

fn problems(code: &str, new: &Agency) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-');
    if !(2..=60).contains(&code.len()) || !code.bytes().all(plain) {
        found.push(FieldProblem::new("code", "shape", code, "2-60 of a-z 0-9 _ . -"));
    }
    if !KINDS.contains(&new.kind.as_str()) {
        found.push(FieldProblem::new("kind", "not-in-list", &new.kind, KINDS.join(", ")));
    }
    for (field, text) in [("name", &new.name), ("address", &new.address)] {
        let length = text.trim().chars().count();
        if !(1..=200).contains(&length) {
            found.push(FieldProblem::new(field, "length", length, "1-200 characters"));
        }
    }
    let on_globe = |v: Option<f64>, most: f64| v.is_none_or(|v| v.abs() <= most);
    if new.lon.is_some() != new.lat.is_some() || !on_globe(new.lon, 180.0) || !on_globe(new.lat, 90.0) {
        found.push(FieldProblem::new("lon", "pair", "not a place", "lon and lat together, degrees"));
    }
    if let Err(reason) = serde_json::from_value::<Hours>(new.hours.clone()) {
        let allowed = r#"{"1": [["07:30", "11:30"], ["13:30", "17:00"]], ...}"#;
        found.push(FieldProblem::new("hours", "shape", reason, allowed));
    }
    found
}

/// Refuses a code that a list is asked for and nobody knows; agencies out of use are known.
pub(in crate::flow) async fn must_be_known(conn: &mut PgConnection, code: Option<&str>) -> Result<()> {
    match code {
        Some(code) if agency::get(conn, code).await?.is_none() => {
            Err(Error::refused("agency", "agency-unknown", code, "the code of an agency"))
        }
        _ => Ok(()),
    }
}
