//! Advice: options with fees and taxes, the sheet the legal department signs, and what makes it outdated.

use crate::case_events::every_case_is_its_events;
use crate::contract_signing::flood;
use crate::contracts::{accepted, conflict, draw, kinds, new_contract, ok, party};
use crate::test_app::{Caller, TestApp};
use crate::ward::{mapped, publish, threaded};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

/// A case with a verdict; answers its id.
pub async fn verified_case(legal: &Caller) -> String {
    let case = legal.open_case().await;
    let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    case
}

pub fn facts() -> Value {
    json!({"facts": {"land_price": 5_000_000, "land_price_source": "bảng giá thử", "agreed_price": 1_200_000_000_i64,
        "kinship": "other", "only_home": false}, "edits": {"recommended": "transfer", "remark": "Làm theo thứ tự."}})
}

/// Drafts and signs; answers the sheet's id.
pub async fn signed_sheet(legal: &Caller, case: &str) -> String {
    let made = legal.post(&format!("/api/v1/cases/{case}/option-sheets"), facts()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = made.body["id"].as_str().unwrap().to_owned();
    let signed = legal.post(&format!("/api/v1/option-sheets/{id}/sign"), json!({})).await;
    assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    id
}

async fn outdated(legal: &Caller, case: &str) -> Vec<String> {
    let all = legal.get(&format!("/api/v1/cases/{case}/option-sheets")).await.body;
    let codes = all[0]["outdated"].as_array().unwrap().iter();
    codes.map(|b| b["code"].as_str().unwrap().to_owned()).collect()
}

/// A text of `told` that is a code and not words; the code of a procedure has a field of its own.
fn code_among(told: &Value) -> Option<String> {
    match told {
        Value::String(text) => Some(text.clone()).filter(|t| t.contains('_')),
        Value::Array(all) => all.iter().find_map(code_among),
        Value::Object(all) => all.iter().filter(|(name, _)| *name != "procedure").find_map(|(_, v)| code_among(v)),
        _ => None,
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn options_are_worked_out_and_signed(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t: TestApp = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let sheets = format!("/api/v1/cases/{case}/option-sheets");
        let early = legal.post(&sheets, facts()).await;
        assert_eq!(
            (early.status, early.body["code"].as_str()),
            (StatusCode::CONFLICT, Some("not-verified")),
            "{}",
            early.text
        );
        let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);

        let mut wrong = facts();
        wrong["edits"]["recommended"] = "moon".into();
        assert_eq!(legal.post(&sheets, wrong).await.refused(), ["edits.recommended: not-in-list"]);
        let id = signed_sheet(&legal, &case).await;
        let detail = legal.get(&format!("/api/v1/option-sheets/{id}?purpose=prepare_papers")).await;
        assert_eq!(detail.status, StatusCode::OK, "{}", detail.text);
        let sheet = &detail.body["sheet"];
        assert_eq!((&detail.body["version"], &detail.body["outdated"]), (&json!(1), &json!([])));
        assert_eq!(sheet["pins"]["digest"], made.body["digest"]);
        assert_eq!(sheet["facts"]["area"], "200", "from the parcel's register");
        let wish = &sheet["options"][0];
        assert_eq!((&wish["procedure"], &wish["wished"]), (&json!("transfer"), &json!(true)));
        let due = |id: &str| wish["dues"].as_array().unwrap().iter().find(|d| d["id"] == id).unwrap()["amount"].clone();
        // 200 m² at 5 million are 1,000 million; 0.5 % of it, 2 % of the agreed 1,200 million.
        assert_eq!(due("registration_fee"), json!({"kind": "exact", "dong": 5_000_000}));
        assert_eq!(due("income_tax_transfer"), json!({"kind": "exact", "dong": 24_000_000}));
        assert_eq!(due("certificate_fee"), json!({"kind": "not_known", "missing": []}), "no number of this province");
        assert_eq!(wish["total"]["incomplete"], true);

        let path = format!("/api/v1/option-sheets/{id}?purpose=prepare_papers");
        let told = legal.send_in("vi", legal.request(Method::GET, &path)).await.body["words"].clone();
        assert_eq!(told["recommended"], "Chuyển nhượng quyền sử dụng đất", "{told}");
        let wish = &told["options"][0];
        assert_eq!((&wish["wished"], &wish["recommended"]), (&json!(true), &json!(true)));
        let tax = wish["dues"].as_array().unwrap().iter().find(|d| d["amount"] == "24.000.000 đồng").unwrap();
        assert_eq!(
            (&tax["since"], &tax["standing"]),
            (&json!("01/07/2026"), &json!("chỉ thấy ở nguồn thứ cấp")),
            "{tax}"
        );
        assert!(tax["source"].as_str().unwrap().contains("109/2025/QH15"), "{tax}");
        assert!(tax["steps"].to_string().contains("2 % × 1.200.000.000 đồng: 24.000.000 đồng"), "{tax}");
        assert!(wish["missing"].to_string().contains("Hợp đồng chuyển nhượng đã công chứng"), "{wish}");
        assert_eq!(wish["steps"][1], "Công chứng hợp đồng, văn bản");
        assert!(wish["days"]["said"].as_str().unwrap().ends_with(" ngày làm việc"), "{wish}");
        assert!(
            !wish["reasons"].as_array().unwrap().is_empty() && code_among(&told).is_none(),
            "{:?}",
            code_among(&told)
        );
        let english = legal.get(&path).await.body["words"]["options"][0].clone();
        assert!(english["days"]["said"].as_str().unwrap().ends_with(" working days"), "{english}");

        let again = legal.post(&format!("/api/v1/option-sheets/{id}/sign"), json!({})).await;
        assert_eq!(again.body["code"], "sheet-signed");
        let no_purpose = legal.get(&format!("/api/v1/option-sheets/{id}")).await;
        assert_eq!(no_purpose.refused(), ["purpose: purpose-needed"]);
        for sql in ["update option_sheet set version = 9", "delete from option_sheet_signature"] {
            assert!(sqlx::raw_sql(sql).execute(&t.app.pool).await.is_err(), "{sql}");
        }
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_new_map_or_verdict_makes_it_outdated(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = verified_case(&legal).await;
        let id = signed_sheet(&legal, &case).await;
        assert_eq!(outdated(&legal, &case).await, Vec::<String>::new());
        publish(&t.signed_in("gis.two", &["gis_analyst"]).await, &[344, 345]).await; // the parcel lies elsewhere now
        let now = outdated(&legal, &case).await;
        assert!(now.contains(&"sheet-outdated-parcel".to_owned()), "{now:?}");
        let second = legal.post(&format!("/api/v1/cases/{case}/option-sheets"), facts()).await;
        assert_eq!(second.body["version"], 2, "{}", second.text);
        let late =
            legal.post(&format!("/api/v1/option-sheets/{}/sign", second.body["id"].as_str().unwrap()), json!({})).await;
        assert_eq!(late.body["code"], "sheet-outdated", "verify again first: {}", late.text);
        t.advance(time::Duration::minutes(1));
        legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
        signed_sheet(&legal, &case).await;
        let old = legal.get(&format!("/api/v1/option-sheets/{id}?purpose=review")).await;
        let codes: Vec<_> = old.body["outdated"].as_array().unwrap().iter().map(|b| b["code"].clone()).collect();
        assert!(codes.contains(&json!("sheet-outdated-verification")), "{codes:?}");
    })
    .await;
}

/// Who follows a case sees the signed options in words, and that they are looked at anew; a draft is ours alone.
#[sqlx::test(migrations = "./migrations")]
async fn a_customer_reads_the_signed_options(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let care = t.signed_in("care", &["customer_care"]).await;
        let told = json!({"channel": "office", "need": "Tôi muốn bán đất", "procedures": ["transfer"], "invite": true,
            "person": {"name": "Người Mẫu Tư", "phone": "0900000001"},
            "parcel_ref": {"commune_code": "20194", "sheet": "12", "number": "345"},
            "consents": [{"what": "processing", "text_version": "2026-01"}]});
        let case = ok(care.post("/api/v1/intakes", told).await)["case"]["id"].as_str().unwrap().to_owned();
        legal.open_case().await; // of somebody else, on the same parcel
        ok(legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await);
        let secret = ok(care.get(&format!("/api/v1/cases/{case}/invitation?purpose=contact_customer")).await);
        let secret = json!({"invitation": secret["id"], "code": secret["code"]});
        let customer = t.anonymous();
        let seen = async || {
            let asked = customer.request(Method::POST, "/api/v1/follow").json(&secret);
            ok(customer.send_in("vi", asked).await)["advice"].clone()
        };
        ok(legal.post(&format!("/api/v1/cases/{case}/option-sheets"), facts()).await);
        assert_eq!(seen().await, Value::Null, "a draft is ours");
        let sheet = signed_sheet(&legal, &case).await;
        let staff = legal.request(Method::GET, &format!("/api/v1/option-sheets/{sheet}?purpose=prepare_papers"));
        let staff = ok(legal.send_in("vi", staff).await)["words"].to_string();
        let advice = seen().await;
        assert!(staff.contains("1 hồ sơ khác đang mở"), "{staff}");
        assert!(!advice.to_string().contains("hồ sơ khác đang"), "what others do is not theirs to read: {advice}");
        assert_eq!((&advice["version"], &advice["outdated"]), (&json!(2), &json!(false)), "{advice}");
        assert_eq!(advice["recommended"], "Chuyển nhượng quyền sử dụng đất");
        assert!(advice["options"][0]["dues"].to_string().contains("24.000.000 đồng"), "{advice}");
        assert!(code_among(&advice).is_none() && !advice.to_string().contains("legal"), "{advice}");
        publish(&t.signed_in("gis.two", &["gis_analyst"]).await, &[344, 345]).await;
        t.run("watch_sheets").await;
        assert_eq!(seen().await["outdated"], true);
    })
    .await;
}

