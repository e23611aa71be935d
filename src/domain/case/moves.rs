//! Which event moves which step where. What is not an event of a step leaves it as it is.

use super::super::event::{Ending, Event, Happened, Signer};
use super::{Case, Sheet, Step, UnderWay, Why};
use crate::domain::verify::Outcome;
use std::collections::BTreeSet;

pub(super) fn moved(step: Step, case: &Case, event: &Event) -> Result<Step, Why> {
    use Happened as H;
    match &event.what {
        H::Opened { .. } => Err(Why::Beginning),
        H::IntakeSaved { .. } | H::IntakeCompleted {} => intake(step, &event.what),
        H::Verified { outcome, .. } => Ok(verified(step, *outcome)),
        H::OptionSheetDrafted { .. }
        | H::OptionSheetSigned { .. }
        | H::OptionSheetConfirmed { .. }
        | H::OptionSheetOutdated { .. } => advice(step, case, &event.what),
        H::QuotationOffered { .. }
        | H::QuotationAccepted { .. }
        | H::QuotationRefused { .. }
        | H::QuotationWithdrawn { .. }
        | H::QuotationExpired { .. } => quotation(step, case, &event.what),
        H::ContractDrawn { .. }
        | H::SigningCodeMade { .. }
        | H::SignedPaperFiled { .. }
        | H::ContractSigned { .. }
        | H::ContractConcluded { .. }
        | H::ContractRefused { .. }
        | H::ContractExpired { .. } => contract(step, &event.what),
        H::WorkPlanned { .. } | H::Submitted { .. } if !matches!(step, Step::Execution { .. }) => Err(Why::OtherStep),
        H::ReviewAsked {} | H::ReviewReturned { .. } | H::ReviewPassed { .. } | H::ReviewLapsed { .. } => {
            review(step, case, event)
        }
        H::HandOverOffered { .. } | H::HandedOver { .. } | H::HandOverLapsed { .. } => hand_over(step, &event.what),
        H::Archived { .. } | H::SurveySent { .. } if !step.finished() => Err(Why::OtherStep),
        H::PersonalDataErased { .. } if !step.ended() => Err(Why::OtherStep),
        H::Ended { ending, reason } => end(step, *ending, reason),
        _ => Ok(step),
    }
}

fn intake(step: Step, event: &Happened) -> Result<Step, Why> {
    match (step, event) {
        (Step::Intake, Happened::IntakeCompleted {}) => Ok(Step::Verification { outcome: None }),
        (Step::Intake, _) => Ok(Step::Intake),
        _ => Err(Why::OtherStep),
    }
}

/// A verdict moves a case that has not been advised yet; later ones stand beside what was built on the former.
fn verified(step: Step, outcome: Outcome) -> Step {
    let clear = matches!(outcome, Outcome::CanProceed | Outcome::Blocked);
    match step {
        Step::Intake | Step::Verification { .. } if clear => Step::Advice { sheet: None },
        Step::Intake | Step::Verification { .. } => Step::Verification { outcome: Some(outcome) },
        Step::Advice { sheet: None } if !clear => Step::Verification { outcome: Some(outcome) },
        other => other,
    }
}

/// A sheet may be signed as soon as there is a verdict: it is the legal department that decides what a doubtful one means.
fn advice(step: Step, case: &Case, event: &Happened) -> Result<Step, Why> {
    match (step, event) {
        (step @ Step::Intake, _) => Err(if case.verification.is_none() { Why::NotVerified } else { other(&step) }),
        (step, Happened::OptionSheetDrafted { .. }) => Ok(step),
        (
            Step::Verification { .. } | Step::Advice { .. } | Step::Quotation { .. },
            Happened::OptionSheetSigned { sheet, version, .. },
        ) => {
            if case.verification.is_none() {
                return Err(Why::NotVerified);
            }
            Ok(Step::Advice { sheet: Some(Sheet { id: *sheet, version: *version, outdated: false }) })
        }
        (_, Happened::OptionSheetSigned { .. }) => Err(Why::OtherStep),
        (Step::Advice { sheet: Some(held) }, Happened::OptionSheetOutdated { sheet, .. }) if held.id == *sheet => {
            Ok(Step::Advice { sheet: Some(Sheet { outdated: true, ..held }) })
        }
        (Step::Advice { sheet: Some(held) }, Happened::OptionSheetConfirmed { sheet, .. }) if held.id == *sheet => {
            Ok(Step::Advice { sheet: Some(Sheet { outdated: false, ..held }) })
        }
        (step, _) => Ok(step),
    }
}

fn other(_: &Step) -> Why {
    Why::OtherStep
}

fn quotation(step: Step, case: &Case, event: &Happened) -> Result<Step, Why> {
    use Happened as H;
    match (step, event) {
        (
            Step::Advice { sheet: Some(Sheet { outdated: false, .. }) },
            H::QuotationOffered { quotation, version, .. },
        )
        | (Step::Quotation { .. }, H::QuotationOffered { quotation, version, .. }) => {
            Ok(Step::Quotation { quotation: *quotation, version: *version, accepted: false })
        }
        (Step::Advice { sheet: Some(_) }, H::QuotationOffered { .. }) => Err(Why::SheetOutdated),
        (Step::Advice { .. }, H::QuotationOffered { .. }) => Err(Why::NoSheet),
        (
            Step::Quotation { quotation, version, accepted: false },
            H::QuotationAccepted { quotation: q, version: v }
            | H::QuotationRefused { quotation: q, version: v, .. }
            | H::QuotationExpired { quotation: q, version: v },
        ) => {
            if (quotation, version) != (*q, *v) {
                return Err(Why::OtherQuotation);
            }
            Ok(match event {
                H::QuotationAccepted { .. } => Step::Quotation { quotation, version, accepted: true },
                _ => Step::Advice { sheet: case.signed_sheet.clone() },
            })
        }
        (Step::Quotation { quotation, version, .. }, H::QuotationWithdrawn { quotation: q, version: v }) => {
            if (quotation, version) != (*q, *v) {
                return Err(Why::OtherQuotation);
            }
            Ok(Step::Advice { sheet: case.signed_sheet.clone() })
        }
        _ => Err(Why::OtherStep),
    }
}

