//! From a contract to work: the plan of a case, who gets what and why, what keeps a task from ending, hours that are taken.

use crate::case_events::{every_case_is_its_events, kinds};
use crate::test_app::{Answer, Caller, PASSWORD, TestApp};
use diaba::domain::case::{Happened as H, Signer};
use diaba::domain::verify::Outcome;
use diaba::flow::case::{Entry, record_all};
use diaba::flow::staff::{Actor, NewStaff, create};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use time::macros::date;
use uuid::Uuid;

/// Somebody of a department, with a session.
pub async fn staff(t: &TestApp, login: &str, department: &str) -> (Caller, Uuid) {
    let new = NewStaff {
        login: login.into(),
        name: format!("Người Mẫu {login}"),
        roles: vec![department.into()],
        department: if department == "manager" { "customer_care" } else { department }.into(),
        territory: Vec::new(),
        password: PASSWORD.into(),
    };
    let id = create(&t.app, &Actor::system("test"), new).await.unwrap().id;
    (t.signs_in(login).await, id)
}

/// Brings a case to where its contract stands, by the events that tell of it, and makes its plan.
pub async fn contracted(t: &TestApp, case: Uuid) {
    let by = Actor::system("test");
    let id = Uuid::from_u128(7);
    let (quotation, contract, sheet, verification) = (id, id, id, id);
    let told = [
        H::Verified { verification, outcome: Outcome::CanProceed },
        H::OptionSheetSigned { sheet, version: 1, verification, procedure: "transfer".into() },
        H::QuotationOffered { quotation, version: 1, total: 9_000_000, valid_to: date!(2026 - 10 - 20) },
        H::QuotationAccepted { quotation, version: 1 },
        H::ContractDrawn { contract, version: 1, sign_by: date!(2026 - 10 - 20), next: Signer::Customer },
        H::ContractSigned { contract, signer: Signer::Customer, signature: id, next: Some(Signer::Firm) },
        H::ContractSigned { contract, signer: Signer::Firm, signature: id, next: None },
        H::ContractConcluded { contract },
    ];
    let mut tx = t.app.pool.begin().await.unwrap();
    let now = record_all(&t.app, &mut tx, &by, case, told.into_iter().map(Entry::from).collect()).await.unwrap();
    assert!(now.in_execution());
    tx.commit().await.unwrap();
    let plan = diaba::flow::plan::make(&t.app, &by, case).await.unwrap();
    assert!(plan.tasks.len() >= 5);
}

pub async fn put(who: &Caller, path: &str, body: Value) -> Answer {
    who.send(who.request(Method::PUT, path).json(&body)).await
}

/// The task of a kind in the plan of a case.
pub async fn task(who: &Caller, case: &str, kind: &str) -> Value {
    let plan = who.get(&format!("/api/v1/cases/{case}/plan")).await;
    let tasks = plan.body["tasks"].as_array().unwrap_or_else(|| panic!("{}", plan.text));
    tasks.iter().map(|t| t["task"].clone()).find(|t| t["kind"] == kind).unwrap()
}

fn address(task: &Value) -> String {
    format!("/api/v1/tasks/{}", task["id"].as_str().unwrap())
}

/// Takes an open task and begins it; its address and version.
pub async fn begun(who: &Caller, case: &str, kind: &str) -> (String, Value) {
    let open = task(who, case, kind).await;
    let address = address(&open);
    let taken = who.post(&format!("{address}/accept"), json!({"version": open["version"]})).await;
    assert_eq!(taken.body["state"], "accepted", "{kind}: {}", taken.text);
    let started = who.post(&format!("{address}/start"), json!({"version": taken.body["version"]})).await;
    assert_eq!(started.body["state"], "started", "{kind}: {}", started.text);
    (address, started.body["version"].clone())
}

