//! A case told in words, in two views: staff see all of it; customers see what happened, why, by whom, what comes next and
//! by when, out of what `audience.rs` shows them.

use super::clock::{Clock, of_submission};
use super::dossier::Dossier;
use super::event::{Event, Happened, Signer};
use super::state::{Case, Step, Turn};
use crate::domain::calendar::day_of;
use crate::domain::money::Dong;
use crate::domain::rule::Standing;
use crate::domain::verify::text::{self, Lang};
use crate::domain::verify::{Message, Quantity};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    Staff,
    Customer,
}

/// Who did something, as a customer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doer {
    Customer,
    Authority,
    Firm,
    System,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    pub seq: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub kind: String,
    pub what: String,
    pub why: Option<String>,
    /// In words; staff see the login.
    pub who: String,
    pub next: Option<String>,
    /// Day in Viet Nam.
    pub by: Option<Date>,
    /// The data of the event this view may see.
    pub data: Map<String, Value>,
}

/// Where the case stands now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Now {
    pub step: &'static str,
    pub step_text: String,
    pub turn: Turn,
    pub turn_text: String,
    /// What happens next.
    pub next: String,
    pub by: Option<Date>,
}

/// Names of agencies by their codes, logins of staff by their ids. Who has no name here is called by the code or id.
pub type Names = BTreeMap<String, String>;

/// Whether an event's value under this name is an agency's code or a colleague's id.
fn is_somebody(name: &str) -> bool {
    matches!(name, "agency" | "assignee" | "owner")
}

/// Codes and ids that the lines of `events` need [`Names`] for.
pub fn mentioned<'e>(events: impl IntoIterator<Item = &'e Event>) -> BTreeSet<String> {
    let data = events.into_iter().filter_map(|e| e.what.parts().ok());
    let told = data.flat_map(|(_, data)| data.as_object().cloned().unwrap_or_default());
    let somebody = told.filter(|(name, _)| is_somebody(name));
    somebody.filter_map(|(_, who)| who.as_str().map(str::to_owned)).collect()
}

/// The line of an event; none: this view does not see it.
pub fn line(event: &Event, names: &Names, view: View, lang: Lang) -> Option<Line> {
    let (kind, data) = event.what.parts().ok()?;
    let data = match view {
        View::Customer => event.what.customer_view()?.0,
        View::Staff => data.as_object().cloned().unwrap_or_default(),
    };
    let message = said(&kind, &data, names, lang);
    let who = match view {
        View::Staff => event.actor.clone(),
        View::Customer => text::word(lang, who_key(doer(event))),
    };
    Some(Line {
        seq: event.seq,
        at: event.at,
        what: text::message(lang, &message),
        why: text::attribute(lang, &message, "why"),
        who,
        next: text::attribute(lang, &message, "next").filter(|t| !t.is_empty() && !left_alone(&event.what)),
        by: by_when(&event.what),
        kind,
        data,
    })
}

/// A dossier came back and nobody has to see to it: its case has ended, or another one lies there.
fn left_alone(what: &Happened) -> bool {
    matches!(what, Happened::SubmissionWithdrawn { next_by: None, .. })
}

/// What is told of the case as it stands after `events`, by its clocks.
pub fn now(case: &Case, events: &[Event], clocks: &[Clock], lang: Lang) -> Now {
    let (step, turn) = (case.step.name(), case.turn());
    let next = match came_back(case, events) {
        _ if case.step.ended() => "now-ended".to_owned(),
        Some(_) if turn == Turn::Ours => format!("now-{step}-back"),
        _ => format!("now-{step}-{}", turn.as_str()),
    };
    Now {
        step,
        step_text: text::word(lang, &format!("step-{step}")),
        turn,
        turn_text: text::word(lang, &format!("turn-{}", turn.as_str())),
        next: text::word(lang, &next),
        by: awaited(case, events, clocks),
    }
}

