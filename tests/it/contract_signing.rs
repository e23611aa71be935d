//! How contracts are signed: codes, paper, turns, and what nobody signs any more.

use crate::advice::facts;
use crate::case_events::every_case_is_its_events;
use crate::contracts::{
    accepted, answer, at, code, confirmed, conflict, draw, drawn, firm_on_paper, id, kinds, new_contract, offered, ok,
    on_paper, party, said, show, sign,
};
use crate::test_app::Caller;
use crate::ward::{EAST, NORTH, ZONE, mapped, publish, publish_map, threaded};
use diaba::domain::case::Happened;
use diaba::flow::case::record_all;
use diaba::flow::staff::Actor;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use time::Duration;
use time::macros::date;
use uuid::Uuid;

#[sqlx::test(migrations = "./migrations")]
async fn codes_are_few_short_lived_and_for_one_page(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let (case, quotation) = accepted(&legal).await;
        let contract = drawn(&legal, &case, &quotation).await;
        let (codes, signatures) = (format!("{}/codes", at(&contract)), format!("{}/signatures", at(&contract)));
        let first = code(&legal, &contract, 1).await;
        let mut elsewhere = said(&contract, 1, &first);
        elsewhere["shown"] = "0".repeat(64).into();
        assert_eq!(legal.post(&signatures, elsewhere).await.refused(), ["shown: contract-shown"]);
        for _ in 0..5 {
            assert_eq!(legal.post(&signatures, said(&contract, 1, "x")).await.refused(), ["code: signing-code"]);
        }
        let used_up = legal.post(&signatures, said(&contract, 1, &first)).await;
        assert_eq!(used_up.refused(), ["code: signing-code"], "used up");
        let second = code(&legal, &contract, 1).await;
        t.advance(Duration::minutes(16));
        assert_eq!(
            legal.post(&signatures, said(&contract, 1, &second)).await.refused(),
            ["code: signing-code"],
            "over"
        );

        // Told once, not kept for a key, void with a newer one, at most five within an hour.
        let made = ok(legal.post(&codes, json!({"signer": 1})).await);
        let hand = format!("{codes}/{}/hand?purpose=contact_customer", id(&made));
        let keyed = legal
            .request(reqwest::Method::POST, &hand)
            .header("idempotency-key", "a-code-for-customer-1")
            .json(&json!({}));
        assert_eq!(legal.send(keyed).await.refused(), ["Idempotency-Key: no-answer-kept"]);
        let third = ok(legal.post(&hand, json!({})).await)["code"].as_str().unwrap().to_owned();
        assert_eq!(conflict(&legal.post(&hand, json!({})).await), "signing-code-told");
        let newer = ok(legal.post(&codes, json!({"signer": 1})).await);
        assert_eq!(conflict(&legal.post(&hand, json!({})).await), "signing-code-over");
        assert_eq!(legal.post(&signatures, said(&contract, 1, &third)).await.refused(), ["code: signing-code"], "void");
        ok(legal.post(&codes, json!({"signer": 1})).await);
        assert_eq!(conflict(&legal.post(&codes, json!({"signer": 1})).await), "signing-codes-many");
        let care = t.signed_in("sales", &["sales"]).await;
        let theirs = care.post(&format!("{codes}/{}/hand?purpose=contact_customer", id(&newer)), json!({})).await;
        assert_eq!(theirs.status, StatusCode::FORBIDDEN);

        // A code is nowhere in the open: not in its rows, not in events or audit rows.
        for secret in [&first, &second, &third] {
            let open: i64 = sqlx::query_scalar(
                "select (select count(*) from case_event where data::text like $1 or customer::text like $1)
                      + (select count(*) from audit where detail::text like $1)",
            )
            .bind(format!("%{secret}%"))
            .fetch_one(&t.app.pool)
            .await
            .unwrap();
            assert_eq!(open, 0);
        }
        let reads =
            sqlx::query_scalar::<_, i64>("select count(*) from personal_data_read where subject like 'signing_code/%'");
        assert_eq!(reads.fetch_one(&t.app.pool).await.unwrap(), 3);
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn refused_signed_on_paper_by_two_and_over(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let (case, quotation) = accepted(&legal).await;
        let contract = drawn(&legal, &case, &quotation).await;
        let refuse = format!("{}/refuse", at(&contract));
        assert_eq!(legal.post(&refuse, json!({"reason": "moon"})).await.refused(), ["reason: not-in-list"]);
        let no = ok(legal.post(&refuse, json!({"reason": "terms", "words": "Đổi lịch"})).await);
        assert_eq!((&no["state"], &no["refused"]), (&json!("refused"), &json!("terms")));
        let late = legal.post(&format!("{}/codes", at(&contract)), json!({"signer": 1})).await;
        assert_eq!(conflict(&late), "contract-closed");

        // Drawn again for two, signed on paper as they come; what is no scan is not taken.
        let one = party(&legal, &case, "Nguyễn Thị Mẫu", "001099000017").await;
        let two = party(&legal, &case, "Lê Văn Mẫu", "001099000025").await;
        let twice = draw(&legal, &quotation, new_contract(&[&one, &one])).await;
        assert_eq!(twice.refused(), ["customers: length"]);
        let strange = draw(&legal, &quotation, new_contract(&[&case])).await;
        assert_eq!(strange.refused(), ["customers: not-a-party"]);
        let again = ok(draw(&legal, &quotation, new_contract(&[&one, &two])).await);
        assert_eq!((&again["version"], &again["next"]), (&json!(2), &json!([1, 2])));
        let (_, pdf) = legal.send_raw(&format!("{}/contract.pdf?purpose=review", at(&again))).await;
        show("contract_two", &pdf);
        let paper = |signer: i32| format!("{}/signed-paper?signer={signer}&from=van%20phong", at(&again));
        let send = async |signer: i32, bytes: Vec<u8>| {
            let request = legal.request(reqwest::Method::POST, &paper(signer));
            legal.send(request.header("content-type", "application/octet-stream").body(bytes)).await
        };
        let scan = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec();
        assert_eq!(send(2, b"no scan".to_vec()).await.refused(), ["scan: scan-type"]);
        let second = ok(send(2, scan.clone()).await);
        assert_eq!(second["next"], json!([1]));
        let turn = ok(legal.get(&format!("/api/v1/cases/{case}/timeline")).await);
        assert_eq!(turn["now"]["turn"], "customer", "one of two customers is missing");
        assert_eq!(ok(send(1, scan.clone()).await)["next"], json!([3]));
        let kept = second["signers"][1]["signature"]["id"].as_str().unwrap().to_owned();
        let (status, bytes) = legal.send_raw(&format!("{}/signatures/{kept}/scan?purpose=review", at(&again))).await;
        assert_eq!((status, bytes), (StatusCode::OK, scan.clone()));
        t.advance(Duration::days(8));
        let late = t.signed_in("legal.two", &["legal"]).await;
        assert_eq!(ok(late.get(&at(&again)).await)["state"], "expired");
        let request = late.request(reqwest::Method::POST, &paper(3)).header("content-type", "application/octet-stream");
        assert_eq!(conflict(&late.send(request.body(scan)).await), "contract-closed");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn nobody_signs_what_rests_on_an_old_map(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let (case, quotation) = accepted(&legal).await;
        let contract = drawn(&legal, &case, &quotation).await;
        let code = code(&legal, &contract, 1).await;
        publish(&t.signed_in("gis.two", &["gis_analyst"]).await, &[344, 345]).await; // the parcel lies elsewhere now
        let signed = legal.post(&format!("{}/signatures", at(&contract)), said(&contract, 1, &code)).await;
        assert_eq!(conflict(&signed), "sheet-outdated");
        let why = signed.body["detail"].as_str().unwrap();
        assert!(why.contains("sheet-outdated-parcel"), "{why}");
        let customer = contract["signers"][0]["party_id"].as_str().unwrap();
        assert_eq!(conflict(&draw(&legal, &quotation, new_contract(&[customer])).await), "sheet-outdated");

        // Taken back, verified and advised anew; the old acceptance does not stand in the way.
        ok(legal.post(&format!("{}/refuse", at(&contract)), json!({"reason": "outdated"})).await);
        t.advance(Duration::minutes(1));
        ok(legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await);
        let sheet = ok(legal.post(&format!("/api/v1/cases/{case}/option-sheets"), facts()).await);
        ok(legal.post(&format!("/api/v1/option-sheets/{}/sign", id(&sheet)), json!({})).await);
        assert_eq!(conflict(&draw(&legal, &quotation, new_contract(&[customer])).await), "sheet-not-newest");
        let anew = offered(&legal, &case, json!({})).await;
        ok(answer(&legal, &anew, json!({"accepted": true})).await);
        let again = ok(draw(&legal, &anew, new_contract(&[customer])).await);
        assert_eq!(ok(sign(&legal, &again, 1).await)["next"], json!([2]));
        let old = legal.post(&format!("{}/codes", at(&contract)), json!({"signer": 1})).await;
        assert_eq!(conflict(&old), "contract-closed");
    })
    .await;
}

