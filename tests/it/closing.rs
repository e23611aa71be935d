//! A case from its review to the customer's hands: four eyes, hand-over in the office and online, taxes and fees until paid.

use crate::case_events::{every_case_is_its_events, kinds};
use crate::contracts::{at, concluded, ok, pay};
use crate::test_app::{Answer, Caller, TestApp};
use crate::ward::{mapped, threaded};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

/// The people of a case.
pub struct Desk {
    pub t: TestApp,
    pub legal: Caller,
    pub lan: Caller,
    pub eye: Caller,
    pub care: Caller,
    pub boss: Caller,
    pub case: String,
}

impl Desk {
    pub fn id(&self) -> Uuid {
        self.case.parse().unwrap()
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/cases/{}/{rest}", self.case)
    }

    pub async fn kinds(&self) -> Vec<String> {
        kinds(&self.t.app.pool, self.id()).await
    }
}

/// A PNG header of another size each, no picture.
pub fn png(width: u32) -> Vec<u8> {
    let mut p = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    p.extend_from_slice(&width.to_be_bytes());
    p.extend_from_slice(&1754u32.to_be_bytes());
    p.extend_from_slice(&[8, 2, 0, 0, 0, 0, 0, 0, 0]);
    p
}

pub async fn send_file(caller: &Caller, path: &str, content: Vec<u8>) -> Answer {
    caller.send(caller.request(Method::POST, path).body(content)).await
}

/// A paper with a scan; answers its id.
pub async fn paper(d: &Desk, facts: Value, width: u32) -> String {
    let made = d.legal.post(&d.path("papers"), facts).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let id = made.body["id"].as_str().unwrap().to_owned();
    let scanned = send_file(&d.legal, &d.path(&format!("papers/{id}/scan")), png(width)).await;
    assert_eq!(scanned.status, StatusCode::CREATED, "{}", scanned.text);
    id
}

/// A case with a verdict, a signed sheet and a contract that both have signed and the customer has paid, at work by its plan.
pub async fn at_work(t: TestApp) -> Desk {
    desk(t, concluded).await
}

/// As [`at_work`], with the contract that `concluded` makes.
pub async fn desk(t: TestApp, concluded: impl AsyncFn(&Caller) -> (String, Value)) -> Desk {
    let legal = t.signed_in("legal", &["legal"]).await;
    let lan = t.signed_in("lan", &["legal", "reviewer"]).await;
    let eye = t.signed_in("eye", &["reviewer"]).await;
    let care = t.signed_in("care", &["customer_care"]).await;
    let boss = t.signed_in("boss", &["manager"]).await;
    let (case, contract) = concluded(&legal).await;
    ok(care.post(&format!("{}/payments", at(&contract)), pay("FT-1", 5_500_000)).await);
    Desk { t, legal, lan, eye, care, boss, case }
}

/// The tasks of the case are cancelled, one after the other since each frees those behind it, but for one that `lan` does.
pub async fn finish_tasks(d: &Desk) {
    loop {
        let page = d.legal.get(&format!("/api/v1/tasks?case={}&limit=200", d.case)).await;
        let tasks = page.body["items"].as_array().unwrap();
        let Some(task) = tasks.iter().find(|t| !matches!(t["state"].as_str(), Some("done" | "cancelled"))) else {
            break;
        };
        let cancel = format!("/api/v1/tasks/{}/cancel", task["id"].as_str().unwrap());
        let gone = d.boss.post(&cancel, json!({"version": task["version"], "reason": "not needed here"})).await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
    }
    let lan: Uuid =
        sqlx::query_scalar("select id from staff where login = 'lan'").fetch_one(&d.t.app.pool).await.unwrap();
    let visit = json!({"case_id": d.case, "department": "legal", "at": "2026-10-07T02:00:00Z", "place_text": "Văn phòng mẫu",
        "assignee": lan});
    let made = d.legal.post("/api/v1/appointments", visit).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let address = format!("/api/v1/tasks/{}", made.body["id"].as_str().unwrap());
    let taken = d.lan.post(&format!("{address}/accept"), json!({"version": made.body["version"]})).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    let result = json!({"version": taken.body["version"], "result": {"summary": "Xong."}});
    let done = d.lan.post(&format!("{address}/result"), result).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
}

