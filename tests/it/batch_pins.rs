//! A run judges by the maps of its planning, whatever is published before its last chunk; and it takes every parcel that a version, or
//! one before it, has something to say of.

use crate::batch::{all_verdicts, replayed_alike};
use crate::test_app::{Caller, TestApp};
use crate::ward::{EAST, NORTH, ZONE, publish, publish_map, start_worker, threaded};
use diaba::domain::batch::Selection;
use diaba::domain::proof::{Keyring, VerdictProof};
use diaba::flow::batch::{self, FindingWish, RunView};
use diaba::flow::staff::Actor;
use diaba::flow::{layer, proof};
use diaba::worker::{drain, registry};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeSet;
use uuid::Uuid;

fn rect(w: f64, e: f64) -> String {
    let (s, n) = (NORTH - 5.0, NORTH + 15.0);
    format!("POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))")
}

/// A recovery map that covers from `from` to `to` metres along the row; its one zone lies `first` to `last` there.
fn recovery(cover: (f64, f64), zone: (f64, f64)) -> (String, Value) {
    let ask = json!({"layer": "recovery_test", "theme": "recovery", "zone": ZONE, "crs": format!("EPSG:{ZONE}"), "coverage_key": "all",
        "source_date": "2026-09-01", "profile": "generic", "coverage": {"wkt": rect(EAST + cover.0, EAST + cover.1)}});
    (format!("WKT,key,code\n\"{}\",P1,quyet_dinh\n", rect(EAST + zone.0, EAST + zone.1)), ask)
}

async fn mapped_for(pool: &PgPool, chunk: u32) -> (TestApp, Caller, tokio::task::JoinHandle<anyhow::Result<()>>) {
    let t = TestApp::with_data_and(pool.clone(), |c| c.limits.chunk_parcels = chunk).await;
    let worker = start_worker(&t);
    let gis = t.signed_in("gis", &["gis_analyst"]).await;
    publish(&gis, &(1..=30).collect::<Vec<_>>()).await;
    (t, gis, worker)
}

/// Begins a run and plans it; its chunks wait.
async fn planned(t: &TestApp, selection: Selection) -> Uuid {
    let run = batch::start(&t.app, &Actor::system("test"), selection).await.unwrap().id;
    t.run_with("plan_batch", json!({"run_id": run})).await;
    batch::pause(&t.app, &Actor::system("test"), run).await.unwrap();
    run
}

async fn whole_commune(t: &TestApp) -> Uuid {
    planned(t, Selection { commune: Some("20194".into()), ..Selection::default() }).await
}

/// Runs some chunks of a paused run.
async fn play(t: &TestApp, run: Uuid, chunks: std::ops::Range<i32>) {
    sqlx::query("update verification_run set state = 'running' where id = $1")
        .bind(run)
        .execute(&t.app.pool)
        .await
        .unwrap();
    for no in chunks {
        t.run_with("verify_chunk", json!({"run_id": run, "no": no})).await;
    }
}

