//! What an import could not take over is never called clear; what reaches far is found from far. Alone and in a run.

use crate::batch::{all_verdicts, replayed_alike, same_as_alone};
use crate::test_app::TestApp;
use crate::versions::{around, import, publish_version, verdict};
use crate::ward::{EAST, NORTH, ZONE, mapped, parcel, threaded};
use diaba::flow::batch;
use diaba::flow::staff::Actor;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::time::Duration;

fn zones(t: &TestApp, layer: &str, theme: &str) -> Value {
    json!({"layer": layer, "theme": theme, "zone": ZONE, "crs": format!("EPSG:{ZONE}"), "coverage": {"wkt": around()},
        "source_date": t.app.clock.today().to_string()})
}

/// Runs all parcels; their verdicts are those of each alone, and come out the same again.
async fn run_alike(t: &TestApp) {
    let asked = serde_json::from_value(json!({"commune": "20194"})).unwrap();
    let run = batch::start(&t.app, &Actor::system("test"), asked).await.unwrap().id;
    while batch::find(&t.app, run).await.unwrap().state != "done" {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let verdicts = all_verdicts(t, run).await;
    assert_eq!(verdicts.len(), 2);
    same_as_alone(t, run, &verdicts).await;
    replayed_alike(t, run, &verdicts).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_row_that_was_set_aside_is_never_clear_ground(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let (west, east) = (parcel(&gis, 345).await, parcel(&gis, 346).await);
        let far = format!(
            "\"POLYGON(({0} {1}, {2} {1}, {2} {3}, {0} {1}))\",thu_hoi\n",
            EAST + 500.0,
            NORTH,
            EAST + 600.0,
            NORTH + 50.0
        );
        // No area is left of it: it cannot be mended, and its box lies within parcel 346.
        let spike = format!(
            "\"POLYGON(({0} {1}, {2} {3}, {0} {1}))\",thu_hoi\n",
            EAST + 22.0,
            NORTH + 1.0,
            EAST + 38.0,
            NORTH + 9.0
        );
        let ask = zones(&t, "recovery_test", "recovery");
        let placed = import(&gis, format!("WKT,code\n{far}{spike}"), &ask).await;
        assert_eq!((&placed["rows_good"], &placed["rows_set_aside"]), (&json!(1), &json!(1)), "{placed}");
        publish_version(&gis, &placed).await;
        assert_eq!(verdict(&gis, &west, "planning.recovery", "recovery").await, "clear");
        assert_eq!(verdict(&gis, &east, "planning.recovery", "recovery").await, "partly_covered");
        run_alike(&t).await;

        // Two bad rows, one of them without a place: it may lie anywhere.
        let lost = import(&gis, format!("WKT,code\n{far}{spike},thu_hoi\n"), &ask).await;
        assert_eq!(lost["differs"], json!(["rows_set_aside"]), "{lost}");
        publish_version(&gis, &lost).await;
        assert_eq!(verdict(&gis, &west, "planning.recovery", "recovery").await, "partly_covered");
        assert_eq!(verdict(&gis, &east, "planning.recovery", "recovery").await, "partly_covered");
        let record = gis.get(&format!("/api/v1/parcels/{west}/inspection")).await;
        let pin =
            record.body["pins"]["layers"].as_array().unwrap().iter().find(|l| l["layer"] == "recovery_test").unwrap();
        assert_eq!((&pin["rows_bad"], &pin["rows_unplaced"]), (&json!(2), &json!(1)), "{pin}");
        run_alike(&t).await;

        // A row twice is no loss: it is there once.
        let twice = import(&gis, format!("WKT,code\n{far}{far}"), &ask).await;
        assert_eq!(twice["rows_set_aside"], 1, "{twice}");
        publish_version(&gis, &twice).await;
        assert_eq!(verdict(&gis, &east, "planning.recovery", "recovery").await, "clear");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_wide_corridor_is_found_from_far(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let gis = t.signed_in("maps", &["gis_analyst"]).await;
        let west = parcel(&gis, 345).await;
        let line = |north: f64, half: f64| {
            format!("\"LINESTRING({0} {1}, {2} {1})\",{half}\n", EAST - 300.0, NORTH + north, EAST + 300.0)
        };
        let ask = zones(&t, "power_test", "power_line");
        let near = import(&gis, format!("WKT,half_width_m\n{}", line(300.0, 285.0)), &ask).await;
        publish_version(&gis, &near).await;
        assert_eq!(verdict(&gis, &west, "planning.protection", "power_line").await, "clear", "it ends 5 m off");
        run_alike(&t).await;
        let over = import(&gis, format!("WKT,half_width_m\n{}", line(300.0, 295.0)), &ask).await;
        publish_version(&gis, &over).await;
        assert_eq!(verdict(&gis, &west, "planning.protection", "power_line").await, "hit");
        run_alike(&t).await;

        let absurd =
            import(&gis, format!("WKT,half_width_m\n{}{}", line(300.0, 2.0), line(900.0, 60_000.0)), &ask).await;
        assert_eq!(absurd["issues"][0]["code"], "half_width_range", "{absurd}");
        publish_version(&gis, &absurd).await;
        assert_eq!(verdict(&gis, &west, "planning.protection", "power_line").await, "partly_covered");
    })
    .await;
}
