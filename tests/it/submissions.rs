//! The authority's side: a dossier is handed in, more is asked for, it is decided; the clocks follow.

use crate::advice::verified_case;
use crate::case_events::every_case_is_its_events;
use crate::contracts::{concluded, conflict, id, kinds, ok};
use crate::plans::{agency, put};
use crate::test_app::{Answer, Caller, TestApp};
use crate::ward::{mapped, threaded};
use diaba::flow::staff::Actor;
use diaba::flow::submission::{self, NewSubmission};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;

async fn known(boss: &Caller) {
    let mut office = agency();
    office["kind"] = "land_registration".into();
    assert_eq!(put(boss, "/api/v1/agencies/vpdk.example", office).await.status, StatusCode::OK);
}

pub fn dossier(receipt: &str) -> Value {
    json!({"agency": "vpdk.example", "receipt_number": receipt})
}

async fn turn(who: &Caller, case: &str) -> Value {
    ok(who.get(&format!("/api/v1/cases/{case}/timeline")).await)["now"]["turn"].clone()
}

/// A case at work, with an office that dossiers go to.
pub struct Front {
    pub t: TestApp,
    pub legal: Caller,
    pub case: String,
    pub contract: Value,
    /// Where its dossiers are noted.
    pub submissions: String,
}

impl Front {
    pub async fn open(pool: PgPool) -> Self {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        known(&t.signed_in("boss", &["manager"]).await).await;
        let (case, contract) = concluded(&legal).await;
        let submissions = format!("/api/v1/cases/{case}/submissions");
        Self { t, legal, case, contract, submissions }
    }

    pub async fn hand_in(&self, dossier: Value) -> Value {
        ok(self.legal.post(&self.submissions, dossier).await)
    }

    pub async fn step(&self, dossier: &Value, what: &str, body: Value) -> Answer {
        self.legal.post(&format!("/api/v1/submissions/{}/{what}", id(dossier)), body).await
    }

    async fn authority(&self) -> Value {
        let list = ok(self.legal.get(&format!("/api/v1/cases/{}/checklist", self.case)).await);
        list["items"].as_array().unwrap().iter().find(|i| i["code"] == "authority").cloned().unwrap()
    }

    async fn dues(&self) -> Vec<Value> {
        self.t.run("watch_contracts").await;
        let told = ok(self.legal.get(&format!("/api/v1/contracts/{}/payments", id(&self.contract))).await);
        told["instalments"].as_array().unwrap().iter().map(|i| i["due"].clone()).collect()
    }
}

/// The authority's clock of a case: days used, running, deadline.
async fn clock(who: &Caller, case: &str) -> (Value, Value, Value) {
    let told = ok(who.get(&format!("/api/v1/cases/{case}/clock")).await);
    let all = told["clocks"].as_array().unwrap();
    let found = all.iter().find(|c| c["id"].as_str().unwrap().starts_with("submission.")).unwrap();
    (found["used"].clone(), found["running"].clone(), found["deadline"].clone())
}

async fn on(t: &TestApp, days: i64, login: &str) -> Caller {
    t.advance(Duration::days(days));
    t.signed_in(login, &["legal"]).await
}

