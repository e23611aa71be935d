//! Hours that come to nothing: a hold that runs out, a task that is needed no more, a customer who does not come. Who was told of one
//! hears that it is off, and a new one is due on its own day.

use crate::case_events::{every_case_is_its_events, kinds};
use crate::plans::staff;
use crate::test_app::{Answer, Caller, TestApp};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;
use uuid::Uuid;

async fn book(who: &Caller, case: &str, at: &str, more: Value) -> Value {
    let mut new =
        json!({"case_id": case, "department": "legal", "at": at, "place_text": "Văn phòng mẫu", "with_customer": true});
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = who.post("/api/v1/appointments", new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.body
}

async fn task(who: &Caller, made: &Value) -> Value {
    who.get(&format!("/api/v1/tasks/{}", made["id"].as_str().unwrap())).await.body
}

async fn act(who: &Caller, made: &Value, what: &str, mut body: Value) -> Answer {
    body["version"] = task(who, made).await["version"].clone();
    who.post(&format!("/api/v1/tasks/{}/{what}", made["id"].as_str().unwrap()), body).await
}

/// What a customer reads of hours that are off.
async fn off(who: &Caller, case: &str) -> Vec<String> {
    let told = who.get(&format!("/api/v1/cases/{case}/timeline?view=customer")).await;
    let lines = told.body["lines"].as_array().unwrap().iter().filter(|l| l["kind"] == "appointment_cancelled");
    lines.map(|l| l["what"].as_str().unwrap().to_owned()).collect()
}

#[sqlx::test(migrations = "./migrations")]
async fn who_was_told_of_an_hour_hears_that_it_is_off(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (legal, an) = staff(&t, "an", "legal").await;
    let case = legal.open_case().await;
    let held = book(&legal, &case, "2026-10-07T02:00:00Z", json!({"hold_minutes": 60, "assignee": an})).await;
    t.advance(Duration::minutes(61));
    for _ in 0..2 {
        t.run("advance_plans").await;
    }
    assert_eq!(off(&legal, &case).await, ["The appointment of 09:00 2026-10-07 is off: it was not confirmed in time."]);
    assert_eq!(task(&legal, &held).await["appointment_at"], Value::Null, "the task has no hour any more");
    let owed: Vec<Vec<String>> = sqlx::query_scalar("select owed from case_event where kind = 'appointment_cancelled'")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(owed, [["customer", "role:customer_care"]]);

    // Freed by who takes the hour: told all the same, once.
    let second = book(&legal, &case, "2026-10-08T02:00:00Z", json!({"hold_minutes": 60, "assignee": an})).await;
    t.advance(Duration::minutes(61));
    let other = legal.open_case().await;
    book(&legal, &other, "2026-10-08T02:00:00Z", json!({"assignee": an})).await;
    for _ in 0..2 {
        t.run("advance_plans").await;
    }
    assert_eq!(off(&legal, &case).await.len(), 2);
    assert_eq!(off(&legal, &other).await.len(), 0);

    // Agreed anew for the same task before anybody looked: what is off is no news any more.
    let fresh = book(&legal, &other, "2026-10-10T02:00:00Z", json!({"hold_minutes": 60})).await;
    t.advance(Duration::minutes(61));
    book(&legal, &other, "2026-10-10T02:00:00Z", json!({"task": fresh["id"]})).await;
    t.run("advance_plans").await;
    assert_eq!(off(&legal, &other).await.len(), 0);
    assert_eq!(
        act(&legal, &second, "cancel", json!({"reason": "đã trao đổi qua điện thoại"})).await.status,
        StatusCode::OK
    );
    assert_eq!(off(&legal, &case).await.len(), 2, "it had no hour any more");

    // Needed no more: with its task, and with its case.
    let third = book(&legal, &case, "2026-10-09T02:00:00Z", json!({})).await;
    assert_eq!(
        act(&legal, &third, "cancel", json!({"reason": "đã trao đổi qua điện thoại"})).await.status,
        StatusCode::OK
    );
    assert_eq!(off(&legal, &case).await[2], "The appointment of 09:00 2026-10-09 is off: it is needed no more.");
    book(&legal, &case, "2026-10-09T04:00:00Z", json!({})).await;
    book(&legal, &case, "2026-10-09T06:00:00Z", json!({"with_customer": false})).await;
    let end = json!({"ending": "withdrawn", "reason": "customer withdrew"});
    assert_eq!(legal.post(&format!("/api/v1/cases/{case}/close"), end).await.status, StatusCode::OK);
    assert_eq!(off(&legal, &case).await.len(), 4, "the customer hears of their own alone");
    let told = kinds(&pool, case.parse::<Uuid>().unwrap()).await;
    assert_eq!(told.iter().filter(|k| *k == "appointment_cancelled").count(), 5, "{told:?}");
    every_case_is_its_events(&pool).await;
}

/// Who did not come gets another hour: the task is due on that day, and nobody is told that it is late before.
#[sqlx::test(migrations = "./migrations")]
async fn a_new_hour_after_a_no_show_is_due_on_its_day(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (legal, an) = staff(&t, "an", "legal").await;
    let case = legal.open_case().await;
    let made = book(&legal, &case, "2026-10-06T02:00:00Z", json!({"assignee": an})).await;
    t.advance(Duration::hours(25));
    let legal = t.signs_in("an").await;
    let missed = act(&legal, &made, "appointment/miss", json!({"by": "customer", "reason": "Không ai đến"})).await;
    assert_eq!(missed.status, StatusCode::OK, "{}", missed.text);
    let told = legal.get(&format!("/api/v1/cases/{case}/timeline?view=customer")).await;
    let line = told.body["lines"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(line["what"], "An appointment was missed: you did not come.", "{line}");
    book(&legal, &case, "2026-10-14T02:00:00Z", json!({"task": made["id"]})).await;
    assert_eq!(task(&legal, &made).await["due"], "2026-10-14");
    let late = async || -> Vec<String> {
        let sql =
            "select kind || ' ' || (data->>'deadline') from case_event where data->>'clock' like 'task.%' order by id";
        sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap()
    };
    t.advance(Duration::days(3));
    t.run("watch_clocks").await;
    assert_eq!(late().await, [""; 0], "the new day has not come");
    t.advance(Duration::days(5));
    t.run("watch_clocks").await;
    assert_eq!(late().await, ["deadline_warned 2026-10-14"]);
    t.advance(Duration::days(1));
    for _ in 0..2 {
        t.run("watch_clocks").await;
    }
    assert_eq!(late().await, ["deadline_warned 2026-10-14", "deadline_escalated 2026-10-14"]);
    every_case_is_its_events(&pool).await;
}
