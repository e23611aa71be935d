//! Work without a line: the package, the batch and its receipt, conflicts, the tray, and random orders of all of it.

use crate::case_events::{every_case_is_its_events, kinds};
use crate::plans::{begun, contracted, put, staff, task};
use crate::test_app::{Answer, Caller, TestApp};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;
use uuid::Uuid;

/// A field worker at a visit, who leads, the task's address, and the case.
async fn out_there(t: &TestApp, pool: &PgPool) -> (Caller, Caller, String, String) {
    let (boss, _) = staff(t, "boss", "manager").await;
    let (legal, _) = staff(t, "an", "legal").await;
    let (field, _) = staff(t, "chi", "field").await;
    staff(t, "binh", "sales").await;
    let case = legal.open_case().await;
    contracted(t, case.parse().unwrap()).await;
    let (address, _) = begun(&field, &case, "visit_parcel").await;
    let _ = pool;
    (boss, field, address, case)
}

fn id(n: u64) -> String {
    Uuid::from_u64_pair(7, n).to_string()
}

/// A value captured under the lease of the only task of a package.
fn item(n: u64, package: &Value, field: &str, value: Value) -> Value {
    let task = &package["tasks"][0];
    let base = task["values"]
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["field"] == field)
        .map_or(json!(0), |v| v["version"].clone());
    json!({"id": id(n), "lease": task["lease"]["id"], "task": task["task"]["id"], "field": field, "base": base, "value": value,
        "captured_at": "2026-10-05T03:00:00Z"})
}

async fn send(who: &Caller, items: &[Value]) -> Answer {
    who.post("/api/v1/field/batches", json!({ "items": items })).await
}

fn outcomes(receipt: &Answer) -> Vec<String> {
    assert_eq!(receipt.status, StatusCode::OK, "{}", receipt.text);
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let all = receipt.body["items"].as_array().unwrap();
    all.iter().map(|i| format!("{} {}", text(&i["outcome"]), text(&i["why"])).trim().to_owned()).collect()
}

