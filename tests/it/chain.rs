//! The chain over everything that was done: its first break is named, and so is one that was cut short.

use crate::test_app::TestApp;
use crate::ward::{mapped, threaded};
use diaba::flow::proof;
use serde_json::json;
use sqlx::PgPool;

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

/// The end of the chain taken off together with its heads: only a head that was kept outside can tell.
#[sqlx::test(migrations = "./migrations")]
async fn a_head_kept_outside_tells_a_chain_cut_short(pool: PgPool) {
    use diaba::flow::proof::{HeadView, extend_now, heads, rotate, sign_head_now, walk, walk_against};
    let t = TestApp::with_data(pool).await;
    let by = diaba::flow::staff::Actor::system("test");
    let mut kept: Vec<HeadView> = vec![];
    for _ in 0..3 {
        rotate(&t.app, &by).await.unwrap();
        sign_head_now(&t.app).await.unwrap();
        kept = heads(&t.app, None, 9).await.unwrap();
    }
    let newest: HeadView = serde_json::from_str(&serde_json::to_string(&kept[0]).unwrap()).unwrap();
    let against = async |head: &HeadView| walk_against(&t.app, std::slice::from_ref(head), None).await.unwrap();
    let whole = against(&newest).await;
    assert_eq!((whole.broken, whole.kept), (None, 1));
    assert!(newest.dated());
    let later = HeadView { created_at: newest.created_at + time::Duration::hours(1), ..newest.clone() };
    assert!(against(&later).await.broken.unwrap().contains("the signature"), "its date is signed");
    let other = HeadView { no: newest.no - 1, ..newest.clone() };
    assert!(against(&other).await.broken.is_some());

    let cut = "set session_replication_role = replica;
        delete from audit a using proof_link l where l.no = (select max(no) from proof_link) and a.id = l.subject::bigint;
        delete from proof_head where no = (select max(no) from proof_link);
        delete from proof_link where no = (select max(no) from proof_link);
        set session_replication_role = default";
    sqlx::raw_sql(cut).execute(&t.app.pool).await.unwrap();
    assert_eq!(walk(&t.app).await.unwrap().broken, None, "alone it cannot be seen");
    let told = against(&newest).await.broken.unwrap();
    assert!(told.contains(&format!("link {}, which the head given covers, is gone", newest.no)), "{told}");
    // Grown again over the cut, it is another chain.
    rotate(&t.app, &by).await.unwrap();
    extend_now(&t.app).await.unwrap();
    assert_eq!(walk(&t.app).await.unwrap().broken, None);
    assert!(against(&newest).await.broken.unwrap().contains("is not the one"));
}

/// Heads of the older form stay heads, but nobody signed their dates.
#[sqlx::test(migrations = "./migrations")]
async fn a_head_of_the_older_form_has_no_signed_date(pool: PgPool) {
    use diaba::domain::proof::chain::{HEAD, head_digest};
    use diaba::flow::proof::{heads, rotate, sign_head_now, walk};
    let t = TestApp::with_data(pool).await;
    rotate(&t.app, &diaba::flow::staff::Actor::system("test")).await.unwrap();
    sign_head_now(&t.app).await.unwrap();
    let head = heads(&t.app, None, 1).await.unwrap().remove(0);
    let signed =
        t.app.keys.signer().unwrap().sign(HEAD, &head_digest(HEAD, head.no, &head.hash, head.created_at).unwrap());
    let mut conn = t.app.pool.acquire().await.unwrap();
    sqlx::raw_sql("set session_replication_role = replica").execute(&mut *conn).await.unwrap();
    sqlx::query("update proof_head set form = $1, signature = $2, created_at = created_at - interval '1 year'")
        .bind(HEAD)
        .bind(signed.signature.to_vec())
        .execute(&mut *conn)
        .await
        .unwrap();
    sqlx::raw_sql("set session_replication_role = default").execute(&mut *conn).await.unwrap();
    drop(conn);
    let walked = walk(&t.app).await.unwrap();
    assert_eq!((walked.broken, walked.heads, walked.undated), (None, 1, 1));
}

/// Between an act and its link lies a minute: what is changed in it is found.
#[sqlx::test(migrations = "./migrations")]
async fn what_is_changed_before_it_is_linked_is_found(pool: PgPool) {
    use diaba::flow::proof::{extend_now, rotate, walk};
    let t = TestApp::with_data(pool).await;
    rotate(&t.app, &diaba::flow::staff::Actor::system("test")).await.unwrap();
    let lie = "set session_replication_role = replica; update audit set actor = 'other';
               set session_replication_role = default";
    sqlx::raw_sql(lie).execute(&t.app.pool).await.unwrap();
    extend_now(&t.app).await.unwrap();
    let told = walk(&t.app).await.unwrap().broken.unwrap();
    assert!(told.starts_with("link 1: audit") && told.ends_with("was changed"), "{told}");
}

