//! One call per screen: everything the page of a case shows that is no personal data.

use super::clock::{Clocks, clock};
use super::issue::{IssueView, view};
use super::read::{CaseView, get};
use super::timeline::{Timeline, timeline};
use crate::app::App;
use crate::domain::case::timeline::View;
use crate::domain::verify::text::Lang;
use crate::flow::Result;
use crate::flow::contract::{self, ContractView};
use crate::flow::paper::{self, PaperView};
use crate::flow::paper_request::{self, RequestView};
use crate::flow::payment::{self, Account};
use crate::flow::quotation::{self, QuotationView};
use crate::flow::submission::{self, SubmissionView};
use crate::flow::task::{self, TaskFilter, TaskView};
use crate::store::{case_event, case_issue};
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Clone, Serialize)]
pub struct Screen {
    pub case: CaseView,
    pub timeline: Timeline,
    pub clock: Clocks,
    pub papers: Vec<PaperView>,
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
    pub issues: Vec<IssueView>,
}

pub async fn screen(app: &App, id: Uuid, lang: Lang) -> Result<Screen> {
    let case = get(app, &id.to_string()).await?;
    let requests = paper_request::list(app, id).await?;
    let tasks = TaskFilter { case_id: Some(id), limit: 200, ..TaskFilter::default() };
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
        clock: clock(app, id).await?,
        papers: paper::list(app, id).await?,
        rounds: requests.len(),
        requests,
        submissions: submission::list(app, id).await?,
        tasks: task::list(app, &tasks).await?,
        issues: issues.into_iter().map(view).collect(),
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
