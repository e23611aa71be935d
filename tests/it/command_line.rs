//! What staff script: contracts, payments, plans, authorities, field work, on the command line beside a service in use.

use crate::closing::{Desk, at_work};
use crate::contracts::{concluded, id, ok};
use crate::plans::{agency, begun, put};
use crate::test_app::{TestApp, new_case};
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
        let list = ["contract", "list", "--state", "concluded"];
        says(&t, &list, &["đã có hiệu lực  1", &contract_number, &case_number, "5.500.000 đồng"]).await;
        let shown = ["contract", "show", &case_number, "--lang", "en"];
        let signed = ["1. the customer: signed with a one-time code, ", "2. the firm: signed on paper, "];
        says(&t, &shown, &[&contract_number, "version 1: binds · 5,500,000 VND", signed[0], signed[1]]).await;
        let (good, json) = diaba(&t, &["contract", "show", &case_number, "--output", "json"]).await;
        let json: Value = serde_json::from_str(&json).unwrap();
        assert!(good, "{json}");
        assert_eq!(
            json,
            ok(legal.get(&format!("/api/v1/cases/{case}/contracts")).await),
            "to the letter what the API gives"
        );
        let pdf = folder.path().join("c.pdf").display().to_string();
        says(&t, &["contract", "pdf", &contract_number, "-o", &pdf], &[&contract_number, "KiB"]).await;
        let sum = diaba::domain::verify::sha256_hex(std::fs::read(&pdf).unwrap());
        assert_eq!(json!(sum), contract["pdf_sha256"]);

        let typed = contract_number.replace("HĐ", "hd");
        says(&t, &["payment", "show", &typed], &["đã trả 0 đồng, còn 5.500.000 đồng", "hạn 08/10/2026: quá hạn"]).await;
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
        let first =
            says(&t, &record, &["Biên nhận PT-2026-000001: 5.500.000 đồng", "còn 0 đồng", "chuyển khoản, số FT-1"])
                .await;
        assert_eq!(says(&t, &record, &[]).await, first, "the same transfer is the same payment");
        let (good, said) =
            diaba(&t, &["payment", "record", &contract_number, "--reference", "FT-2", "--amount", "1"]).await;
        assert!(!good && said.contains("amount: ") && said.contains("[range]"), "{said}");
        says(&t, &["payment", "list", "--state", "paid"], &[&contract_number, "đã trả đủ"]).await;
        let pdf = folder.path().join("r.pdf").display().to_string();
        says(&t, &["payment", "receipt", "pt-2026-000001", "-o", &pdf], &["biên nhận PT-2026-000001"]).await;
        assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF"));
        let back = ["payment", "reverse", "FT-1", "--reason", "entered_wrongly"];
        let done = says(&t, &back, &["còn 5.500.000 đồng", "huỷ khoản thu 5.500.000 đồng, số FT-1: ghi nhầm"]).await;
        assert_eq!(says(&t, &back, &[]).await, done, "taken back once, however often it is asked");
        let (good, said) = diaba(&t, &["contract", "pdf", "HĐ-2026-999999", "-o", &pdf]).await;
        assert!(!good && said.contains("Không tìm thấy: không có hợp đồng HĐ-2026-999999"), "{said}");
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn plans_field_work_and_authorities_are_scripted(pool: PgPool) {
    threaded(pool, |pool| async move {
        let Desk { t, legal, boss, case, .. } = at_work(mapped(pool).await).await;
        let field = t.signed_in("chi", &["field"]).await;
        let number = ok(legal.get(&format!("/api/v1/cases/{case}")).await)["number"].as_str().unwrap().to_owned();
        let planned = ["kế hoạch chuyển nhượng", "Chờ việc khác: 7", "Phòng kinh doanh", "Nhận bản gốc"];
        says(&t, &["plan", &number], &planned).await;
        let (good, said) = diaba(&t, &["plan", &number, "--make"]).await;
        assert!(!good && said.contains("Hồ sơ đã có kế hoạch công việc\n"), "{said}");
        let other = ok(legal.post("/api/v1/cases", new_case()).await)["number"].as_str().unwrap().to_owned();
        let (good, said) = diaba(&t, &["plan", &other]).await;
        assert!(!good && said.contains(&format!("hồ sơ {other} chưa có kế hoạch thực hiện")), "{said}");
        let (good, said) = diaba(&t, &["plan", &other, "--lang", "en"]).await;
        assert!(!good && said.contains("it is made when both have signed the contract"), "{said}");

        begun(&field, &case, "visit_parcel").await;
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        says(&t, &["field", "package", "chi", "--hours", "8", "-o", &file("p.json")], &["1 việc, dùng được 8 giờ"]).await;
        let package: Value = serde_json::from_slice(&std::fs::read(file("p.json")).unwrap()).unwrap();
        let task = &package["tasks"][0];
        let item = json!({"id": case, "lease": task["lease"]["id"], "task": task["task"]["id"], "field": "note", "base": 0,
            "value": "Cột mốc còn đủ", "captured_at": package["made_at"]});
        std::fs::write(file("b.json"), json!({"items": [item]}).to_string()).unwrap();
        let sent = says(&t, &["field", "send", "chi", &file("b.json")], &["đã ghi 1, mâu thuẫn 0"]).await;
        assert_eq!(says(&t, &["field", "send", "chi", &file("b.json")], &[]).await, sent, "twice is once");
        let (good, said) = diaba(&t, &["field", "send", "nobody", &file("b.json")]).await;
        assert!(!good && said.contains("không có nhân viên nobody"), "{said}");

        assert!(put(&boss, "/api/v1/agencies/vpdk.example", agency()).await.status.is_success());
        let submitted = ["agency", "submitted", &number, "--agency", "vpdk.example", "--receipt", "H1"];
        says(&t, &submitted, &[&number, "biên nhận H1", "cơ quan đang giải quyết"]).await;
        let (good, said) = diaba(&t, &submitted).await;
        assert!(!good && said.contains("Cơ quan này đã cấp số biên nhận đó trước đây"), "{said}");
        let more = ["agency", "asked-more", "H1", "Bổ sung", "--owner", "legal", "--from-customer", "marriage_paper"];
        says(&t, &more, &["cơ quan yêu cầu bổ sung; trả lời trước "]).await;
        let (good, said) = diaba(&t, &["agency", "decided", "H1"]).await;
        assert!(!good && said.contains("Hồ sơ ở cơ quan không ở bước này (chờ bổ sung)"), "{said}");
        says(&t, &["agency", "answered", "H1"], &["đã nộp bổ sung"]).await;
        says(&t, &["agency", "list", "--state", "at_work"], &["cơ quan đang giải quyết: 1", &number]).await;
        says(&t, &["agency", "decided", "H1", "--refused", "Thiếu bản vẽ"], &["cơ quan từ chối"]).await;
        says(&t, &["agency", "show", &number, "--lang", "en"], &["the authority asks for more", "handed in what it asked for", "the authority refused"]).await;
        let listed = ok(legal.get(&format!("/api/v1/cases/{case}/submissions")).await);
        assert_eq!((listed[0]["state"].clone(), id(&listed[0]).len()), (json!("refused"), 36));
    })
    .await;
}
