use crate::app::App;
use crate::domain::problem::FieldProblem;
use crate::flow::{Error, Result};
use crate::store::queue::view;
use uuid::Uuid;

pub use crate::store::queue::view::{Filter, Job, Metrics};

/// Jobs, newest first; page on with `Filter::before`. At most 500 at once.
pub async fn list(app: &App, filter: &Filter) -> Result<Vec<Job>> {
    let states = ["pending", "running", "done", "dead"];
    if let Some(s) = filter.state.as_deref().filter(|s| !states.contains(s)) {
        return Err(Error::Refused(vec![FieldProblem::new("state", "unknown_value", s, states.join(", "))]));
    }
    let filter = Filter { limit: filter.limit.clamp(1, 500), ..filter.clone() };
    Ok(view::list(&app.pool, &filter).await?)
}

pub async fn find(app: &App, id: Uuid) -> Result<Job> {
    let mut conn = app.pool.acquire().await?;
    view::find(&mut conn, id).await?.ok_or_else(|| Error::NotFound { what: "job", id: id.to_string() })
}

/// Depth, age and dead letters of every queue that has unfinished jobs.
pub async fn metrics(app: &App) -> Result<Vec<Metrics>> {
    Ok(view::metrics(&app.pool).await?)
}

/// Dead letters per kind.
pub async fn dead_by_kind(app: &App) -> Result<Vec<(String, i64)>> {
    Ok(view::dead_by_kind(&app.pool).await?)
}
