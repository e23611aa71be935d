//! What comes back from an authority, and what still lies there when its case has ended.

use crate::case_events::every_case_is_its_events;
use crate::contracts::{id, kinds, ok};
use crate::submissions::{Front, dossier};
use crate::ward::threaded;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

/// After a refusal, and after a dossier was taken back, somebody has the next step, and the customer reads who and by when.
#[sqlx::test(migrations = "./migrations")]
async fn what_comes_back_is_somebodys(pool: PgPool) {
    threaded(pool, |pool| async move {
        let f = Front::open(pool).await;
        let shown = async || {
            let told = ok(f.legal.get(&format!("/api/v1/cases/{}/timeline?view=customer", f.case)).await);
            let last = told["lines"].as_array().unwrap().last().unwrap().clone();
            (told["now"].clone(), last)
        };
        let problems = async || -> Vec<Value> {
            let screen = ok(f.legal.get(&format!("/api/v1/cases/{}/screen", f.case)).await);
            screen["issues"].as_array().unwrap().clone()
        };
        let first = f.hand_in(dossier("R1")).await;
        let no = json!({"granted": false, "words": "Ranh giới chưa rõ"});
        let refused = ok(f.step(&first, "decided", no.clone()).await);
        let all = problems().await;
        assert_eq!(all.len(), 1, "{all:?}");
        assert_eq!((&all[0]["topic"], &all[0]["due"]), (&json!("agency_refuses"), &json!("2026-10-08")));
        assert!(all[0]["owner"].is_string() && all[0]["resolved_at"].is_null());
        assert_eq!(refused["steps"][0]["issue_id"], all[0]["id"]);
        let read = ok(f.legal.get(&format!("/api/v1/cases/{}/issues?purpose=review", f.case)).await);
        assert_eq!(read[0]["words"], "Ranh giới chưa rõ", "what the authority says");
        let (now, last) = shown().await;
        assert_eq!((&now["turn"], &now["by"]), (&json!("ours"), &json!("2026-10-08")));
        assert!(now["next"].as_str().unwrap().contains("refused"), "{now}");
        assert_eq!((&last["kind"], &last["by"]), (&json!("agency_decided"), &json!("2026-10-08")));
        assert!(last["next"].is_string() && last["data"]["issue"].is_null(), "{last}");

        // It passes its day: its owner is warned, and who leads hears.
        f.t.advance(Duration::days(4));
        f.t.run("watch_clocks").await;
        let sql =
            "select count(*) from case_event where kind = 'deadline_escalated' and data->>'clock' = 'issue.' || $1";
        let late: i64 = sqlx::query_scalar(sql).bind(id(&all[0])).fetch_one(&f.t.app.pool).await.unwrap();
        assert_eq!(late, 1);
        let f = Front { legal: f.t.signed_in("legal.2", &["legal"]).await, ..f };
        let second = f.hand_in(dossier("R2")).await;
        let screen = ok(f.legal.get(&format!("/api/v1/cases/{}/screen", f.case)).await);
        assert!(screen["issues"][0]["resolved_at"].is_string(), "handed in anew: {}", screen["issues"]);
        ok(f.step(&second, "withdrawn", json!({"mistake": false, "words": "Khách xin rút để sửa"})).await);
        let screen = ok(f.legal.get(&format!("/api/v1/cases/{}/screen", f.case)).await);
        assert_eq!(
            (&screen["issues"][1]["topic"], &screen["issues"][1]["due"]),
            (&json!("dossier_back"), &json!("2026-10-14"))
        );
        assert_eq!(screen["timeline"]["now"]["by"], "2026-10-14", "{}", screen["timeline"]["now"]);

        // Noted with a wrong number, noted rightly, then the first taken out: the right one lies there, and nothing is left to do.
        let wrong = f.hand_in(dossier("R30")).await;
        let right = f.hand_in(dossier("R31")).await;
        ok(f.step(&wrong, "withdrawn", json!({"mistake": true, "words": "Nhập sai số biên nhận"})).await);
        let told = ok(f.legal.get(&format!("/api/v1/cases/{}/timeline?view=customer", f.case)).await);
        let (now, last) = (&told["now"], told["lines"].as_array().unwrap().last().unwrap());
        assert_eq!(
            (&now["turn"], &last["kind"], &last["next"]),
            (&json!("authority"), &json!("submission_withdrawn"), &Value::Null)
        );
        ok(f.step(&right, "withdrawn", json!({"mistake": false, "words": "Khách xin rút để sửa"})).await);

        // What is decided after the end is nobody's any more.
        let third = f.hand_in(dossier("R3")).await;
        let end = json!({"ending": "withdrawn", "reason": "the customer sells no more"});
        ok(f.legal.post(&format!("/api/v1/cases/{}/close", f.case), end).await);
        ok(f.step(&third, "decided", no).await);
        let told = kinds(&f.t, &f.case).await;
        assert_eq!(told.iter().filter(|k| *k == "issue_raised").count(), 3, "{told:?}");
        every_case_is_its_events(&f.t.app.pool).await;
    })
    .await;
}

/// Its papers are still there: that the authority is late is said though the case has ended, once, until the dossier is taken back.
#[sqlx::test(migrations = "./migrations")]
async fn a_dossier_is_watched_beyond_the_end_of_its_case(pool: PgPool) {
    threaded(pool, |pool| async move {
        let f = Front::open(pool).await;
        let out = f.hand_in(dossier("C1")).await;
        let end = json!({"ending": "withdrawn", "reason": "the customer sells no more"});
        ok(f.legal.post(&format!("/api/v1/cases/{}/close", f.case), end).await);
        let late = async || kinds(&f.t, &f.case).await.iter().filter(|k| *k == "deadline_escalated").count();
        f.t.advance(Duration::days(60));
        f.t.run("watch_clocks").await;
        f.t.run("watch_clocks").await;
        assert_eq!(late().await, 1, "its term is over, and the manager hears of it");
        let legal = f.t.signed_in("legal.later", &["legal"]).await;
        ok(legal
            .post(
                &format!("/api/v1/submissions/{}/withdrawn", id(&out)),
                json!({"mistake": false, "words": "Khách không làm tiếp"}),
            )
            .await);
        f.t.advance(Duration::days(60));
        f.t.run("watch_clocks").await;
        assert_eq!(late().await, 1);
        every_case_is_its_events(&f.t.app.pool).await;
    })
    .await;
}