#[sqlx::test(migrations = "./migrations")]
async fn the_authority_has_the_move_until_it_decides(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let boss = t.signed_in("boss", &["manager"]).await;
        let (case, _) = concluded(&legal).await;
        let told = kinds(&t, &case).await;
        let bound = told.iter().position(|k| k == "contract_concluded").unwrap();
        assert_eq!(told[bound + 1..][..3], ["payment_due", "work_planned", "task_created"], "it begins by itself");
        let plan = ok(legal.get(&format!("/api/v1/cases/{case}/plan")).await);
        assert_eq!((&plan["procedure"], plan["tasks"].as_array().unwrap().len()), (&json!("transfer"), 9));

        let submissions = format!("/api/v1/cases/{case}/submissions");
        assert_eq!(legal.post(&submissions, dossier("H01-7")).await.refused(), ["agency: agency-unknown"]);
        known(&boss).await;
        let with = |more: Value| {
            let mut new = dossier("H01-7");
            new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            new
        };
        for (wrong, why) in [
            (json!({"submitted_on": "2026-10-06"}), "submitted_on: range"),
            (json!({"submitted_on": "2026-10-04"}), "submitted_on: range"),
            (json!({"promised": "2026-10-04"}), "promised: range"),
            (json!({"receipt_number": " "}), "receipt_number: length"),
            (json!({"procedure": "moon"}), "procedure: not-in-list"),
        ] {
            assert_eq!(legal.post(&submissions, with(wrong)).await.refused(), [why]);
        }
        let early = verified_case(&legal).await;
        let early = legal.post(&format!("/api/v1/cases/{early}/submissions"), dossier("H01-8")).await;
        assert_eq!(conflict(&early), "case-step");
        let made = ok(legal.post(&submissions, with(json!({"promised": "2026-10-20"}))).await);
        // The national term of ten working days, from the day after.
        assert_eq!(
            (&made["due"], &made["state"], &made["procedure"]),
            (&json!("2026-10-19"), &json!("at_work"), &json!("transfer"))
        );
        assert_eq!(conflict(&legal.post(&submissions, dossier("H01-7")).await), "receipt-known");
        assert_eq!(
            (turn(&legal, &case).await, clock(&legal, &case).await.2),
            (json!("authority"), json!("2026-10-19"))
        );

        // Wednesday: it wants a paper of the customer.
        let legal = on(&t, 2, "legal.2").await;
        let address = format!("/api/v1/submissions/{}", id(&made));
        let words = "Thiếu giấy xác nhận của bà Mẫu";
        let ask = json!({"words": words, "from_customer": ["marriage_paper"], "answer_by": "2026-10-21"});
        assert_eq!(legal.post(&format!("{address}/answered"), json!({})).await.body["code"], "submission-state");
        let asked = ok(legal.post(&format!("{address}/asked-more"), ask.clone()).await);
        assert_eq!((&asked["state"], &asked["steps"][0]["answer_by"]), (&json!("asked_more"), &json!("2026-10-21")));
        assert_eq!(conflict(&legal.post(&format!("{address}/asked-more"), ask).await), "submission-state");
        assert_eq!(
            conflict(&legal.post(&format!("{address}/decided"), json!({"granted": true})).await),
            "submission-state"
        );
        assert_eq!(turn(&legal, &case).await, "customer");
        assert_eq!(clock(&legal, &case).await, (json!(2), json!(false), Value::Null), "its term stands still");
        let screen = ok(legal.get(&format!("/api/v1/cases/{case}/screen")).await);
        assert_eq!((&screen["rounds"], &screen["requests"][0]["due"]), (&json!(1), &json!("2026-10-21")));
        assert_eq!(
            (&screen["issues"][0]["topic"], &screen["issues"][0]["due"]),
            (&json!("agency_asks"), &json!("2026-10-21"))
        );
        assert_eq!(screen["submissions"][0]["state"], "asked_more");
        assert!(!screen.to_string().contains("bà Mẫu"));

        // Saturday: the paper is here, and the move is ours; on Monday it is handed in.
        let legal = on(&t, 3, "legal.3").await;
        ok(legal
            .post(&format!("/api/v1/cases/{case}/papers"), json!({"kind": "other", "title": "marriage_paper"}))
            .await);
        assert_eq!(turn(&legal, &case).await, "ours");
        let legal = on(&t, 3, "legal.4").await;
        let late = json!({"on": "2026-10-06"});
        assert_eq!(
            legal.post(&format!("{address}/answered"), late).await.refused(),
            ["on: range"],
            "before it was asked"
        );
        ok(legal.post(&format!("{address}/answered"), json!({"on": "2026-10-12", "words": "Nộp một cửa"})).await);
        let screen = ok(legal.get(&format!("/api/v1/cases/{case}/screen")).await);
        assert!(screen["issues"][0]["resolved_at"].is_string(), "{}", screen["issues"]);
        // Eight of ten are left from the 12th, noted on the 13th.
        assert_eq!(clock(&legal, &case).await, (json!(2), json!(true), json!("2026-10-22")));
        assert_eq!(turn(&legal, &case).await, "authority");
        let told = ok(legal.get(&format!("/api/v1/cases/{case}/timeline")).await);
        assert_eq!(told["now"]["by"], "2026-10-22", "what is told moved with the clock");
        let listed = ok(legal.get("/api/v1/submissions?state=at_work").await);
        assert_eq!(listed["items"][0]["due"], "2026-10-22");
        let soon = ok(legal.get("/api/v1/submissions?due_by=2026-10-21").await);
        assert_eq!(soon["items"], json!([]));
        let counts = ok(legal.get("/api/v1/submission-counts").await);
        assert_eq!(counts, json!([{"state": "at_work", "count": 1, "late": 0}]));

        let legal = on(&t, 8, "legal.5").await;
        let counts = ok(legal.get("/api/v1/submission-counts").await);
        assert_eq!(counts[0]["late"], 0, "it has until the 22nd, since it waited for us");
        let granted = ok(legal.post(&format!("{address}/decided"), json!({"granted": true, "on": "2026-10-20"})).await);
        assert_eq!((&granted["state"], &granted["steps"][2]["on"]), (&json!("granted"), &json!("2026-10-20")));
        assert_eq!(clock(&legal, &case).await, (json!(8), json!(false), Value::Null), "in time");
        assert_eq!(
            (
                turn(&legal, &case).await,
                legal.post(&format!("{address}/decided"), json!({"granted": true})).await.body["code"].clone()
            ),
            (json!("ours"), json!("submission-state"))
        );
        assert_eq!(legal.get(&address).await.refused(), ["purpose: purpose-needed"]);
        let read = ok(legal.get(&format!("{address}?purpose=review")).await);
        assert_eq!(read["steps"][0]["words"], words);
        let listed = ok(legal.get("/api/v1/submissions?state=granted&agency=vpdk.example").await);
        assert_eq!(
            (&listed["items"][0]["case_id"], &listed["items"][0]["since"]),
            (&json!(case), &json!("2026-10-20"))
        );
        assert_eq!(legal.get("/api/v1/submissions?state=moon").await.refused(), ["state: not-in-list"]);
        crate::cases::nothing_in_clear(&t.app.pool, &["bà Mẫu", "một cửa"]).await;
        for sql in ["update submission set receipt_number = 'x'", "delete from submission_step"] {
            assert!(sqlx::raw_sql(sql).execute(&t.app.pool).await.is_err(), "{sql}");
        }
        every_case_is_its_events(&t.app.pool).await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn refused_while_it_waits_taken_back_and_decided_after_the_end(pool: PgPool) {
    threaded(pool, |pool| async move {
        let f = Front::open(pool).await;
        let mistyped = f.hand_in(dossier("C1")).await;
        assert_eq!(
            f.step(&mistyped, "withdrawn", json!({"mistake": true, "words": ""})).await.refused(),
            ["words: length"]
        );
        let back = ok(f.step(&mistyped, "withdrawn", json!({"mistake": true, "words": "Nhập sai ngày"})).await);
        assert_eq!((&back["state"], turn(&f.legal, &f.case).await), (&json!("withdrawn"), json!("ours")));
        assert_eq!(f.dues().await[1], Value::Null, "nothing falls due for what was never handed in");
        let first = f.hand_in(dossier("C1")).await;
        assert_eq!(conflict(&f.legal.post(&f.submissions, dossier("C1")).await), "receipt-known");
        let again = f.step(&mistyped, "withdrawn", json!({"mistake": true, "words": "Lần nữa"})).await;
        assert_eq!(conflict(&again), "submission-state");

        // It waits for a paper that never comes, and refuses; nobody is asked for the paper any more.
        let ask = json!({"words": "Thiếu giấy xác nhận", "from_customer": ["marriage_paper"]});
        ok(f.step(&first, "asked-more", ask.clone()).await);
        let refused = ok(f.step(&first, "decided", json!({"granted": false, "words": "Quá hạn bổ sung"})).await);
        assert_eq!(refused["state"], "refused");
        let screen = async || ok(f.legal.get(&format!("/api/v1/cases/{}/screen", f.case)).await);
        let shown = screen().await;
        assert_eq!(shown["requests"][0]["items"][0]["state"], "dropped", "{}", shown["requests"]);
        assert!(shown["issues"][0]["resolved_at"].is_string(), "{}", shown["issues"]);

        // What is answered with what the firm had is asked of the customer no longer.
        let second = f.hand_in(dossier("C2")).await;
        ok(f.step(&second, "asked-more", ask).await);
        ok(f.step(&second, "answered", json!({"words": "Đã có bản sao"})).await);
        let shown = screen().await;
        assert_eq!(shown["requests"][1]["items"][0]["state"], "dropped", "{}", shown["requests"]);

        let end = json!({"ending": "withdrawn", "reason": "the customer sells no more"});
        ok(f.legal.post(&format!("/api/v1/cases/{}/close", f.case), end).await);
        assert_eq!(conflict(&f.step(&second, "asked-more", json!({"words": "Bổ sung"})).await), "case-closed");
        ok(f.step(&second, "decided", json!({"granted": true})).await);
        assert_eq!(kinds(&f.t, &f.case).await.last().unwrap(), "agency_decided", "it came, and it is told");
        every_case_is_its_events(&f.t.app.pool).await;
    })
    .await;
}

/// A mortgage is released beside: neither the plan, nor an instalment, nor the review takes it for the transfer.
#[sqlx::test(migrations = "./migrations")]
async fn what_lies_beside_is_not_the_main_dossier(pool: PgPool) {
    threaded(pool, |pool| async move {
        let f = Front::open(pool).await;
        let release = |receipt: &str| {
            let mut new = dossier(receipt);
            new["procedure"] = "mortgage_release".into();
            new
        };
        let beside = f.hand_in(release("B1")).await;
        assert_eq!(f.dues().await[1..], [Value::Null], "nothing is due for what lies beside");
        ok(f.step(&beside, "decided", json!({"granted": true})).await);
        let waits = crate::plans::task(&f.legal, &f.case, "collect_result").await["waits_for"].clone();
        assert!(waits.to_string().contains("granted"), "{waits}");
        assert_eq!(f.dues().await[1..], [Value::Null]);
        let main = f.hand_in(dossier("B2")).await;
        let again = f.hand_in(release("B3")).await;
        let refused = json!({"granted": false, "words": "Thiếu xác nhận của bên nhận thế chấp"});
        ok(f.step(&again, "decided", refused).await);
        ok(f.step(&main, "decided", json!({"granted": true})).await);
        let item = f.authority().await;
        assert_eq!(item["because"][0]["key"], "review-refused-beside", "{item}");
        every_case_is_its_events(&f.t.app.pool).await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn what_is_refused_may_be_handed_in_anew(pool: PgPool) {
    threaded(pool, |pool| async move {
        let f = Front::open(pool).await;
        let first = f.hand_in(dossier("A1")).await;
        let bare = f.step(&first, "decided", json!({"granted": false})).await;
        assert_eq!(bare.refused(), ["words: length"], "with its reason");
        ok(f.step(&first, "decided", json!({"granted": false, "words": "Ranh giới chưa rõ"})).await);
        let authority = async || {
            let item = f.authority().await;
            (item["standing"].clone(), item["because"][0]["key"].clone())
        };
        assert_eq!(authority().await, (json!("not_ok"), json!("review-not-granted")));
        let second = f.hand_in(dossier("A2")).await;
        assert_eq!(authority().await, (json!("not_ok"), json!("review-submitted")));
        ok(f.step(&second, "decided", json!({"granted": true})).await);
        assert_eq!(authority().await, (json!("ok"), Value::Null));
        let all = ok(f.legal.get(&f.submissions).await);
        let states: Vec<_> = all.as_array().unwrap().iter().map(|s| s["state"].clone()).collect();
        assert_eq!(states, ["refused", "granted"]);
        for list in ["submissions", "appointments"] {
            let strange = f.legal.get(&format!("/api/v1/{list}?agency=vpdk.nowhere")).await;
            assert_eq!(strange.refused(), ["agency: agency-unknown"], "{list}");
        }
        every_case_is_its_events(&f.t.app.pool).await;
    })
    .await;
}

/// An act holds one connection: with a pool of one it waits for nobody, itself least of all.
#[sqlx::test(migrations = "./migrations")]
async fn an_act_takes_no_second_connection(pool: PgPool) {
    threaded(pool, |pool| async move {
        let f = Front::open(pool.clone()).await;
        let mut app = f.t.app.clone();
        let one =
            sqlx::postgres::PgPoolOptions::new().max_connections(1).acquire_timeout(std::time::Duration::from_secs(5));
        app.pool = one.connect_with((*pool.connect_options()).clone()).await.unwrap();
        let (case, by) = (f.case.parse().unwrap(), Actor::system("test"));
        let new: NewSubmission = serde_json::from_value(dossier("D1")).unwrap();
        let made = submission::submit(&app, &by, case, new).await.unwrap();
        let granted = serde_json::from_value(json!({"granted": true})).unwrap();
        submission::decide(&app, &by, made.id, granted).await.unwrap();
    })
    .await;
}
