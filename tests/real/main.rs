//! The main job on real open data: every parcel of nine municipalities against every theme, beside PostGIS.
//! `DIABA_REAL_DATA=folder cargo test --test real -- --nocapture`

mod load;

use diaba::app::App;
use diaba::domain::verify::{FindingRecord, Record, Verdict, Wish};
use diaba::flow::verification;
use futures::{StreamExt, stream};
use load::ZONE;
use sqlx::{ConnectOptions, PgPool};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use uuid::Uuid;

const CHECK: &str = "planning.restriction";
const PARCELS: usize = 7695;
/// Of no layer of `layers.toml`.
const LEFT_OUT: &str = "heh";
/// The two kernels may differ by this (m2).
const AGREE_M2: f64 = 0.01;

/// A parcel against a theme, as PostGIS sees it.
#[derive(sqlx::FromRow)]
struct Seen {
    parcel_id: Uuid,
    theme: String,
    /// Of everything of the theme (m2).
    total: f64,
    /// Of the code that takes most (m2).
    largest: f64,
    /// Length of lines in the parcel (m).
    length: f64,
}

#[sqlx::test(migrations = false)]
async fn every_parcel_against_every_theme(pool: PgPool) {
    let Some(file) = load::file() else { return };
    let url = pool.connect_options().to_url_lossy();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let home = tempfile::tempdir().unwrap();
            let app = load::service(url.as_str(), home.path()).await;
            whole_job(&app, &file).await;
            app.pool.close().await;
        });
    };
    let done = tokio::task::spawn_blocking(move || std::thread::spawn(work).join()).await.unwrap();
    if let Err(panic) = done {
        std::panic::resume_unwind(panic);
    }
}

async fn whole_job(app: &App, file: &std::path::Path) {
    let started = Instant::now();
    let reports = load::load(app, file).await;
    eprintln!("imported and published in {:.1} s", started.elapsed().as_secs_f64());
    for r in &reports {
        eprintln!("  {:<20} {:>6} rows, {} set aside", r.layer, r.rows_good, r.rows_set_aside);
        assert_eq!((r.rows_set_aside, r.rows_read), (0, r.rows_good), "{}", r.layer);
    }
    let rows = |l: &str| reports.iter().find(|r| r.layer == l).map_or(0, |r| r.rows_good);
    assert_eq!(rows("ch.parcels"), PARCELS as i64);
    assert_eq!(rows("ch.land_use_lines") + rows("ch.forest_line"), 81);
    let areas =
        ["ch.contaminated", "ch.groundwater", "ch.noise", "ch.land_use", "ch.planning_zone", "ch.forest_reserve"];
    assert_eq!(areas.map(rows).iter().sum::<i64>(), 1975 - 9, "nine rows are not yet in force");
    let groundwater = reports.iter().find(|r| r.layer == "ch.groundwater").unwrap();
    assert_eq!((groundwater.rows_good, groundwater.rows_passed_over), (67, 1975 - 67));

    let parcels: Vec<(Uuid, String)> =
        sqlx::query_as("select parcel_id, commune_code from parcel_version where zone = $1 and upper_inf(valid)")
            .bind(ZONE)
            .fetch_all(&app.pool)
            .await
            .unwrap();
    assert_eq!(parcels.len(), PARCELS);
    let started = Instant::now();
    let records: BTreeMap<Uuid, Record> = stream::iter(parcels.iter().map(|(id, _)| *id))
        .map(|id| async move { (id, verification::inspect(app, ZONE, id, Wish::default()).await.unwrap().record) })
        .buffer_unordered(4)
        .collect()
        .await;
    let took = started.elapsed().as_secs_f64();
    eprintln!(
        "verified {} parcels in {took:.1} s ({:.1} ms each, four at a time)",
        records.len(),
        took * 1e3 / PARCELS as f64
    );
    for record in records.values() {
        let reference = record.findings.iter().find(|f| f.check == "parcel.reference").unwrap();
        assert_eq!(reference.verdict, Verdict::Clear, "found by its own number: {reference:?}");
    }
    let seen = oracle(app).await;
    told(&records);
    agrees(&records, &seen);
    uncovered_is_never_clear(&parcels, &records);
}

fn findings(record: &Record) -> impl Iterator<Item = &FindingRecord> {
    record.findings.iter().filter(|f| f.check == CHECK && f.subject.starts_with("ch_"))
}

fn says(f: &FindingRecord, key: &str) -> bool {
    f.details.iter().any(|d| d.key == key)
}

/// The kind of answer, one per parcel and theme.
fn kind(f: &FindingRecord) -> &'static str {
    match f.verdict {
        Verdict::Hit => "overlap",
        Verdict::NotCovered | Verdict::PartlyCovered => "not covered",
        Verdict::Clear if says(f, "theme-sliver") => "sliver",
        Verdict::Clear if says(f, "theme-touch") => "touch",
        Verdict::Clear if says(f, "theme-near") => "near",
        Verdict::Clear => "nothing",
        _ => "no answer",
    }
}

