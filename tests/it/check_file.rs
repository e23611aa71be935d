//! A stranger hands in a file: the page says what the command says, in both languages, and keeps nothing.

use crate::sealed::{fetched, find, published, verified};
use crate::test_app::{Answer, Caller};
use crate::ward::{mapped, threaded};
use diaba::domain::verify::text::{Lang, message};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use sqlx::PgPool;
use std::process::Command;

async fn hand_in(who: &Caller, language: &str, name: &str, file: Vec<u8>) -> Answer {
    let form = Form::new().part("file", Part::bytes(file).file_name(name.to_owned()));
    who.send_in(language, who.request(Method::POST, "/check").multipart(form)).await
}

/// Text of the page, line by line, as a reader sees it.
fn lines(page: &Answer) -> Vec<String> {
    let plain = |l: &str| {
        let mut out = String::new();
        let mut inside = false;
        for c in l.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => out.push(c),
                _ => {}
            }
        }
        out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&").trim().to_owned()
    };
    page.text.lines().map(plain).filter(|l| !l.is_empty()).collect()
}

#[sqlx::test(migrations = "./migrations")]
async fn the_page_answers_as_the_command_does(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let (legal, made) = verified(&t).await;
        let pdf = fetched(&legal, &made).await;
        let keys = published(&t).await.concat();
        let nobody = t.anonymous();
        for (language, word, own) in
            [("en", "at most 8 MiB", "diaba check-report FILE"), ("vi", "tối đa 8 MiB", "diaba check-report TỆP")]
        {
            let asked = nobody.send_in(language, nobody.request(Method::GET, "/check")).await;
            assert_eq!((asked.status, asked.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
            assert!(asked.text.contains(&format!("<html lang=\"{language}\">")), "{}", asked.text);
            assert!(asked.text.contains(word) && asked.text.contains(own), "{}", asked.text);
            assert!(
                asked.text.contains("enctype=\"multipart/form-data\"") && !asked.text.contains("script"),
                "{}",
                asked.text
            );
            assert!(asked.header("content-security-policy").contains("form-action 'self'"));
        }

        let folder = tempfile::tempdir().unwrap();
        let (file, key) = (folder.path().join("handed"), folder.path().join("office.pem"));
        std::fs::write(&key, &keys).unwrap();
        let command = |language: &str, content: &[u8]| {
            std::fs::write(&file, content).unwrap();
            let mut command = Command::new(env!("CARGO_BIN_EXE_diaba"));
            command.env_clear().args(["check-report", "--lang", language]).arg(&file).arg("--key").arg(&key);
            let out = command.output().unwrap();
            (out.status.success(), String::from_utf8(out.stdout).unwrap())
        };
        let proof = {
            let id = made["id"].as_str().unwrap();
            legal.get(&format!("/api/v1/verifications/{id}/proof?purpose=verify")).await.text.into_bytes()
        };
        let mut page_changed = pdf.clone();
        let at = find(&pdf, b"stream", 0) + 40;
        page_changed[at] ^= 1;
        let other = String::from_utf8(proof.clone()).unwrap().replacen("\"outcome\":\"", "\"outcome\":\"x", 1);
        let strange = b"{\"schema\": \"<script>alert(1)</script>\"}".to_vec();
        let given = |lang| message(lang, &diaba::domain::verify::Message::new("proof-key-given"));
        for (name, content, proved) in [
            ("bao-cao.pdf", pdf.clone(), true),
            ("proof.json", proof, true),
            ("bao-cao.pdf", page_changed, false),
            ("proof.json", other.into_bytes(), false),
            ("proof.json", strange, false),
            ("cut.pdf", pdf[..pdf.len() / 2].to_vec(), false),
            ("office.pem", keys.clone().into_bytes(), false),
        ] {
            for (language, lang) in [("en", Lang::En), ("vi", Lang::Vi)] {
                let page = hand_in(&nobody, language, name, content.clone()).await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.text);
                let said = lines(&page);
                let (holds, told) = command(language, &content);
                assert_eq!(holds, proved, "{name}: {told}");
                let first = match (lang, proved) {
                    (Lang::En, true) => "PROVED, as far as this server may be believed",
                    (Lang::En, false) => "NOT PROVED",
                    (Lang::Vi, true) => "ĐÃ CHỨNG MINH, trong chừng mực máy chủ này đáng tin",
                    (Lang::Vi, false) => "CHƯA CHỨNG MINH",
                };
                assert!(said.iter().any(|l| l.starts_with(first)), "{name}: {said:?}");
                for line in told.lines().filter(|l| *l != given(lang)) {
                    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
                    assert!(
                        said.iter().any(|l| l.split_whitespace().collect::<Vec<_>>().join(" ") == line),
                        "{line}: {said:?}"
                    );
                }
                assert!(!page.text.contains("<script>"), "{}", page.text);
                let now = format!("href=\"/check/{}\"", made["digest"].as_str().unwrap());
                assert!(!proved || page.text.contains(&now), "{}", page.text);
            }
        }
        let raw = nobody
            .send(nobody.request(Method::POST, "/check").header("content-type", "application/pdf").body(pdf))
            .await;
        assert!(raw.text.contains("ROVED") || raw.text.contains("CHỨNG MINH"), "the file as the body: {}", raw.text);
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn what_is_handed_in_is_bounded_and_not_kept(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool.clone()).await;
        let nobody = t.anonymous();
        let rows = async || -> i64 {
            let all = "select sum((xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', relname), false, true, '')))[1]::text::bigint)::bigint
                         from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not like 'job%' and relname not like 'chain%'";
            sqlx::query_scalar(all).fetch_one(&pool).await.unwrap()
        };
        let files = || walkdir(&t.app.config.home);
        let (rows_before, files_before) = (rows().await, files());
        let none = hand_in(&nobody, "en", "a.pdf", vec![]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", none.text);
        assert!(none.text.contains("No file came") && none.text.contains("<form"), "{}", none.text);
        let large = hand_in(&nobody, "vi", "a.pdf", vec![b'x'; (8 << 20) + 8192]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", large.text);
        assert!(large.text.contains("lớn hơn 8 MiB"), "{}", large.text);

        // files that would take gigabytes, or hours, to look at
        let mut bomb = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::best());
        std::io::Write::write_all(&mut bomb, &vec![b' '; 15 << 20]).unwrap();
        let bomb = bomb.finish().unwrap();
        let one = |data: &[u8]| {
            let head = format!("1 0 obj <</Type /EmbeddedFile /Filter /FlateDecode /Length {}>> stream\n", data.len());
            [head.as_bytes(), data, b"\nendstream endobj\n"].concat()
        };
        let bombs = [b"%PDF-1.7\n".to_vec(), one(&bomb).repeat(60)].concat();
        let crowd = [b"%PDF-1.7 /Length 0 ".to_vec(), b"/EmbeddedFile stream\n".repeat(300_000)].concat();
        for (file, why) in [(bombs, "cannot be read"), (crowd, "more than 16 embedded files")] {
            let told = hand_in(&nobody, "en", "a.pdf", file).await;
            assert_eq!(told.status, StatusCode::OK, "{}", told.text);
            assert!(told.text.contains("NOT PROVED") && told.text.contains(why), "{}", told.text);
        }
        assert_eq!((rows().await, files()), (rows_before, files_before), "nothing of it stays");
        let two = Form::new().part("other", Part::bytes(vec![1]).file_name("x"));
        let named = nobody.send(nobody.request(Method::POST, "/check?file=1").multipart(two)).await;
        assert_eq!(named.refused(), ["file: unknown-parameter"]);
    })
    .await;
}

/// How many files lie under a folder.
fn walkdir(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    entries.map(|p| if p.is_dir() { walkdir(&p) } else { 1 }).sum()
}
