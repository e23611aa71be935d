//! Who hears of an event: what the customer may see of it, and who is owed a word about it.

use super::event::{Ending, Happened, Signer};
use crate::domain::staff::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What a customer sees of an event: the data of it that concern them. The words are in `data/i18n/*/case.ftl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerView(pub Map<String, Value>);

/// Somebody a word is owed to. A notice is made from the event later; the event is the debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owed {
    Customer,
    Role(Role),
    Staff(Uuid),
}

impl Owed {
    /// `customer`, `role:legal`, `staff:<id>`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "customer" => Some(Self::Customer),
            Some(("role", role)) => Role::parse(role).map(Self::Role),
            Some(("staff", id)) => Uuid::parse_str(id).ok().map(Self::Staff),
            _ => None,
        }
    }
}

impl std::fmt::Display for Owed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Customer => f.write_str("customer"),
            Self::Role(role) => write!(f, "role:{role}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
        }
    }
}

impl Happened {
    /// Name of the kind.
    pub fn kind(&self) -> String {
        self.parts().map(|(kind, _)| kind).unwrap_or_default()
    }

    /// May still happen when the case has ended.
    pub(super) fn after_the_end(&self) -> bool {
        use Happened as H;
        matches!(
            self,
            H::ConsentWithdrawn { .. }
                | H::ConsentGiven { .. }
                | H::CustomerLinked { .. }
                | H::TaskCancelled { .. }
                | H::AgencyDecided { .. }
                | H::SubmissionWithdrawn { .. }
                | H::DeadlineWarned { .. }
                | H::DeadlineEscalated { .. }
                | H::FieldWorkReturned { .. }
                | H::ConflictSettled { .. }
                | H::ObligationRevised { .. }
                | H::ObligationReminded { .. }
                | H::ObligationPaid { .. }
                | H::PaymentOverdue { .. }
                | H::ObligationDropped { .. }
                | H::PaymentReceived { .. }
                | H::OverpaymentReceived { .. }
                | H::PaymentReversed { .. }
                | H::Archived { .. }
                | H::SurveySent { .. }
                | H::SurveyAnswered { .. }
                | H::WatchBegun { .. }
                | H::WatchEnded { .. }
                | H::WatchHit { .. }
                | H::WatchNotBegun { .. }
                | H::AppointmentCancelled { .. }
                | H::PersonalDataErased { .. }
        )
    }

    /// The fields of its data a customer may see; none: they do not see the event at all.
    fn shown(&self) -> Option<&'static [&'static str]> {
        use Happened as H;
        Some(match self {
            H::Opened { .. } => &["procedures"],
            H::ConsentGiven { .. } | H::ConsentWithdrawn { .. } => &["what"],
            H::AccountInvited { .. } | H::IntakeCompleted {} => &[],
            H::IntakeSaved { .. } => &["missing"],
            H::PaperAdded { .. } => &["paper_kind", "complete"],
            H::ParcelBound { .. } => &["name"],
            H::Verified { .. } => &["outcome"],
            H::PapersRequested { .. } => &["request", "round", "due"],
            H::ItemSettled { .. } => &["item", "how"],
            H::RequestReminded { .. } => &["request", "items"],
            H::OptionSheetSigned { .. } => &["sheet", "procedure"],
            H::OptionSheetConfirmed { .. } | H::OptionSheetOutdated { .. } => &["sheet"],
            H::QuotationOffered { .. } => &["quotation", "version", "total", "valid_to"],
            H::QuotationAccepted { .. }
            | H::QuotationRefused { .. }
            | H::QuotationWithdrawn { .. }
            | H::QuotationExpired { .. } => &["quotation", "version"],
            H::ContractDrawn { .. } => &["contract", "sign_by"],
            H::SigningCodeMade { signer: Signer::Customer, .. } => &["contract", "signer", "expires"],
            H::ContractSigned { .. } => &["contract", "signer"],
            H::ContractConcluded { .. } | H::ContractRefused { .. } | H::ContractExpired { .. } => &["contract"],
            H::PaymentDue { .. } | H::PaymentOverdue { .. } => &["contract", "instalment", "amount", "due"],
            H::PaymentReceived { .. } => &["payment", "instalment", "amount"],
            H::OverpaymentReceived { .. } | H::PaymentReversed { .. } => &["payment", "amount"],
            H::WorkPlanned { .. } => &["procedure", "tasks"],
            H::TaskDone { .. } => &["task_kind"],
            H::AppointmentMade { with_customer: true, .. } | H::AppointmentMoved { with_customer: true, .. } => {
                &["task", "starts"]
            }
            H::AppointmentKept { .. } => &["task"],
            H::AppointmentMissed { .. } => &["task", "by"],
            H::AppointmentCancelled { with_customer: true, .. } => &["task", "starts", "why"],
            H::Submitted { .. } => &["agency", "procedure", "due", "on"],
            H::AgencyAskedMore { .. } | H::AgencyAnswered { .. } => &["agency", "on"],
            H::AgencyDecided { .. } => &["agency", "granted", "on", "next_by"],
            H::SubmissionWithdrawn { .. } => &["agency", "mistake", "on", "next_by"],
            H::ReviewAsked {} | H::ReviewPassed { .. } => &[],
            H::ReviewLapsed { .. } => &[],
            H::HandOverOffered { .. } | H::HandedOver { .. } => &["handover", "way"],
            H::HandOverLapsed { .. } => &["handover", "why"],
            H::ObligationNoticed { .. } | H::ObligationRevised { .. } => &["obligation", "what", "amount", "due"],
            H::ObligationReminded { due: Some(_), .. } => &["obligation", "what", "due"],
            H::ObligationPaid { .. } | H::ObligationDropped { .. } => &["obligation", "what"],
            H::SurveySent { .. } | H::SurveyAnswered { .. } => &["survey"],
            H::WatchBegun { .. } | H::WatchEnded { .. } => &["watch"],
            H::WatchNotBegun { .. } => &["consent", "why"],
            H::WatchHit { .. } => &["watch", "topic", "subject", "source", "was", "now"],
            H::PersonalDataErased { .. } => &["certificate"],
            // The firm's reason is its own.
            H::Ended { .. } => &["ending"],
            H::CustomerLinked { .. }
            | H::PartyAdded { .. }
            | H::VerificationRequested { .. }
            | H::OptionSheetDrafted { .. }
            | H::SigningCodeMade { .. }
            | H::SignedPaperFiled { .. }
            | H::TaskCreated { .. }
            | H::TaskAssigned { .. }
            | H::TaskAccepted { .. }
            | H::TaskStarted { .. }
            | H::TaskPaused { .. }
            | H::TaskHandedBack { .. }
            | H::TaskEscalated { .. }
            | H::TaskCancelled { .. }
            | H::AppointmentMade { .. }
            | H::AppointmentMoved { .. }
            | H::AppointmentCancelled { .. }
            | H::FieldWorkReturned { .. }
            | H::ConflictSettled { .. }
            | H::ObligationReminded { .. }
            | H::IssueRaised { .. }
            | H::IssueResolved { .. }
            | H::StuckNoticed { .. }
            | H::DeadlineWarned { .. }
            | H::DeadlineEscalated { .. }
            | H::ReviewReturned { .. }
            | H::Archived { .. } => return None,
        })
    }

    /// What the customer may see; none: nothing.
    pub fn customer_view(&self) -> Option<CustomerView> {
        let fields = self.shown()?;
        let (_, data) = self.parts().ok()?;
        let Value::Object(data) = data else { return None };
        Some(CustomerView(data.into_iter().filter(|(k, _)| fields.contains(&k.as_str())).collect()))
    }

    /// Who is owed a word.
    pub fn owed(&self) -> Vec<Owed> {
        use Happened as H;
        use Owed::{Customer, Role as R, Staff};
        match self {
            H::Opened { .. }
            | H::AccountInvited { .. }
            | H::IntakeSaved { .. }
            | H::PapersRequested { .. }
            | H::RequestReminded { .. }
            | H::OptionSheetSigned { .. }
            | H::QuotationOffered { .. }
            | H::ContractDrawn { .. }
            | H::PaymentDue { .. }
            | H::PaymentReceived { .. }
            | H::OverpaymentReceived { .. }
            | H::SigningCodeMade { signer: Signer::Customer, .. }
            | H::Submitted { .. }
            | H::HandOverOffered { .. }
            | H::HandedOver { .. }
            | H::ObligationNoticed { .. }
            | H::ObligationRevised { .. }
            | H::ObligationReminded { due: Some(_), .. }
            | H::ObligationDropped { .. }
            | H::SurveySent { .. }
            | H::WatchHit { .. }
            | H::PersonalDataErased { .. }
            | H::AppointmentMade { with_customer: true, .. }
            | H::AppointmentMoved { with_customer: true, .. } => vec![Customer],
            H::ContractConcluded { .. } => vec![Customer, R(Role::Manager)],
            H::AgencyAskedMore { .. } | H::AgencyDecided { .. } | H::SubmissionWithdrawn { .. } => {
                vec![Customer, R(Role::Legal)]
            }
            H::QuotationAccepted { .. } | H::QuotationRefused { .. } | H::ContractRefused { .. } => {
                vec![R(Role::Sales)]
            }
            H::QuotationWithdrawn { .. } | H::QuotationExpired { .. } | H::ContractExpired { .. } => {
                vec![Customer, R(Role::Sales)]
            }
            H::SigningCodeMade { signer: Signer::Firm, .. } => vec![R(Role::Manager)],
            H::SignedPaperFiled { .. } => vec![R(Role::Legal), R(Role::Manager)],
            H::PaymentOverdue { .. } => vec![Customer, R(Role::Sales)],
            // Nobody can pay what no notice has come for: it is ours to ask the authority.
            H::ObligationReminded { .. } => vec![R(Role::Sales)],
            H::ContractSigned { .. } => vec![R(Role::Sales)],
            H::PaymentReversed { .. } => vec![Customer, R(Role::Manager)],
            H::Verified { .. } | H::OptionSheetOutdated { .. } | H::ItemSettled { .. } => vec![R(Role::Legal)],
            H::TaskAssigned { assignee, .. } => vec![Staff(*assignee)],
            H::TaskEscalated { role, .. } | H::DeadlineWarned { role, .. } | H::DeadlineEscalated { role, .. } => {
                Role::parse(role).map(R).or_else(|| Owed::parse(role)).into_iter().collect()
            }
            H::AppointmentMissed { .. } | H::AppointmentCancelled { with_customer: true, .. } => {
                vec![Customer, R(Role::CustomerCare)]
            }
            H::WatchNotBegun { why, .. } if why == "no_parcel" => vec![Customer, R(Role::CustomerCare)],
            H::WatchNotBegun { .. } => vec![Customer],
            H::FieldWorkReturned { conflicts, tray, .. } if conflicts + tray > 0 => vec![R(Role::Legal)],
            H::IssueRaised { owner, .. } => vec![Staff(*owner)],
            H::StuckNoticed { .. } => vec![R(Role::Manager)],
            H::ReviewAsked {} => vec![R(Role::Reviewer)],
            H::ReviewReturned { .. } => vec![R(Role::Legal)],
            H::ReviewPassed { .. } => vec![R(Role::CustomerCare)],
            H::ReviewLapsed { offered: true, .. } => vec![Customer, R(Role::Legal), R(Role::CustomerCare)],
            H::ReviewLapsed { .. } => vec![R(Role::Legal), R(Role::CustomerCare)],
            H::HandOverLapsed { .. } => vec![Customer, R(Role::CustomerCare)],
            H::Ended { ending: Ending::Closed | Ending::Withdrawn | Ending::Refused, .. } => vec![Customer],
            _ => vec![],
        }
    }
}
