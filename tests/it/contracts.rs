//! From the signed option sheet to the last receipt: quotation, contract, signatures, payments.

use crate::advice::{signed_sheet, verified_case};
use crate::reports::{squeezed, text};
use crate::test_app::{Answer, Caller, TestApp};
use crate::ward::{mapped, threaded};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

async fn ok(answer: Answer) -> Value {
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.body
}

fn id(v: &Value) -> String {
    v["id"].as_str().unwrap().to_owned()
}

/// A case with an accepted quotation: (case, quotation).
async fn accepted(legal: &Caller) -> (String, String) {
    let case = verified_case(legal).await;
    let quotations = format!("/api/v1/cases/{case}/quotations");
    let early = legal.post(&quotations, json!({"package": "standard"})).await;
    assert_eq!(early.body["code"], "no-signed-sheet", "{}", early.text);
    signed_sheet(legal, &case).await;
    assert_eq!(legal.post(&quotations, json!({"package": "gold"})).await.refused(), ["package: not-in-list"]);
    let dear = json!({"package": "standard", "discount": 6_000_001});
    assert_eq!(legal.post(&quotations, dear).await.refused(), ["discount: range"]);
    let first = ok(legal.post(&quotations, json!({"package": "standard"})).await).await;
    let second = ok(legal.post(&quotations, json!({"package": "standard", "discount": 500_000})).await).await;
    assert_eq!((&second["version"], &second["offer"]["total"]), (&json!(2), &json!(5_500_000)));
    let old = legal.post(&format!("/api/v1/quotations/{}/answer", id(&first)), json!({"accepted": true})).await;
    assert_eq!(old.body["code"], "quotation-closed", "{}", old.text);
    let address = format!("/api/v1/quotations/{}/answer", id(&second));
    assert_eq!(legal.post(&address, json!({"accepted": false})).await.refused(), ["reason: not-in-list"]);
    ok(legal.post(&address, json!({"accepted": true})).await).await;
    (case, id(&second))
}

/// A contract on it.
async fn drawn(legal: &Caller, case: &str, quotation: &str) -> Value {
    let person = json!({"role": "customer", "person": {"name": "Nguyễn Thị Mẫu", "id_number": "001099000017",
        "phone": "0900000000", "address": "Số 1 đường Mẫu, Phường Thử"}});
    let party = ok(legal.post(&format!("/api/v1/cases/{case}/parties"), person).await).await;
    let new = json!({"customer": id(&party), "representative": "Trần Văn Mẫu", "position": "Giám đốc"});
    ok(legal.post(&format!("/api/v1/quotations/{quotation}/contract"), new).await).await
}

async fn sign(legal: &Caller, contract: &Value, signer: &str) -> Answer {
    let at = format!("/api/v1/contracts/{}", id(contract));
    let code = ok(legal.post(&format!("{at}/codes"), json!({"signer": signer})).await).await["code"].clone();
    let said = json!({"signer": signer, "code": code, "shown": contract["pdf_sha256"], "from": "văn phòng"});
    legal.post(&format!("{at}/signatures"), said).await
}

