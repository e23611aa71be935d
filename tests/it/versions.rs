//! Versions of a layer: sent again, declared anew, compared, brought back, withdrawn.

use crate::batch::{all_verdicts, same_as_alone};
use crate::command_line::diaba;
use crate::test_app::{Answer, Caller};
use crate::ward::{EAST, NORTH, ZONE, ask, map, mapped, parcel, publish_map, send, threaded, wait};
use diaba::domain::verify::{Gathered, Wish};
use diaba::flow::staff::Actor;
use diaba::flow::{layer, proof, verification};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// Everything within 2 km of the parcels.
pub fn around() -> String {
    let (w, s, e, n) = (EAST - 2000.0, NORTH - 2000.0, EAST + 2000.0, NORTH + 2000.0);
    format!("POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))")
}

/// What is asked of a register of encumbrances that is complete around the parcels.
fn register(source_date: &str) -> Value {
    json!({"layer": "register_test", "theme": "encumbrance", "zone": ZONE, "crs": format!("EPSG:{ZONE}"),
        "coverage": {"wkt": around()}, "source_date": source_date})
}

/// Sends a map; gives what the import says.
pub async fn import(gis: &Caller, content: String, ask: &Value) -> Value {
    let sent = send(gis, "ban_do.csv", content, ask).await;
    wait(gis, &sent).await;
    let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
    assert_eq!(import.body["state"], "done", "{}", import.text);
    import.body["report"].clone()
}

pub async fn publish_version(gis: &Caller, report: &Value) -> Answer {
    gis.post(&format!("/api/v1/layer-versions/{}/publish", report["layer_version_id"]), json!({})).await
}

/// Verdict of a check on a subject, as the inspection of a parcel gives it now.
pub async fn verdict(caller: &Caller, parcel: &str, check: &str, subject: &str) -> String {
    let record = caller.get(&format!("/api/v1/parcels/{parcel}/inspection")).await;
    let found = record.body["findings"].as_array().unwrap_or_else(|| panic!("{}", record.text));
    let one = found.iter().find(|f| f["check"] == check && f["subject"] == subject);
    one.unwrap_or_else(|| panic!("no {check} {subject}: {}", record.text))["verdict"].as_str().unwrap().to_owned()
}

/// A register proves "clear" for seven days: the same rows of a later day are a new version, and nothing of them differs.
#[sqlx::test(migrations = "./migrations")]
async fn the_same_rows_of_a_later_day_are_a_new_version(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let today = t.app.clock.today();
        let old = (today - time::Duration::days(30)).to_string();
        let rows = "MaXa,SoTo,SoThua,Loai\n20194,12,346,mortgage\n".to_owned();
        let first = import(&gis, rows.clone(), &register(&old)).await;
        assert_eq!(first["differs"], Value::Null, "{first}");
        publish_version(&gis, &first).await;
        let parcel = parcel(&gis, 345).await;
        assert_eq!(verdict(&gis, &parcel, "encumbrance.register", "encumbrance").await, "stale_source");

        let again = import(&gis, rows.clone(), &register(&old)).await;
        assert_eq!((&again["unchanged"], &again["differs"]), (&json!(true), &json!([])), "{again}");
        let mut fresh = register(&today.to_string());
        fresh["accuracy_m"] = json!(0.25);
        let second = import(&gis, rows.clone(), &fresh).await;
        assert_eq!(second["unchanged"], false, "{second}");
        assert_eq!(second["differs"], json!(["source_date", "accuracy_m"]), "{second}");
        assert_eq!(publish_version(&gis, &second).await.body["replaced"], first["layer_version_id"]);
        let path = format!("/api/v1/layer-versions/{}/diff/{}", first["layer_version_id"], second["layer_version_id"]);
        let diff = gis.get(&path).await;
        assert_eq!((&diff.body["added"], &diff.body["changed"]), (&json!(0), &json!(0)), "{}", diff.text);
        assert_eq!(verdict(&gis, &parcel, "encumbrance.register", "encumbrance").await, "clear");

        let mut narrower = fresh.clone();
        narrower["coverage"] = json!({"wkt": format!("POLYGON(({EAST} {NORTH}, {} {NORTH}, {EAST} {}, {EAST} {NORTH}))", EAST + 90.0, NORTH + 90.0)});
        assert_eq!(import(&gis, rows, &narrower).await["differs"], json!(["coverage"]));
    })
    .await;
}

