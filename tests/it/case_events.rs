//! The events of a case: written with the deed, never changed, and the case is what they tell.

use crate::test_app::TestApp;
use diaba::domain::case::{Case, Happened};
use diaba::flow::case;
use diaba::flow::staff::Actor;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

/// Kinds of a case's events, in order.
pub async fn kinds(pool: &PgPool, case: Uuid) -> Vec<String> {
    sqlx::query_scalar("select kind from case_event where case_id = $1 order by seq")
        .bind(case)
        .fetch_all(pool)
        .await
        .unwrap()
}

/// What is kept beside each case is the fold of its events.
pub async fn every_case_is_its_events(pool: &PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    let kept: Vec<(Uuid, String, String, Option<serde_json::Value>)> =
        sqlx::query_as("select id, state, turn, standing from case_file").fetch_all(pool).await.unwrap();
    for (id, state, turn, standing) in kept {
        let folded: Case = case::refold(&mut conn, id).await.unwrap().unwrap();
        assert_eq!(Some(serde_json::to_value(&folded).unwrap()), standing, "case {id}");
        assert_eq!((folded.step.name(), folded.turn().as_str()), (state.as_str(), turn.as_str()), "case {id}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn acts_leave_events_and_the_fold_is_kept(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care", "legal"]).await;
    let case = care.open_case().await;
    let id: Uuid = case.parse().unwrap();
    let party = json!({"role": "holder", "person": {"name": "Người Mẫu Bảy"}});
    assert_eq!(care.post(&format!("/api/v1/cases/{case}/parties"), party).await.status, StatusCode::CREATED);
    let visit = json!({"case_id": case, "department": "legal", "at": "2026-10-07T02:00:00Z", "place_text": "Văn phòng mẫu",
        "with_customer": true});
    assert_eq!(care.post("/api/v1/appointments", visit).await.status, StatusCode::CREATED);
    assert_eq!(kinds(&pool, id).await, ["opened", "party_added", "task_created", "appointment_made"]);
    every_case_is_its_events(&pool).await;

    let end = json!({"ending": "withdrawn", "reason": "customer withdrew"});
    let ended = care.post(&format!("/api/v1/cases/{case}/close"), end).await;
    assert_eq!(ended.body["state"], "withdrawn", "{}", ended.text);
    assert_eq!(
        kinds(&pool, id).await[4..],
        ["task_cancelled", "appointment_cancelled", "ended"],
        "no task outlives its case"
    );
    every_case_is_its_events(&pool).await;
    let owed: Vec<Vec<String>> = sqlx::query_scalar("select owed from case_event where owed <> '{}' order by id")
        .fetch_all(&pool)
        .await
        .unwrap();
    let off = vec!["customer", "role:customer_care"];
    assert_eq!(
        owed,
        [vec!["customer"], vec!["customer"], off, vec!["customer"]],
        "opened, an hour made and off, ended"
    );
}

#[sqlx::test(migrations = "./migrations")]
async fn the_database_refuses_gaps_and_changes(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let id: Uuid = care.open_case().await.parse().unwrap();
    for change in ["update case_event set kind = 'x'", "delete from case_event"] {
        assert!(sqlx::query(change).execute(&pool).await.is_err(), "{change}");
    }
    for seq in [1, 3] {
        let jump =
            sqlx::query("insert into case_event (case_id, seq, at, actor, kind) values ($1, $2, now(), 'x', 'x')");
        assert!(jump.bind(id).bind(seq).execute(&pool).await.is_err(), "event {seq} after event 1");
    }
    let mut tx = pool.begin().await.unwrap();
    let by = Actor::system("test");
    let early = Happened::QuotationAccepted { quotation: id, version: 1 };
    let refused = case::record(&t.app, &mut tx, &by, id, early).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "conflict: case-step: quotation_accepted cannot happen in intake: it belongs to another step"
    );
    drop(tx);
    every_case_is_its_events(&pool).await;
}

/// Many at once on one case: every event has its own number and none is lost.
#[sqlx::test(migrations = "./migrations")]
async fn many_at_once(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let case = care.open_case().await;
    let path = format!("/api/v1/cases/{case}/parties");
    let one = json!({"role": "heir", "person": {"name": "Người Mẫu"}});
    let all = futures::future::join_all((0..12).map(|_| care.post(&path, one.clone()))).await;
    assert!(all.iter().all(|a| a.status == StatusCode::CREATED));
    let seqs: Vec<i32> = sqlx::query_scalar("select seq from case_event order by id").fetch_all(&pool).await.unwrap();
    assert_eq!(seqs, (1..=13).collect::<Vec<_>>());
    every_case_is_its_events(&pool).await;
}
