use super::change::{existing, record};
use super::view::{TaskView, view};
use crate::app::App;
use crate::domain::plan::PlanBook;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::{absence, task};
use serde_json::json;

/// The next open field task nearest to a WGS 84 point: one's own, or nobody's, which becomes one's own. Two who ask at the
/// same moment never get the same task. What needs a skill they lack is passed over. None: there is nothing to do.
pub async fn next_near(app: &App, by: &Actor, lon: f64, lat: f64) -> Result<Option<TaskView>> {
    let Some(me) = by.id.filter(|_| by.department == "field") else {
        return Err(Error::Forbidden("field-staff-only"));
    };
    for (field, value, most) in [("lon", lon, 180.0), ("lat", lat, 90.0)] {
        if value.is_nan() || value.abs() > most {
            return Err(Error::refused(field, "range", value, format!("-{most} to {most}")));
        }
    }
    let mut tx = begin(app).await?;
    let skills = absence::skills(&mut tx, me).await?;
    let beyond = PlanBook::shipped().map_err(anyhow::Error::msg)?.beyond(&skills);
    let Some((id, distance)) = task::lock_nearest(&mut tx, me, (lon, lat), &beyond).await? else {
        commit(app, tx, by, &None::<TaskView>, None).await?;
        return Ok(None);
    };
    let mut row = existing(&mut tx, id).await?;
    if row.assignee.is_none() {
        row.assignee = Some(me);
        row.updated_at = app.clock.now();
        task::change(&mut tx, &row).await?;
        record(app, &mut tx, by, &row, "assigned", json!({ "by": "pull", "distance_m": distance })).await?;
        row.version += 1;
    }
    let view = TaskView { distance_m: distance.map(|d| (d * 10.0).round() / 10.0), ..view(row) };
    let view = Some(view);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}
