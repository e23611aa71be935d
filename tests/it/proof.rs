//! A verification proves itself: run again, signed, checked by a stranger; and what was changed behind our back is named.

use crate::test_app::{Caller, TestApp};
use crate::ward::{publish, start_worker, threaded};
use diaba::domain::proof::{Bundle, PublicKey, check_file};
use diaba::domain::verify::Verdict;
use diaba::domain::verify::text::{Lang, verdict};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

async fn verified(t: &TestApp) -> (Caller, Value) {
    start_worker(t);
    let gis = t.signed_in("gis", &["gis_analyst"]).await;
    publish(&gis, &[344, 345, 346, 347]).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.open_case().await;
    let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    (legal, made.body)
}

async fn replay(legal: &Caller, made: &Value) -> Value {
    let id = made["id"].as_str().unwrap();
    let done = legal.post(&format!("/api/v1/verifications/{id}/replay"), json!({})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    done.body
}

#[sqlx::test(migrations = "./migrations")]
async fn replayed_after_later_loads_and_themes(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        let (legal, made) = verified(&t).await;
        let first = replay(&legal, &made).await;
        assert_eq!((&first["same"], &first["replayed"]), (&json!(true), &made["digest"]), "{first}");
        // The neighbour is split off, the parcel itself is gone, a theme is another, and the day is another.
        publish(&legal_gis(&t).await, &[347, 348]).await;
        sqlx::query(
            "update theme set definition = jsonb_set(definition, '{max_age_days}', '1'), hash = repeat('0', 64)",
        )
        .execute(&t.app.pool)
        .await
        .unwrap();
        let later = replay(&legal, &made).await;
        assert_eq!((&later["same"], &later["first_difference"]), (&json!(true), &Value::Null), "{later}");
    })
    .await;
}

fn uuid(made: &Value) -> uuid::Uuid {
    made["id"].as_str().unwrap().parse().unwrap()
}

async fn legal_gis(t: &TestApp) -> Caller {
    t.signed_in("gis.two", &["gis_analyst"]).await
}

