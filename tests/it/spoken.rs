//! Every command that prints for people prints words: in Vietnamese unless `--lang en`, codes nowhere.

use crate::closing::{Desk, at_work};
use crate::command_line::{diaba, says};
use crate::contracts::ok;
use crate::plans::{agency, put};
use crate::ward::{mapped, threaded};
use serde_json::json;
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::process::Command;

/// Commands that speak to who runs the service, in English: what they print is read beside logs.
const MACHINE: &[(&str, &str)] = &[
    ("setup", "what a start of the service has changed in the database"),
    ("zone", "tables of the maps' engine"),
    ("theme", "tables of the maps' engine"),
    ("demo", "the progress of an invented ward; its verdict and its tasks are in words"),
    ("serve", "where it listens"),
    ("work", "that it works"),
    ("staff-add", "the login that was made"),
    ("help", "of the program"),
];

/// Commands of the map room and the machine room: identifiers of maps, jobs and keys are theirs; states and days are words.
const ROOMS: &[&[&str]] = &[
    &["layer", "list"],
    &["jobs", "list"],
    &["keys", "list"],
    &["proof", "verify"],
    &["replay", "--all"],
    &["verify", "--proposed"],
];

/// States, steps, ways and sides as the tables write them, which no Vietnamese word looks like.
const CODES: &[&str] = &[
    "open",
    "blocked",
    "accepted",
    "started",
    "paused",
    "done",
    "cancelled",
    "concluded",
    "waiting",
    "due",
    "overdue",
    "paid",
    "transfer",
    "cash",
    "granted",
    "refused",
    "withdrawn",
    "execution",
    "ours",
    "customer",
    "authority",
    "firm",
    "paper",
    "code",
    "published",
    "pending",
    "running",
    "true",
    "false",
    "null",
    "yes",
    "no",
];

/// Words of `said`, with hyphens, points and underscores in them.
fn tokens(said: &str) -> BTreeSet<&str> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    said.split(|c| !part(c)).filter(|t| !t.contains('/') && !t.is_empty()).collect()
}

fn codes(said: &str, office: bool) -> Vec<&str> {
    let snake = |t: &str| office && t.contains('_');
    let day = |t: &str| t.len() == 10 && t.bytes().filter(|b| *b == b'-').count() == 2 && t.starts_with("20");
    // a word that no file has is printed as its key
    let key = |t: &str| t.starts_with("head-");
    tokens(said).into_iter().filter(|t| snake(t) || day(t) || key(t) || CODES.contains(t)).collect()
}

#[test]
fn the_check_sees_codes() {
    assert_eq!(codes("Tình trạng: đã xong (10/10/2026)", true), Vec::<&str>::new());
    assert_eq!(codes("collect_originals 2026-10-10 open", true), ["2026-10-10", "collect_originals", "open"]);
}

#[sqlx::test(migrations = "./migrations")]
async fn commands_speak_to_people(pool: PgPool) {
    threaded(pool, |pool| async move {
        let Desk { t, legal, boss, case, .. } = at_work(mapped(pool).await).await;
        let case = ok(legal.get(&format!("/api/v1/cases/{case}")).await);
        let contract = ok(legal.get(&format!("/api/v1/cases/{}/contracts", case["id"].as_str().unwrap())).await);
        let (number, contract) = (case["number"].as_str().unwrap(), contract[0]["number"].as_str().unwrap());
        ok(put(&boss, "/api/v1/agencies/vpdk.example", agency()).await);
        let paper = json!({"kind": "certificate", "serial": "DR 204001"});
        legal.post(&format!("/api/v1/cases/{}/papers", case["id"].as_str().unwrap()), paper).await;
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(file("b.json"), json!({"items": [{"no": "item"}]}).to_string()).unwrap();
        t.hire("chi", &["field"]).await;
        let (pdf, package, batch) = (file("a.pdf"), file("p.json"), file("b.json"));
        let office: Vec<Vec<&str>> = vec![
            vec!["case", "list"],
            vec!["case", "show", number, "--output", "text"],
            vec!["paper", "list", number, "--output", "text"],
            vec!["advise", number],
            vec!["contract", "list"],
            vec!["contract", "show", number],
            vec!["contract", "pdf", contract, "-o", &pdf],
            vec!["payment", "list"],
            vec!["payment", "show", contract],
            vec![
                "payment",
                "record",
                contract,
                "--reference",
                "FT-1",
                "--amount",
                "5500000",
                "--paid-on",
                "2026-10-05",
            ],
            vec!["payment", "receipt", "PT-2026-000001", "-o", &pdf],
            vec!["payment", "reverse", "FT-1", "--reason", "not_received"],
            vec!["plan", number],
            vec!["agency", "show", number],
            vec!["agency", "submitted", number, "--agency", "vpdk.example", "--receipt", "H1"],
            vec!["agency", "asked-more", "H1", "Bổ sung", "--owner", "legal"],
            vec!["agency", "list"],
            vec!["agency", "show", number],
            vec!["field", "package", "chi", "-o", &package],
            vec!["field", "send", "chi", &batch],
            vec!["parcel", "20194/12/345"],
            vec!["verify", "--parcel", "20194/12/345"],
            vec!["report", number, "-o", &pdf],
        ];
        let mut heard = BTreeSet::new();
        for (words, office) in office.iter().map(|w| (&w[..], true)).chain(ROOMS.iter().map(|w| (*w, false))) {
            // a record names its rules and maps by what they are called in it
            let office = office && words[0] != "verify";
            let vi = says(&t, words, &[]).await;
            assert_eq!(codes(&vi, office), Vec::<&str>::new(), "{words:?} in Vietnamese:\n{vi}");
            heard.insert(words[0].to_owned());
            // what is done once is not done again in English
            if !matches!(words[..2], ["agency", "submitted" | "asked-more"]) {
                let (good, en) = diaba(&t, &[words, &["--lang", "en"]].concat()).await;
                let snake: Vec<&str> = tokens(&en).into_iter().filter(|t| office && t.contains('_')).collect();
                assert!(good && snake.is_empty(), "{words:?} in English: {snake:?}\n{en}");
            }
        }
        heard.extend(MACHINE.iter().map(|(command, _)| (*command).to_owned()));
        // Heard where they are at home: the archive of an ended case, files that are checked, acts on parcels.
        heard.extend(["archive", "check-archive", "check-report", "parcel-record", "parcel-revoke"].map(str::to_owned));
        let help = Command::new(env!("CARGO_BIN_EXE_diaba")).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
        let command = |l: &str| l.strip_prefix("  ")?.split_whitespace().next().map(str::to_owned);
        let unheard: Vec<String> = listed
            .lines()
            .filter(|l| !l.starts_with("   "))
            .filter_map(command)
            .filter(|c| !heard.contains(c))
            .collect();
        assert!(unheard.is_empty() && listed.lines().count() > 20, "listen to them here: {unheard:?}\n{help}");
    })
    .await;
}
