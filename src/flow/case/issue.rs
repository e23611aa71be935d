//! Problems, raised at once: whose they are and until when.

use super::personal::Reading;
use super::read::lock_open;
use super::record::record;
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::case::topic::TOPICS;
use crate::domain::problem::FieldProblem;
use crate::domain::staff::Purpose;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case_issue::{self as store, IssueRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"topic": "neighbour_objects", "words": "The neighbour disputes the north edge.",
    "owner": "0199b2f0-0000-7000-8000-000000000001", "due": "2026-10-09"}))]
pub struct NewIssue {
    /// agency_asks, agency_late, agency_refuses, boundary, contract, customer_hesitates, customer_unreachable, dispute, dossier_back,
    /// land_differs, land_not_seen, neighbour_objects, papers_lost, payment, planning, result_differs, review_returned, wrong_area,
    /// wrong_name or other.
    pub topic: String,
    /// What it is about. Kept sealed.
    pub words: String,
    /// Who solves it.
    pub owner: Uuid,
    /// Day in Viet Nam by whose end.
    #[schema(value_type = String)]
    pub due: Date,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct IssueView {
    pub id: Uuid,
    pub case_id: Uuid,
    pub topic: String,
    /// Only when read for a purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// How it was solved; only when read for a purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    pub owner: Uuid,
    #[schema(value_type = String)]
    pub due: Date,
    pub raised_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub raised_at: OffsetDateTime,
    pub resolved_by: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub resolved_at: Option<OffsetDateTime>,
}

pub(super) fn view(r: IssueRow) -> IssueView {
    IssueView {
        id: r.id,
        case_id: r.case_id,
        topic: r.topic,
        words: None,
        how: None,
        owner: r.owner,
        due: r.due,
        raised_by: r.raised_by,
        raised_at: r.raised_at,
        resolved_by: r.resolved_by,
        resolved_at: r.resolved_at,
    }
}

pub async fn raise_issue(app: &App, by: &Actor, case: Uuid, new: NewIssue) -> Result<IssueView> {
    let problems = problems(&new, app.clock.today());
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let mut tx = begin(app).await?;
    let view = raise_issue_in(app, &mut tx, by, case, new, None).await?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/issues"))).await?;
    Ok(view)
}

/// As [`raise_issue`], within another act. `origin`: what it comes from; one of it at most is open.
pub(in crate::flow) async fn raise_issue_in(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    new: NewIssue,
    origin: Option<&str>,
) -> Result<IssueView> {
    lock_open(tx, case).await?;
    if crate::store::staff::get(tx, new.owner).await?.filter(|s| s.active).is_none() {
        return Err(Error::refused("owner", "staff-unknown", new.owner, "active staff"));
    }
    let id = app.clock.new_id();
    let row = IssueRow {
        id,
        case_id: case,
        sealed: app.vault.seal(&place(id), new.words.trim().as_bytes())?,
        topic: new.topic,
        owner: new.owner,
        due: new.due,
        raised_by: by.login.clone(),
        raised_at: app.clock.now(),
        resolved_by: None,
        resolved_at: None,
        sealed_how: None,
        origin: origin.map(str::to_owned),
    };
    store::insert(tx, &row).await?;
    audit::write(tx, &deed(by, &row, "issue.raise", row.raised_at)).await?;
    let raised = Happened::IssueRaised { issue: id, topic: row.topic.clone(), owner: row.owner, due: row.due };
    record(app, tx, by, case, raised).await?;
    Ok(view(row))
}

/// How a problem was solved.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"how": "Both neighbours have signed the sketch of the boundary."}))]
pub struct Solved {
    /// 3 to 2,000 characters; kept sealed.
    pub how: String,
}

pub async fn resolve_issue(app: &App, by: &Actor, id: Uuid, solved: Solved) -> Result<IssueView> {
    let length = solved.how.trim().chars().count();
    if !(3..=2000).contains(&length) {
        return Err(Error::refused("how", "length", length, "3-2000"));
    }
    let mut tx = begin(app).await?;
    let (view, solved) = resolve_issue_in(app, &mut tx, by, id, Some(solved.how.trim())).await?;
    if !solved {
        return Err(Error::Conflict { code: "issue-resolved", detail: "it was resolved before".into() });
    }
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

/// As [`resolve_issue`], within another act; false: it was resolved before.
pub(in crate::flow) async fn resolve_issue_in(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    id: Uuid,
    how: Option<&str>,
) -> Result<(IssueView, bool)> {
    let not_found = || Error::NotFound { what: "issue", id: id.to_string() };
    let now = app.clock.now();
    let case = store::get(tx, id).await?.ok_or_else(not_found)?.case_id;
    lock_open(tx, case).await?;
    let sealed = how.map(|how| app.vault.seal(&how_place(id), how.as_bytes())).transpose()?;
    let solved = store::resolve(tx, id, &by.login, now, sealed.as_deref()).await?;
    let row = store::get(tx, id).await?.ok_or_else(not_found)?;
    if solved {
        audit::write(tx, &deed(by, &row, "issue.resolve", now)).await?;
        record(app, tx, by, case, Happened::IssueResolved { issue: id, topic: row.topic.clone() }).await?;
    }
    Ok((view(row), solved))
}

/// Problems of a case with their words: a logged read.
pub async fn issues(app: &App, by: &Actor, case: Uuid, purpose: Purpose) -> Result<Vec<IssueView>> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let mut views = Vec::new();
    for row in store::of_case(&mut reading.tx, case).await? {
        reading.log(&place(row.id)).await?;
        let read = |place: &str, sealed: &[u8]| -> Result<String> {
            String::from_utf8(app.vault.open(place, sealed)?).map_err(|e| Error::Broken(e.into()))
        };
        let words = read(&place(row.id), &row.sealed)?;
        let how = row.sealed_how.as_deref().map(|sealed| read(&how_place(row.id), sealed)).transpose()?;
        views.push(IssueView { words: Some(words), how, ..view(row) });
    }
    reading.end().await?;
    Ok(views)
}

fn place(id: Uuid) -> String {
    format!("case_issue/{id}")
}

fn how_place(id: Uuid) -> String {
    format!("case_issue/{id}/how")
}

fn deed<'a>(by: &'a Actor, row: &IssueRow, action: &'a str, at: OffsetDateTime) -> Deed<'a> {
    Deed {
        at,
        actor: &by.login,
        action,
        subject: format!("issue/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"topic": row.topic, "owner": row.owner, "due": row.due}),
    }
}

fn problems(new: &NewIssue, today: Date) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if !TOPICS.contains(&new.topic.as_str()) {
        found.push(FieldProblem::new("topic", "not-in-list", &new.topic, TOPICS.join(", ")));
    }
    let length = new.words.trim().chars().count();
    if !(3..=2000).contains(&length) {
        found.push(FieldProblem::new("words", "length", length, "3-2000"));
    }
    if new.due < today {
        found.push(FieldProblem::new("due", "past", new.due, format!("{today} or later")));
    }
    found
}
