//! Many parcels in one run: the verdicts of one at a time, to the last digit; begun, watched, paused, cancelled by the API.

use crate::test_app::{Caller, TestApp};
use crate::ward::{publish, start_worker, threaded};
use diaba::domain::demo::generate_on;
use diaba::domain::verify::{Certainty, FindingRecord, Verdict, Wish};
use diaba::flow::batch::{self, FindingWish, VerdictView};
use diaba::flow::staff::Actor;
use diaba::flow::{demo, proof, verification};
use diaba::worker::{drain, registry};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeMap;
use uuid::Uuid;

const RUNS: &str = "/api/v1/verification-runs";

/// The demo ward's maps with some of its cases.
pub async fn demo_ward(t: &TestApp, parcels: usize) {
    let by = Actor::system("test");
    let ward = generate_on(20_261_123, parcels, t.app.clock.today());
    let folder = t.app.config.home.join("demo");
    demo::write(&t.app, &ward, &folder).await.unwrap();
    demo::load(&t.app, &by, &ward, &folder, &mut |_| {}).await.unwrap();
    for c in ward.cases.iter().take(5) {
        let case = demo::hand_in(&t.app, &by, c).await.unwrap().case_id;
        verification::verify_case(&t.app, &by, case, None).await.unwrap();
    }
}

pub async fn all_verdicts(t: &TestApp, run: Uuid) -> Vec<VerdictView> {
    batch::verdicts(&t.app, run, None, None, None, i64::MAX).await.unwrap()
}

/// What a run keeps of one parcel, told apart by weight.
fn expected(findings: &[FindingRecord]) -> (Vec<(String, String, String)>, Value) {
    let quiet = |f: &&FindingRecord| {
        matches!(f.verdict, Verdict::Clear | Verdict::NotApplicable) && f.certainty.is_none_or(|c| c == Certainty::None)
    };
    let word = |v: &Verdict| json!(v).as_str().unwrap().to_owned();
    let weighing = findings.iter().filter(|f| !quiet(f));
    let weighing = weighing.map(|f| (f.check.to_string(), f.subject.clone(), word(&f.verdict))).collect();
    (weighing, findings.iter().filter(quiet).map(|f| json!([f.check, f.subject, f.verdict])).collect())
}

/// Every verdict of the run is the one that a verification of the parcel alone gives, to the last digit of its record.
pub async fn same_as_alone(t: &TestApp, run: Uuid, verdicts: &[VerdictView]) {
    for v in verdicts {
        let alone = verification::inspect(&t.app, v.zone, v.parcel_id, Wish::default()).await.unwrap();
        let parcel = alone.record.parcel.as_ref().map(|p| format!("{}/{}", p.sheet, p.number));
        assert_eq!(v.digest.as_deref(), Some(alone.digest.as_str()), "{parcel:?}\n{}", alone.inputs);
        assert_eq!(json!(v.outcome), json!(alone.record.outcome));
        let (weighing, quiet) = expected(&alone.record.findings);
        let wish = FindingWish { parcel: Some(v.parcel_id), limit: 1000, ..Default::default() };
        let found = batch::findings(&t.app, run, &wish).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|f| (f.check, f.subject, f.verdict)).collect();
        assert_eq!((found, v.quiet.as_ref()), (weighing, Some(&quiet)));
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_run_says_of_every_parcel_what_a_verification_alone_says(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data_and(pool.clone(), |c| c.limits.chunk_parcels = 100).await;
        demo_ward(&t, 400).await;
        let by = Actor::system("test");
        let zone: i32 = sqlx::query_scalar("select zone from parcel_version limit 1").fetch_one(&pool).await.unwrap();
        let selection = serde_json::from_value(json!({"zone": zone})).unwrap();
        let run = batch::start(&t.app, &by, selection).await.unwrap().id;
        drain(&t.app, registry().unwrap()).await.unwrap();
        let done = batch::find(&t.app, run).await.unwrap();
        assert_eq!((done.state.as_str(), done.faults, done.chunks_done), ("done", 0, done.chunks), "{done:?}");
        assert!(done.chunks >= 4 && done.parcels >= 400 && done.findings > 100, "{done:?}");
        // clear, and yet something may lie there: an analyst can list them, with how much
        let wish =
            FindingWish { verdict: Some("clear"), certainty: Some("possible"), limit: 10_000, ..Default::default() };
        let possible = batch::findings(&t.app, run, &wish).await.unwrap();
        assert!(!possible.is_empty() && possible.len() as i64 <= done.possible, "{} {done:?}", possible.len());
        assert!(
            possible.iter().all(|f| f.area_low == Some(0.0) && f.area_high.is_some_and(|h| h > 0.0)),
            "{possible:?}"
        );
        let verdicts = all_verdicts(&t, run).await;
        assert_eq!(verdicts.len() as i64, done.parcels);
        same_as_alone(&t, run, &verdicts).await;
        replayed(&t, run, &verdicts).await;
        // The root is in the audit, and the audit in the chain.
        proof::extend_now(&t.app).await.unwrap();
        let root: Value = sqlx::query_scalar("select detail->'root' from audit where action = 'verification_run.done'")
            .fetch_one(&pool)
            .await
            .unwrap();
        assert_eq!(root, json!(done.root));
        assert_eq!(proof::walk(&t.app).await.unwrap().broken, None);
    })
    .await;
}