async fn ends(who: &Caller, (address, version): &(String, Value), values: Value) -> Answer {
    let body = json!({"version": version, "result": {"summary": "Xong."}, "values": values});
    who.post(&format!("{address}/result"), body).await
}

async fn done(who: &Caller, case: &str, kind: &str, values: Value) {
    let ended = ends(who, &begun(who, case, kind).await, values).await;
    assert_eq!(ended.body["state"], "done", "{kind}: {}", ended.text);
}

async fn office(t: &TestApp) -> (Caller, Caller, Caller, Uuid, Uuid) {
    let (legal, an) = staff(t, "an", "legal").await;
    let (sales, _) = staff(t, "binh", "sales").await;
    let (field, chi) = staff(t, "chi", "field").await;
    (legal, sales, field, an, chi)
}

#[sqlx::test(migrations = "./migrations")]
async fn a_plan_is_carried_from_the_contract_to_the_result(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, _) = staff(&t, "boss", "manager").await;
    let (legal, sales, field, an, _) = office(&t).await;
    let case = legal.open_case().await;
    assert_eq!(legal.get(&format!("/api/v1/cases/{case}/plan")).await.status, StatusCode::NOT_FOUND);
    let early = legal.post(&format!("/api/v1/cases/{case}/plan"), json!({})).await;
    assert_eq!(early.body["code"], "case-step", "{}", early.text);
    contracted(&t, case.parse().unwrap()).await;
    let again = legal.post(&format!("/api/v1/cases/{case}/plan"), json!({})).await;
    assert_eq!(again.body["code"], "plan-exists", "{}", again.text);

    let plan = legal.get(&format!("/api/v1/cases/{case}/plan")).await;
    assert_eq!(plan.body["counts"], json!({"open": 2, "blocked": 7}), "{}", plan.text);
    let draft = task(&legal, &case, "draft_deed").await;
    assert_eq!((&draft["waits_for"], &draft["assignee"]), (&json!(["task:collect_originals"]), &Value::Null));
    let blocked = legal.post(&format!("{}/accept", address(&draft)), json!({"version": draft["version"]})).await;
    assert_eq!(blocked.body["code"], "task-state", "{}", blocked.text);

    let mut collect = begun(&sales, &case, "collect_originals").await;
    let paused =
        sales.post(&format!("{}/pause", collect.0), json!({"version": collect.1, "reason": "Khách vắng"})).await;
    assert_eq!(paused.body["state"], "paused", "{}", paused.text);
    let on = sales.post(&format!("{}/start", collect.0), json!({"version": paused.body["version"]})).await;
    collect.1 = on.body["version"].clone();
    assert_eq!(ends(&sales, &collect, json!({})).await.refused(), ["values.received: required"]);
    assert_eq!(ends(&sales, &collect, json!({"received": ""})).await.refused(), ["values.received: length"]);
    assert_eq!(ends(&sales, &collect, json!({"weather": "fine"})).await.refused(), ["values.weather: unknown-field"]);
    let form = sales.get(&format!("{}/form", collect.0)).await;
    assert_eq!(form.body["missing"], json!(["received"]), "{}", form.text);
    let kept = put(&sales, &format!("{}/fields", collect.0), json!({"values": {"kept_at": "Tủ 3"}})).await;
    assert_eq!(kept.body["versions"], json!({"kept_at": 1}), "{}", kept.text);
    let ended = ends(&sales, &collect, json!({"received": "GCN bản gốc"})).await;
    assert_eq!(ended.body["state"], "done", "{}", ended.text);

    let draft = task(&legal, &case, "draft_deed").await;
    assert_eq!((&draft["state"], &draft["waits_for"]), (&json!("open"), &Value::Null), "{draft}");
    assert_eq!(draft["assignee"], Value::Null, "nobody drafts yet");
    assert_eq!(draft["due"], "2026-10-07", "two working days from the day it can begin");
    let skills = put(&boss, &format!("/api/v1/staff/{an}/skills"), json!({"skills": ["drafting"]})).await;
    assert_eq!(skills.status, StatusCode::OK, "{}", skills.text);
    t.run("advance_plans").await;
    let draft = task(&legal, &case, "draft_deed").await;
    assert_eq!(draft["assignee"], json!(an), "the job gives what was nobody's: {draft}");
    assert_eq!(draft["reason"]["assigned"], json!({"place": "everywhere", "load": 0, "of": 1}), "with the reason");
    done(&legal, &case, "draft_deed", json!({"draft_reference": "HDCN-1.docx"})).await;

    let visit = begun(&field, &case, "visit_parcel").await;
    let values = json!({"state_of_land": "as_papers_say", "boundary_disputed": false, "photos": ["0".repeat(64)]});
    assert_eq!(ends(&field, &visit, values).await.refused(), ["values.photos: photo-unknown"]);
    let png =
        [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0, 0, 2, 128, 0, 0, 1, 224, 8, 2, 0, 0, 0, 0, 0, 0, 0]].concat();
    let photo = field.send(field.request(Method::POST, &format!("{}/photos", visit.0)).body(png)).await;
    let values =
        json!({"state_of_land": "as_papers_say", "boundary_disputed": false, "photos": [photo.body["sha256"]]});
    assert_eq!(ends(&field, &visit, values).await.body["state"], "done");

    let sign = begun(&legal, &case, "sign_deed").await;
    let signed = json!({"deed_number": "12/2026", "signed_on": "2026-10-05"});
    assert_eq!(ends(&legal, &sign, signed.clone()).await.refused(), ["exit: exit-condition"]);
    let deed = json!({"kind": "other", "title": "sale_contract"});
    let paper = legal.post(&format!("/api/v1/cases/{case}/papers"), deed).await;
    assert_eq!(paper.status, StatusCode::CREATED, "{}", paper.text);
    let ended = ends(&legal, &sign, signed).await;
    assert_eq!(ended.body["state"], "done", "{}", ended.text);

    done(&legal, &case, "prepare_dossier", json!({"papers_listed": "Đơn, hợp đồng"})).await;
    // It is handed in when the authority's receipt says so, and its result is fetched when it was granted.
    let filing = begun(&legal, &case, "submit_dossier").await;
    let filed = json!({"receipt_number": "7", "submitted_on": "2026-10-05"});
    assert_eq!(ends(&legal, &filing, filed.clone()).await.refused(), ["exit: exit-condition"]);
    assert_eq!(put(&boss, "/api/v1/agencies/vpdk.example", agency()).await.status, StatusCode::OK);
    let submit = json!({"agency": "vpdk.example", "receipt_number": "7"});
    let submitted = legal.post(&format!("/api/v1/cases/{case}/submissions"), submit).await;
    assert_eq!(submitted.status, StatusCode::CREATED, "{}", submitted.text);
    assert_eq!(ends(&legal, &filing, filed).await.body["state"], "done");
    done(&sales, &case, "hand_tax_notice", json!({"notices": "Lệ phí trước bạ"})).await;
    assert_eq!(task(&legal, &case, "collect_result").await["waits_for"], json!(["granted"]));
    let decided = format!("/api/v1/submissions/{}/decided", submitted.body["id"].as_str().unwrap());
    assert_eq!(legal.post(&decided, json!({"granted": true})).await.status, StatusCode::OK);
    done(&legal, &case, "collect_result", json!({"result_number": "AA 00000001", "issued_on": "2026-10-05"})).await;
    done(&legal, &case, "check_result", json!({"agrees": true})).await;
    let plan = legal.get(&format!("/api/v1/cases/{case}/plan")).await;
    assert_eq!(plan.body["counts"], json!({"done": 9}), "{}", plan.text);
    every_case_is_its_events(&pool).await;
    crate::cases::nothing_in_clear(&pool, &["GCN bản gốc", "Khách vắng ở nhà"]).await;
    let line = legal.get(&format!("/api/v1/cases/{case}/timeline?view=staff")).await;
    assert!(line.text.contains("Take over the customer's original papers"), "{}", line.text);
    let bare: Vec<Uuid> = sqlx::query_scalar(
        "select id from task t where not exists (select from audit a where a.subject = 'task/' || t.id)",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(bare, Vec::<Uuid>::new(), "every task has its audit");
}

