//! The parcels of a selection, cut into chunks that lie together.

use crate::domain::batch::{Column, Compare, Filter, Selection, Value};
use crate::store::geometry::to_ewkb;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

/// Makes the chunks of a run out of the current parcels of `selection`: neighbours come together, in the order of a curve that
/// fills the plane.
pub async fn cut(
    conn: &mut PgConnection,
    run: Uuid,
    selection: &Selection,
    filter: Option<&Filter>,
    chunk_parcels: u32,
) -> sqlx::Result<u64> {
    let mut sql = QueryBuilder::new("insert into verification_chunk (run_id, no, zone, parcels) select ");
    sql.push_bind(run);
    sql.push(
        ", (row_number() over (order by zone, k))::int - 1, zone, array_agg(parcel_id order by r) from (
            select zone, parcel_id, r, (r - 1) / ",
    );
    sql.push_bind(i64::from(chunk_parcels));
    // geometry sorts along a Hilbert curve
    sql.push(
        " as k from (select p.zone, p.parcel_id, row_number() over (partition by p.zone
                order by st_makepoint(st_xmin(p.geom), st_ymin(p.geom)), p.commune_code, p.sheet, p.number, p.parcel_id) as r
              from parcel_version p where upper_inf(p.valid)",
    );
    if let Some(zone) = selection.zone {
        sql.push(" and p.zone = ").push_bind(zone);
    }
    if let Some(commune) = &selection.commune {
        sql.push(" and p.commune_code = ").push_bind(commune.clone());
    }
    if let Some(id) = selection.layer_version {
        // What an earlier version covered, and this one covers no more, is judged otherwise too; so is what a strip along a line
        // reaches. A parcel that no version changed since keeps the row it came with.
        sql.push(
            " and exists (select from layer_version n join layer_version v on v.layer_id = n.layer_id and v.coverage_key = n.coverage_key
                join layer l on l.id = v.layer_id join theme t on t.code = l.theme
               cross join lateral (select greatest(v.reach_m, (t.definition ->> 'half_width_m')::float8, 0) as m) reach
               where (v.id = n.id or v.state in ('published', 'superseded')) and v.zone = p.zone
                 and (st_intersects(v.coverage, p.geom) or reach.m > 0 and st_dwithin(v.coverage, p.geom, reach.m)
                      or p.geom is null and exists (select from layer_version own
                            where own.id = p.layer_version_id and own.layer_id = v.layer_id and own.coverage_key = v.coverage_key))
                 and n.id = ",
        );
        sql.push_bind(id).push(") and p.zone = (select zone from layer_version where id = ");
        sql.push_bind(id).push(")");
    }
    if let Some(filter) = filter {
        // what is not known does not hold, and neither does its opposite
        sql.push(" and coalesce(");
        push(&mut sql, filter);
        sql.push(", false)");
    }
    sql.push(") t) u group by zone, k");
    Ok(sql.build().execute(conn).await?.rows_affected())
}

fn push(sql: &mut QueryBuilder<Postgres>, filter: &Filter) {
    match filter {
        Filter::All(parts) => join(sql, parts, " and "),
        Filter::Any(parts) => join(sql, parts, " or "),
        Filter::Not(one) => {
            sql.push("not ");
            push(sql, one);
        }
        Filter::Missing(Column::LandUse) => {
            sql.push("(cardinality(p.land_use) = 0)");
        }
        Filter::Missing(column) => {
            sql.push("(").push(name(*column)).push(" is null)");
        }
        Filter::Is(Column::LandUse, Compare::Differs, value) => {
            sql.push(
                "(case when cardinality(p.land_use) > 0 then not exists (select from unnest(p.land_use) c where c = ",
            );
            bind(sql, value);
            sql.push(") end)");
        }
        Filter::Is(Column::LandUse, compare, value) => {
            sql.push("(case when cardinality(p.land_use) > 0 then exists (select from unnest(p.land_use) c where c ");
            sql.push(sign(*compare));
            bind(sql, value);
            sql.push(") end)");
        }
        Filter::Is(column, compare, value) => {
            sql.push("(").push(name(*column)).push(sign(*compare));
            bind(sql, value);
            sql.push(")");
        }
        Filter::Meets(geom) => {
            // whole shapes of metres are written as they are; a geometry that cannot be meets nothing
            match to_ewkb(geom, 0) {
                Ok(ewkb) => {
                    sql.push("st_intersects(p.geom, st_setsrid(").push_bind(ewkb);
                    sql.push("::geometry, p.zone))");
                }
                Err(_) => {
                    sql.push("false");
                }
            }
        }
        Filter::OneOf(column, values) => {
            let each = values.iter().map(|v| Filter::Is(*column, Compare::Equal, v.clone()));
            join(sql, &each.collect::<Vec<_>>(), " or ");
        }
    }
}

fn join(sql: &mut QueryBuilder<Postgres>, parts: &[Filter], word: &str) {
    sql.push("(");
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            sql.push(word);
        }
        push(sql, part);
    }
    sql.push(if parts.is_empty() { "false)" } else { ")" });
}

fn bind(sql: &mut QueryBuilder<Postgres>, value: &Value) {
    match value {
        Value::Number(n) => sql.push_bind(*n),
        Value::Text(t) => sql.push_bind(t.clone()),
    };
}

fn name(column: Column) -> &'static str {
    match column {
        Column::Commune => "p.commune_code",
        Column::Sheet => "p.sheet",
        Column::Number => "p.number",
        Column::Scale => "p.scale",
        Column::RegisteredArea => "p.registered_area",
        Column::MapArea => "p.map_area",
        Column::LandUse => "p.land_use",
    }
}

fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Equal => " = ",
        Compare::Differs => " <> ",
        Compare::Less => " < ",
        Compare::LessOrEqual => " <= ",
        Compare::More => " > ",
        Compare::MoreOrEqual => " >= ",
        Compare::Like => " like ",
    }
}
