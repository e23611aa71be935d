//! The signed report: proved by a stranger from the file and the public keys alone; what was changed in it is named.

use crate::reports::{attached, squeezed, text};
use crate::test_app::{Caller, TestApp};
use crate::ward::{mapped, threaded};
use diaba::domain::proof::{Bundle, CARRIED, Doubt, Keyring, Sealed, check_report};
use diaba::domain::staff::Purpose;
use diaba::domain::verify::text::Lang;
use diaba::flow::staff::Actor;
use diaba::flow::{proof, report};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::process::Command;
use std::sync::Arc;

pub async fn verified(t: &TestApp) -> (Caller, Value) {
    let legal = t.signed_in("legal", &["legal"]).await;
    let case = legal.open_case().await;
    let made = legal.post(&format!("/api/v1/cases/{case}/verifications"), json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    (legal, made.body)
}

pub async fn fetched(legal: &Caller, made: &Value) -> Vec<u8> {
    let id = made["id"].as_str().unwrap();
    let (status, pdf) = legal.send_raw(&format!("/api/v1/verifications/{id}/report.pdf?purpose=verify")).await;
    assert_eq!(status, StatusCode::OK);
    pdf.to_vec()
}

pub async fn published(t: &TestApp) -> Vec<String> {
    let keys = t.anonymous().get("/check/keys.json").await;
    keys.body.as_array().unwrap().iter().map(|k| k["pem"].as_str().unwrap().to_owned()).collect()
}

/// Where `word` begins, from `from` on.
pub fn find(text: &[u8], word: &[u8], from: usize) -> usize {
    from + text[from..].windows(word.len()).position(|w| w == word).expect("word in the file")
}

#[sqlx::test(migrations = "./migrations")]
async fn the_file_and_the_key_are_enough(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let (legal, made) = verified(&t).await;
        let pdf = fetched(&legal, &made).await;
        let keys = published(&t).await.concat();
        let proof = check_report(&pdf, &Keyring::from_pem(&keys).unwrap());
        assert!(proof.holds(), "{proof:?}");
        let proven = proof.record.unwrap().expect("carries its proof");
        assert_eq!(proven.digest, made["digest"]);
        // Another reader of PDFs finds the same file inside, and no fault.
        let bundle = Bundle::from_json(std::str::from_utf8(&attached(&pdf, CARRIED)).unwrap()).unwrap();
        assert_eq!((&bundle.digest, &bundle.key_id), (&proven.digest, &proven.key_id));
        assert!(pdf.ends_with(b"%%EOF\n") || pdf.ends_with(b"%%EOF"), "the end of a PDF stays its end");
        assert!(fetched(&legal, &made).await == pdf, "the same again");

        let mut app = t.app.clone();
        Arc::make_mut(&mut app.config).public_url = Some("https://diaba.example".into());
        let id = made["id"].as_str().unwrap().parse().unwrap();
        let by = Actor::system("test");
        let done = report::render(&app, &by, id, Purpose::Verify, Lang::En).await.unwrap();
        let said = squeezed(&text(&done.pdf));
        assert!(said.contains(&format!("https://diaba.example/check/{}", proven.digest)), "{said}");
        assert!(said.contains(&proven.key_id), "{said}");
    })
    .await;
}

/// One changed byte anywhere: the file is in doubt; and in the record's own bytes, the record as well.
#[sqlx::test(migrations = "./migrations")]
async fn one_changed_byte_is_found_and_its_part_named(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let (legal, made) = verified(&t).await;
        let pdf = fetched(&legal, &made).await;
        let keys = Keyring::from_pem(&published(&t).await.concat()).unwrap();
        for step in 0..60 {
            let at = step * (pdf.len() - 1) / 59;
            let mut bad = pdf.clone();
            bad[at] ^= 4;
            assert!(!check_report(&bad, &keys).holds(), "byte {at}");
            assert!(!check_report(&pdf[..at], &keys).holds(), "cut at {at}");
        }
        let changed = |at: usize| {
            let mut bad = pdf.clone();
            bad[at] ^= 1;
            check_report(&bad, &keys)
        };
        let content = Sealed::read(&pdf).unwrap().content;
        let page = changed(find(&content, b"stream", 0) + 40);
        assert_eq!(page.file.unwrap_err(), Doubt::Forged("file".into()));
        assert!(page.record.is_ok_and(|r| r.is_some()), "a page was changed, the record was not");
        // The larger of the two embedded files is the proof.
        let embedded = [0, 1].map(|n| (0..=n).fold(0, |from, _| find(&pdf, b"/EmbeddedFile", from) + 1));
        let doubts = embedded.map(|at| changed(find(&pdf, b"stream", at) + 500).record.is_err());
        assert!(doubts.contains(&true), "a byte of the proof itself: {doubts:?}");
        assert!(!check_report(&[&pdf[..], b"\n%more\n"].concat(), &keys).holds());
    })
    .await;
}

