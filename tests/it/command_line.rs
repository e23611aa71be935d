//! What staff script: contracts, payments, plans, authorities, field work, on the command line beside a service in use.

use crate::closing::{Desk, at_work};
use crate::contracts::{concluded, id, ok};
use crate::plans::{agency, begun, put};
use crate::test_app::TestApp;
use crate::ward::{mapped, threaded};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use std::process::Command;

/// Runs the program beside a service; whether it said that all went well, and what it said.
pub async fn diaba(t: &TestApp, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_diaba"));
    command.args(args).env("DATABASE_URL", t.app.pool.connect_options().to_url_lossy().to_string());
    command.env("DIABA_HOME", &t.app.config.home).env("RUST_LOG", "error");
    command.env("DIABA_DATA", concat!(env!("CARGO_MANIFEST_DIR"), "/data"));
    let done = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.success(), said)
}

pub async fn says(t: &TestApp, args: &[&str], wanted: &[&str]) -> String {
    let (good, said) = diaba(t, args).await;
    assert!(good, "{args:?}\n{said}");
    let lacking: Vec<_> = wanted.iter().filter(|w| !said.contains(**w)).collect();
    assert!(lacking.is_empty(), "{args:?}: {lacking:?} in\n{said}");
    said
}

#[sqlx::test(migrations = "./migrations")]
async fn contracts_and_payments_are_scripted(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let (case, contract) = concluded(&legal).await;
        let (contract_number, folder) = (contract["number"].as_str().unwrap().to_owned(), tempfile::tempdir().unwrap());
        let case_number = ok(legal.get(&format!("/api/v1/cases/{case}")).await)["number"].as_str().unwrap().to_owned();
        says(&t, &["contract", "list", "--state", "concluded"], &["concluded  1", &contract_number, &case_number])
            .await;
        says(
            &t,
            &["contract", "show", &case_number],
            &[&contract_number, "version 1", "1 customer  code", "2 firm  paper"],
        )
        .await;
        let pdf = folder.path().join("c.pdf").display().to_string();
        says(&t, &["contract", "pdf", &contract_number, "-o", &pdf], &[&contract_number, "KiB"]).await;
        let sum = diaba::domain::verify::sha256_hex(std::fs::read(&pdf).unwrap());
        assert_eq!(json!(sum), contract["pdf_sha256"]);

        says(&t, &["payment", "show", &contract_number], &["paid 0", "open 5"]).await;
        let record = [
            "payment",
            "record",
            &contract_number,
            "--reference",
            "FT-1",
            "--amount",
            "5500000",
            "--paid-on",
            "2026-10-05",
        ];
        let first = says(&t, &record, &["receipt PT-2026-000001", "open 0"]).await;
        assert_eq!(says(&t, &record, &[]).await, first, "the same transfer is the same payment");
        let (good, said) =
            diaba(&t, &["payment", "record", &contract_number, "--reference", "FT-2", "--amount", "1"]).await;
        assert!(!good && said.contains("amount [range]"), "{said}");
        says(&t, &["payment", "list", "--state", "paid"], &[&contract_number, "paid"]).await;
        let receipt = first.split(['(', ')']).nth(1).unwrap();
        let pdf = folder.path().join("r.pdf").display().to_string();
        says(&t, &["payment", "receipt", receipt, "-o", &pdf], &["PT-2026-000001"]).await;
        assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF"));
        let entry = first.lines().rev().find(|l| l.contains("FT-1")).unwrap().split_whitespace().next().unwrap();
        says(&t, &["payment", "reverse", entry, "--reason", "entered_wrongly"], &["open 5"]).await;
        let (good, said) = diaba(&t, &["contract", "pdf", "HĐ-2026-999999", "-o", &pdf]).await;
        assert!(!good && said.contains("is not there"), "{said}");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn plans_field_work_and_authorities_are_scripted(pool: PgPool) {
    threaded(pool, |pool| async move {
        let Desk { t, legal, boss, case, .. } = at_work(mapped(pool).await).await;
        let field = t.signed_in("chi", &["field"]).await;
        let number = ok(legal.get(&format!("/api/v1/cases/{case}")).await)["number"].as_str().unwrap().to_owned();
        says(&t, &["plan", &number], &["plan of transfer", "collect_originals", "task:draft_deed"]).await;
        let (good, said) = diaba(&t, &["plan", &number, "--make"]).await;
        assert!(!good && said.contains("plan-exists"), "{said}");

        begun(&field, &case, "visit_parcel").await;
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        says(&t, &["field", "package", "chi", "--hours", "8", "-o", &file("p.json")], &["1 tasks for 8 hours"]).await;
        let package: Value = serde_json::from_slice(&std::fs::read(file("p.json")).unwrap()).unwrap();
        let task = &package["tasks"][0];
        let item = json!({"id": case, "lease": task["lease"]["id"], "task": task["task"]["id"], "field": "note", "base": 0,
            "value": "Cột mốc còn đủ", "captured_at": package["made_at"]});
        std::fs::write(file("b.json"), json!({"items": [item]}).to_string()).unwrap();
        let sent = says(&t, &["field", "send", "chi", &file("b.json")], &["applied 1", "in conflict 0"]).await;
        assert_eq!(says(&t, &["field", "send", "chi", &file("b.json")], &[]).await, sent, "twice is once");
        let (good, said) = diaba(&t, &["field", "send", "nobody", &file("b.json")]).await;
        assert!(!good && said.contains("staff nobody is not there"), "{said}");

        assert!(put(&boss, "/api/v1/agencies/vpdk.example", agency()).await.status.is_success());
        let submitted = ["agency", "submitted", &number, "--agency", "vpdk.example", "--receipt", "H1"];
        says(&t, &submitted, &["vpdk.example H1", "at_work"]).await;
        let (good, said) = diaba(&t, &submitted).await;
        assert!(!good && said.contains("receipt-known"), "{said}");
        let more = ["agency", "asked-more", "H1", "Bổ sung", "--owner", "legal", "--from-customer", "marriage_paper"];
        says(&t, &more, &["asked_more", "answer by"]).await;
        let (good, said) = diaba(&t, &["agency", "decided", "H1"]).await;
        assert!(!good && said.contains("submission-state: asked_more"), "{said}");
        says(&t, &["agency", "answered", "H1"], &["at_work"]).await;
        says(&t, &["agency", "list", "--state", "at_work"], &["at_work: 1", &number]).await;
        says(&t, &["agency", "decided", "H1", "--refused", "Thiếu bản vẽ"], &["refused"]).await;
        says(&t, &["agency", "show", &number], &["asked_more", "answered", "refused"]).await;
        let listed = ok(legal.get(&format!("/api/v1/cases/{case}/submissions")).await);
        assert_eq!((listed[0]["state"].clone(), id(&listed[0]).len()), (json!("refused"), 36));
    })
    .await;
}
