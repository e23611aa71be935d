//! From the contract to the end: the authority, taxes, the review, the hand-over, and what follows it.

use super::call::{Call, Then, Who};
use super::customer::{answers, ends};
use super::people::of_role;
use super::react::{due, path, refused, scan};
use super::script::Story;
use super::view::{LineSeen, View};
use serde_json::{Value, json};
use time::{Date, Duration};
use uuid::Uuid;

/// The office that all of the ward's dossiers go to.
pub const AGENCY: &str = "vpdk.an-binh";

/// Size of a scanned page (pixels).
const PAGE: (u32, u32) = (1240, 1754);

fn legal(story: &Story) -> Who {
    of_role("legal", story.index)
}

fn care(story: &Story) -> Who {
    of_role("customer_care", story.index)
}

/// What is done in a case at work, besides its tasks.
pub(super) fn execution(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let bound = view.last("contract_concluded").map_or(today, LineSeen::day);
    if story.fails("thinks again", 0.03) && due(story, "thinks again", bound, 4, 20, today) {
        return vec![ends(story, view, "withdrawn", "the customer sells no more")];
    }
    let mut calls = answers(story, view, today);
    let bare = view.papers.iter().filter(|p| p.kind == "other" && p.scan.is_none());
    calls.extend(bare.map(|p| scan(care(story), view, p.id, PAGE)));
    calls.extend(given_up(story, view, today));
    calls.extend(authority(story, view, today));
    calls.extend(taxes(story, view, today));
    if calls.is_empty() && ready(view) && due(story, "asks for review", view.still_since(), 0, 2, today) {
        calls.push(Call::new(legal(story), "ask-review", path(view, "/ask-review"), json!({})));
    }
    calls
}

/// What the customer never brings is asked for no more after forty days.
fn given_up(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let old =
        view.requests.iter().filter(|r| today >= crate::domain::calendar::day_of(r.created_at) + Duration::days(44));
    let open = old.flat_map(|r| &r.items).filter(|i| i.state == "open");
    let body = json!({"how": "dropped", "reason": "done without it"});
    let drop = |id: Uuid| {
        Call::new(legal(story), "settle", format!("/request-items/{id}/settle"), body.clone()).may(&["item-settled"])
    };
    open.map(|i| drop(i.id)).collect()
}

fn granted(view: &View) -> bool {
    let decided = view.last("agency_decided").filter(|_| view.after("agency_decided", "submitted"));
    decided.is_some_and(|l| l.data.get("granted") == Some(&Value::Bool(true)))
}

fn asked(view: &View) -> bool {
    view.requests.iter().flat_map(|r| &r.items).any(|i| i.state == "open")
}

fn ready(view: &View) -> bool {
    let over = |s: &str| matches!(s, "done" | "cancelled");
    granted(view)
        && view.tasks.iter().all(|t| over(&t.state))
        && !asked(view)
        && view.issues.iter().all(|i| i.resolved_at.is_some() || i.topic == "review_returned")
}

/// Handed in when the task for it is done; again when it was refused.
pub(super) fn submits(story: &Story, view: &View) -> Option<Call> {
    if out(view) || granted(view) {
        return None;
    }
    let receipt = format!("AB-{:05}-{}", story.index, view.count("submitted") + 1);
    let body = json!({"agency": AGENCY, "receipt_number": receipt});
    Some(Call::new(legal(story), "submit", path(view, "/submissions"), body))
}

/// A dossier lies with the authority.
pub(super) fn out(view: &View) -> bool {
    view.count("submitted") > view.count("agency_decided") + view.count("submission_withdrawn")
}

/// The dossier of a case that has ended is taken back, as soon as somebody gets there.
pub(super) fn fetches(story: &Story, view: &View, today: Date) -> Option<Call> {
    let id = view.last("submitted")?.id("submission")?;
    let now = out(view) && due(story, "fetches the dossier", view.still_since(), 3, 20, today);
    let body = json!({"mistake": false, "words": "Khách hàng không làm tiếp; xin rút hồ sơ."});
    now.then(|| Call::new(legal(story), "withdraw", format!("/submissions/{id}/withdrawn"), body))
}

