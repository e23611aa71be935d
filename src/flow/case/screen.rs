//! One call per screen: everything the page of a case shows that is no personal data.

use super::clock::{Clocks, clock};
use super::issue::{IssueView, view};
use super::read::{CaseView, get};
use super::timeline::{Timeline, timeline};
use crate::app::App;
use crate::domain::case::timeline::View;
use crate::domain::verify::text::Lang;
use crate::flow::Result;
use crate::flow::advice::{self, SheetView};
use crate::flow::archive::{self, ArchiveView};
use crate::flow::contract::{self, ContractView};
use crate::flow::customer::{self, ConsentView, InvitationStanding};
use crate::flow::hand_over::{self, HandOverView};
use crate::flow::obligation::{self, ObligationView};
use crate::flow::paper::{self, PaperView};
use crate::flow::paper_request::{self, RequestView};
use crate::flow::payment::{self, Account};
use crate::flow::quotation::{self, QuotationView};
use crate::flow::submission::{self, SubmissionView};
use crate::flow::task::{self, AppointmentFilter, AppointmentView, TaskFilter, TaskView};
use crate::flow::verification::{self, VerificationView};
use crate::flow::watch::{self, WatchView};
use crate::store::{case_event, case_issue};
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize)]
pub struct Screen {
    pub case: CaseView,
    pub timeline: Timeline,
    pub clock: Clocks,
    pub papers: Vec<PaperView>,
    /// The newest verdict.
    pub verification: Option<VerificationView>,
    pub option_sheets: Vec<SheetView>,
    pub consents: Vec<ConsentView>,
    /// The customer's way to follow it: the newest.
    pub invitation: Option<InvitationStanding>,
    pub requests: Vec<RequestView>,
    /// Rounds of paper requests: what we are measured by.
    pub rounds: usize,
    pub quotations: Vec<QuotationView>,
    pub contracts: Vec<ContractView>,
    /// Of the contract that binds.
    pub account: Option<Account>,
    /// What was handed in to authorities.
    pub submissions: Vec<SubmissionView>,
    pub tasks: Vec<TaskView>,
    pub appointments: Vec<AppointmentView>,
    pub issues: Vec<IssueView>,
    pub hand_overs: Vec<HandOverView>,
    /// Taxes and fees of the customer.
    pub obligations: Vec<ObligationView>,
    pub archives: Vec<ArchiveView>,
    pub watches: Vec<WatchView>,
}

pub async fn screen(app: &App, id: Uuid, lang: Lang) -> Result<Screen> {
    let case = get(app, &id.to_string()).await?;
    let requests = paper_request::list(app, id, lang).await?;
    let tasks = TaskFilter { case_id: Some(id), limit: 200, ..TaskFilter::default() };
    let meetings = AppointmentFilter { case_id: Some(id), limit: 200, ..AppointmentFilter::default() };
    let issues = case_issue::of_case(&mut *app.pool.acquire().await?, id).await?;
    let contracts = contract::list(app, id).await?;
    let account = match contracts.iter().find(|c| c.state == "concluded") {
        Some(bound) => Some(payment::account(app, bound.id).await?),
        None => None,
    };
    Ok(Screen {
        quotations: quotation::list(app, id).await?,
        contracts,
        account,
        timeline: timeline(app, id, View::Staff, lang, 0).await?,
        clock: clock(app, id, lang).await?,
        papers: paper::list(app, id).await?,
        rounds: requests.len(),
        requests,
        submissions: submission::list(app, id).await?,
        tasks: task::list(app, &tasks).await?,
        appointments: task::appointments(app, &meetings).await?,
        issues: issues.into_iter().map(view).collect(),
        hand_overs: hand_over::list(app, id).await?,
        obligations: obligation::list(app, id).await?,
        archives: archive::list(app, id).await?,
        watches: watch::list(app, id).await?,
        verification: verification::list(app, id, None, 1).await?.pop(),
        option_sheets: advice::list(app, id).await?,
        consents: customer::consents(app, id).await?,
        invitation: customer::invited(app, id).await?,
        case,
    })
}

/// How many cases stand where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Count {
    pub state: String,
    /// ours, customer, authority or nobody.
    pub turn: String,
    pub cases: i64,
}

pub async fn counts(app: &App) -> Result<Vec<Count>> {
    let rows = case_event::counts(&mut *app.pool.acquire().await?).await?;
    Ok(rows.into_iter().map(|(state, turn, cases)| Count { state, turn, cases }).collect())
}
