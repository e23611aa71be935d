//! From the signed option sheet to the last receipt: quotation, contract, signatures, payments.

use crate::advice::{signed_sheet, verified_case};
use crate::reports::{squeezed, text};
use crate::test_app::{Answer, Caller, TestApp};
use crate::ward::{mapped, threaded};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

#[track_caller]
pub fn ok(answer: Answer) -> Value {
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.body
}

/// Code of a conflict.
#[track_caller]
pub fn conflict(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
    answer.body["code"].as_str().unwrap().to_owned()
}

pub fn id(v: &Value) -> String {
    v["id"].as_str().unwrap().to_owned()
}

pub async fn offered(legal: &Caller, case: &str, more: Value) -> Value {
    let mut new = json!({"package": "standard"});
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ok(legal.post(&format!("/api/v1/cases/{case}/quotations"), new).await)
}

pub async fn answer(legal: &Caller, quotation: &Value, said: Value) -> Answer {
    legal.post(&format!("/api/v1/quotations/{}/answer", id(quotation)), said).await
}

/// A case with an accepted quotation: (case, quotation).
pub async fn accepted(legal: &Caller) -> (String, Value) {
    let case = verified_case(legal).await;
    signed_sheet(legal, &case).await;
    let quotation = offered(legal, &case, json!({"discount": 500_000})).await;
    ok(answer(legal, &quotation, json!({"accepted": true})).await);
    (case, quotation)
}

pub async fn party(legal: &Caller, case: &str, name: &str, number: &str) -> String {
    let person = json!({"role": "customer", "person": {"name": name, "id_number": number, "phone": "0900000000",
        "address": "Số 1 đường Mẫu, Phường Thử"}});
    id(&ok(legal.post(&format!("/api/v1/cases/{case}/parties"), person).await))
}

pub fn new_contract(customers: &[&str]) -> Value {
    json!({"customers": customers, "representative": "Trần Văn Mẫu", "position": "Giám đốc"})
}

pub async fn draw(legal: &Caller, quotation: &Value, new: Value) -> Answer {
    legal.post(&format!("/api/v1/quotations/{}/contract", id(quotation)), new).await
}

/// A contract on it with one customer.
pub async fn drawn(legal: &Caller, case: &str, quotation: &Value) -> Value {
    let customer = party(legal, case, "Nguyễn Thị Mẫu", "001099000017").await;
    ok(draw(legal, quotation, new_contract(&[&customer])).await)
}

pub fn at(contract: &Value) -> String {
    format!("/api/v1/contracts/{}", id(contract))
}

/// Makes a code and reads it out.
pub async fn code(legal: &Caller, contract: &Value, signer: i32) -> String {
    let made = ok(legal.post(&format!("{}/codes", at(contract)), json!({"signer": signer})).await);
    assert!(made.get("code").is_none(), "a code is never in this answer: {made}");
    let hand = format!("{}/codes/{}/hand?purpose=contact_customer", at(contract), id(&made));
    ok(legal.post(&hand, json!({})).await)["code"].as_str().unwrap().to_owned()
}

pub fn said(contract: &Value, signer: i32, code: &str) -> Value {
    json!({"signer": signer, "code": code, "shown": contract["pdf_sha256"], "from": "văn phòng, máy số 2"})
}

pub async fn sign(legal: &Caller, contract: &Value, signer: i32) -> Answer {
    let code = code(legal, contract, signer).await;
    legal.post(&format!("{}/signatures", at(contract)), said(contract, signer, &code)).await
}

/// Signs by the scan of the signed paper.
pub async fn on_paper(who: &Caller, contract: &Value, signer: i32) -> Answer {
    let path = format!("{}/signed-paper?signer={signer}&from=van%20phong", at(contract));
    let scan = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec();
    let request = who.request(reqwest::Method::POST, &path).header("content-type", "application/octet-stream");
    who.send(request.body(scan)).await
}

/// The firm signs on paper: who files the scan is not who confirms it.
pub async fn firm_on_paper(who: &Caller, contract: &Value, signer: i32) -> Answer {
    let filed = ok(on_paper(who, contract, signer).await);
    assert_eq!(filed["state"], "open", "{filed}");
    confirmed(&who.second().await, &filed).await
}

pub async fn confirmed(who: &Caller, filed: &Value) -> Answer {
    let paper = filed["to_confirm"]["id"].as_str().unwrap_or_else(|| panic!("{filed}"));
    who.post(&format!("{}/signed-papers/{paper}/confirm", at(filed)), json!({})).await
}

