use super::StaffView;
use crate::app::App;
use crate::flow::Result;
use crate::store;
use crate::store::staff::StaffRow;
use serde::Serialize;
use uuid::Uuid;

/// Who works here, as everybody here may know it: to give a problem an owner, and to name who has a task.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Colleague {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub department: String,
    pub roles: Vec<String>,
    /// False: somebody who has left.
    pub active: bool,
}

impl From<StaffRow> for Colleague {
    fn from(r: StaffRow) -> Self {
        Self { id: r.id, login: r.login, name: r.name, department: r.department, roles: r.roles, active: r.active }
    }
}

/// As [`list`], without what only who leads has to know.
pub async fn colleagues(app: &App, after: Option<&str>, limit: i64) -> Result<Vec<Colleague>> {
    let mut conn = app.pool.acquire().await?;
    Ok(store::staff::page(&mut conn, after, limit).await?.into_iter().map(Into::into).collect())
}

/// By login, after the login `after`.
pub async fn list(app: &App, after: Option<&str>, limit: i64) -> Result<Vec<StaffView>> {
    let mut conn = app.pool.acquire().await?;
    Ok(store::staff::page(&mut conn, after, limit).await?.into_iter().map(StaffView::from).collect())
}
