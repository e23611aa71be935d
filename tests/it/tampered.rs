//! One changed byte in what a verdict rests on beside the parcels' own rows: the ground that a map claims, a feature of another theme, a
//! paper's scan. A replay names it, alone and in a run.

use crate::batch::all_verdicts;
use crate::closing::png;
use crate::test_app::{Caller, TestApp};
use crate::versions::{import, publish_version};
use crate::ward::{EAST, NORTH, ZONE, publish, start_worker, threaded};
use diaba::flow::proof::{self, Difference};
use diaba::flow::staff::Actor;
use diaba::flow::{batch, verification};
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// Changes behind the service's back, what of the version is named then, and how it is put back.
const CHANGES: [(&str, &str, &str); 6] = [
    (
        "coverage",
        "update layer_version set coverage = st_translate(coverage, 0.0009765625, 0)",
        "update layer_version set coverage = st_translate(coverage, -0.0009765625, 0)",
    ),
    ("set_aside", "update layer_version set set_aside = null", ""),
    ("rows", "update feature set code = 'thu_hoj' where code = 'thu_hoi'", "update feature set code = 'thu_hoi'"),
    (
        "rows",
        "update feature set attrs = jsonb_set(attrs, '{note}', '\"quyet dinh 2\"')",
        "update feature set attrs = jsonb_set(attrs, '{note}', '\"quyet dinh 1\"')",
    ),
    (
        "rows",
        "update feature set geom = st_translate(geom, 0, 0.0009765625)",
        "update feature set geom = st_translate(geom, 0, -0.0009765625)",
    ),
    (
        "decision",
        "update layer_version set decision = '13/QĐ-UBND'",
        "update layer_version set decision = '12/QĐ-UBND'",
    ),
];

struct Bench {
    t: TestApp,
    legal: Caller,
    /// The recovery map: a zone on the first parcel, a row on the second that was set aside.
    version: i64,
}

