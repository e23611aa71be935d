//! Taxes and fees of a case: noted from its sheet, corrected by the notice, reminded until paid.

use crate::case_events::every_case_is_its_events;
use crate::case_work::run;
use crate::closing::{at_work, paper, png, send_file};
use crate::ward::{mapped, threaded};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

#[sqlx::test(migrations = "./migrations")]
async fn taxes_are_reminded_until_paid(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        let from_sheet = d.path("obligations/from-sheet");
        let noted = d.legal.post(&from_sheet, json!({})).await;
        let find = |list: &Value, what: &str| {
            list.as_array().unwrap().iter().find(|o| o["what"] == what).unwrap_or_else(|| panic!("{list}")).clone()
        };
        let tax = find(&noted.body, "income_tax_transfer");
        assert_eq!((&tax["low"], &tax["source"]), (&json!(24_000_000), &json!("estimate")));
        assert_eq!(find(&noted.body, "certificate_fee")["low"], Value::Null, "no number is known: none is made up");
        let count = noted.body.as_array().unwrap().len();
        assert_eq!(d.legal.post(&from_sheet, json!({})).await.body.as_array().unwrap().len(), count, "once");

        let told = json!({"kind": "tax_notice", "number": "123/TB", "issued_on": "2026-10-04", "due_on": "2026-11-03",
            "amount_vnd": 25_500_000});
        let notice = paper(&d, told, 1300).await;
        let form = paper(&d, json!({"kind": "other", "title": "request_form"}), 1240).await;
        let revise = format!("/api/v1/obligations/{}/notice", tax["id"].as_str().unwrap());
        assert_eq!(d.legal.post(&revise, json!({"paper": form})).await.refused(), ["paper: not-in-list"]);
        let revised = d.legal.post(&revise, json!({"paper": notice})).await;
        assert_eq!(
            (&revised.body["low"], &revised.body["source"], &revised.body["due"]),
            (&json!(25_500_000), &json!("notice"), &json!("2026-11-03")),
            "{}",
            revised.text
        );
        assert_eq!(d.legal.post(&revise, json!({"paper": notice})).await.body["code"], "notice-used");
        let same = json!({"what": "income_tax_transfer", "paper": notice});
        assert_eq!(d.care.post(&d.path("obligations"), same).await.body["code"], "notice-used");
        let second = paper(&d, json!({"kind": "tax_notice", "amount_vnd": 1000}), 1301).await;
        let owed = json!({"what": "income_tax_transfer", "paper": second});
        assert_eq!(d.care.post(&d.path("obligations"), owed).await.body["code"], "obligation-owed");
        let other = d.care.post(&d.path("obligations"), json!({"what": "other", "paper": second})).await;
        assert_eq!((other.status, other.body["low"].as_i64()), (StatusCode::CREATED, Some(1000)), "{}", other.text);

        let reminders = async || d.kinds().await.iter().filter(|k| *k == "obligation_reminded").count();
        run(&d.t, "remind_obligations").await;
        assert_eq!(reminders().await, 0, "told of today");
        d.t.advance(time::Duration::days(20)); // 25 October: 9 days before the last day, 20 after being told
        run(&d.t, "remind_obligations").await;
        run(&d.t, "remind_obligations").await;
        assert_eq!(reminders().await, count + 1, "each once on a day");
        let sql = "select distinct (data->>'due') is null, array_to_string(owed, ',') from case_event
                    where kind = 'obligation_reminded' order by 1";
        let owed: Vec<(bool, String)> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
        let wanted = [(false, "customer"), (true, "role:sales")].map(|(undated, who)| (undated, who.to_owned()));
        assert_eq!(owed, wanted, "nobody can pay what no notice has come for");
        let (legal, care) =
            (d.t.signed_in("legal.2", &["legal"]).await, d.t.signed_in("care.2", &["customer_care"]).await);

        let receipt =
            care.post(&d.path("papers"), json!({"kind": "other", "title": "receipt"})).await.body["id"].clone();
        let pay = format!("/api/v1/obligations/{}/pay", tax["id"].as_str().unwrap());
        let paid = |amount: i64, day: &str| json!({"amount": amount, "paid_on": day, "paper": receipt});
        assert_eq!(care.post(&pay, paid(25_500_000, "2026-10-26")).await.refused(), ["paid_on: range"]);
        assert_eq!(
            care.post(&pay, paid(24_000_000, "2026-10-24")).await.refused(),
            ["amount: range"],
            "the notice's sum"
        );
        assert_eq!(care.post(&pay, paid(25_500_000, "2026-10-24")).await.refused(), ["paper: required"]);
        let scan = d.path(&format!("papers/{}/scan", receipt.as_str().unwrap()));
        assert_eq!(send_file(&care, &scan, png(999)).await.status, StatusCode::CREATED);
        let done = care.post(&pay, paid(25_500_000, "2026-10-24")).await;
        assert_eq!(done.body["state"], "paid", "{}", done.text);
        assert_eq!(done.body["receipt_sha256"], diaba::domain::verify::sha256_hex(png(999)));
        assert_eq!(care.post(&pay, paid(25_500_000, "2026-10-24")).await.body["code"], "obligation-settled");
        let open: Vec<Value> = care.get(&d.path("obligations")).await.body.as_array().unwrap().to_vec();
        for o in open.iter().filter(|o| o["state"] == "open") {
            let drop = format!("/api/v1/obligations/{}/drop", o["id"].as_str().unwrap());
            assert_eq!(legal.post(&drop, json!({"reason": "miễn"})).await.body["state"], "dropped");
        }
        let before = reminders().await;
        d.t.advance(time::Duration::days(60));
        run(&d.t, "remind_obligations").await;
        assert_eq!(reminders().await, before, "paid and dropped: no word more");
        every_case_is_its_events(&pool).await;
    })
    .await;
}