fn told(records: &BTreeMap<Uuid, Record>) {
    let mut table: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for f in records.values().flat_map(findings) {
        *table.entry(&f.subject).or_default().entry(kind(f)).or_default() += 1;
    }
    let kinds = ["overlap", "sliver", "touch", "near", "nothing", "not covered", "no answer"];
    eprintln!("{:<18} {}", "theme", kinds.map(|k| format!("{k:>12}")).concat());
    for (theme, counts) in &table {
        let cells = kinds.map(|k| format!("{:>12}", counts.get(k).copied().unwrap_or(0)));
        eprintln!("{theme:<18} {}", cells.concat());
        assert_eq!(counts.values().sum::<usize>(), PARCELS, "{theme}: one answer per parcel");
        assert_eq!(counts.get("no answer"), None, "{theme}");
    }
    assert_eq!(table.len(), 7);
}

/// Every pair that PostGIS finds, with what it measures.
async fn oracle(app: &App) -> Vec<Seen> {
    let started = Instant::now();
    let seen: Vec<Seen> = sqlx::query_as(
        "with pair as (
            select p.parcel_id, l.theme, f.code, p.geom as parcel, f.geom
              from parcel_version p join feature f on f.zone = p.zone and f.geom && p.geom and st_intersects(f.geom, p.geom)
              join layer_version v on v.id = f.layer_version_id and v.state = 'published' join layer l on l.id = v.layer_id
             where p.zone = $1 and upper_inf(p.valid) and l.theme like 'ch\\_%'
         ), by_code as (
            select parcel_id, theme, code, parcel, st_union(geom) filter (where st_dimension(geom) = 2) as area,
                   coalesce(sum(st_length(st_intersection(geom, parcel))) filter (where st_dimension(geom) = 1), 0) as length
              from pair group by 1, 2, 3, 4
         )
         select parcel_id, theme, coalesce(st_area(st_intersection(st_union(area), parcel)), 0) as total,
                coalesce(max(st_area(st_intersection(area, parcel))), 0) as largest, max(length) as length
           from by_code group by parcel_id, theme, parcel",
    )
    .bind(ZONE)
    .fetch_all(&app.pool)
    .await
    .unwrap();
    eprintln!(
        "PostGIS: {} pairs of parcel and theme meet, measured in {:.1} s",
        seen.len(),
        started.elapsed().as_secs_f64()
    );
    seen
}

/// The same pairs, the same areas, and a hit exactly where PostGIS measures more than a sliver.
fn agrees(records: &BTreeMap<Uuid, Record>, seen: &[Seen]) {
    let mut worst: f64 = 0.0;
    let mut met: BTreeSet<(Uuid, &str)> = BTreeSet::new();
    for s in seen {
        let f = findings(&records[&s.parcel_id]).find(|f| f.subject == s.theme).unwrap();
        let who = format!("parcel {} and {}: {} m2, {} m", s.parcel_id, s.theme, s.total, s.length);
        met.insert((s.parcel_id, &s.theme));
        let close_call = (s.largest - 1.0).abs() < AGREE_M2 || (s.length - 0.5).abs() < AGREE_M2;
        if !close_call {
            assert_eq!(f.verdict == Verdict::Hit, s.largest >= 1.0 || s.length >= 0.5, "{who}: {f:?}");
        }
        match f.area.filter(|_| f.verdict == Verdict::Hit) {
            Some(area) => {
                let apart = (area.nominal - s.total).abs();
                assert!(apart <= AGREE_M2, "{who}: {} here", area.nominal);
                worst = worst.max(apart);
            }
            None => assert!(s.total < 1.0 + AGREE_M2 || s.largest < 1.0 + AGREE_M2, "{who}: {f:?}"),
        }
        let named = ["theme-sliver", "theme-touch", "theme-near"].iter().any(|k| says(f, k));
        assert!(f.verdict == Verdict::Hit || f.verdict == Verdict::NotCovered || named, "{who} is not named: {f:?}");
    }
    for (id, record) in records {
        for f in findings(record).filter(|f| f.verdict == Verdict::Hit) {
            assert!(met.contains(&(*id, f.subject.as_str())), "parcel {id}: a hit that PostGIS does not see: {f:?}");
        }
    }
    eprintln!("largest difference of an area: {worst:.6} m2");
}

/// Where no layer claims to be complete nothing is clear, however empty the map is there.
fn uncovered_is_never_clear(parcels: &[(Uuid, String)], records: &BTreeMap<Uuid, Record>) {
    let mut not_covered = 0;
    for (id, municipality) in parcels {
        for f in findings(&records[id]) {
            let only_tra = ["ch_land_use", "ch_planning_zone"].contains(&f.subject.as_str());
            if municipality == LEFT_OUT || (only_tra && municipality != "tra") {
                assert!(matches!(f.verdict, Verdict::NotCovered | Verdict::Hit), "parcel {id}: {f:?}");
                not_covered += usize::from(f.verdict == Verdict::NotCovered);
            } else {
                assert!(!matches!(f.verdict, Verdict::NotCovered | Verdict::PartlyCovered), "parcel {id}: {f:?}");
            }
        }
    }
    eprintln!("not covered, and said so: {not_covered} pairs of parcel and theme");
    assert!(not_covered > 10_000);
}
