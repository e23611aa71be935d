//! Many parcels at once, read from the database and written to it, beside the set-based statement of PostGIS in the same run.
//! `DATABASE_URL=... cargo bench --bench batch`; makes and drops a database of its own. `DIABA_BATCH_PARCELS` (500,000) and
//! `DIABA_BATCH_LAYERS` (10) change the size.
//!
//! 1. the statement: `INSERT ... SELECT` of an `ST_Intersects` join with the area of `ST_Intersection`, once by its own plan, and as
//!    `CREATE TABLE AS` with a parallel plan forced;
//! 2. the same pairs and areas by the overlay engine, parcels and zones read and pairs written by binary COPY;
//! 3. a run: all checks, verdicts and findings stored; one verification alone before it, and while it goes on.

use diaba::app::{App, Book, Clock};
use diaba::config::Config;
use diaba::domain::batch::Selection;
use diaba::domain::geom::{Indexed, Measured, common_m2};
use diaba::domain::verify::Wish;
use diaba::flow::staff::Actor;
use diaba::flow::{batch, setup, verification};
use diaba::store::geometry::{from_ewkb, polygons};
use diaba::worker::{Options, registry, run};
use futures::TryStreamExt;
use geo::BoundingRect;
use geo_types::{Geometry, MultiPolygon, Polygon};
use geozero::{CoordDimensions, ToWkb};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, PgPool, postgres::PgConnectOptions};
use std::str::FromStr;
use std::time::{Duration, Instant};
use uuid::Uuid;

#[allow(dead_code, reason = "each bench uses a part")]
#[path = "support/ground.rs"]
mod ground;

const ZONE: i32 = 5899;
const COMMUNE: &str = "20194";
/// Layers of the run: theme and the codes its areas bear in turn.
const LAYERS: [(&str, &[&str]); 10] = [
    ("landuse_plan", &["ODT", "CLN", "DGT", "ONT", "LUC"]),
    ("zoning", &["ODT", "DGT", "DKV"]),
    ("recovery", &["1"]),
    ("road_corridor", &["1"]),
    ("annual_plan", &["1"]),
    ("hazard_flood", &["1"]),
    ("heritage", &["1"]),
    ("forest", &["RSX"]),
    ("rice", &["LUC"]),
    ("power_line", &["1"]),
];

fn number(variable: &str, default: usize) -> usize {
    std::env::var_os(variable).map_or(default, |n| n.to_string_lossy().parse().expect("a whole number"))
}

async fn sql(conn: &mut PgConnection, text: impl Into<String>) -> u64 {
    let text = text.into();
    sqlx::query(AssertSqlSafe(text.clone()))
        .execute(conn)
        .await
        .unwrap_or_else(|e| panic!("{text}: {e}"))
        .rows_affected()
}

fn field(out: &mut Vec<u8>, value: &[u8]) {
    out.extend_from_slice(&(value.len() as i32).to_be_bytes());
    out.extend_from_slice(value);
}

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// Number and polygon of rows into a table `raw`.
async fn load_raw(conn: &mut PgConnection, rows: impl Iterator<Item = Polygon<f64>>) {
    sql(conn, "drop table if exists raw").await;
    sql(conn, "create unlogged table raw (i bigint, geom geometry)").await;
    let mut copy = conn.copy_in_raw("copy raw from stdin (format binary)").await.expect("copy");
    let mut out = SIGNATURE.to_vec();
    for (i, p) in rows.enumerate() {
        out.extend_from_slice(&2i16.to_be_bytes());
        field(&mut out, &(i as i64).to_be_bytes());
        let wkb = Geometry::from(MultiPolygon(vec![p])).to_ewkb(CoordDimensions::xy(), Some(ZONE)).expect("wkb");
        field(&mut out, &wkb);
        if out.len() > 1 << 20 {
            copy.send(std::mem::take(&mut out)).await.expect("sent");
        }
    }
    out.extend_from_slice(&(-1i16).to_be_bytes());
    copy.send(out).await.expect("sent");
    copy.finish().await.expect("loaded");
}

async fn layer(conn: &mut PgConnection, code: &str, theme: &str, extent: &str) -> i64 {
    let text = format!(
        "with l as (insert into layer (id, code, theme, zone, title, created_at) values (gen_random_uuid(), '{code}', '{theme}', {ZONE}, '{code}', now()) returning id)
         insert into layer_version (layer_id, zone, number, state, source_name, source_sha256, source_date, declared_crs, accuracy_m, scale, coverage,
                content_hash, imported_by, imported_at, published_at)
         select id, {ZONE}, 1, 'published', 'bench', repeat('a', 64), current_date - 30, 'EPSG:{ZONE}', 0.1, 1000, {extent}, repeat('b', 64), 'bench', now(), now()
           from l returning id"
    );
    sqlx::query_scalar(AssertSqlSafe(text)).fetch_one(conn).await.expect("layer")
}

