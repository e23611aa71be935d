//! Keys that sign: made at setup, rotated by command; the public half of each stays known.

use crate::app::App;
use crate::domain::proof::PublicKey;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::outside::keys::{KeyError, Signer};
use crate::store::audit;
use crate::store::key::{self, KeyRow};
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
    /// The newest one signs.
    pub signs: bool,
}

/// Every key ever used, newest first.
pub async fn list(app: &App) -> Result<Vec<KeyView>> {
    let rows = key::all(&app.pool).await?;
    rows.into_iter().enumerate().map(|(i, row)| view(&row, i == 0)).collect()
}

fn view(row: &KeyRow, signs: bool) -> Result<KeyView> {
    let public = public(row)?;
    let pem = public.pem().map_err(|e| Error::Broken(e.into()))?;
    Ok(KeyView { id: row.id.clone(), public_key: public.base64(), pem, made_at: row.made_at, signs })
}

fn public(row: &KeyRow) -> Result<PublicKey> {
    PublicKey::from_bytes(&row.public_key).map_err(|e| Error::Broken(e.into()))
}

/// The public key that has this id.
pub async fn known(app: &App, id: &str) -> Result<PublicKey> {
    let row = key::find(&app.pool, id).await?;
    public(&row.ok_or_else(|| Error::NotFound { what: "signing key", id: id.to_owned() })?)
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
    view(&row, true)
}

/// The newest key of this home signs. Of two rotations at once the one that is known first may write last: so each looks again
/// after it wrote, and the last look is after every commit that a write of its own does not follow.
async fn use_newest(app: &App) -> Result<()> {
    let mut used = None;
    loop {
        let newest = key::all(&app.pool).await?.into_iter().find(|k| app.keys.holds(&k.id)).map(|k| k.id);
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
