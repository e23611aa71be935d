//! Reports: the file a customer gets.

use crate::pages::{drawn, press, sheet};
use crate::records::{clean, crowded, hostile, ragged, unmapped};
use crate::ward::{mapped, threaded};
use diaba::domain::verify::text::Lang;
use reqwest::StatusCode;
use serde_json::json;
use sqlx::PgPool;
use std::process::Command;

/// Text of a PDF as poppler reads it (`scripts/setup` installs it).
pub fn text(pdf: &[u8]) -> String {
    let file = tempfile::Builder::new().suffix(".pdf").tempfile().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let out = Command::new("pdftotext").args(["-layout"]).arg(file.path()).arg("-").output().expect("poppler-utils");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// What is attached to a PDF under a name.
pub fn attached(pdf: &[u8], name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, pdf).unwrap();
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let done =
        Command::new("pdfdetach").arg("-saveall").arg("-o").arg(&out).arg(&file).status().expect("poppler-utils");
    assert!(done.success());
    std::fs::read(out.join(name)).unwrap()
}

pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

#[test]
fn the_pages_say_what_the_record_says() {
    let sample = clean();
    let pdf = press().set(&sheet(&sample, Lang::Vi)).unwrap();
    let said = text(&pdf);
    let pages = said.matches("Trang ").count();
    assert!(said.contains(&format!("Trang {pages}/{pages}")), "{said}");
    for wanted in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BÁO CÁO XÁC MINH ĐẤT ĐAI",
        "CÓ THỂ TIẾP TỤC",
        "Đường Nguyễn Thử Nghiệm",
        "1777015,90",
        "chưa đối chiếu",
        &sample.record.digest().unwrap(),
    ] {
        assert!(said.contains(wanted), "{wanted} is not in\n{said}");
    }
    let record = attached(&pdf, "verification.json");
    assert_eq!(record, sample.record.canonical().unwrap().into_bytes(), "its SHA-256 is the digest on the page");
}

#[test]
fn thirty_five_hits_are_all_there() {
    let sample = crowded();
    let said = text(&press().set(&sheet(&sample, Lang::En)).unwrap());
    for k in 1..=35 {
        assert!(said.matches(&format!("Trial restriction {k}")).count() >= 1, "{k}");
    }
    assert!(said.contains("What could not be checked in full".to_uppercase().as_str()), "{said}");
}

#[test]
fn eleven_hundred_corners_are_all_in_the_table() {
    let sample = ragged();
    let (data, _) = drawn(&sample, Lang::Vi);
    let rows: Vec<usize> = data.vertices.iter().map(|r| r.rows.len()).collect();
    assert_eq!(rows, [1060, 40], "the shore, and the island with numbers of its own");
    let said = squeezed(&text(&press().set(&sheet(&sample, Lang::Vi)).unwrap()));
    for ring in &data.vertices {
        for row in &ring.rows {
            assert!(said.contains(&squeezed(&row.concat())), "{row:?} is not on the pages");
        }
    }
    let simplified = "Đường ranh được vẽ giản lược theo tỷ lệ";
    assert!(said.contains(&squeezed(simplified)), "corners a centimetre apart cannot be drawn, and the page says so");
}

#[test]
fn without_a_map_the_page_says_so_and_the_bytes_are_the_same_again() {
    let sample = unmapped();
    let pdf = press().set(&sheet(&sample, Lang::Vi)).unwrap();
    assert!(text(&pdf).contains("KHÔNG CÓ SƠ ĐỒ"));
    assert!(press().set(&sheet(&sample, Lang::Vi)).unwrap() == pdf, "another press, the same bytes");
}

#[test]
fn hostile_names_are_shown_literally() {
    let name = "#panic(\"x\") $a$ *b* \\ ] @c <d> //e";
    let said = text(&press().set(&sheet(&hostile(name), Lang::Vi)).unwrap());
    assert!(squeezed(&said).contains(&squeezed(name)), "{said}");
    let long = "ẬxỮ".repeat(90);
    let said = text(&press().set(&sheet(&hostile(&long), Lang::Vi)).unwrap());
    assert!(squeezed(&said).contains(&long[..60]), "{said}");
}

#[sqlx::test(migrations = "./migrations")]
async fn a_report_is_fetched_by_those_who_may(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let legal = t.signed_in("legal", &["legal"]).await;
        let case = legal.open_case().await;
        let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
        let address = format!("{}/report.pdf", made.header("location"));

        assert_eq!(legal.get(&address).await.refused(), ["purpose: purpose-needed"]);
        let asked = format!("{address}?purpose=verify&lang=en");
        assert_eq!(legal.get(&format!("{address}?purpose=verify&lang=fr")).await.refused(), ["lang: not-in-list"]);
        let answer = legal.send_raw(&asked).await;
        assert_eq!(answer.0, StatusCode::OK);
        let said = text(&answer.1);
        assert!(said.contains(made.body["digest"].as_str().unwrap()), "{said}");
        assert!(said.contains("346"), "the neighbour is on the map: {said}");
        assert!(said.contains("Phường") || said.contains("Xã"), "the commune has its name: {said}");

        let nowhere = "/api/v1/verifications/019a0000-0000-7000-8000-00000000dead/report.pdf?purpose=verify";
        assert_eq!(legal.get(nowhere).await.status, StatusCode::NOT_FOUND);
        let admin = t.signed_in("admin", &["admin"]).await;
        assert_eq!(admin.get(&asked).await.status, StatusCode::FORBIDDEN);
        let reads: i64 =
            sqlx::query_scalar("select count(*) from personal_data_read where subject like 'verification/%'")
                .fetch_one(&t.app.pool)
                .await
                .unwrap();
        assert_eq!(reads, 1, "the reading is logged");

        let old = "NO LONGER CURRENT";
        assert!(!said.contains(old), "{said}");
        let added = legal
            .post(&format!("/api/v1/cases/{case}/papers"), json!({"kind": "certificate", "serial": "DR 204001"}))
            .await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        let newer = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
        assert_ne!(newer.body["digest"], made.body["digest"]);
        let squeeze = |answer: (StatusCode, Vec<u8>)| squeezed(&text(&answer.1));
        assert!(
            squeeze(legal.send_raw(&asked).await).contains(&squeezed(old)),
            "an old verdict says that there is a newer one"
        );
        let newer = format!("{}/report.pdf?purpose=verify&lang=en", newer.header("location"));
        assert!(!squeeze(legal.send_raw(&newer).await).contains(&squeezed(old)));
    })
    .await;
}
