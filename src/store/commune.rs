//! Communes of today, communes of the past, and what became of them.

use sqlx::{FromRow, PgConnection, PgExecutor};
use time::Date;

#[derive(Debug, Clone, FromRow)]
pub struct CommuneRow {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub province_code: Option<String>,
    pub zone: Option<i32>,
}

/// One step from an old unit to a new one.
#[derive(Debug, Clone, FromRow)]
pub struct SuccessionRow {
    pub old_code: String,
    pub old_name: String,
    pub old_district: String,
    pub old_province: String,
    pub new_code: String,
    pub new_name: String,
    /// `whole`, `divided` or `divided_default`.
    pub relation: String,
    pub since: Date,
}

pub async fn load_provinces(conn: &mut PgConnection, codes: &[String], names: &[String]) -> sqlx::Result<()> {
    sqlx::query(
        "insert into province select * from unnest($1::text[], $2::text[])
         on conflict (code) do update set name = excluded.name",
    )
    .bind(codes)
    .bind(names)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn load(conn: &mut PgConnection, rows: &[CommuneRow]) -> sqlx::Result<u64> {
    let col = |f: fn(&CommuneRow) -> Option<String>| rows.iter().map(f).collect::<Vec<_>>();
    let done = sqlx::query(
        "insert into commune (code, name, kind, province_code, zone)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])
         on conflict (code) do update set name = excluded.name, kind = excluded.kind, province_code = excluded.province_code,
             zone = coalesce(excluded.zone, commune.zone)",
    )
    .bind(col(|r| Some(r.code.clone())))
    .bind(col(|r| Some(r.name.clone())))
    .bind(col(|r| Some(r.kind.clone())))
    .bind(col(|r| r.province_code.clone()))
    .bind(rows.iter().map(|r| r.zone).collect::<Vec<_>>())
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Loads old communes and their successors; rows already there stay.
pub async fn load_succession(conn: &mut PgConnection, rows: &[SuccessionRow], source: &str) -> sqlx::Result<u64> {
    let col = |f: fn(&SuccessionRow) -> &String| rows.iter().map(|r| f(r).clone()).collect::<Vec<_>>();
    let since: Vec<Date> = rows.iter().map(|r| r.since).collect();
    sqlx::query(
        "insert into commune_old (code, name, district, province, valid_to)
         select distinct on (a) a, b, c, d, e from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[]) t(a, b, c, d, e)
         on conflict (code) do nothing",
    )
    .bind(col(|r| &r.old_code))
    .bind(col(|r| &r.old_name))
    .bind(col(|r| &r.old_district))
    .bind(col(|r| &r.old_province))
    .bind(&since)
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query(
        "insert into commune_succession (old_code, new_code, relation, since, source)
         select o, n, r, s, $5 from unnest($1::text[], $2::text[], $3::text[], $4::date[]) t(o, n, r, s)
         where exists (select from commune where code = n) on conflict do nothing",
    )
    .bind(col(|r| &r.old_code))
    .bind(col(|r| &r.new_code))
    .bind(col(|r| &r.relation))
    .bind(&since)
    .bind(source)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

pub async fn find(db: impl PgExecutor<'_>, code: &str) -> sqlx::Result<Option<CommuneRow>> {
    sqlx::query_as("select code, name, kind, province_code, zone from commune where code = $1")
        .bind(code)
        .fetch_optional(db)
        .await
}

// Each way in has its own index; one condition over all of them would read every commune of the country. So would a join with the
// names, planned for more than the few that are found: `offset 0` keeps it a look-up for each.
const SUCCESSION: &str =
    "select o.code as old_code, o.name as old_name, o.district as old_district, o.province as old_province,
       n.code as new_code, n.name as new_name, s.relation, s.since
  from (select * from commune_succession where old_code = any($1)
        union select * from commune_succession where new_code = any($1)
        union select s.* from commune_old o join commune_succession s on s.old_code = o.code where o.name ilike any($2)
        union select s.* from commune n join commune_succession s on s.new_code = n.code where n.name ilike any($2)) s
  cross join lateral (select * from commune_old where code = s.old_code offset 0) o
  cross join lateral (select * from commune where code = s.new_code offset 0) n
 order by o.code, n.code limit 500";

/// Steps from or to any of these codes or names (names compared without case).
pub async fn succession(
    db: impl PgExecutor<'_>,
    codes: &[String],
    names: &[String],
) -> sqlx::Result<Vec<SuccessionRow>> {
    sqlx::query_as(SUCCESSION).bind(codes).bind(names).fetch_all(db).await
}

/// Today's communes with one of these names (compared without case).
pub async fn by_name(db: impl PgExecutor<'_>, names: &[String]) -> sqlx::Result<Vec<CommuneRow>> {
    sqlx::query_as(
        "select code, name, kind, province_code, zone from commune where name ilike any($1) order by code limit 100",
    )
    .bind(names)
    .fetch_all(db)
    .await
}

pub async fn by_codes(db: impl PgExecutor<'_>, codes: &[String]) -> sqlx::Result<Vec<CommuneRow>> {
    sqlx::query_as("select code, name, kind, province_code, zone from commune where code = any($1) order by code")
        .bind(codes)
        .fetch_all(db)
        .await
}

/// Old code and province of every unit that went into a commune of today, in order of code.
pub async fn made_of(ex: impl PgExecutor<'_>, today: &str) -> sqlx::Result<Vec<(String, String)>> {
    sqlx::query_as(
        "select distinct o.code, o.province from commune_succession s join commune_old o on o.code = s.old_code
          where s.new_code = $1 order by 1",
    )
    .bind(today)
    .fetch_all(ex)
    .await
}