/// A flood map of the commune with these squares (metres east of the first parcel), complete over all of them.
pub async fn flood(gis: &Caller, squares: &[f64]) {
    let rows = squares.iter().map(|x| {
        let (w, s) = (EAST + x, NORTH - 50.0);
        let (e, n) = (w + 5.0, s + 100.0);
        format!("\"POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))\",NGAP\n")
    });
    let asked = json!({"layer": "flood_test", "profile": "generic", "theme": "hazard_flood", "zone": ZONE, "crs": format!("EPSG:{ZONE}"),
        "coverage": "extent", "source_date": "2026-09-15", "coverage_key": "20194"});
    publish_map(gis, format!("WKT,code\n{}", rows.collect::<String>()), &asked).await;
}

/// New maps that say the same of the parcel are no end of an agreement; those that say something new are.
#[sqlx::test(migrations = "./migrations")]
async fn a_sheet_is_confirmed_on_newer_maps_or_its_offer_is_withdrawn(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let gis = t.signed_in("gis.two", &["gis_analyst"]).await;
        let (case, quotation) = accepted(&legal).await;
        let sheets = format!("/api/v1/cases/{case}/option-sheets");
        let sheet = id(&ok(legal.get(&sheets).await)[0]);
        let confirm = format!("/api/v1/option-sheets/{sheet}/confirm");
        let verify = async || {
            t.advance(Duration::minutes(1));
            ok(legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await)
        };
        assert_eq!(
            ok(legal.post(&confirm, json!({})).await)["confirmed_at"],
            json!(null),
            "it holds: nothing to confirm"
        );

        flood(&gis, &[-100.0, 300.0]).await;
        for _ in 0..2 {
            t.run("watch_sheets").await;
        }
        let outdated = kinds(&t, &case).await.into_iter().filter(|k| k == "option_sheet_outdated").count();
        assert_eq!(outdated, 1, "told once, to the legal department");
        let customer = party(&legal, &case, "Nguyễn Thị Mẫu", "001099000017").await;
        let drawing = async || draw(&legal, &quotation, new_contract(&[&customer])).await;
        assert_eq!(conflict(&drawing().await), "sheet-outdated");
        assert_eq!(conflict(&legal.post(&confirm, json!({})).await), "sheet-outdated", "verify anew first");
        let again = verify().await;
        let confirmed = ok(legal.post(&confirm, json!({})).await);
        assert_eq!((&confirmed["outdated"], &confirmed["holds_on"]), (&json!([]), &again["id"]));
        assert_eq!(ok(legal.post(&confirm, json!({})).await)["confirmed_at"], confirmed["confirmed_at"], "once");
        let contract = ok(drawing().await);
        assert_eq!((&contract["verification_digest"], &contract["sheet_id"]), (&again["digest"], &json!(sheet)));
        let first = sign(&legal, &contract, 1).await;
        assert_eq!(ok(first)["next"], json!([2]));

        // Now the flood reaches the parcel: nobody may stand by the old sheet.
        flood(&gis, &[-100.0, 5.0, 300.0]).await;
        verify().await;
        let changed = legal.post(&confirm, json!({})).await;
        assert_eq!(conflict(&changed), "sheet-changed");
        let why = changed.body["detail"].as_str().unwrap();
        assert!(why.contains("sheet-changed-finding") && why.contains("hazard_flood"), "{why}");
        ok(legal.post(&format!("{}/refuse", at(&contract)), json!({"reason": "outdated"})).await);
        let newer = ok(legal.post(&sheets, facts()).await);
        assert_eq!(
            conflict(&legal.post(&format!("/api/v1/option-sheets/{}/confirm", id(&newer)), json!({})).await),
            "sheet-unsigned"
        );
        ok(legal.post(&format!("/api/v1/option-sheets/{}/sign", id(&newer)), json!({})).await);
        let told = kinds(&t, &case).await;
        assert_eq!(told[told.len() - 2..], ["quotation_withdrawn", "option_sheet_signed"], "the customer hears of it");
        let offers = ok(legal.get(&format!("/api/v1/cases/{case}/quotations")).await);
        assert_eq!(offers[0]["state"], "withdrawn", "accepted once, and no longer");
        let listed = ok(legal.get("/api/v1/quotations?state=withdrawn").await);
        assert_eq!(listed["items"][0]["id"], quotation["id"]);
        assert_eq!(conflict(&legal.post(&confirm, json!({})).await), "sheet-not-newest");
        assert_eq!(conflict(&drawing().await), "sheet-not-newest");
        let anew = offered(&legal, &case, json!({})).await;
        ok(answer(&legal, &anew, json!({"accepted": true})).await);
        let last = ok(draw(&legal, &anew, new_contract(&[&customer])).await);
        ok(sign(&legal, &last, 1).await);
        assert_eq!(ok(firm_on_paper(&legal, &last, 2).await)["state"], "concluded");
        let open = ok(legal.get(&format!("/api/v1/option-sheets/{sheet}?purpose=review")).await);
        assert_eq!(open["sheet"]["version"], 1, "the sheet itself was never changed");
        assert!(sqlx::raw_sql("delete from option_sheet_confirmation").execute(&t.app.pool).await.is_err());
        every_case_is_its_events(&t.app.pool).await;
    })
    .await;
}

