//! A case told in words, for staff and for the customer, and its news as they come.

use crate::test_app::{Caller, TestApp};
use diaba::domain::case::Happened;
use diaba::flow::case::record;
use diaba::flow::staff::Actor;
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;
use time::macros::date;

#[sqlx::test(migrations = "./migrations")]
async fn two_views_of_one_history(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care", "legal"]).await;
    let case = care.open_case().await;
    let party = json!({"role": "holder", "person": {"name": "Người Mẫu Bảy"}});
    care.post(&format!("/api/v1/cases/{case}/parties"), party).await;
    let visit = json!({"case_id": case, "department": "legal", "at": "2026-10-07T02:00:00Z", "place_text": "Văn phòng mẫu",
        "with_customer": true});
    care.post("/api/v1/appointments", visit).await;
    let path = format!("/api/v1/cases/{case}/timeline");
    let staff = care.get(&path).await;
    assert_eq!(staff.status, StatusCode::OK, "{}", staff.text);
    let told = |body: &serde_json::Value| -> Vec<String> {
        body["lines"].as_array().unwrap().iter().map(|l| l["what"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        told(&staff.body),
        [
            "Your case was opened: transfer.",
            "A person of the case was added.",
            "A task was made: Appointment.",
            "An appointment was made: 09:00 2026-10-07."
        ]
    );
    assert_eq!(staff.body["lines"][0]["who"], "care");
    let customer = care.get(&format!("{path}?view=customer")).await;
    assert_eq!(told(&customer.body), ["Your case was opened: transfer.", "An appointment was made: 09:00 2026-10-07."]);
    assert_eq!(
        (customer.body["lines"][1]["who"].as_str(), customer.body["lines"][1]["by"].as_str()),
        (Some("We"), Some("2026-10-07"))
    );
    assert_eq!(customer.body["now"]["next"], "We take down what you need.");
    let vi = care.send_in("vi", care.request(Method::GET, &format!("{path}?view=customer&after=3"))).await;
    assert_eq!(told(&vi.body), ["Đã hẹn: 09:00 07/10/2026."]);
    assert_eq!(care.get(&format!("{path}?view=king")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(care.get(&path.replace(&case[..8], "00000000")).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "./migrations")]
async fn news_come_as_they_happen(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let care = t.signed_in("care", &["customer_care", "legal"]).await;
    let case = care.open_case().await;
    let mut news = Heard::of(&care, &format!("/api/v1/cases/{case}/events?after=1")).await;
    let party = json!({"role": "holder", "person": {"name": "Người Mẫu Bảy"}});
    care.post(&format!("/api/v1/cases/{case}/parties"), party).await;
    let heard = news.until("party_added").await;
    assert!(heard.contains("event: line") && heard.contains("id: 2"), "{heard}");
}

/// A stream that somebody listens to.
struct Heard(reqwest::Response);

impl Heard {
    async fn of(who: &Caller, path: &str) -> Self {
        let response = who.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response)
    }

    /// What comes until a whole event holds these words.
    async fn until(&mut self, words: &str) -> String {
        let mut heard = String::new();
        while !heard.split_inclusive("\n\n").any(|e| e.ends_with("\n\n") && e.contains(words)) {
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), self.0.chunk()).await;
            let chunk = chunk.unwrap_or_else(|_| panic!("no `{words}` within 20 s, only: {heard}")).unwrap();
            heard += std::str::from_utf8(&chunk.expect("the stream ended")).unwrap();
        }
        heard
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_desk_hears_of_all_cases_whatever_comes_late(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let boss = t.signed_in("boss", &["manager"]).await;
    let (slow, quick) = (care.open_case().await, care.open_case().await);
    let mut desk = Heard::of(&care, "/api/v1/case-events").await;
    let ready = desk.until("event: ready").await;
    assert!(!ready.contains("event: case"), "what was there before is not told: {ready}");
    let mut mine = Heard::of(&boss, "/api/v1/case-events?to=me").await;
    let mut others = Heard::of(&boss, "/api/v1/case-events?state=withdrawn").await;
    let mut intake = Heard::of(&care, "/api/v1/case-events?state=intake").await;
    mine.until("event: ready").await;
    intake.until("event: ready").await;
    others.until("event: ready").await;

    // An act that takes its number first and is committed last.
    let mut tx = pool.begin().await.unwrap();
    let stuck = Happened::StuckNoticed { since: date!(2026 - 09 - 01), step: "intake".into() };
    record(&t.app, &mut tx, &Actor::system("test"), slow.parse().unwrap(), stuck).await.unwrap();
    let party = json!({"role": "holder", "person": {"name": "Người Mẫu Bảy"}});
    care.post(&format!("/api/v1/cases/{quick}/parties"), party).await;
    let heard = desk.until("party_added").await;
    assert!(heard.contains(&quick) && !heard.contains("stuck_noticed"), "{heard}");
    let place = heard.lines().find_map(|l| l.strip_prefix("id: ")).unwrap().to_owned();
    tx.commit().await.unwrap();
    let heard = desk.until("stuck_noticed").await;
    assert!(heard.contains(&slow) && heard.contains("\"state\":\"intake\""), "{heard}");
    assert!(!heard.contains("party_added"), "told once: {heard}");
    assert!(heard.contains("\"next\":\"The manager finds out what it waits for.\""), "who acts next: {heard}");

    // Who comes back misses nothing, late ones too.
    let again = care.request(Method::GET, "/api/v1/case-events").header("last-event-id", &place);
    let heard = Heard(again.send().await.unwrap()).until("stuck_noticed").await;
    assert!(heard.contains("event: case"), "{heard}");

    let end = json!({"ending": "withdrawn", "reason": "customer withdrew"});
    care.post(&format!("/api/v1/cases/{quick}/close"), end).await;
    let heard = mine.until("stuck_noticed").await;
    assert!(!heard.contains("party_added"), "a manager has to hear of what stands still alone: {heard}");
    let heard = others.until("\"kind\":\"ended\"").await;
    assert!(!heard.contains(&slow) && heard.contains("\"listed\":true"), "{heard}");
    let heard = intake.until("\"kind\":\"ended\"").await;
    assert!(heard.contains("\"listed\":false"), "a list hears that a case has left it: {heard}");
    for (query, field) in [("state=king", "state"), ("procedure=king", "procedure"), ("after=-1", "after")] {
        let refused = care.get(&format!("/api/v1/case-events?{query}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(refused.body["errors"][0]["field"], field, "{}", refused.text);
    }
}