fn standing(list: &Answer, code: &str) -> String {
    let items = list.body["items"].as_array().unwrap_or_else(|| panic!("{}", list.text));
    items.iter().find(|i| i["code"] == code).unwrap()["standing"].as_str().unwrap().to_owned()
}

/// Codes of a checklist that are not ok, with why each is accepted.
pub fn accepted(list: &Answer) -> Value {
    let items = list.body["items"].as_array().unwrap().iter().filter(|i| i["standing"] == "not_ok");
    items.map(|i| json!({"code": i["code"], "reason": "đã xem, chấp nhận"})).collect()
}

/// Passes the review of a case that is at work.
pub async fn reviewed(d: &Desk) {
    finish_tasks(d).await;
    let asked = d.legal.post(&d.path("ask-review"), json!({})).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    let list = d.eye.get(&d.path("checklist")).await;
    let pass = json!({"pass": true, "seq": list.body["seq"], "items": accepted(&list)});
    let passed = d.eye.post(&d.path("reviews"), pass).await;
    assert_eq!(passed.status, StatusCode::CREATED, "{}\n{}", passed.text, list.text);
}

#[sqlx::test(migrations = "./migrations")]
async fn nobody_reviews_their_own_work(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        let early = d.legal.post(&d.path("ask-review"), json!({})).await;
        assert_eq!(early.body["code"], "work-open", "tasks are open: {}", early.text);
        finish_tasks(&d).await;
        let list = d.eye.get(&d.path("checklist")).await;
        let not_asked = json!({"pass": false, "seq": list.body["seq"], "items": [{"code": "verdict", "reason": "xem lại"}]});
        assert_eq!(d.eye.post(&d.path("reviews"), not_asked).await.body["code"], "case-step");
        assert_eq!(d.legal.post(&d.path("ask-review"), json!({})).await.body["state"], "review");

        let list = d.eye.get(&d.path("checklist")).await;
        assert_eq!(standing(&list, "tasks"), "ok", "{}", list.text);
        assert_eq!(standing(&list, "advice_signed"), "ok");
        assert_eq!(standing(&list, "verdict_fresh"), "ok", "{}", list.text);
        assert_eq!(standing(&list, "papers_complete"), "not_ok", "no paper came: {}", list.text);
        assert_eq!(standing(&list, "authority"), "not_applicable");
        assert_eq!(list.body["your_work"], json!([]));

        // Whoever verified, advised, asked or did a task is refused and told what it was.
        let pass = json!({"pass": true, "seq": list.body["seq"], "items": accepted(&list)});
        let own = d.lan.post(&d.path("reviews"), pass.clone()).await;
        assert_eq!(own.body["code"], "own-work", "{}", own.text);
        assert!(own.body["detail"].as_str().unwrap().contains("Did the task"), "{}", own.text);
        assert_eq!(d.legal.post(&d.path("reviews"), pass.clone()).await.status, StatusCode::FORBIDDEN, "no reviewer");
        let seen = d.legal.get(&d.path("checklist")).await.body["your_work"].to_string();
        for what in ["work-verified", "work-advised", "work-review-asked"] {
            assert!(seen.contains(what), "{what}: {seen}");
        }
        let token = d.eye.post("/api/v1/tokens", json!({"name": "t", "scopes": ["cases:write"], "days": 2})).await;
        let program = d.eye.with_token(token.body["token"].as_str().unwrap());
        assert_eq!(program.post(&d.path("reviews"), pass.clone()).await.status, StatusCode::FORBIDDEN, "a program");

        let bare = json!({"pass": true, "seq": list.body["seq"]});
        let refused = d.eye.post(&d.path("reviews"), bare).await.refused();
        assert!(refused.contains(&"items.papers_complete: review-not-ok".to_owned()), "{refused:?}");
        let bad = json!({"pass": false, "seq": list.body["seq"], "items": [{"code": "moon", "reason": "x"}]});
        assert_eq!(
            d.eye.post(&d.path("reviews"), bad).await.refused(),
            ["items[0].reason: length", "items[0].code: not-in-list"]
        );
        assert_eq!(
            d.eye.post(&d.path("reviews"), json!({"pass": false, "seq": 1})).await.refused(),
            ["items: required"]
        );

        // A problem raised meanwhile: the checklist is old, and the new one cannot be passed.
        let owner = d.t.hire("owner", &["legal"]).await;
        let issue = json!({"topic": "neighbour_objects", "words": "phản đối", "owner": owner, "due": "2026-10-09"});
        let issue = d.care.post(&d.path("issues"), issue).await;
        assert_eq!(d.eye.post(&d.path("reviews"), pass.clone()).await.refused(), ["items.issues: review-must"]);
        let back = json!({"pass": false, "seq": list.body["seq"], "items": [{"code": "issues", "reason": "Ông Mẫu phản đối"}]});
        assert_eq!(d.eye.post(&d.path("reviews"), back.clone()).await.body["code"], "review-moved");
        let now = d.eye.get(&d.path("checklist")).await.body["seq"].clone();
        let back = json!({"pass": false, "seq": now, "items": back["items"]});
        let returned = d.eye.post(&d.path("reviews"), back).await;
        assert_eq!((returned.status, returned.body["outcome"].as_str()), (StatusCode::CREATED, Some("returned")));
        assert_eq!(d.legal.get(&d.path("")[..d.path("").len() - 1]).await.body["state"], "execution");
        crate::cases::nothing_in_clear(&pool, &["Ông Mẫu phản đối"]).await;
        let resolve = format!("/api/v1/issues/{}/resolve", issue.body["id"].as_str().unwrap());
        assert_eq!(d.care.post(&resolve, json!({"how": "đã thoả thuận"})).await.status, StatusCode::OK);
        let found = async || {
            let all = d.care.get(&d.path("issues?purpose=review")).await.body.as_array().unwrap().clone();
            all.into_iter().find(|i| i["topic"] == "review_returned").unwrap()
        };
        let problem = found().await;
        assert_eq!((&problem["due"], &problem["resolved_at"]), (&json!("2026-10-08"), &Value::Null), "it is somebody's");
        assert!(problem["words"].as_str().unwrap().ends_with(": Ông Mẫu phản đối"), "{problem}");

        reviewed(&d).await;
        assert!(found().await["resolved_at"].is_string(), "by asking anew");
        let reviews = d.eye.get(&d.path("reviews?purpose=review")).await;
        assert_eq!(reviews.body[0]["items"][14]["remark"], "Ông Mẫu phản đối", "{}", reviews.text);
        assert_eq!(reviews.body[1]["outcome"], "passed");
        assert!(sqlx::raw_sql("update review set outcome = 'passed'").execute(&pool).await.is_err());
        let told: Vec<String> = d.kinds().await.into_iter().filter(|k| k.starts_with("review")).collect();
        assert_eq!(told, ["review_asked", "review_returned", "review_asked", "review_passed"]);
        every_case_is_its_events(&pool).await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn a_link_opens_once_with_its_code(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        let notice = json!({"kind": "tax_notice", "number": "TB 12/2026", "issued_on": "2026-10-01"});
        let form = paper(&d, notice, 1240).await;
        let early = d.care.post(&d.path("hand-overs"), json!({"way": "online"})).await;
        assert_eq!(early.body["code"], "case-step", "before its review: {}", early.text);
        reviewed(&d).await;
        let offers = d.path("hand-overs");
        assert_eq!(d.care.post(&offers, json!({"way": "post"})).await.refused(), ["way: not-in-list"]);
        let strange = json!({"way": "online", "papers": [Uuid::nil()]});
        assert_eq!(d.care.post(&offers, strange).await.refused(), ["papers[0]: not-in-list"]);

        let first = d.care.post(&offers, json!({"way": "online", "papers": [form]})).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        let link_of = |made: &Answer| format!("/api/v1/hand-overs/{}/link", made.body["id"].as_str().unwrap());
        assert_eq!(d.care.get(&link_of(&first)).await.refused(), ["purpose: purpose-needed"]);
        let old = d.care.get(&format!("{}?purpose=contact_customer", link_of(&first))).await.body;
        assert!(!first.text.contains(old["token"].as_str().unwrap()), "the answer to making it tells no secret");
        let second = d.care.post(&offers, json!({"way": "online"})).await;
        let secret = d.care.get(&format!("{}?purpose=contact_customer", link_of(&second))).await.body;
        crate::cases::nothing_in_clear(
            &pool,
            &[secret["token"].as_str().unwrap(), secret["code"].as_str().unwrap(), old["code"].as_str().unwrap()],
        )
        .await;

        let customer = d.t.anonymous();
        assert_eq!(customer.post("/api/v1/receive", old).await.body["code"], "link-replaced");
        let unknown = json!({"token": "00", "code": secret["code"]});
        let unknown = customer.post("/api/v1/receive", unknown).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.text);
        let wrong = json!({"token": secret["token"], "code": "AAAA-AAAA"});
        for left in [4, 3] {
            let tried = customer.post("/api/v1/receive", wrong.clone()).await;
            assert_eq!(tried.refused(), ["code: code-wrong"]);
            assert_eq!(tried.body["errors"][0]["found"], left.to_string());
        }
        let code = secret["code"].as_str().unwrap();
        let typed = json!({"token": secret["token"], "code": format!(" {}-{}", code[..4].to_lowercase(), &code[4..])});
        let opened = customer.post("/api/v1/receive", typed.clone()).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
        assert_eq!(opened.body["digest"], second.body["digest"], "what is delivered is what was offered");
        assert_eq!(customer.post("/api/v1/receive", typed).await.body["code"], "link-used", "it holds once");

        let files = opened.body["files"].as_array().unwrap();
        let case = ok(d.legal.get(&format!("/api/v1/cases/{}", d.case)).await)["number"].as_str().unwrap().to_owned();
        let name = json!({"title": {"vi": "Thông báo thuế", "en": "Tax notice"}, "number": "TB 12/2026", "date": "2026-10-01",
            "file": format!("01 Tax notice TB 12-2026 ({case}).png")});
        assert_eq!(files[0]["name"], name, "as its customer knows it");
        assert_eq!(files[1]["name"]["title"]["vi"], "Báo cáo xác minh, đã ký số");
        let title = json!({"title": {"vi": "Thông báo thuế", "en": "Tax notice"}});
        assert_eq!(second.body["files"][0]["name"], title, "staff have said no purpose to read more");
        assert_eq!(files.iter().map(|f| f["what"].as_str().unwrap()).collect::<Vec<_>>(), ["paper", "report"]);
        assert_eq!(files[0]["verified"], false, "the paper came after the verification");
        let holder = customer.with_token(opened.body["grant"].as_str().unwrap());
        for file in files {
            let (status, bytes) =
                holder.send_raw(&format!("/api/v1/receive/files/{}", file["sha256"].as_str().unwrap())).await;
            assert_eq!(status, StatusCode::OK);
            let sum = diaba::domain::verify::sha256_hex(&bytes);
            assert_eq!(
                (sum.as_str(), bytes.len() as u64),
                (file["sha256"].as_str().unwrap(), file["bytes"].as_u64().unwrap())
            );
        }
        let first = format!("/api/v1/receive/files/{}", files[0]["sha256"].as_str().unwrap());
        let saved = holder.send_in("vi", holder.request(Method::GET, &first)).await;
        assert_eq!(
            saved.header("content-disposition"),
            format!(
                "attachment; filename=\"01 Thong bao thue TB 12-2026 ({case}).png\"; \
                 filename*=UTF-8''01%20Th%C3%B4ng%20b%C3%A1o%20thu%E1%BA%BF%20TB%2012-2026%20%28{case}%29.png"
            )
        );
        let other = format!("/api/v1/receive/files/{}", "0".repeat(64));
        assert_eq!(holder.get(&other).await.status, StatusCode::NOT_FOUND);
        assert_eq!(customer.get(&other).await.status, StatusCode::NOT_FOUND);
        d.t.advance(time::Duration::hours(2));
        let late = format!("/api/v1/receive/files/{}", files[0]["sha256"].as_str().unwrap());
        assert_eq!(holder.get(&late).await.status, StatusCode::NOT_FOUND, "an hour is over");
        assert_eq!(d.legal.get(&format!("/api/v1/cases/{}", d.case)).await.body["state"], "after_care");
        for table in ["hand_over", "hand_over_try", "hand_over_done"] {
            assert!(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("delete from {table}"))).execute(&pool).await.is_err());
        }
        every_case_is_its_events(&pool).await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn wrong_codes_and_time_shut_a_link(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        reviewed(&d).await;
        let secret = async |way: &str| {
            let made = d.care.post(&d.path("hand-overs"), json!({"way": way})).await;
            assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
            let link =
                format!("/api/v1/hand-overs/{}/link?purpose=contact_customer", made.body["id"].as_str().unwrap());
            d.care.get(&link).await.body
        };
        let customer = d.t.anonymous();
        let right = secret("online").await;
        let wrong = json!({"token": right["token"], "code": "22222222"});
        // All at once: each is counted.
        let tries = futures::future::join_all((0..9).map(|_| customer.post("/api/v1/receive", wrong.clone()))).await;
        let refused = tries.iter().filter(|a| a.status == StatusCode::UNPROCESSABLE_ENTITY).count();
        assert_eq!(refused, 5, "five tries, no more");
        assert_eq!(customer.post("/api/v1/receive", right).await.body["code"], "link-dead");
        let right = secret("online").await;
        d.t.advance(time::Duration::days(7));
        assert_eq!(customer.post("/api/v1/receive", right).await.body["code"], "link-expired");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn in_the_office_against_a_signed_record(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        paper(&d, json!({"kind": "other", "title": "request_form"}), 1240).await;
        let noted = d.legal.post(&d.path("obligations/from-sheet"), json!({})).await;
        assert_eq!(noted.status, StatusCode::OK, "{}", noted.text);
        reviewed(&d).await;
        let made = d.care.post(&d.path("hand-overs"), json!({"way": "office"})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let id = made.body["id"].as_str().unwrap();
        let (status, pdf) =
            d.care.send_raw(&format!("/api/v1/hand-overs/{id}/receipt.pdf?purpose=contact_customer")).await;
        assert_eq!(status, StatusCode::OK);
        let said = crate::reports::text(&pdf);
        for wanted in ["BIÊN BẢN BÀN GIAO", "Lệ phí trước bạ", "CỘNG HÒA", "Đơn đăng ký"] {
            assert!(said.to_lowercase().contains(&wanted.to_lowercase()), "{wanted} is not in\n{said}");
        }
        let squeezed = crate::reports::squeezed(&said);
        assert!(squeezed.contains(made.body["digest"].as_str().unwrap()), "{said}");
        assert!(squeezed.contains(made.body["files"][0]["sha256"].as_str().unwrap()), "{said}");

        let signed = format!("/api/v1/hand-overs/{id}/signed");
        assert_eq!(send_file(&d.care, &signed, b"MZ".to_vec()).await.refused(), ["scan: scan-type"]);
        assert_eq!(send_file(&d.care, &signed, pdf).await.refused(), ["scan: receipt-unsigned"]);
        let done = send_file(&d.care, &signed, png(2480)).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
        assert_eq!(done.body["signed_sha256"], diaba::domain::verify::sha256_hex(png(2480)));
        assert_eq!(send_file(&d.care, &signed, png(2481)).await.body["code"], "handed-over");
        assert_eq!(d.kinds().await.last().unwrap(), "handed_over");
        every_case_is_its_events(&pool).await;
    })
    .await;
}
