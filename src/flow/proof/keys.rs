//! Keys that sign: made at setup, rotated by command; the public half of each stays known.

use crate::app::App;
use crate::domain::proof::{Doubt, Keyring, PublicKey, Revoked};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::outside::keys::{KeyError, Signer};
use crate::store::audit;
use crate::store::chain;
use crate::store::key::{self, KeyRow, KnownKey};
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;

impl From<KeyError> for Error {
    fn from(e: KeyError) -> Self {
        match e {
            KeyError::None | KeyError::Lost(_) => Self::Unavailable(e.to_string()),
            KeyError::Damaged { .. } | KeyError::File { .. } => Self::Broken(e.into()),
        }
    }
}

/// A public key as it is published.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct KeyView {
    /// First eight bytes of the SHA-256 of the public key, hex.
    pub id: String,
    /// Base64, 32 bytes.
    pub public_key: String,
    /// SubjectPublicKeyInfo (RFC 8410).
    pub pem: String,
    #[serde(with = "time::serde::rfc3339")]
    pub made_at: OffsetDateTime,
    /// When the next one took its place; none: it signs.
    #[serde(with = "time::serde::rfc3339::option")]
    pub until: Option<OffsetDateTime>,
    /// The newest one signs.
    pub signs: bool,
    /// It was stolen: what it signed is believed only under a head from before.
    #[schema(value_type = Option<Object>)]
    pub revoked: Option<Revoked>,
}

/// Every key ever used, newest first.
pub async fn list(app: &App) -> Result<Vec<KeyView>> {
    let rows = key::all(&app.pool).await?;
    rows.into_iter().enumerate().map(|(i, row)| view(&row, i == 0)).collect()
}

/// The same as a stranger would hold them.
pub async fn keyring(app: &App) -> Result<Keyring> {
    let rows = key::all(&app.pool).await?;
    let keys = rows.iter().map(|row| Ok((public(&row.key)?, revoked(row)))).collect::<Result<Vec<_>>>()?;
    Ok(Keyring::told(keys))
}

fn view(row: &KnownKey, signs: bool) -> Result<KeyView> {
    let public = public(&row.key)?;
    let pem = public.pem().map_err(|e| Error::Broken(e.into()))?;
    let (id, made_at) = (row.key.id.clone(), row.key.made_at);
    Ok(KeyView { id, public_key: public.base64(), pem, made_at, until: row.until, signs, revoked: revoked(row) })
}

fn revoked(row: &KnownKey) -> Option<Revoked> {
    let (since, at) = row.since.zip(row.revoked_at)?;
    Some(Revoked { since, reason: row.reason.clone().unwrap_or_default(), at })
}

fn public(row: &KeyRow) -> Result<PublicKey> {
    PublicKey::from_bytes(&row.public_key).map_err(|e| Error::Broken(e.into()))
}

/// The public key that has this id.
pub async fn known(app: &App, id: &str) -> Result<PublicKey> {
    public(&find(app, id).await?.key)
}

async fn find(app: &App, id: &str) -> Result<KnownKey> {
    key::find(&app.pool, id).await?.ok_or_else(|| Error::NotFound { what: "signing key", id: id.to_owned() })
}

/// All keys, read once where many signatures are looked at.
pub(super) struct KeyBook(Vec<KnownKey>);

impl KeyBook {
    pub async fn read(app: &App) -> Result<Self> {
        Ok(Self(key::all(&app.pool).await?))
    }

    fn find(&self, id: &str) -> Result<&KnownKey> {
        let found = self.0.iter().find(|k| k.key.id == id);
        found.ok_or_else(|| Error::NotFound { what: "signing key", id: id.to_owned() })
    }

    pub fn public(&self, id: &str) -> Result<PublicKey> {
        public(&self.find(id)?.key)
    }

    /// As [`stolen`].
    pub async fn stolen(&self, app: &App, key_id: &str, kind: &str, subject: &str) -> Result<Option<Doubt>> {
        uncovered(app, self.find(key_id)?, kind, subject).await
    }

    /// A head signed by this key at this time is not believed.
    pub fn stolen_by(&self, key_id: &str, at: OffsetDateTime) -> Result<Option<Doubt>> {
        Ok(revoked(self.find(key_id)?).filter(|r| r.since <= at).map(|r| r.doubt(key_id)))
    }
}

async fn uncovered(app: &App, known: &KnownKey, kind: &str, subject: &str) -> Result<Option<Doubt>> {
    let Some(revoked) = revoked(known) else { return Ok(None) };
    let covered = chain::covered_before(&app.pool, kind, subject, revoked.since).await?;
    Ok((!covered).then(|| revoked.doubt(&known.key.id)))
}

