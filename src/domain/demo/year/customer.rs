//! What customers do: tell, call back, bring papers at once, late or never, and give up.

use super::call::Call;
use super::people::of_role;
use super::react::{due, path, scan};
use super::script::Story;
use super::view::{ItemSeen, RequestSeen, View};
use crate::domain::calendar::day_of;
use crate::domain::demo::DemoPaper;
use serde_json::{Value, json};
use time::{Date, Duration};

/// What is told at the first call, whole or in part.
pub(super) fn told(story: &Story, complete: bool) -> Value {
    let person = json!({"name": story.name, "phone": story.phone, "id_number": story.id_number});
    let mut all = json!({"channel": story.channel, "need": "Tôi muốn làm giấy tờ cho thửa đất này"});
    let place = json!({"parcel_ref": story.case.asked, "procedures": [story.case.procedure], "wish": story.case.wish,
        "person": person, "consents": [{"what": "processing", "text_version": "2025-09"}]});
    let mut rest = place;
    if story.chance("watch").hit(0.5) {
        rest["consents"].as_array_mut().into_iter().for_each(|c| {
            c.push(json!({"what": "parcel_watch", "text_version": "2025-09"}));
        });
    }
    rest["invite"] = json!(story.chance("invite").hit(0.4));
    if complete {
        merge(&mut all, rest);
    } else {
        // A first call without consent and parcel.
        all["person"] = json!({"name": story.name, "phone": story.phone});
    }
    all
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

/// The rest of an intake that was begun.
pub(super) fn calls_back(story: &Story, view: &View, today: Date) -> Vec<Call> {
    if silent(story) || !due(story, "calls back", view.opened(), 1, 6, today) {
        return vec![];
    }
    let call = Call::new(of_role("customer_care", story.index), "resume", path(view, "/intake"), told(story, true));
    vec![call]
}

/// Not heard of any more: one in twelve of those who did not tell all, and those who never bring what they were asked for.
pub(super) fn gives_up(story: &Story, view: &View, today: Date) -> Option<Call> {
    let long_ago = |day: Date, days: i64| today >= day + Duration::days(days);
    let end = || ends(story, view, "withdrawn", "the customer was not heard of any more");
    match view.step() {
        "intake" if !story.complete && silent(story) && long_ago(view.opened(), 25) => Some(end()),
        "verification" | "advice" => {
            let request = view.requests.last()?;
            let waits = request.items.iter().any(|i| i.state == "open" && never(story, request, i));
            (waits && long_ago(day_of(request.created_at), 55)).then(end)
        }
        _ => None,
    }
}

fn silent(story: &Story) -> bool {
    story.fails("silent", 0.08)
}

pub(super) fn ends(story: &Story, view: &View, ending: &str, reason: &str) -> Call {
    let body = json!({"ending": ending, "reason": reason});
    Call::new(of_role("customer_care", story.index), "close", path(view, "/close"), body)
}

/// The papers that were in the bag, then their scans.
pub(super) fn brings_papers(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let care = || of_role("customer_care", story.index);
    let brought = || story.case.papers.iter().enumerate().filter(|(i, _)| !story.at_home.contains(i));
    if view.papers.is_empty() {
        let since = view.last("intake_completed").map_or(today, |l| l.day());
        if !due(story, "brings papers", since, 0, 3, today) {
            return vec![];
        }
        let one = |(_, p): (usize, &DemoPaper)| {
            let body = serde_json::to_value(&p.paper).unwrap_or_default();
            Call::new(care(), "paper", path(view, "/papers"), body)
        };
        let all: Vec<Call> = brought().map(one).collect();
        // Who comes with empty hands is helped to write the request.
        let form = json!({"kind": "other", "title": "request_form", "issued_on": today});
        return if all.is_empty() { vec![Call::new(care(), "paper", path(view, "/papers"), form)] } else { all };
    }
    let scanned = |p: &super::view::PaperSeen| {
        let size = story.case.papers.iter().find(|d| d.paper.kind() == p.kind).and_then(|d| d.scan)?;
        p.scan.is_none().then(|| scan(care(), view, p.id, size))
    };
    // A machine that takes no picture: some papers are never scanned, and asked for.
    view.papers.iter().filter(|p| p.kind != "other" || p.scan.is_none()).filter_map(scanned).collect()
}

/// One in fifteen things asked for never comes.
fn never(story: &Story, request: &RequestSeen, item: &ItemSeen) -> bool {
    story.fails(&about(request, item), 0.066)
}

fn about(request: &RequestSeen, item: &ItemSeen) -> String {
    format!("item {} {} {}", request.round, item.need, item.paper_kind)
}

/// What was asked for, brought at once by most and late by some.
pub(super) fn answers(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    for request in &view.requests {
        for item in request.items.iter().filter(|i| i.state == "open" && !never(story, request, i)) {
            let what = about(request, item);
            let late = story.chance(&format!("late {what}")).hit(0.18);
            let (from, to) = if late { (14, 40) } else { (1, 9) };
            if due(story, &format!("when {what}"), day_of(request.created_at), from, to, today) {
                calls.push(answer(story, view, item, today));
            }
        }
    }
    calls
}

fn answer(story: &Story, view: &View, item: &ItemSeen, today: Date) -> Call {
    let care = of_role("customer_care", story.index);
    let by_hand = |reason: &str| {
        let body = json!({"how": "met", "reason": reason});
        Call::new(of_role("legal", story.index), "settle", format!("/request-items/{}/settle", item.id), body)
            .may(&["item-settled"])
    };
    let papers = path(view, "/papers");
    match (item.need.as_str(), item.paper_id) {
        ("missing", None) => {
            let own = story.case.papers.iter().find(|p| named(p) == item.paper_kind);
            match own {
                Some(p) => Call::new(care, "paper", papers, serde_json::to_value(&p.paper).unwrap_or_default()),
                None if crate::domain::paper::Paper::KINDS.contains(&item.paper_kind.as_str()) => {
                    by_hand("the original was shown at the office")
                }
                None => {
                    let body = json!({"kind": "other", "title": item.paper_kind, "issued_on": today});
                    Call::new(care, "paper", papers, body)
                }
            }
        }
        ("unreadable", Some(id)) => scan(care, view, id, (1654, 2339)),
        ("boundary", _) => by_hand("the boundary was measured and agreed with the neighbours"),
        _ => by_hand("explained by the customer, noted by the legal department"),
    }
}

fn named(p: &DemoPaper) -> String {
    match &p.paper {
        crate::domain::paper::Paper::Other(o) => o.title.clone().unwrap_or_default(),
        other => other.kind().to_owned(),
    }
}
