//! The container files against the code, without a container engine: paths, ports, settings, commands and packages that they
//! name exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(place: &str) -> String {
    fs::read_to_string(top().join(place)).unwrap_or_else(|e| panic!("{place}: {e}"))
}

/// Instructions of the Dockerfile, continued lines joined, comments left out.
fn instructions() -> Vec<String> {
    let text: String = read("docker/Dockerfile").lines().filter(|l| !l.trim_start().starts_with('#')).fold(
        String::new(),
        |all, line| match line.trim_end().strip_suffix('\\') {
            Some(open) => all + open + " ",
            None => all + line.trim_end() + "\n",
        },
    );
    text.lines().map(str::to_owned).filter(|l| !l.is_empty()).collect()
}

/// Every `DIABA_*` and `DATABASE_URL` in a text.
fn settings(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .filter(|w| w.starts_with("DIABA_") || *w == "DATABASE_URL")
        .map(str::to_owned)
        .collect()
}

fn packages_of_setup() -> BTreeSet<String> {
    let out = Command::new("bash").arg("scripts/setup").arg("packages").current_dir(top()).output().unwrap();
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn packages_of(instruction: &str) -> Vec<String> {
    let Some((_, list)) = instruction.split_once("--no-install-recommends") else { return Vec::new() };
    list.split("&&").next().unwrap_or("").split_whitespace().map(str::to_owned).collect()
}

#[test]
fn what_is_copied_exists() {
    let mut copied = 0;
    for line in instructions().iter().filter(|l| l.starts_with("COPY") && !l.contains("--from=")) {
        let words: Vec<&str> = line.split_whitespace().skip(1).collect();
        for place in &words[..words.len() - 1] {
            assert!(top().join(place).exists(), "COPY {place}: it does not exist");
            copied += 1;
        }
    }
    assert!(copied > 5);
}

#[test]
fn all_that_the_code_takes_in_is_copied() {
    let copied: BTreeSet<String> = instructions()
        .iter()
        .filter(|l| l.starts_with("COPY"))
        .flat_map(|l| l.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let cargo: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let members = cargo["workspace"]["members"].as_array().unwrap();
    for member in members.iter().filter_map(|m| m.as_str()).filter(|m| *m != ".") {
        let folder = member.split('/').next().unwrap();
        assert!(copied.contains(folder), "workspace member {member} is not copied");
    }
    // `include_str!("../../data/...")` and `sqlx::migrate!("./migrations")`.
    let out = Command::new("grep")
        .args(["-rhoE", r#"(include_(str|dir|bytes)|migrate)!\("[./]*[a-z]+"#, "src"])
        .current_dir(top())
        .output();
    for found in String::from_utf8(out.unwrap().stdout).unwrap().lines() {
        let folder = found.rsplit(['/', '"']).next().unwrap();
        let at_top = found.contains("../") || found.contains("migrate");
        // Golden cases are taken in by tests, which the image does not build.
        let exists = top().join(folder).is_dir() && !["src", "tests"].contains(&folder);
        assert!(!(at_top && exists) || copied.contains(folder), "{found}...: `{folder}` is not copied");
    }
}

#[test]
fn packages_are_those_of_setup() {
    let setup = packages_of_setup();
    let stages: Vec<Vec<String>> = instructions().iter().map(|l| packages_of(l)).filter(|p| !p.is_empty()).collect();
    let [build, run] = stages.as_slice() else { panic!("two stages install packages, found {}", stages.len()) };
    for package in build {
        assert!(setup.contains(package), "{package} is built with in the image, but scripts/setup does not install it");
    }
    // The image of Rust brings a C compiler; the database runs elsewhere; the rest is for running and for people.
    const NOT_BUILT_WITH: [&str; 6] =
        ["build-essential", "postgresql", "postgresql-postgis", "bubblewrap", "curl", "jq"];
    for package in setup.iter().filter(|p| !NOT_BUILT_WITH.contains(&p.as_str())) {
        assert!(build.contains(package), "scripts/setup installs {package}, the image does not build with it");
    }
    for package in ["libgdal32", "bubblewrap", "ca-certificates"] {
        assert!(run.iter().any(|p| p == package), "{package} is missing at run time");
    }
}

#[test]
fn the_compiler_is_new_enough() {
    let cargo: toml::Table = toml::from_str(&read("Cargo.toml")).unwrap();
    let wanted = cargo["workspace"]["package"]["rust-version"].as_str().unwrap().to_owned();
    let from = instructions().into_iter().find(|l| l.starts_with("FROM rust:")).expect("a stage with Rust");
    let has = from.trim_start_matches("FROM rust:").split('-').next().unwrap().to_owned();
    let number = |v: &str| v.split('.').filter_map(|n| n.parse::<u32>().ok()).collect::<Vec<_>>();
    assert!(number(&has) >= number(&wanted), "rust {has} in the image, {wanted} wanted");
}

#[test]
fn settings_exist() {
    // Read by the compose file itself.
    const OF_COMPOSE: &str = "DIABA_DB_PASSWORD";
    let known = settings(&(read("src/config.rs") + &read("src/telemetry.rs")));
    for place in ["docker/Dockerfile", "docker/compose.yml", "docker/README.md"] {
        for name in settings(&read(place)) {
            assert!(known.contains(&name) || name == OF_COMPOSE, "{place}: no setting is called {name}");
        }
    }
    let table = settings(&read("src/config.rs").lines().filter(|l| l.starts_with("//! |")).collect::<String>());
    let used = settings(&read("src/config.rs").lines().filter(|l| !l.starts_with("//!")).collect::<String>());
    assert_eq!(table, used, "the table in config.rs and what it reads");
}

#[test]
fn compose_is_consistent() {
    let compose: serde_json::Value = serde_saphyr::from_str(&read("docker/compose.yml")).unwrap();
    let services = compose["services"].as_object().unwrap();
    let volumes = compose["volumes"].as_object().unwrap();
    let listens = read("docker/Dockerfile").lines().find_map(|l| l.strip_prefix("EXPOSE ").map(str::to_owned)).unwrap();
    assert!(read("src/config.rs").contains(&format!("127.0.0.1:{listens}")), "EXPOSE is the default port");
    for (name, merged) in services {
        let own = &compose["x-diaba"];
        let of = |key: &str| merged.get(key).or_else(|| merged.get("<<").and_then(|_| own.get(key)));
        for needed in merged["depends_on"].as_object().into_iter().flat_map(|m| m.keys()) {
            assert!(services.contains_key(needed), "{name} depends on {needed}, which is not there");
        }
        for mount in of("volumes").and_then(|v| v.as_array()).into_iter().flatten().filter_map(|v| v.as_str()) {
            let volume = mount.split(':').next().unwrap();
            assert!(volumes.contains_key(volume), "{name}: volume {volume} is not declared");
        }
        for port in merged["ports"].as_array().into_iter().flatten().filter_map(|v| v.as_str()) {
            assert!(port.ends_with(&format!(":{listens}")), "{name}: {port}, but the image listens on {listens}");
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port} is open to everybody");
        }
        assert!(of("image").is_some(), "{name}: no image");
    }
    assert!(
        top()
            .join("docker")
            .join(compose["x-diaba"]["build"]["context"].as_str().unwrap())
            .join("Cargo.toml")
            .is_file()
    );
    assert!(top().join(compose["x-diaba"]["build"]["dockerfile"].as_str().unwrap()).is_file());
    let database = compose["x-diaba"]["environment"]["DATABASE_URL"].as_str().unwrap();
    assert!(database.contains("@db:5432/diaba") && services.contains_key("db"));
}

#[test]
fn commands_exist() {
    let compose: serde_json::Value = serde_saphyr::from_str(&read("docker/compose.yml")).unwrap();
    for (name, service) in compose["services"].as_object().unwrap().iter().filter(|(n, _)| *n != "db") {
        let words: Vec<&str> = service["command"].as_array().unwrap().iter().filter_map(|w| w.as_str()).collect();
        let out = Command::new(env!("CARGO_BIN_EXE_diaba")).args(&words).arg("--help").output().unwrap();
        assert!(out.status.success(), "{name}: diaba {} is not understood", words.join(" "));
    }
}