async fn found(t: &TestApp, run: Uuid) -> RunView {
    batch::find(&t.app, run).await.unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn a_run_judges_by_what_was_published_when_it_was_planned(pool: PgPool) {
    threaded(pool, |pool| async move {
        let (t, gis, worker) = mapped_for(&pool, 5).await;
        let (map, ask) = recovery((-20.0, 620.0), (0.0, 200.0));
        let first = publish_map(&gis, map, &ask).await;
        worker.abort();
        let _ = worker.await;
        let (undisturbed, run) = (whole_commune(&t).await, whole_commune(&t).await);
        play(&t, undisturbed, 0..6).await;
        play(&t, run, 0..3).await;
        assert_eq!((found(&t, undisturbed).await.state.as_str(), found(&t, run).await.chunks_done), ("done", 3));
        assert_eq!(found(&t, run).await.superseded, [] as [i64; 0]);

        // The zone moves to the other half of the row; parcels there get other numbers and boundaries, some end; a map is new.
        let worker = start_worker(&t);
        let (map, ask) = recovery((-20.0, 620.0), (300.0, 500.0));
        let second = publish_map(&gis, map, &ask).await;
        let renumbered: Vec<u32> = (1..=25).map(|n| if n % 2 == 0 { n } else { n + 100 }).collect();
        publish(&gis, &renumbered).await;
        let (map, mut ask) = recovery((-20.0, 620.0), (0.0, 620.0));
        for (k, v) in [("layer", "flood_test"), ("theme", "hazard_flood")] {
            ask[k] = json!(v);
        }
        publish_map(&gis, map.replace("quyet_dinh", "ngap"), &ask).await;
        layer::withdraw(&t.app, &Actor::system("test"), "recovery_test", "all", "published by mistake").await.unwrap();
        worker.abort();
        let _ = worker.await;

        play(&t, run, 3..6).await;
        let (done, alone) = (found(&t, run).await, found(&t, undisturbed).await);
        assert_eq!((done.state.as_str(), done.faults), ("done", 0), "{done:?}");
        assert_eq!(done.root, alone.root, "to the last digest what it would have been");
        assert!(done.superseded.contains(&first) && !done.superseded.contains(&second), "{done:?}");
        let wish =
            FindingWish { check: Some("planning.recovery"), verdict: Some("hit"), limit: 100, ..Default::default() };
        let hits = batch::findings(&t.app, run, &wish).await.unwrap();
        assert_eq!(
            hits.iter().map(|f| f.layer_version_id).collect::<BTreeSet<_>>(),
            BTreeSet::from([hits[0].layer_version_id])
        );
        assert_eq!(hits.len(), 10, "the parcels of the first map's zone: {hits:?}");
        replayed_alike(&t, run, &all_verdicts(&t, run).await).await;
        // one verdict for a stranger: a file that is checked with the public key alone
        let keys = Keyring::of(vec![proof::known(&t.app, &proof::keys(&t.app).await.unwrap()[0].id).await.unwrap()]);
        let hit = &all_verdicts(&t, run).await.into_iter().find(|v| v.parcel_id == hits[3].parcel_id).unwrap();
        let text = serde_json::to_string(&proof::verdict(&t.app, run, hit.parcel_id).await.unwrap()).unwrap();
        let proven = VerdictProof::from_json(&text).unwrap().check(&keys).unwrap();
        assert_eq!(
            (Some(&proven.digest), proven.root.as_ref(), proven.beside),
            (hit.digest.as_ref(), done.root.as_ref(), 4)
        );
        for (from, to) in [
            ("\"hit\"", "\"clear\""),
            (&proven.digest[..8], "00000000"),
            ("\"place\":", "\"place\":1"),
            (&done.root.as_ref().unwrap()[..8], "00000000"),
        ] {
            let changed = VerdictProof::from_json(&text.replacen(from, to, 1)).and_then(|p| p.check(&keys));
            assert!(changed.is_err(), "{from} -> {to}");
        }

        // A run that is planned now goes by the new maps.
        let later = whole_commune(&t).await;
        play(&t, later, 0..5).await;
        let later = found(&t, later).await;
        assert_eq!((later.state.as_str(), later.parcels), ("done", 25));
        assert!(later.root != done.root);
    })
    .await;
}

/// What a run was planned with is gone: its chunks are refused and say why, and nothing is judged by something else instead.
#[sqlx::test(migrations = "./migrations")]
async fn a_chunk_that_cannot_go_by_its_pins_is_refused(pool: PgPool) {
    threaded(pool, |pool| async move {
        let (t, _, worker) = mapped_for(&pool, 30).await;
        worker.abort();
        let _ = worker.await;
        for (change, said) in [
            (
                "update verification_run set pins = jsonb_set(pins, '{engine}', '\"diaba.engine/0\"') where id = $1",
                "the engine diaba.engine/0",
            ),
            (
                "update verification_run set pins = jsonb_set(pins, '{rules}', '\"abc\"') where id = $1",
                "another rule book (abc",
            ),
            (
                "update verification_run set pins = jsonb_set(pins, '{layers,5899,0}', '777') where id = $1",
                "layer version 777",
            ),
            ("update verification_run set pins = null where id = $1", "run-pins (none)"),
        ] {
            let run = whole_commune(&t).await;
            sqlx::query(change).bind(run).execute(&pool).await.unwrap();
            sqlx::query("update verification_run set state = 'running' where id = $1")
                .bind(run)
                .execute(&pool)
                .await
                .unwrap();
            let refused = t.try_run("verify_chunk", json!({"run_id": run, "no": 0})).await.unwrap_err();
            assert!(refused.contains(said), "{change}: {refused}");
            assert_eq!(found(&t, run).await.parcels_done, 0);
        }
    })
    .await;
}

/// Parcels on which the former version lay, and the new one does not, are verified again too.
#[sqlx::test(migrations = "./migrations")]
async fn a_run_over_a_version_takes_what_the_former_one_covered(pool: PgPool) {
    threaded(pool, |pool| async move {
        let (t, gis, worker) = mapped_for(&pool, 30).await;
        let of = async |id: i64| {
            let selection = Selection { layer_version: Some(id), ..Selection::default() };
            let run = batch::start(&t.app, &Actor::system("test"), selection).await.unwrap().id;
            drain(&t.app, registry().unwrap()).await.unwrap();
            found(&t, run).await.parcels
        };
        let (map, ask) = recovery((1.0, 199.0), (10.0, 20.0));
        let first = publish_map(&gis, map, &ask).await;
        // each of the two maps proposes a run over it; who begins one, or cancels it, has seen that
        let proposed = async || {
            let told = gis.get("/api/v1/verification-run-proposals").await.body;
            let one = |p: &Value| (p["layer_version_id"].as_i64().unwrap(), p["what"].as_str().unwrap().to_owned());
            told["items"].as_array().unwrap().iter().map(one).collect::<BTreeSet<_>>()
        };
        assert_eq!(proposed().await.len(), 2);
        let (map, ask) = recovery((101.0, 299.0), (210.0, 220.0));
        let sent = crate::ward::send(&gis, "thửa.csv", map, &ask).await;
        crate::ward::wait(&gis, &sent).await;
        let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
        let second = import.body["report"]["layer_version_id"].as_i64().unwrap();
        worker.abort();
        let _ = worker.await;
        assert_eq!(of(first).await, 10);
        assert!(proposed().await.iter().all(|(id, _)| *id != first), "{:?}", proposed().await);
        // not published yet: what it would change
        assert_eq!(of(second).await, 15);
        let by = Actor::system("test");
        t.advance(time::Duration::minutes(1));
        layer::publish(&t.app, &by, second).await.unwrap();
        assert!(proposed().await.contains(&(second, "published".into())));
        assert_eq!((of(second).await, of(first).await), (15, 15));
        assert_eq!(proposed().await.len(), 1);
        layer::withdraw(&t.app, &by, "recovery_test", "all", "published by mistake").await.unwrap();
        assert!(proposed().await.contains(&(second, "withdrawn".into())));

        // who knows that none is needed says so; until the map changes again
        let dismissal = format!("/api/v1/verification-run-proposals/{second}/dismissal");
        let why = json!({"reason": "It lay over water only"});
        assert_eq!(gis.post(&dismissal, json!({"reason": "no"})).await.refused(), ["reason: length"]);
        let done = gis.post(&dismissal, why.clone()).await;
        assert_eq!((done.status.as_u16(), &done.body["proposal"]["what"]), (200, &json!("withdrawn")), "{}", done.text);
        assert_eq!(gis.post(&dismissal, why).await.status.as_u16(), 404, "it proposes nothing any more");
        assert!(proposed().await.iter().all(|(id, _)| *id != second), "{:?}", proposed().await);
        let told: (String, String) =
            sqlx::query_as("select actor, detail->>'reason' from audit where action = 'verification_run.dismiss'")
                .fetch_one(&t.app.pool)
                .await
                .unwrap();
        assert_eq!(told, ("gis".into(), "It lay over water only".into()));
        t.advance(time::Duration::minutes(1));
        layer::rollback(&t.app, &by, "recovery_test", "all", Some(2)).await.unwrap();
        assert!(proposed().await.contains(&(second, "published".into())));
        let id = second.to_string();
        let told = ["verify", "--proposed", "--dismiss", &id, "--reason", "It lay over water only"];
        crate::command_line::says(&t, &told, &["recovery_test: mới công bố ngày", "đã bỏ đề xuất"]).await;
        assert!(proposed().await.iter().all(|(id, _)| *id != second), "{:?}", proposed().await);
    })
    .await;
}