impl Bench {
    async fn new(pool: PgPool) -> Self {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &[345, 346]).await;
        let (e, n) = (EAST, NORTH);
        let around = format!(
            "POLYGON(({0} {1}, {2} {1}, {2} {3}, {0} {3}, {0} {1}))",
            e - 500.0,
            n - 500.0,
            e + 500.0,
            n + 500.0
        );
        let zone = format!(
            "\"POLYGON(({e} {n}, {0} {n}, {0} {1}, {e} {1}, {e} {n}))\",thu_hoi,quyet dinh 1\n",
            e + 5.0,
            n + 5.0
        );
        let spike =
            format!("\"POLYGON(({0} {1}, {2} {3}, {0} {1}))\",thu_hoi,\n", e + 22.0, n + 1.0, e + 38.0, n + 9.0);
        let ask = json!({"layer": "recovery_test", "theme": "recovery", "zone": ZONE, "crs": format!("EPSG:{ZONE}"),
            "coverage": {"wkt": around}, "source_date": "2026-09-01", "decision": "12/QĐ-UBND"});
        let placed = import(&gis, format!("WKT,code,note\n{zone}{spike}"), &ask).await;
        assert_eq!((&placed["rows_good"], &placed["rows_set_aside"]), (&json!(1), &json!(1)), "{placed}");
        publish_version(&gis, &placed).await;
        let version = placed["layer_version_id"].as_i64().unwrap();
        let legal = t.signed_in("legal", &["legal"]).await;
        Self { t, legal, version }
    }

    /// Runs a statement on the recovery map, past every trigger.
    async fn behind(&self, sql: &str) {
        let column = if sql.starts_with("update feature") { "layer_version_id" } else { "id" };
        let only = if sql.contains(" where ") { "and" } else { "where" };
        let sql = format!(
            "set session_replication_role = replica; {sql} {only} {column} = {}; set session_replication_role = default",
            self.version
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&self.t.app.pool).await.unwrap();
    }

    /// Makes each change and takes it back; `replay` answers what differs.
    async fn each(&self, replay: impl AsyncFn() -> Option<Difference>) {
        assert_eq!(replay().await, None);
        let ground: Vec<u8> = sqlx::query_scalar("select st_asewkb(set_aside) from layer_version where id = $1")
            .bind(self.version)
            .fetch_one(&self.t.app.pool)
            .await
            .unwrap();
        for (of, change, back) in CHANGES {
            self.behind(change).await;
            let told = replay().await.unwrap_or_else(|| panic!("{change}: nothing was found"));
            let name = format!("recovery_test version 1 (id {}): {of}", self.version);
            assert_eq!((told.what, &told.name), ("layer_version", &name), "{change}: {told:?}");
            assert_ne!(told.pinned, told.found, "{change}");
            match back {
                "" => {
                    self.behind(&format!("update layer_version set set_aside = '{}'::geometry", hex::encode(&ground)))
                        .await
                }
                back => self.behind(back).await,
            }
            assert_eq!(replay().await, None, "{back}");
        }
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_verification_names_what_changed_of_a_map(pool: PgPool) {
    threaded(pool, |pool| async move {
        let b = Bench::new(pool).await;
        let case: Uuid = b.legal.open_case().await.parse().unwrap();
        let by = Actor::system("test");
        let made = verification::verify_case(&b.t.app, &by, case, None).await.unwrap();
        b.each(async || proof::replay(&b.t.app, &by, made.id, &proof::Seen::default()).await.unwrap().first_difference)
            .await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_run_names_what_changed_of_a_map(pool: PgPool) {
    threaded(pool, |pool| async move {
        let b = Bench::new(pool).await;
        let asked = serde_json::from_value(json!({"commune": "20194"})).unwrap();
        let run = batch::start(&b.t.app, &Actor::system("test"), asked).await.unwrap().id;
        while batch::find(&b.t.app, run).await.unwrap().state != "done" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(all_verdicts(&b.t, run).await.len(), 2);
        b.each(async || {
            let done = proof::replay_chunk(&b.t.app, run, 0, None, &proof::Seen::default()).await.unwrap();
            assert_eq!(done.len(), 2);
            let mut told: Vec<_> = done.into_iter().map(|d| d.first_difference).collect();
            assert_eq!(told[0], told[1], "each of its parcels rests on it");
            told.remove(0)
        })
        .await;
    })
    .await;
}

/// The one file under the folder of scans.
fn stored(folder: &Path) -> std::path::PathBuf {
    let found = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect::<Vec<_>>();
    match &found[..] {
        [one] if one.is_dir() => stored(one),
        [one] => one.clone(),
        other => panic!("{other:?}"),
    }
}

/// A paper's scan with one byte changed, with its end cut off, with another scan in its place, and gone.
#[sqlx::test(migrations = "./migrations")]
async fn a_changed_scan_is_named(pool: PgPool) {
    threaded(pool, |pool| async move {
        let b = Bench::new(pool).await;
        let case = b.legal.open_case().await;
        let papers = format!("/api/v1/cases/{case}/papers");
        let card = json!({"kind": "identity_card", "number": "001080000011", "name": "Nguyễn Văn Mẫu"});
        let paper = b.legal.post(&papers, card).await.body["id"].as_str().unwrap().to_owned();
        let sent = b.legal.send(b.legal.request(Method::POST, &format!("{papers}/{paper}/scan")).body(png(1240))).await;
        assert!(sent.status.is_success(), "{}", sent.text);
        let made = b.legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let id: Uuid = made.body["id"].as_str().unwrap().parse().unwrap();
        let by = Actor::system("test");
        let told = async || proof::replay(&b.t.app, &by, id, &proof::Seen::default()).await.unwrap();
        assert!(told().await.same);
        let file = stored(&b.t.app.config.home.join("scans"));
        let whole = std::fs::read(&file).unwrap();
        let flipped = |at: usize| {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            Some(changed)
        };
        let other = b.t.app.vault.seal("scan/other", &png(1241)).unwrap();
        let tampered = [
            flipped(0),
            flipped(whole.len() / 2),
            flipped(whole.len() - 1),
            Some(whole[..whole.len() - 1].to_vec()),
            Some(other),
            None,
        ];
        for content in tampered {
            match content {
                Some(content) => std::fs::write(&file, content).unwrap(),
                None => std::fs::remove_file(&file).unwrap(),
            }
            let found = told().await;
            let difference = found.first_difference.as_ref().unwrap_or_else(|| panic!("{found:?}"));
            assert_eq!((found.same, difference.what), (false, "paper"), "{difference:?}");
            assert!(difference.name.contains(&paper) && difference.name.ends_with(" scan"), "{difference:?}");
        }
        std::fs::write(&file, &whole).unwrap();
        assert!(told().await.same, "put back");
    })
    .await;
}
