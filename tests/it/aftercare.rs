//! What follows a hand-over: the archive that proves itself, thanks and a survey.

use crate::case_events::every_case_is_its_events;
use crate::case_work::run;
use crate::closing::{Desk, at_work, desk, paper, png, reviewed};
use crate::contracts::{accepted, drawn, firm_on_paper, ok, on_paper};
use crate::ward::{mapped, threaded};
use diaba::domain::archive::{Fault, prove};
use diaba::domain::proof::Keyring;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

/// A case whose results are in the customer's hands, signed for in the office.
pub async fn handed_over(d: &Desk) {
    reviewed(d).await;
    let made = d.care.post(&d.path("hand-overs"), json!({"way": "office"})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let signed = format!("/api/v1/hand-overs/{}/signed", made.body["id"].as_str().unwrap());
    let done = d.care.send(d.care.request(Method::POST, &signed).body(png(2480))).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

#[sqlx::test(migrations = "./migrations")]
async fn an_archive_holds_all_of_it_and_proves_itself(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        let party = json!({"role": "holder", "person": {"name": "Người Mẫu Mười"}});
        assert_eq!(d.care.post(&d.path("parties"), party).await.status, StatusCode::CREATED);
        paper(&d, json!({"kind": "other", "title": "request_form"}), 1240).await;
        let archives = d.path("archives");
        assert_eq!(d.legal.post(&archives, json!({})).await.body["code"], "case-step", "not handed over");
        handed_over(&d).await;
        let made = d.legal.post(&archives, json!({})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        d.t.advance(time::Duration::hours(1));
        let again = d.legal.post(&archives, json!({})).await;
        assert_eq!(again.body, made.body, "the same case is the same ZIP");

        let file = format!("/api/v1/archives/{}/file", made.body["id"].as_str().unwrap());
        assert_eq!(d.legal.get(&file).await.refused(), ["purpose: purpose-needed"]);
        assert_eq!(d.eye.get(&file).await.status, StatusCode::FORBIDDEN);
        let (status, zip) = d.legal.send_raw(&format!("{file}?purpose=archive")).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(diaba::domain::verify::sha256_hex(&zip), made.body["sha256"].as_str().unwrap());
        crate::cases::nothing_in_clear(&pool, &["Người Mẫu Mười"]).await;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, &zip).unwrap();
        let pem: String = diaba::flow::proof::keys(&d.t.app).await.unwrap().into_iter().map(|k| k.pem).collect();
        let keys = Keyring::from_pem(&pem).unwrap();
        let proved = diaba::flow::archive::check(&path, Some(&keys)).unwrap();
        assert_eq!(proved.manifest_sha256, made.body["manifest_sha256"].as_str().unwrap());
        assert!(proved.key_id.is_some());
        assert_eq!(diaba::flow::archive::check(&path, None).unwrap().key_id, None);

        let read = diaba::outside::zipped::unzipped(&path).unwrap();
        let names: Vec<&str> = read.files.iter().map(|f| f.name.as_str()).collect();
        for wanted in [
            "README.txt",
            "case.json",
            "papers/01-other/v1.json",
            "papers/01-other/v2.png",
            "verifications/01/record.json",
            "verifications/01/proof.json",
            "report.vi.pdf",
            "advice/01.json",
            "contracts/01.pdf",
            "requests.json",
            "quotations.json",
            "issues.json",
            "field-items.json",
            "submissions.json",
            "reviews.json",
            "obligations.json",
            "hand-overs/01.json",
            "hand-overs/01-record.pdf",
            "hand-overs/01-signed.png",
            "timeline.vi.txt",
            "timeline.en.txt",
            "timeline.json",
        ] {
            assert!(names.contains(&wanted), "{wanted} is not in {names:?}");
        }
        let done = names.iter().any(|n| n.starts_with("tasks/") && n.ends_with("-appointment.json"));
        assert!(done, "what was done is not in {names:?}");
        let scan = read.files.iter().find(|f| f.name == "papers/01-other/v2.png").unwrap();
        assert_eq!(scan.sha256, diaba::domain::verify::sha256_hex(png(1240)), "the scan as it was sent");
        // One changed byte of any file is named.
        let manifest = read.manifest.unwrap();
        let mut files = read.files;
        files[1].sha256 = "0".repeat(64);
        let faults = prove(&manifest, read.signature.as_deref(), &files, Some(&keys)).unwrap_err();
        assert!(matches!(&faults[..], [Fault::Changed { name, .. }] if name == "case.json"), "{faults:?}");
        let forged = String::from_utf8(manifest).unwrap().replace("diaba.archive/1\"}", "diaba.archive/1\" }");
        let faults = prove(forged.as_bytes(), read.signature.as_deref(), &[], Some(&keys)).unwrap_err();
        assert!(faults.iter().any(|f| matches!(f, Fault::Signature(_))), "{faults:?}");

        // The case goes on: its archive is another one.
        d.t.advance(time::Duration::hours(1));
        let end = json!({"ending": "closed", "reason": "all done"});
        assert_eq!(d.care.post(&d.path("close"), end).await.status, StatusCode::OK);
        let later = d.legal.post(&archives, json!({})).await;
        assert_ne!(later.body["sha256"], made.body["sha256"]);
        assert_eq!(d.legal.get(&archives).await.body.as_array().unwrap().len(), 2);
        assert_eq!(d.kinds().await.iter().filter(|k| *k == "archived").count(), 2);
        every_case_is_its_events(&pool).await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_survey_takes_one_answer(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        let survey = d.path("survey");
        assert_eq!(d.care.post(&survey, json!({})).await.body["code"], "case-step");
        handed_over(&d).await;
        run(&d.t, "send_surveys").await;
        assert!(!d.kinds().await.contains(&"survey_sent".to_owned()), "not on the first day");
        d.t.advance(time::Duration::days(4));
        run(&d.t, "send_surveys").await;
        run(&d.t, "send_surveys").await;
        assert_eq!(d.kinds().await.iter().filter(|k| *k == "survey_sent").count(), 1);
        let care = d.t.signed_in("care.2", &["customer_care"]).await;
        assert_eq!(care.post(&survey, json!({})).await.body["code"], "survey-sent");
        let shown = care.get(&format!("{survey}?purpose=contact_customer")).await;
        let token = shown.body["token"].as_str().unwrap_or_else(|| panic!("{}", shown.text)).to_owned();
        crate::cases::nothing_in_clear(&pool, &[&token]).await;

        let customer = d.t.anonymous();
        assert_eq!(customer.post("/api/v1/survey", json!({"token": "00"})).await.status, StatusCode::NOT_FOUND);
        let asked = customer.post("/api/v1/survey", json!({"token": token})).await;
        let steps: Vec<&str> =
            asked.body["steps"].as_array().unwrap().iter().map(|s| s["step"].as_str().unwrap()).collect();
        assert_eq!(steps, ["intake", "verification", "advice", "quotation", "contract", "execution", "hand_over"]);
        let bad = json!({"token": token, "scores": {"intake": 9, "moon": 3}});
        assert_eq!(
            customer.post("/api/v1/survey", bad).await.refused(),
            ["scores.intake: range", "scores.moon: not-in-list"]
        );
        let answer = json!({"token": token, "scores": {"intake": 5, "advice": 2}, "words": "Ông Mẫu rất nhiệt tình"});
        // Twice at the same moment: one answer.
        let both = futures::future::join_all([
            customer.post("/api/v1/survey", answer.clone()),
            customer.post("/api/v1/survey", answer.clone()),
        ])
        .await;
        let mut told: Vec<StatusCode> = both.iter().map(|a| a.status).collect();
        told.sort();
        assert_eq!(told, [StatusCode::OK, StatusCode::CONFLICT]);
        assert_eq!(customer.post("/api/v1/survey", answer).await.body["code"], "survey-answered");
        crate::cases::nothing_in_clear(&pool, &["Ông Mẫu rất nhiệt tình"]).await;

        let read = care.get(&format!("{survey}?purpose=review")).await;
        assert_eq!((&read.body["words"], &read.body["token"]), (&json!("Ông Mẫu rất nhiệt tình"), &Value::Null));
        let results = care.get("/api/v1/survey-results").await;
        assert_eq!((&results.body["sent"], &results.body["answered"]), (&json!(1), &json!(1)), "{}", results.text);
        assert_eq!(
            results.body["steps"][1],
            json!({"step": "advice", "answers": 1, "mean": 2.0, "counts": [0, 1, 0, 0, 0]})
        );
        let before = care.get("/api/v1/survey-results?to=2026-10-01").await;
        assert_eq!(before.body["sent"], 0);
        every_case_is_its_events(&pool).await;
    })
    .await;
}

/// One sheet of paper with both signatures is one scan: it lies in the archive once, and each signature is proved by it.
#[sqlx::test(migrations = "./migrations")]
async fn two_signatures_on_one_scan_are_archived(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = desk(mapped(pool.clone()).await, async |legal| {
            let (case, quotation) = accepted(legal).await;
            let contract = drawn(legal, &case, &quotation).await;
            ok(on_paper(legal, &contract, 1).await);
            assert_eq!(ok(firm_on_paper(legal, &contract, 2).await)["state"], "concluded");
            (case, contract)
        })
        .await;
        handed_over(&d).await;
        let made = ok(d.legal.post(&d.path("archives"), json!({})).await);
        let file = format!("/api/v1/archives/{}/file?purpose=archive", made["id"].as_str().unwrap());
        let (_, zip) = d.legal.send_raw(&file).await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, &zip).unwrap();
        diaba::flow::archive::check(&path, None).unwrap();
        let names: Vec<String> =
            diaba::outside::zipped::unzipped(&path).unwrap().files.into_iter().map(|f| f.name).collect();
        let scans: Vec<&String> = names.iter().filter(|n| n.contains("-signed-")).collect();
        assert_eq!(scans.len(), 1, "{names:?}");
    })
    .await;
}