/// Signed with one key, printed after it was rotated, and while there is none.
#[sqlx::test(migrations = "./migrations")]
async fn rotated_and_lost_keys(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let (legal, made) = verified(&t).await;
        let old = published(&t).await.concat();
        let before = fetched(&legal, &made).await;
        let by = Actor::system("test");
        let rotated = proof::rotate(&t.app, &by).await.unwrap();
        let after = fetched(&legal, &made).await;
        let ring = |pem: &str| Keyring::from_pem(pem).unwrap();
        let all = ring(&published(&t).await.concat());
        assert!(check_report(&before, &all).holds() && check_report(&before, &ring(&old)).holds());
        assert!(check_report(&after, &all).holds(), "record by the old key, file by the new one");
        let half = check_report(&after, &ring(&rotated.pem));
        assert!(half.file.is_ok());
        assert!(matches!(half.record, Err(Doubt::OtherKey { .. })), "the key that is missing is named");

        std::fs::remove_dir_all(t.app.config.home.join("keys/signing")).unwrap();
        let id = made["id"].as_str().unwrap();
        let refused = legal.get(&format!("/api/v1/verifications/{id}/report.pdf?purpose=verify")).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "no paper leaves unsigned");
        assert!(check_report(&before, &all).holds(), "what was handed out stays proved");
        proof::rotate(&t.app, &by).await.unwrap();
        let third = ring(&published(&t).await.concat());
        assert!(check_report(&fetched(&legal, &made).await, &third).holds());
    })
    .await;
}

/// The command, without database and settings.
#[sqlx::test(migrations = "./migrations")]
async fn the_command_needs_the_file_and_the_key_alone(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let (legal, made) = verified(&t).await;
        let folder = tempfile::tempdir().unwrap();
        let [file, key, bad] = ["a.pdf", "office.pem", "bad.pdf"].map(|n| folder.path().join(n));
        let pdf = fetched(&legal, &made).await;
        std::fs::write(&file, &pdf).unwrap();
        std::fs::write(&key, published(&t).await.concat()).unwrap();
        let run = |args: &[&std::ffi::OsStr]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_diaba"));
            command.env_clear().current_dir(folder.path()).args(["check-report", "--lang", "en"]).args(args);
            let out = command.output().unwrap();
            (out.status.code(), String::from_utf8(out.stdout).unwrap())
        };
        let (code, said) = run(&[file.as_os_str(), "--key".as_ref(), key.as_os_str()]);
        assert_eq!(code, Some(0), "{said}");
        for part in ["The file is whole", "The record is whole", made["digest"].as_str().unwrap()] {
            assert!(said.contains(part), "{part}: {said}");
        }
        let (code, said) = run(&[file.as_os_str()]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("NOT TRUSTED YET"), "{said}");
        let mut changed = pdf.clone();
        let at = find(&pdf, b"/Title", 0);
        changed[at + 8] ^= 1;
        std::fs::write(&bad, &changed).unwrap();
        let (code, said) = run(&[bad.as_os_str(), "--key".as_ref(), key.as_os_str()]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("something was changed in the file") && said.contains("The record is whole"), "{said}");
        let (code, said) = run(&[key.as_os_str(), "--key".as_ref(), key.as_os_str()]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("no signature line"), "{said}");
    })
    .await;
}
