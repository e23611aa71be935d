//! Hostile play: every route of the OpenAPI document with values nobody should send. Never a fault of ours: always an answer, or an
//! RFC 9457 problem that names the field, says what was found and what is allowed, and does not repeat at length what was sent.

use crate::closing::at_work;
use crate::input::{NOWHERE, address, caller, method};
use crate::test_app::{Caller, TestApp};
use crate::ward::{mapped, threaded};
use diaba::domain::staff::Role;
use diaba::http::access::{RULES, Rule, Verb, Who};
use futures::StreamExt;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::BTreeMap;

/// A problem longer than this repeats what was sent.
const LONGEST: usize = 40_000;

/// A line that cannot be drawn, overlong UTF-8 of another kind, right-to-left, a thousand marks on one letter, half a pair.
fn texts() -> Vec<String> {
    let marks = format!("a{}", "\u{301}".repeat(1000));
    [
        "",
        " ",
        "\u{0}",
        "\u{202e}\u{2066}ab",
        "𝔘\u{1f3e0}\u{200d}\u{feff}",
        "'; drop table case_file; --",
        "../../etc/passwd",
        "%s%n{{}}",
        "１２",
        "NaN",
        "-0",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([marks, "A".repeat(70_000), "9".repeat(400)])
    .collect()
}

/// Bodies' values: whatever is not what the field holds, and what it holds at its ends.
fn values() -> Vec<Value> {
    let mut all: Vec<Value> = texts().into_iter().map(Value::from).collect();
    all.extend([
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(i32::MIN),
        json!(1e308),
        json!(-1e-308),
        json!(0.1),
        json!([]),
        json!({}),
        json!([[[[[[[[]]]]]]]]),
        json!(vec![0; 3000]),
        json!(NOWHERE),
        json!("9999-12-31"),
        json!("-9999-01-01"),
        json!("0000-00-00T00:00:00Z"),
        json!("9999-12-31T23:59:59.999999999Z"),
    ]);
    all
}

struct Tried {
    line: String,
    request: RequestBuilder,
}

/// The status of an answer, and what is wrong with it.
async fn tried(t: Tried) -> (u16, Option<String>) {
    let again = t.request.try_clone();
    let mut answer = t.request.send().await;
    // who is refused before all of the body is read loses the connection, and the next on it may
    if let (Err(_), Some(again)) = (&answer, again) {
        answer = again.send().await;
    }
    match answer {
        // events go on for as long as somebody listens
        Ok(answer) if answer.status().as_u16() < 400 => (answer.status().as_u16(), None),
        Ok(answer) => (answer.status().as_u16(), fault(&t.line, answer).await),
        Err(e) => (0, Some(format!("{}: no answer: {e}", t.line))),
    }
}

async fn fault(line: &str, answer: reqwest::Response) -> Option<String> {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
    let text = answer.text().await.unwrap_or_default();
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    let short: String = text.chars().take(300).collect();
    let wrong = |why: &str| Some(format!("{line}: {status} {why}: {short}"));
    if status >= 500 {
        return wrong("is a fault of ours");
    }
    if kind != "application/problem+json" || body["type"].as_str().is_none_or(|t| !t.starts_with("urn:diaba:problem:"))
    {
        return wrong("is no problem document");
    }
    if text.len() > LONGEST {
        return wrong("repeats what was sent");
    }
    let errors = body["errors"].as_array().map_or(&[][..], Vec::as_slice);
    if [400, 415, 422].contains(&status) && errors.is_empty() {
        return wrong("names no field");
    }
    let told = |e: &Value| {
        ["field", "code", "allowed", "message"].iter().all(|k| e[k].as_str().is_some_and(|s| !s.is_empty()))
    };
    match errors.iter().all(|e| told(e) && e["found"].is_string()) {
        true => None,
        false => wrong("does not say field, found, allowed"),
    }
}

/// Sends all of them, some at a time; how many were answered how, and what is wrong.
async fn play(all: Vec<Tried>) -> (BTreeMap<u16, usize>, Vec<String>) {
    let answers: Vec<_> = futures::stream::iter(all).map(tried).buffer_unordered(8).collect().await;
    let mut counts = BTreeMap::new();
    answers.iter().for_each(|(status, _)| *counts.entry(*status).or_default() += 1);
    (counts, answers.into_iter().filter_map(|(_, fault)| fault).collect())
}

fn settled(faults: Vec<String>) {
    let mut by_line: BTreeMap<&str, &String> = BTreeMap::new();
    for f in &faults {
        by_line.entry(f.split(": ").next().unwrap_or(f)).or_insert(f);
    }
    let told: Vec<&str> = by_line.values().map(|f| f.as_str()).collect();
    assert!(faults.is_empty(), "{} faults on {} routes:\n{}", faults.len(), told.len(), told.join("\n"));
}

/// Routes that end a session or a try, or that nobody signs in for.
fn played() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(|r| !matches!(r.who, Who::Anyone) && r.path != "/api/v1/auth/logout")
}

