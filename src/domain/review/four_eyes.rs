//! Nobody reviews their own work: what somebody did in a case, out of its events.

use crate::domain::case::{Event, Happened};
use crate::domain::verify::Message;
use serde::Serialize;
use time::Date;

/// One thing somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Work {
    /// Of the event.
    pub seq: i32,
    /// Kind of the event.
    pub what: String,
    /// Kind of the task, when it was one.
    pub task_kind: Option<String>,
}

impl Work {
    /// In words.
    pub fn said(&self) -> Message {
        let seq = f64::from(self.seq);
        match (self.what.as_str(), &self.task_kind) {
            (_, Some(kind)) => Message::new("work-task").with("task", kind.as_str()).with("seq", seq),
            ("verified", _) => Message::new("work-verified").with("seq", seq),
            ("review_asked", _) => Message::new("work-review-asked").with("seq", seq),
            _ => Message::new("work-advised").with("seq", seq),
        }
    }
}

impl Happened {
    /// Who did this does not review the case: a task, a verification, advice, or asking for the review.
    pub fn bars_review(&self) -> bool {
        use Happened as H;
        matches!(
            self,
            H::Verified { .. }
                | H::OptionSheetDrafted { .. }
                | H::OptionSheetSigned { .. }
                | H::OptionSheetConfirmed { .. }
                | H::TaskDone { .. }
        )
    }
}

impl Happened {
    /// The day until which what it asks for may take.
    pub fn to_be_done_by(&self) -> Option<Date> {
        match self {
            Happened::PapersRequested { due, .. } | Happened::IssueRaised { due, .. } => Some(*due),
            _ => None,
        }
    }

    /// What was reviewed is another now: a review that was passed before this holds no longer.
    pub fn unsettles_review(&self) -> bool {
        use Happened as H;
        matches!(
            self,
            H::PartyAdded { .. }
                | H::ParcelBound { .. }
                | H::PaperAdded { .. }
                | H::PapersRequested { .. }
                | H::Verified { .. }
                | H::FieldWorkReturned { .. }
                | H::ConflictSettled { .. }
                | H::IssueRaised { .. }
                | H::PaymentReversed { .. }
        )
    }
}

/// What bars `login` from reviewing; empty: nothing.
pub fn own_work(events: &[Event], login: &str) -> Vec<Work> {
    let last_asked = events.iter().rposition(|e| matches!(e.what, Happened::ReviewAsked {}));
    let barred = |i: usize, e: &Event| e.what.bars_review() || Some(i) == last_asked;
    let own = events.iter().enumerate().filter(|(i, e)| e.actor == login && barred(*i, e));
    own.map(|(_, e)| Work {
        seq: e.seq,
        what: e.what.kind(),
        task_kind: match &e.what {
            Happened::TaskDone { task_kind, .. } => Some(task_kind.clone()),
            _ => None,
        },
    })
    .collect()
}
