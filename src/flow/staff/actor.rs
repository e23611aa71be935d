//! Who acts.

use crate::app::App;
use crate::domain::staff::{Role, Scope};
use crate::flow::{Error, Result};
use crate::store;
use crate::store::idempotency::Claim;
use crate::store::staff::StaffRow;
use sha2::{Digest, Sha256};
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct Actor {
    /// None: the service itself (a job, the command line).
    pub id: Option<Uuid>,
    /// As written into audit rows: the login, or `system:<name>`.
    pub login: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub department: String,
    pub territory: Vec<String>,
    /// None: a session, which may do all its roles may.
    pub scopes: Option<Vec<Scope>>,
    /// The idempotency key the request came with.
    pub claim: Option<Claim>,
}

/// What a request shows to prove who sends it.
#[derive(Clone, Copy)]
pub enum Credential<'a> {
    Session(&'a str),
    Token(&'a str),
}

impl Actor {
    /// The service itself. May do everything; what it does is audited under `system:<name>`.
    pub fn system(name: &str) -> Self {
        Self {
            id: None,
            login: format!("system:{name}"),
            name: name.to_owned(),
            roles: Role::ALL.to_vec(),
            department: "management".into(),
            territory: Vec::new(),
            scopes: None,
            claim: None,
        }
    }

    pub fn has_any(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|r| roles.contains(r))
    }

    /// May the credential be used for this? A session may; a token only within its scopes.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.as_ref().is_none_or(|s| s.contains(&scope))
    }

    fn from_row(row: StaffRow, scopes: Option<Vec<String>>) -> Self {
        Self {
            id: Some(row.id),
            roles: row.roles.iter().filter_map(|r| Role::parse(r)).collect(),
            login: row.login,
            name: row.name,
            department: row.department,
            territory: row.territory,
            scopes: scopes.map(|s| s.iter().filter_map(|s| Scope::parse(s)).collect()),
            claim: None,
        }
    }
}

/// None: the credential is unknown, expired, revoked, or its owner no longer works here.
pub async fn authenticate(app: &App, credential: Credential<'_>) -> Result<Option<Actor>> {
    let mut conn = app.pool.acquire().await?;
    let now = app.clock.now();
    Ok(match credential {
        Credential::Session(token) => {
            store::staff::of_session(&mut conn, &hash(token), now).await?.map(|row| Actor::from_row(row, None))
        }
        Credential::Token(token) => store::staff::of_token(&mut conn, &hash(token), now)
            .await?
            .map(|owner| Actor::from_row(owner.staff, Some(owner.scopes))),
    })
}

/// A member of staff by login: for the command line, whose user may act for anybody.
pub async fn member(app: &App, login: &str) -> Result<Actor> {
    let not_there = || Error::NotFound { what: "staff", id: login.to_owned() };
    let mut conn = app.pool.acquire().await?;
    let (id, _) = store::staff::credentials(&mut conn, login).await?.ok_or_else(not_there)?;
    let row = store::staff::get(&mut conn, id).await?.filter(|s| s.active).ok_or_else(not_there)?;
    Ok(Actor::from_row(row, None))
}

/// Tokens are 32 random bytes, so a plain hash is enough to store.
pub(super) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
