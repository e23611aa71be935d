use super::create::{department_problem, name_problem, role_problems};
use super::{Actor, StaffView};
use crate::app::App;
use crate::domain::staff::Role;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::staff;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// What is left out stays as it is.
#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"roles": ["legal", "reviewer"], "active": true}))]
pub struct StaffChange {
    pub name: Option<String>,
    pub roles: Option<Vec<String>>,
    pub department: Option<String>,
    pub territory: Option<Vec<String>>,
    /// False ends all sessions and tokens at once.
    pub active: Option<bool>,
}

pub async fn change(app: &App, by: &Actor, id: Uuid, change: StaffChange) -> Result<StaffView> {
    let mut problems: Vec<_> = change.name.as_deref().and_then(name_problem).into_iter().collect();
    problems.extend(change.roles.as_deref().map(role_problems).unwrap_or_default());
    problems.extend(change.department.as_deref().and_then(department_problem));
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let mut tx = begin(app).await?;
    // One change of staff at a time, so that two admins cannot remove each other.
    staff::lock_all(&mut tx).await?;
    let not_found = || Error::NotFound { what: "staff", id: id.to_string() };
    let before = staff::get(&mut tx, id).await?.ok_or_else(not_found)?;
    let mut after = before.clone();
    after.name = change.name.map_or(after.name, |n| n.trim().to_owned());
    after.roles = change.roles.unwrap_or(after.roles);
    after.department = change.department.unwrap_or(after.department);
    after.territory = change.territory.unwrap_or(after.territory);
    after.active = change.active.unwrap_or(after.active);
    staff::update(&mut tx, &after).await?;
    if staff::active_with_role(&mut tx, Role::Admin.as_str()).await? == 0 {
        return Err(Error::Conflict { code: "last-admin", detail: "somebody must be able to administer".into() });
    }
    if !after.active {
        staff::end_sessions_of(&mut tx, id).await?;
    }
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "staff.change",
        subject: format!("staff/{id}"),
        case_id: None,
        detail: json!({
            "before": {"roles": before.roles, "department": before.department, "active": before.active},
            "after": {"roles": after.roles, "department": after.department, "active": after.active},
        }),
    };
    audit::write(&mut tx, &deed).await?;
    let view = StaffView::from(after);
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}
