//! A run whose worker is killed ten times, a chunk delivered twice, rows that cannot be judged: every parcel has exactly one
//! verification of the run.

use crate::killed::RealWorker;
use crate::test_app::TestApp;
use crate::ward::{publish, start_worker, threaded};
use diaba::domain::batch::Selection;
use diaba::flow::batch::{self, RunView};
use diaba::flow::staff::Actor;
use diaba::store::queue::work;
use diaba::worker::{JobError, drain, registry};
use rand::Rng;
use sqlx::PgPool;
use std::time::{Duration, Instant};
use uuid::Uuid;

const CHUNKS: u32 = 60;

/// Of how many parcels the run is that is killed: 3,000, or what `DIABA_KILL_PARCELS` says.
fn parcels() -> u32 {
    std::env::var_os("DIABA_KILL_PARCELS")
        .map_or(3_000, |n| n.to_string_lossy().parse().expect("DIABA_KILL_PARCELS: a number"))
}

async fn begin(t: &TestApp) -> Uuid {
    let selection = Selection { commune: Some("20194".into()), ..Selection::default() };
    batch::start(&t.app, &Actor::system("test"), selection).await.unwrap().id
}

/// Exactly one verdict per parcel, counted right, none but those of the run's chunks.
async fn assert_once(pool: &PgPool, run: &RunView) {
    let (rows, parcels, strays, findings, orphans): (i64, i64, i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from run_verification where run_id = $1), (select count(distinct parcel_id) from run_verification where run_id = $1),
                (select count(*) from run_verification v where run_id = $1 and not exists (select from verification_chunk c
                    where c.run_id = $1 and c.no = v.chunk and c.parcels[v.place + 1] = v.parcel_id)),
                (select count(*) from run_finding where run_id = $1),
                (select count(*) from run_finding f where run_id = $1 and not exists (select from run_verification v
                    where (v.run_id, v.chunk, v.place) = (f.run_id, f.chunk, f.place)))",
    )
    .bind(run.id)
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!((rows, parcels, strays, orphans), (run.parcels, run.parcels, 0, 0));
    assert_eq!((run.parcels_done, run.findings), (run.parcels, findings));
    assert_eq!(run.can_proceed + run.needs_papers + run.needs_person + run.blocked + run.faults, run.parcels);
}