/// A key is stolen: what a head from before covers is believed, what came after is not, and the published list tells strangers.
#[sqlx::test(migrations = "./migrations")]
async fn a_stolen_key_is_told_wherever_something_is_proved(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool.clone()).await;
        let by = diaba::flow::staff::Actor::system("test");
        let legal = t.signed_in("legal", &["legal"]).await;
        let made = async || {
            let case = legal.open_case().await;
            legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await.body
        };
        let before = made().await;
        proof::sign_head_now(&t.app).await.unwrap();
        t.advance(time::Duration::hours(2));
        let after = made().await;
        let since = t.app.clock.now() - time::Duration::hours(1);
        let stolen = proof::keys(&t.app).await.unwrap()[0].id.clone();

        let admin = t.signed_in("admin", &["admin"]).await;
        let path = format!("/api/v1/signing-keys/{stolen}/revocation");
        let told = |since: &str| json!({"since": since, "reason": "A copy of the key lay on a stolen laptop."});
        let text = since.format(&time::format_description::well_known::Rfc3339).unwrap();
        assert_eq!(legal.post(&path, told(&text)).await.status, reqwest::StatusCode::FORBIDDEN);
        assert_eq!(admin.post(&path, told("2031-01-01T00:00:00Z")).await.refused(), ["since: key-since"]);
        let revoked = admin.post(&path, told(&text)).await;
        assert_eq!(revoked.status, reqwest::StatusCode::OK, "{}", revoked.text);
        assert_eq!(admin.post(&path, told(&text)).await.status, reqwest::StatusCode::CONFLICT);

        // another key signs, and the list says so
        let listed = legal.get("/check/keys.json").await;
        let keys = listed.body.as_array().unwrap().clone();
        assert_eq!((keys.len(), &keys[0]["signs"], &keys[0]["revoked"]), (2, &json!(true), &serde_json::Value::Null));
        assert_eq!((&keys[1]["id"], keys[1]["revoked"]["since"].as_str()), (&json!(stolen), Some(text.as_str())));
        assert!(keys[1]["until"].is_string());

        let page =
            async |v: &serde_json::Value| legal.get(&format!("/check/{}", v["digest"].as_str().unwrap())).await.text;
        assert!(!page(&before).await.contains("DO NOT RELY"), "a head from before covers it");
        assert!(page(&after).await.contains("DO NOT RELY"), "{}", page(&after).await);
        let address = format!("/check/{}", after["digest"].as_str().unwrap());
        let vi = legal.send_in("vi", legal.request(reqwest::Method::GET, &address)).await.text;
        let why = format!("CHỚ TIN CẬY: khoá {stolen} có thể đã lọt vào tay người khác từ ");
        assert!(vi.contains(&why) && vi.contains("A copy of the key lay") && !vi.contains("other hands"), "{vi}");
        let bundle = async |v: &serde_json::Value| {
            let id = v["id"].as_str().unwrap().parse().unwrap();
            proof::bundle(&t.app, &by, id, diaba::domain::staff::Purpose::Verify).await.unwrap()
        };
        let ring = diaba::domain::proof::Keyring::from_list(&listed.text).unwrap();
        let doubt = bundle(&after).await.check(&ring).unwrap_err();
        assert!(matches!(&doubt, diaba::domain::proof::Doubt::Revoked { key, .. } if *key == stolen), "{doubt}");
        // the file alone cannot tell when it was signed
        assert!(bundle(&before).await.check(&ring).is_err());
        proof::sign_head_now(&t.app).await.unwrap();
        let broken = proof::walk(&t.app).await.unwrap().broken.unwrap();
        assert!(broken.contains(after["id"].as_str().unwrap()) && broken.contains("other hands"), "{broken}");
        let replayed =
            proof::replay(&t.app, &by, after["id"].as_str().unwrap().parse().unwrap(), &proof::Seen::default())
                .await
                .unwrap();
        assert_eq!(replayed.first_difference.map(|d| d.what), Some("key"));
        // what is signed now is signed by the new key
        let new = made().await;
        assert!(!page(&new).await.contains("DO NOT RELY"));
    })
    .await;
}
