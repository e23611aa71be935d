//! What can happen to a case: the one list of kinds, each with its plain data (ids, codes, days, sums; never personal data).
//!
//! A new kind: a variant here, what it moves in `state.rs`, who hears of it in `audience.rs`, its words in
//! `data/i18n/{vi,en}/case.ftl`, and a sample in `event_tests.rs`. The compiler and the tests ask for each of them.

pub use super::event_values::{Channel, Ending, Settled, Signer};
use crate::domain::verify::Outcome;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// One thing that happened, at its place in the case's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// From 1, without gaps.
    pub seq: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Login of who did it, or `system:<name>`.
    pub actor: String,
    #[serde(flatten)]
    pub what: Happened,
}

/// A kind of event with its data. Days are days in Viet Nam, sums are whole dong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happened {
    // 1 Intake
    Opened {
        channel: Channel,
        procedures: Vec<String>,
    },
    /// The case belongs to this customer (a merge may change whom).
    CustomerLinked {
        customer: Uuid,
    },
    ConsentGiven {
        consent: Uuid,
        what: String,
    },
    ConsentWithdrawn {
        consent: Uuid,
        what: String,
    },
    AccountInvited {
        invitation: Uuid,
    },
    /// Left for later, with what is still missing.
    IntakeSaved {
        missing: Vec<String>,
    },
    IntakeCompleted {},
    PartyAdded {
        party: Uuid,
        role: String,
    },

    // 2 Verification
    PaperAdded {
        paper: Uuid,
        version: i32,
        paper_kind: String,
        complete: bool,
    },
    /// A person said which parcel the case is about; `name`: its `commune/sheet/number`.
    ParcelBound {
        parcel: Uuid,
        name: String,
    },
    VerificationRequested {
        job: Uuid,
    },
    Verified {
        verification: Uuid,
        outcome: Outcome,
    },
    /// Items of a paper request, sent in one go. `round` counts from 1.
    PapersRequested {
        request: Uuid,
        round: u32,
        items: Vec<Uuid>,
        due: Date,
    },
    /// One more item of a request that is out already, without a new round.
    ItemSettled {
        item: Uuid,
        how: Settled,
    },
    RequestReminded {
        request: Uuid,
        items: u32,
    },

    // 3 Advice
    OptionSheetDrafted {
        sheet: Uuid,
        version: u32,
    },
    /// The legal department stands by it; `procedure` is what it recommends.
    OptionSheetSigned {
        sheet: Uuid,
        version: u32,
        verification: Uuid,
        procedure: String,
    },
    /// It says the same on newer maps and rules: the legal department stands by it on this verification.
    OptionSheetConfirmed {
        sheet: Uuid,
        version: u32,
        verification: Uuid,
    },
    OptionSheetOutdated {
        sheet: Uuid,
        because: String,
    },

    // 4 Quotation and contract
    QuotationOffered {
        quotation: Uuid,
        version: u32,
        total: i64,
        valid_to: Date,
    },
    QuotationAccepted {
        quotation: Uuid,
        version: u32,
    },
    /// `reason` is a code; words about it are sealed with the event.
    QuotationRefused {
        quotation: Uuid,
        version: u32,
        reason: String,
    },
    /// A new option sheet was signed: what was offered on the one before stands no longer, also when it was accepted.
    QuotationWithdrawn {
        quotation: Uuid,
        version: u32,
    },
    QuotationExpired {
        quotation: Uuid,
        version: u32,
    },
    ContractDrawn {
        contract: Uuid,
        version: u32,
        sign_by: Date,
        /// Who is asked first.
        next: Signer,
    },
    /// A one-time code waits, sealed, for the notice that carries it.
    SigningCodeMade {
        contract: Uuid,
        signer: Signer,
        code: Uuid,
        #[serde(with = "time::serde::rfc3339")]
        expires: OffsetDateTime,
    },
    /// The firm's signature on paper waits for a second person to confirm it; then it is the signature of this id.
    SignedPaperFiled {
        contract: Uuid,
        signature: Uuid,
    },
    /// `next`: who is asked now; none: everybody has signed.
    ContractSigned {
        contract: Uuid,
        signer: Signer,
        signature: Uuid,
        next: Option<Signer>,
    },
    /// Everybody has signed: it binds.
    ContractConcluded {
        contract: Uuid,
    },
    ContractRefused {
        contract: Uuid,
        reason: String,
    },
    ContractExpired {
        contract: Uuid,
    },
    PaymentDue {
        contract: Uuid,
        instalment: u32,
        amount: i64,
        due: Date,
    },
    /// Its last day is past; `amount` is what is open of it.
    PaymentOverdue {
        contract: Uuid,
        instalment: u32,
        amount: i64,
        due: Date,
    },
    PaymentReceived {
        payment: Uuid,
        contract: Uuid,
        instalment: u32,
        amount: i64,
    },
    /// More than is owed, taken on purpose.
    OverpaymentReceived {
        payment: Uuid,
        contract: Uuid,
        amount: i64,
    },
    /// A payment entered wrongly or paid back.
    PaymentReversed {
        payment: Uuid,
        amount: i64,
    },

    // 5 Execution
    WorkPlanned {
        plan: Uuid,
        procedure: String,
        tasks: u32,
    },
    TaskCreated {
        task: Uuid,
        task_kind: String,
        department: String,
        due: Date,
    },
    TaskAssigned {
        task: Uuid,
        task_kind: String,
        assignee: Uuid,
    },
    TaskAccepted {
        task: Uuid,
        task_kind: String,
    },
    TaskStarted {
        task: Uuid,
        task_kind: String,
    },
    TaskPaused {
        task: Uuid,
        task_kind: String,
        reason: String,
    },
    TaskHandedBack {
        task: Uuid,
        task_kind: String,
    },
    TaskEscalated {
        task: Uuid,
        task_kind: String,
        role: String,
    },
    TaskDone {
        task: Uuid,
        task_kind: String,
    },
    TaskCancelled {
        task: Uuid,
        task_kind: String,
    },
    AppointmentMade {
        task: Uuid,
        #[serde(with = "time::serde::rfc3339")]
        starts: OffsetDateTime,
        #[serde(default)]
        with_customer: bool,
    },
    AppointmentMoved {
        task: Uuid,
        #[serde(with = "time::serde::rfc3339")]
        starts: OffsetDateTime,
        #[serde(default)]
        with_customer: bool,
    },
    AppointmentKept {
        task: Uuid,
    },
    /// `by`: customer, agency or us.
    AppointmentMissed {
        task: Uuid,
        by: String,
    },
    /// It is off. `why`: hold_over, not_needed.
    AppointmentCancelled {
        task: Uuid,
        #[serde(with = "time::serde::rfc3339")]
        starts: OffsetDateTime,
        with_customer: bool,
        why: String,
    },
    /// Handed in to an authority, which has until `due` by the procedure's term in this province. `on`: the day it happened,
    /// when it was noted later.
    Submitted {
        submission: Uuid,
        agency: String,
        procedure: String,
        due: Option<Date>,
        #[serde(default)]
        province: Option<String>,
        #[serde(default)]
        on: Option<Date>,
    },
    /// The authority wants more before it goes on: its clock stands still.
    AgencyAskedMore {
        submission: Uuid,
        agency: String,
        #[serde(default)]
        on: Option<Date>,
    },
    /// What it asked for was handed in.
    AgencyAnswered {
        submission: Uuid,
        agency: String,
        #[serde(default)]
        on: Option<Date>,
    },
    /// The result is in our hands. Of a refusal: `issue`, by which somebody sees to it, until `next_by`.
    AgencyDecided {
        submission: Uuid,
        agency: String,
        granted: bool,
        #[serde(default)]
        on: Option<Date>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issue: Option<Uuid>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_by: Option<Date>,
    },
    /// The dossier was taken back, or (`mistake`) was noted wrongly and never handed in like that. `issue`, `next_by`: as of a refusal.
    SubmissionWithdrawn {
        submission: Uuid,
        agency: String,
        mistake: bool,
        on: Option<Date>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issue: Option<Uuid>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_by: Option<Date>,
    },
    FieldWorkReturned {
        batch: Uuid,
        applied: u32,
        conflicts: u32,
        tray: u32,
    },
    ConflictSettled {
        item: Uuid,
    },

    // 6 Progress
    IssueRaised {
        issue: Uuid,
        topic: String,
        owner: Uuid,
        due: Date,
    },
    IssueResolved {
        issue: Uuid,
        topic: String,
    },
    /// Nothing has moved since.
    StuckNoticed {
        since: Date,
        step: String,
    },
    /// `clock`: `step.<name>`, `submission.<id>`, `promised.<id>`, `task.<id>` or `issue.<id>`; `role`: a role, or `staff:<id>`.
    DeadlineWarned {
        clock: String,
        deadline: Date,
        left: u32,
        role: String,
    },
    DeadlineEscalated {
        clock: String,
        deadline: Date,
        role: String,
    },

    // 7 Review and hand-over
    ReviewAsked {},
    ReviewReturned {
        review: Uuid,
        faults: Vec<String>,
    },
    ReviewPassed {
        review: Uuid,
    },
    /// Something came after the review was passed (`because`: kind of the event, or `taken_back`): back to work, and reviewed anew.
    /// `offered`: a hand-over had been offered, which stands no longer.
    ReviewLapsed {
        because: String,
        offered: bool,
    },
    HandOverOffered {
        handover: Uuid,
        way: String,
    },
    HandedOver {
        handover: Uuid,
        way: String,
    },
    /// A link ran out, or died of wrong codes (`why`: expired, dead), before it was opened: somebody has to make a new one.
    HandOverLapsed {
        handover: Uuid,
        why: String,
    },
    /// `amount`: as far as it is known; the authority's notice tells.
    ObligationNoticed {
        obligation: Uuid,
        what: String,
        amount: Option<i64>,
        due: Option<Date>,
    },
    /// The authority's notice says what is to be paid, and by when.
    ObligationRevised {
        obligation: Uuid,
        what: String,
        amount: i64,
        due: Option<Date>,
    },
    ObligationReminded {
        obligation: Uuid,
        what: String,
        due: Option<Date>,
    },
    ObligationPaid {
        obligation: Uuid,
        what: String,
    },
    /// It is not owed after all.
    ObligationDropped {
        obligation: Uuid,
        what: String,
    },

    // 8 After-care
    Archived {
        archive: Uuid,
        sha256: String,
    },
    SurveySent {
        survey: Uuid,
    },
    SurveyAnswered {
        survey: Uuid,
    },
    WatchBegun {
        watch: Uuid,
    },
    WatchEnded {
        watch: Uuid,
    },
    /// Agreed to, and nothing is watched (`why`: no_parcel, which may still be found; ended, ended_no_parcel).
    WatchNotBegun {
        consent: Uuid,
        why: String,
    },
    /// What holds for this customer's parcel has changed.
    /// `topic`: the check; `subject`: its theme; `source`: the layer that was published, or `rules`. `was`, `now`: as
    /// `watch::Held::short`, or `parcel:` and names.
    WatchHit {
        watch: Uuid,
        hit: Uuid,
        topic: String,
        subject: String,
        source: String,
        was: String,
        now: String,
    },
    PersonalDataErased {
        certificate: Uuid,
    },

    // The end
    Ended {
        ending: Ending,
        reason: String,
    },
}

#[cfg(test)]
#[path = "event_tests.rs"]
pub(crate) mod tests;