/// A cadastral map of a later day speaks for the parcels it left as they were, and so it is pinned; what was pinned before stays.
#[sqlx::test(migrations = "./migrations")]
async fn a_map_of_a_later_day_speaks_for_its_parcels(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let care = t.signed_in("care", &["customer_care", "legal"]).await;
        let case = care.open_case().await;
        let verify = format!("/api/v1/cases/{case}/verifications");
        let before = care.post(&verify, json!({})).await;
        assert!(before.status.is_success(), "{}", before.text);
        let mut later = ask();
        later["source_date"] = json!("2026-02-20");
        let report = import(&gis, map(&[345, 346]), &later).await;
        assert_eq!(report["differs"], json!(["source_date"]), "{report}");
        let published = publish_version(&gis, &report).await;
        assert_eq!(published.body["parcels"]["unchanged"], 2, "{}", published.text);
        let after = care.post(&verify, json!({})).await;
        assert_eq!(after.body["record"]["pins"]["layers"][0]["layer_version_id"], report["layer_version_id"]);
        for answer in [&before, &after] {
            let id: Uuid = answer.body["id"].as_str().unwrap().parse().unwrap();
            let again = proof::replay(&t.app, &Actor::system("test"), id, &proof::Seen::default()).await.unwrap();
            assert!(again.same, "{again:?}");
        }
        let id: Uuid = parcel(&gis, 346).await.parse().unwrap();
        let alone = verification::inspect(&t.app, ZONE, id, Wish::default()).await.unwrap();
        assert_eq!(json!(alone.record.pins.layers[0].source_date), "2026-02-20");
    })
    .await;
}

/// A block keyed to a parcel is found for it wherever it is drawn, by one verification and by a run; drawn elsewhere, it says
/// nothing of who lies near.
#[sqlx::test(migrations = "./migrations")]
async fn an_entry_is_found_by_its_name_wherever_it_is_drawn(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let (w, s) = (EAST + 1000.0, NORTH + 1000.0);
        let area = format!("POLYGON(({w} {s}, {} {s}, {w} {}, {w} {s}))", w + 9.0, s + 9.0);
        let rows = format!("WKT,MaXa,SoTo,SoThua,Loai\n\"{area}\",20194,12,345,block\n");
        publish_version(&gis, &import(&gis, rows, &register(&t.app.clock.today().to_string())).await).await;
        let mut found = vec![];
        for number in [345, 346] {
            let one = parcel(&gis, number).await;
            found.push(verdict(&gis, &one, "encumbrance.register", "encumbrance").await);
        }
        assert_eq!(found, ["hit", "clear"]);
        let run = gis.post("/api/v1/verification-runs", json!({"zone": ZONE})).await;
        let run =
            format!("/api/v1/verification-runs/{}", run.body["id"].as_str().unwrap_or_else(|| panic!("{}", run.text)));
        for _ in 0..100 {
            if gis.get(&run).await.body["state"] == "done" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let run: Uuid = run.rsplit('/').next().unwrap().parse().unwrap();
        let verdicts = all_verdicts(&t, run).await;
        assert_eq!(verdicts.len(), 2);
        same_as_alone(&t, run, &verdicts).await;
    })
    .await;
}

/// While the map changes under it, a verdict is of one state of it: the parcel's and its neighbours' of the same version.
#[sqlx::test(migrations = "./migrations")]
async fn a_verdict_is_of_one_moment(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let id: Uuid = parcel(&gis, 345).await.parse().unwrap();
        let longer = map(&[345, 346]).replace(&format!("{}", NORTH + 10.0), &format!("{}", NORTH + 11.0));
        assert_ne!(longer, map(&[345, 346]));
        publish_map(&gis, longer, &ask()).await;
        let done = Arc::new(AtomicBool::new(false));
        let (app, stop) = (t.app.clone(), done.clone());
        let turns = tokio::spawn(async move {
            let by = Actor::system("test");
            let mut turned = 0;
            while !stop.load(Ordering::Relaxed) {
                let to = Some(1 + turned % 2);
                layer::rollback(&app, &by, "cadastral_test", "20194", to).await.unwrap();
                turned += 1;
            }
            turned
        });
        let area = |shape: &geo::MultiPolygon<f64>| geo::Area::unsigned_area(shape).round();
        let mut seen = BTreeSet::new();
        for _ in 0..400 {
            let facts = verification::facts_of_parcel(&t.app, ZONE, id, Wish::default()).await.unwrap();
            let own = facts.parcel.as_ref().unwrap();
            let Gathered::Read(neighbours) = &facts.neighbours else { panic!("{:?}", facts.neighbours) };
            let areas = (area(&own.boundary.as_ref().unwrap().geom), area(&neighbours[0].boundary));
            assert_eq!(areas.0, areas.1, "parcel and neighbour are of two states of the map");
            seen.insert(areas.0 as i64);
        }
        done.store(true, Ordering::Relaxed);
        assert!(turns.await.unwrap() > 5);
        assert_eq!(seen, BTreeSet::from([200, 220]));
    })
    .await;
}

