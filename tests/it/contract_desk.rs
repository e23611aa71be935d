//! Quotations, contracts and instalments over all cases: lists, counts, and the job that lets nothing pass unnoticed.

use crate::advice::{signed_sheet, verified_case};
use crate::case_events::every_case_is_its_events;
use crate::case_work::run;
use crate::contracts::{accepted, at, concluded, drawn, id, kinds, offered, ok, on_paper, pay};
use crate::test_app::{Caller, TestApp};
use crate::ward::{mapped, threaded};
use diaba::domain::case::Happened;
use diaba::flow::case::record;
use diaba::flow::staff::Actor;
use serde_json::{Value, json};
use sqlx::PgPool;
use time::Duration;
use uuid::Uuid;

/// (state, count, sum) of each line.
async fn counts(by: &Caller, what: &str) -> Vec<(String, i64, i64)> {
    let all = ok(by.get(&format!("/api/v1/{what}")).await);
    let line =
        |c: &Value| (c["state"].as_str().unwrap().to_owned(), c["count"].as_i64().unwrap(), c["sum"].as_i64().unwrap());
    all.as_array().unwrap().iter().map(line).collect()
}

fn line(state: &str, count: i64, sum: i64) -> (String, i64, i64) {
    (state.to_owned(), count, sum)
}

async fn happened(t: &TestApp, case: &str, what: Happened) {
    let mut tx = t.app.pool.begin().await.unwrap();
    record(&t.app, &mut tx, &Actor::system("test"), case.parse().unwrap(), what).await.unwrap();
    tx.commit().await.unwrap();
}

