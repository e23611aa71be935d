//! Passwords: argon2id, never stored, never logged.

use super::Actor;
use crate::app::App;
use crate::domain::problem::FieldProblem;
use crate::domain::staff::Role;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::staff;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use serde::Deserialize;
use serde_json::json;
use std::sync::LazyLock;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Each hash takes some 19 MiB and tens of milliseconds of a core; more at once would only starve other requests.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"new": "another-example-password", "current": "an-example-password"}))]
pub struct PasswordChange {
    /// At least 12 characters.
    pub new: String,
    /// Needed to change one's own.
    #[serde(default)]
    pub current: Option<String>,
}

/// Changes one's own password, or as an admin that of somebody else; ends all sessions of that person.
pub async fn set_password(app: &App, by: &Actor, id: Uuid, change: PasswordChange) -> Result<()> {
    if let Some(p) = problem("new", &change.new) {
        return Err(Error::Refused(vec![p]));
    }
    let mut conn = app.pool.acquire().await?;
    let not_found = || Error::NotFound { what: "staff", id: id.to_string() };
    let held = staff::password_hash(&mut conn, id).await?.ok_or_else(not_found)?;
    drop(conn);
    if by.id == Some(id) {
        let given = change.current.unwrap_or_default();
        if !verify(given, Some(held)).await? {
            return Err(Error::refused("current", "password-wrong", "another password", "the password in use"));
        }
    } else if !by.has_any(&[Role::Admin]) {
        return Err(Error::Forbidden("another-persons-password"));
    }
    let hash = hash(change.new).await?;
    let mut tx = begin(app).await?;
    staff::set_password(&mut tx, id, &hash).await?;
    staff::end_sessions_of(&mut tx, id).await?;
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "staff.set_password",
        subject: format!("staff/{id}"),
        case_id: None,
        detail: json!({}),
    };
    audit::write(&mut tx, &deed).await?;
    commit(app, tx, by, &json!({"changed": true}), None).await
}

pub(super) fn problem(field: &str, password: &str) -> Option<FieldProblem> {
    let length = password.chars().count();
    (!(12..=200).contains(&length)).then(|| FieldProblem::new(field, "password-length", length, "12-200"))
}

pub(super) async fn hash(password: String) -> Result<String> {
    on_a_core(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|h| h.to_string()).map_err(|e| Error::Broken(anyhow::anyhow!("argon2: {e}")))
    })
    .await?
}

/// Takes as long when there is no such person (`held` is none), so that time does not tell.
pub(super) async fn verify(password: String, held: Option<String>) -> Result<bool> {
    static NOBODY: LazyLock<Option<String>> =
        LazyLock::new(|| Argon2::default().hash_password(b"nobody has this one").ok().map(|h| h.to_string()));
    on_a_core(move || {
        let known = held.is_some();
        let held = held.or_else(|| NOBODY.clone()).unwrap_or_default();
        let right =
            PasswordHash::new(&held).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok());
        known && right
    })
    .await
}

async fn on_a_core<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _permit = AT_ONCE.acquire().await.map_err(|e| Error::Broken(e.into()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Broken(e.into()))
}