/// What a task waits for opens it in the transaction in which it comes.
#[sqlx::test(migrations = "./migrations")]
async fn a_wait_ends_with_what_it_waits_for(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (legal, sales, _, an, _) = office(&t).await;
    let case = legal.open_case().await;
    contracted(&t, case.parse().unwrap()).await;
    let issue = json!({"topic": "boundary", "words": "Ranh giới chưa rõ", "owner": an, "due": "2026-10-09"});
    let raised = legal.post(&format!("/api/v1/cases/{case}/issues"), issue).await;
    assert_eq!(raised.status, StatusCode::CREATED, "{}", raised.text);
    sqlx::query("update task set state = 'cancelled', waits_for = '{}' where kind in ('draft_deed', 'visit_parcel')")
        .execute(&pool)
        .await
        .unwrap();
    done(&sales, &case, "collect_originals", json!({"received": "GCN"})).await;
    assert_eq!(task(&legal, &case, "sign_deed").await["waits_for"], json!(["no_issue"]));
    let id = raised.body["id"].as_str().unwrap();
    let settled = legal.post(&format!("/api/v1/issues/{id}/resolve"), json!({"how": "Đã đo lại"})).await;
    assert_eq!(settled.status, StatusCode::OK, "{}", settled.text);
    assert_eq!(task(&legal, &case, "sign_deed").await["state"], "open");
    let end = json!({"ending": "withdrawn", "reason": "customer withdrew"});
    let closed = legal.post(&format!("/api/v1/cases/{case}/close"), end).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.text);
    let left: i64 = sqlx::query_scalar("select count(*) from task where state not in ('done', 'cancelled')")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(left, 0, "no task outlives its case, blocked ones neither");
    assert!(kinds(&pool, case.parse().unwrap()).await.ends_with(&["task_cancelled".into(), "ended".into()]));
}

