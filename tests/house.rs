//! Order in the house: what every folder, migration, job and file owes its reader.

#[path = "house/source.rs"]
#[allow(dead_code, reason = "the wall test uses the rest")]
mod source;

use serde::Deserialize;
use source::{product, relative, rust_files, top};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// No Rust file is longer, except:
const LINES: usize = 400;
const LONG_FILES: &[(&str, usize, &str)] = &[
    ("src/flow/layer/import.rs", 480, "one transaction from file to staged version, told in its order"),
    ("src/domain/case/event.rs", 490, "one list: every kind of event of a case, with its data"),
    ("src/domain/demo/recipe.rs", 450, "one list: what the demo ward consists of"),
];

/// `unwrap`, `expect` and the like in product code: (file, how many, why they cannot fail). More need a reason here.
const CANNOT_FAIL: &[(&str, usize, &str)] =
    &[("src/domain/demo/names.rs", 1, "a list compiled into the program, which every test of that room reads")];

fn entries(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = fs::read_dir(top().join(folder))
        .unwrap_or_else(|e| panic!("{folder}: {e}"))
        .map(|e| e.unwrap().path())
        .filter(|p| p.to_string_lossy().ends_with(ending))
        .collect();
    out.sort();
    out
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn assert_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} to mend:\n  {}", faults.len(), faults.join("\n  "));
}

#[test]
fn migrations_are_numbered_and_say_their_intention() {
    let mut faults = Vec::new();
    let files = entries("migrations", ".sql");
    assert!(files.len() >= 10, "{} migrations", files.len());
    let mut last = String::new();
    for path in &files {
        let (name, text) = (stem(path), read(path));
        let (number, words) = name.split_once('_').unwrap_or((&name, ""));
        if number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()) || number <= last.as_str() {
            faults.push(format!("{name}: four digits, no doubles (the one before it is {last})"));
        }
        number.clone_into(&mut last);
        if words.is_empty() || !words.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            faults.push(format!("{name}: NNNN_words_in_lower_case.sql"));
        }
        if words.split('_').any(|w| w == "and" || w == "misc") {
            faults.push(format!("{name}: one intention per file"));
        }
        let head: Vec<&str> = text.lines().take_while(|l| l.starts_with("--")).collect();
        if head.is_empty() || !head.join(" ").contains('.') {
            faults.push(format!("{name}: begins with a comment that says, in a sentence, what it is for"));
        }
    }
    assert_none(faults);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    kind: String,
    what: String,
    why: String,
    cron: Option<String>,
    #[serde(default)]
    working_days: bool,
    queue: String,
    timeout_s: u32,
    max_attempts: u32,
    backoff: Backoff,
    priority: Option<i32>,
    owner: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Backoff {
    first_s: u32,
    most_s: u32,
}

#[test]
fn jobs_say_what_why_when_and_whose() {
    const OWNERS: [&str; 5] = ["gis", "legal", "sales", "field", "operations"];
    let mut faults = Vec::new();
    let files = entries("jobs", ".toml");
    assert!(!files.is_empty());
    for path in &files {
        let name = stem(path);
        let job: Job = toml::from_str(&read(path)).unwrap_or_else(|e| panic!("jobs/{name}.toml: {e}"));
        let sentence = |s: &str| s.len() >= 20 && s.ends_with('.');
        let rules = [
            (job.kind == name, "the kind is the file's name"),
            (sentence(&job.what) && sentence(&job.why), "what and why are sentences"),
            (!job.working_days || job.cron.is_some(), "what has no timetable keeps to no days"),
            (
                job.cron.as_deref().is_none_or(|c| c.split_whitespace().count() == 6),
                "cron has six fields, seconds first",
            ),
            (!job.queue.is_empty(), "a queue is named"),
            ((1..=4 * 3600).contains(&job.timeout_s), "the timeout is from 1 s to 4 h"),
            ((1..=20).contains(&job.max_attempts), "attempts are from 1 to 20"),
            (job.backoff.first_s >= 1 && job.backoff.first_s <= job.backoff.most_s, "the waits grow"),
            (job.priority.unwrap_or(0).abs() <= 100, "the priority is from -100 to 100"),
            (OWNERS.contains(&job.owner.as_str()), "the owner is a department"),
        ];
        faults.extend(rules.iter().filter(|(kept, _)| !kept).map(|(_, rule)| format!("jobs/{name}.toml: {rule}")));
    }
    assert_none(faults);
}

#[test]
fn every_folder_says_what_it_holds() {
    let mut faults = Vec::new();
    for folder in entries("", "").into_iter().filter(|p| p.is_dir()) {
        let name = relative(&folder);
        if name.starts_with('.') || ["target", "node_modules"].contains(&name.as_str()) {
            continue;
        }
        let page = if name == "src" { "ARCHITECTURE.md" } else { "README.md" };
        let text = fs::read_to_string(folder.join(page)).unwrap_or_default();
        if text.len() < 150 || !text.starts_with("# ") {
            faults.push(format!("{name}/{page} is missing or says nothing"));
        }
    }
    assert_none(faults);
}

