//! API tokens: for programs, made by a member of staff, never able to do more than that person.

use super::Actor;
use super::actor::hash;
use crate::app::App;
use crate::domain::problem::FieldProblem;
use crate::domain::staff::{Role, Scope};
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::staff::{self, TokenRow};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "nightly report", "scopes": ["cases:read", "parcels:read"], "days": 90}))]
pub struct NewToken {
    pub name: String,
    pub scopes: Vec<String>,
    /// 1 to 366.
    pub days: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TokenView {
    pub id: Uuid,
    pub staff_id: Uuid,
    pub name: String,
    pub scopes: Vec<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
}

#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct TokenIssued {
    /// Shown this once; send it as `Authorization: Bearer <token>`.
    pub token: String,
    #[serde(flatten)]
    pub about: TokenView,
}

impl From<TokenRow> for TokenView {
    fn from(t: TokenRow) -> Self {
        Self {
            id: t.id,
            staff_id: t.staff_id,
            name: t.name,
            scopes: t.scopes,
            created_at: t.created_at,
            expires_at: t.expires_at,
            revoked_at: t.revoked_at,
        }
    }
}

pub async fn issue_token(app: &App, by: &Actor, new: NewToken) -> Result<TokenIssued> {
    let owner = by.id.ok_or(Error::Forbidden("person-only"))?;
    let problems = problems(by, &new);
    if !problems.is_empty() {
        return Err(Error::Refused(problems));
    }
    let now = app.clock.now();
    let row = TokenRow {
        id: app.clock.new_id(),
        staff_id: owner,
        name: new.name.trim().to_owned(),
        scopes: new.scopes,
        created_at: now,
        expires_at: Some(now + Duration::days(new.days)),
        revoked_at: None,
    };
    let token = format!("diaba_{}", BASE64_URL_SAFE_NO_PAD.encode(app.clock.secret()));
    let mut tx = begin(app).await?;
    staff::insert_token(&mut tx, &row, &hash(&token)).await?;
    let detail = json!({"name": row.name, "scopes": row.scopes});
    write_deed(app, &mut tx, by, "token.issue", row.id, detail).await?;
    let issued = TokenIssued { token, about: row.into() };
    commit(app, tx, by, &issued, Some(format!("/api/v1/tokens/{}", issued.about.id))).await?;
    Ok(issued)
}

/// One's own tokens; as an admin those of everybody. Newest first, before the id `before`.
pub async fn tokens(app: &App, by: &Actor, before: Option<Uuid>, limit: i64) -> Result<Vec<TokenView>> {
    let mut conn = app.pool.acquire().await?;
    let rows = staff::tokens(&mut conn, whose(by), before, limit).await?;
    Ok(rows.into_iter().map(TokenView::from).collect())
}

/// Revokes one's own token; as an admin anybody's.
pub async fn revoke_token(app: &App, by: &Actor, id: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    if !staff::revoke_token(&mut tx, id, whose(by), app.clock.now()).await? {
        return Err(Error::NotFound { what: "token", id: id.to_string() });
    }
    write_deed(app, &mut tx, by, "token.revoke", id, json!({})).await?;
    Ok(tx.commit().await?)
}

fn whose(by: &Actor) -> Option<Uuid> {
    if by.has_any(&[Role::Admin]) { None } else { Some(by.id.unwrap_or_default()) }
}

fn problems(by: &Actor, new: &NewToken) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    let length = new.name.trim().chars().count();
    if !(1..=100).contains(&length) {
        found.push(FieldProblem::new("name", "length", length, "1-100"));
    }
    if !(1..=366).contains(&new.days) {
        found.push(FieldProblem::new("days", "range", new.days, "1-366"));
    }
    if new.scopes.is_empty() {
        found.push(FieldProblem::new("scopes", "required", "[]", Scope::names()));
    }
    for (i, s) in new.scopes.iter().enumerate() {
        let field = format!("scopes[{i}]");
        match Scope::parse(s) {
            None => found.push(FieldProblem::new(field, "not-in-list", s, Scope::names())),
            // A token must not beget a wider one.
            Some(scope) if !by.allows(scope) => {
                found.push(FieldProblem::new(field, "scope-wider", s, "scopes of the token in use"))
            }
            Some(_) => {}
        }
    }
    found
}

async fn write_deed(
    app: &App,
    tx: &mut sqlx::PgConnection,
    by: &Actor,
    action: &str,
    token: Uuid,
    detail: serde_json::Value,
) -> Result<()> {
    let subject = format!("token/{token}");
    let deed = Deed { at: app.clock.now(), actor: &by.login, action, subject, case_id: None, detail };
    Ok(audit::write(tx, &deed).await?)
}