/// Maps, names and cases that a parcel alone is led to by other ways than a run.
const BESIDE: [&str; 5] = [
    // what is 12 was once called 11 too, and 13 bore the number 77 in an old commune
    "insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, reason, valid)
     select zone, parcel_id, commune_code, sheet, '11', 'declared', valid from parcel_version where number = '12'",
    "insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, reason, valid)
     select zone, parcel_id, (select min(old_code) from commune_succession where new_code = '20194' and old_code <> new_code), sheet, '77', 'commune_merged', valid
       from parcel_version where number = '13'",
    "update case_file set parcel_ref = jsonb_set(parcel_ref, '{commune_code}', to_jsonb((select min(old_code) from commune_succession where new_code = '20194' and old_code <> new_code)))
      where parcel_ref ->> 'number' = '77'",
    // a parcel that a hundred and twenty cases are about
    "insert into case_file (id, number, procedure, state, parcel_ref, created_by, created_at, updated_at, state_since)
     select gen_random_uuid(), 'HS-2026-' || (900000 + i), 'transfer', 'intake', '{\"commune_code\": \"20194\", \"sheet\": \"12\", \"number\": \"20\"}',
            'test', now(), now(), now() from generate_series(1, 120) i",
    // and one that more cases are about than are read
    "insert into case_file (id, number, procedure, state, parcel_ref, created_by, created_at, updated_at, state_since)
     select gen_random_uuid(), 'HS-2026-' || (800000 + i), 'transfer', 'intake', '{\"commune_code\": \"20194\", \"sheet\": \"12\", \"number\": \"24\"}',
            'test', now(), now(), now() from generate_series(1, 501) i",
];

