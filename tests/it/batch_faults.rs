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

/// Of how many parcels the run is that is killed: as many as take about a minute, or what `DIABA_KILL_PARCELS` says.
fn parcels() -> u32 {
    std::env::var_os("DIABA_KILL_PARCELS")
        .map_or(5_000, |n| n.to_string_lossy().parse().expect("DIABA_KILL_PARCELS: a number"))
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
                (select count(*) from run_finding where run_id = $1 and verdict <> 'clear'),
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
            "alter table parcel_version disable trigger all",
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

async fn until_done(t: &TestApp, run: Uuid) -> RunView {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let now = batch::find(&t.app, run).await.unwrap();
        if now.state == "done" {
            return now;
        }
        assert!(Instant::now() < deadline, "{now:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A small map, and nobody at work.
async fn mapped_ward(pool: &PgPool, parcels: u32, chunk: u32) -> TestApp {
    let t = TestApp::with_data_and(pool.clone(), |c| c.limits.chunk_parcels = chunk).await;
    let first = start_worker(&t);
    publish(&t.signed_in("gis", &["gis_analyst"]).await, &(1..=parcels).collect::<Vec<_>>()).await;
    first.abort();
    let _ = first.await;
    t
}

/// The database says that its disk is full (53100) from the third chunk on; `tests/it/disk.rs` fills a real one, where it may.
#[sqlx::test(migrations = "./migrations")]
async fn a_run_waits_while_the_disk_is_full(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped_ward(&pool, 40, 5).await;
        let run = begin(&t).await;
        for sql in [
            "create function no_space() returns trigger language plpgsql as $$ begin
                if (select count(*) from verification_chunk where done_at is not null) > 2 then
                    raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
                end if;
                return null;
             end $$",
            "create trigger no_space after insert on run_verification for each statement execute function no_space()",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        let worker = start_worker(&t);
        let refused = "select count(*) from job where kind = 'verify_chunk' and state = 'pending' and last_error like '%disk of the database is full%'";
        let deadline = Instant::now() + Duration::from_secs(60);
        while sqlx::query_scalar::<_, i64>(refused).fetch_one(&pool).await.unwrap() < 3 {
            assert!(Instant::now() < deadline, "nobody says that the disk is full");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let half = batch::find(&t.app, run).await.unwrap();
        assert_eq!((half.state.as_str(), half.chunks_done, half.parcels_done, half.chunks_dead), ("running", 2, 10, 0));
        // at the console and by the API too
        assert!(half.chunks_failing >= 3, "{half:?}");
        assert!(half.last_error.as_ref().is_some_and(|e| e.contains("disk of the database is full")), "{half:?}");
        let kept = "select count(*) from run_verification";
        assert_eq!(sqlx::query_scalar::<_, i64>(kept).fetch_one(&pool).await.unwrap(), 10, "nothing is half there");
        for sql in ["drop trigger no_space on run_verification", "update job set run_at = now() where state = 'pending'"] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        let done = until_done(&t, run).await;
        worker.abort();
        assert_eq!((done.parcels, done.faults, done.chunks_failing, done.last_error.clone()), (40, 0, 0, None));
        assert_once(&pool, &done).await;
    })
    .await;
}

/// The service's clock jumps by more than a year, there and back, and the database's runs ahead of every lease: the run says what it
/// would have said, of the day it was asked for.
#[sqlx::test(migrations = "./migrations")]
async fn a_clock_that_jumps_changes_nothing(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped_ward(&pool, 120, 4).await;
        let run = begin(&t).await;
        let asked = batch::find(&t.app, run).await.unwrap();
        let worker = start_worker(&t);
        let (mut seen, mut late) = (0, 0);
        for days in [500, -1000, 1000, -500] {
            let deadline = Instant::now() + Duration::from_secs(60);
            while batch::find(&t.app, run).await.unwrap().chunks_done <= seen {
                assert!(Instant::now() < deadline, "nothing goes on after {seen} chunks");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let now = batch::find(&t.app, run).await.unwrap();
            assert_eq!(now.state, "running", "the jumps come in the middle: {now:?}");
            seen = now.chunks_done;
            t.advance(time::Duration::days(days));
            let expired = "update job set lease_until = now() - interval '1 day' where state = 'running' and kind = 'verify_chunk'";
            late += sqlx::query(expired).execute(&pool).await.unwrap().rows_affected();
            let told = batch::find(&t.app, run).await.unwrap();
            assert!(told.rate.is_none_or(|r| r > 0.0) && told.left_s.is_none_or(|s| s >= 0.0), "{told:?}");
        }
        let done = until_done(&t, run).await;
        assert_eq!((done.as_of, done.parcels, done.faults), (asked.as_of, 120, 0));
        assert_once(&pool, &done).await;
        println!("{late} leases ran out under their holders");
        let quiet = begin(&t).await;
        assert_eq!(until_done(&t, quiet).await.root, done.root);
        worker.abort();
    })
    .await;
}
