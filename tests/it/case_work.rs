//! What keeps a case moving: one-round paper requests, problems with an owner, clocks that warn, silence that is noticed.

use crate::case_events::{every_case_is_its_events, kinds};
use crate::test_app::{TestApp, new_case};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration as Span;
use uuid::Uuid;

/// Runs one job of a kind here and now, as a worker would.
pub async fn run(t: &TestApp, kind: &str) {
    t.run(kind).await;
}

fn items(body: &Value) -> Vec<(String, String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let all = body["items"].as_array().unwrap();
    all.iter().map(|i| (text(&i["need"]), text(&i["paper_kind"]), text(&i["state"]))).collect()
}

#[sqlx::test(migrations = "./migrations")]
async fn everything_is_asked_for_once(pool: PgPool) {
    let t = TestApp::with_data(pool.clone()).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.post("/api/v1/cases", new_case()).await.body["id"].as_str().unwrap().to_owned();
    let id: Uuid = case.parse().unwrap();
    let requests = format!("/api/v1/cases/{case}/paper-requests");
    assert_eq!(legal.post(&requests, json!({})).await.body["code"], "not-verified");
    let verified = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
    assert_eq!(verified.status, StatusCode::CREATED, "{}", verified.text);

    let asked = legal.post(&requests, json!({"working_days": 5})).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
    assert_eq!((asked.body["round"].as_i64(), asked.body["due"].as_str()), (Some(1), Some("2026-10-12")));
    let wanted: Vec<_> = items(&asked.body).into_iter().map(|(need, kind, _)| (need, kind)).collect();
    for kind in ["certificate", "identity_card", "request_form", "sale_contract"] {
        assert!(wanted.contains(&("missing".into(), kind.into())), "{kind} in {wanted:?}");
    }
    assert_eq!(legal.post(&requests, json!({})).await.body["code"], "nothing-to-ask", "not twice");
    let page = legal.get("/api/v1/cases?turn=customer").await;
    assert_eq!(page.body["items"].as_array().unwrap().len(), 1, "{}", page.text);

    let form = json!({"kind": "other", "title": "request_form"});
    assert_eq!(legal.post(&format!("/api/v1/cases/{case}/papers"), form).await.status, StatusCode::CREATED);
    let card = json!({"kind": "identity_card", "name": "Người Mẫu Hai"});
    assert_eq!(legal.post(&format!("/api/v1/cases/{case}/papers"), card).await.status, StatusCode::CREATED);
    let list = legal.get(&requests).await;
    let state = |kind: &str| items(&list.body[0]).into_iter().find(|i| i.1 == kind).unwrap().2;
    assert_eq!(
        (state("request_form"), state("identity_card")),
        ("met".into(), "open".into()),
        "a draft answers nothing"
    );

    t.advance(Span::days(4));
    t.run("remind_requests").await;
    t.run("remind_requests").await;
    t.advance(Span::days(7));
    t.run("remind_requests").await;
    let told = kinds(&pool, id).await;
    assert_eq!(told.iter().filter(|k| *k == "request_reminded").count(), 2, "before the day and after it: {told:?}");

    let legal = t.signed_in("legal.later", &["legal"]).await; // the first session is long over
    for item in list.body[0]["items"].as_array().unwrap().iter().filter(|i| i["state"] == "open") {
        let settle = format!("/api/v1/request-items/{}/settle", item["id"].as_str().unwrap());
        let how = json!({"how": "dropped", "reason": "the customer has another plan"});
        assert_eq!(legal.post(&settle, how.clone()).await.body["state"], "dropped");
        assert_eq!(legal.post(&settle, how).await.body["code"], "item-settled");
    }
    let counts = legal.get("/api/v1/case-counts").await;
    assert_eq!(counts.body[0]["turn"], "ours", "{}", counts.text);
    every_case_is_its_events(&pool).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_problem_has_an_owner_and_a_day(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let owner = t.hire("owner", &["legal"]).await;
    let case = care.open_case().await;
    let path = format!("/api/v1/cases/{case}/issues");
    let bad = json!({"topic": "A b", "words": "", "owner": owner, "due": "2026-10-01"});
    assert_eq!(care.post(&path, bad).await.refused(), ["topic: not-in-list", "words: length", "due: past"]);
    let new =
        json!({"topic": "neighbour_objects", "words": "Người Mẫu Chín phản đối", "owner": owner, "due": "2026-10-09"});
    let raised = care.post(&path, new).await;
    assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
    assert!(!raised.text.contains("Người"), "words are not echoed");
    let read = care.get(&format!("{path}?purpose=review")).await;
    assert_eq!(read.body[0]["words"], "Người Mẫu Chín phản đối", "{}", read.text);
    crate::cases::nothing_in_clear(&pool, &["Người Mẫu Chín"]).await;
    let resolve = format!("/api/v1/issues/{}/resolve", raised.body["id"].as_str().unwrap());
    assert_eq!(care.post(&resolve, json!({})).await.refused(), ["how: missing-field"]);
    assert_eq!(care.post(&resolve, json!({"how": " "})).await.refused(), ["how: length"]);
    let how = json!({"how": "Người Mẫu Chín đã ký lại sơ đồ"});
    assert_eq!(care.post(&resolve, how.clone()).await.body["resolved_by"], "care");
    assert_eq!(care.post(&resolve, how.clone()).await.body["code"], "issue-resolved");
    let read = care.get(&format!("{path}?purpose=review")).await;
    assert_eq!(read.body[0]["how"], how["how"], "{}", read.text);
    crate::cases::nothing_in_clear(&pool, &["Người Mẫu Chín"]).await;
    assert_eq!(kinds(&pool, case.parse().unwrap()).await, ["opened", "issue_raised", "issue_resolved"]);
    let owed: Vec<Vec<String>> =
        sqlx::query_scalar("select owed from case_event where kind = 'issue_raised'").fetch_all(&pool).await.unwrap();
    assert_eq!(owed, [[format!("staff:{owner}")]]);
    every_case_is_its_events(&pool).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn clocks_warn_once_and_silence_is_noticed_once(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let case = care.open_case().await;
    let id: Uuid = case.parse().unwrap();
    let clock = care.get(&format!("/api/v1/cases/{case}/clock")).await;
    assert_eq!(clock.body["clocks"][0]["deadline"], "2026-10-07", "{}", clock.text);
    assert_eq!(
        clock.body["clocks"][0]["days"],
        json!([{"date": "2026-10-05", "used": null, "why": "first_day",
        "said": "The day it began, not counted."}])
    );
    assert_eq!(clock.body["clocks"][0]["title"], "step Intake");
    t.run("watch_clocks").await;
    assert_eq!(kinds(&pool, id).await, ["opened"]);
    for _ in 0..2 {
        t.advance(Span::hours(24));
        t.run("watch_clocks").await;
        t.run("watch_clocks").await;
    }
    assert_eq!(kinds(&pool, id).await, ["opened", "deadline_warned"]);
    t.advance(Span::hours(24));
    t.run("watch_clocks").await;
    t.run("watch_clocks").await;
    assert_eq!(kinds(&pool, id).await, ["opened", "deadline_warned", "deadline_escalated"]);
    t.advance(Span::days(20));
    t.run("find_stuck").await;
    t.run("find_stuck").await;
    assert_eq!(kinds(&pool, id).await[3..], ["stuck_noticed"]);
    every_case_is_its_events(&pool).await;
    let care = t.signed_in("care.later", &["customer_care"]).await; // the first session is long over
    let screen = care.get(&format!("/api/v1/cases/{case}/screen")).await;
    assert_eq!(screen.status, StatusCode::OK, "{}", screen.text);
    assert_eq!(screen.body["timeline"]["lines"].as_array().unwrap().len(), 4);
    // working days after 7 October up to 28 October: 2 + 5 + 5 + 3
    assert_eq!(screen.body["clock"]["clocks"][0]["left"], -15, "{}", screen.body["clock"]["clocks"][0]["left"]);
}

/// What is open in a case ends with it: nobody is asked, charged or late for it any more.
#[sqlx::test(migrations = "./migrations")]
async fn nothing_stays_open_behind_a_case_that_ended(pool: PgPool) {
    let t = TestApp::with_data(pool.clone()).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.open_case().await;
    legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
    let asked = legal.post(&format!("/api/v1/cases/{case}/paper-requests"), json!({"working_days": 1})).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
    t.run("remind_requests").await;
    assert_eq!(kinds(&pool, case.parse().unwrap()).await.last().unwrap(), "papers_requested", "asked just now");
    let owner = t.hire("owner", &["legal"]).await;
    let issue = json!({"topic": "neighbour_objects", "words": "phản đối", "owner": owner, "due": "2026-10-09"});
    assert_eq!(legal.post(&format!("/api/v1/cases/{case}/issues"), issue).await.status, StatusCode::CREATED);
    let end = json!({"ending": "withdrawn", "reason": "customer withdrew"});
    assert_eq!(legal.post(&format!("/api/v1/cases/{case}/close"), end).await.status, StatusCode::OK);
    t.advance(Span::days(9));
    for kind in ["remind_requests", "watch_clocks", "find_stuck"] {
        t.run(kind).await;
    }
    assert_eq!(kinds(&pool, case.parse().unwrap()).await.last().unwrap(), "ended");
    let legal = t.signed_in("legal.later", &["legal"]).await;
    let counts = legal.get("/api/v1/open-counts").await;
    for line in counts.body.as_array().unwrap() {
        assert_eq!((&line["open"], &line["late"]), (&json!(0), &json!(0)), "{line}");
    }
    let all = legal.get(&format!("/api/v1/cases/{case}/paper-requests")).await;
    assert!(items(&all.body[0]).iter().all(|i| i.2 == "dropped"), "{}", all.text);
    every_case_is_its_events(&pool).await;
}

/// One case that cannot be read keeps no other from its warning; the job fails in the open.
#[sqlx::test(migrations = "./migrations")]
async fn one_bad_case_starves_nobody(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let (bad, good) = (care.open_case().await, care.open_case().await);
    // A history that cannot have happened: it was told of before it was opened.
    let broken =
        "insert into case_event (case_id, seq, at, actor, kind, data) values ($1, 2, $2, 'x', 'no_such_kind', '{}')";
    sqlx::query(broken).bind(bad.parse::<Uuid>().unwrap()).bind(t.app.clock.now()).execute(&pool).await.unwrap();
    t.advance(Span::days(8));
    let failed = t.try_run("watch_clocks", json!({})).await.unwrap_err();
    assert!(failed.contains("1 of 2 failed") && failed.contains(&bad), "{failed}");
    assert!(kinds(&pool, good.parse().unwrap()).await.contains(&"deadline_escalated".to_owned()));
    t.advance(Span::days(30));
    let failed = t.try_run("find_stuck", json!({})).await.unwrap_err();
    assert!(failed.contains("1 of 2 failed"), "{failed}");
    assert!(kinds(&pool, good.parse().unwrap()).await.contains(&"stuck_noticed".to_owned()));
}

/// The clocks of a case whose days no calendar knows go on, doubtful; who looks after the service hears in time.
#[sqlx::test(migrations = "./migrations")]
async fn a_year_without_a_calendar_stops_no_clock(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let ready = async || t.anonymous().get("/readyz").await.body;
    assert_eq!(ready().await, json!({"ready": true}));
    let last = diaba::domain::calendar::Calendar::shipped().unwrap().known_until().unwrap();
    t.advance(Span::days((last - t.app.clock.today()).whole_days() - 1));
    assert_eq!(ready().await["warnings"], json!([{"code": "calendar-ends", "days": 1}]));
    let care = t.signed_in("care", &["customer_care"]).await;
    let case = care.open_case().await;
    t.advance(Span::days(9));
    t.run("watch_clocks").await;
    assert!(kinds(&pool, case.parse().unwrap()).await.contains(&"deadline_escalated".to_owned()));
    let care = t.signed_in("care.2", &["customer_care"]).await;
    let clock = care.get(&format!("/api/v1/cases/{case}/clock")).await;
    assert_eq!(clock.body["clocks"][0]["doubtful"], true, "{}", clock.text);
}

/// Tasks and problems that are late are told of, each once; so is a dossier whose printed day is past.
#[sqlx::test(migrations = "./migrations")]
async fn what_was_promised_for_a_day_is_told_of_when_it_is_late(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.open_case().await;
    let owner = t.hire("owner", &["legal"]).await;
    let issue = json!({"topic": "neighbour_objects", "words": "phản đối", "owner": owner, "due": "2026-10-09"});
    let issue = legal.post(&format!("/api/v1/cases/{case}/issues"), issue).await;
    let visit = json!({"case_id": case, "department": "legal", "at": "2026-10-07T02:00:00Z", "place_text": "Mẫu", "assignee": owner});
    let task = legal.post("/api/v1/appointments", visit).await;
    let (issue, task) = (
        format!("issue.{}", issue.body["id"].as_str().unwrap()),
        format!("task.{}", task.body["id"].as_str().unwrap()),
    );
    let told = async |kind: &str| -> Vec<(String, Vec<String>)> {
        let sql =
            "select data->>'clock', owed from case_event where kind = $1 and data->>'clock' !~ '^step' order by seq";
        sqlx::query_as(sql).bind(kind).fetch_all(&pool).await.unwrap()
    };
    t.advance(Span::days(2));
    t.run("watch_clocks").await;
    assert_eq!(told("deadline_warned").await, [(task.clone(), vec![format!("staff:{owner}")])]);
    t.advance(Span::days(1));
    t.run("watch_clocks").await;
    assert_eq!(told("deadline_warned").await[1], (issue.clone(), vec![format!("staff:{owner}")]));
    t.advance(Span::days(2));
    for _ in 0..2 {
        t.run("watch_clocks").await;
    }
    let late = told("deadline_escalated").await;
    assert_eq!(late.iter().map(|l| l.0.clone()).collect::<Vec<_>>(), [task, issue]);
    assert!(late.iter().all(|l| l.1 == ["role:manager"]), "{late:?}");
    every_case_is_its_events(&pool).await;
}