/// While the page is set another offer is accepted: what is drawn rests on what holds under the lock.
#[sqlx::test(migrations = "./migrations")]
async fn a_contract_is_drawn_on_what_is_accepted_now(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool.clone()).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let (case, quotation) = accepted(&legal).await;
        let customer = party(&legal, &case, "Nguyễn Thị Mẫu", "001099000017").await;
        let case: Uuid = case.parse().unwrap();
        let mut tx = pool.begin().await.unwrap();
        sqlx::query("select 1 from case_file where id = $1 for update").bind(case).execute(&mut *tx).await.unwrap();
        let drawing = tokio::spawn(async move { draw(&legal, &quotation, new_contract(&[&customer])).await });
        let waits =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&pool).await.unwrap() == 0 {
            if drawing.is_finished() {
                panic!("it draws without the lock: {}", drawing.await.unwrap().text);
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let (old, new): (Uuid, Uuid) =
            (sqlx::query_scalar("select id from quotation").fetch_one(&pool).await.unwrap(), Uuid::from_u128(5));
        let told = [
            Happened::QuotationWithdrawn { quotation: old, version: 1 },
            Happened::QuotationOffered { quotation: new, version: 2, total: 1, valid_to: date!(2026 - 12 - 01) },
            Happened::QuotationAccepted { quotation: new, version: 2 },
        ];
        let entries = told.into_iter().map(Into::into).collect();
        record_all(&t.app, &mut tx, &Actor::system("test"), case, entries).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(conflict(&drawing.await.unwrap()), "quotation-not-accepted");
    })
    .await;
}

