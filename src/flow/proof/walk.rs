//! The walk along the chain: every link, the row it stands for, every head; and heads that somebody kept outside.

use super::KeyBook;
use super::chain::HeadView;
use super::held;
use crate::app::App;
use crate::domain::proof::chain::{DATED_HEAD, Entry, HEAD, Link, Walk, head_digest};
use crate::domain::proof::{Doubt, Keyring, PublicKey, Signed};
use crate::flow::{Error, Result, opinion};
use crate::store::chain::{self, HeadRow, LinkRow};
use crate::store::verification::{self, VerificationRow};
use futures::TryStreamExt;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Links whose rows are read together.
const BATCH: usize = 500;

/// What a walk found.
#[derive(Debug, Clone, Default)]
pub struct Walked {
    pub links: i64,
    pub heads: i64,
    /// Heads among them that do not sign their time.
    pub undated: i64,
    /// Heads given that the chain still holds.
    pub kept: i64,
    /// The first thing that does not hold.
    pub broken: Option<String>,
}

/// Walks the whole chain: every link, every row it stands for, every head.
pub async fn walk(app: &App) -> Result<Walked> {
    walk_against(app, &[], None).await
}

/// As [`walk`], and against heads that were published: the chain must still hold the link of each, with its hash. Their signatures
/// are checked with `keys`, or with the keys known here.
pub async fn walk_against(app: &App, given: &[HeadView], keys: Option<&Keyring>) -> Result<Walked> {
    let mut done = Walked::default();
    for head in given {
        if let Some(why) = given_fault(app, head, keys).await? {
            done.broken = Some(format!("the head given over link {}: {why}", head.no));
            return Ok(done);
        }
    }
    done.broken = steps(app, given, &mut done).await?;
    Ok(done)
}

async fn steps(app: &App, given: &[HeadView], done: &mut Walked) -> Result<Option<String>> {
    let heads = chain::heads(&app.pool, None, i64::MAX).await?;
    let mut heads: BTreeMap<i64, HeadRow> = heads.into_iter().map(|h| (h.no, h)).collect();
    // what does not hold by itself, and hides nothing of what comes after
    let (mut walk, mut doubted) = (Walk::default(), None);
    let keys = KeyBook::read(app).await?;
    let mut links = chain::walk(&app.pool).try_chunks(BATCH);
    while let Some(batch) = links.try_next().await.map_err(|e| e.1)? {
        let rows = verifications(app, &batch).await?;
        for link in batch.into_iter().map(as_link) {
            if let Err(why) = walk.step(&link) {
                return Ok(Some(why.to_string()));
            }
            match row_fault(app, &keys, &rows, &link.entry).await? {
                Fault::None => {}
                Fault::Unsigned => doubted = doubted.or(Some(format!("{}: {}", named(&link), held::UNSIGNED))),
                Fault::Stolen(why) => doubted = doubted.or(Some(format!("{}: {why}", named(&link)))),
                Fault::Is(why) => return Ok(Some(format!("{}: {why}", named(&link)))),
            }
            done.links = walk.no;
            for head in given.iter().filter(|h| h.no == walk.no) {
                if head.hash != walk.hash {
                    return Ok(Some(format!("link {} is not the one that the head given covers", walk.no)));
                }
                done.kept += 1;
            }
            if let Some(h) = heads.remove(&walk.no) {
                if let Some(why) = head_fault(&keys, &h, &walk.hash)? {
                    return Ok(Some(format!("head over link {}: {why}", h.no)));
                }
                if let Some(doubt) = keys.stolen_by(&h.key_id, h.created_at)? {
                    doubted = doubted.or(Some(format!("head over link {}: {doubt}", h.no)));
                }
                done.heads += 1;
                done.undated += i64::from(h.form == HEAD);
            }
        }
    }
    drop(links);
    if let Some(h) = given.iter().find(|h| h.no > walk.no) {
        return Ok(Some(format!(
            "the chain ends at link {}: link {}, which the head given covers, is gone",
            walk.no, h.no
        )));
    }
    if let Some(no) = heads.keys().next() {
        return Ok(Some(format!("link {no}, which a head covers, is missing")));
    }
    let loose = chain::unlinked(&app.pool).await?.map(|row| format!("{row} is in no link"));
    Ok(loose.or(doubted))
}

