//! What an import said about rows: those that were set aside, and remarks on others.

use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, PgPool};

#[derive(Debug, Clone)]
pub struct IssueRow {
    pub row_no: i64,
    pub set_aside: bool,
    pub code: String,
    pub detail: Value,
    /// Easting and northing in the zone (m).
    pub e: Option<f64>,
    pub n: Option<f64>,
    /// Box within which the whole row lies (EWKB); of a row that was set aside, where that is known.
    pub extent: Option<Vec<u8>>,
    pub raw: Option<Value>,
}

pub async fn add(conn: &mut PgConnection, id: i64, zone: i32, first_no: i32, rows: &[IssueRow]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into import_issue (layer_version_id, no, row_no, set_aside, code, detail, place, extent, raw)
         select $1, $2 + (i - 1)::int, r, s, c, d, case when e is null then null else st_setsrid(st_makepoint(e, n), $3) end,
                st_geomfromewkb(x), w
           from unnest($4::bigint[], $5::bool[], $6::text[], $7::jsonb[], $8::float8[], $9::float8[], $10::bytea[],
                       $11::jsonb[]) with ordinality t(r, s, c, d, e, n, x, w, i)",
    )
    .bind(id)
    .bind(first_no)
    .bind(zone)
    .bind(rows.iter().map(|r| r.row_no).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.set_aside).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.code.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.detail.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.e).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.n).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.extent.clone()).collect::<Vec<_>>())
    .bind(rows.iter().map(|r| r.raw.clone()).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(())
}

/// What was said about a row, with its place in the list.
#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct NumberedIssue {
    pub no: i32,
    /// Row of the file, from 1.
    pub row_no: i64,
    /// The row is not in the version; it is kept in `raw`.
    pub set_aside: bool,
    pub code: String,
    #[schema(value_type = Object)]
    pub detail: Value,
    /// Easting in the zone (m).
    pub e: Option<f64>,
    /// Northing in the zone (m).
    pub n: Option<f64>,
    #[schema(value_type = Option<Object>)]
    pub raw: Option<Value>,
}

/// What was said about rows, after the issue with number `after`.
pub async fn numbered(pool: &PgPool, id: i64, after: i32, limit: i64) -> sqlx::Result<Vec<NumberedIssue>> {
    sqlx::query_as(
        "select no, row_no, set_aside, code, detail, st_x(place) as e, st_y(place) as n, raw from import_issue
          where layer_version_id = $1 and no > $2 order by no limit $3",
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(pool)
    .await
}

#[derive(Debug, Clone, Serialize, FromRow, utoipa::ToSchema)]
pub struct IssueCount {
    pub code: String,
    pub set_aside: bool,
    pub rows: i64,
}

pub async fn counts(conn: &mut PgConnection, id: i64) -> sqlx::Result<Vec<IssueCount>> {
    sqlx::query_as("select code, set_aside, count(*) as rows from import_issue where layer_version_id = $1 group by 1, 2 order by 3 desc, 1")
        .bind(id)
        .fetch_all(conn)
        .await
}
