//! The parcel a paper means: through old communes, old sheets and old numbers, ranked, with reasons.

use crate::domain::geom::Zone;
use crate::domain::parcel::rank::{CandidateRow, Hints, rank};
use crate::domain::parcel::reference;
use crate::domain::parcel::succession::{
    AskedCommune, CameFrom, Commune, Gazetteer, Relation, Succession, TodayCommune, old_province,
};
use crate::domain::verify::{ParcelRef, Resolution};
use crate::flow::{Error, Result};
use crate::store::{commune, parcel};
use geo_types::Coord;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use time::Date;

/// What the asked commune may be today, from the lists in the database.
pub async fn known_communes(
    conn: &mut PgConnection,
    asked: &ParcelRef,
    written_on: Option<Date>,
) -> Result<Vec<TodayCommune>> {
    let codes: Vec<String> = asked.commune_code.iter().cloned().collect();
    let names: Vec<String> = asked.commune_name.iter().map(|n| format!("%{}%", bare(n))).collect();
    let rows = commune::succession(&mut *conn, &codes, &names).await?;
    let mut wanted: BTreeSet<String> = rows.iter().map(|r| r.new_code.clone()).collect();
    wanted.extend(codes);
    let mut today = commune::by_codes(&mut *conn, &wanted.into_iter().collect::<Vec<_>>()).await?;
    if !names.is_empty() {
        today.extend(commune::by_name(conn, &names).await?);
    }
    let today = today
        .into_iter()
        .map(|c| Commune {
            code: c.code,
            name: c.name,
            province_code: c.province_code.unwrap_or_default(),
            kind: c.kind,
        })
        .collect();
    let steps = rows
        .into_iter()
        .filter_map(|r| {
            Some(Succession {
                relation: Relation::from_code(&r.relation)?,
                old_code: r.old_code,
                old_name: r.old_name,
                district: r.old_district,
                province: r.old_province,
                new_code: r.new_code,
                new_name: r.new_name,
            })
        })
        .collect();
    let asked = AskedCommune {
        code: asked.commune_code.as_deref(),
        name: asked.commune_name.as_deref(),
        written_on,
        ..AskedCommune::default()
    };
    Ok(Gazetteer::new(today, steps).today(&asked))
}

/// Letters that stand for themselves in a pattern; the words for the kind of unit are left out.
fn bare(name: &str) -> String {
    let lower = name.to_lowercase();
    let stem = ["phường ", "xã ", "thị trấn ", "đặc khu "].iter().find_map(|p| lower.strip_prefix(p)).unwrap_or(&lower);
    stem.trim().chars().filter(|c| !"%_\\".contains(*c)).collect()
}

/// A reference in one spelling with what its commune may be today; none when it names no sheet or no number.
pub(super) async fn looked_up(
    conn: &mut PgConnection,
    asked: &ParcelRef,
    written_on: Option<Date>,
) -> Result<Option<(ParcelRef, Vec<TodayCommune>)>> {
    let mut asked = reference::check(asked).map_err(Error::Refused)?;
    if asked.sheet.is_empty() || asked.number.is_empty() {
        return Ok(None);
    }
    let communes = known_communes(conn, &asked, written_on).await?;
    // communes of another country are in no list: what was written may be the code itself
    if communes.is_empty() && asked.commune_code.is_none() {
        asked.commune_code = asked.commune_name.clone().filter(|name| reference::is_foreign(name));
    }
    Ok(Some((asked, communes)))
}

/// Codes under which the parcel may be kept; empty: any. None: a commune that nobody knows, which must not turn into "any".
pub(super) fn where_to_look(asked: &ParcelRef, communes: &[TodayCommune]) -> Option<Vec<String>> {
    let mut codes = Gazetteer::codes_to_look_up(communes);
    codes.extend(asked.commune_code.clone());
    let anywhere = asked.commune_code.is_none() && asked.commune_name.is_none();
    (anywhere || !codes.is_empty()).then(|| codes.into_iter().collect())
}

/// All parcels `asked` may mean, best first.
pub async fn resolve(
    conn: &mut PgConnection,
    asked: &ParcelRef,
    hints: &Hints,
    written_on: Option<Date>,
) -> Result<Resolution> {
    let Some((asked, communes)) = looked_up(conn, asked, written_on).await? else {
        return Ok(Resolution { asked: reference::normalise(asked), candidates: vec![] });
    };
    let Some(codes) = where_to_look(&asked, &communes) else {
        return Ok(Resolution { asked, candidates: vec![] });
    };
    let rows = parcel::by_alias(conn, &codes, &asked.sheet, &asked.number).await?;
    let rows: Vec<CandidateRow> = rows.into_iter().map(candidate_row).collect();
    Ok(Resolution { candidates: rank(&asked, &communes, &rows, hints), asked })
}

/// A stored row, as it is ranked.
pub fn candidate_row(r: parcel::AliasRow) -> CandidateRow {
    CandidateRow {
        zone: Zone(r.zone),
        parcel_id: r.parcel_id,
        commune_code: r.commune_code,
        sheet: r.sheet,
        number: r.number,
        alias_commune: r.alias_commune,
        alias_sheet: r.alias_sheet,
        alias_number: r.alias_number,
        alias_reason: r.reason,
        area_m2: r.map_area.or(r.registered_area),
        centroid: r.e.zip(r.n).map(|(x, y)| Coord { x, y }),
        current: r.valid_now,
    }
}

/// The province a parcel lay in before the reform, by its old communes; none where that is not certain.
pub async fn old_province_of(conn: &mut PgConnection, commune_code: &str, keys: &[String]) -> Result<Option<String>> {
    Ok(old_province(&came_from(conn, commune_code).await?, keys))
}

/// The old communes that a commune of today was made of.
pub async fn came_from(conn: &mut PgConnection, today: &str) -> Result<Vec<CameFrom>> {
    let came = commune::made_of(conn, today).await?;
    Ok(came.into_iter().map(|(old_code, province)| CameFrom { old_code, province }).collect())
}