/// Why a signature by this key is not believed although it fits: the key was stolen, and no head from before covers the row
/// (`verification`, `opinion`, `audit`) it stands on.
pub(in crate::flow) async fn stolen(app: &App, key_id: &str, kind: &str, subject: &str) -> Result<Option<Doubt>> {
    uncovered(app, &find(app, key_id).await?, kind, subject).await
}

/// Says that a key was stolen, or may have been, since an instant (none: since now). The one that signs is replaced first.
///
/// # Errors
/// Refused when it is not known, was revoked before, the instant lies ahead or before the key, or the reason is too short.
pub async fn revoke(app: &App, by: &Actor, id: &str, since: Option<OffsetDateTime>, reason: &str) -> Result<KeyView> {
    let (known, now, reason) = (find(app, id).await?, app.clock.now(), reason.trim());
    let since = since.unwrap_or(now);
    if !(10..=500).contains(&reason.chars().count()) {
        return Err(Error::refused("reason", "length", reason.chars().count(), "10-500"));
    }
    if since > now || since < known.key.made_at {
        let allowed = format!("{} to {now}", known.key.made_at);
        return Err(Error::refused("since", "key-since", since, allowed));
    }
    if known.until.is_none() {
        rotate(app, by).await?;
    }
    let mut tx = begin(app).await?;
    let new = key::Revocation { key_id: id, since, reason, by: &by.login, at: now };
    if !key::revoke(&mut tx, &new).await? {
        return Err(Error::Conflict { code: "key-revoked", detail: format!("key {id} was revoked before") });
    }
    let deed = audit::Deed {
        at: now,
        actor: &by.login,
        action: "key.revoke",
        subject: format!("key/{id}"),
        case_id: None,
        detail: json!({"since": since.unix_timestamp(), "reason": reason}),
    };
    audit::write(&mut tx, &deed).await?;
    let known = KnownKey { since: Some(since), reason: Some(reason.to_owned()), revoked_at: Some(now), ..known };
    let done = view(&KnownKey { until: known.until.or(Some(now)), ..known }, false)?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

/// Makes a new key and signs with it from now on. What older keys signed stays provable. Also the way on after a key was
/// lost.
pub async fn rotate(app: &App, by: &Actor) -> Result<KeyView> {
    let signer = app.keys.make()?;
    let mut tx = begin(app).await?;
    let row = row(app, &signer, &by.login);
    key::insert(&mut tx, &row).await?;
    let deed = audit::Deed {
        at: row.made_at,
        actor: &by.login,
        action: "key.rotate",
        subject: format!("key/{}", row.id),
        case_id: None,
        detail: json!({}),
    };
    audit::write(&mut tx, &deed).await?;
    tx.commit().await?;
    // Known first, used after: nothing is ever signed by a key that nobody knows.
    use_newest(app).await?;
    view(&find(app, &row.id).await?, true)
}

/// The newest key of this home signs. Of two rotations at once the one that is known first may write last: so each looks again
/// after it wrote, and the last look is after every commit that a write of its own does not follow.
async fn use_newest(app: &App) -> Result<()> {
    let mut used = None;
    loop {
        let newest = key::all(&app.pool).await?.into_iter().find(|k| app.keys.holds(&k.key.id)).map(|k| k.key.id);
        if newest == used {
            return Ok(());
        }
        if let Some(id) = &newest {
            app.keys.use_from_now_on(id)?;
        }
        used = newest;
    }
}

/// At setup: the first key of a new installation, or the key of this home made known to a new database. A lost key is not
/// replaced silently.
pub(in crate::flow) async fn prepare(app: &App, conn: &mut PgConnection) -> Result<()> {
    let signer = match app.keys.signer() {
        Ok(signer) => signer,
        Err(KeyError::None) if key::all(&app.pool).await?.is_empty() => {
            let signer = app.keys.make()?;
            app.keys.use_from_now_on(&signer.id())?;
            signer
        }
        Err(KeyError::None | KeyError::Lost(_)) => {
            tracing::warn!("no signing key at hand: verifications wait for `diaba keys rotate`");
            return Ok(());
        }
        Err(e) => return Err(e.into()),
    };
    key::insert(conn, &row(app, &signer, "system:setup")).await?;
    Ok(())
}

fn row(app: &App, signer: &Signer, by: &str) -> KeyRow {
    KeyRow { id: signer.id(), public_key: signer.public().to_vec(), made_by: by.to_owned(), made_at: app.clock.now() }
}
