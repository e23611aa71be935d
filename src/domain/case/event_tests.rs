use super::*;
use crate::domain::case::Owed;
use time::macros::{date, datetime};

/// One of each kind.
pub(crate) fn samples(id: Uuid) -> Vec<Happened> {
    use Happened as H;
    let (due, starts, kind) = (date!(2026 - 12 - 01), datetime!(2026-12-01 02:00 UTC), || "survey_boundary".to_owned());
    let word = || "word".to_owned();
    let what = || "registration_fee".to_owned();
    vec![
        H::Opened { channel: Channel::Hotline, procedures: vec!["transfer".into()] },
        H::CustomerLinked { customer: id },
        H::ConsentGiven { consent: id, what: "processing".into() },
        H::ConsentWithdrawn { consent: id, what: "processing".into() },
        H::AccountInvited { invitation: id },
        H::IntakeSaved { missing: vec!["phone".into()] },
        H::IntakeCompleted {},
        H::PartyAdded { party: id, role: "holder".into() },
        H::PaperAdded { paper: id, version: 1, paper_kind: "certificate".into(), complete: true },
        H::ParcelBound { parcel: id, name: "20194/12/345".into() },
        H::VerificationRequested { job: id },
        H::Verified { verification: id, outcome: Outcome::CanProceed },
        H::PapersRequested { request: id, round: 1, items: vec![id], due },
        H::ItemSettled { item: id, how: Settled::Met },
        H::RequestReminded { request: id, items: 1 },
        H::OptionSheetDrafted { sheet: id, version: 1 },
        H::OptionSheetSigned { sheet: id, version: 1, verification: id, procedure: "transfer".into() },
        H::OptionSheetConfirmed { sheet: id, version: 1, verification: id },
        H::OptionSheetOutdated { sheet: id, because: word() },
        H::QuotationOffered { quotation: id, version: 1, total: 5_000_000, valid_to: due },
        H::QuotationAccepted { quotation: id, version: 1 },
        H::QuotationRefused { quotation: id, version: 1, reason: word() },
        H::QuotationWithdrawn { quotation: id, version: 1 },
        H::QuotationExpired { quotation: id, version: 1 },
        H::ContractDrawn { contract: id, version: 1, sign_by: due, next: Signer::Customer },
        H::SigningCodeMade { contract: id, signer: Signer::Customer, code: id, expires: starts },
        H::SignedPaperFiled { contract: id, signature: id },
        H::ContractSigned { contract: id, signer: Signer::Customer, signature: id, next: Some(Signer::Firm) },
        H::ContractConcluded { contract: id },
        H::ContractRefused { contract: id, reason: word() },
        H::ContractExpired { contract: id },
        H::PaymentDue { contract: id, instalment: 1, amount: 1, due },
        H::PaymentOverdue { contract: id, instalment: 1, amount: 1, due },
        H::PaymentReceived { payment: id, contract: id, instalment: 1, amount: 1 },
        H::OverpaymentReceived { payment: id, contract: id, amount: 1 },
        H::PaymentReversed { payment: id, amount: 1 },
        H::WorkPlanned { plan: id, procedure: "transfer".into(), tasks: 3 },
        H::TaskCreated { task: id, task_kind: kind(), department: "field".into(), due },
        H::TaskAssigned { task: id, task_kind: kind(), assignee: id },
        H::TaskAccepted { task: id, task_kind: kind() },
        H::TaskStarted { task: id, task_kind: kind() },
        H::TaskPaused { task: id, task_kind: kind(), reason: word() },
        H::TaskHandedBack { task: id, task_kind: kind() },
        H::TaskEscalated { task: id, task_kind: kind(), role: "manager".into() },
        H::TaskDone { task: id, task_kind: kind() },
        H::TaskCancelled { task: id, task_kind: kind() },
        H::AppointmentMade { task: id, starts, with_customer: true },
        H::AppointmentMoved { task: id, starts, with_customer: true },
        H::AppointmentKept { task: id },
        H::AppointmentMissed { task: id, by: "customer".into() },
        H::AppointmentCancelled { task: id, starts, with_customer: true, why: "hold_over".into() },
        H::Submitted {
            submission: id,
            agency: word(),
            procedure: "transfer".into(),
            due: Some(due),
            province: None,
            on: Some(due),
        },
        H::AgencyAskedMore { submission: id, agency: word(), on: Some(due) },
        H::AgencyAnswered { submission: id, agency: word(), on: Some(due) },
        H::AgencyDecided {
            submission: id,
            agency: word(),
            granted: false,
            on: Some(due),
            issue: Some(id),
            next_by: Some(due),
        },
        H::SubmissionWithdrawn {
            submission: id,
            agency: word(),
            mistake: true,
            on: Some(due),
            issue: Some(id),
            next_by: Some(due),
        },
        H::FieldWorkReturned { batch: id, applied: 1, conflicts: 0, tray: 0 },
        H::ConflictSettled { item: id },
        H::IssueRaised { issue: id, topic: word(), owner: id, due },
        H::IssueResolved { issue: id, topic: word() },
        H::StuckNoticed { since: due, step: "execution".into() },
        H::DeadlineWarned { clock: "case".into(), deadline: due, left: 2, role: "legal".into() },
        H::DeadlineEscalated { clock: "case".into(), deadline: due, role: "manager".into() },
        H::ReviewAsked {},
        H::ReviewReturned { review: id, faults: vec![word()] },
        H::ReviewPassed { review: id },
        H::ReviewLapsed { because: "paper_added".into(), offered: true },
        H::HandOverOffered { handover: id, way: "office".into() },
        H::HandedOver { handover: id, way: "office".into() },
        H::HandOverLapsed { handover: id, why: "expired".into() },
        H::ObligationNoticed { obligation: id, what: what(), amount: Some(1), due: Some(due) },
        H::ObligationRevised { obligation: id, what: what(), amount: 1, due: Some(due) },
        H::ObligationReminded { obligation: id, what: what(), due: Some(due) },
        H::ObligationPaid { obligation: id, what: what() },
        H::ObligationDropped { obligation: id, what: what() },
        H::Archived { archive: id, sha256: word() },
        H::SurveySent { survey: id },
        H::SurveyAnswered { survey: id },
        H::WatchBegun { watch: id },
        H::WatchEnded { watch: id },
        H::WatchNotBegun { consent: id, why: "no_parcel".into() },
        H::WatchHit {
            watch: id,
            hit: id,
            topic: "planning.recovery".into(),
            subject: "recovery".into(),
            source: word(),
            was: "clear".into(),
            now: "hit:42.5:square_metre".into(),
        },
        H::PersonalDataErased { certificate: id },
        H::Ended { ending: Ending::Closed, reason: word() },
    ]
}