type Verifications = HashMap<Uuid, VerificationRow>;

/// The verifications that these links stand for.
async fn verifications(app: &App, links: &[LinkRow]) -> Result<Verifications> {
    let ids = links.iter().filter(|l| l.kind == "verification").map(|l| l.subject.parse::<Uuid>());
    let ids = ids.collect::<std::result::Result<Vec<_>, _>>().map_err(|e| Error::Broken(e.into()))?;
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(verification::these(&app.pool, &ids).await?.into_iter().map(|v| (v.id, v)).collect())
}

fn named(link: &Link) -> String {
    format!("link {}: {} {}", link.no, link.entry.kind, link.entry.subject)
}

fn as_link(r: LinkRow) -> Link {
    let entry = Entry { kind: r.kind, subject: r.subject, digest: r.digest };
    Link { no: r.no, entry, previous: r.previous, hash: r.hash, digest_now: r.digest_now }
}

enum Fault {
    None,
    Unsigned,
    /// It fits, but the key was stolen.
    Stolen(String),
    Is(String),
}

/// What does not hold of the row behind an entry, beyond its digest. An audit row is nothing but its digest.
async fn row_fault(app: &App, keys: &KeyBook, rows: &Verifications, entry: &Entry) -> Result<Fault> {
    let id = || entry.subject.parse::<Uuid>().map_err(|e| Error::Broken(e.into()));
    let found = match entry.kind.as_str() {
        "verification" => {
            let Some(row) = rows.get(&id()?) else { return Ok(Fault::None) };
            let found = match held::signature(app, keys, row).await? {
                Some(_) if row.signature.is_none() => return unsigned_or(held::proved_unsigned(app, row)?),
                // What was deleted when its time was over: its digest and the signature are left.
                found if row.sealed.is_empty() => found,
                _ => held::proved(app, keys, row).await?.err(),
            };
            match found {
                Some(d) if d.what == held::STOLEN => return Ok(Fault::Stolen(d.found)),
                other => other.map(told),
            }
        }
        "opinion" => opinion::fault(app, id()?).await?,
        _ => None,
    };
    Ok(found.map_or(Fault::None, Fault::Is))
}

fn unsigned_or(found: Option<super::Difference>) -> Result<Fault> {
    Ok(found.map_or(Fault::Unsigned, |d| Fault::Is(told(d))))
}

fn told(d: super::Difference) -> String {
    match d.what {
        "column" => format!("{} is {}, the record says {}", d.name, d.found, d.pinned),
        what => format!("{what}: {}, expected {}", d.found, d.pinned),
    }
}

fn head_fault(keys: &KeyBook, h: &HeadRow, hash: &str) -> Result<Option<String>> {
    if h.hash != hash {
        return Ok(Some("covers another chain".into()));
    }
    let signature = <[u8; 64]>::try_from(h.signature.as_slice()).map_err(|e| Error::Broken(e.into()))?;
    let signed = Signed { key_id: h.key_id.clone(), signature };
    let key = keys.public(&h.key_id)?;
    let digest = head_digest(&h.form, h.no, hash, h.created_at);
    Ok(digest.and_then(|d| key.check(&h.form, &d, &signed)).err().map(|doubt| doubt.to_string()))
}

/// What is wrong with a head that was given.
async fn given_fault(app: &App, head: &HeadView, keys: Option<&Keyring>) -> Result<Option<String>> {
    let known;
    let key: std::result::Result<&PublicKey, Doubt> = match keys {
        Some(keys) => keys.at(&head.key_id, head.created_at),
        None => {
            known = super::known(app, &head.key_id).await?;
            Ok(&known)
        }
    };
    let checked = key.and_then(|key| {
        let digest = head_digest(&head.form, head.no, &head.hash, head.created_at)?;
        key.check(&head.form, &digest, &Signed::read(&head.key_id, &head.signature)?)
    });
    Ok(checked.err().map(|doubt| doubt.to_string()))
}

impl HeadView {
    /// Does its signature cover its time?
    pub fn dated(&self) -> bool {
        self.form == DATED_HEAD
    }
}
