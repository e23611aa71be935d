//! Cases and papers by the command line: the acts of the API, refused by field as there.

use crate::test_app::{NOW, TestApp};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// `diaba WORDS` on the database and in the home of a test, with something on its standard input.
fn diaba(t: &TestApp, words: &[&str], said: &str) -> Output {
    let url = t.app.pool.connect_options().to_url_lossy().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_diaba"));
    command.args(words).env("DATABASE_URL", url).env("DIABA_HOME", &t.app.config.home);
    command.env("DIABA_DATA", &t.app.config.data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(said.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn told(out: &Output) -> Value {
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

#[track_caller]
fn refused(out: &Output) -> String {
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stdout));
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[sqlx::test(migrations = "./migrations")]
async fn a_case_and_its_papers(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let opened = told(&diaba(&t, &["case", "open", "transfer", "--parcel", "Phường Mẫu/012/345"], ""));
    let number = opened["number"].as_str().unwrap();
    assert_eq!(opened["parcel_ref"], json!({"commune_name": "Phường Mẫu", "sheet": "12", "number": "345"}));
    let whole = json!({"procedure": "split", "parcel_ref": {"commune_code": "20194", "sheet": "1", "number": "2"},
        "wish": {"split_parts": 2}});
    let split = told(&diaba(&t, &["case", "open", "--json", "-"], &whole.to_string()));
    assert_eq!(split["wish"]["split_parts"], 2);

    let scan = t.app.config.home.join("scan.png");
    let mut png = png::Encoder::new(std::fs::File::create(&scan).unwrap(), 1200, 900);
    png.set_color(png::ColorType::Grayscale);
    png.write_header().unwrap().write_image_data(&vec![200; 1200 * 900]).unwrap();
    let facts = json!({"serial": "CK 123456", "issued_on": "2019-05-20", "holders": [{"name": "Người Mẫu Hai"}]});
    let add = ["paper", "add", number, "--type", "certificate", "--json", "-", "--scan", scan.to_str().unwrap()];
    let added = told(&diaba(&t, &add, &facts.to_string()));
    assert_eq!(
        (&added["kind"], &added["complete"], &added["version"]),
        (&json!("certificate"), &json!(false), &json!(2))
    );
    let sha256 = added["scan"]["sha256"].as_str().unwrap();
    assert_eq!(t.app.scans.get(sha256).await.unwrap(), std::fs::read(&scan).unwrap(), "the scan is kept");

    let shown = told(&diaba(&t, &["case", "show", number], ""));
    assert_eq!((&shown["number"], &shown["papers"][0]["id"]), (&json!(number), &added["id"]));
    assert!(!shown.to_string().contains("Người Mẫu"), "no personal data without a purpose");
    let paper = added["id"].as_str().unwrap();
    let read = told(&diaba(&t, &["paper", "show", number, paper, "--purpose", "verify"], ""));
    assert_eq!(read["facts"]["holders"][0]["name"], "Người Mẫu Hai");
    let logged: i64 = sqlx::query_scalar("select count(*) from personal_data_read where purpose = 'verify'")
        .fetch_one(&t.app.pool)
        .await
        .unwrap();
    assert_eq!(logged, 1);
    let listed = told(&diaba(&t, &["case", "list", "--procedure", "split", "--output", "json"], ""));
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let table = diaba(&t, &["case", "list"], "");
    assert!(String::from_utf8_lossy(&table.stdout).contains("Phường Mẫu/12/345"), "{table:?}");

    let by: Vec<String> =
        sqlx::query_scalar("select distinct actor from audit where action in ('case.create', 'paper.add')")
            .fetch_all(&t.app.pool)
            .await
            .unwrap();
    assert_eq!(by, ["system:cli"]);
    assert!(opened["created_at"].as_str().unwrap() > NOW.to_string().as_str());
}

#[sqlx::test(migrations = "./migrations")]
async fn a_refusal_names_field_found_and_allowed(pool: PgPool) {
    let t = TestApp::new(pool).await;
    let strange = refused(&diaba(&t, &["case", "open", "conjuring", "--parcel", "20194/12/345"], ""));
    assert!(strange.contains("procedure: Không có thủ tục conjuring; chỉ nhận: "), "{strange}");
    assert!(strange.contains("transfer") && strange.contains("[procedure-unknown]"), "{strange}");
    let opened = told(&diaba(&t, &["case", "open", "transfer", "--parcel", "20194/12/345"], ""));
    let number = opened["number"].as_str().unwrap();
    let add = ["paper", "add", number, "--type", "tax_notice", "--json", "-"];
    for (said, expected) in [
        (r#"{"due_on": "30/02/2026"}"#, ("due_on: ", "[date-format]")),
        (r#"{"colour": 1}"#, ("colour: ", "[unknown-field]")),
        (r#"{"kind": "certificate"}"#, ("kind: ", "[kind-changed]")),
        ("{", ("json: ", "[json-syntax]")),
        ("[]", ("Found array; ", "[wrong-type]")),
    ] {
        let told = refused(&diaba(&t, &[&add[..], &["--lang", "en"]].concat(), said));
        let (field, code) = expected;
        assert!(told.contains("The input cannot be taken\n"), "{said}: {told}");
        assert!(told.contains(field) && told.contains(code), "{said}: {told}");
    }
    let papers: i64 = sqlx::query_scalar("select count(*) from paper").fetch_one(&t.app.pool).await.unwrap();
    assert_eq!(papers, 0);
}