#[sqlx::test(migrations = "./migrations")]
async fn older_maps_old_names_and_cases_by_name_make_no_difference(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data_and(pool.clone(), |c| c.limits.chunk_parcels = 7).await;
        let worker = start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &(1..=30).collect::<Vec<_>>()).await;
        // 5 and 9 get other numbers; the others keep their row of the map before
        publish(&gis, &(1..=30).map(|n| if n == 5 || n == 9 { n + 100 } else { n }).collect::<Vec<_>>()).await;
        worker.abort();
        let _ = worker.await;
        let care = t.signed_in("care", &["customer_care", "reviewer"]).await;
        let mut cases = vec![];
        for number in [3, 3, 4, 5, 105, 11, 12, 77, 6, 7] {
            let named = json!({"commune_code": "20194", "sheet": "12", "number": number.to_string()});
            let opened = care.post("/api/v1/cases", json!({"procedure": "transfer", "parcel_ref": named})).await;
            cases
                .push(opened.body["id"].as_str().unwrap_or_else(|| panic!("{}", opened.text)).parse::<Uuid>().unwrap());
        }
        // by the name of the commune, of today and of before, and in a spelling of its own; 23 lies in another one
        for (name, sheet, number) in
            [("Phường Hải Vân", "12", 21), ("phường Hòa Hiệp Nam", "012", 22), ("Phường Hải Châu", "12", 23)]
        {
            let named = json!({"commune_name": name, "sheet": sheet, "number": number.to_string()});
            let opened = care.post("/api/v1/cases", json!({"procedure": "transfer", "parcel_ref": named})).await;
            assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
        }
        // one knows its parcel and its name, one has ended
        verification::verify_case(&t.app, &Actor::system("test"), cases[1], None).await.unwrap();
        care.post(&format!("/api/v1/cases/{}/close", cases[9]), json!({"reason": "customer withdrew"})).await;
        for sql in BESIDE {
            let done = sqlx::query(sql).execute(&pool).await.unwrap();
            assert!(done.rows_affected() > 0, "{sql}");
        }
        let asked = serde_json::from_value(json!({"commune": "20194"})).unwrap();
        let run = batch::start(&t.app, &Actor::system("test"), asked).await.unwrap().id;
        drain(&t.app, registry().unwrap()).await.unwrap();
        let verdicts = all_verdicts(&t, run).await;
        assert_eq!(verdicts.len(), 30);
        same_as_alone(&t, run, &verdicts).await;
        let rivals = FindingWish { check: Some("encumbrance.other_cases"), limit: 100, ..Default::default() };
        let rivals = batch::findings(&t.app, run, &rivals).await.unwrap();
        assert_eq!(rivals.len(), 11, "{rivals:?}");
        let named = "select distinct number, parcel_id from parcel_version where upper_inf(valid)";
        let ids: BTreeMap<String, Uuid> = sqlx::query_as(named).fetch_all(&pool).await.unwrap().into_iter().collect();
        let of = |number: &str| {
            let found = rivals.iter().find(|f| f.parcel_id == ids[number]);
            found.map(|f| (f.verdict.as_str(), f.measured))
        };
        for (number, found) in [
            ("20", Some(("hit", Some(120.0)))),
            ("21", Some(("hit", Some(1.0)))),
            ("22", Some(("hit", Some(1.0)))),
            ("23", None),
            ("24", Some(("failed", None))),
        ] {
            assert_eq!(of(number), found, "{number}");
        }
        replayed(&t, run, &verdicts).await;
    })
    .await;
}

/// Every verification of the run comes out the same again.
pub async fn replayed_alike(t: &TestApp, run: Uuid, verdicts: &[VerdictView]) {
    let seen = proof::Seen::default();
    let mut same = 0;
    for no in proof::run_chunks(&t.app, run, None).await.unwrap() {
        for done in proof::replay_chunk(&t.app, run, no, None, &seen).await.unwrap() {
            assert!(done.same, "{done:?}");
            same += 1;
        }
    }
    assert_eq!(same, verdicts.len());
}

/// As [`replayed_alike`], after later loads too; a changed byte is named.
async fn replayed(t: &TestApp, run: Uuid, verdicts: &[VerdictView]) {
    replayed_alike(t, run, verdicts).await;
    let (id, no) = (verdicts[7].parcel_id, verdicts[7].at.0);
    let again = async || {
        let done = proof::replay_chunk(&t.app, run, no, Some(id), &proof::Seen::default()).await.unwrap();
        done[0].first_difference.as_ref().map_or("nothing", |d| d.what)
    };
    assert_eq!(again().await, "nothing");
    assert!(proof::run_differs(&t.app, run).await.unwrap().is_none());
    let outcome = format!(
        "update run_verification set outcome = '{}' where parcel_id = $1",
        verdicts[7].outcome.as_deref().expect("an outcome")
    );
    for (what, change, back) in [
        (
            "parcel",
            "update parcel_version set sheet = sheet || 'x' where parcel_id = $1",
            "update parcel_version set sheet = left(sheet, -1) where parcel_id = $1",
        ),
        (
            "kept",
            "update run_verification set outcome = case outcome when 'blocked' then 'can_proceed' else 'blocked' end where parcel_id = $1",
            outcome.as_str(),
        ),
        (
            "kept",
            "update run_verification set area_low[1] = coalesce(area_low[1], 0) + 1 where parcel_id = $1",
            "update run_verification set area_low[1] = nullif(area_low[1] - 1, 0) where parcel_id = $1",
        ),
        ("chunk", "update run_verification set digest = sha256(digest) where parcel_id = $1", ""),
    ] {
        for table in
            ["alter table run_verification disable trigger all", "alter table parcel_version disable trigger all"]
        {
            sqlx::query(table).execute(&t.app.pool).await.unwrap();
        }
        sqlx::query(change).bind(id).execute(&t.app.pool).await.unwrap();
        assert_eq!(again().await, what);
        if !back.is_empty() {
            sqlx::query(sqlx::AssertSqlSafe(back.to_owned())).bind(id).execute(&t.app.pool).await.unwrap();
            assert_eq!(again().await, "nothing", "{back}");
        }
    }
    for gone in ["delete from run_verification where chunk = 0", "delete from verification_chunk where no = 0"] {
        sqlx::query(gone).execute(&t.app.pool).await.unwrap();
        assert_eq!(proof::run_differs(&t.app, run).await.unwrap().expect(gone).what, "run");
    }
}

