//! Rows as an older program wrote them are brought to what this one keeps, at setup, once.

use crate::case_events::every_case_is_its_events;
use crate::cases::nothing_in_clear;
use crate::closing::at_work;
use crate::contracts::ok;
use crate::plans::{agency, put};
use crate::ward::{mapped, threaded};
use diaba::flow::setup::setup;
use serde_json::json;
use sqlx::PgPool;

/// Before migrations 0122 and 0123.
const AS_BEFORE: &str = "
    update _sqlx_migrations set installed_on = '2027-01-01';
    alter table task_event disable trigger task_event_insert_only;
    update task_event set detail = detail || '{\"reason\": \"chờ ông Mẫu Bưởi\"}', sealed = null where what = 'paused';
    alter table task_event enable trigger task_event_insert_only;
    update task set place_text = 'nhà bà Mẫu Dưa', sealed_place = null, subject = '1791162000 nhà bà Mẫu Dưa' where kind = 'appointment';
    update request_item set paper_kind = 'Giấy xác nhận của bà Mẫu Mít', sealed_title = null, print = null where paper_kind = 'titled';
    alter table submission_step disable trigger submission_step_insert_only;
    update submission_step t set due = (select due from submission s where s.id = t.submission_id) where what = 'answered';
    alter table submission_step enable trigger submission_step_insert_only";

#[sqlx::test(migrations = "./migrations")]
async fn words_of_before_are_sealed_and_terms_follow_their_clock(pool: PgPool) {
    const WORDS: [&str; 3] = ["nhà bà Mẫu Dưa", "chờ ông Mẫu Bưởi", "Giấy xác nhận của bà Mẫu Mít"];
    threaded(pool, |pool| async move {
        let mut d = at_work(mapped(pool.clone()).await).await;
        let visit =
            json!({"case_id": d.case, "department": "legal", "at": "2026-10-09T03:00:00Z", "place_text": WORDS[0]});
        let mut task = ok(d.legal.post("/api/v1/appointments", visit).await);
        let address = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
        for what in ["accept", "start", "pause"] {
            let mut body = json!({"version": task["version"]});
            if what == "pause" {
                body["reason"] = json!(WORDS[1]);
            }
            task = ok(d.legal.post(&format!("{address}/{what}"), body).await);
        }
        assert_eq!(put(&d.boss, "/api/v1/agencies/vpdk.example", agency()).await.status, 200);
        let dossier = json!({"agency": "vpdk.example", "receipt_number": "Z-1"});
        let dossier = ok(d.legal.post(&d.path("submissions"), dossier).await);
        let asked = format!("/api/v1/submissions/{}/asked-more", dossier["id"].as_str().unwrap());
        ok(d.legal.post(&asked, json!({"words": "Bổ sung", "from_customer": [WORDS[2], "loss_report"]})).await);
        d.t.advance(time::Duration::days(7));
        d.legal = d.t.signed_in("legal.2", &["legal"]).await;
        ok(d.legal.post(&asked.replace("asked-more", "answered"), json!({})).await);
        let due = async || ok(d.legal.get("/api/v1/submissions?state=at_work").await)["items"][0]["due"].clone();
        let right = due().await;

        sqlx::raw_sql(AS_BEFORE).execute(&pool).await.unwrap();
        assert_ne!(due().await, right);
        let shown = ok(d.legal.get(&address).await);
        assert!(shown.to_string().contains(WORDS[1]) && shown.to_string().contains(WORDS[0]), "{shown}");
        assert_eq!((setup(&d.t.app).await.unwrap().brought, setup(&d.t.app).await.unwrap().brought), (4, 0));
        nothing_in_clear(&pool, &WORDS).await;
        assert_eq!(due().await, right);
        let words = ok(d.legal.get(&format!("{address}/words?purpose=verify")).await);
        assert_eq!((&words["place_text"], &words["reasons"][0]["reason"]), (&json!(WORDS[0]), &json!(WORDS[1])));
        let items = ok(d.legal.get(&d.path("paper-requests?purpose=contact_customer")).await)[0]["items"].clone();
        assert!(items.as_array().unwrap().iter().any(|i| i["title"] == WORDS[2]), "{items}");
        // The paper that comes is known by its title.
        let paper = json!({"kind": "other", "title": WORDS[2].to_uppercase()});
        ok(d.legal.post(&d.path("papers"), paper).await);
        let items = ok(d.legal.get(&d.path("paper-requests")).await)[0]["items"].clone();
        assert!(
            items.as_array().unwrap().iter().any(|i| i["paper_kind"] == "titled" && i["state"] != "open"),
            "{items}"
        );
        let changed = sqlx::query("update task_event set what = 'done'").execute(&pool).await;
        assert!(changed.is_err(), "and nothing else is ever changed");
        every_case_is_its_events(&pool).await;
    })
    .await;
}
