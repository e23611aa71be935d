//! The examples of the OpenAPI document that are told as answers of the demo ward: each still has the shape of what it answers.
//! `DIABA_SHOW_EXAMPLES=FILE` writes them anew.

use crate::batch::demo_ward;
use crate::test_app::{Answer, Caller, TestApp};
use crate::ward::threaded;
use diaba::worker::{drain, registry};
use reqwest::Method;
use serde_json::{Map, Value, json};
use sqlx::PgPool;

/// Lists are shown by their first two; a ring is left whole.
fn short(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            map.into_iter().map(|(k, v)| if k == "coordinates" { (k, v) } else { (k, short(v)) }).collect()
        }
        Value::Array(list) => list.into_iter().take(2).map(short).collect(),
        other => other,
    }
}

fn good(answer: &Answer) -> Value {
    assert!(answer.status.is_success(), "{}", answer.text);
    answer.body.clone()
}

async fn shown(caller: &Caller, path: &str, media: &str) -> Value {
    good(&caller.send(caller.request(Method::GET, path).header("accept", media)).await)
}

/// A record with one finding that is a hit with its place, and one that is clear.
fn telling(mut record: Value) -> Value {
    let all = record["findings"].as_array().cloned().unwrap_or_default();
    let drawn = |f: &&Value| f["verdict"] == "hit" && f["evidence"].as_array().is_some_and(|e| !e.is_empty());
    let hit = all.iter().find(|f| drawn(f) && f["check"].as_str().unwrap().starts_with("planning."));
    let clear = all.iter().find(|f| f["verdict"] == "clear" && f["check"] == "parcel.area");
    record["findings"] = hit.into_iter().chain(clear).cloned().collect();
    record
}

/// What the demo ward answers now, under the names of `src/http/examples/demo.json`.
async fn answers(t: &TestApp) -> Map<String, Value> {
    demo_ward(t, 400).await;
    let roles = ["legal", "customer_care", "reviewer", "manager", "gis_analyst"];
    let lan = t.signed_in("lan.nguyen", &roles).await;
    let cases = shown(&lan, "/api/v1/cases?state=verification", "application/json").await;
    let case = cases["items"].as_array().unwrap().iter().find(|c| c["parcel_id"].is_string()).unwrap().clone();
    let at = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
    let mut verified = good(&lan.post(&format!("{at}/verifications"), json!({})).await);
    let verification = format!("/api/v1/verifications/{}", verified["id"].as_str().unwrap());
    let mut full = shown(&lan, &format!("{verification}?purpose=verify"), "application/json").await;
    let verifications = shown(&lan, &format!("{at}/verifications"), "application/json").await;
    let papers = shown(&lan, &format!("{at}/papers"), "application/json").await;
    let parcel = case["parcel_id"].as_str().unwrap();
    let view = shown(&lan, &format!("/api/v1/parcels/{parcel}"), "application/json").await;
    let drawn = shown(&lan, &format!("/api/v1/parcels/{parcel}"), "application/geo+json").await;
    let found =
        shown(&lan, &format!("/api/v1/parcels?ref={}", view["key"].as_str().unwrap()), "application/json").await;
    let mut inspected = shown(&lan, &format!("/api/v1/parcels/{parcel}/inspection"), "application/json").await;
    let history = shown(&lan, &format!("/api/v1/parcels/{parcel}/history"), "application/json").await;
    let run = good(&lan.post("/api/v1/verification-runs", json!({"commune": view["commune_code"]})).await);
    drain(&t.app, registry().unwrap()).await.unwrap();
    let run = format!("/api/v1/verification-runs/{}", run["id"].as_str().unwrap());
    let told =
        shown(&lan, &format!("{run}/findings?check=planning.road_corridor&verdict=hit"), "application/json").await;
    let done = shown(&lan, &run, "application/json").await;
    let refused = lan.post(&format!("{at}/parcel"), json!({"parcel": parcel, "reason": "so"})).await;
    assert_eq!(refused.refused(), ["reason: length"]);
    for whole in [&mut verified, &mut full] {
        whole["record"] = telling(whole["record"].take());
    }
    inspected = telling(inspected);
    let found_items = json!([found["items"][0]]);
    let found = json!({"items": found_items, "reference": found["reference"]});
    let all = json!({
        "CaseView": case, "Verified": verified, "VerificationFull": full, "VerificationView": verifications["items"][0],
        "PaperView": papers[0], "ParcelView": view, "Found": found, "History": history,
        "FindingView": told["items"][0], "RunView": done, "Problem": refused.body, "FieldProblem": refused.body["errors"][0],
        "get /api/v1/parcels/{id}/inspection application/json": inspected,
        "get /api/v1/parcels/{id} application/geo+json": drawn,
    });
    short(all).as_object().unwrap().clone()
}

/// The faults of an example beside what is answered: other names, other kinds of values.
fn strange(at: &str, example: &Value, answer: &Value, out: &mut Vec<String>) {
    match (example, answer) {
        (Value::Null, _) | (_, Value::Null) => {}
        (Value::Object(e), Value::Object(a)) => {
            // arguments of messages, attributes and places of a map go by their subject
            let open = ["args", "attrs", "wish", "selection", "properties"].iter().any(|k| at.ends_with(k));
            for (name, value) in e {
                match a.get(name) {
                    Some(answer) => strange(&format!("{at}.{name}"), value, answer, out),
                    None if open || a.is_empty() => {}
                    None => out.push(format!("{at}.{name} is not answered")),
                }
            }
        }
        (Value::Array(e), Value::Array(a)) => {
            if let (Some(e), Some(a)) = (e.first(), a.first()) {
                strange(&format!("{at}[]"), e, a, out);
            }
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => {}
        (e, a) => out.push(format!("{at}: {e} in place of {a}")),
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn examples_have_the_shape_of_answers(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data_and(pool.clone(), |c| c.limits.chunk_parcels = 200).await;
        let answers = answers(&t).await;
        if let Ok(file) = show() {
            std::fs::write(file, serde_json::to_string_pretty(&answers).unwrap() + "\n").unwrap();
        }
        let document = diaba::http::openapi();
        let mut faults = Vec::new();
        for (name, answer) in &answers {
            let words: Vec<&str> = name.split(' ').collect();
            let example = match words[..] {
                [verb, path, media] => &document["paths"][path][verb]["responses"]["200"]["content"][media]["example"],
                _ => &document["components"]["schemas"][name]["example"],
            };
            assert!(example.as_object().is_some_and(|e| !e.is_empty()), "{name}");
            strange(name, example, answer, &mut faults);
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    })
    .await;
}

#[allow(clippy::disallowed_methods, reason = "a file to take examples from")]
fn show() -> Result<String, std::env::VarError> {
    std::env::var("DIABA_SHOW_EXAMPLES")
}
