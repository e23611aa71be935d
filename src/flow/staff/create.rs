use super::{Actor, password};
use crate::app::App;
use crate::domain::problem::FieldProblem;
use crate::domain::staff::{Department, Role};
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::staff::{self, StaffRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"login": "phap.che.1", "name": "Người Mẫu Một", "roles": ["legal"], "department": "legal",
    "territory": [], "password": "an-example-password"}))]
pub struct NewStaff {
    /// 2 to 40 of `a-z 0-9 . _ -`.
    pub login: String,
    pub name: String,
    /// customer_care, legal, sales, field, reviewer, gis_analyst, manager, admin.
    pub roles: Vec<String>,
    /// customer_care, legal, sales, field, gis, management.
    pub department: String,
    /// Commune codes this person works in; empty: anywhere.
    #[serde(default)]
    pub territory: Vec<String>,
    /// At least 12 characters.
    pub password: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct StaffView {
    pub id: Uuid,
    pub login: String,
    pub name: String,
    pub roles: Vec<String>,
    pub department: String,
    pub territory: Vec<String>,
    pub active: bool,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<StaffRow> for StaffView {
    fn from(r: StaffRow) -> Self {
        Self {
            id: r.id,
            login: r.login,
            name: r.name,
            roles: r.roles,
            department: r.department,
            territory: r.territory,
            active: r.active,
            created_at: r.created_at,
        }
    }
}

pub async fn create(app: &App, by: &Actor, new: NewStaff) -> Result<StaffView> {
    let problems = problems(&new);
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let hash = password::hash(new.password).await?;
    let row = StaffRow {
        id: app.clock.new_id(),
        login: new.login,
        name: new.name.trim().to_owned(),
        roles: new.roles,
        department: new.department,
        territory: new.territory,
        active: true,
        created_at: app.clock.now(),
    };
    let mut tx = begin(app).await?;
    if !staff::insert(&mut tx, &row, &hash).await? {
        return Err(Error::Conflict { code: "login-taken", detail: row.login });
    }
    let deed = Deed {
        at: row.created_at,
        actor: &by.login,
        action: "staff.create",
        subject: format!("staff/{}", row.id),
        case_id: None,
        detail: json!({"login": row.login, "roles": row.roles, "department": row.department}),
    };
    audit::write(&mut tx, &deed).await?;
    let view = StaffView::from(row);
    commit(app, tx, by, &view, Some(format!("/api/v1/staff/{}", view.id))).await?;
    Ok(view)
}

fn problems(new: &NewStaff) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let login_ok = (2..=40).contains(&new.login.len())
        && new.login.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'));
    if !login_ok {
        found.push(FieldProblem::new("login", "login-format", &new.login, "2-40 of a-z 0-9 . _ -"));
    }
    found.extend(name_problem(&new.name));
    found.extend(role_problems(&new.roles));
    found.extend(department_problem(&new.department));
    found.extend(password::problem("password", &new.password));
    found
}

pub(super) fn name_problem(name: &str) -> Option<FieldProblem> {
    let length = name.trim().chars().count();
    (!(1..=100).contains(&length)).then(|| FieldProblem::new("name", "length", length, "1-100"))
}

pub(super) fn role_problems(roles: &[String]) -> Vec<FieldProblem> {
    if roles.is_empty() {
        return vec![FieldProblem::new("roles", "required", "[]", Role::names())];
    }
    let wrong = roles.iter().enumerate().filter(|(_, r)| Role::parse(r).is_none());
    wrong.map(|(i, r)| FieldProblem::new(format!("roles[{i}]"), "not-in-list", r, Role::names())).collect()
}

pub(super) fn department_problem(department: &str) -> Option<FieldProblem> {
    Department::parse(department)
        .is_none()
        .then(|| FieldProblem::new("department", "not-in-list", department, Department::names()))
}