/// What the authority does: it asks for more in some cases, decides in time or late, and refuses some, who try once more.
fn authority(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let Some(last) = view.last("submitted") else { return vec![] };
    let (Some(id), n) = (last.id("submission"), view.count("submitted")) else { return vec![] };
    let act =
        |what: &'static str, rest: &str, body| Call::new(legal(story), what, format!("/submissions/{id}/{rest}"), body);
    if view.after("agency_decided", "submitted") {
        let decided = view.last("agency_decided").map_or(today, LineSeen::day);
        return match granted(view) || !due(story, &format!("again {n}"), decided, 2, 6, today) {
            true => vec![],
            false if n < 2 => submits(story, view).into_iter().collect(),
            false => vec![ends(story, view, "refused", "the authority refused it twice")],
        };
    }
    let wanted = view.last("agency_asked_more").filter(|l| l.seq > last.seq);
    let answered = view.last("agency_answered").filter(|l| l.seq > last.seq);
    let asks = n == 1 && story.chance("agency asks").hit(0.25);
    match (wanted, answered) {
        (Some(on), None) if !asked(view) && due(story, "answers the agency", on.day(), 1, 6, today) => {
            vec![act("answered", "answered", json!({"words": "Đã nộp bổ sung."}))]
        }
        (Some(_), None) => vec![],
        (None, None) if asks => {
            let from = if story.chance("from the customer").hit(0.5) { vec!["origin_papers"] } else { vec![] };
            let body = json!({"words": "Bổ sung hồ sơ theo phiếu yêu cầu.", "from_customer": from});
            let now = due(story, "agency asks", last.day(), 2, 6, today);
            now.then(|| act("asked-more", "asked-more", body)).into_iter().collect()
        }
        _ => {
            let since = answered.unwrap_or(last).day();
            let (from, to) = if story.chance(&format!("agency late {n}")).hit(0.2) { (17, 28) } else { (4, 12) };
            let body = match story.chance(&format!("grants {n}")).hit(0.9) {
                true => json!({"granted": true}),
                false => json!({"granted": false, "words": "Hồ sơ chưa đủ điều kiện giải quyết."}),
            };
            let now = due(story, &format!("decides {n}"), since, from, to, today);
            now.then(|| act("decided", "decided", body)).into_iter().collect()
        }
    }
}

/// Taxes and fees that were noted: a receipt is brought, and all of them are noted as paid with it. One in ten never pays.
pub(super) fn taxes(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let lines = || view.timeline.lines.iter();
    let over = |id: Uuid| {
        let ends = |l: &&LineSeen| matches!(l.kind.as_str(), "obligation_paid" | "obligation_dropped");
        lines().filter(ends).any(|l| l.id("obligation") == Some(id))
    };
    let open: Vec<(&LineSeen, Uuid)> = lines()
        .filter(|l| l.kind == "obligation_noticed")
        .filter_map(|l| Some((l, l.id("obligation")?)))
        .filter(|(_, id)| !over(*id))
        .collect();
    let Some(first) = open.first() else { return vec![] };
    if story.fails("never pays taxes", 0.1) || !due(story, "pays taxes", first.0.day(), 3, 30, today) {
        return vec![];
    }
    let is_slip = |l: &&LineSeen| {
        l.kind == "paper_added" && l.seq > first.0.seq && l.data.get("paper_kind") == Some(&json!("tax_notice"))
    };
    let Some(slip) = lines().find(is_slip).and_then(|l| l.id("paper")) else {
        let body = json!({"kind": "tax_notice", "number": format!("{}/TB", story.index), "issued_on": today, "paid_on": today});
        return vec![Call::new(care(story), "paper", path(view, "/papers"), body)];
    };
    if view.papers.iter().any(|p| p.id == slip && p.scan.is_none()) {
        return vec![scan(care(story), view, slip, PAGE)];
    }
    let pays = |(l, id): &(&LineSeen, Uuid)| {
        let amount = l.data.get("amount").and_then(Value::as_i64).unwrap_or(1_000_000);
        let body = json!({"amount": amount, "paid_on": today, "paper": slip});
        Call::new(care(story), "tax", format!("/obligations/{id}/pay"), body)
    };
    open.iter().map(pays).collect()
}