/// A map published by mistake is taken back: its layer has no current version, nothing is clear by it, and it can come back.
#[sqlx::test(migrations = "./migrations")]
async fn a_map_published_by_mistake_is_withdrawn(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let parcel = parcel(&gis, 345).await;
        let today = t.app.clock.today().to_string();
        let rows = "MaXa,SoTo,SoThua,Loai\n20194,12,346,mortgage\n".to_owned();
        publish_version(&gis, &import(&gis, rows, &register(&today)).await).await;
        let register = async || verdict(&gis, &parcel, "encumbrance.register", "encumbrance").await;
        assert_eq!(register().await, "clear");
        let back = gis.post("/api/v1/layers/register_test/rollback", json!({})).await;
        assert_eq!(back.refused(), ["to: nothing-to-roll-back"], "{}", back.text);
        let withdraw = "/api/v1/layers/register_test/withdraw";
        assert_eq!(gis.post(withdraw, json!({"reason": "oops"})).await.refused(), ["reason: length"]);
        let reason = json!({"reason": "It is the register of another commune."});
        let done = gis.post(withdraw, reason.clone()).await;
        assert_eq!(done.body["number"], 1, "{}", done.text);
        assert_eq!(gis.post(withdraw, reason.clone()).await.status, 404);
        assert_eq!(register().await, "not_covered");
        let told = "select count(*) from audit where action = 'layer.withdraw' and detail->>'reason' like 'It is%'";
        assert_eq!(sqlx::query_scalar::<_, i64>(told).fetch_one(&t.app.pool).await.unwrap(), 1);
        let back = gis.post("/api/v1/layers/register_test/rollback", json!({"to": 1})).await;
        assert_eq!(back.body["number"], 1, "{}", back.text);
        assert_eq!(register().await, "clear");

        // The parcels of a cadastral map end with it, and are the same when it comes back.
        let of_map = json!({"coverage_key": "20194", "reason": "The sheet of another commune."});
        let gone = gis.post("/api/v1/layers/cadastral_test/withdraw", of_map).await;
        assert_eq!(gone.body["parcels"]["removed"], 2, "{}", gone.text);
        assert_eq!(gis.get(&format!("/api/v1/parcels/{parcel}")).await.body["current"], false);
        let back = gis.post("/api/v1/layers/cadastral_test/rollback", json!({"coverage_key": "20194", "to": 1})).await;
        assert_eq!(back.body["parcels"]["added"], 2, "{}", back.text);
        assert_eq!(gis.get(&format!("/api/v1/parcels/{parcel}")).await.body["current"], true);
    })
    .await;
}

/// Counts are of all rows, listed or not; layers that have nothing in common are not compared.
#[sqlx::test(migrations = "./migrations")]
async fn a_difference_counts_all_and_compares_like_with_like(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let first = gis.get("/api/v1/layers").await.body["items"][0]["id"].clone();
        let mut later = ask();
        later["source_date"] = json!("2026-03-01");
        let second = import(&gis, map(&[346, 347]), &later).await;
        let second = &second["layer_version_id"];
        let diff = gis.get(&format!("/api/v1/layer-versions/{first}/diff/{second}?limit=2")).await.body;
        let counted = ["added", "removed", "changed"].map(|k| diff[k].as_i64().unwrap());
        assert_eq!((counted, &diff["truncated"]), ([1, 1, 1], &json!(true)), "{diff}");
        assert_eq!(
            (diff["rows"].as_array().unwrap().len(), &diff["declared"][0]),
            (2, &json!("source_date")),
            "{diff}"
        );
        let other = import(&gis, "MaXa,SoTo,SoThua\n20194,12,346\n".into(), &register("2026-03-01")).await;
        let path = format!("/api/v1/layer-versions/{first}/diff/{}", other["layer_version_id"]);
        assert_eq!(gis.get(&path).await.refused(), ["to: other-layer"]);
    })
    .await;
}

/// A layer or a theme that nobody knows is refused: an empty list would read as "nothing loaded yet".
#[sqlx::test(migrations = "./migrations")]
async fn a_list_of_what_nobody_knows_is_refused(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        for (query, fault) in
            [("layer=cadastral_tset", "layer: layer-unknown"), ("theme=cadastre", "theme: theme-unknown")]
        {
            let refused = gis.get(&format!("/api/v1/layers?{query}")).await;
            assert_eq!(refused.refused(), [fault], "{query}");
            let said = &refused.body["errors"][0];
            assert!(said["allowed"].as_str().unwrap().contains("cadastral"), "{said}");
        }
        for query in ["layer=cadastral_test", "theme=cadastral"] {
            let found = gis.get(&format!("/api/v1/layers?{query}")).await;
            assert_eq!(found.body["items"].as_array().unwrap().len(), 1, "{query}: {}", found.text);
        }
        assert!(gis.get("/api/v1/layers?theme=recovery").await.body["items"].as_array().unwrap().is_empty());
        let (good, said) = diaba(&t, &["layer", "list", "--layer", "cadastral_tset"]).await;
        assert!(!good && said.contains("[layer-unknown]") && said.contains("cadastral_test"), "{said}");
        let nowhere = "/api/v1/verification-runs/019a0000-0000-7000-8000-00000000dead/findings?check=planning.recovry";
        assert_eq!(gis.get(nowhere).await.refused(), ["check: not-in-list"]);
    })
    .await;
}