#[sqlx::test(migrations = "./migrations")]
async fn what_was_captured_comes_home(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, field, address, case) = out_there(&t, &pool).await;
    let package = field.get("/api/v1/field/package?hours=8").await;
    let packed = &package.body["tasks"][0];
    assert_eq!(packed["lease"]["expires_at"], "2026-10-05T10:00:00Z", "{}", package.text);
    assert_eq!(packed["fields"].as_array().unwrap().len(), 4);
    assert_eq!(field.get("/api/v1/field/package?hours=99").await.refused(), ["hours: range"]);
    let again = field.get("/api/v1/field/package?hours=9").await;
    assert_eq!(again.body["tasks"][0]["lease"]["id"], packed["lease"]["id"], "one lease, longer");

    let p = &again.body;
    let first = [item(1, p, "state_of_land", json!("differs")), item(2, p, "note", json!("Cột mốc phía bắc đã mất"))];
    let receipt = send(&field, &first).await;
    assert_eq!(outcomes(&receipt), ["applied", "applied"]);
    assert_eq!(receipt.body["sha256"].as_str().unwrap().len(), 64);
    let same = send(&field, &first).await;
    assert_eq!(same.text, receipt.text, "sent again: the same receipt to the letter");
    let mixed = send(&field, &[first[1].clone(), item(3, p, "boundary_disputed", json!(false))]).await;
    assert_eq!(mixed.body["items"][0], receipt.body["items"][1], "known by its name");
    assert_eq!(outcomes(&mixed), ["applied", "applied"]);

    // The office writes meanwhile; both values are kept.
    let note = json!({"values": {"note": "Chủ nhà gọi lại"}});
    assert_eq!(put(&boss, &format!("{address}/fields"), note).await.status, StatusCode::OK);
    let clash = send(&field, &[item(4, p, "note", json!("Đã gặp chủ nhà"))]).await;
    assert_eq!(outcomes(&clash), ["conflict"]);
    let tray = boss.get(&format!("/api/v1/field/items?case={case}&open=true")).await;
    assert_eq!(tray.body["items"].as_array().unwrap().len(), 1, "{}", tray.text);
    assert!(!tray.text.contains("chủ nhà"), "no words in a list: {}", tray.text);
    let waits = format!("/api/v1/field/items/{}", tray.body["items"][0]["id"].as_str().unwrap());
    assert_eq!(boss.get(&waits).await.refused(), ["purpose: purpose-needed"]);
    let both = boss.get(&format!("{waits}?purpose=review")).await;
    assert_eq!(both.body["sent"]["value"], "Đã gặp chủ nhà", "{}", both.text);
    assert_eq!(both.body["standing"]["value"], "Chủ nhà gọi lại", "{}", both.text);
    let conflicts = async || {
        let list = boss.get(&format!("/api/v1/cases/{case}/checklist")).await;
        let found = list.body["items"].as_array().unwrap().iter().find(|i| i["code"] == "conflicts").cloned();
        found.unwrap_or_else(|| panic!("{}", list.text))
    };
    let open = conflicts().await;
    assert_eq!(
        (&open["standing"], &open["because"][0]["key"]),
        (&json!("not_ok"), &json!("review-conflicts-open")),
        "{open}"
    );
    let choice = json!({"take": "sent", "reason": "Gặp tận nơi"});
    assert_eq!(field.post(&format!("{waits}/settle"), choice.clone()).await.status, StatusCode::FORBIDDEN);
    let settled = boss.post(&format!("{waits}/settle"), choice.clone()).await;
    assert_eq!((&settled.body["open"], &settled.body["took"]), (&json!(false), &json!("sent")), "{}", settled.text);
    assert_eq!(boss.post(&format!("{waits}/settle"), choice).await.body["code"], "item-settled");
    assert_eq!(conflicts().await["standing"], "ok");
    let stands = boss.get(&format!("{address}/fields?purpose=review")).await;
    let note = stands.body.as_array().unwrap().iter().find(|v| v["field"] == "note").unwrap();
    assert_eq!((&note["value"], &note["version"]), (&json!("Đã gặp chủ nhà"), &json!(3)));

    let told = kinds(&pool, case.parse().unwrap()).await;
    assert_eq!(told.iter().filter(|k| *k == "field_work_returned").count(), 3, "{told:?}");
    assert!(told.contains(&"conflict_settled".to_owned()));
    every_case_is_its_events(&pool).await;
    crate::cases::nothing_in_clear(&pool, &["Cột mốc", "chủ nhà"]).await;
    for sql in
        ["update field_item set why = null", "delete from field_batch", "update field_receipt set receipt = '{}'"]
    {
        assert!(sqlx::query(sql).execute(&pool).await.is_err(), "{sql}");
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn a_value_that_comes_after_the_end_may_be_the_right_one(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, field, address, _) = out_there(&t, &pool).await;
    let p = field.get("/api/v1/field/package").await.body;
    let note = json!({"values": {"note": "Cột mốc còn đủ"}});
    assert_eq!(put(&boss, &format!("{address}/fields"), note).await.status, StatusCode::OK);
    let clash = send(&field, &[item(1, &p, "note", json!("Cột mốc phía bắc đã mất"))]).await;
    assert_eq!(outcomes(&clash), ["conflict"]);
    sqlx::query("update task set state = 'done', result = '\\x00' where id = $1::uuid")
        .bind(address.rsplit('/').next())
        .execute(&pool)
        .await
        .unwrap();
    let late = send(&field, &[item(2, &p, "state_of_land", json!("differs"))]).await;
    assert_eq!(outcomes(&late), ["tray task_ended"]);
    for (sent, field, value) in [(&clash, "note", "Cột mốc phía bắc đã mất"), (&late, "state_of_land", "differs")]
    {
        let waits = format!("/api/v1/field/items/{}/settle", sent.body["items"][0]["id"].as_str().unwrap());
        let taken = boss.post(&waits, json!({"take": "sent", "reason": "Đã gọi hỏi lại"})).await;
        assert_eq!(taken.body["took"], "sent", "{}", taken.text);
        let stands = boss.get(&format!("{address}/fields?purpose=review")).await;
        let now = stands.body.as_array().unwrap().iter().find(|v| v["field"] == field).unwrap();
        assert_eq!(now["value"], value, "{}", stands.text);
    }
}