async fn kinds(t: &TestApp, case: &str) -> Vec<String> {
    sqlx::query_scalar("select kind from case_event where case_id = $1::uuid order by seq")
        .bind(case)
        .fetch_all(&t.app.pool)
        .await
        .unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn drawn_signed_and_paid(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let care = t.signed_in("care", &["customer_care"]).await;
        let (case, quotation) = accepted(&legal).await;
        let contract = drawn(&legal, &case, &quotation).await;
        let at = format!("/api/v1/contracts/{}", id(&contract));
        assert_eq!((&contract["state"], &contract["next_signer"]), (&json!("open"), &json!("customer")));
        let (status, pdf) = legal.send_raw(&format!("{at}/contract.pdf?purpose=prepare_papers")).await;
        assert_eq!(status, StatusCode::OK);
        let said = squeezed(&text(&pdf));
        for words in ["HỢP ĐỒNG DỊCH VỤ", "Nguyễn Thị Mẫu", "Năm triệu năm trăm nghìn đồng", "ngày mùng năm tháng mười"]
        {
            assert!(said.contains(&squeezed(words)), "{words}: {said}");
        }
        if let Ok(folder) = std::env::var("DIABA_SHOW_PAGES") {
            std::fs::write(format!("{folder}/contract.pdf"), &pdf).unwrap();
        }

        let early = sign(&legal, &contract, "customer").await;
        assert_eq!(early.body["next_signer"], "firm", "{}", early.text);
        let order = legal.post(&format!("{at}/codes"), json!({"signer": "customer"})).await;
        assert_eq!(order.body["code"], "signing-order", "{}", order.text);
        let unpaid = care.post(&format!("{at}/payments"), pay("FT-1", 100)).await;
        assert_eq!(unpaid.body["code"], "contract-not-concluded", "{}", unpaid.text);
        let done = sign(&legal, &contract, "firm").await;
        assert_eq!(done.body["state"], "concluded", "{}", done.text);
        assert_eq!(done.body["signatures"].as_array().unwrap().len(), 2);
        let leaked: bool = sqlx::query_scalar("select exists (select from signing_code where length(code_hash) <> 32)")
            .fetch_one(&t.app.pool)
            .await
            .unwrap();
        assert!(!leaked);

        // The same transfer twice, at once and later, is one payment; two halves of an instalment are two.
        let payments = format!("{at}/payments");
        let both =
            futures::join!(care.post(&payments, pay("FT-1", 2_000_000)), care.post(&payments, pay("FT-1", 2_000_000)));
        let (first, second) = (ok(both.0).await, ok(both.1).await);
        assert_eq!((&first["id"], &first["receipt"]), (&second["id"], &json!("PT-2026-000001")));
        let other = care.post(&payments, pay("FT-1", 2_000_001)).await;
        assert_eq!(other.body["code"], "payment-other", "{}", other.text);
        assert_eq!(care.post(&payments, pay("FT-2", 3_500_001)).await.refused(), ["amount: range"]);
        let last = ok(care.post(&payments, pay("FT-2", 3_500_000)).await).await;
        assert_eq!(last["receipt"], "PT-2026-000002", "a refused payment takes no number");
        let account = ok(care.get(&payments).await).await;
        assert_eq!((&account["paid"], &account["open"]), (&json!(5_500_000), &json!(0)));
        let receipt =
            format!("/api/v1/receipts/{}/receipt.pdf?purpose=prepare_papers", first["receipt_id"].as_str().unwrap());
        let (status, pdf) = care.send_raw(&receipt).await;
        assert_eq!(status, StatusCode::OK);
        assert!(squeezed(&text(&pdf)).contains(&squeezed("Hai triệu đồng")));
        if let Ok(folder) = std::env::var("DIABA_SHOW_PAGES") {
            std::fs::write(format!("{folder}/receipt.pdf"), &pdf).unwrap();
        }
        let told = kinds(&t, &case).await;
        let count = |k: &str| told.iter().filter(|t| *t == k).count();
        assert_eq!((count("contract_concluded"), count("payment_due")), (1, 1), "{told:?}");
        // FT-2 fills the rest of the first instalment and the second.
        assert_eq!(count("payment_received"), 3, "{told:?}");
    })
    .await;
}

fn pay(reference: &str, amount: i64) -> Value {
    json!({"reference": reference, "amount": amount, "way": "transfer", "paid_on": "2026-10-05"})
}

#[sqlx::test(migrations = "./migrations")]
async fn codes_are_few_short_lived_and_for_one_page(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let (case, quotation) = accepted(&legal).await;
        let contract = drawn(&legal, &case, &quotation).await;
        let at = format!("/api/v1/contracts/{}", id(&contract));
        let code = ok(legal.post(&format!("{at}/codes"), json!({"signer": "customer"})).await).await["code"].clone();
        let said = |code: &Value| json!({"signer": "customer", "code": code, "shown": contract["pdf_sha256"], "from": "văn phòng"});
        let mut elsewhere = said(&code);
        elsewhere["shown"] = "0".repeat(64).into();
        let signatures = format!("{at}/signatures");
        assert_eq!(legal.post(&signatures, elsewhere).await.refused(), ["shown: contract-shown"]);
        for _ in 0..5 {
            assert_eq!(legal.post(&signatures, said(&json!("x"))).await.refused(), ["code: signing-code"]);
        }
        assert_eq!(legal.post(&signatures, said(&code)).await.refused(), ["code: signing-code"], "used up");
        let code = ok(legal.post(&format!("{at}/codes"), json!({"signer": "customer"})).await).await["code"].clone();
        t.advance(time::Duration::minutes(16));
        assert_eq!(legal.post(&signatures, said(&code)).await.refused(), ["code: signing-code"], "over");

        let no = ok(legal.post(&format!("{at}/refuse"), json!({"reason": "terms", "words": "Đổi lịch"})).await).await;
        assert_eq!((&no["state"], &no["refused"]), (&json!("refused"), &json!("terms")));
        let late = legal.post(&format!("{at}/codes"), json!({"signer": "customer"})).await;
        assert_eq!(late.body["code"], "contract-closed", "{}", late.text);

        // Drawn again and signed on paper; what is no scan is not taken.
        let again = drawn(&legal, &case, &quotation).await;
        assert_eq!(again["version"], 2);
        let paper = format!("/api/v1/contracts/{}/signed-paper?signer=customer&from=van%20phong", id(&again));
        let send = async |bytes: Vec<u8>| {
            let request = legal.request(reqwest::Method::POST, &paper).header("content-type", "application/octet-stream");
            legal.send(request.body(bytes)).await
        };
        assert_eq!(send(b"no scan".to_vec()).await.refused(), ["scan: scan-type"]);
        let signed = send(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".to_vec()).await;
        assert_eq!(signed.body["next_signer"], "firm", "{}", signed.text);
        t.advance(time::Duration::days(8));
        let over = ok(legal.get(&format!("/api/v1/contracts/{}", id(&again))).await).await;
        assert_eq!(over["state"], "expired");
    })
    .await;
}