#[test]
fn pages_name_files_that_exist() {
    let mut faults = Vec::new();
    let mut pages = entries("", "").into_iter().map(|f| f.join("README.md")).collect::<Vec<_>>();
    pages.extend([top().join("README.md"), top().join("src/ARCHITECTURE.md")]);
    pages.extend(entries("src/decisions", ".md"));
    for page in pages.iter().filter(|p| p.is_file()) {
        let (text, folder) = (read(page), page.parent().unwrap());
        for link in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
            let outside = link.is_empty() || link.contains("://");
            if !outside && !folder.join(link).exists() {
                faults.push(format!("{}: {link} does not exist", relative(page)));
            }
        }
    }
    assert_none(faults);
}

#[test]
fn decisions_are_numbered_and_short() {
    let mut faults = Vec::new();
    for (i, path) in entries("src/decisions", ".md").iter().enumerate() {
        let (name, text) = (stem(path), read(path));
        if !name.starts_with(&format!("{:04}-", i + 1)) {
            faults.push(format!("{name}: its number should be {:04}", i + 1));
        }
        if !text.starts_with("# ") || text.lines().count() > 60 {
            faults.push(format!("{name}: a heading, then at most 60 lines"));
        }
    }
    assert_none(faults);
}

fn all_rust() -> Vec<PathBuf> {
    ["src", "reader", "tests", "benches"].iter().flat_map(|f| rust_files(&top().join(f))).collect()
}

#[test]
fn files_are_short_enough_to_read() {
    let mut faults = Vec::new();
    let allowed: BTreeMap<&str, usize> = LONG_FILES.iter().map(|(f, n, _)| (*f, *n)).collect();
    for path in all_rust() {
        let (place, lines) = (relative(&path), read(&path).lines().count());
        let most = *allowed.get(place.as_str()).unwrap_or(&LINES);
        if lines > most {
            faults.push(format!("{place}: {lines} lines, {most} allowed; divide it by subject"));
        }
    }
    assert_none(faults);
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let marks =
        ["TO DO", "FIX ME", "X X X", "todo !", "unimplemented !", "dbg !", "# [ignore"].map(|m| m.replace(' ', ""));
    let mut faults = Vec::new();
    for path in all_rust() {
        let text = read(&path);
        for (i, line) in text.lines().enumerate() {
            let found = marks.iter().filter(|m| line.contains(m.as_str()));
            faults.extend(found.map(|m| format!("{}:{}: {m}", relative(&path), i + 1)));
        }
    }
    assert_none(faults);
}

#[test]
fn product_code_does_not_panic() {
    const CALLS: [&[&str]; 5] =
        [&[".", "unwrap", "("], &[".", "expect", "("], &["panic", "!"], &["unreachable", "!"], &["todo", "!"]];
    let allowed: BTreeMap<&str, usize> = CANNOT_FAIL.iter().map(|(f, n, _)| (*f, *n)).collect();
    let mut faults = Vec::new();
    for s in product("src").into_iter().chain(product("reader")) {
        let found: usize = CALLS.iter().map(|c| s.positions(c).count()).sum();
        let most = *allowed.get(s.place.as_str()).unwrap_or(&0);
        if found > most {
            faults.push(format!("{}: {found} calls that may panic, {most} allowed", s.place));
        }
    }
    assert_none(faults);
}

#[test]
fn no_path_of_somebodys_machine_is_written_down() {
    let marks = ["/work /", "/root /", "/home /"].map(|m| m.replace(' ', ""));
    let pages = entries("", ".md").into_iter().chain(entries("scripts", "")).chain(entries("", ".toml"));
    let mut faults = Vec::new();
    for path in all_rust().into_iter().chain(pages).filter(|p| p.is_file()) {
        let text = read(&path);
        faults.extend(marks.iter().filter(|m| text.contains(m.as_str())).map(|m| format!("{}: {m}", relative(&path))));
    }
    assert_none(faults);
}

/// A refusal is told in Vietnamese or English, not by its code alone.
#[test]
fn every_refusal_has_words() {
    let words: String = entries("data/i18n", "toml").iter().map(|p| read(p)).collect();
    let mut faults = Vec::new();
    for file in all_rust().iter().filter(|p| p.components().any(|c| c.as_os_str() == "src")) {
        let text: String = read(file).split_whitespace().collect::<Vec<_>>().join(" ");
        for (kind, begins) in [("conflict", "Conflict { code: \""), ("forbidden", "Forbidden(\"")] {
            for named in text.split(begins).skip(1) {
                let code = named.split('"').next().unwrap_or_default();
                if !words.contains(&format!("[{kind}.{code}]")) {
                    faults.push(format!("{}: [{kind}.{code}] is missing in data/i18n", file.display()));
                }
            }
        }
    }
    assert_none(faults);
}