/// What a form calls wrong is a problem with an owner and a day, once; what it calls right is none.
#[sqlx::test(migrations = "./migrations")]
async fn what_a_form_calls_wrong_is_somebodys_problem(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, field, address, case) = out_there(&t, &pool).await;
    let p = field.get("/api/v1/field/package").await.body;
    let problems = async || -> Vec<Value> {
        let all = boss.get(&format!("/api/v1/cases/{case}/issues?purpose=review")).await;
        all.body.as_array().unwrap_or_else(|| panic!("{}", all.text)).clone()
    };
    let says = async |disputed: bool| {
        let values = json!({"values": {"boundary_disputed": disputed, "state_of_land": "as_papers_say"}});
        assert_eq!(put(&boss, &format!("{address}/fields"), values).await.status, StatusCode::OK);
    };
    says(false).await;
    let disputed = [item(1, &p, "boundary_disputed", json!(true))];
    let clash = send(&field, &disputed).await;
    assert_eq!((outcomes(&clash), problems().await), (vec!["conflict".to_owned()], vec![]), "nobody has decided yet");
    let waits = format!("/api/v1/field/items/{}/settle", clash.body["items"][0]["id"].as_str().unwrap());
    let taken = boss.post(&waits, json!({"take": "sent", "reason": "Đã gọi hỏi lại"})).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    let first = problems().await;
    assert_eq!(first.len(), 1, "{first:?}");
    assert_eq!((&first[0]["topic"], &first[0]["due"]), (&json!("dispute"), &json!("2026-10-08")));
    let an: Uuid = sqlx::query_scalar("select id from staff where login = 'an'").fetch_one(&pool).await.unwrap();
    assert_eq!(first[0]["owner"], json!(an), "of the legal department");
    let words = first[0]["words"].as_str().unwrap();
    assert!(words.contains("tranh chấp ranh giới") && words.contains("boundary is disputed"), "{words}");

    // Sent again, said again, taken back and said again while it is open: it stays one.
    let again = field.get("/api/v1/field/package").await.body;
    for batch in [&disputed[..], &[item(2, &again, "boundary_disputed", json!(true))]] {
        send(&field, batch).await;
    }
    says(false).await;
    says(true).await;
    assert_eq!(problems().await.len(), 1);
    let solve = format!("/api/v1/issues/{}/resolve", first[0]["id"].as_str().unwrap());
    assert_eq!(boss.post(&solve, json!({"how": "Đã cắm lại mốc"})).await.status, StatusCode::OK);
    says(false).await;
    assert_eq!(problems().await.len(), 1, "nothing is wrong");
    says(true).await;
    let land = json!({"values": {"state_of_land": "differs"}});
    assert_eq!(put(&boss, &format!("{address}/fields"), land).await.status, StatusCode::OK);
    let mut topics: Vec<_> = problems().await.iter().map(|i| i["topic"].as_str().unwrap().to_owned()).collect();
    topics.sort();
    assert_eq!(topics, ["dispute", "dispute", "land_differs"], "after it was solved it is another one");
    every_case_is_its_events(&pool).await;
}