/// serde lists every kind when it meets one it does not know.
fn kinds() -> Vec<String> {
    let refused = Happened::from_parts("?", serde_json::json!({})).unwrap_err().to_string();
    let names = refused.split_once("expected one of ").unwrap().1;
    names.split(", ").map(|n| n.split('`').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn every_kind_has_a_sample_and_reads_back() {
    let samples = samples(Uuid::from_u128(7));
    let named: Vec<_> = samples.iter().map(Happened::kind).collect();
    assert_eq!(named, kinds());
    for sample in samples {
        let (kind, data) = sample.parts().unwrap();
        assert!(data.get("kind").is_none(), "{kind}");
        assert_eq!(Happened::from_parts(&kind, data).unwrap(), sample);
        let event = Event { seq: 1, at: datetime!(2026-12-01 02:00 UTC), actor: "a".into(), what: sample };
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}

#[test]
fn who_is_owed_a_word_can_see_what_it_is_about() {
    for sample in samples(Uuid::from_u128(7)) {
        let owed = sample.owed();
        for who in &owed {
            assert_eq!(Owed::parse(&who.to_string()), Some(*who));
        }
        if owed.contains(&Owed::Customer) {
            assert!(sample.customer_view().is_some(), "{} is owed to a customer who may not see it", sample.kind());
        }
    }
    let end = Happened::Ended { ending: Ending::Refused, reason: "forged papers".into() };
    assert_eq!(end.customer_view().unwrap().0.get("reason"), None, "the firm's reason is its own");
    assert_eq!(Owed::parse("role:king"), None);
}
