//! What somebody asks of the service: one request of its API.

use serde_json::{Value, json};
use uuid::Uuid;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A login of the roster.
    Login(&'static str),
    /// A member of staff as the case names them.
    Staff(Uuid),
    /// The customer, who has no account.
    Customer,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Json(Value),
    /// A page of this many pixels.
    Scan(u32, u32),
}

/// What somebody makes of what they read just before.
#[derive(Debug, Clone, PartialEq)]
pub enum Then {
    /// Of a checklist: pass it, each thing that is not in order accepted with a reason; send it back when that may not be.
    Review,
    /// Of a checklist: send it back for what stands first.
    SendBack,
    /// Of a link's secret: open it.
    Receive,
    /// Of a survey: a score for each step.
    Survey,
    /// Of a package: these values of a task, captured under its lease.
    Batch { task: Uuid, values: Vec<(&'static str, Value)> },
}

/// A POST.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub who: Who,
    /// In a word, for the tally: `intake`, `paper`, `verify`, ...
    pub what: &'static str,
    /// Behind `/api/v1`.
    pub path: String,
    pub body: Body,
    /// Somebody reads an address first, and the body is made of it.
    pub reads: Option<(Who, String, Then)>,
    /// Size of a picture whose SHA-256 stands where the body says [`PHOTO`].
    pub photo: Option<(u32, u32)>,
    /// Put into the queue rather than answered at once.
    pub later: bool,
    /// Codes of refusals that are no fault of the year: things stand so.
    pub may: &'static [&'static str],
}

/// Stands for the SHA-256 of a photo that was sent before.
pub const PHOTO: &str = "@photo";

impl Call {
    pub(super) fn new(who: Who, what: &'static str, path: String, body: Value) -> Self {
        Self { who, what, path, body: Body::Json(body), reads: None, photo: None, later: false, may: &[] }
    }

    pub(super) fn may(self, may: &'static [&'static str]) -> Self {
        Self { may, ..self }
    }

    pub(super) fn scan(self, width: u32, height: u32) -> Self {
        Self { body: Body::Scan(width, height), ..self }
    }

    pub(super) fn reading(self, who: Who, path: String, then: Then) -> Self {
        Self { reads: Some((who, path, then)), ..self }
    }
}

impl Then {
    /// The body that is made of what was read.
    pub fn body(&self, read: &Value) -> Value {
        match self {
            Then::Review => review(read),
            Then::SendBack => {
                let item = json!({"code": read["items"][0]["code"], "reason": "chưa khớp với hồ sơ gốc"});
                json!({"pass": false, "seq": read["seq"], "items": [item]})
            }
            Then::Receive => json!({"token": read["token"], "code": read["code"]}),
            Then::Survey => {
                let steps = read["steps"].as_array().into_iter().flatten().filter_map(Value::as_str);
                let scores: serde_json::Map<String, Value> =
                    steps.map(|s| (s.to_owned(), json!(3 + s.len() % 3))).collect();
                json!({"token": read["token"], "scores": scores})
            }
            Then::Batch { task, values } => batch(read, *task, values),
        }
    }
}

fn review(list: &Value) -> Value {
    let wrong = || list["items"].as_array().into_iter().flatten().filter(|i| i["standing"] == "not_ok");
    let pass = wrong().all(|i| i["must"] == false);
    let items: Vec<Value> =
        wrong().map(|i| json!({"code": i["code"], "reason": "đã xem, ghi nhận tại buổi rà soát"})).collect();
    json!({"pass": pass, "seq": list["seq"], "items": items})
}

fn batch(package: &Value, task: Uuid, values: &[(&'static str, Value)]) -> Value {
    let packed = package["tasks"].as_array().into_iter().flatten().find(|t| t["task"]["id"] == json!(task));
    let lease = packed.map_or(Value::Null, |t| t["lease"]["id"].clone());
    let one = |(n, (field, value)): (usize, &(&'static str, Value))| {
        // Named by the task and the place in the batch: the same whenever it is sent.
        let id = Uuid::from_u128(task.as_u128() ^ (n as u128 + 1));
        json!({"id": id, "lease": lease, "task": task, "field": field, "base": 0, "value": value,
            "captured_at": package["made_at"]})
    };
    json!({"items": values.iter().enumerate().map(one).collect::<Vec<_>>()})
}
