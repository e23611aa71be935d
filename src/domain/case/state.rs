//! Where a case stands: a pure fold over its events. A move takes the state and gives the next one, or says why not.

use super::dossier::Dossier;
use super::event::{Channel, Event, Happened, Settled, Signer};
use crate::domain::verify::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The steps of a case, each with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    Intake,
    /// `outcome`: of the latest verification.
    Verification {
        outcome: Option<Outcome>,
    },
    Advice {
        sheet: Option<Sheet>,
    },
    Quotation {
        quotation: Uuid,
        version: u32,
        accepted: bool,
    },
    Contract {
        quotation: Uuid,
        version: u32,
        contract: Uuid,
        signed: BTreeSet<Signer>,
        /// Who is asked to sign now.
        next: Signer,
    },
    Execution {
        contract: Uuid,
    },
    Review {
        contract: Uuid,
        asked_by: String,
    },
    HandOver {
        contract: Uuid,
        reviewed_by: String,
        offered: bool,
    },
    AfterCare {
        contract: Uuid,
    },
    Closed,
    Withdrawn {
        from: String,
        reason: String,
    },
    Refused {
        from: String,
        reason: String,
    },
}

/// A signed option sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub id: Uuid,
    pub version: u32,
    /// A rule or a map it rests on has changed since.
    pub outdated: bool,
}

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    Ours,
    Customer,
    Authority,
    /// The case has ended.
    Nobody,
}

impl Turn {
    pub fn as_str(self) -> &'static str {
        match self {
            Turn::Ours => "ours",
            Turn::Customer => "customer",
            Turn::Authority => "authority",
            Turn::Nobody => "nobody",
        }
    }
}

/// A case as its events have made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The last event in it.
    pub seq: i32,
    #[serde(flatten)]
    pub step: Step,
    pub channel: Channel,
    pub customer: Option<Uuid>,
    /// The latest one.
    pub verification: Option<Uuid>,
    /// The latest one that was signed: what is offered anew after a refusal rests on it.
    #[serde(default)]
    pub signed_sheet: Option<Sheet>,
    /// What we wait for from the customer.
    pub asked: BTreeSet<Uuid>,
    /// How often papers were asked for.
    pub rounds: u32,
    pub tasks: BTreeSet<Uuid>,
    pub issues: BTreeSet<Uuid>,
    /// The procedure the contract is about; none: no work was planned.
    pub procedure: Option<String>,
    /// All that was handed in to authorities.
    pub dossiers: BTreeMap<Uuid, Dossier>,
    /// Taxes and fees not paid yet.
    pub obligations: BTreeSet<Uuid>,
    /// Logins of those who did tasks, verified or advised: none of them reviews.
    pub hands: BTreeSet<String>,
}

/// What somebody still has to finish, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnderWay {
    pub tasks: usize,
    /// Asked for and not there.
    pub papers: usize,
    pub problems: usize,
    /// At authorities, not answered.
    pub dossiers: usize,
}

impl std::fmt::Display for UnderWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { tasks, papers, problems, dossiers } = self;
        write!(
            f,
            "tasks: {tasks}, papers asked for: {papers}, problems: {problems}, dossiers at authorities: {dossiers}"
        )
    }
}

/// An event that cannot happen here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{event} cannot happen in {from}: {why}")]
pub struct NoMove {
    /// The step, or `nothing` before a case is opened.
    pub from: &'static str,
    pub event: String,
    pub why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("a case begins with `opened`, once")]
    Beginning,
    #[error("the events before it are missing")]
    Gap,
    #[error("the case has ended")]
    Ended,
    #[error("it belongs to another step")]
    OtherStep,
    #[error("there is no verification yet")]
    NotVerified,
    #[error("no option sheet in force is signed")]
    NoSheet,
    #[error("the signed option sheet was said to hold no longer: confirm it, or sign a new one")]
    SheetOutdated,
    #[error("it is about another quotation, or another version of it")]
    OtherQuotation,
    #[error("the quotation is not accepted")]
    NotAccepted,
    #[error("it is about another contract")]
    OtherContract,
    #[error("both have not signed")]
    NotSigned,
    #[error("it was signed before")]
    SignedBefore,
    #[error("it is not among what is open")]
    NotOpen,
    #[error("it is open already")]
    OpenAlready,
    #[error("{0}")]
    WorkOpen(UnderWay),
    #[error("nobody reviews their own work")]
    OwnWork,
    #[error("no hand-over is offered that stands")]
    NotOffered,
    #[error("a promise stands: withdraw or refuse it instead")]
    PromiseStands,
}

impl Step {
    /// Stable name, as in the column `state`.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Intake => "intake",
            Step::Verification { .. } => "verification",
            Step::Advice { .. } => "advice",
            Step::Quotation { .. } => "quotation",
            Step::Contract { .. } => "contract",
            Step::Execution { .. } => "execution",
            Step::Review { .. } => "review",
            Step::HandOver { .. } => "hand_over",
            Step::AfterCare { .. } => "after_care",
            Step::Closed => "closed",
            Step::Withdrawn { .. } => "withdrawn",
            Step::Refused { .. } => "refused",
        }
    }

    pub const NAMES: &'static [&'static str] = &[
        "intake",
        "verification",
        "advice",
        "quotation",
        "contract",
        "execution",
        "review",
        "hand_over",
        "after_care",
        "closed",
        "withdrawn",
        "refused",
    ];

    /// What was wanted is with the customer, or will not come.
    pub fn finished(&self) -> bool {
        self.ended() || matches!(self, Step::AfterCare { .. })
    }

    pub fn ended(&self) -> bool {
        matches!(self, Step::Closed | Step::Withdrawn { .. } | Step::Refused { .. })
    }
}