/// F7: an instance whose clock is five minutes off reminds five minutes early or late, and no other repeats it.
#[sqlx::test(migrations = "./migrations")]
async fn f7_a_wrong_clock_reminds_once_and_on_its_day(pool: PgPool) {
    threaded(pool, |pool| async move {
        let d = at_work(mapped(pool.clone()).await).await;
        let noted = d.legal.post(&d.path("obligations/from-sheet"), json!({})).await;
        let count = noted.body.as_array().unwrap().len();
        assert!(count > 0, "{}", noted.text);
        let reminders = async || d.kinds().await.iter().filter(|k| *k == "obligation_reminded").count();
        // what has no last day is reminded of every 14 days; here begins the night before the fourteenth
        let clock = &d.t.app.clock;
        let day = clock.today() + time::Duration::days(14);
        let midnight = day.midnight().assume_offset(time::macros::offset!(+7));
        let at = |minutes: i64| d.t.advance(midnight + time::Duration::minutes(minutes) - d.t.app.clock.now());
        let told = async |minutes_off: i64| {
            d.t.run_off_by(minutes_off, "remind_obligations").await;
            reminders().await
        };
        at(-6);
        assert_eq!((told(-5).await, told(0).await, told(5).await), (0, 0, 0), "not earlier than the clock is wrong");
        at(3);
        assert_eq!(told(-5).await, 0, "late, by what its clock is late");
        at(6);
        assert_eq!(told(-5).await, count, "and no later");
        assert_eq!((told(0).await, told(5).await), (count, count), "nobody repeats it");

        d.t.advance(time::Duration::days(14) - time::Duration::minutes(9)); // three minutes before the next of its days
        assert_eq!((told(0).await, told(-5).await), (count, count));
        assert_eq!(told(5).await, 2 * count, "early, by what its clock is early");
        d.t.advance(time::Duration::minutes(10));
        assert_eq!((told(-5).await, told(0).await), (2 * count, 2 * count), "nobody repeats it");
        assert_eq!(day, clock.today() - time::Duration::days(14));
    })
    .await;
}