#[sqlx::test(migrations = "./migrations")]
async fn who_gets_a_task_and_who_cannot(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, _) = staff(&t, "boss", "manager").await;
    let (legal, sales, _, _, chi) = office(&t).await;
    let (dung, dung_id) = staff(&t, "dung", "sales").await;
    let away = json!({"first_day": "2026-10-05", "last_day": "2026-10-07", "kind": "leave"});
    let noted = sales.post("/api/v1/absences", away.clone()).await;
    assert_eq!(noted.status, StatusCode::CREATED, "{}", noted.text);
    assert_eq!(sales.post("/api/v1/absences", away).await.body["code"], "absence-exists");
    let case = legal.open_case().await;
    contracted(&t, case.parse().unwrap()).await;
    let collect = task(&legal, &case, "collect_originals").await;
    assert_eq!(collect["assignee"], json!(dung_id), "the other one is away: {collect}");
    assert_eq!(collect["reason"]["assigned"]["set_aside"], json!({"unskilled": 0, "absent": 1, "booked": 0}));

    let at = |v: &Value| json!({"version": v["version"], "reason": "Đổi người"});
    let with = |v: &Value, to: Value| json!({"version": v["version"], "to": to, "reason": "Đổi người"});
    let reassign = format!("{}/reassign", address(&collect));
    let not_boss = dung.post(&reassign, with(&collect, json!(chi))).await;
    assert_eq!(not_boss.status, StatusCode::FORBIDDEN, "{}", not_boss.text);
    assert_eq!(boss.post(&reassign, with(&collect, json!(chi))).await.refused(), ["to: staff-unknown"]);
    let binh = noted.body["staff_id"].clone();
    assert_eq!(boss.post(&reassign, with(&collect, binh.clone())).await.refused(), ["to: staff-absent"]);
    let back = sales
        .send(sales.request(Method::DELETE, &format!("/api/v1/absences/{}", noted.body["id"].as_str().unwrap())))
        .await;
    assert_eq!(back.status, StatusCode::OK, "{}", back.text);
    let given = boss.post(&reassign, with(&collect, binh.clone())).await;
    assert_eq!(given.body["assignee"], binh, "{}", given.text);
    let raised = sales.post(&format!("{}/escalate", address(&collect)), with(&given.body, json!("manager"))).await;
    assert_eq!(raised.body["escalated_to"], "manager", "{}", raised.text);
    let handed = sales.post(&format!("{}/hand-back", address(&collect)), at(&raised.body)).await;
    assert_eq!((&handed.body["state"], &handed.body["assignee"]), (&json!("open"), &Value::Null), "{}", handed.text);
    t.run("advance_plans").await;
    assert_eq!(
        task(&legal, &case, "collect_originals").await["assignee"],
        Value::Null,
        "what was handed back is for who takes it"
    );
    done(&dung, &case, "collect_originals", json!({"received": "GCN"})).await;
    let told = kinds(&pool, case.parse().unwrap()).await;
    for kind in ["work_planned", "task_assigned", "task_escalated", "task_handed_back", "task_started", "task_done"] {
        assert!(told.contains(&kind.to_owned()), "{kind} in {told:?}");
    }
    every_case_is_its_events(&pool).await;
}

