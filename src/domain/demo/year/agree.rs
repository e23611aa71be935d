//! From the signed option sheet to the last instalment: the firm offers, the customer decides, both sign on paper, and it is
//! paid. A sheet that newer maps outdate is confirmed when it says the same, and made anew when not.

use super::call::Call;
use super::customer::ends;
use super::people::of_role;
use super::react::{due, path, refused, verify};
use super::script::Story;
use super::view::{LineSeen, View};
use crate::domain::verify::Outcome;
use serde_json::{Value, json};
use time::Date;

/// Where a case stands with its signed sheet.
pub(super) enum Ground {
    /// It holds, as far as anybody knows.
    Holds,
    /// A new one is due.
    Anew,
    /// Something is to be done first, or waited for.
    First(Vec<Call>),
}

fn seq(view: &View, kind: &str) -> i32 {
    view.last(kind).map_or(0, |l| l.seq)
}

pub(super) fn ground(story: &Story, view: &View, today: Date) -> Ground {
    let Some(signed) = view.last("option_sheet_signed") else { return Ground::Anew };
    let (verified, stood) = (seq(view, "verified"), signed.seq.max(seq(view, "option_sheet_confirmed")));
    if refused(view, "confirm:sheet-changed", "option_sheet_signed") {
        return Ground::Anew;
    }
    let outdated = ["offer", "contract", "signature", "vouch", "confirm"];
    let outdated = outdated.iter().filter_map(|w| view.refused.get(&format!("{w}:sheet-outdated"))).max().copied();
    let outdated = outdated.unwrap_or(-1) >= stood;
    if view.after("verification_requested", "verified") {
        return Ground::First(vec![]);
    }
    match (outdated, verified > stood) {
        (false, false) => Ground::Holds,
        (true, false) => Ground::First(verify(story, view, today)),
        (_, true) if refused(view, "confirm:sheet-outdated", "verified") => Ground::First(verify(story, view, today)),
        (_, true) => {
            let Some(id) = signed.id("sheet") else { return Ground::Anew };
            let call =
                Call::new(of_role("legal", story.index), "confirm", format!("/option-sheets/{id}/confirm"), json!({}));
            Ground::First(vec![call.may(&["sheet-changed", "sheet-outdated"])])
        }
    }
}

fn blocked(view: &View) -> bool {
    view.outcome() == Some(Outcome::Blocked)
}

/// Somebody who wanted no more than advice goes home with it, and so does whose land is blocked; the others get an offer.
pub(super) fn offer(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let Some(signed) = view.last("option_sheet_signed") else { return vec![] };
    let no_more = view.last("quotation_refused").is_some();
    if blocked(view) || no_more || story.fails("only advice", 0.2) {
        let reason = match (blocked(view), no_more) {
            (true, _) => "the land is blocked",
            (_, true) => "the offer was not wanted",
            _ => "advice was all that was wanted",
        };
        let over = due(story, "decides", signed.day(), 1, 9, today);
        return if over { vec![ends(story, view, "closed", reason)] } else { vec![] };
    }
    if !due(story, "offers", signed.day(), 0, 1, today) {
        return vec![];
    }
    let discount = story.chance("discount").int(0, 6) * 100_000;
    let package = match story.case.procedure {
        "split" | "merge" | "change_of_use" => "survey",
        _ => "standard",
    };
    let body = json!({"package": package, "discount": discount, "valid_days": 30});
    vec![sales(story, "offer", path(view, "/quotations"), body).may(&["sheet-outdated"])]
}

fn sales(story: &Story, what: &'static str, path: String, body: Value) -> Call {
    Call::new(of_role("sales", story.index), what, path, body)
}

/// What a customer says of an offer; after a yes, the contract.
pub(super) fn decide(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let Some(offered) = view.last("quotation_offered") else { return vec![] };
    let Some(id) = offered.id("quotation") else { return vec![] };
    if view.after("quotation_accepted", "quotation_offered") {
        return draw(story, view, id);
    }
    if !due(story, "answers the offer", offered.day(), 0, 6, today) {
        return vec![];
    }
    let body = match story.brisk || story.chance("accepts").hit(0.85) {
        true => json!({"accepted": true}),
        false => json!({"accepted": false, "reason": *story.chance("why not").pick(&["price", "time", "other_firm"])}),
    };
    vec![sales(story, "answer", format!("/quotations/{id}/answer"), body)]
}