#[sqlx::test(migrations = "./migrations")]
async fn a_run_killed_ten_times_at_random_has_every_parcel_once(pool: PgPool) {
    threaded(pool, |pool| async move {
        let n = parcels();
        let t = TestApp::with_data_and(pool.clone(), |c| c.limits.chunk_parcels = n.div_ceil(CHUNKS)).await;
        let first = start_worker(&t);
        publish(&t.signed_in("gis", &["gis_analyst"]).await, &(1..=n).collect::<Vec<_>>()).await;
        first.abort();
        let _ = first.await;
        let run = begin(&t).await;
        let done = || async { batch::find(&t.app, run).await.unwrap() };
        let mut interrupted = 0;
        for kill in 0..10 {
            let worker = RealWorker::start(&t);
            let before = done().await.parcels_done;
            let deadline = Instant::now() + Duration::from_secs(120);
            while done().await.parcels_done <= before && Instant::now() < deadline {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let chance = rand::rng().next_u32() % 60;
            tokio::time::sleep(Duration::from_millis(chance.into())).await;
            worker.kill();
            let now = done().await;
            assert!(now.parcels_done > before, "kill {kill}: nothing was done");
            assert!(now.state == "running", "kill {kill}: {} after {} of {}", now.state, now.parcels_done, now.parcels);
            let running = "select count(*) from job where state = 'running' and kind = 'verify_chunk'";
            interrupted += sqlx::query_scalar::<_, i64>(running).fetch_one(&pool).await.unwrap();
        }
        assert!(interrupted > 0, "some were killed in the middle of a chunk");
        let last = RealWorker::start(&t);
        let deadline = Instant::now() + Duration::from_secs(600);
        while done().await.state != "done" {
            assert!(Instant::now() < deadline, "{:?}", done().await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        last.kill();
        let killed = done().await;
        assert_eq!((killed.parcels, killed.faults, killed.chunks_dead), (i64::from(n), 0, 0));
        assert_once(&pool, &killed).await;
        println!("{n} parcels, 10 kills, {interrupted} chunks cut off in the middle");

        // A run that nobody disturbed says the same, to the last digest.
        let quiet = begin(&t).await;
        let undisturbed = start_worker(&t);
        while batch::find(&t.app, quiet).await.unwrap().state != "done" {
            assert!(Instant::now() < deadline + Duration::from_secs(600));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        undisturbed.abort();
        let quiet = batch::find(&t.app, quiet).await.unwrap();
        assert_eq!(quiet.root, killed.root);
        assert_once(&pool, &quiet).await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_chunk_delivered_twice_happens_once(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool.clone()).await;
        let first = start_worker(&t);
        publish(&t.signed_in("gis", &["gis_analyst"]).await, &[1, 2, 3]).await;
        first.abort();
        let _ = first.await;
        let run = begin(&t).await;
        let registry = registry().unwrap();
        for kind in ["plan_batch", "verify_chunk"] {
            let (queue, kinds) = ("batch".into(), [kind.to_owned()]);
            let mut conn = t.app.pool.acquire().await.unwrap();
            let (one, args) = work::claim(&mut conn, &queue, &kinds, 1, Duration::ZERO, "a").await.unwrap().remove(0);
            assert_eq!(work::reap(&mut conn).await.unwrap().again, 1);
            let two =
                work::claim(&mut conn, &queue, &kinds, 1, Duration::from_secs(60), "b").await.unwrap().remove(0).0;
            drop(conn);
            let deliver = |lease: &diaba::store::queue::Lease| {
                let (registry, app, args, lease) = (registry.clone(), t.app.clone(), args.clone(), lease.clone());
                tokio::spawn(async move { registry.deliver(&app, &lease, args).await })
            };
            let (a, b) = tokio::join!(deliver(&one), deliver(&two));
            assert!(matches!(a.unwrap(), Err(JobError::LeaseLost)), "{kind}");
            b.unwrap().unwrap();
            let late = deliver(&two).await.unwrap();
            assert!(matches!(late, Err(JobError::LeaseLost)), "{kind}: {late:?}");
        }
        let run = batch::find(&t.app, run).await.unwrap();
        assert_eq!((run.state.as_str(), run.parcels), ("done", 3));
        assert_once(&pool, &run).await;
    })
    .await;
}

/// A parcel whose ring crosses itself, one that vanished after the run was planned, and one that was added: the first is judged and
/// says what is wrong with it, the second is a fault, the third is no part of the run; the rest is as if they were not there.
#[sqlx::test(migrations = "./migrations")]
async fn a_bad_row_does_not_stop_the_rest(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool.clone()).await;
        let worker = start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &(1..=30).collect::<Vec<_>>()).await;
        worker.abort();
        let _ = worker.await;
        for sql in [
            "alter table parcel_version drop constraint parcel_version_check",
            "update parcel_version set geom = st_geomfromtext('POLYGON((550000 1777000, 550020 1777010, 550020 1777000, 550000 1777010, 550000 1777000))', 5899)
              where number = '1'",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        let run = begin(&t).await;
        let (queue, kinds) = ("batch".into(), ["plan_batch".to_owned()]);
        let mut conn = t.app.pool.acquire().await.unwrap();
        let (lease, args) = work::claim(&mut conn, &queue, &kinds, 1, Duration::from_secs(60), "a").await.unwrap().remove(0);
        drop(conn);
        registry().unwrap().deliver(&t.app, &lease, args).await.unwrap();
        for sql in [
            "update verification_chunk set parcels = parcels || md5('nobody')::uuid",
            "update verification_run set parcels = parcels + 1",
            "insert into parcel select zone, md5('late')::uuid, created_at from parcel limit 1",
            "insert into parcel_version (zone, parcel_id, version, commune_code, sheet, number, geom, row_hash, valid)
             select zone, md5('late')::uuid, 1, commune_code, sheet, '999', geom, row_hash, valid from parcel_version where number = '7'",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        drain(&t.app, registry().unwrap()).await.unwrap();
        let run = batch::find(&t.app, run).await.unwrap();
        assert_eq!((run.state.as_str(), run.parcels, run.faults), ("done", 31, 1), "{run:?}");
        assert_once(&pool, &run).await;
        let faults = batch::verdicts(&t.app, run.id, Some("fault"), None, None, 10).await.unwrap();
        assert_eq!(faults[0].fault.as_deref(), Some("the parcel is not there"));
        let crossed: Uuid = sqlx::query_scalar("select parcel_id from parcel_version where number = '1'").fetch_one(&pool).await.unwrap();
        let wish = batch::FindingWish { parcel: Some(crossed), check: Some("parcel.boundary"), limit: 5, ..Default::default() };
        let named = batch::findings(&t.app, run.id, &wish).await.unwrap();
        assert_eq!(named.len(), 1, "the crossing is named");
    })
    .await;
}
