use super::StaffView;
use crate::app::App;
use crate::flow::Result;
use crate::store;

/// By login, after the login `after`.
pub async fn list(app: &App, after: Option<&str>, limit: i64) -> Result<Vec<StaffView>> {
    let mut conn = app.pool.acquire().await?;
    Ok(store::staff::page(&mut conn, after, limit).await?.into_iter().map(StaffView::from).collect())
}