/// Lists say of each what its own page says.
async fn lists_agree(by: &Caller, cases: &[&str]) {
    for case in cases {
        let states = |v: &Value| -> Vec<(Value, Value)> {
            v.as_array().unwrap().iter().map(|x| (x["id"].clone(), x["state"].clone())).collect()
        };
        for what in ["quotations", "contracts"] {
            let listed = ok(by.get(&format!("/api/v1/{what}?case_id={case}")).await);
            let own = ok(by.get(&format!("/api/v1/cases/{case}/{what}")).await);
            assert_eq!(states(&listed["items"]), states(&own), "{what} of {case}");
        }
        for contract in ok(by.get(&format!("/api/v1/cases/{case}/contracts")).await).as_array().unwrap() {
            let part = |v: &Value| {
                (v["no"].clone(), v["amount"].clone(), v["open"].clone(), v["due"].clone(), v["state"].clone())
            };
            let account = ok(by.get(&format!("{}/payments", at(contract))).await);
            let own: Vec<_> = account["instalments"].as_array().unwrap().iter().map(part).collect();
            let listed = ok(by.get(&format!("/api/v1/instalments?case_id={case}")).await);
            let mut listed: Vec<_> = listed["items"].as_array().unwrap().iter().map(part).collect();
            listed.sort_by_key(|p| p.0.as_i64());
            assert!(contract["state"] != "concluded" || listed == own, "{listed:?} {own:?}");
        }
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn desks_list_and_count(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let care = t.signed_in("care", &["customer_care"]).await;
        let (bound, contract) = concluded(&legal).await;
        let (open, quotation) = accepted(&legal).await;
        let unsigned = drawn(&legal, &open, &quotation).await;
        let asked = verified_case(&legal).await;
        signed_sheet(&legal, &asked).await;
        offered(&legal, &asked, json!({})).await;
        ok(care.post(&format!("{}/payments", at(&contract)), pay("FT-1", 1_000_000)).await);

        assert_eq!(
            counts(&care, "quotation-counts").await,
            [line("accepted", 2, 11_000_000), line("offered", 1, 6_000_000)]
        );
        assert_eq!(
            counts(&care, "contract-counts").await,
            [line("concluded", 1, 5_500_000), line("open", 1, 5_500_000)]
        );
        assert_eq!(
            counts(&care, "instalment-counts").await,
            [line("due", 1, 1_750_000), line("waiting", 1, 2_750_000)]
        );
        let waits = ok(care.get("/api/v1/contracts?state=open&next=customer").await);
        assert_eq!((waits["items"].as_array().unwrap().len(), &waits["items"][0]["id"]), (1, &unsigned["id"]));
        assert_eq!(care.get("/api/v1/contracts?state=moon").await.refused(), ["state: not-in-list"]);
        let soon = ok(care.get("/api/v1/instalments?due_by=2026-10-08").await);
        assert_eq!(soon["items"].as_array().unwrap().len(), 1);
        let first = ok(care.get("/api/v1/instalments?limit=1").await);
        let rest = ok(care.get(first["next"].as_str().unwrap()).await);
        assert_eq!((&first["items"][0]["no"], &rest["items"][0]["no"]), (&json!(1), &json!(2)));
        assert!(rest.get("next").is_none());
        let screen = ok(care.get(&format!("/api/v1/cases/{bound}/screen")).await);
        assert_eq!(
            (&screen["contracts"][0]["state"], &screen["account"]["paid"]),
            (&json!("concluded"), &json!(1_000_000))
        );
        // One call for the page: every step has its place on it.
        assert!(screen["verification"]["outcome"].is_string() && screen["option_sheets"][0]["signed_by"].is_string());
        for part in ["consents", "appointments", "hand_overs", "obligations", "archives", "watches"] {
            assert!(screen[part].is_array(), "{part}");
        }
        lists_agree(&care, &[&bound, &open, &asked]).await;
        t.advance(Duration::days(16));
        let later = t.signed_in("care.two", &["customer_care"]).await;
        assert_eq!(
            counts(&later, "instalment-counts").await,
            [line("overdue", 1, 1_750_000), line("waiting", 1, 2_750_000)]
        );
        lists_agree(&later, &[&bound, &open, &asked]).await;
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn no_day_passes_unnoticed(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let (bound, contract) = concluded(&legal).await;
        let (open, quotation) = accepted(&legal).await;
        drawn(&legal, &open, &quotation).await;
        let asked = verified_case(&legal).await;
        signed_sheet(&legal, &asked).await;
        offered(&legal, &asked, json!({})).await;
        let before = [kinds(&t, &bound).await, kinds(&t, &open).await, kinds(&t, &asked).await];
        run(&t, "watch_contracts").await;
        let after = [kinds(&t, &bound).await, kinds(&t, &open).await, kinds(&t, &asked).await];
        assert_eq!(after, before, "nothing is over yet");

        let submission = Uuid::from_u128(7);
        let (agency, procedure) = (String::from("vpdk"), String::from("transfer"));
        happened(
            &t,
            &bound,
            Happened::Submitted { submission, agency: agency.clone(), procedure, due: None, province: None, on: None },
        )
        .await;
        t.advance(Duration::days(16));
        happened(
            &t,
            &bound,
            Happened::AgencyDecided { submission, agency, granted: true, on: None, issue: None, next_by: None },
        )
        .await;
        run(&t, "watch_contracts").await;
        run(&t, "watch_contracts").await;
        let since = |n: usize, told: Vec<String>| told[before[n].len()..].to_vec();
        assert_eq!(
            since(0, kinds(&t, &bound).await),
            ["submitted", "agency_decided", "payment_due", "payment_overdue"]
        );
        assert_eq!(since(1, kinds(&t, &open).await), ["contract_expired"]);
        assert_eq!(since(2, kinds(&t, &asked).await), ["quotation_expired"]);
        let later = t.signed_in("care.two", &["customer_care"]).await;
        let account = ok(later.get(&format!("{}/payments", at(&contract))).await);
        let due: Vec<_> =
            account["instalments"].as_array().unwrap().iter().map(|i| (i["due"].clone(), i["state"].clone())).collect();
        assert_eq!(due, [(json!("2026-10-08"), json!("overdue")), (json!("2026-10-28"), json!("due"))]);
        every_case_is_its_events(&t.app.pool).await;

        // Somebody may call an instalment by hand; the first day stays.
        let again = ok(later.post(&format!("{}/instalments/2/call", at(&contract)), json!({})).await);
        assert_eq!(again["instalments"][1]["due"], "2026-10-28");
        let none = later.post(&format!("{}/instalments/3/call", at(&contract)), json!({})).await;
        assert_eq!(none.refused(), ["no: range"]);

        // What `hand-over` asks: what is open, and what the contract is pinned to.
        use diaba::store::{contract as contracts, payment};
        let mut conn = t.app.pool.acquire().await.unwrap();
        let case: Uuid = bound.parse().unwrap();
        let unpaid = payment::unpaid(&mut conn, case, t.app.clock.today()).await.unwrap();
        assert_eq!(unpaid.iter().map(|o| o.open.0).collect::<Vec<_>>(), [2_750_000, 2_750_000]);
        let pinned = contracts::concluded(&mut conn, case).await.unwrap().unwrap();
        assert_eq!(
            (pinned.id.to_string(), &pinned.verification_digest),
            (id(&contract), &contract["verification_digest"].as_str().unwrap().to_owned())
        );
        assert_eq!(contracts::concluded(&mut conn, open.parse().unwrap()).await.unwrap(), None);
    })
    .await;
}

/// A last day of payment that is a rest day moves on to the next working day.
#[sqlx::test(migrations = "./migrations")]
async fn nobody_has_to_pay_by_a_saturday(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        t.advance(Duration::days(2));
        let legal = t.signed_in("legal", &["legal"]).await;
        let (_, contract) = concluded(&legal).await;
        let account = ok(legal.get(&format!("{}/payments", at(&contract))).await);
        assert_eq!(account["instalments"][0]["due"], "2026-10-12", "three days from Wednesday the 7th: {account}");
        t.advance(Duration::days(4));
        run(&t, "watch_contracts").await;
        assert!(!kinds(&t, contract["case_id"].as_str().unwrap()).await.contains(&"payment_overdue".to_owned()));
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn what_was_paid_early_is_not_asked_for_and_what_was_taken_back_is(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let care = t.signed_in("care", &["customer_care"]).await;
        let (case, contract) = concluded(&legal).await;
        let before = kinds(&t, &case).await.len();
        let payments = format!("{}/payments", at(&contract));
        // The first instalment and all but 750.000 đ of the second.
        let early = ok(care.post(&payments, pay("FT-1", 4_750_000)).await);
        let submission = Uuid::from_u128(7);
        let (agency, procedure) = (String::from("vpdk"), String::from("transfer"));
        let due = None;
        let submitted = Happened::Submitted { submission, agency: agency.clone(), procedure, due, province: None, on: None };
        happened(&t, &case, submitted).await;
        happened(&t, &case, Happened::AgencyDecided { submission, agency, granted: true, on: None, issue: None, next_by: None }).await;
        run(&t, "watch_contracts").await;
        let asked: i64 = sqlx::query_scalar("select sum((data->>'amount')::bigint)::bigint from case_event where kind = 'payment_due' and (data->>'instalment')::int = 2")
            .fetch_one(&t.app.pool)
            .await
            .unwrap();
        assert_eq!(asked, 750_000, "only what is open is asked for");
        t.advance(Duration::days(60));
        run(&t, "watch_contracts").await;
        run(&t, "watch_contracts").await;
        let later = t.signed_in("boss", &["manager"]).await;
        for entry in early["entries"].as_array().unwrap() {
            let entry = entry["id"].as_str().unwrap();
            ok(later.post(&format!("/api/v1/payments/{entry}/reverse"), json!({"reason": "entered_wrongly"})).await);
        }
        run(&t, "watch_contracts").await;
        run(&t, "watch_contracts").await;
        let told = kinds(&t, &case).await[before..].to_vec();
        let overdue = told.iter().filter(|k| *k == "payment_overdue").count();
        assert_eq!(overdue, 3, "the second once, and both anew when the money was gone: {told:?}");
    })
    .await;
}