/// One changed byte in each kind of stored input, one after the other; each is found, named, and put back.
#[sqlx::test(migrations = "./migrations")]
async fn what_was_changed_is_named(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        let (legal, made) = verified(&t).await;
        let flip = "set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1)";
        let changes = [
            ("record", "verification", format!("update verification set sealed = {flip}")),
            ("inputs", "verification", format!("update verification set inputs = {}", flip.replace("sealed", "inputs"))),
            ("signature", "verification", format!("update verification set signature = {}", flip.replace("sealed", "signature").replace("length(signature) - 1", "5"))),
            ("signature", "verification", "update verification set key_id = null, signature = null".into()),
            ("column", "verification", "update verification set outcome = 'can_proceed'".into()),
            ("column", "verification", "update verification set as_of = as_of - 1".into()),
            ("column", "verification", "update verification set parcel_id = gen_random_uuid()".into()),
            ("rule_set", "basis_set", "update basis_set set content = content || ' ' where kind = 'rules'".into()),
            ("theme_set", "basis_set", "update basis_set set content = replace(content, 'true', 'True') where kind = 'themes'".into()),
            ("parcel", "parcel_version", "update parcel_version set registered_area = registered_area + 1 where number = '345'".into()),
            ("neighbour", "parcel_version", "update parcel_version set geom = st_translate(geom, 0.001, 0) where number = '346'".into()),
            ("layer_version", "feature", "update feature set attrs = jsonb_set(attrs, '{registered_area}', '199') where attrs->>'number' = '347'".into()),
            ("layer_version", "layer_version", "update layer_version set source_date = source_date + 1".into()),
        ];
        for (what, table, sql) in changes {
            let mut conn = t.app.pool.acquire().await.unwrap();
            let run = |s: String| sqlx::AssertSqlSafe(s);
            sqlx::raw_sql(run(format!("create table before as table {table}"))).execute(&mut *conn).await.unwrap();
            sqlx::raw_sql(run(format!("set session_replication_role = replica; {sql}; set session_replication_role = default"))).execute(&mut *conn).await.unwrap();
            let told = replay(&legal, &made).await;
            let found = (&told["same"], &told["first_difference"]["what"]);
            assert_eq!(found, (&json!(false), &json!(what)), "{sql}: {told}");
            let columns: Vec<String> = sqlx::query_scalar("select quote_ident(column_name) from information_schema.columns where table_name = $1 and is_generated = 'NEVER'")
                .bind(table).fetch_all(&mut *conn).await.unwrap();
            let columns = columns.join(", ");
            let back = format!("set session_replication_role = replica; delete from {table}; insert into {table} ({columns}) overriding system value select {columns} from before; drop table before; set session_replication_role = default");
            sqlx::raw_sql(run(back)).execute(&mut *conn).await.unwrap();
        }
        assert_eq!(replay(&legal, &made).await["same"], true, "all put back");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_changed_paper_is_named(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        publish(&t.signed_in("gis", &["gis_analyst"]).await, &[345]).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let papers = format!("/api/v1/cases/{case}/papers");
        let sent = legal.post(&papers, json!({"kind": "identity_card", "number": "001080000011", "name": "Nguyễn Văn Mẫu"})).await;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
        let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await.body;
        assert_eq!(replay(&legal, &made).await["same"], true);
        let flip = "alter table paper disable trigger all; update paper set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)";
        sqlx::raw_sql(flip).execute(&t.app.pool).await.unwrap();
        let told = replay(&legal, &made).await;
        assert_eq!((&told["same"], &told["first_difference"]["what"]), (&json!(false), &json!("paper")), "{told}");
        assert!(told["first_difference"]["name"].as_str().unwrap().contains(sent.body["id"].as_str().unwrap()), "{told}");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_stranger_checks_it_without_us(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        let (legal, made) = verified(&t).await;
        let id = made["id"].as_str().unwrap();
        let address = format!("/api/v1/verifications/{id}/proof");
        assert_eq!(legal.get(&address).await.refused(), ["purpose: purpose-needed"]);
        let file = legal.get(&format!("{address}?purpose=verify")).await;
        let nobody = t.anonymous();
        let keys = nobody.get("/check/keys.json").await;
        let key = PublicKey::from_pem(keys.body[0]["pem"].as_str().unwrap()).unwrap();
        let proven = Bundle::from_json(&file.text).unwrap().check(&key.clone().into()).unwrap();
        assert_eq!(proven.digest, made["digest"]);

        // Rotated, and then lost: what was signed before stays provable, new things wait or get the new key.
        let by = diaba::flow::staff::Actor::system("test");
        let rotated = diaba::flow::proof::rotate(&t.app, &by).await.unwrap();
        assert_ne!(rotated.id, key.id());
        assert!(
            Bundle::from_json(&legal.get(&format!("{address}?purpose=verify")).await.text)
                .unwrap()
                .check(&key.clone().into())
                .is_ok()
        );
        let sealed = diaba::flow::proof::seal_file(&t.app, b"%PDF-1.7\n%%EOF".to_vec()).unwrap();
        assert!(check_file(&sealed, &PublicKey::from_pem(&rotated.pem).unwrap()).is_ok());
        std::fs::remove_dir_all(t.app.config.home.join("keys/signing")).unwrap();
        let again = format!("/api/v1/cases/{}/verifications", made["case_id"].as_str().unwrap());
        assert_eq!(legal.post(&again, json!({})).await.status, StatusCode::SERVICE_UNAVAILABLE);
        diaba::flow::setup::setup(&t.app).await.unwrap();
        assert_eq!(
            legal.post(&again, json!({})).await.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "a lost key is not replaced silently"
        );
        diaba::flow::proof::rotate(&t.app, &by).await.unwrap();
        assert_eq!(legal.post(&again, json!({})).await.status, StatusCode::CREATED);
        assert_eq!(replay(&legal, &made).await["same"], true);
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn the_page_for_everybody(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        let (_, made) = verified(&t).await;
        let nobody = t.anonymous();
        let page = nobody.get(&format!("/check/{}", made["digest"].as_str().unwrap())).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text.contains("<p>VALID: "), "{}", page.text);
        // What ties it to the paper in hand, out of the record.
        let record = &made["record"];
        let clear = record["findings"].as_array().unwrap().iter().filter(|f| f["verdict"] == "clear").count();
        let ties = [
            format!(
                "Parcel {}, sheet {}, commune",
                record["parcel"]["number"].as_str().unwrap(),
                record["parcel"]["sheet"].as_str().unwrap()
            ),
            record["parcel"]["commune_code"].as_str().unwrap().to_owned(),
            "<p>Procedure: ".into(),
            format!("{clear} {}", verdict(Lang::En, Verdict::Clear)),
            "proved only by checking the file itself: diaba check-report FILE".into(),
        ];
        for tie in ties {
            assert!(page.text.contains(&tie), "{tie}: {}", page.text);
        }
        assert!(clear > 0);
        assert!(!page.text.contains(made["case_number"].as_str().unwrap()), "names no case");
        let unknown = nobody.get(&format!("/check/{}", "0".repeat(64))).await;
        assert!(unknown.text.contains("UNKNOWN"), "{}", unknown.text);
        let odd = nobody.get("/check/%3Cscript%3E").await;
        assert!(odd.text.contains("UNKNOWN"), "{}", odd.text);
        assert!(!odd.text.contains("script"), "{}", odd.text);

        // Columns say nothing: they are a copy to find rows by.
        let address = format!("/check/{}", made["digest"].as_str().unwrap());
        let behind = async |sql: &'static str| {
            let sql = format!("set session_replication_role = replica; {sql}; set session_replication_role = default");
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&t.app.pool).await.unwrap();
            let broken = diaba::flow::proof::walk(&t.app).await.unwrap().broken.unwrap_or_default();
            (nobody.get(&address).await.text, broken)
        };
        diaba::flow::proof::extend_now(&t.app).await.unwrap();
        let told = |text: &str| text.lines().find(|l| l.contains("Outcome: ")).unwrap().to_owned();
        let signed = told(&page.text);
        let other = if record["outcome"] == "blocked" { "can_proceed" } else { "blocked" };
        let lie = if other == "blocked" {
            "update verification set outcome = 'blocked'"
        } else {
            "update verification set outcome = 'can_proceed'"
        };
        let (text, broken) = behind(lie).await;
        assert!(text.contains("<p>INVALID: ") && text.contains("outcome"), "{text}");
        assert_eq!(told(&text), signed, "what was signed, not the column");
        assert!(broken.contains(&format!("outcome is {other}, the record says")), "{broken}");
        let id = uuid(&made);
        let mut conn = t.app.pool.acquire().await.unwrap();
        sqlx::raw_sql("set session_replication_role = replica").execute(&mut *conn).await.unwrap();
        sqlx::query("update verification set outcome = $2, signature = null, key_id = null where id = $1")
            .bind(id)
            .bind(record["outcome"].as_str().unwrap())
            .execute(&mut *conn)
            .await
            .unwrap();
        sqlx::raw_sql("set session_replication_role = default").execute(&mut *conn).await.unwrap();
        drop(conn);
        let text = nobody.get(&address).await.text;
        assert!(text.contains("NOT SIGNED") && !text.contains("<p>VALID"), "{text}");
        let broken = diaba::flow::proof::walk(&t.app).await.unwrap().broken.unwrap_or_default();
        assert!(broken.contains("not signed"), "{broken}");
    })
    .await;
}

