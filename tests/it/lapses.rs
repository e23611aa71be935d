//! Reviews and hand-overs that hold no longer: by what came after them, by their time, by a line that broke.

use crate::case_events::every_case_is_its_events;
use crate::closing::{Desk, accepted, at_work, paper, reviewed};
use crate::contracts::ok;
use crate::ward::{mapped, threaded};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

/// What comes after the review is not handed over unseen; and who finds a fault takes the case back.
#[sqlx::test(migrations = "./migrations")]
async fn a_review_lapses_by_what_comes_after_it(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        reviewed(&d).await;
        let offer = async || ok(d.care.post(&d.path("hand-overs"), json!({"way": "online"})).await);
        let secret = async |made: &Value| {
            let link = format!("/api/v1/hand-overs/{}/link?purpose=contact_customer", made["id"].as_str().unwrap());
            ok(d.care.get(&link).await)
        };
        let state = async || ok(d.legal.get(&format!("/api/v1/cases/{}", d.case)).await)["state"].clone();
        let customer = d.t.anonymous();
        let old = secret(&offer().await).await;
        paper(&d, json!({"kind": "other", "title": "request_form"}), 1250).await;
        assert_eq!(state().await, "execution", "it goes back to work");
        let told = d.kinds().await;
        let came = ["paper_added", "review_lapsed", "issue_raised", "paper_added"];
        assert_eq!(told[told.len() - 4..], came, "the paper, whose review it is to ask for anew, and the scan");
        let all = ok(d.care.get(&d.path("issues?purpose=review")).await);
        let mine = &all.as_array().unwrap().last().unwrap();
        assert_eq!((&mine["topic"], &mine["due"]), (&json!("review_returned"), &json!("2026-10-08")), "by a day: {mine}");
        assert_eq!(customer.post("/api/v1/receive", old.clone()).await.body["code"], "link-replaced");
        assert_eq!(d.care.post(&d.path("hand-overs"), json!({"way": "online"})).await.body["code"], "case-step");
        again(&d).await;
        assert_eq!(customer.post("/api/v1/receive", old).await.body["code"], "link-replaced", "reviewed anew, offered anew");

        let issue = json!({"topic": "wrong_area", "words": "sai diện tích", "owner": d.t.hire("owner", &["legal"]).await, "due": "2026-10-09"});
        let issue = ok(d.care.post(&d.path("issues"), issue).await);
        assert_eq!(state().await, "execution");
        let all = ok(d.care.get(&d.path("issues?purpose=review")).await);
        let anew = &all.as_array().unwrap().last().unwrap();
        let waits = (&anew["topic"], &anew["due"], &anew["resolved_at"]);
        assert_eq!(waits, (&json!("review_returned"), &json!("2026-10-14"), &Value::Null), "when that may be solved");
        assert!(anew["words"].as_str().unwrap().contains("có vướng mắc"), "{anew}");
        ok(d.care.post(&format!("/api/v1/issues/{}/resolve", issue["id"].as_str().unwrap()), json!({"how": "đã đo lại"})).await);
        again(&d).await;

        let back = d.path("back-to-work");
        assert_eq!(d.legal.post(&back, json!({"reason": "x"})).await.refused(), ["reason: length"]);
        let words = "Ông Mẫu Chín báo sai tên";
        assert_eq!(ok(d.legal.post(&back, json!({"reason": words})).await)["state"], "execution");
        assert_eq!(d.legal.post(&back, json!({"reason": words})).await.body["code"], "case-step");
        crate::cases::nothing_in_clear(&pool, &[words]).await;
        again(&d).await;
        let right = secret(&offer().await).await;
        assert_eq!(customer.post("/api/v1/receive", right).await.status, StatusCode::OK);
        every_case_is_its_events(&pool).await;
    })
    .await;
}

/// Asks for a review once more and passes it.
async fn again(d: &Desk) {
    ok(d.legal.post(&d.path("ask-review"), json!({})).await);
    let list = d.eye.get(&d.path("checklist")).await;
    let pass = json!({"pass": true, "seq": list.body["seq"], "items": accepted(&list)});
    ok(d.eye.post(&d.path("reviews"), pass).await);
}

/// A link that died is somebody's business; what was opened and lost comes once more, the same files.
#[sqlx::test(migrations = "./migrations")]
async fn a_lost_hand_over_comes_again(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        paper(&d, json!({"kind": "other", "title": "request_form"}), 1240).await;
        reviewed(&d).await;
        let first = ok(d.care.post(&d.path("hand-overs"), json!({"way": "online"})).await);
        assert_eq!(ok(d.legal.get(&d.path("timeline")).await)["now"]["turn"], "customer");
        d.t.run("watch_links").await;
        assert_eq!(d.kinds().await.last().unwrap(), "hand_over_offered", "it can be opened");
        d.t.advance(time::Duration::days(8));
        let (legal, care) =
            (d.t.signed_in("legal.2", &["legal"]).await, d.t.signed_in("care.2", &["customer_care"]).await);
        let d = Desk { legal, care, ..d };
        let turn = async || ok(d.legal.get(&d.path("timeline")).await)["now"]["turn"].clone();
        for _ in 0..2 {
            d.t.run("watch_links").await;
        }
        let told: Vec<String> = d.kinds().await.into_iter().filter(|k| k == "hand_over_lapsed").collect();
        assert_eq!((told.len(), turn().await), (1, json!("ours")), "told once, and ours to move");
        let repeat = |made: &Value| format!("/api/v1/hand-overs/{}/repeat", made["id"].as_str().unwrap());
        assert_eq!(d.care.post(&repeat(&first), json!({})).await.body["code"], "not-handed-over");

        let secret = async |made: &Value| {
            let link = format!("/api/v1/hand-overs/{}/link?purpose=contact_customer", made["id"].as_str().unwrap());
            ok(d.care.get(&link).await)
        };
        let offered = ok(d.care.post(&d.path("hand-overs"), json!({"way": "online"})).await);
        let customer = d.t.anonymous();
        let opened = ok(customer.post("/api/v1/receive", secret(&offered).await).await);
        d.t.advance(time::Duration::hours(2));
        // The line broke: what was reviewed comes again, and nothing else.
        paper(&d, json!({"kind": "other", "title": "petition"}), 1241).await;
        assert_eq!(d.care.post(&d.path("hand-overs"), json!({"way": "online"})).await.body["code"], "case-step");
        let once_more = ok(d.care.post(&repeat(&offered), json!({})).await);
        assert_eq!(once_more["digest"], offered["digest"]);
        let link = secret(&once_more).await;
        let got = ok(customer.post("/api/v1/receive", link.clone()).await);
        assert_eq!(got["files"], opened["files"]);
        assert_eq!(customer.post("/api/v1/receive", link).await.body["code"], "link-used");
        let file = format!("/api/v1/receive/files/{}", got["files"][0]["sha256"].as_str().unwrap());
        assert_eq!(customer.with_token(got["grant"].as_str().unwrap()).get(&file).await.status, StatusCode::OK);
        assert_eq!(ok(d.legal.get(&format!("/api/v1/cases/{}", d.case)).await)["state"], "after_care");
        every_case_is_its_events(&pool).await;
    })
    .await;
}
