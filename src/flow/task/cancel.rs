use super::TaskView;
use super::change::{at_version, leads, reason, write};
use crate::app::App;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use uuid::Uuid;

/// Ends a task that is no longer needed, with a reason. By its department, or by who leads.
pub async fn cancel(app: &App, by: &Actor, id: Uuid, version: i32, why: &str) -> Result<TaskView> {
    let why = reason(why)?;
    let mut tx = begin(app).await?;
    let mut task = at_version(&mut tx, id, version, &["blocked", "open", "accepted", "started", "paused"]).await?;
    if task.department != by.department && !leads(by) {
        return Err(Error::Forbidden("task-of-another-department"));
    }
    task.state = "cancelled".into();
    write(app, tx, by, task, "cancelled", why).await
}