/// What is open over all cases is listed by its day and counted; what screens offer to choose from is there.
#[sqlx::test(migrations = "./migrations")]
async fn what_is_open_over_all_cases(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let care = t.signed_in("care", &["customer_care"]).await;
        let me = id(&ok(care.get("/api/v1/me").await));
        let case = verified_case(&legal).await;
        ok(legal.post(&format!("/api/v1/cases/{case}/paper-requests"), json!({})).await);
        let mut raised = Vec::new();
        for (day, topic) in [("2026-10-20", "neighbour_objects"), ("2026-10-08", "papers_lost")] {
            let issue = json!({"topic": topic, "words": "Bà Mẫu không đồng ý.", "owner": me, "due": day});
            raised.push(id(&ok(care.post(&format!("/api/v1/cases/{case}/issues"), issue).await)));
        }
        let first = ok(care.get("/api/v1/issues?owner=me&state=open&limit=1").await);
        let rest = ok(care.get(first["next"].as_str().unwrap()).await);
        assert_eq!((&first["items"][0]["id"], &rest["items"][0]["id"]), (&json!(raised[1]), &json!(raised[0])));
        assert!(!first.to_string().contains("Bà Mẫu"), "without its words");
        let of_legal = ok(legal.get("/api/v1/issues?owner=me").await);
        assert_eq!(of_legal["items"], json!([]));
        ok(care.post(&format!("/api/v1/issues/{}/resolve", raised[0]), json!({"how": "đã thoả thuận"})).await);
        let solved = ok(care.get("/api/v1/issues?state=resolved&topic=neighbour_objects&due_by=2026-10-31").await);
        assert_eq!(solved["items"].as_array().unwrap().len(), 1);
        assert_eq!(care.get("/api/v1/issues?owner=nobody").await.refused(), ["owner: shape"]);

        let items = ok(care.get("/api/v1/request-items?state=open&need=missing").await);
        let asked = items["items"].as_array().unwrap().len();
        assert!(asked > 0 && items["items"][0]["case_id"] == json!(case), "{items}");
        let bound = concluded(&legal).await;
        let owed = ok(legal.post(&format!("/api/v1/cases/{}/obligations/from-sheet", bound.0), json!({})).await);
        let listed = ok(care.get("/api/v1/obligations?state=open&what=registration_fee").await);
        assert_eq!(
            (listed["items"].as_array().unwrap().len(), &listed["items"][0]["case_id"]),
            (1, &json!(bound.0)),
            "{owed}"
        );
        let count = async |who: &Caller, list: &str| {
            let all = ok(who.get("/api/v1/open-counts").await);
            let found = all.as_array().unwrap().iter().find(|c| c["list"] == list).cloned().unwrap();
            (found["open"].as_i64().unwrap(), found["late"].as_i64().unwrap())
        };
        assert_eq!((count(&care, "issues").await, count(&care, "signed-papers").await), ((1, 0), (0, 0)));
        let (open, quotation) = accepted(&legal).await;
        let unsigned = drawn(&legal, &open, &quotation).await;
        ok(on_paper(&legal, &unsigned, 1).await);
        ok(on_paper(&legal, &unsigned, 2).await);
        assert_eq!(count(&care, "signed-papers").await, (1, 0), "a second person is waited for");
        t.advance(Duration::days(30));
        let later = t.signed_in("care.two", &["customer_care"]).await;
        assert_eq!((count(&later, "issues").await, count(&later, "signed-papers").await), ((1, 1), (0, 0)));
        let (items_open, items_late) = count(&later, "request-items").await;
        assert_eq!((items_open, items_late), (asked as i64, asked as i64));

        let procedures = ok(later.get("/api/v1/procedures").await);
        let transfer = procedures.as_array().unwrap().iter().find(|p| p["code"] == "transfer").cloned().unwrap();
        assert_eq!((&transfer["working_days"], transfer["title"]["vi"].is_string()), (&json!(10), true));
        let lists = ok(later.get("/api/v1/price-lists").await);
        assert!(lists.to_string().contains("\"standard\""), "{lists}");
    })
    .await;
}
