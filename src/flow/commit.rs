//! The end of every act that writes: its deed, its audit row and, when the request carried an idempotency key, its answer
//! become true in one transaction.

use super::staff::Actor;
use super::{Error, Result};
use crate::app::App;
use crate::store::idempotency;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Postgres, Transaction};

/// What a client was told, kept sealed so that the same request gets the same bytes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

pub async fn begin(app: &App) -> Result<Transaction<'static, Postgres>> {
    Ok(app.pool.begin().await?)
}

/// Commits `tx`; before that, keeps `view` as the answer to the request `by` stands for. `location` is the address of what
/// was made (then the answer is 201, otherwise 200).
pub async fn commit<T: Serialize>(
    app: &App,
    mut tx: Transaction<'static, Postgres>,
    by: &Actor,
    view: &T,
    location: Option<String>,
) -> Result<()> {
    let body = serde_json::to_string(view).map_err(|e| Error::Broken(e.into()))?;
    let status = if location.is_some() { 201 } else { 200 };
    keep(app, &mut tx, by, &Answer { status, location, body }).await?;
    Ok(tx.commit().await?)
}

/// As [`commit`], for work that goes on: answered with 202, and `location` is where to look.
pub(super) async fn accept<T: Serialize>(
    app: &App,
    mut tx: Transaction<'static, Postgres>,
    by: &Actor,
    view: &T,
    location: String,
) -> Result<()> {
    let body = serde_json::to_string(view).map_err(|e| Error::Broken(e.into()))?;
    keep(app, &mut tx, by, &Answer { status: 202, location: Some(location), body }).await?;
    Ok(tx.commit().await?)
}

/// Keeps an answer under the actor's claim. A claim lost to another request is a conflict: nothing may be committed.
pub(super) async fn keep(app: &App, conn: &mut PgConnection, by: &Actor, answer: &Answer) -> Result<()> {
    let Some(claim) = &by.claim else { return Ok(()) };
    let plain = serde_json::to_vec(answer).map_err(|e| Error::Broken(e.into()))?;
    let sealed = app.vault.seal(&place(claim), &plain)?;
    if idempotency::answer(conn, claim, answer.status, &sealed).await? {
        return Ok(());
    }
    Err(Error::Conflict { code: "idempotency-lost", detail: "another request with this key was faster".into() })
}

pub(super) fn place(claim: &idempotency::Claim) -> String {
    format!("idempotency/{}/{}", claim.client, claim.key)
}