/// A contract that binds: (case, contract).
pub async fn concluded(legal: &Caller) -> (String, Value) {
    let (case, quotation) = accepted(legal).await;
    let contract = drawn(legal, &case, &quotation).await;
    ok(sign(legal, &contract, 1).await);
    assert_eq!(ok(firm_on_paper(legal, &contract, 2).await)["state"], "concluded");
    (case, contract)
}

pub fn pay(reference: &str, amount: i64) -> Value {
    json!({"reference": reference, "amount": amount, "way": "transfer", "paid_on": "2026-10-05"})
}

pub async fn kinds(t: &TestApp, case: &str) -> Vec<String> {
    sqlx::query_scalar("select kind from case_event where case_id = $1::uuid order by seq")
        .bind(case)
        .fetch_all(&t.app.pool)
        .await
        .unwrap()
}

/// Pages for people to look at, when they ask.
#[allow(clippy::disallowed_methods, reason = "a folder to look at pages in")]
pub fn show(name: &str, pdf: &[u8]) {
    if let Ok(folder) = std::env::var("DIABA_SHOW_PAGES") {
        std::fs::write(format!("{folder}/{name}.pdf"), pdf).unwrap();
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn quotations_follow_each_other(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = verified_case(&legal).await;
        let quotations = format!("/api/v1/cases/{case}/quotations");
        assert_eq!(conflict(&legal.post(&quotations, json!({"package": "standard"})).await), "no-signed-sheet");
        signed_sheet(&legal, &case).await;
        assert_eq!(legal.post(&quotations, json!({"package": "gold"})).await.refused(), ["package: not-in-list"]);
        let dear = json!({"package": "standard", "discount": 6_000_001});
        assert_eq!(legal.post(&quotations, dear).await.refused(), ["discount: range"]);
        let long = json!({"package": "standard", "valid_days": 91});
        assert_eq!(legal.post(&quotations, long).await.refused(), ["valid_days: range"]);

        let first = offered(&legal, &case, json!({})).await;
        let second = offered(&legal, &case, json!({"discount": 500_000})).await;
        assert_eq!((&second["version"], &second["offer"]["total"]), (&json!(2), &json!(5_500_000)));
        assert_eq!(second["offer"]["vat"]["amount"], 407_407, "8 % within 5.5 million");
        assert_eq!(conflict(&answer(&legal, &first, json!({"accepted": true})).await), "quotation-closed");
        let no = json!({"accepted": false});
        assert_eq!(answer(&legal, &second, no).await.refused(), ["reason: not-in-list"]);
        let no = json!({"accepted": false, "reason": "price", "words": "Giá cao"});
        assert_eq!(ok(answer(&legal, &second, no).await)["state"], "refused");
        let early = party(&legal, &case, "Nguyễn Thị Mẫu", "001099000017").await;
        assert_eq!(conflict(&draw(&legal, &second, new_contract(&[&early])).await), "quotation-not-accepted");

        // A refusal is not the end; what is over cannot be accepted.
        let third = offered(&legal, &case, json!({"discount": 1_000_000, "valid_days": 1})).await;
        t.advance(Duration::days(2));
        let legal = t.signed_in("legal.two", &["legal"]).await;
        assert_eq!(conflict(&answer(&legal, &third, json!({"accepted": true})).await), "quotation-closed");
        let states: Vec<Value> =
            ok(legal.get(&quotations).await).as_array().unwrap().iter().map(|q| q["state"].clone()).collect();
        assert_eq!(states, ["expired", "refused", "replaced"]);

        // An accepted one is frozen; another version takes its place only when that is said.
        let fourth = offered(&legal, &case, json!({})).await;
        ok(answer(&legal, &fourth, json!({"accepted": true})).await);
        assert_eq!(
            conflict(&answer(&legal, &fourth, json!({"accepted": false, "reason": "price"})).await),
            "quotation-closed"
        );
        assert_eq!(conflict(&legal.post(&quotations, json!({"package": "standard"})).await), "quotation-accepted");
        offered(&legal, &case, json!({"instead_of_accepted": true})).await;
        assert_eq!(conflict(&draw(&legal, &fourth, new_contract(&[&early])).await), "quotation-not-accepted");
        for sql in ["update quotation set total = 1", "delete from quotation_answer"] {
            assert!(sqlx::raw_sql(sql).execute(&t.app.pool).await.is_err(), "{sql}");
        }
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn drawn_signed_and_paid(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let care = t.signed_in("care", &["customer_care"]).await;
        let (case, quotation) = accepted(&legal).await;
        let contract = drawn(&legal, &case, &quotation).await;
        let at = at(&contract);
        assert_eq!((&contract["state"], &contract["next"]), (&json!("open"), &json!([1])));
        let (status, pdf) = legal.send_raw(&format!("{at}/contract.pdf?purpose=prepare_papers")).await;
        assert_eq!(status, StatusCode::OK);
        let words = squeezed(&text(&pdf));
        for said in [
            "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "HỢP ĐỒNG DỊCH VỤ",
            "Nguyễn Thị Mẫu",
            "Năm triệu năm trăm nghìn đồng",
            "ngày mùng năm tháng mười năm hai nghìn không trăm hai mươi sáu",
            "407.407",
            contract["verification_digest"].as_str().unwrap(),
            contract["sheet_digest"].as_str().unwrap(),
        ] {
            assert!(words.contains(&squeezed(said)), "{said}: {words}");
        }
        show("contract", &pdf);

        assert_eq!(conflict(&legal.post(&format!("{at}/codes"), json!({"signer": 2})).await), "signing-order");
        assert_eq!(ok(sign(&legal, &contract, 1).await)["next"], json!([2]));
        assert_eq!(conflict(&legal.post(&format!("{at}/codes"), json!({"signer": 1})).await), "signing-order");
        let unpaid = care.post(&format!("{at}/payments"), pay("FT-1", 100)).await;
        assert_eq!(conflict(&unpaid), "contract-not-concluded");
        // Who passed the customer's code on is not told the firm's, and enters no code that was told to another.
        let made = ok(legal.post(&format!("{at}/codes"), json!({"signer": 2})).await);
        let hand = format!("{at}/codes/{}/hand?purpose=contact_customer", id(&made));
        assert_eq!(conflict(&legal.post(&hand, json!({})).await), "signing-both-sides");
        let boss = t.signed_in("boss.signs", &["manager"]).await;
        let code = ok(boss.post(&hand, json!({})).await)["code"].as_str().unwrap().to_owned();
        let signatures = format!("{at}/signatures");
        assert_eq!(conflict(&legal.post(&signatures, said(&contract, 2, &code)).await), "signing-not-theirs");
        let done = ok(boss.post(&signatures, said(&contract, 2, &code)).await);
        assert_eq!((&done["state"], &done["next"]), (&json!("concluded"), &json!([])));
        let proved = ok(legal.get(&format!("{at}/evidence?purpose=review")).await);
        let of_customer = &proved[0]["evidence"];
        assert_eq!(of_customer["shown"], contract["pdf_sha256"]);
        assert_eq!((&of_customer["name"], &of_customer["handed"]["to"]), (&json!("Nguyễn Thị Mẫu"), &json!("legal")));
        assert_eq!(
            (&of_customer["address"], &of_customer["from"]),
            (&json!("127.0.0.1"), &json!("văn phòng, máy số 2"))
        );
        assert!(proved[0]["digest"] == done["signers"][0]["signature"]["digest"]);

        // The same transfer twice, at once and later, is one payment; two halves of an instalment are two.
        let payments = format!("{at}/payments");
        let both =
            futures::join!(care.post(&payments, pay("FT-1", 2_000_000)), care.post(&payments, pay("FT-1", 2_000_000)));
        let (first, second) = (ok(both.0), ok(both.1));
        assert_eq!((&first["id"], &first["number"]), (&second["id"], &json!("PT-2026-000001")));
        assert_eq!(conflict(&care.post(&payments, pay("FT-1", 2_000_001)).await), "payment-other");
        assert_eq!(care.post(&payments, pay("FT-2", 3_500_001)).await.refused(), ["amount: range"]);
        let last = ok(care.post(&payments, pay("FT-2", 3_500_000)).await);
        assert_eq!(last["number"], "PT-2026-000002", "a refused payment takes no number");
        let account = ok(care.get(&payments).await);
        assert_eq!((&account["paid"], &account["open"], &account["over"]), (&json!(5_500_000), &json!(0), &json!(0)));
        let receipt = format!("/api/v1/receipts/{}/receipt.pdf?purpose=prepare_papers", id(&first));
        let (status, pdf) = care.send_raw(&receipt).await;
        assert_eq!(status, StatusCode::OK);
        let words = squeezed(&text(&pdf));
        assert!(words.contains(&squeezed("Hai triệu đồng")) && words.contains("PT-2026-000001"), "{words}");
        show("receipt", &pdf);
        let told = kinds(&t, &case).await;
        let count = |k: &str| told.iter().filter(|t| *t == k).count();
        assert_eq!((count("contract_concluded"), count("payment_due")), (1, 1), "{told:?}");
        // FT-2 fills the rest of the first instalment and the second.
        assert_eq!((count("payment_received"), count("signing_code_made")), (3, 2), "{told:?}");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn payments_are_taken_back_and_go_beyond_only_on_purpose(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let (care, boss) = (t.signed_in("care", &["customer_care"]).await, t.signed_in("boss", &["manager"]).await);
        let (case, contract) = concluded(&legal).await;
        let payments = format!("{}/payments", at(&contract));
        for (field, wrong) in [
            ("reference: length", json!({"reference": "x"})),
            ("amount: range", json!({"amount": 0})),
            ("way: not-in-list", json!({"way": "gold"})),
            ("paid_on: range", json!({"paid_on": "2026-10-06"})),
        ] {
            let mut new = pay("FT-1", 100);
            new.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
            assert_eq!(care.post(&payments, new).await.refused(), [field]);
        }
        let first = ok(care.post(&payments, pay("FT-1", 1_000_000)).await);
        let entry = first["entries"][0]["id"].as_str().unwrap().to_owned();
        let reverse = format!("/api/v1/payments/{entry}/reverse");
        let wrongly = json!({"reason": "entered_wrongly"});
        assert_eq!(care.post(&reverse, wrongly.clone()).await.status, StatusCode::FORBIDDEN, "a manager does it");
        let no_slip = json!({"reason": "paid_back"});
        assert_eq!(boss.post(&reverse, no_slip).await.refused(), ["reference: length"]);
        let back = ok(boss.post(&reverse, wrongly.clone()).await);
        assert_eq!(id(&ok(boss.post(&reverse, wrongly.clone()).await)), id(&back), "sent again it changes nothing");
        assert_eq!(
            conflict(&boss.post(&format!("/api/v1/payments/{}/reverse", id(&back)), wrongly).await),
            "payment-reversal"
        );
        assert_eq!(ok(care.get(&payments).await)["paid"], 0);
        let (_, pdf) = care.send_raw(&format!("/api/v1/receipts/{}/receipt.pdf?purpose=review", id(&first))).await;
        assert!(squeezed(&text(&pdf)).contains(&squeezed("ĐÃ HUỶ ngày 05/10/2026")));
        show("receipt_void", &pdf);

        // The same slip again is a mistake until somebody says that it is none.
        assert_eq!(conflict(&care.post(&payments, pay("FT-1", 1_000_000)).await), "payment-reversed");
        let mut anew = pay("FT-1", 10_000_000);
        anew["again"] = true.into();
        assert_eq!(care.post(&payments, anew.clone()).await.refused(), ["amount: range"]);
        anew["overpay"] = true.into();
        let much = ok(care.post(&payments, anew.clone()).await);
        assert_eq!(ok(care.post(&payments, anew).await)["id"], much["id"]);
        let parts: Vec<_> =
            much["entries"].as_array().unwrap().iter().map(|e| (e["kind"].clone(), e["amount"].clone())).collect();
        assert_eq!(parts, [(json!("payment"), json!(5_500_000)), (json!("overpayment"), json!(4_500_000))]);
        let over = much["entries"][1]["id"].as_str().unwrap();
        let repaid = json!({"reason": "paid_back", "reference": "FT-OUT-1", "way": "transfer"});
        ok(boss.post(&format!("/api/v1/payments/{over}/reverse"), repaid).await);
        let account = ok(care.get(&payments).await);
        assert_eq!((&account["paid"], &account["open"], &account["over"]), (&json!(5_500_000), &json!(0), &json!(0)));
        let told = kinds(&t, &case).await;
        let count = |k: &str| told.iter().filter(|t| *t == k).count();
        assert_eq!((count("payment_reversed"), count("overpayment_received")), (2, 1), "{told:?}");

        // The database has the last word.
        let more =
            "insert into payment (id, contract_id, kind, reference, amount, way, paid_on, recorded_by, recorded_at)
                    select gen_random_uuid(), id, 'payment', 'FT-9', 1, 'cash', '2026-10-05', 'x', now() from contract";
        let refused = sqlx::raw_sql(more).execute(&t.app.pool).await.unwrap_err().to_string();
        assert!(refused.contains("more is paid"), "{refused}");
        for sql in ["update payment set amount = 1", "delete from receipt", "update contract set total = 9"] {
            assert!(sqlx::raw_sql(sql).execute(&t.app.pool).await.is_err(), "{sql}");
        }
    })
    .await;
}