#[sqlx::test(migrations = "./migrations")]
async fn what_does_not_fit_waits_for_a_person(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, field, address, case) = out_there(&t, &pool).await;
    let (dung, dung_id) = staff(&t, "dung", "field").await;
    let p = field.get("/api/v1/field/package?hours=2").await.body;
    let strange = [
        json!("no item"),
        json!({"id": id(9)}),
        item(10, &p, "state_of_land", json!("on the moon")),
        item(11, &p, "weather", json!("fine")),
        {
            let mut i = item(12, &p, "note", json!("x"));
            i["lease"] = json!(id(99));
            i
        },
        {
            let mut i = item(13, &p, "note", json!("x"));
            i["task"] = json!(id(98));
            i
        },
        {
            let mut i = item(14, &p, "note", json!("x"));
            i["base"] = json!(7);
            i
        },
        item(15, &p, "no\0te", json!("x")),
        item(16, &p, "note", json!("x\0")),
    ];
    let receipt = send(&field, &strange).await;
    let known = ["unreadable", "unreadable", "bad_value", "field_not_leased", "no_lease", "no_lease", "base_unknown"];
    let all = [&known[..], &["unreadable", "unreadable"]].concat();
    assert_eq!(outcomes(&receipt), all.iter().map(|w| format!("tray {w}")).collect::<Vec<_>>());
    let renamed = send(&field, &[item(10, &p, "state_of_land", json!("differs"))]).await;
    assert_eq!(outcomes(&renamed), ["tray name_used"], "another value under a used name is not dropped");
    assert_eq!(outcomes(&send(&dung, &[item(20, &p, "note", json!("x"))]).await), ["tray other_holder"]);
    let raw = field.send(field.request(Method::POST, "/api/v1/field/batches").body("%PDF not a batch")).await;
    assert_eq!(outcomes(&raw), ["tray unreadable"]);
    let sha = raw.body["sha256"].as_str().unwrap();
    assert_eq!(t.app.scans.get(sha).await.unwrap(), "%PDF not a batch".as_bytes(), "stored before it was looked at");
    let lost = format!("/api/v1/field/items/{}?purpose=review", raw.body["items"][0]["id"].as_str().unwrap());
    assert_eq!(boss.get(&lost).await.body["sent"], "%PDF not a batch");
    assert_eq!(field.get(&lost).await.status, StatusCode::FORBIDDEN);

    t.advance(Duration::hours(3));
    assert_eq!(outcomes(&send(&field, &[item(30, &p, "note", json!("muộn"))]).await), ["tray late"]);
    let longer = field.get("/api/v1/field/package?hours=8").await.body;
    assert_eq!(outcomes(&send(&field, &[item(31, &longer, "note", json!("kịp"))]).await), ["applied"]);
    let now = task(&boss, &case, "visit_parcel").await;
    let given = json!({"version": now["version"], "to": dung_id, "reason": "Đổi người"});
    assert_eq!(boss.post(&format!("{address}/reassign"), given).await.status, StatusCode::OK);
    let late = send(&field, &[item(32, &longer, "note", json!("ghi của người trước"))]).await;
    assert_eq!(outcomes(&late), ["tray revoked"], "reassigned meanwhile");
    let waits = format!("/api/v1/field/items/{}/settle", late.body["items"][0]["id"].as_str().unwrap());
    let taken = boss.post(&waits, json!({"take": "sent", "reason": "Vẫn đúng"})).await;
    assert_eq!(taken.body["took"], "sent", "{}", taken.text);
    let bad = format!("/api/v1/field/items/{}/settle", receipt.body["items"][2]["id"].as_str().unwrap());
    let refused = boss.post(&bad, json!({"take": "sent", "reason": "x"})).await;
    assert_eq!(refused.refused(), ["values.state_of_land: not-in-list"]);
    assert_eq!(boss.post(&bad, json!({"take": "standing", "reason": "x"})).await.status, StatusCode::OK);

    let end = json!({"ending": "withdrawn", "reason": "customer withdrew"});
    assert_eq!(boss.post(&format!("/api/v1/cases/{case}/close"), end).await.status, StatusCode::OK);
    assert_eq!(outcomes(&send(&field, &[item(33, &longer, "note", json!("sau cùng"))]).await), ["tray revoked"]);
    every_case_is_its_events(&pool).await;
}

/// The request dies after the batch was stored: the job does the rest, and the device gets the same receipt when it comes back.
#[sqlx::test(migrations = "./migrations")]
async fn a_batch_that_was_stored_is_worked_off_by_a_job(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (_, field, _, _) = out_there(&t, &pool).await;
    let p = field.get("/api/v1/field/package").await.body;
    let body = serde_json::to_vec(&json!({"items": [item(1, &p, "note", json!("Ghi"))]})).unwrap();
    let sha256 = t.app.scans.put(&body).await.unwrap();
    let (batch, staff): (Uuid, Uuid) = (
        Uuid::from_u128(5),
        sqlx::query_scalar("select id from staff where login = 'chi'").fetch_one(&pool).await.unwrap(),
    );
    sqlx::query("insert into field_batch (id, staff_id, sent_by, sha256, received_at) values ($1, $2, 'chi', $3, $4)")
        .bind(batch)
        .bind(staff)
        .bind(&sha256)
        .bind(t.app.clock.now())
        .execute(&pool)
        .await
        .unwrap();
    t.run_with("settle_batch", json!({"batch_id": batch})).await;
    t.run_with("settle_batch", json!({"batch_id": batch})).await;
    let values: i64 = sqlx::query_scalar("select count(*) from task_value").fetch_one(&pool).await.unwrap();
    assert_eq!(values, 1, "twice changes nothing");
    let receipt = field.send(field.request(Method::POST, "/api/v1/field/batches").body(body)).await;
    assert_eq!(
        (receipt.body["batch"].as_str(), outcomes(&receipt)),
        (Some(batch.to_string().as_str()), vec!["applied".to_owned()])
    );
}