/// An authority has refused, or a dossier was taken back, and it is not settled: the day by which somebody sees to it.
fn came_back(case: &Case, events: &[Event]) -> Option<Date> {
    use Happened as H;
    let back = |e: &Event| match &e.what {
        H::AgencyDecided { issue: Some(issue), next_by, .. }
        | H::SubmissionWithdrawn { issue: Some(issue), next_by, .. }
            if case.in_execution() && case.issues.contains(issue) =>
        {
            *next_by
        }
        _ => None,
    };
    events.iter().rev().find_map(back)
}

/// The day by which what is waited for now was asked or promised; of an authority, the end of its term as its clock runs now.
fn awaited(case: &Case, events: &[Event], clocks: &[Clock]) -> Option<Date> {
    use Happened as H;
    // When we ask after a dossier that has no term is our own habit, and nobody's promise.
    let term = |id: &Uuid| {
        let clock = clocks.iter().find(|c| c.id == of_submission(*id) && c.standing != Standing::House)?;
        clock.deadline
    };
    let of_step = |e: &Event| match (&case.step, &e.what) {
        (Step::Quotation { .. }, H::QuotationOffered { valid_to, .. }) => Some(*valid_to),
        (Step::Contract { .. }, H::ContractDrawn { sign_by, .. }) => Some(*sign_by),
        (Step::Execution { .. }, H::Submitted { submission, .. })
            if case.dossiers.get(submission).is_some_and(Dossier::at_work) =>
        {
            term(submission)
        }
        (_, H::PapersRequested { items, due, .. }) if items.iter().any(|i| case.asked.contains(i)) => Some(*due),
        _ => None,
    };
    events.iter().rev().find_map(of_step).or_else(|| came_back(case, events))
}

/// The day an event speaks of.
pub fn by_when(what: &Happened) -> Option<Date> {
    use Happened as H;
    match what {
        H::PapersRequested { due, .. }
        | H::PaymentDue { due, .. }
        | H::PaymentOverdue { due, .. }
        | H::TaskCreated { due, .. }
        | H::IssueRaised { due, .. } => Some(*due),
        H::AgencyDecided { next_by, .. } | H::SubmissionWithdrawn { next_by, .. } => *next_by,
        H::Submitted { due, .. }
        | H::ObligationNoticed { due, .. }
        | H::ObligationRevised { due, .. }
        | H::ObligationReminded { due, .. } => *due,
        H::QuotationOffered { valid_to, .. } => Some(*valid_to),
        H::ContractDrawn { sign_by, .. } => Some(*sign_by),
        H::DeadlineWarned { deadline, .. } | H::DeadlineEscalated { deadline, .. } => Some(*deadline),
        H::AppointmentMade { starts, .. } | H::AppointmentMoved { starts, .. } => Some(day_of(*starts)),
        _ => None,
    }
}

/// Who did it.
pub fn doer(event: &Event) -> Doer {
    use Happened as H;
    match &event.what {
        H::ConsentGiven { .. }
        | H::ConsentWithdrawn { .. }
        | H::PaperAdded { .. }
        | H::QuotationAccepted { .. }
        | H::QuotationRefused { .. }
        | H::ContractRefused { .. }
        | H::PaymentReceived { .. }
        | H::OverpaymentReceived { .. }
        | H::ObligationPaid { .. }
        | H::SurveyAnswered { .. }
        | H::ContractSigned { signer: Signer::Customer, .. } => Doer::Customer,
        H::AgencyAskedMore { .. } | H::AgencyDecided { .. } => Doer::Authority,
        _ if event.actor.starts_with("system:") => Doer::System,
        _ => Doer::Firm,
    }
}

fn who_key(doer: Doer) -> &'static str {
    match doer {
        Doer::Customer => "who-customer",
        Doer::Authority => "who-authority",
        Doer::Firm => "who-firm",
        Doer::System => "who-system",
    }
}