async fn ended(caller: &Caller, run: &str) -> Value {
    let told = caller.get(&format!("{RUNS}/{run}/events")).await.text;
    assert!(told.contains("event: end"), "{told}");
    caller.get(&format!("{RUNS}/{run}")).await.body
}

#[sqlx::test(migrations = "./migrations")]
async fn runs_are_begun_watched_and_read_by_the_api(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data_and(pool.clone(), |c| c.limits.chunk_parcels = 7).await;
        let worker = start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let version = publish(&gis, &(1..=40).collect::<Vec<_>>()).await;
        for sql in [
            "alter table parcel_version disable trigger all",
            "update parcel_version set registered_area = null where number = '3'",
            "alter table parcel_version enable trigger all",
        ] {
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        for (asked, parcels) in [
            (json!({"commune": "20194"}), 40),
            (json!({"zone": 5899, "where": "number IN ('3', '7') OR map_area > 1000"}), 2),
            (json!({"layer_version": version}), 40),
            (json!({"zone": 5899, "where": "S_INTERSECTS(geom, BBOX(550001, 1777001, 550059, 1777002))"}), 3),
            (json!({"where": "NOT land_use = 'ODT'"}), 0),
            // what is not known does not hold, and neither does its opposite
            (json!({"where": "registered_area IS NULL"}), 1),
            (json!({"where": "registered_area > 1 OR NOT registered_area > 1 OR registered_area NOT BETWEEN 1 AND 2"}), 39),
        ] {
            let begun = gis.post(RUNS, asked.clone()).await;
            assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.text);
            let id = begun.body["id"].as_str().unwrap().to_owned();
            assert_eq!(begun.header("location"), format!("{RUNS}/{id}"));
            let run = ended(&gis, &id).await;
            assert_eq!((&run["state"], &run["parcels_done"]), (&json!("done"), &json!(parcels)), "{asked}: {run}");
            let sum = ["can_proceed", "needs_papers", "needs_person", "blocked", "faults"];
            assert_eq!(sum.iter().map(|k| run[k].as_i64().unwrap()).sum::<i64>(), parcels);
        }
        let listed = gis.get(&format!("{RUNS}?limit=5")).await.body;
        assert_eq!(listed["items"].as_array().unwrap().len(), 5);
        let rest = gis.get(listed["next"].as_str().unwrap()).await.body;
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (2, &Value::Null));
        let first = rest["items"][1]["id"].as_str().unwrap();

        // page by page, each finding and each verdict once
        for list in ["findings", "verdicts"] {
            let (mut seen, mut next) = (vec![], Some(format!("{RUNS}/{first}/{list}?limit=9")));
            while let Some(page) = next {
                let page = gis.get(&page).await.body;
                seen.extend(page["items"].as_array().unwrap().iter().map(Value::to_string));
                next = page["next"].as_str().map(str::to_owned);
            }
            let all = seen.len();
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), all);
            assert_eq!(
                all as i64,
                rest["items"][1][if list == "findings" { "findings" } else { "parcels" }].as_i64().unwrap()
            );
        }
        let none = gis.get(&format!("{RUNS}/{first}/findings?verdict=hit&check=paper.serial")).await.body;
        assert_eq!(none["items"], json!([]));
        let unknown = gis.get(&format!("{RUNS}/{first}/findings?check=no.such")).await;
        assert!(unknown.status.is_client_error() && unknown.text.contains("no.such"), "{}", unknown.text);

        for (asked, field) in [
            (json!({}), "commune: required"),
            (json!({"commune": "00000"}), "commune: commune-unknown"),
            (json!({"zone": 4326}), "zone: zone-unknown"),
            (json!({"layer_version": 999}), "layer_version: layer-version-unknown"),
            (json!({"where": "owner = 'x'"}), "where: cql"),
            (json!({"where": "S_WITHIN(geom, POINT(1 2))"}), "where: cql"),
            (json!({"where": "S_INTERSECTS(geom, POINT(1 2))"}), "zone: required"),
        ] {
            assert_eq!(gis.post(RUNS, asked).await.refused(), [field]);
        }
        worker.abort();
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_run_is_paused_gone_on_with_and_cancelled(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data_and(pool.clone(), |c| c.limits.chunk_parcels = 5).await;
        let first = start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &(1..=50).collect::<Vec<_>>()).await;
        first.abort();
        let _ = first.await;
        let begun = gis.post(RUNS, json!({"commune": "20194"})).await.body;
        let run = format!("{RUNS}/{}", begun["id"].as_str().unwrap());
        let early = gis.post(&format!("{run}/pause"), json!({})).await;
        assert_eq!((early.status, &early.body["code"]), (StatusCode::CONFLICT, &json!("run-state")), "{}", early.text);

        // planned, and three of ten chunks done
        let registry = registry().unwrap();
        let step = async || {
            let kinds = ["plan_batch".to_owned(), "verify_chunk".to_owned()];
            let mut conn = t.app.pool.acquire().await.unwrap();
            let lease = std::time::Duration::from_secs(60);
            let claims =
                diaba::store::queue::work::claim(&mut conn, &"batch".into(), &kinds, 1, lease, "x").await.unwrap();
            drop(conn);
            for (lease, args) in claims {
                registry.deliver(&t.app, &lease, args).await.unwrap();
            }
        };
        for _ in 0..4 {
            step().await;
        }
        let paused = gis.post(&format!("{run}/pause"), json!({})).await.body;
        assert_eq!(
            (&paused["state"], &paused["parcels_done"], &paused["left_s"]),
            (&json!("paused"), &json!(15), &Value::Null)
        );
        let waiting = "select count(*) from job where queue = 'batch' and state = 'pending'";
        assert_eq!(sqlx::query_scalar::<_, i64>(waiting).fetch_one(&pool).await.unwrap(), 0);
        step().await;
        assert_eq!(gis.get(&run).await.body["parcels_done"], 15, "nothing goes on");

        let resumed = gis.post(&format!("{run}/resume"), json!({})).await.body;
        assert_eq!(resumed["state"], "running");
        drain(&t.app, registry.clone()).await.unwrap();
        let done = gis.get(&run).await.body;
        assert_eq!((&done["state"], &done["parcels_done"]), (&json!("done"), &json!(50)));
        assert_eq!(gis.post(&format!("{run}/cancel"), json!({})).await.status, StatusCode::CONFLICT);

        let second = gis.post(RUNS, json!({"commune": "20194"})).await.body;
        let second = format!("{RUNS}/{}", second["id"].as_str().unwrap());
        step().await;
        step().await;
        let cancelled = gis.post(&format!("{second}/cancel"), json!({})).await.body;
        assert_eq!((&cancelled["state"], &cancelled["parcels_done"]), (&json!("cancelled"), &json!(5)));
        drain(&t.app, registry.clone()).await.unwrap();
        let left = gis.get(&second).await.body;
        assert_eq!(
            (&left["state"], &left["parcels_done"], &left["root"]),
            (&json!("cancelled"), &json!(5), &Value::Null)
        );
        let deeds: Vec<String> =
            sqlx::query_scalar("select action from audit where subject like 'verification_run/%' order by id")
                .fetch_all(&pool)
                .await
                .unwrap();
        let deeds: Vec<&str> = deeds.iter().map(|d| d.trim_start_matches("verification_run.")).collect();
        assert_eq!(deeds, ["start", "planned", "pause", "resume", "done", "start", "planned", "cancel"]);
    })
    .await;
}