fn draw(story: &Story, view: &View, quotation: uuid::Uuid) -> Vec<Call> {
    let care = of_role("customer_care", story.index);
    let Some(party) = view.last("party_added").and_then(|l| l.id("party")) else {
        let number = story.id_number.clone().unwrap_or_else(|| "001099000017".to_owned());
        let person =
            json!({"name": story.name, "id_number": number, "phone": story.phone, "address": "Số 1 đường Mẫu"});
        let body = json!({"role": "customer", "person": person});
        return vec![Call::new(care, "party", path(view, "/parties"), body)];
    };
    let body =
        json!({"customers": [party], "representative": "Trần Văn Mẫu", "position": "Giám đốc", "sign_within_days": 14});
    vec![Call::new(care, "contract", format!("/quotations/{quotation}/contract"), body).may(&["sheet-outdated"])]
}

/// The customer comes and signs, then the firm, for whom the legal department compares the page. One in twenty lets the first contract
/// run out.
pub(super) fn sign(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let Some(drawn) = view.last("contract_drawn") else { return vec![] };
    let Some(id) = drawn.id("contract") else { return vec![] };
    let of_this = |l: &&LineSeen| l.kind == "contract_signed" && l.seq > drawn.seq;
    let signed = view.timeline.lines.iter().filter(of_this).count();
    let forgets = view.count("contract_drawn") == 1 && story.fails("forgets to sign", 0.05);
    let about = format!("signs {signed}");
    if forgets || !due(story, &about, drawn.day(), 0, if signed == 0 { 5 } else { 1 }, today) {
        return vec![];
    }
    if let Some(paper) = view.last("signed_paper_filed").filter(|l| l.seq > drawn.seq).and_then(|l| l.id("signature")) {
        let path = format!("/contracts/{id}/signed-papers/{paper}/confirm");
        let confirms = Call::new(of_role("legal", story.index), "vouch", path, json!({}));
        return vec![confirms.may(&["sheet-outdated"])];
    }
    let path = format!("/contracts/{id}/signed-paper?signer={}&from=van-phong", signed + 1);
    vec![sales(story, "signature", path, Value::Null).scan(1240, 1754).may(&["sheet-outdated"])]
}

/// A contract on a sheet that says too little now is taken back.
pub(super) fn take_back(story: &Story, view: &View) -> Vec<Call> {
    let Some(id) = view.last("contract_drawn").and_then(|l| l.id("contract")) else { return vec![] };
    vec![sales(story, "take-back", format!("/contracts/{id}/refuse"), json!({"reason": "outdated"}))]
}

/// What is called for, paid at once by most and late by some; one after the other, as money fills the oldest instalment first.
pub(super) fn pay(story: &Story, view: &View, today: Date) -> Vec<Call> {
    let number = |l: &LineSeen, field: &str| l.data.get(field).and_then(Value::as_i64).unwrap_or_default();
    let lines = || view.timeline.lines.iter();
    let paid = |no: i64| lines().any(|l| l.kind == "payment_received" && number(l, "instalment") == no);
    let one = |l: &LineSeen| {
        let (no, contract) = (number(l, "instalment"), l.id("contract")?);
        let (from, to) = if story.chance(&format!("pays late {no}")).hit(0.15) { (4, 30) } else { (0, 3) };
        due(story, &format!("pays {no}"), l.day(), from, to, today).then(|| {
            let body = json!({"reference": format!("FT-{}-{no}", story.index), "amount": number(l, "amount"),
                "way": "transfer", "paid_on": today});
            let care = of_role("customer_care", story.index);
            Call::new(care, "payment", format!("/contracts/{contract}/payments"), body)
        })
    };
    let open = lines().filter(|l| l.kind == "payment_due" && !paid(number(l, "instalment")));
    open.min_by_key(|l| number(l, "instalment")).and_then(one).into_iter().collect()
}
