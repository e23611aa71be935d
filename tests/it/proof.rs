//! A verification proves itself: run again, signed, checked by a stranger; and what was changed behind our back is named.

use crate::test_app::{Caller, TestApp};
use crate::ward::{publish, start_worker, threaded};
use diaba::domain::proof::{Bundle, PublicKey, check_file};
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
        assert!(page.text.contains("VALID: "), "{}", page.text);
        assert!(!page.text.contains(made["case_number"].as_str().unwrap()), "names no case");
        let unknown = nobody.get(&format!("/check/{}", "0".repeat(64))).await;
        assert!(unknown.text.contains("UNKNOWN"), "{}", unknown.text);
        let odd = nobody.get("/check/%3Cscript%3E").await;
        assert!(odd.text.contains("UNKNOWN"), "{}", odd.text);
        assert!(!odd.text.contains("script"), "{}", odd.text);
    })
    .await;
}

/// Many at once, a clock that jumps back, and heads; then one row changed, one put in, one taken out.
#[sqlx::test(migrations = "./migrations")]
async fn the_chain_holds_and_its_first_break_is_named(pool: PgPool) {
    use diaba::flow::proof::{extend_now, heads, rotate, sign_head_now, walk};
    let t = TestApp::with_data(pool).await;
    let by = diaba::flow::staff::Actor::system("test");
    for _ in 0..3 {
        let acts = (0..4).map(|_| rotate(&t.app, &by));
        let sealing = (0..3).map(|_| extend_now(&t.app));
        let (acts, sealed) = tokio::join!(futures::future::join_all(acts), futures::future::join_all(sealing));
        acts.into_iter().for_each(|a| drop(a.unwrap()));
        assert!(sealed.iter().all(Result::is_ok));
        sign_head_now(&t.app).await.unwrap();
        t.advance(time::Duration::days(-2));
    }
    let whole = walk(&t.app).await.unwrap();
    assert_eq!((whole.links, whole.heads, whole.broken), (12, 3, None));
    let published = t.anonymous().get("/api/v1/proof/heads").await;
    assert_eq!(published.body.as_array().unwrap().len(), 3, "{}", published.text);
    assert!(
        heads(&t.app, None, 9).await.unwrap().is_sorted_by(|a, b| a.no > b.no),
        "by number, whatever the clock says"
    );

    let behind = async |sql: &'static str| {
        let mut conn = t.app.pool.acquire().await.unwrap();
        sqlx::raw_sql("set session_replication_role = replica").execute(&mut *conn).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut *conn).await.unwrap();
        sqlx::raw_sql("set session_replication_role = default").execute(&mut *conn).await.unwrap();
        walk(&t.app).await.unwrap().broken.unwrap_or_default()
    };
    assert!(
        behind("insert into audit (at, actor, action, subject) values (now(), 'x', 'y.z', 'w')")
            .await
            .contains("in no link")
    );
    behind("delete from audit where actor = 'x'").await;
    let changed = behind(
        "update audit set actor = actor || 'x' where id = (select subject::bigint from proof_link where no = 5)",
    )
    .await;
    assert!(changed.starts_with("link 5: audit") && changed.ends_with("was changed"), "{changed}");
    assert!(
        behind("delete from audit where id = (select subject::bigint from proof_link where no = 4)")
            .await
            .starts_with("link 4: audit")
    );
    assert_eq!(behind("delete from proof_link where no = 2").await, "link 2 is missing");
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
