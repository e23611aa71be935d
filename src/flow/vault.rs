//! The key of the vault and the database whose values it seals belong together: told at setup, asked at every start.

use super::{Error, Result};
use crate::app::App;
use crate::store::vault;
use sqlx::PgConnection;

/// At setup: a new database takes the key of this home, made now when there is none; any other must be its own.
pub(super) async fn settle(app: &App, conn: &mut PgConnection) -> Result<()> {
    let id = app.vault.key_id();
    match vault::key_id(conn).await? {
        Some(own) => must_be(app, &own),
        None => {
            vault::take(conn, &id, app.clock.now()).await?;
            Ok(app.vault.keep()?)
        }
    }
}

/// At every start: refused when the database was sealed with another key. One that was never set up has none.
pub async fn check(app: &App) -> Result<()> {
    let mut conn = app.pool.acquire().await?;
    if !vault::is_there(&mut conn).await? {
        return Ok(());
    }
    match vault::key_id(&mut conn).await? {
        Some(own) => must_be(app, &own),
        None => Ok(()),
    }
}

fn must_be(app: &App, own: &[u8]) -> Result<()> {
    let held = app.vault.key_id();
    let found = match (app.vault.missing(), &app.config.vault_key) {
        (None, _) if held == own => return Ok(()),
        (Some(file), _) => format!("no key in {}", file.display()),
        (None, Some(_)) => format!("key {} of DIABA_VAULT_KEY", hex::encode(held)),
        (None, None) => format!("key {} in {}", hex::encode(held), app.config.home.join("keys").display()),
    };
    let field = if app.config.vault_key.is_some() { "DIABA_VAULT_KEY" } else { "DIABA_HOME" };
    Err(Error::refused(field, "vault-key-other", found, hex::encode(own)))
}
