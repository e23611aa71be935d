//! What happens next in a matter, out of what its screen shows today. Whoever's turn it is acts when their time has come;
//! until then nothing is done, however often one looks.

use super::agree::{self, Ground};
use super::call::{Call, Who};
use super::carry;
use super::customer;
use super::people::of_role;
use super::script::Story;
use super::tasks;
use super::view::View;
use crate::domain::verify::Outcome;
use serde_json::{Value, json};
use time::{Date, Duration};
use uuid::Uuid;

/// What a customer tells first.
pub fn arrive(story: &Story) -> Call {
    let body = customer::told(story, story.complete);
    Call::new(of_role("customer_care", story.index), "intake", "/intakes".into(), body)
}

/// The case has ended, and no authority has its papers: nobody has to look at it any more.
pub fn over(view: &View) -> bool {
    ended(view) && !carry::out(view)
}

fn ended(view: &View) -> bool {
    matches!(view.step(), "closed" | "withdrawn" | "refused")
}

/// What is done in a case today, in this order.
pub fn react(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let step = view.step();
    if ended(view) {
        return carry::fetches(story, view, today).into_iter().collect();
    }
    if let Some(end) = customer::gives_up(story, view, today) {
        return vec![end];
    }
    let mut calls = tasks::work(story, view, today);
    calls.extend(tasks::issues(story, view, today));
    match step {
        "intake" => calls.extend(customer::calls_back(story, view, today)),
        "verification" | "advice" => calls.extend(towards_advice(story, view, today)),
        "quotation" | "contract" => calls.extend(towards_contract(story, view, today)),
        // What is done in it now frees what is looked at next.
        "execution" if calls.is_empty() => calls.extend(carry::execution(story, view, today)),
        "review" => calls.extend(carry::review(story, view, today)),
        "hand_over" => calls.extend(carry::hand_over(story, view, today)),
        "after_care" => calls.extend(carry::after_care(story, view, today)),
        _ => {}
    }
    calls.extend(agree::pay(story, view, today));
    calls
}

/// An offer is answered and a contract signed on a sheet that holds; one that does not is made anew first.
fn towards_contract(story: &Story, view: &View, today: Date) -> Vec<Call> {
    match agree::ground(story, view, today) {
        Ground::First(calls) => calls,
        Ground::Anew if view.step() == "contract" => agree::take_back(story, view),
        Ground::Anew => sheet(story, view, today),
        Ground::Holds if view.step() == "contract" => agree::sign(story, view, today),
        Ground::Holds => agree::decide(story, view, today),
    }
}

pub(super) fn path(view: &View, rest: &str) -> String {
    format!("/cases/{}{rest}", view.timeline.case_id)
}

/// A page of this many pixels becomes the scan of a paper.
pub(super) fn scan(who: Who, view: &View, paper: Uuid, (width, height): (u32, u32)) -> Call {
    Call::new(who, "scan", path(view, &format!("/papers/{paper}/scan")), Value::Null).scan(width, height)
}

/// Time has passed since a day: some days, drawn once for each thing.
pub(super) fn due(story: &Story, about: &str, since: Date, from: i64, to: i64, today: Date) -> bool {
    let days = story.chance(about).int(from, to + 1);
    today >= since + Duration::days(if story.brisk { 0 } else { days })
}

fn towards_advice(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let first = customer::brings_papers(story, view, today);
    if !first.is_empty() || view.papers.is_empty() {
        return first;
    }
    let answers = customer::answers(story, view, today);
    let asked = view.requests.iter().flat_map(|r| &r.items).any(|i| i.state == "open");
    if asked {
        return answers;
    }
    if view.after("verification_requested", "verified") {
        return vec![];
    }
    let signed = view.last("option_sheet_signed").is_some();
    let news = !signed && (view.after("paper_added", "verified") || view.after("item_settled", "verified"));
    if view.last("verified").is_none() || news || refused(view, "sign:sheet-outdated", "verified") {
        return verify(story, view, today);
    }
    let rounds = view.requests.len();
    let more = rounds == 0 || rounds == 1 && story.chance("second round").hit(0.4);
    let lacking = matches!(view.outcome(), Some(Outcome::NeedsPapers | Outcome::NeedsPerson));
    if lacking && more && !signed && !refused(view, "ask:nothing-to-ask", "verified") {
        return ask(story, view);
    }
    match agree::ground(story, view, today) {
        Ground::First(calls) => calls,
        Ground::Anew => sheet(story, view, today),
        Ground::Holds => agree::offer(story, view, today),
    }
}

/// Refused since the last line of a kind.
pub(super) fn refused(view: &View, what: &str, since: &str) -> bool {
    view.refused.get(what).is_some_and(|seq| *seq >= view.last(since).map_or(0, |l| l.seq))
}

pub(super) fn verify(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let since = view.still_since();
    let about = format!("verify {}", view.count("verified"));
    // What a newer map has overtaken is looked at again, drafted and signed on one day.
    if view.last("option_sheet_drafted").is_none() && !due(story, &about, since, 0, 2, today) {
        return vec![];
    }
    let call = Call::new(of_role("legal", story.index), "verify", path(view, "/verifications"), json!({}));
    vec![Call { later: true, ..call }]
}

fn ask(story: &Story, view: &View) -> Vec<Call> {
    let days = story.chance("days to answer").int(5, 16);
    let path = path(view, "/paper-requests");
    let call = Call::new(of_role("legal", story.index), "ask", path, json!({"working_days": days}));
    vec![call.may(&["nothing-to-ask"])]
}

/// Drafted on one day, signed on this or a later one.
fn sheet(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let legal = || of_role("legal", story.index);
    let versions = view.count("option_sheet_drafted");
    let drafted = view.after("option_sheet_drafted", "verified").then(|| view.last("option_sheet_drafted")).flatten();
    match drafted.and_then(|l| Some((l.day(), l.id("sheet")?))) {
        None if versions > 0 || due(story, "draft", view.still_since(), 0, 4, today) => {
            vec![Call::new(legal(), "draft", path(view, "/option-sheets"), facts(story))]
        }
        Some((day, id)) if versions > 1 || due(story, "sign", day, 0, 1, today) => {
            let call = Call::new(legal(), "sign", format!("/option-sheets/{id}/sign"), json!({}));
            vec![call.may(&["sheet-outdated"])]
        }
        _ => vec![],
    }
}

fn facts(story: &Story) -> Value {
    let mut chance = story.chance("price");
    let price = chance.int(300, 4_000) * 1_000_000;
    json!({
        "facts": {"land_price": chance.int(2, 30) * 1_000_000, "land_price_source": "bảng giá thử", "agreed_price": price,
                  "kinship": "other", "only_home": chance.hit(0.3), "object": "land"},
        "edits": {"recommended": story.case.procedure, "remark": "Làm theo thứ tự."},
    })
}