/// What they print is read beside logs by who runs the service, in English: (place, reason).
const MACHINE: &[(&str, &str)] = &[
    ("src/cli/mod.rs", "a start that fails before a language is known, and set-up"),
    ("src/cli/serve.rs", "where the service listens"),
    ("src/cli/demo.rs", "the progress of loading an invented ward"),
    ("src/cli/year/", "the score of a played year"),
];

/// Texts of `print!` and the like in a file that hold words of their own, what stands in braces left out.
fn printed_words(text: &str) -> Vec<String> {
    let texts = text.split("print").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches("ln").strip_prefix("!(")?.trim_start().strip_prefix('"')?;
        Some(rest.replace("\\\"", "'").split('"').next().unwrap_or_default().to_owned())
    });
    let words = |t: &String| {
        let bare: String = t.split('{').map(|p| p.split_once('}').map_or(p, |(_, after)| after)).collect();
        let bare = bare.replace("\\n", " ").replace("SHA-256", "");
        bare.split(|c: char| !c.is_alphabetic()).any(|w| w.chars().count() > 1)
    };
    texts.filter(words).collect()
}

/// The command line prints words of `data/i18n`, in the language that was asked for.
#[test]
fn the_command_line_speaks_two_languages() {
    assert_eq!(printed_words(r#"println!("{number}  plan of {}: {}", a); print!("{}\n", b)"#).len(), 1);
    let (mut faults, mut used) = (Vec::new(), vec![0; MACHINE.len()]);
    for path in rust_files(&top().join("src/cli")) {
        let (place, said) = (relative(&path), printed_words(&read(&path)));
        match MACHINE.iter().position(|(exempt, _)| place.starts_with(exempt)) {
            Some(i) => used[i] += said.len(),
            None => faults.extend(said.iter().map(|s| format!("{place}: {s}"))),
        }
    }
    assert!(used.iter().all(|n| *n > 0), "an exemption nobody needs: {MACHINE:?} {used:?}");
    assert_none(faults);
}

#[test]
fn data_that_can_be_read_is_read() {
    for path in
        ["data", "data/rules", "data/profiles", "data/i18n", "data/calendars"].iter().flat_map(|f| entries(f, ".toml"))
    {
        let read = toml::from_str::<toml::Table>(&read(&path));
        assert!(read.is_ok(), "{}: {}", relative(&path), read.unwrap_err());
    }
}

/// Two types of one name are one schema to the OpenAPI document, and one of them is lost without a word.
#[test]
fn schemas_have_names_of_their_own() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in rust_files(&top().join("src")) {
        let text = read(&path);
        for part in text.split("ToSchema").skip(1) {
            let head = part.split(" {").next().unwrap_or_default();
            let named = head.split("schema(as = ").nth(1).and_then(|n| n.split([',', ')']).next());
            let declared = head.split_once("struct ").or(head.split_once("enum ")).map(|(_, n)| n);
            let name = named.or(declared).map(|n| n.split(['<', '(', ';']).next().unwrap_or(n).trim().to_owned());
            if let Some(name) = name.filter(|_| part.starts_with(')') || part.starts_with(',')) {
                places.entry(name).or_default().push(relative(&path));
            }
        }
    }
    assert!(places.len() > 150, "{} schemas", places.len());
    assert_none(places.iter().filter(|(_, p)| p.len() > 1).map(|(n, p)| format!("{n}: {}", p.join(", "))).collect());
}

#[test]
fn what_is_said_of_a_row_has_words_in_both_languages() {
    // What is said by the database, or by way of a constant.
    const ELSEWHERE: [&str; 5] = ["duplicate_key", "duplicate_row", "gap", "outside_coverage", "overlap"];
    let mut codes: BTreeMap<String, String> =
        ELSEWHERE.map(|code| (code.to_owned(), "tests/house.rs".to_owned())).into();
    for path in rust_files(&top().join("src")) {
        let text = read(&path);
        for made in ["Remark::bad(", "Remark::note("] {
            let literals =
                text.split(made).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
            codes.extend(literals.map(|code| (code.to_owned(), relative(&path))));
        }
    }
    let mut faults = Vec::new();
    for lang in ["vi", "en"] {
        let said = read(&top().join(format!("data/i18n/{lang}/desk.ftl")));
        let said: Vec<&str> = said.lines().filter_map(|l| l.strip_prefix("row-issue-")?.split(" = ").next()).collect();
        let unsaid = codes.iter().filter(|(code, _)| !said.contains(&code.as_str()));
        faults.extend(unsaid.map(|(code, file)| format!("{file}: row-issue-{code} is not in {lang}/desk.ftl")));
        let dead = said.iter().filter(|code| !codes.contains_key(**code));
        faults.extend(dead.map(|code| format!("{lang}/desk.ftl: nobody says row-issue-{code}")));
    }
    assert_none(faults);
}
