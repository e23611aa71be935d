//! Who may call what: the one table. A route that is not here refuses everybody.

use crate::domain::staff::{Role, Scope};
use crate::flow::staff::Actor;
use axum::http::Method;

#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// No sign-in needed.
    Anyone,
    /// Any member of staff, by session or token.
    SignedIn,
    /// Any member of staff, by session only: what a program must not do for a person.
    Session,
    /// One of these roles; a token also needs the scope.
    Roles(&'static [Role], Scope),
}

/// What a request of a route may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// At most `limits.body_bytes`.
    Json,
    /// As `Json`, but the act may take ten times the usual time.
    Slow,
    /// At most `limits.scan_bytes`.
    Scan,
    /// At most 8 MiB: a file that anybody may hand in to be checked.
    Proof,
    /// At most `limits.upload_bytes`, read as a stream by the handler; gets ten times the usual time.
    Upload,
}

#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub verb: Verb,
    /// As axum writes it: `/api/v1/cases/{id}`.
    pub path: &'static str,
    pub who: Who,
    pub carries: Carries,
}

/// The methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    fn of(method: &Method) -> Option<Self> {
        Some(match *method {
            Method::GET | Method::HEAD => Self::Get,
            Method::POST => Self::Post,
            Method::PUT => Self::Put,
            Method::PATCH => Self::Patch,
            Method::DELETE => Self::Delete,
            _ => return None,
        })
    }
}

const fn slow(verb: Verb, path: &'static str, who: Who) -> Rule {
    Rule { verb, path, who, carries: Carries::Slow }
}

const fn rule(verb: Verb, path: &'static str, who: Who) -> Rule {
    Rule { verb, path, who, carries: Carries::Json }
}

use Role::{Admin, CustomerCare, Field, GisAnalyst, Legal, Manager, Reviewer, Sales};
use Scope as S;
use Verb::{Delete, Get, Patch, Post, Put};
use Who::{Anyone, Roles, Session, SignedIn};

const EVERYBODY: &[Role] = Role::ALL;
/// Those who work on cases.
const DESK: &[Role] = &[CustomerCare, Legal, Sales, Field, Reviewer, Manager];
/// Those who take cases in and fill them.
const INTAKE: &[Role] = &[CustomerCare, Legal, Manager];
/// Those who have cases verified; the answer quotes papers.
const VERIFIERS: &[Role] = &[CustomerCare, Legal, Reviewer, Manager];
/// Those who may say that a finding is wrong.
const JUDGES: &[Role] = &[Legal, Reviewer, Manager];
/// Those who work out what is open to a customer; legal signs it.
const ADVISERS: &[Role] = &[Legal, Manager];
/// Those who deal with the customer about price and signature.
const SELLERS: &[Role] = &[CustomerCare, Sales, Legal, Manager];
/// Those who take money.
const CASHIERS: &[Role] = &[CustomerCare, Manager];
/// Those who look over the work of others.
const REVIEWERS: &[Role] = &[Reviewer, Manager];
/// Those who do tasks, and who leads them.
const WORKERS: &[Role] = Role::WORKERS;
/// Those who hand in dossiers and hear what becomes of them.
const SUBMITTERS: &[Role] = &[Legal, Sales, Manager];
/// Those who meet agencies and customers.
const MEETERS: &[Role] = &[CustomerCare, Legal, Sales, Field, Manager];
/// Those who have many parcels verified at once.
const SURVEYORS: &[Role] = &[Legal, Reviewer, Manager, GisAnalyst, Admin];
/// Those who keep the maps.
const MAPS: &[Role] = &[GisAnalyst, Admin];
/// Those who look after jobs that failed.
const RUNNERS: &[Role] = &[Manager, Admin];

