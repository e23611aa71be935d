//! A case told in words, for staff and for the customer, and its news as they come.

use crate::test_app::TestApp;
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;

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
    let mut news = care.request(Method::GET, &format!("/api/v1/cases/{case}/events?after=1")).send().await.unwrap();
    assert_eq!(news.headers()["content-type"], "text/event-stream");
    let party = json!({"role": "holder", "person": {"name": "Người Mẫu Bảy"}});
    care.post(&format!("/api/v1/cases/{case}/parties"), party).await;
    let mut heard = String::new();
    while !heard.contains("\n\n") {
        let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), news.chunk()).await;
        heard += std::str::from_utf8(&chunk.expect("news within 20 s").unwrap().unwrap()).unwrap();
    }
    assert!(heard.contains("event: line") && heard.contains("id: 2") && heard.contains("party_added"), "{heard}");
}