/// A map that is taken back is no end of an agreement: the sheet that it outdated holds again, by itself or when somebody looks.
#[sqlx::test(migrations = "./migrations")]
async fn a_sheet_holds_again_when_a_map_is_taken_back(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let gis = t.signed_in("gis.two", &["gis_analyst"]).await;
        flood(&gis, &[-100.0, 300.0]).await;
        let (case, quotation) = accepted(&legal).await;
        let customer = party(&legal, &case, "Nguyễn Thị Mẫu", "001099000017").await;
        let drawing = async || draw(&legal, &quotation, new_contract(&[&customer])).await;
        let other = verified_case(&legal).await;
        let sheet = signed_sheet(&legal, &other).await;
        let offers = format!("/api/v1/cases/{other}/quotations");
        let back = json!({"coverage_key": "20194"});
        let told = async |case: &str, kind: &str| kinds(&t, case).await.into_iter().filter(|k| k == kind).count();

        flood(&gis, &[-100.0, 5.0, 300.0]).await;
        t.run("watch_sheets").await;
        assert_eq!(conflict(&drawing().await), "sheet-outdated");
        ok(gis.post("/api/v1/layers/flood_test/rollback", back).await);
        // What was said still stands in the way, and says so by its name.
        assert_eq!(conflict(&drawing().await), "sheet-outdated");
        let offered = legal.post(&offers, json!({"package": "standard"})).await;
        assert_eq!(conflict(&offered), "sheet-outdated");
        ok(legal.post(&format!("/api/v1/option-sheets/{sheet}/confirm"), json!({})).await);
        ok(legal.post(&offers, json!({"package": "standard"})).await);
        for _ in 0..2 {
            t.run("watch_sheets").await;
        }
        assert_eq!((told(&case, "option_sheet_confirmed").await, told(&other, "option_sheet_confirmed").await), (1, 1));
        ok(drawing().await);
        every_case_is_its_events(&t.app.pool).await;
    })
    .await;
}