impl Case {
    /// The case that a history tells.
    ///
    /// # Errors
    /// [`NoMove`] of the first event that cannot have happened.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Option<Self>, NoMove> {
        let mut case = None;
        for event in events {
            case = Some(Self::next(case, event)?);
        }
        Ok(case)
    }

    /// The case after one more event; none: before its first.
    ///
    /// # Errors
    /// [`NoMove`]: from where, which event, why not.
    pub fn next(case: Option<Self>, event: &Event) -> Result<Self, NoMove> {
        let from = case.as_ref().map_or("nothing", |c| c.step.name());
        let moved = match case {
            None => Self::open(event),
            Some(case) => case.after(event),
        };
        moved.map_err(|why| NoMove { from, event: event.what.kind(), why })
    }

    fn open(event: &Event) -> Result<Self, Why> {
        let Happened::Opened { channel, .. } = event.what else { return Err(Why::Beginning) };
        if event.seq != 1 {
            return Err(Why::Gap);
        }
        Ok(Self {
            seq: 1,
            step: Step::Intake,
            channel,
            customer: None,
            verification: None,
            signed_sheet: None,
            asked: BTreeSet::new(),
            rounds: 0,
            tasks: BTreeSet::new(),
            issues: BTreeSet::new(),
            procedure: None,
            dossiers: BTreeMap::new(),
            obligations: BTreeSet::new(),
            hands: BTreeSet::new(),
        })
    }

    fn after(mut self, event: &Event) -> Result<Self, Why> {
        if event.seq != self.seq + 1 {
            return Err(Why::Gap);
        }
        if self.step.ended() && !event.what.after_the_end() {
            return Err(Why::Ended);
        }
        self.count(event)?;
        self.step = moved(self.step.clone(), &self, event)?;
        self.seq = event.seq;
        Ok(self)
    }

    /// The contract stands and the work is being done.
    pub fn in_execution(&self) -> bool {
        matches!(self.step, Step::Execution { .. })
    }

    /// Whose move it is.
    pub fn turn(&self) -> Turn {
        match &self.step {
            step if step.ended() => Turn::Nobody,
            Step::Quotation { accepted: false, .. } | Step::HandOver { offered: true, .. } => Turn::Customer,
            Step::Contract { next: Signer::Customer, .. } => Turn::Customer,
            Step::Execution { .. } if self.authority_moves() => Turn::Authority,
            _ if !self.asked.is_empty() => Turn::Customer,
            _ => Turn::Ours,
        }
    }

    fn under_way(&self) -> UnderWay {
        UnderWay {
            tasks: self.tasks.len(),
            papers: self.asked.len(),
            problems: self.issues.len(),
            dossiers: self.dossiers.values().filter(|d| d.open()).count(),
        }
    }

    /// What is open, counted; whatever the step.
    fn count(&mut self, event: &Event) -> Result<(), Why> {
        use Happened as H;
        match &event.what {
            H::CustomerLinked { customer } => self.customer = Some(*customer),
            H::Verified { verification, .. } => self.verification = Some(*verification),
            H::OptionSheetSigned { sheet, version, .. } => {
                self.signed_sheet = Some(Sheet { id: *sheet, version: *version, outdated: false });
            }
            H::OptionSheetConfirmed { sheet, .. } => {
                let held = self.signed_sheet.as_mut().filter(|s| s.id == *sheet);
                held.ok_or(Why::NoSheet)?.outdated = false;
            }
            H::OptionSheetOutdated { sheet, .. } => {
                if let Some(held) = self.signed_sheet.as_mut().filter(|s| s.id == *sheet) {
                    held.outdated = true;
                }
            }
            H::PapersRequested { items, .. } => {
                if items.is_empty() || items.iter().any(|i| self.asked.contains(i)) {
                    return Err(Why::OpenAlready);
                }
                self.asked.extend(items);
                self.rounds += 1;
            }
            H::ItemSettled { item, how: Settled::Met | Settled::Dropped } => gone(&mut self.asked, *item)?,
            H::TaskCreated { task, .. } => new(&mut self.tasks, *task)?,
            H::TaskDone { task, .. } => drop(self.tasks.remove(task)),
            H::TaskCancelled { task, .. } => drop(self.tasks.remove(task)),
            H::IssueRaised { issue, .. } => new(&mut self.issues, *issue)?,
            H::IssueResolved { issue, .. } => gone(&mut self.issues, *issue)?,
            H::WorkPlanned { procedure, .. } => self.procedure = Some(procedure.clone()),
            H::Submitted { .. }
            | H::AgencyAskedMore { .. }
            | H::AgencyAnswered { .. }
            | H::AgencyDecided { .. }
            | H::SubmissionWithdrawn { .. } => self.at_authority(event)?,
            H::ObligationNoticed { obligation, .. } => new(&mut self.obligations, *obligation)?,
            H::ObligationPaid { obligation, .. } | H::ObligationDropped { obligation, .. } => {
                gone(&mut self.obligations, *obligation)?;
            }
            H::ObligationRevised { obligation, .. } if !self.obligations.contains(obligation) => {
                return Err(Why::NotOpen);
            }
            _ => {}
        }
        if event.what.bars_review() {
            self.hands.insert(event.actor.clone());
        }
        Ok(())
    }
}

fn new(set: &mut BTreeSet<Uuid>, id: Uuid) -> Result<(), Why> {
    if set.insert(id) { Ok(()) } else { Err(Why::OpenAlready) }
}

fn gone(set: &mut BTreeSet<Uuid>, id: Uuid) -> Result<(), Why> {
    if set.remove(&id) { Ok(()) } else { Err(Why::NotOpen) }
}

#[path = "moves.rs"]
mod moves;
use moves::moved;

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