/// Parcels and layers as they would lie after their import; the versions of the layers.
async fn load(app: &App, parcels: usize, layers: usize) -> Vec<i64> {
    setup::setup(app).await.expect("setup");
    let conn = &mut *app.pool.acquire().await.expect("connection");
    load_raw(conn, (0..parcels).map(|i| ground::parcel(i % ground::COLUMNS, i / ground::COLUMNS))).await;
    let extent = "(select st_multi(st_expand(st_extent(geom)::geometry, 500)) from raw)";
    let extent = format!("st_setsrid({extent}, {ZONE})");
    let map = layer(conn, "bench.cadastral", "cadastral", &extent).await;
    for text in [
        format!("insert into parcel select {ZONE}, md5(i::text)::uuid, now() from raw"),
        format!("insert into parcel_version (zone, parcel_id, version, commune_code, sheet, number, scale, registered_area, map_area, land_use, geom,
                        layer_version_id, feature_fid, row_hash, valid)
                 select {ZONE}, md5(i::text)::uuid, 1, '{COMMUNE}', (i / 1000)::text, (i % 1000 + 1)::text, 1000, round(st_area(geom)::numeric, 1), st_area(geom), '{{ODT}}',
                        geom, {map}, i + 1, sha256(i::text::bytea), tstzrange(now(), null) from raw"),
        format!("insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, reason, valid)
                 select {ZONE}, md5(i::text)::uuid, '{COMMUNE}', (i / 1000)::text, (i % 1000 + 1)::text, 'current', tstzrange(now(), null) from raw"),
    ] {
        sql(conn, text).await;
    }
    let blocks = parcels.div_ceil(ground::PARCELS);
    load_raw(conn, (0..blocks).flat_map(ground::zones_of)).await;
    let mut versions = vec![];
    for (theme, codes) in LAYERS.iter().take(layers) {
        let whole = format!("(select coverage from layer_version where id = {map})");
        let version = layer(conn, &format!("bench.{theme}"), theme, &whole).await;
        let codes = codes.join(",");
        sql(conn, format!("select feature_room({ZONE}, {version})")).await;
        sql(conn, format!("insert into feature (zone, layer_version_id, fid, code, geom, row_hash)
                           select {ZONE}, {version}, i + 1, (string_to_array('{codes}', ','))[1 + i % array_length(string_to_array('{codes}', ','), 1)], geom,
                                  sha256(i::text::bytea) from raw")).await;
        versions.push(version);
    }
    sql(conn, "drop table raw").await;
    for table in ["parcel", "parcel_version", "parcel_alias", "feature", "layer_version"] {
        sql(conn, format!("vacuum analyze {table}")).await;
    }
    versions
}

fn statement(version: i64) -> String {
    format!(
        "select p.parcel_id, z.fid, st_area(st_intersection(p.geom, z.geom)) as m2 from parcel_version_{ZONE} p
           join feature_{ZONE} z on z.layer_version_id = {version} and st_intersects(p.geom, z.geom) where upper_inf(p.valid)"
    )
}

async fn postgis(app: &App, version: i64) -> f64 {
    let conn = &mut *app.pool.acquire().await.expect("connection");
    sql(conn, "create table if not exists pairs (parcel_id uuid, fid bigint, m2 float8)").await;
    let begin = Instant::now();
    let rows = sql(conn, format!("insert into pairs {}", statement(version))).await;
    let plain = begin.elapsed().as_secs_f64();
    sql(conn, "truncate pairs").await;
    for set in [
        "parallel_setup_cost = 0",
        "parallel_tuple_cost = 0",
        "min_parallel_table_scan_size = 0",
        "max_parallel_workers_per_gather = 2",
    ] {
        sql(conn, format!("set {set}")).await;
    }
    let begin = Instant::now();
    sql(conn, format!("create table forced as {}", statement(version))).await;
    let forced = begin.elapsed().as_secs_f64();
    sql(conn, "drop table forced").await;
    println!(
        "PostGIS, one layer: INSERT ... SELECT {plain:.1} s ({rows} rows); CREATE TABLE AS, parallel plan forced {forced:.1} s"
    );
    sql(conn, "reset all").await;
    plain
}

/// The bytes of a COPY of (id, geometry) rows, taken apart.
fn rows_of(bytes: &[u8]) -> Vec<(&[u8], &[u8])> {
    let (mut at, mut out) = (SIGNATURE.len(), vec![]);
    let take = |at: &mut usize, n: usize| {
        let part = &bytes[*at..*at + n];
        *at += n;
        part
    };
    while i16::from_be_bytes(take(&mut at, 2).try_into().expect("two bytes")) == 2 {
        let mut value = || {
            let n = i32::from_be_bytes(take(&mut at, 4).try_into().expect("four bytes"));
            take(&mut at, n as usize)
        };
        out.push((value(), value()));
    }
    out
}

async fn copied(conn: &mut PgConnection, select: String) -> Vec<u8> {
    let mut all = vec![];
    let mut stream = conn
        .copy_out_raw(AssertSqlSafe(format!("copy ({select}) to stdout (format binary)")).0.as_str())
        .await
        .expect("copy");
    while let Some(part) = stream.try_next().await.expect("read") {
        all.extend_from_slice(&part);
    }
    all
}

/// The same pairs by the engine, from and to the database.
async fn engine(app: &App, version: i64) -> f64 {
    let conn = &mut *app.pool.acquire().await.expect("connection");
    let begin = Instant::now();
    let zones =
        copied(conn, format!("select fid, st_asewkb(geom) from feature_{ZONE} where layer_version_id = {version}"))
            .await;
    let parcels =
        copied(conn, format!("select parcel_id, st_asewkb(geom) from parcel_version_{ZONE} where upper_inf(valid)"))
            .await;
    let read = begin.elapsed().as_secs_f64();
    let (out, m2, rows) = tokio::task::spawn_blocking(move || overlaid(&parcels, &zones)).await.expect("overlaid");
    let measured = begin.elapsed().as_secs_f64();
    sql(conn, "truncate pairs").await;
    let mut copy = conn.copy_in_raw("copy pairs from stdin (format binary)").await.expect("copy");
    for part in out {
        copy.send(part).await.expect("sent");
    }
    copy.finish().await.expect("written");
    let took = begin.elapsed().as_secs_f64();
    println!(
        "engine, one layer: {took:.2} s (read {read:.2}, overlay {:.2}, written {:.2}), {rows} pairs, {m2:.2} m²",
        measured - read,
        took - measured
    );
    took
}

fn overlaid(parcels: &[u8], zones: &[u8]) -> (Vec<Vec<u8>>, f64, usize) {
    let zones: Vec<([u8; 8], Indexed)> = rows_of(zones)
        .into_iter()
        .map(|(id, g)| {
            (
                id.try_into().expect("a number"),
                Geometry::from(from_ewkb(g).ok().and_then(polygons).expect("an area")).into(),
            )
        })
        .collect();
    let entry = |(i, (_, z)): (usize, &([u8; 8], Indexed))| {
        let b = z.bbox().expect("a box");
        GeomWithData::new(Rectangle::from_corners([b.min().x, b.min().y], [b.max().x, b.max().y]), i)
    };
    let tree = RTree::bulk_load(zones.iter().enumerate().map(entry).collect());
    let one = |bytes: &[u8]| {
        let parcel =
            Measured::new(&from_ewkb(bytes).ok().and_then(polygons).expect("an area")).expect("a sound parcel");
        let b = parcel.shape.bounding_rect().expect("a box");
        let near = AABB::from_corners([b.min().x, b.min().y], [b.max().x, b.max().y]);
        let found = tree.locate_in_envelope_intersecting(near).map(|z| (z.data, common_m2(&parcel, &zones[z.data].1)));
        found.filter(|f| f.1 > 1e-6).map(|(z, m2)| (zones[z].0, m2)).collect::<Vec<_>>()
    };
    let rows = rows_of(parcels);
    let parts: Vec<(Vec<u8>, f64, usize)> = rows
        .par_chunks(4096)
        .map(|chunk| {
            let (mut out, mut sum, mut n) = (vec![], 0.0, 0);
            for (id, bytes) in chunk {
                for (fid, m2) in one(bytes) {
                    out.extend_from_slice(&3i16.to_be_bytes());
                    field(&mut out, id);
                    field(&mut out, &fid);
                    field(&mut out, &m2.to_be_bytes());
                    sum += m2;
                    n += 1;
                }
            }
            (out, sum, n)
        })
        .collect();
    let mut all = vec![SIGNATURE.to_vec()];
    let (mut sum, mut n) = (0.0, 0);
    for (part, m2, rows) in parts {
        all.push(part);
        sum += m2;
        n += rows;
    }
    all.push((-1i16).to_be_bytes().to_vec());
    (all, sum, n)
}

/// Largest memory so far (MiB).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = status.lines().find(|l| l.starts_with("VmHWM")).expect("VmHWM");
    line.split_whitespace().nth(1).expect("a number").parse::<u64>().expect("a number") / 1024
}

/// Milliseconds of one verification at a time, as long as `on` says.
async fn alone(app: &App, what: &str, ids: &[Uuid], mut on: impl AsyncFnMut(usize) -> bool) {
    let mut ms: Vec<f64> = vec![];
    while on(ms.len()).await {
        let begin = Instant::now();
        verification::inspect(app, ZONE, ids[ms.len() % ids.len()], Wish::default()).await.expect("a verdict");
        ms.push(begin.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ms.sort_by(f64::total_cmp);
    println!(
        "{what}: median {:.1} ms, p95 {:.1} ms ({} verdicts)",
        ms[ms.len() / 2],
        ms[ms.len() * 95 / 100],
        ms.len()
    );
}

async fn whole_run(app: &App, watched: bool) -> f64 {
    let ids: Vec<Uuid> = sqlx::query_scalar("select parcel_id from parcel_version order by parcel_id limit 100")
        .fetch_all(&app.pool)
        .await
        .expect("ids");
    if watched {
        alone(app, "one verification, nothing beside", &ids, async |n| n < 200).await;
    }
    std::fs::write("/proc/self/clear_refs", "5").expect("clear_refs");
    let begin = Instant::now();
    let selection = Selection { zone: Some(ZONE), ..Selection::default() };
    let id = batch::start(app, &Actor::system("bench"), selection).await.expect("run").id;
    let worker = tokio::spawn(run(
        app.clone(),
        registry().expect("registry").only("batch"),
        Options::default(),
        std::future::pending(),
    ));
    let done = async || batch::find(app, id).await.expect("run");
    if watched {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let on = async |n: usize| n == 0 || (n < 400 && done().await.state != "done");
        alone(app, "one verification while the run goes on", &ids, on).await;
    }
    while done().await.state != "done" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let took = begin.elapsed().as_secs_f64();
    worker.abort();
    let r = done().await;
    println!(
        "run{}: {} parcels, {} findings that weigh, {took:.1} s, {:.0} parcels/s, memory {} MiB; {} blocked, {} faults",
        if watched { ", beside the verifications" } else { "" },
        r.parcels,
        r.findings,
        r.parcels as f64 / took,
        peak(),
        r.blocked,
        r.faults
    );
    took
}

async fn measure(url: &str) {
    let (parcels, layers) =
        (number("DIABA_BATCH_PARCELS", ground::PARCELS), number("DIABA_BATCH_LAYERS", LAYERS.len()));
    let home = tempfile::tempdir().expect("folder");
    let config = Config::with_defaults(url, home.path());
    let book = Book::load(&config.data).expect("data");
    let app = App::open(config, Clock::System, book).expect("service");
    let begin = Instant::now();
    let versions = load(&app, parcels, layers).await;
    println!(
        "{parcels} parcels, {} layers of {} zones, loaded in {:.0} s",
        versions.len(),
        ground::ZONES * ground::ZONES,
        begin.elapsed().as_secs_f64()
    );
    let rounds = number("DIABA_BATCH_ROUNDS", 2);
    let (mut statement, mut ours) = (f64::INFINITY, f64::INFINITY);
    if parcels <= ground::PARCELS {
        for _ in 0..rounds {
            statement = statement.min(postgis(&app, versions[0]).await);
            ours = ours.min(engine(&app, versions[0]).await);
        }
        println!("engine with database: {:.1} times the statement", statement / ours);
    }
    for round in 0..rounds {
        let took = whole_run(&app, round > 0).await;
        if statement.is_finite() {
            println!("all checks: {:.1} times the statement once per layer", statement * versions.len() as f64 / took);
        }
    }
    app.pool.close().await;
}

fn main() {
    let Some(url) = std::env::var_os("DATABASE_URL").and_then(|u| u.into_string().ok()) else {
        println!("batch: set DATABASE_URL to a cluster where databases may be made");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let options = PgConnectOptions::from_str(&url).expect("DATABASE_URL");
        let admin = PgPool::connect_with(options.clone()).await.expect("connect");
        let name = format!("diaba_bench_batch_{}", std::process::id());
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&admin).await.expect("create database");
        measure(options.database(&name).to_url_lossy().as_str()).await;
        sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&admin).await.expect("drop");
    });
}