#[derive(Debug, Clone)]
enum Act {
    Package,
    Capture(u8, u8),
    Send(bool),
    Office(u8, u8),
    Revoke,
    Wait(i64),
}

/// Random orders of packing, capturing, sending (with lost answers), writing at the office, revoking and waiting, through the
/// service: every captured value has exactly one outcome, what is applied stands in the record, and a batch that is sent again
/// gets the identical receipt.
#[sqlx::test(migrations = "./migrations")]
async fn whatever_the_order_nothing_is_lost(pool: PgPool) {
    let t = TestApp::new(pool.clone()).await;
    let (boss, field, address, _) = out_there(&t, &pool).await;
    let act = proptest::prop_oneof![
        2 => proptest::strategy::Just(Act::Package),
        5 => (0u8..2, 0u8..9).prop_map(|(f, v)| Act::Capture(f, v)),
        3 => proptest::bool::ANY.prop_map(Act::Send),
        2 => (0u8..2, 0u8..9).prop_map(|(f, v)| Act::Office(f, v)),
        1 => proptest::strategy::Just(Act::Revoke),
        1 => (1i64..90).prop_map(Act::Wait),
    ];
    let mut runner = TestRunner::deterministic();
    let acts = proptest::collection::vec(act, 160..161).new_tree(&mut runner).unwrap().current();
    let value = |f: u8, v: u8| {
        (
            ["note", "state_of_land"][usize::from(f)],
            if f == 0 {
                json!(format!("v{v}"))
            } else {
                json!(["as_papers_say", "differs", "not_accessible"][usize::from(v % 3)])
            },
        )
    };
    let (mut package, mut outbox, mut n) = (Value::Null, Vec::new(), 1000u64);
    let (mut sent, mut captured): (Vec<(Vec<Value>, String)>, Vec<String>) = (Vec::new(), Vec::new());
    for act in acts.into_iter().chain([Act::Send(false)]) {
        n += 1;
        match act {
            Act::Package => package = field.get("/api/v1/field/package?hours=1").await.body,
            Act::Capture(f, v) if package["tasks"].as_array().is_some_and(|t| !t.is_empty()) => {
                let (name, value) = value(f, v);
                captured.push(id(n));
                outbox.push(item(n, &package, name, value));
            }
            Act::Capture(..) => {}
            Act::Send(lost) => {
                if outbox.is_empty() {
                    continue;
                }
                let receipt = send(&field, &outbox).await;
                assert_eq!(outcomes(&receipt).len(), outbox.len());
                sent.push((outbox.clone(), receipt.text));
                if !lost {
                    outbox.clear();
                }
            }
            Act::Office(f, v) => {
                let (name, value) = value(f, v);
                let wrote = put(&boss, &format!("{address}/fields"), json!({"values": {name: value}})).await;
                assert_eq!(wrote.status, StatusCode::OK, "{}", wrote.text);
            }
            Act::Revoke => {
                let path = address.clone() + "/lease";
                assert_eq!(boss.send(boss.request(Method::DELETE, &path)).await.status, StatusCode::OK);
            }
            Act::Wait(minutes) => t.advance(Duration::minutes(minutes / 10)),
        }
    }
    for (batch, receipt) in &sent {
        assert_eq!(&send(&field, batch).await.text, receipt, "sent again");
    }
    let rows: Vec<(Uuid, i64)> =
        sqlx::query_as("select item_id, count(*) from field_item group by item_id order by item_id")
            .fetch_all(&pool)
            .await
            .unwrap();
    captured.sort();
    assert_eq!(rows, captured.iter().map(|c| (c.parse().unwrap(), 1)).collect::<Vec<_>>(), "each once, none lost");
    let kinds: Vec<(String, i64)> = sqlx::query_as("select outcome, count(*) from field_item group by 1 order by 1")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(kinds.len(), 3, "the orders reach every outcome: {kinds:?}");
    let unproved: i64 = sqlx::query_scalar(
        "select count(*) from field_item i where outcome = 'applied' and not exists
            (select from task_value v where v.task_id = i.task_id and v.field = i.field and v.version = i.version)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(unproved, 0, "what says applied stands in the record");
    every_case_is_its_events(&pool).await;
}