fn asked<'a>(document: &'a Value, rule: &Rule) -> &'a Value {
    &document["paths"][rule.path][method(rule).as_str().to_lowercase()]
}

fn request(caller: &Caller, rule: &Rule, path: &str) -> RequestBuilder {
    let request = caller.request(method(rule), path);
    if rule.verb == Verb::Get { request } else { request.json(&json!({})) }
}

/// One id of every table that has such, and a member of staff whom nobody signs in as.
async fn ids(pool: &PgPool) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.table_name::text from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
          where c.table_schema = current_schema() and column_name = 'id' and data_type = 'uuid' and t.table_type = 'BASE TABLE'
            and c.table_name not in ('staff', 'session', 'api_token') and c.table_name !~ '_[0-9]+$' order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut all = vec!["1".to_owned(), "spare".to_owned()];
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("select id::text from {table} order by 1 desc limit 1"));
        all.extend(sqlx::query_scalar::<_, String>(sql).fetch_optional(pool).await.unwrap());
    }
    all.extend(
        sqlx::query_scalar::<_, String>("select id::text from staff where login = 'spare'")
            .fetch_all(pool)
            .await
            .unwrap(),
    );
    all
}

async fn world(pool: PgPool) -> (TestApp, BTreeMap<&'static str, Caller>) {
    let t = at_work(mapped(pool).await).await.t;
    t.hire("spare", &["field"]).await;
    // somebody else's case, for ids that belong elsewhere
    let other = t.signed_in("other", &["legal", "customer_care"]).await;
    other.open_case().await;
    let mut all = BTreeMap::new();
    for role in Role::ALL {
        let login = format!("play.{}", role.as_str().replace('_', "."));
        all.insert(role.as_str(), t.signed_in(&login, &[role.as_str()]).await);
    }
    (t, all)
}

/// Ids of other things, and of other people's, in every place; every parameter with every text.
#[sqlx::test(migrations = "./migrations")]
async fn no_address_breaks_a_route(pool: PgPool) {
    threaded(pool, |pool| async move {
        let (_t, all) = world(pool.clone()).await;
        let (document, ids) = (diaba::http::openapi(), ids(&pool).await);
        let mut tries = Vec::new();
        for rule in played() {
            let (line, who) = (format!("{:?} {}", rule.verb, rule.path), caller(&all, rule));
            let places = rule.path.matches('{').count();
            let found = ids.iter().flat_map(|id| {
                // the second place belongs to another than the first
                let other = (places > 1).then(|| mixed(rule.path, id, &ids[ids.len() / 2]));
                std::iter::once(address(rule.path, id)).chain(other)
            });
            let paths: Vec<String> = if places == 0 { vec![rule.path.to_owned()] } else { found.collect() };
            tries.extend(
                paths.iter().map(|path| Tried { line: format!("{line}: {path}"), request: request(who, rule, path) }),
            );
            for text in texts() {
                let short: String = text.chars().take(2000).collect();
                let written = percent(&short);
                if places > 0 && !written.is_empty() {
                    let path = address(rule.path, &written);
                    tries.push(Tried {
                        line: format!("{line}: {short:?} in its path"),
                        request: request(who, rule, &path),
                    });
                }
                for p in
                    asked(&document, rule)["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query")
                {
                    let path = format!("{}?{}={written}", address(rule.path, NOWHERE), p["name"].as_str().unwrap());
                    tries.push(Tried {
                        line: format!("{line}: {} = {short:?}", p["name"]),
                        request: request(who, rule, &path),
                    });
                }
            }
            for bytes in ["%ff%fe", "%", "%c0%80", "%00"] {
                let path = format!("{}?limit={bytes}", address(rule.path, bytes));
                tries.push(Tried { line: format!("{line}: {bytes}"), request: request(who, rule, &path) });
            }
        }
        let (counts, faults) = play(tries).await;
        assert!(counts[&422] > 3000 && counts[&200] > 100, "the play reaches the routes: {counts:?}");
        settled(faults);
    })
    .await;
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// The first place of a path filled with one id, the others with another.
fn mixed(path: &str, first: &str, rest: &str) -> String {
    let mut next = Some(first);
    let parts = path.split('/').map(|p| if p.starts_with('{') { next.take().unwrap_or(rest) } else { p });
    parts.collect::<Vec<_>>().join("/")
}

/// Pointers to everything in a value, itself first.
fn places(value: &Value, at: String, out: &mut Vec<String>) {
    out.push(at.clone());
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(k, v)| places(v, format!("{at}/{}", k.replace('~', "~0").replace('/', "~1")), out))
        }
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| places(v, format!("{at}/{i}"), out)),
        _ => {}
    }
}