/// Somebody who did nothing in the case looks it over; after two returns it is given up.
pub(super) fn review(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let since = view.last("review_asked").map_or(today, LineSeen::day);
    if view.count("review_returned") > 1 {
        return vec![ends(story, view, "refused", "the review was not passed")];
    }
    if !due(story, &format!("reviews {}", view.count("review_asked")), since, 0, 2, today) {
        return vec![];
    }
    let eye = of_role("reviewer", story.index);
    let call = Call::new(eye.clone(), "review", path(view, "/reviews"), Value::Null);
    let sends_back = view.count("review_returned") == 0 && story.fails("finds a fault", 0.08);
    let then = if sends_back { Then::SendBack } else { Then::Review };
    vec![call.reading(eye, path(view, "/checklist"), then).may(&["review-moved"])]
}

/// Offered in the office or by a link; taken some days later. A link that has run out is made anew.
pub(super) fn hand_over(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let way = if story.chance("way").hit(0.5) { "online" } else { "office" };
    let offer = || Call::new(care(story), "hand-over", path(view, "/hand-overs"), json!({"way": way}));
    let since = view.last("review_passed").map_or(today, LineSeen::day);
    let more = view.count("review_lapsed") == 0 && story.fails("brings one more paper", 0.05);
    if more && due(story, "brings one more paper", since, 0, 3, today) {
        let body = json!({"kind": "other", "title": "petition"});
        return vec![Call::new(care(story), "paper", path(view, "/papers"), body)];
    }
    let offered = view.last("hand_over_offered").filter(|_| view.after("hand_over_offered", "review_passed"));
    let Some(offered) = offered else {
        return if due(story, "offers results", since, 0, 3, today) { vec![offer()] } else { vec![] };
    };
    let Some(id) = offered.id("handover") else { return vec![] };
    if view.after("hand_over_lapsed", "hand_over_offered") || refused(view, "receive:link-expired", "hand_over_offered")
    {
        return vec![offer()];
    }
    if !due(story, &format!("takes results {}", view.count("hand_over_offered")), offered.day(), 0, 8, today) {
        return vec![];
    }
    if way == "office" {
        return vec![
            Call::new(care(story), "receipt", format!("/hand-overs/{id}/signed"), Value::Null).scan(1240, 1754),
        ];
    }
    let link = format!("/hand-overs/{id}/link?purpose=contact_customer");
    let call = Call::new(Who::Customer, "receive", "/receive".into(), Value::Null);
    vec![call.reading(care(story), link, Then::Receive).may(&["link-expired", "link-used"])]
}

/// Taxes, the survey, the archive, the end.
pub(super) fn after_care(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let handed = view.last("handed_over").map_or(today, LineSeen::day);
    let mut calls = taxes(story, view, today);
    if let Some(sent) = view.last("survey_sent").filter(|_| view.last("survey_answered").is_none())
        && (story.brisk || story.chance("answers the survey").hit(0.6))
        && due(story, "answers the survey", sent.day(), 0, 9, today)
    {
        let ask = path(view, "/survey?purpose=contact_customer");
        let call = Call::new(Who::Customer, "survey", "/survey".into(), Value::Null);
        calls.push(call.reading(care(story), ask, Then::Survey).may(&["survey-answered"]));
    }
    if calls.is_empty() && view.last("archived").is_none() {
        if due(story, "archives", handed, 4, 14, today) {
            calls.push(Call::new(legal(story), "archive", path(view, "/archives"), json!({})));
        }
    } else if calls.is_empty()
        && view.last("survey_sent").is_some_and(|sent| sent.day() < today)
        && due(story, "ends", handed, 18, 40, today)
    {
        calls.push(ends(story, view, "closed", "all was done"));
    }
    calls
}