fn contract(step: Step, event: &Happened) -> Result<Step, Why> {
    use Happened as H;
    match (step, event) {
        (Step::Quotation { accepted: false, .. }, H::ContractDrawn { .. }) => Err(Why::NotAccepted),
        (
            Step::Quotation { quotation, version, .. } | Step::Contract { quotation, version, .. },
            H::ContractDrawn { contract, next, .. },
        ) => Ok(Step::Contract { quotation, version, contract: *contract, signed: BTreeSet::new(), next: *next }),
        (
            Step::Contract { quotation, version, contract, mut signed, next },
            H::SigningCodeMade { contract: c, .. }
            | H::SignedPaperFiled { contract: c, .. }
            | H::ContractSigned { contract: c, .. }
            | H::ContractConcluded { contract: c }
            | H::ContractRefused { contract: c, .. }
            | H::ContractExpired { contract: c },
        ) => {
            if contract != *c {
                return Err(Why::OtherContract);
            }
            match event {
                H::SigningCodeMade { .. } | H::SignedPaperFiled { .. } => {
                    Ok(Step::Contract { quotation, version, contract, signed, next })
                }
                H::ContractSigned { signer, next: then, .. } => {
                    // Several people may sign for the customer; the firm signs once.
                    if !signed.insert(*signer) && *signer == Signer::Firm {
                        return Err(Why::SignedBefore);
                    }
                    // With the last signature nobody is asked: what follows is ours.
                    let next = then.unwrap_or(Signer::Firm);
                    Ok(Step::Contract { quotation, version, contract, signed, next })
                }
                H::ContractConcluded { .. } if signed.len() == 2 => Ok(Step::Execution { contract }),
                H::ContractConcluded { .. } => Err(Why::NotSigned),
                _ => Ok(Step::Quotation { quotation, version, accepted: true }),
            }
        }
        _ => Err(Why::OtherStep),
    }
}

fn review(step: Step, case: &Case, event: &Event) -> Result<Step, Why> {
    use Happened as H;
    match (step, &event.what) {
        (Step::Execution { contract }, H::ReviewAsked {}) => {
            let open = case.under_way();
            if open != UnderWay::default() {
                return Err(Why::WorkOpen(open));
            }
            Ok(Step::Review { contract, asked_by: event.actor.clone() })
        }
        (Step::Review { contract, asked_by }, what @ (H::ReviewReturned { .. } | H::ReviewPassed { .. })) => {
            if event.actor == asked_by || case.hands.contains(&event.actor) {
                return Err(Why::OwnWork);
            }
            match what {
                H::ReviewReturned { .. } => Ok(Step::Execution { contract }),
                _ => Ok(Step::HandOver { contract, reviewed_by: event.actor.clone(), offered: false }),
            }
        }
        (Step::HandOver { contract, .. }, H::ReviewLapsed { .. }) => Ok(Step::Execution { contract }),
        _ => Err(Why::OtherStep),
    }
}

fn hand_over(step: Step, event: &Happened) -> Result<Step, Why> {
    match (step, event) {
        (Step::HandOver { contract, reviewed_by, .. }, Happened::HandOverOffered { .. }) => {
            Ok(Step::HandOver { contract, reviewed_by, offered: true })
        }
        (Step::HandOver { contract, reviewed_by, .. }, Happened::HandOverLapsed { .. }) => {
            Ok(Step::HandOver { contract, reviewed_by, offered: false })
        }
        (Step::HandOver { contract, offered: true, .. }, Happened::HandedOver { .. }) => {
            Ok(Step::AfterCare { contract })
        }
        (Step::HandOver { .. }, Happened::HandedOver { .. }) => Err(Why::NotOffered),
        // What was opened and lost on the way is offered once more.
        (step @ Step::AfterCare { .. }, _) => Ok(step),
        _ => Err(Why::OtherStep),
    }
}

/// Before anything was promised a case may simply be closed; once there is an offer it is withdrawn or refused, or seen
/// through to its after-care.
fn end(step: Step, ending: Ending, reason: &str) -> Result<Step, Why> {
    let (from, reason) = (step.name().to_owned(), reason.to_owned());
    match (ending, step) {
        (Ending::Closed, Step::Intake | Step::Verification { .. } | Step::Advice { .. } | Step::AfterCare { .. }) => {
            Ok(Step::Closed)
        }
        (Ending::Closed, _) => Err(Why::PromiseStands),
        (_, Step::AfterCare { .. }) => Err(Why::OtherStep),
        (Ending::Withdrawn, _) => Ok(Step::Withdrawn { from, reason }),
        (Ending::Refused, _) => Ok(Step::Refused { from, reason }),
    }
}