pub fn agency() -> Value {
    json!({"kind": "notary", "name": "Văn phòng công chứng Mẫu", "address": "1 Đường Mẫu", "lon": 108.2, "lat": 16.06,
        "hours": {"1": [["07:30", "11:30"], ["13:30", "17:00"]], "3": [["07:30", "11:30"]], "4": [["07:30", "11:30"]]}, "standing": "house"})
}

#[sqlx::test(migrations = "./migrations")]
async fn nobody_is_in_two_places_at_once(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, _) = staff(&t, "boss", "manager").await;
    let (legal, _, _, an, _) = office(&t).await;
    let (other, case) = (legal.open_case().await, legal.open_case().await);
    assert_eq!(put(&boss, "/api/v1/agencies/notary.example", agency()).await.status, StatusCode::OK);
    let at = |case: &str, at: &str, more: Value| {
        let mut new = json!({"case_id": case, "department": "legal", "at": at, "minutes": 45, "agency": "notary.example", "assignee": an});
        new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        new
    };
    let book = async |body: Value| legal.post("/api/v1/appointments", body).await;
    // Wednesday 7 October: open in the morning only.
    assert_eq!(book(at(&case, "2026-10-07T07:00:00Z", json!({}))).await.refused(), ["at: agency-closed"]);
    assert_eq!(
        book(at(&case, "2026-10-07T04:00:00Z", json!({}))).await.refused(),
        ["at: agency-closed"],
        "into the noon rest"
    );
    let held = book(at(&case, "2026-10-07T02:00:00Z", json!({"hold_minutes": 60, "with_customer": true}))).await;
    assert_eq!(held.body["appointment"]["state"], "held", "{}", held.text);
    assert_eq!(held.body["place_text"], "Văn phòng công chứng Mẫu, 1 Đường Mẫu");
    let twice = book(at(&other, "2026-10-07T02:30:00Z", json!({}))).await;
    assert_eq!(twice.body["code"], "double-booked", "a hold counts as taken: {}", twice.text);
    let beside = book(at(&other, "2026-10-07T02:45:00Z", json!({}))).await;
    assert_eq!(beside.status, StatusCode::CREATED, "one ends as the other begins: {}", beside.text);
    let sql = "update appointment set starts = starts - interval '10 minutes' where task_id = $1";
    let id: Uuid = beside.body["id"].as_str().unwrap().parse().unwrap();
    let forced = sqlx::query(sql).bind(id).execute(&pool).await.unwrap_err();
    assert!(forced.to_string().contains("nobody_in_two_places_at_once"), "{forced}");

    t.advance(time::Duration::minutes(61));
    let address = address(&held.body);
    let late = legal.post(&format!("{address}/appointment/confirm"), json!({"version": held.body["version"]})).await;
    assert_eq!(late.body["code"], "hold-over", "{}", late.text);
    t.run("advance_plans").await;
    let free = book(at(&other, "2026-10-07T02:00:00Z", json!({}))).await;
    assert_eq!(free.status, StatusCode::CREATED, "the hour is free again: {}", free.text);

    let again = book(at(&case, "2026-10-08T02:00:00Z", json!({"task": held.body["id"], "hold_minutes": 60}))).await;
    assert_eq!(again.body["appointment"]["state"], "held", "{}", again.text);
    let confirmed =
        legal.post(&format!("{address}/appointment/confirm"), json!({"version": again.body["version"]})).await;
    assert_eq!(confirmed.body["appointment"]["state"], "confirmed", "{}", confirmed.text);
    let to = |at: &str, v: &Value| json!({"version": v["version"], "at": at, "reason": "Khách xin đổi giờ"});
    let taken = legal.post(&format!("{address}/appointment/move"), to("2026-10-07T02:15:00Z", &confirmed.body)).await;
    assert_eq!(taken.body["code"], "double-booked", "{}", taken.text);
    let moved = legal.post(&format!("{address}/appointment/move"), to("2026-10-08T03:00:00Z", &confirmed.body)).await;
    assert_eq!(moved.body["appointment"]["starts"], "2026-10-08T03:00:00Z", "{}", moved.text);
    let early = legal.post(&format!("{address}/appointment/keep"), json!({"version": moved.body["version"]})).await;
    assert_eq!(early.body["code"], "appointment-early", "{}", early.text);
    t.advance(time::Duration::days(3) + time::Duration::hours(1));
    let legal = t.signs_in("an").await;
    let who = json!({"version": moved.body["version"], "by": "customer", "reason": "Không ai đến"});
    let missed = legal.post(&format!("{address}/appointment/miss"), who).await;
    assert_eq!(
        (&missed.body["state"], &missed.body["appointment_at"]),
        (&json!("open"), &Value::Null),
        "{}",
        missed.text
    );
    let told = kinds(&pool, case.parse().unwrap()).await;
    assert_eq!(
        told[1..],
        [
            "task_created",
            "appointment_made",
            "appointment_cancelled",
            "appointment_made",
            "appointment_moved",
            "appointment_missed"
        ]
    );
    let list = legal.get("/api/v1/appointments?staff=me&state=missed").await;
    assert_eq!(list.body["items"][0]["missed_by"], "customer", "{}", list.text);
    every_case_is_its_events(&pool).await;
}

/// Many at once for one hour of one person: one gets it.
#[sqlx::test(migrations = "./migrations")]
async fn one_hour_is_given_once(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (legal, _, _, an, _) = office(&t).await;
    let mut all = Vec::new();
    for i in 0..8 {
        let case = legal.open_case().await;
        all.push(json!({"case_id": case, "department": "legal", "at": "2026-10-07T02:00:00Z", "place_text": format!("Phòng {i}"), "assignee": an}));
    }
    let answers = futures::future::join_all(all.into_iter().map(|b| legal.post("/api/v1/appointments", b))).await;
    let made = answers.iter().filter(|a| a.status == StatusCode::CREATED).count();
    let refused = answers.iter().filter(|a| a.body["code"] == "double-booked").count();
    assert_eq!((made, refused), (1, 7), "{:?}", answers.iter().map(|a| &a.text).collect::<Vec<_>>());
}
