//! The walls between the rooms of `src/` (see `src/ARCHITECTURE.md`). They hold because this test reads every path.

#[path = "house/source.rs"]
mod source;

use source::{Source, product};

/// Which rooms a room may name. What is not listed is forbidden; a room may always name itself.
const WALLS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("gis", &["domain"]),
    ("outside", &["domain"]),
    ("flow", &["domain", "store", "gis", "outside", "app", "config"]),
    ("http", &["flow", "domain", "store", "app", "config", "telemetry"]),
    ("worker", &["flow", "domain", "store", "app", "config", "telemetry"]),
    ("cli", &["flow", "domain", "store", "app", "config", "telemetry"]),
    ("config", &[]),
    ("telemetry", &[]),
    ("app", &["config", "domain", "flow", "store", "gis", "outside"]),
    ("lib", &["app", "cli", "config", "domain", "flow", "gis", "http", "outside", "store", "telemetry", "worker"]),
    ("main", &[]),
];

/// Openings in the walls: (file, path, reason). Each must still be in use.
const OPENINGS: &[(&str, &str, &str)] = &[
    ("src/cli/serve.rs", "http", "the command line starts the other two doors, and knows no more of them"),
    ("src/cli/serve.rs", "worker", "the command line starts the other two doors, and knows no more of them"),
    ("src/cli/year/office.rs", "http", "the played year goes through the real API and the real worker"),
    ("src/cli/year/office.rs", "worker", "the played year goes through the real API and the real worker"),
];

/// Words that belong to certain rooms: (words, where they may stand, reason). A trailing `/` names a folder.
const KEPT_IN: &[(&[&str], &[&str], &str)] = &[
    (&["sqlx", "::", "query"], &["src/store/"], "SQL is text in store/ only"),
    (&["sqlx", "::", "query_as"], &["src/store/"], "SQL is text in store/ only"),
    (&["sqlx", "::", "query_scalar"], &["src/store/"], "SQL is text in store/ only"),
    (&["sqlx", "::", "raw_sql"], &["src/store/"], "SQL is text in store/ only"),
    (&["QueryBuilder"], &["src/store/"], "SQL is text in store/ only"),
    (&["AssertSqlSafe"], &["src/store/"], "SQL made at run time, from whole numbers only"),
    (&["apalis"], &["src/worker/", "src/store/queue"], "the queue's engine can be changed in one room"),
    (&["apalis_core"], &["src/worker/", "src/store/queue"], "the queue's engine can be changed in one room"),
    (&["apalis_cron"], &["src/worker/"], "the queue's engine can be changed in one room"),
    (&["chrono"], &["src/worker/"], "the date type of `cron`; everything else uses `time`"),
    (&["gdal"], &["reader/"], "GDAL is a guest in a process of its own"),
    (&["gdal_sys"], &["reader/"], "GDAL is a guest in a process of its own"),
    (&["proj", "::"], &["src/gis/"], "re-projection happens once, in gis/"),
    (&["Proj"], &["src/gis/"], "re-projection happens once, in gis/"),
    (&["axum"], &["src/http/"], "status codes and requests are known to the door only"),
    (&["tower_http"], &["src/http/"], "status codes and requests are known to the door only"),
    (&["clap"], &["src/cli/"], "arguments are known to the door only"),
    (&["indicatif"], &["src/cli/"], "screens are known to the door only"),
    (&["println"], &["src/cli/"], "only the command line talks to a terminal"),
    (&["object_store"], &["src/outside/"], "files of papers are stored through outside/scans"),
    (&["chacha20poly1305"], &["src/outside/"], "sealing is the vault's"),
    (&["hmac"], &["src/outside/"], "sealing is the vault's"),
    (&["typst"], &["src/outside/"], "pages are set by outside/press"),
    (&["reqwest"], &[], "the service sends no requests"),
    (&["unsafe"], &["reader/"], "the guest alone touches C"),
    (&["now_utc"], &["src/app.rs"], "time is handed in"),
    (&["now_v7"], &["src/app.rs"], "ids are handed in"),
    (&["std", "::", "env", "::", "var"], &["src/config.rs", "src/telemetry.rs"], "settings are read in config.rs"),
];

/// What `domain` must not know, whatever it is called there.
const IMPURE: &[&[&str]] = &[
    &["sqlx"],
    &["tokio"],
    &["futures"],
    &["rand"],
    &["rayon"],
    &["tracing"],
    &["async"],
    &["await"],
    &["Uuid", "::", "now_v7"],
    &["SystemTime"],
    &["Instant"],
    &["std", "::", "fs"],
    &["std", "::", "env"],
    &["std", "::", "net"],
    &["std", "::", "process"],
    &["std", "::", "thread"],
];

fn room(s: &Source) -> &str {
    s.module().first().copied().unwrap_or(if s.place.ends_with("main.rs") { "main" } else { "lib" })
}