/// A run over a version of the map takes the parcels that are as they were in an earlier version too, and those without a boundary.
#[sqlx::test(migrations = "./migrations")]
async fn a_run_over_a_version_takes_what_it_left_unchanged(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        t.advance(time::Duration::minutes(5));
        let more = map(&[345, 346, 347]) + ",20194,12,348,200,ODT\n";
        let version = publish_map(&gis, more, &ask()).await;
        let run = gis.post("/api/v1/verification-runs", json!({"layer_version": version})).await;
        let run = format!("/api/v1/verification-runs/{}", run.body["id"].as_str().unwrap());
        let done = async || gis.get(&run).await.body;
        for _ in 0..100 {
            if done().await["state"] == "done" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let done = done().await;
        assert_eq!((&done["state"], &done["parcels_done"]), (&json!("done"), &json!(4)), "{done}");
    })
    .await;
}

/// What is wrong with a coverage, or with every row, is said.
#[sqlx::test(migrations = "./migrations")]
async fn a_coverage_is_looked_at_and_a_file_of_bad_rows_says_why(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        for (coverage, code) in [
            (
                "POLYGON((550000 1777000, 550100 1777100, 550100 1777000, 550000 1777100, 550000 1777000))",
                "wkt-unreadable",
            ),
            ("POLYGON((108 16, 109 16, 109 17, 108 16))", "coverage-elsewhere"),
            ("POINT(550000 1777000)", "wkt-unreadable"),
        ] {
            let mut ask = ask();
            ask["coverage"] = json!({ "wkt": coverage });
            assert_eq!(refusal(&gis, map(&[345, 999]), &ask).await, code, "{coverage}");
        }
        let lines = "WKT,MaXa,SoTo,SoThua\n\"LINESTRING(550000 1777000, 550010 1777000)\",20194,12,1\n".to_owned();
        assert_eq!(refusal(&gis, lines, &ask()).await, "every-row-set-aside");
    })
    .await;
}

/// What lies beyond a coverage is kept and told; a coverage that leaves out most rows is about other ground.
#[sqlx::test(migrations = "./migrations")]
async fn rows_beyond_the_coverage_are_told(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        // four parcels of 20 m in a row: 345 and 346 within, 347 half, 348 beyond
        let covering = |metres: f64| {
            let (w, s, e, n) = (EAST - 5.0, NORTH - 5.0, EAST + metres, NORTH + 15.0);
            let mut ask = ask();
            ask["coverage"] = json!({"wkt": format!("POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))")});
            ask
        };
        let row = map(&[345, 346, 347, 348]);
        let told = import(&gis, row.clone(), &covering(50.0)).await;
        let said = |code: &str| {
            let all = told["issues"].as_array().unwrap().iter();
            all.filter(|i| i["code"] == code).map(|i| (i["rows"].clone(), i["set_aside"].clone())).next()
        };
        assert_eq!(told["rows_good"], 4, "{told}");
        assert_eq!(said("partly_outside_coverage"), Some((json!(1), json!(false))), "{told}");
        assert_eq!(said("outside_coverage"), Some((json!(1), json!(false))), "{told}");
        assert_eq!(refusal(&gis, row, &covering(15.0)).await, "coverage-elsewhere", "three of four lie beyond");

        // a zone whose corners all lie outside the coverage, and that holds it whole, is not beyond it
        let (w, s, e, n) = (EAST - 900.0, NORTH - 900.0, EAST + 900.0, NORTH + 900.0);
        let zone = format!("WKT,code\n\"POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))\",NGAP\n");
        let mut around = covering(50.0);
        for (k, v) in [("layer", "flood_test"), ("profile", "generic"), ("theme", "hazard_flood")] {
            around[k] = json!(v);
        }
        let told = import(&gis, zone, &around).await;
        assert_eq!(
            told["issues"],
            json!([{"code": "partly_outside_coverage", "set_aside": false, "rows": 1}]),
            "{told}"
        );
    })
    .await;
}

async fn refusal(gis: &Caller, content: String, ask: &Value) -> String {
    let sent = send(gis, "ban_do.csv", content, ask).await;
    wait(gis, &sent).await;
    let import = gis.get(&format!("/api/v1/imports/{}", sent.body["id"].as_str().unwrap())).await;
    import.body["report"]["errors"][0]["code"].as_str().unwrap_or_else(|| panic!("{}", import.text)).to_owned()
}
