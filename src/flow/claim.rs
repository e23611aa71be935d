//! Idempotency keys: one request at a time per key, one deed per key.

use super::commit::{keep, place};
use super::staff::Actor;
use super::{Answer, Error, Result};
use crate::app::App;
use crate::store::idempotency::{self, Claim};
use std::time::Duration;

pub enum Claimed {
    /// The actor holds the key now (`actor.claim`).
    Ours,
    /// The same request was done before; this is what it was told.
    Answered(Answer),
    /// The same request is at work elsewhere.
    Elsewhere,
    /// The key stands for another request.
    OtherRequest,
}

/// Claims `key` for a request whose content is `print`. A claim whose holder never came back is free again some time after
/// the longest a request may take: its transaction is then surely over, with an answer or without a deed.
pub async fn claim(app: &App, actor: &mut Actor, key: &str, print: &[u8]) -> Result<Claimed> {
    let client = actor.id.map_or_else(|| actor.login.clone(), |id| id.to_string());
    let claim = Claim { client, key: key.to_owned(), id: app.clock.new_id() };
    let hash = hex::encode(app.vault.index("request", print));
    let now = app.clock.now();
    let until = now + app.config.limits.request * 10 + Duration::from_secs(30);
    let mut conn = app.pool.acquire().await?;
    let kept = match idempotency::take(&mut conn, &claim, &hash, now, until).await? {
        idempotency::Taken::Yes => {
            actor.claim = Some(claim);
            return Ok(Claimed::Ours);
        }
        idempotency::Taken::No(kept) => kept,
    };
    if kept.as_ref().is_some_and(|k| k.request_hash != hash) {
        return Ok(Claimed::OtherRequest);
    }
    match kept.and_then(|k| k.sealed) {
        // At work, or given back a moment ago: the client asks again.
        None => Ok(Claimed::Elsewhere),
        Some(sealed) => {
            let plain = app.vault.open(&place(&claim), &sealed)?;
            let answer = serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?;
            Ok(Claimed::Answered(answer))
        }
    }
}

/// Keeps the answer of an act that did not keep its own. An answer already kept stays.
pub async fn keep_answer(app: &App, actor: &Actor, answer: &Answer) -> Result<()> {
    let mut conn = app.pool.acquire().await?;
    match keep(app, &mut conn, actor, answer).await {
        Err(Error::Conflict { code: "idempotency-lost", .. }) => Ok(()),
        other => other,
    }
}

/// Gives the key back after a request that did nothing.
pub async fn release(app: &App, actor: &Actor) -> Result<()> {
    let Some(claim) = &actor.claim else { return Ok(()) };
    let mut conn = app.pool.acquire().await?;
    Ok(idempotency::release(&mut conn, claim).await?)
}
