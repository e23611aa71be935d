//! The work plan of a case: made when everybody has signed its contract, carried on whenever something it waits for is there.

mod advance;
mod begin;
mod view;

pub(crate) use advance::advance;
pub use advance::sweep;
pub(in crate::flow) use begin::begin_for;
pub use begin::make;
pub use view::{PlanView, PlannedTask, view};

use crate::app::App;
use crate::domain::case::{Case, Dossier};
use crate::domain::plan::{Facts, WorkPlan};
use crate::flow::case;
use crate::flow::paper::names_of_case;
use crate::flow::{Error, Result};
use crate::store::work_plan::{self, WorkPlanRow};
use sqlx::PgConnection;
use uuid::Uuid;

/// A plan as it was when the case began with it.
pub(crate) fn read(row: &WorkPlanRow) -> Result<WorkPlan> {
    serde_json::from_value(row.plan.clone()).map_err(|e| Error::Broken(e.into()))
}

/// The plan a task belongs to; none: it came from elsewhere.
pub(crate) async fn of_task(conn: &mut PgConnection, plan: Option<Uuid>) -> Result<Option<WorkPlan>> {
    let Some(id) = plan else { return Ok(None) };
    work_plan::get(conn, id).await?.map(|row| read(&row)).transpose()
}

/// What the conditions of a plan ask about a case; locks the case.
pub(crate) async fn facts(app: &App, conn: &mut PgConnection, case_id: Uuid) -> Result<Facts> {
    let standing = case::lock(conn, case_id).await?;
    Ok(Facts {
        papers_asked: standing.as_ref().is_some_and(|c| !c.asked.is_empty()),
        issue_open: standing.as_ref().is_some_and(|c| !c.issues.is_empty()),
        with_authority: standing.as_ref().is_some_and(|c| c.main_dossiers().any(Dossier::open)),
        granted: standing.as_ref().and_then(Case::granted),
        papers: names_of_case(app, conn, case_id).await?,
    })
}