/// The example of each body with one value in it changed, and bodies that are none.
#[sqlx::test(migrations = "./migrations")]
async fn no_body_breaks_a_route(pool: PgPool) {
    threaded(pool, |pool| async move {
        let (_t, all) = world(pool.clone()).await;
        let (document, ids, values) = (diaba::http::openapi(), ids(&pool).await, values());
        let mut tries = Vec::new();
        for (n, rule) in played().enumerate() {
            let (line, who) = (format!("{:?} {}", rule.verb, rule.path), caller(&all, rule));
            let content = &asked(&document, rule)["requestBody"]["content"]["application/json"];
            if content.is_null() && asked(&document, rule).get("requestBody").is_some() {
                tries.extend(files(who, rule, &at(who, rule, &ids).await, &line));
            }
            if content.is_null() {
                continue;
            }
            let example = match content["schema"]["$ref"].as_str() {
                Some(r) => &document["components"]["schemas"][r.rsplit('/').next().unwrap()]["example"],
                None => &content["example"],
            };
            let mut pointers = Vec::new();
            places(example, String::new(), &mut pointers);
            let path = at(who, rule, &ids).await;
            for (k, pointer) in pointers.iter().enumerate() {
                // every value somewhere, some of them everywhere
                let some = values.iter().enumerate().filter(|(i, _)| pointers.len() < 4 || (i + n + k) % 3 == 0);
                for (_, value) in some {
                    let mut body = example.clone();
                    *body.pointer_mut(pointer).unwrap() = value.clone();
                    let short: String = value.to_string().chars().take(60).collect();
                    let request = who.request(method(rule), &path).json(&body);
                    tries.push(Tried { line: format!("{line}: {pointer} = {short}"), request });
                }
            }
            let raw =
                |text: String| who.request(method(rule), &path).header("content-type", "application/json").body(text);
            let broken = [
                "{\"a\": NaN}",
                "{\"a\": 1e400}",
                "{\"a\": -}",
                "\u{feff}{}",
                "{\"a\":1,\"a\":2}",
                "{\"\u{0}\":1}",
                "nul",
            ];
            tries.extend(broken.map(|b| Tried { line: format!("{line}: {b:?}"), request: raw(b.into()) }));
            tries.push(Tried { line: format!("{line}: deep"), request: raw("[".repeat(20_000)) });
            tries.push(Tried { line: format!("{line}: deep object"), request: raw("{\"a\":".repeat(20_000)) });
            let not_utf8 = who
                .request(method(rule), &path)
                .header("content-type", "application/json")
                .body(b"{\"a\":\"\xff\xfe\"}".to_vec());
            tries.push(Tried { line: format!("{line}: bytes"), request: not_utf8 });
        }
        let (counts, faults) = play(tries).await;
        assert!(counts[&422] > 3000 && counts[&200] > 10, "the play reaches the routes: {counts:?}");
        settled(faults);
    })
    .await;
}

/// Files that are none, and forms that break off.
fn files(who: &Caller, rule: &Rule, path: &str, line: &str) -> Vec<Tried> {
    let form = "multipart/form-data; boundary=x";
    let part =
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"../../a\u{202e}\0.shp\"\r\n\r\nnot a map";
    let ask = "--x\r\ncontent-disposition: form-data; name=\"ask\"\r\n\r\n{\"layer\": 1e999}\r\n--x--\r\n";
    let all = [
        ("application/json", "{}"),
        ("text/plain", ""),
        ("image/png", "\u{89}PNG"),
        ("multipart/form-data", "x"),
        (form, ""),
        (form, "--x--\r\n"),
        (form, "--x\r\n\r\n"),
        (form, part),
        (form, ask),
    ];
    let send = |(media, body): (&str, &str)| {
        let request = who.request(method(rule), path).header("content-type", media.as_bytes()).body(body.to_owned());
        Tried { line: format!("{line}: {media} {body:?}"), request }
    };
    all.into_iter().map(send).collect()
}

/// The address of a route with ids that it knows, when one of them is; else with one it does not know.
async fn at(who: &Caller, rule: &Rule, ids: &[String]) -> String {
    if !rule.path.contains('{') {
        return rule.path.to_owned();
    }
    // what the route says of a thing that is there: anything but that it is not, or that it is no such id
    let there = async |id: &str| {
        let path = address(rule.path, id);
        let sent = who.request(method(rule), &path).json(&json!({"nonsense\u{1}": 1})).send().await.unwrap();
        let status = sent.status().as_u16();
        let said: Value = sent.json().await.unwrap_or_default();
        let of_path = said["errors"].as_array().into_iter().flatten().any(|e| e["found"] == id);
        (status != 404 && !of_path).then_some(path)
    };
    let noun = rule.path.split('/').nth(3).unwrap_or_default();
    let known = who.request(Method::GET, &format!("/api/v1/{noun}")).send().await.unwrap();
    let listed: Value = known.json().await.unwrap_or_default();
    let own = listed["items"][0]["id"].as_str().map(str::to_owned);
    for id in own.iter().chain(ids) {
        if let Some(path) = there(id).await {
            return path;
        }
    }
    address(rule.path, NOWHERE)
}
