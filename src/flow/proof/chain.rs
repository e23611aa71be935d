//! The chain: notes become links, the last link gets a signed head each day, and anybody here may walk it.

use crate::app::App;
use crate::domain::proof::Signed;
use crate::domain::proof::chain::{Entry, GENESIS, HEAD, Link, Walk, head_digest, link};
use crate::flow::{Error, Result, begin};
use crate::store::chain::{self, HeadRow, LinkRow};
use crate::store::queue::Lease;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::TryStreamExt;
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::OffsetDateTime;

const BATCH: i64 = 5_000;

/// A signed head of the chain: who keeps one can tell later whether anything before it was changed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct HeadView {
    /// Number of the last link it covers.
    pub no: i64,
    /// Hash of that link, hex.
    pub hash: String,
    pub key_id: String,
    /// Ed25519 over `diaba.head/1`, a line feed, and the SHA-256 (hex) of number, line feed, hash; base64.
    pub signature: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// What a walk found.
#[derive(Debug, Clone, Default)]
pub struct Walked {
    pub links: i64,
    pub heads: i64,
    /// The first thing that does not hold.
    pub broken: Option<String>,
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
    let signed = app.keys.signer()?.sign(HEAD, &head_digest(no, &hash));
    let (key_id, signature, created_at) = (signed.key_id, signed.signature.to_vec(), app.clock.now());
    Ok(chain::add_head(conn, &HeadRow { no, hash, key_id, signature, created_at }).await?)
}

/// Heads over links before `before`, newest first.
pub async fn heads(app: &App, before: Option<i64>, limit: i64) -> Result<Vec<HeadView>> {
    let view = |h: HeadRow| HeadView {
        no: h.no,
        hash: h.hash,
        key_id: h.key_id,
        signature: STANDARD.encode(h.signature),
        created_at: h.created_at,
    };
    Ok(chain::heads(&app.pool, before, limit).await?.into_iter().map(view).collect())
}

/// Walks the whole chain: every link, every row it stands for, every head.
pub async fn walk(app: &App) -> Result<Walked> {
    let heads = chain::heads(&app.pool, None, i64::MAX).await?;
    let mut heads: BTreeMap<i64, HeadRow> = heads.into_iter().map(|h| (h.no, h)).collect();
    let (mut done, mut walk) = (Walked::default(), Walk::default());
    let mut links = chain::walk(&app.pool);
    while let Some(row) = links.try_next().await? {
        if let Err(why) = walk.step(&as_link(row)) {
            done.broken = Some(why.to_string());
            return Ok(done);
        }
        done.links = walk.no;
        if let Some(h) = heads.remove(&walk.no) {
            if let Some(why) = head_fault(app, &h, &walk.hash).await? {
                done.broken = Some(format!("head over link {}: {why}", h.no));
                return Ok(done);
            }
            done.heads += 1;
        }
    }
    drop(links);
    let left = heads.keys().next().map(|no| format!("link {no}, which a head covers, is missing"));
    done.broken = match left {
        Some(why) => Some(why),
        None => chain::unlinked(&app.pool).await?.map(|row| format!("{row} is in no link")),
    };
    Ok(done)
}

fn as_link(r: LinkRow) -> Link {
    let entry = Entry { kind: r.kind, subject: r.subject, digest: r.digest };
    Link { no: r.no, entry, previous: r.previous, hash: r.hash, digest_now: r.digest_now }
}

async fn head_fault(app: &App, h: &HeadRow, hash: &str) -> Result<Option<String>> {
    if h.hash != hash {
        return Ok(Some("covers another chain".into()));
    }
    let signature = <[u8; 64]>::try_from(h.signature.as_slice()).map_err(|e| Error::Broken(e.into()))?;
    let signed = Signed { key_id: h.key_id.clone(), signature };
    let checked = super::known(app, &h.key_id).await?.check(HEAD, &head_digest(h.no, hash), &signed);
    Ok(checked.err().map(|doubt| doubt.to_string()))
}