/// A clock that goes back an hour makes nothing older than it is.
#[sqlx::test(migrations = "./migrations")]
async fn the_latest_is_the_last_one_kept(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        let (legal, first) = verified(&t).await;
        publish(&legal_gis(&t).await, &[345, 347]).await;
        t.advance(time::Duration::hours(-1));
        let case = first["case_id"].as_str().unwrap();
        let second = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await.body;
        assert_ne!(first["digest"], second["digest"]);
        let listed = legal.get(&format!("/api/v1/cases/{case}/verifications?limit=1")).await.body;
        assert_eq!(listed["items"][0]["id"], second["id"], "{listed}");
        let latest = diaba::flow::verification::latest(&t.app, case.parse().unwrap()).await.unwrap();
        assert_eq!(latest, Some(uuid(&second)));
        let page =
            async |made: &Value| t.anonymous().get(&format!("/check/{}", made["digest"].as_str().unwrap())).await.text;
        assert!(page(&first).await.contains("later, different result"));
        assert!(!page(&second).await.contains("later, different result"));
    })
    .await;
}

/// Of several rotations at once, the key that is listed first is the one that signs.
#[sqlx::test(migrations = "./migrations")]
async fn rotations_at_once_leave_the_newest_key_signing(pool: PgPool) {
    let t = TestApp::with_data(pool).await;
    for _ in 0..5 {
        let by = diaba::flow::staff::Actor::system("test");
        let all = (0..4).map(|_| diaba::flow::proof::rotate(&t.app, &by));
        for done in futures::future::join_all(all).await {
            done.unwrap();
        }
        let listed = diaba::flow::proof::keys(&t.app).await.unwrap();
        assert_eq!(t.app.keys.signer().unwrap().id(), listed[0].id);
    }
}