fn said(kind: &str, data: &Map<String, Value>, names: &Names, lang: Lang) -> Message {
    let mut message = Message::new(format!("event-{kind}"));
    for (name, value) in data {
        let (name, key) = (name.as_str(), name.clone());
        message = match value {
            Value::Number(n) if matches!(name, "total" | "amount") => {
                message.with(key, text::dong(lang, Dong(n.as_i64().unwrap_or_default())))
            }
            Value::Null if name == "due" => message.with(key, "none"),
            Value::String(s) if name == "role" && s.starts_with("staff:") => message.with(key, "assignee"),
            Value::String(s) if name == "clock" => message.with(key, clock_name(s, lang)),
            Value::Null if name == "amount" => message.with(key, text::word(lang, "amount-not-known")),
            Value::Number(n) => message.with(key, n.as_f64().unwrap_or_default()),
            Value::Bool(yes) => message.with(key, if *yes { "yes" } else { "no" }),
            Value::String(s) if name == "what" && kind.starts_with("obligation_") => {
                message.with(key, text::word(lang, &format!("obligation-{s}")))
            }
            Value::String(s) if name == "what" && kind.starts_with("consent_") => {
                message.with("code", s.as_str()).with(key, text::word(lang, &format!("consent-{s}")))
            }
            Value::String(s) if is_somebody(name) => message.with(key, names.get(s).unwrap_or(s).as_str()),
            Value::String(s) if kind == "watch_hit" => message.with(key, watched(name, s, lang)),
            Value::String(s) if name == "paper_kind" => message.with("kind", s.as_str()),
            Value::String(s) if name == "task_kind" => message.with(key, text::task(lang, s)),
            Value::String(s) => message.with(key, moment(s, lang).unwrap_or_else(|| s.clone())),
            Value::Array(list) if name == "procedures" && list.is_empty() => {
                message.with(key, text::word(lang, "procedures-open"))
            }
            Value::Array(list) => message.with(key, listed(name, list, lang)),
            _ => message,
        };
    }
    message
}

/// What a watch tells, in words.
fn watched(name: &str, s: &str, lang: Lang) -> String {
    match (name, s) {
        ("topic", "parcel") => text::word(lang, "watch-parcel"),
        ("topic", check) => text::title(lang, check),
        ("source", "rules") => text::word(lang, "watch-rules"),
        // Its code is the firm's own name for it.
        ("source", _) => text::word(lang, "watch-map"),
        ("was" | "now", state) => watch_state(state, lang),
        _ => s.to_owned(),
    }
}

/// `hit:42.5:square_metre` and the like.
fn watch_state(state: &str, lang: Lang) -> String {
    let mut parts = state.splitn(3, ':');
    let (word, value, unit) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if let ("parcel", Some(names)) = (word, value) {
        return names.to_owned();
    }
    let said = text::word(lang, &format!("watch-{word}"));
    let unit = unit.and_then(|u| serde_json::from_value(Value::String(u.to_owned())).ok());
    match (value.and_then(|v| v.parse().ok()), unit) {
        (Some(v), Some(unit)) => format!("{said} ({})", text::quantity(lang, &Quantity::new(v, unit))),
        _ => said,
    }
}

/// Which clock it is, by its id.
pub fn clock_name(id: &str, lang: Lang) -> String {
    match id.split_once('.') {
        Some(("step", step)) => {
            let name = text::word(lang, &format!("step-{step}"));
            text::message(lang, &Message::new("clock-step").with("name", name))
        }
        Some(("submission" | "promised", _)) => text::word(lang, "clock-authority"),
        Some(("task", _)) => text::word(lang, "clock-task"),
        Some(("issue", _)) => text::word(lang, "clock-issue"),
        _ => id.to_owned(),
    }
}

fn listed(name: &str, list: &[Value], lang: Lang) -> String {
    let one = |v: &Value| {
        let code = v.as_str().unwrap_or_default();
        match name {
            "procedures" => text::procedure(lang, code),
            "missing" => text::word(lang, &format!("missing-{code}")),
            "faults" => text::word(lang, &format!("review-{code}")),
            _ => code.to_owned(),
        }
    };
    list.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A day or an instant as the language writes it, instants in the time of Viet Nam.
fn moment(s: &str, lang: Lang) -> Option<String> {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    if let Ok(day) = Date::parse(s, form) {
        return Some(text::date(lang, day));
    }
    OffsetDateTime::parse(s, &Rfc3339).ok().map(|at| text::moment(lang, at))
}

#[cfg(test)]
#[path = "timeline_tests.rs"]
mod tests;