/// A newer version of a map that says the same around the parcel outdates nothing; one that says something else there does.
#[sqlx::test(migrations = "./migrations")]
async fn only_what_changed_around_the_parcel_outdates_a_sheet(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let gis = t.signed_in("gis.two", &["gis_analyst"]).await;
        flood(&gis, &[-100.0, 300.0]).await;
        let case = verified_case(&legal).await;
        signed_sheet(&legal, &case).await;
        let versions = async || -> i64 {
            let sql =
                "select count(*) from layer_version v join layer l on l.id = v.layer_id where l.code = 'flood_test'";
            sqlx::query_scalar(sql).fetch_one(&t.app.pool).await.unwrap()
        };
        flood(&gis, &[-100.0, 250.0, 300.0]).await;
        assert_eq!((versions().await, outdated(&legal, &case).await), (2, vec![]), "far away");
        t.run("watch_sheets").await;
        assert!(!kinds(&t, &case).await.contains(&"option_sheet_outdated".to_owned()));
        flood(&gis, &[-100.0, 5.0, 250.0, 300.0]).await;
        assert_eq!(outdated(&legal, &case).await, ["sheet-outdated-layer"], "on the parcel");
        let offered = legal.post(&format!("/api/v1/cases/{case}/quotations"), json!({"package": "standard"})).await;
        assert_eq!(conflict(&offered), "sheet-outdated");
        flood(&gis, &[-100.0, 300.0]).await;
        assert_eq!((versions().await, outdated(&legal, &case).await), (4, vec![]), "as it was");
        // By another decision it is other ground, however alike.
        let set = "update layer_version set decision = '12/QĐ' where id = (select max(id) from layer_version)";
        sqlx::raw_sql(set).execute(&t.app.pool).await.unwrap();
        assert_eq!(outdated(&legal, &case).await, ["sheet-outdated-layer"]);
    })
    .await;
}
