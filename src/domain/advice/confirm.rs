//! A signed sheet on newer ground: may the legal department stand by it as it is, or has something come up that it does not say?

use super::{Opt, Sheet, SheetPins};
use crate::domain::verify::{FindingRecord, Message, Record, Verdict};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Form of a confirmation; also the purpose its signature is given for.
pub const CONFIRMED: &str = "diaba.options.confirmation/1";

/// That a sheet says the same on what there is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    pub schema: String,
    pub sheet: Uuid,
    /// Digest of the sheet, hex.
    pub digest: String,
    /// What it holds on from now on.
    pub pins: SheetPins,
    pub by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What has come up since a sheet was made (`was`, on the verification `then`) and what is worked out anew from the same facts
/// (`now`, on `later`). Findings and missing papers that went away are no hindrance: nothing new stands against what was advised.
/// Empty: it may be confirmed.
pub fn new_since(was: &Sheet, then: &Record, now: &Sheet, later: &Record) -> Vec<Message> {
    let mut why = Vec::new();
    if was.pins.parcel != now.pins.parcel {
        why.push(Message::new("sheet-changed-parcel"));
    }
    let stands = |f: &&FindingRecord| !matches!(f.verdict, Verdict::Clear | Verdict::NotApplicable);
    for finding in later.findings.iter().filter(stands) {
        if !then.findings.iter().any(|f| same(f, finding)) {
            let message = Message::new("sheet-changed-finding");
            why.push(message.with("check", &*finding.check).with("subject", finding.subject.as_str()));
        }
    }
    let of = |sheet: &Sheet| was.edits.recommended.as_deref().and_then(|p| sheet.option(p)).cloned();
    match (of(was), of(now)) {
        (Some(was), Some(now)) => why.extend(heavier(&was, &now).into_iter().map(Message::new)),
        _ => why.push(Message::new("sheet-changed-option")),
    }
    why
}

/// `later` says what `then` said, to the word: another bank's mortgage is another finding, and so is another code of a zone. Ages
/// of a source grow by themselves; whether it is too old is the verdict. Details that went away are no hindrance.
fn same(then: &FindingRecord, later: &FindingRecord) -> bool {
    let (a, b) = (then, later);
    (&a.check, &a.subject, a.verdict, a.effect, a.certainty) == (&b.check, &b.subject, b.verdict, b.effect, b.certainty)
        && a.amounts() == b.amounts()
        && a.message.ageless() == b.message.ageless()
        && b.details.iter().all(|new| a.details.iter().any(|old| old.ageless() == new.ageless()))
}

/// In what an option asks more of the customer than it did. What our own cases took does not count.
fn heavier(was: &Opt, now: &Opt) -> Vec<&'static str> {
    let mut why = Vec::new();
    let mut when = |changed: bool, key| {
        if changed {
            why.push(key);
        }
    };
    let papers = |o: &Opt| o.missing.iter().map(|m| m.kind.clone()).collect::<Vec<_>>();
    let days = |o: &Opt| o.days.clone().map(|d| super::Days { ours: None, ..d });
    when(now.feasibility > was.feasibility, "sheet-changed-feasibility");
    when(papers(now).iter().any(|kind| !papers(was).contains(kind)), "sheet-changed-papers");
    when(now.steps != was.steps || days(now) != days(was), "sheet-changed-steps");
    when(now.dues != was.dues || now.total != was.total, "sheet-changed-dues");
    why
}