fn broken_walls(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for s in sources {
        let own = room(s);
        let Some((_, allowed)) = WALLS.iter().find(|(r, _)| *r == own) else {
            out.push(format!("{}: room `{own}` has no line in WALLS", s.place));
            continue;
        };
        for path in s.crate_paths() {
            let target = path[0].as_str();
            let known = WALLS.iter().any(|(r, _)| *r == target);
            let open = OPENINGS.iter().any(|(file, p, _)| *file == s.place && path.join("::").starts_with(p));
            if known && target != own && !allowed.contains(&target) && !open {
                out.push(format!("{}: `{own}` must not know crate::{}", s.place, path.join("::")));
            }
        }
    }
    out
}

fn strayed_words(sources: &[Source]) -> Vec<String> {
    let mut out = Vec::new();
    for s in sources {
        for (words, places, reason) in KEPT_IN {
            let at_home = places.iter().any(|p| s.place.starts_with(p));
            if !at_home && s.positions(words).next().is_some() {
                out.push(format!("{}: `{}` stands outside of {places:?}: {reason}", s.place, words.concat()));
            }
        }
        for words in IMPURE.iter().filter(|_| room(s) == "domain") {
            if s.positions(words).next().is_some() {
                out.push(format!("{}: `{}` in the domain, which is pure", s.place, words.concat()));
            }
        }
    }
    out
}

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} broken:\n  {}", faults.len(), faults.join("\n  "));
}

#[test]
fn rooms_know_only_the_floors_below() {
    assert_none(broken_walls(&product("src")));
}

#[test]
fn foreign_things_stay_in_their_room() {
    let all: Vec<Source> = product("src").into_iter().chain(product("reader")).collect();
    assert_none(strayed_words(&all));
}

#[test]
fn no_opening_is_kept_without_need() {
    let sources = product("src");
    for (file, path, reason) in OPENINGS {
        assert!(reason.len() > 10, "{file} -> {path}: say why");
        let used =
            sources.iter().any(|s| s.place == *file && s.crate_paths().iter().any(|p| p.join("::").starts_with(path)));
        assert!(used, "{file} no longer names crate::{path}: take the opening out");
    }
}

#[test]
fn no_room_without_a_subject() {
    const EMPTY_NAMES: [&str; 6] = ["util", "utils", "common", "helpers", "misc", "shared"];
    for s in product("src") {
        assert!(!s.module().iter().any(|m| EMPTY_NAMES.contains(m)), "{}: name it by its subject", s.place);
    }
}

mod the_test_can_fail {
    use super::*;

    fn walls(place: &str, text: &str) -> usize {
        broken_walls(&[Source::parse(place, text)]).len()
    }

    fn words(place: &str, text: &str) -> usize {
        strayed_words(&[Source::parse(place, text)]).len()
    }

    #[test]
    fn it_sees_paths_however_they_are_written() {
        assert_eq!(walls("src/domain/a.rs", "use crate::store::parcel;"), 1);
        assert_eq!(
            walls("src/domain/a.rs", "use crate::{theme::Theme, domain::{rule, check}, store::{a, b as c}};"),
            2
        );
        assert_eq!(walls("src/domain/a.rs", "fn f() { let x = crate::flow::act(); }"), 1);
        assert_eq!(walls("src/store/a.rs", "fn f(p: &crate::gis::crs::Crs) {}"), 1);
        assert_eq!(walls("src/http/a.rs", "m!(x, crate::worker::run());"), 1);
        assert_eq!(walls("src/http/a/b.rs", "use super::super::super::cli::run;"), 1);
        assert_eq!(walls("src/http/mod.rs", "use super::cli::{run};"), 1);
        assert_eq!(walls("src/attic/mod.rs", ""), 1);
    }

    #[test]
    fn it_lets_pass_what_is_allowed() {
        assert_eq!(walls("src/flow/a/b.rs", "use crate::{app::App, domain::rule, store::{a, b}};"), 0);
        assert_eq!(
            walls("src/domain/a.rs", "// crate::store::x\n/* crate::flow */ const S: &str = \"crate::store::x\";"),
            0
        );
        assert_eq!(walls("src/domain/a.rs", "#[cfg(test)] mod tests { use crate::store::x; } pub(crate) fn f() {}"), 0);
        assert_eq!(walls("src/http/a/b.rs", "use super::super::input;"), 0);
        assert_eq!(walls("src/http/a/b.rs", "use super::store;"), 0);
    }

    #[test]
    fn it_sees_words_that_strayed() {
        assert_eq!(words("src/flow/a.rs", "fn f() { sqlx::query(\"select 1\"); }"), 1);
        assert_eq!(words("src/flow/a.rs", "fn f() { sqlx::query_as::<_, R>(\"select 1\"); }"), 1);
        assert_eq!(words("src/store/a.rs", "fn f() { sqlx::query(\"select 1\"); }"), 0);
        assert_eq!(words("src/gis/a.rs", "use gdal::Dataset;"), 1);
        assert_eq!(words("src/domain/a.rs", "use std::fs; async fn f() {}"), 2);
        assert_eq!(words("src/store/queue.rs", "use apalis::prelude::*;"), 0);
        assert_eq!(words("src/http/a.rs", "// axum stands here\nfn f() { let unsafe_word = 1; }"), 0);
    }
}
