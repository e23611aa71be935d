//! The chain: notes become links, the last link gets a signed head each day.

use crate::app::App;
use crate::domain::proof::chain::{DATED_HEAD, Entry, GENESIS, HEAD, head_digest, link};
use crate::flow::{Error, Result, begin};
use crate::store::chain::{self, HeadRow, LinkRow};
use crate::store::queue::Lease;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;

const BATCH: i64 = 5_000;

/// A signed head of the chain: who keeps one can tell later whether anything before it was changed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HeadView {
    /// What its signature covers. `diaba.head/2`: number, hash and time; `diaba.head/1` (the older form): number and hash, so that
    /// `created_at` is not signed.
    #[serde(default = "undated")]
    pub form: String,
    /// Number of the last link it covers.
    pub no: i64,
    /// Hash of that link, hex.
    pub hash: String,
    pub key_id: String,
    /// Ed25519 over the form, a line feed, and the SHA-256 (hex) of number, line feed, hash, and in the second form line feed,
    /// microseconds from 1970 to `created_at`; base64.
    pub signature: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Heads that were kept from before forms were named.
fn undated() -> String {
    HEAD.to_owned()
}

/// The job: links everything noted so far.
pub async fn extend(app: &App, lease: &Lease) -> Result<()> {
    extend_now(app).await?;
    let mut tx = begin(app).await?;
    lease.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Links everything noted so far; how many links there are then.
pub async fn extend_now(app: &App) -> Result<i64> {
    loop {
        let mut tx = begin(app).await?;
        let (linked, last) = append(&mut tx).await?;
        tx.commit().await?;
        if linked < BATCH {
            return Ok(last);
        }
    }
}

/// One batch: how many were linked, and the number of the last link.
async fn append(conn: &mut PgConnection) -> Result<(i64, i64)> {
    chain::lock(conn).await?;
    let (mut no, mut previous) = chain::last(conn).await?.unwrap_or((0, GENESIS.to_owned()));
    let mut rows = Vec::new();
    for p in chain::take_pending(conn, BATCH).await? {
        let entry = Entry { kind: p.kind, subject: p.subject, digest: p.digest };
        let hash = link(&previous, &entry);
        no += 1;
        let Entry { kind, subject, digest } = entry;
        rows.push(LinkRow { no, kind, subject, digest, previous, hash: hash.clone(), digest_now: None });
        previous = hash;
    }
    chain::append(conn, &rows).await?;
    Ok((rows.len() as i64, no))
}

/// The job: signs the last link.
pub async fn sign_head(app: &App, lease: &Lease) -> Result<()> {
    extend_now(app).await?;
    let mut tx = begin(app).await?;
    head(app, &mut tx).await?;
    lease.complete(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Signs the last link now.
pub async fn sign_head_now(app: &App) -> Result<()> {
    extend_now(app).await?;
    let mut tx = begin(app).await?;
    head(app, &mut tx).await?;
    Ok(tx.commit().await?)
}

async fn head(app: &App, conn: &mut PgConnection) -> Result<()> {
    let Some((no, hash)) = chain::last(conn).await? else { return Ok(()) };
    let (form, created_at) = (DATED_HEAD.to_owned(), app.clock.now());
    let digest = head_digest(&form, no, &hash, created_at).map_err(|e| Error::Broken(e.into()))?;
    let signed = app.keys.signer()?.sign(&form, &digest);
    let (key_id, signature) = (signed.key_id, signed.signature.to_vec());
    Ok(chain::add_head(conn, &HeadRow { form, no, hash, key_id, signature, created_at }).await?)
}

/// Heads over links before `before`, newest first.
pub async fn heads(app: &App, before: Option<i64>, limit: i64) -> Result<Vec<HeadView>> {
    let view = |h: HeadRow| HeadView {
        form: h.form,
        no: h.no,
        hash: h.hash,
        key_id: h.key_id,
        signature: STANDARD.encode(h.signature),
        created_at: h.created_at,
    };
    Ok(chain::heads(&app.pool, before, limit).await?.into_iter().map(view).collect())
}