pub const RULES: &[Rule] = &[
    rule(Get, "/healthz", Anyone),
    rule(Get, "/readyz", Anyone),
    rule(Get, "/metrics", Roles(&[Admin], S::MetricsRead)),
    rule(Get, "/api/v1/openapi.json", Anyone),
    rule(Get, "/check", Anyone),
    Rule { verb: Post, path: "/check", who: Anyone, carries: Carries::Proof },
    rule(Get, "/check/keys.json", Anyone),
    rule(Get, "/api/v1/proof/heads", Anyone),
    rule(Get, "/check/{digest}", Anyone),
    rule(Post, "/api/v1/auth/login", Anyone),
    rule(Post, "/api/v1/auth/logout", Session),
    rule(Get, "/api/v1/me", SignedIn),
    rule(Post, "/api/v1/me/password", Session),
    rule(Get, "/api/v1/tokens", SignedIn),
    rule(Post, "/api/v1/tokens", Session),
    rule(Delete, "/api/v1/tokens/{id}", Session),
    rule(Get, "/api/v1/staff", Roles(&[Admin, Manager], S::StaffRead)),
    rule(Get, "/api/v1/colleagues", Roles(EVERYBODY, S::TasksRead)),
    rule(Post, "/api/v1/staff", Roles(&[Admin], S::StaffWrite)),
    rule(Patch, "/api/v1/staff/{id}", Roles(&[Admin], S::StaffWrite)),
    rule(Post, "/api/v1/signing-keys/{id}/revocation", Roles(&[Admin], S::StaffWrite)),
    rule(Post, "/api/v1/staff/{id}/password", Roles(&[Admin], S::StaffWrite)),
    rule(Get, "/api/v1/cases", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases", Roles(INTAKE, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/close", Roles(INTAKE, S::CasesWrite)),
    rule(Post, "/api/v1/cases/{id}/parcel", Roles(VERIFIERS, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}/timeline", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/cases/{id}/clock", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/cases/{id}/events", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/intakes", Roles(INTAKE, S::CasesWrite)),
    // With the code of an invitation.
    rule(Post, "/api/v1/follow", Anyone),
    rule(Post, "/api/v1/cases/{id}/invitation", Roles(INTAKE, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}/invitation", Roles(INTAKE, S::PapersRead)),
    rule(Get, "/api/v1/cases/{id}/intake", Roles(DESK, S::PapersRead)),
    rule(Post, "/api/v1/customers/search", Roles(INTAKE, S::PapersRead)),
    rule(Get, "/api/v1/customers/{id}", Roles(INTAKE, S::PapersRead)),
    rule(Post, "/api/v1/cases/{id}/intake", Roles(INTAKE, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}/consents", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/consents", Roles(INTAKE, S::CasesWrite)),
    rule(Post, "/api/v1/consents/{id}/withdraw", Roles(INTAKE, S::CasesWrite)),
    rule(Get, "/api/v1/customer-merges", Roles(INTAKE, S::CasesRead)),
    rule(Post, "/api/v1/customer-merges/{id}/decide", Roles(INTAKE, S::CasesWrite)),
    rule(Get, "/api/v1/case-counts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/case-events", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/cases/{id}/screen", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/cases/{id}/issues", Roles(DESK, S::PapersRead)),
    rule(Post, "/api/v1/cases/{id}/issues", Roles(DESK, S::CasesWrite)),
    rule(Get, "/api/v1/issues", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/request-items", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/obligations", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/open-counts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/task-counts", Roles(DESK, S::TasksRead)),
    rule(Get, "/api/v1/round-counts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/procedures", Roles(EVERYBODY, S::CasesRead)),
    rule(Get, "/api/v1/price-lists", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/issues/{id}/resolve", Roles(DESK, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}/paper-requests", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/paper-requests", Roles(INTAKE, S::PapersWrite)),
    rule(Get, "/api/v1/cases/{id}/paper-requests/preview", Roles(INTAKE, S::PapersRead)),
    rule(Post, "/api/v1/request-items/{id}/settle", Roles(INTAKE, S::PapersWrite)),
    rule(Get, "/api/v1/cases/{id}/audit", Roles(&[Reviewer, Manager, Admin], S::AuditRead)),
    rule(Get, "/api/v1/cases/{id}/reads", Roles(&[Reviewer, Manager, Admin], S::AuditRead)),
    rule(Get, "/api/v1/cases/{id}/parties", Roles(DESK, S::PapersRead)),
    rule(Post, "/api/v1/cases/{id}/parties", Roles(INTAKE, S::PapersWrite)),
    rule(Get, "/api/v1/cases/{id}/papers", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/papers", Roles(INTAKE, S::PapersWrite)),
    rule(Get, "/api/v1/cases/{id}/papers/{paper}", Roles(DESK, S::PapersRead)),
    rule(Put, "/api/v1/cases/{id}/papers/{paper}", Roles(INTAKE, S::PapersWrite)),
    rule(Get, "/api/v1/cases/{id}/papers/{paper}/scan", Roles(DESK, S::PapersRead)),
    Rule {
        verb: Post,
        path: "/api/v1/cases/{id}/papers/{paper}/scan",
        who: Roles(INTAKE, S::PapersWrite),
        carries: Carries::Scan,
    },
    rule(Get, "/api/v1/parcels", Roles(EVERYBODY, S::ParcelsRead)),
    rule(Post, "/api/v1/parcels/search", Roles(EVERYBODY, S::ParcelsRead)),
    rule(Get, "/api/v1/parcels/{id}", Roles(EVERYBODY, S::ParcelsRead)),
    rule(Get, "/api/v1/parcels/{id}/history", Roles(EVERYBODY, S::ParcelsRead)),
    rule(Get, "/api/v1/parcels/{id}/inspection", Roles(EVERYBODY, S::ParcelsRead)),
    rule(Post, "/api/v1/parcel-acts", Roles(MAPS, S::LayersWrite)),
    rule(Post, "/api/v1/parcel-acts/{id}/revocation", Roles(MAPS, S::LayersWrite)),
    rule(Get, "/api/v1/cases/{id}/verifications", Roles(DESK, S::VerificationsRead)),
    rule(Post, "/api/v1/cases/{id}/verifications", Roles(VERIFIERS, S::VerificationsWrite)),
    rule(Get, "/api/v1/verifications/{id}", Roles(DESK, S::VerificationsRead)),
    rule(Get, "/api/v1/verifications/{id}/proof", Roles(DESK, S::VerificationsRead)),
    rule(Post, "/api/v1/verifications/{id}/opinions", Roles(JUDGES, S::VerificationsWrite)),
    rule(Post, "/api/v1/verifications/{id}/replay", Roles(VERIFIERS, S::VerificationsRead)),
    slow(Get, "/api/v1/verifications/{id}/report.pdf", Roles(DESK, S::VerificationsRead)),
    rule(Get, "/api/v1/cases/{id}/option-sheets", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/option-sheets", Roles(ADVISERS, S::AdviceWrite)),
    rule(Get, "/api/v1/option-sheets/{id}", Roles(DESK, S::PapersRead)),
    rule(Post, "/api/v1/option-sheets/{id}/sign", Roles(&[Legal], S::AdviceWrite)),
    rule(Post, "/api/v1/option-sheets/{id}/confirm", Roles(&[Legal], S::AdviceWrite)),
    rule(Post, "/api/v1/verification-runs", Roles(SURVEYORS, S::VerificationsWrite)),
    rule(Get, "/api/v1/verification-runs", Roles(SURVEYORS, S::VerificationsRead)),
    rule(Get, "/api/v1/verification-run-proposals", Roles(SURVEYORS, S::VerificationsRead)),
    rule(
        Post,
        "/api/v1/verification-run-proposals/{layer_version_id}/dismissal",
        Roles(SURVEYORS, S::VerificationsWrite),
    ),
    rule(Get, "/api/v1/verification-runs/{id}", Roles(SURVEYORS, S::VerificationsRead)),
    rule(Get, "/api/v1/verification-runs/{id}/events", Roles(SURVEYORS, S::VerificationsRead)),
    rule(Get, "/api/v1/verification-runs/{id}/findings", Roles(SURVEYORS, S::VerificationsRead)),
    rule(Get, "/api/v1/verification-runs/{id}/verdicts", Roles(SURVEYORS, S::VerificationsRead)),
    rule(Post, "/api/v1/verification-runs/{id}/pause", Roles(SURVEYORS, S::VerificationsWrite)),
    rule(Post, "/api/v1/verification-runs/{id}/resume", Roles(SURVEYORS, S::VerificationsWrite)),
    rule(Post, "/api/v1/verification-runs/{id}/cancel", Roles(SURVEYORS, S::VerificationsWrite)),
    rule(Get, "/api/v1/cases/{id}/quotations", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/quotations", Roles(SELLERS, S::ContractsWrite)),
    rule(Post, "/api/v1/quotations/{id}/answer", Roles(SELLERS, S::ContractsWrite)),
    // Reads the option sheet and the party, so only by those who see them.
    rule(Post, "/api/v1/quotations/{id}/contract", Roles(&[CustomerCare, Legal, Manager], S::ContractsWrite)),
    rule(Get, "/api/v1/cases/{id}/contracts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/quotations", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/quotation-counts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/contracts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/contract-counts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/instalments", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/instalment-counts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/contracts/{id}", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/contracts/{id}/contract.pdf", Roles(DESK, S::PapersRead)),
    rule(Post, "/api/v1/contracts/{id}/codes", Roles(SELLERS, S::ContractsWrite)),
    rule(Post, "/api/v1/contracts/{id}/codes/{code}/hand", Roles(&[CustomerCare, Legal, Manager], S::ContractsWrite)),
    rule(Post, "/api/v1/contracts/{id}/signatures", Roles(SELLERS, S::ContractsWrite)),
    rule(Get, "/api/v1/contracts/{id}/evidence", Roles(DESK, S::PapersRead)),
    rule(Get, "/api/v1/contracts/{id}/signatures/{signature}/scan", Roles(DESK, S::PapersRead)),
    Rule {
        verb: Post,
        path: "/api/v1/contracts/{id}/signed-paper",
        who: Roles(SELLERS, S::ContractsWrite),
        carries: Carries::Scan,
    },
    rule(Post, "/api/v1/contracts/{id}/signed-papers/{paper}/confirm", Roles(&[Legal, Manager], S::ContractsWrite)),
    rule(Post, "/api/v1/contracts/{id}/refuse", Roles(SELLERS, S::ContractsWrite)),
    rule(Get, "/api/v1/contracts/{id}/payments", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/contracts/{id}/payments", Roles(CASHIERS, S::ContractsWrite)),
    rule(Post, "/api/v1/payments/{id}/reverse", Roles(&[Manager], S::ContractsWrite)),
    rule(Post, "/api/v1/contracts/{id}/instalments/{no}/call", Roles(CASHIERS, S::ContractsWrite)),
    rule(Get, "/api/v1/receipts/{id}/receipt.pdf", Roles(DESK, S::PapersRead)),
    rule(Get, "/api/v1/cases/{id}/submissions", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/submissions", Roles(SUBMITTERS, S::CasesWrite)),
    rule(Get, "/api/v1/submissions", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/submission-counts", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/submissions/{id}", Roles(DESK, S::PapersRead)),
    rule(Post, "/api/v1/submissions/{id}/asked-more", Roles(SUBMITTERS, S::CasesWrite)),
    rule(Post, "/api/v1/submissions/{id}/answered", Roles(SUBMITTERS, S::CasesWrite)),
    rule(Post, "/api/v1/submissions/{id}/decided", Roles(SUBMITTERS, S::CasesWrite)),
    rule(Post, "/api/v1/submissions/{id}/withdrawn", Roles(SUBMITTERS, S::CasesWrite)),
    rule(Post, "/api/v1/cases/{id}/ask-review", Roles(ADVISERS, S::CasesWrite)),
    rule(Post, "/api/v1/cases/{id}/back-to-work", Roles(ADVISERS, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}/checklist", Roles(VERIFIERS, S::PapersRead)),
    rule(Get, "/api/v1/cases/{id}/reviews", Roles(VERIFIERS, S::PapersRead)),
    rule(Post, "/api/v1/cases/{id}/reviews", Roles(REVIEWERS, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}/hand-overs", Roles(DESK, S::CasesRead)),
    slow(Post, "/api/v1/cases/{id}/hand-overs", Roles(INTAKE, S::CasesWrite)),
    rule(Get, "/api/v1/hand-overs/{id}/receipt.pdf", Roles(INTAKE, S::PapersRead)),
    Rule {
        verb: Post,
        path: "/api/v1/hand-overs/{id}/signed",
        who: Roles(INTAKE, S::CasesWrite),
        carries: Carries::Scan,
    },
    rule(Get, "/api/v1/hand-overs/{id}/link", Roles(INTAKE, S::PapersRead)),
    rule(Post, "/api/v1/hand-overs/{id}/repeat", Roles(INTAKE, S::CasesWrite)),
    // With the link and its code, or what they were exchanged for.
    rule(Post, "/api/v1/receive", Anyone),
    rule(Get, "/api/v1/receive/files/{sha256}", Anyone),
    rule(Get, "/api/v1/cases/{id}/obligations", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/obligations", Roles(INTAKE, S::CasesWrite)),
    rule(Post, "/api/v1/cases/{id}/obligations/from-sheet", Roles(ADVISERS, S::AdviceWrite)),
    rule(Post, "/api/v1/obligations/{id}/notice", Roles(INTAKE, S::CasesWrite)),
    rule(Post, "/api/v1/obligations/{id}/pay", Roles(INTAKE, S::CasesWrite)),
    rule(Post, "/api/v1/obligations/{id}/drop", Roles(ADVISERS, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}/archives", Roles(DESK, S::CasesRead)),
    slow(Post, "/api/v1/cases/{id}/archives", Roles(ADVISERS, S::PapersRead)),
    slow(Get, "/api/v1/archives/{id}/file", Roles(ADVISERS, S::PapersRead)),
    rule(Get, "/api/v1/cases/{id}/survey", Roles(INTAKE, S::PapersRead)),
    rule(Post, "/api/v1/cases/{id}/survey", Roles(INTAKE, S::CasesWrite)),
    rule(Post, "/api/v1/survey", Anyone),
    rule(Get, "/api/v1/survey-results", Roles(DESK, S::CasesRead)),
    rule(Get, "/api/v1/cases/{id}/watches", Roles(DESK, S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/watches", Roles(INTAKE, S::CasesWrite)),
    rule(Post, "/api/v1/watches/{id}/end", Roles(INTAKE, S::CasesWrite)),
    rule(Get, "/api/v1/cases/{id}/retention", Roles(&[Legal, Reviewer, Manager, Admin], S::CasesRead)),
    rule(Post, "/api/v1/cases/{id}/holds", Roles(ADVISERS, S::CasesWrite)),
    rule(Post, "/api/v1/holds/{id}/lift", Roles(&[Manager], S::CasesWrite)),
    rule(Get, "/api/v1/layers", Roles(EVERYBODY, S::LayersRead)),
    rule(Get, "/api/v1/layer-versions/{id}", Roles(EVERYBODY, S::LayersRead)),
    // Rows as they were sent may name owners.
    rule(Get, "/api/v1/layer-versions/{id}/issues", Roles(MAPS, S::LayersRead)),
    rule(Get, "/api/v1/layer-versions/{id}/diff/{to}", Roles(EVERYBODY, S::LayersRead)),
    slow(Post, "/api/v1/layer-versions/{id}/publish", Roles(MAPS, S::LayersWrite)),
    slow(Post, "/api/v1/layer-versions/{id}/discard", Roles(MAPS, S::LayersWrite)),
    slow(Post, "/api/v1/layers/{code}/rollback", Roles(MAPS, S::LayersWrite)),
    slow(Post, "/api/v1/layers/{code}/withdraw", Roles(MAPS, S::LayersWrite)),
    Rule { verb: Post, path: "/api/v1/imports", who: Roles(MAPS, S::LayersWrite), carries: Carries::Upload },
    rule(Get, "/api/v1/imports/{id}", Roles(MAPS, S::LayersRead)),
    rule(Get, "/api/v1/tasks", Roles(DESK, S::TasksRead)),
    rule(Post, "/api/v1/tasks/next", Roles(&[Field], S::TasksWrite)),
    rule(Get, "/api/v1/tasks/{id}", Roles(DESK, S::TasksRead)),
    rule(Post, "/api/v1/tasks/{id}/accept", Roles(WORKERS, S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/result", Roles(WORKERS, S::TasksWrite)),
    rule(Get, "/api/v1/tasks/{id}/result", Roles(DESK, S::TasksRead)),
    rule(Get, "/api/v1/tasks/{id}/words", Roles(DESK, S::TasksRead)),
    rule(Get, "/api/v1/tasks/{id}/photos/{sha256}", Roles(DESK, S::TasksRead)),
    Rule { verb: Post, path: "/api/v1/tasks/{id}/photos", who: Roles(WORKERS, S::TasksWrite), carries: Carries::Scan },
    rule(Post, "/api/v1/tasks/{id}/hand-back", Roles(WORKERS, S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/cancel", Roles(WORKERS, S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/start", Roles(WORKERS, S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/pause", Roles(WORKERS, S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/reassign", Roles(&[Manager, Admin], S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/escalate", Roles(WORKERS, S::TasksWrite)),
    rule(Get, "/api/v1/tasks/{id}/form", Roles(DESK, S::TasksRead)),
    rule(Get, "/api/v1/tasks/{id}/fields", Roles(DESK, S::TasksRead)),
    rule(Put, "/api/v1/tasks/{id}/fields", Roles(WORKERS, S::TasksWrite)),
    rule(Get, "/api/v1/cases/{id}/plan", Roles(DESK, S::TasksRead)),
    rule(Post, "/api/v1/cases/{id}/plan", Roles(&[Legal, Manager], S::TasksWrite)),
    rule(Get, "/api/v1/field/package", Roles(&[Field], S::TasksWrite)),
    Rule { verb: Post, path: "/api/v1/field/batches", who: Roles(&[Field], S::TasksWrite), carries: Carries::Scan },
    rule(Get, "/api/v1/field/day", Roles(WORKERS, S::TasksRead)),
    rule(Get, "/api/v1/field/items", Roles(DESK, S::TasksRead)),
    rule(Get, "/api/v1/field/items/{id}", Roles(DESK, S::TasksRead)),
    rule(Post, "/api/v1/field/items/{id}/settle", Roles(&[Legal, Manager], S::TasksWrite)),
    rule(Delete, "/api/v1/tasks/{id}/lease", Roles(&[Manager, Admin], S::TasksWrite)),
    rule(Get, "/api/v1/appointments", Roles(DESK, S::TasksRead)),
    rule(Post, "/api/v1/tasks/{id}/appointment/confirm", Roles(MEETERS, S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/appointment/move", Roles(MEETERS, S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/appointment/keep", Roles(MEETERS, S::TasksWrite)),
    rule(Post, "/api/v1/tasks/{id}/appointment/miss", Roles(MEETERS, S::TasksWrite)),
    rule(Get, "/api/v1/agencies", Roles(EVERYBODY, S::TasksRead)),
    rule(Put, "/api/v1/agencies/{code}", Roles(&[Manager, Admin], S::StaffWrite)),
    rule(Get, "/api/v1/absences", Roles(EVERYBODY, S::StaffRead)),
    rule(Post, "/api/v1/absences", Roles(EVERYBODY, S::StaffWrite)),
    rule(Delete, "/api/v1/absences/{id}", Roles(EVERYBODY, S::StaffWrite)),
    rule(Get, "/api/v1/staff/{id}/skills", Roles(&[Admin, Manager], S::StaffRead)),
    rule(Put, "/api/v1/staff/{id}/skills", Roles(&[Admin, Manager], S::StaffWrite)),
    rule(Post, "/api/v1/appointments", Roles(MEETERS, S::TasksWrite)),
    rule(Get, "/api/v1/jobs", Roles(&[Manager, Admin, GisAnalyst], S::JobsRead)),
    rule(Get, "/api/v1/jobs/{id}", Roles(EVERYBODY, S::JobsRead)),
    rule(Post, "/api/v1/jobs/{id}/revive", Roles(RUNNERS, S::JobsWrite)),
    rule(Get, "/api/v1/jobs/{id}/events", Roles(EVERYBODY, S::JobsRead)),
];

/// The rule of a route; none: nobody may call it.
pub fn find(method: &Method, path: &str) -> Option<&'static Rule> {
    let verb = Verb::of(method)?;
    RULES.iter().find(|r| r.verb == verb && r.path == path)
}

impl Who {
    /// May this actor, who is signed in, call?
    pub fn admits(self, actor: &Actor) -> bool {
        match self {
            Anyone | SignedIn => true,
            Session => actor.scopes.is_none(),
            Roles(roles, scope) => actor.has_any(roles) && actor.allows(scope),
        }
    }

    /// What an actor who is not admitted lacks.
    pub fn needs(self, actor: &Actor) -> String {
        match self {
            Roles(roles, _) if !actor.has_any(roles) => {
                let names: Vec<_> = roles.iter().map(|r| r.as_str()).collect();
                format!("for {}", names.join(", "))
            }
            Roles(_, scope) => format!("the token needs the scope {scope}"),
            Anyone | SignedIn | Session => "in person, not with a token".into(),
        }
    }

    /// One line for the OpenAPI document.
    pub fn describe(self) -> String {
        match self {
            Anyone => "Open to anyone.".into(),
            SignedIn => "Any member of staff.".into(),
            Session => "Any member of staff, signed in (not by token).".into(),
            Roles(roles, scope) => {
                let names: Vec<_> = roles.iter().map(|r| r.as_str()).collect();
                format!("Roles: {}. Token scope: `{scope}`.", names.join(", "))
            }
        }
    }
}