/// The firm's signature on paper takes two of its people: one brings the scan, another compares it with the page.
#[sqlx::test(migrations = "./migrations")]
async fn nobody_vouches_alone_for_the_firm(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let sales = t.signed_in("sales", &["sales"]).await;
        let (case, quotation) = accepted(&legal).await;
        let contract = drawn(&legal, &case, &quotation).await;
        ok(on_paper(&legal, &contract, 1).await);
        // Who took the customer's page is not told the firm's code.
        let made = ok(legal.post(&format!("{}/codes", at(&contract)), json!({"signer": 2})).await);
        let hand = format!("{}/codes/{}/hand?purpose=contact_customer", at(&contract), id(&made));
        assert_eq!(conflict(&legal.post(&hand, json!({})).await), "signing-both-sides");

        let first = ok(on_paper(&sales, &contract, 2).await);
        assert_eq!((&first["state"], &first["to_confirm"]["filed_by"]), (&json!("open"), &json!("sales")));
        assert_eq!(confirmed(&sales, &first).await.status, StatusCode::FORBIDDEN, "not theirs to confirm");
        let filed = ok(on_paper(&legal, &contract, 2).await);
        assert_eq!(conflict(&confirmed(&legal, &first).await), "signing-paper-newer");
        assert_eq!(conflict(&confirmed(&legal, &filed).await), "signing-own-paper");
        let paper = filed["to_confirm"]["id"].as_str().unwrap().to_owned();
        let boss = legal.second().await;
        let (status, scan) = boss.send_raw(&format!("{}/signatures/{paper}/scan?purpose=review", at(&contract))).await;
        assert_eq!((status, scan.is_empty()), (StatusCode::OK, false), "what is compared is seen first");
        let done = ok(confirmed(&boss, &filed).await);
        assert_eq!((&done["state"], &done["to_confirm"]), (&json!("concluded"), &json!(null)));
        assert_eq!(done["signers"][1]["signature"]["id"], json!(paper));
        assert_eq!(conflict(&confirmed(&boss, &filed).await), "contract-closed");
        let proved = ok(legal.get(&format!("{}/evidence?purpose=review", at(&contract))).await);
        let said = &proved[1]["evidence"];
        assert_eq!(
            (&said["filed"]["to"], &said["recorded_by"], &said["from"]),
            (&json!("legal"), &json!("second"), &json!("van phong"))
        );
        assert!(proved[0]["evidence"].get("filed").is_none());
        let told = kinds(&t, &case).await;
        assert_eq!(told.iter().filter(|k| *k == "signed_paper_filed").count(), 2);
        every_case_is_its_events(&t.app.pool).await;
    })
    .await;
}
