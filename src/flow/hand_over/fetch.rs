//! What a stranger with the link and the code may do: open it once, then fetch its files for a while.

use super::named::{NamedFile, by_paper};
use super::offer::code_index;
use super::read::files;
use crate::app::App;
use crate::domain::case::{Happened, Step};
use crate::domain::handover::{self, FETCH_FOR, Link, Shut};
use crate::domain::verify::text::Lang;
use crate::flow::case::{lock, lock_open, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::audit::{self, Deed};
use crate::store::hand_over::{self as store, By, Done, HandOverRow};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"token": "9f2c4e...", "code": "7KQM-2XPB"}))]
pub struct Opening {
    /// What stands behind the `#` of the link.
    pub token: String,
    pub code: String,
}

#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct Granted {
    /// Sent as `Authorization: Bearer` to fetch each file.
    pub grant: String,
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    pub files: Vec<NamedFile>,
    /// SHA-256 over the canonical form of `files`, each without its `name`, hex.
    pub digest: String,
}

fn shut(why: Shut) -> Error {
    let code = match why {
        Shut::Expired => "link-expired",
        Shut::Dead => "link-dead",
        Shut::Used => "link-used",
        Shut::Replaced => "link-replaced",
    };
    Error::Conflict { code, detail: "ask us for a new link".into() }
}

/// Opens a link with its code, once: the hand-over is done.
///
/// # Errors
/// `NotFound` for a token that is none; `Conflict` `link-expired`, `link-dead`, `link-used`, `link-replaced`; `Refused` for a
/// wrong code, which is counted.
pub async fn open(app: &App, asked: Opening, lang: Lang) -> Result<Granted> {
    let by = Actor::system("receive");
    let token = app.vault.index("hand_over token", asked.token.trim());
    // Never named by the token: what cannot be found goes into answers and logs.
    let not_found = || Error::NotFound { what: "link", id: String::new() };
    let row = of_token(&mut *app.pool.acquire().await?, &token).await?.ok_or_else(not_found)?;
    let code = code_index(app, row.id, &handover::typed(&asked.code));
    let right = row.code_index.as_deref() == Some(&code[..]);
    let named = match standing(&row)?.may_try(app.clock.now()) {
        Ok(()) if right => Some(by_paper(app, &by, &row, files(&row)?.into_iter().enumerate(), lang).await?),
        _ => None,
    };
    let mut tx = begin(app).await?;
    lock_open(&mut tx, row.case_id).await?;
    store::lock_token(&mut tx, &token).await?;
    let row = of_token(&mut tx, &token).await?.ok_or_else(not_found)?;
    let now = app.clock.now();
    standing(&row)?.may_try(now).map_err(shut)?;
    let step = lock(&mut tx, row.case_id).await?.map(|c| c.step);
    if !matches!(step, Some(Step::HandOver { offered: true, .. } | Step::AfterCare { .. })) {
        return Err(shut(Shut::Replaced));
    }
    let Some(named) = named else {
        store::tried(&mut tx, row.id, now).await?;
        tx.commit().await?;
        let left = (handover::TRIES - row.wrong - 1).max(0);
        return Err(Error::refused("code", "code-wrong", left, handover::TRIES));
    };
    let granted = deliver(app, &mut tx, &by, &row, now, named).await?;
    tx.commit().await?;
    Ok(granted)
}

async fn of_token(tx: &mut PgConnection, token: &[u8]) -> Result<Option<HandOverRow>> {
    Ok(store::find(tx, By::Token(token)).await?.into_iter().next())
}

fn standing(row: &HandOverRow) -> Result<Link> {
    let none = || Error::Broken(anyhow::anyhow!("hand-over {} has a token and no end", row.id));
    let expires_at = row.expires_at.ok_or_else(none)?;
    Ok(Link { expires_at, wrong: row.wrong, opened: row.done_at.is_some(), newest: row.newest })
}

async fn deliver(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    row: &HandOverRow,
    at: OffsetDateTime,
    named: Vec<NamedFile>,
) -> Result<Granted> {
    let digest = handover::digest(&files(row)?).map_err(|e| Error::Broken(e.into()))?;
    let grant = hex::encode(app.clock.secret());
    let (index, until) = (app.vault.index("hand_over grant", &grant), at + FETCH_FOR);
    let done = Done {
        hand_over_id: row.id,
        at,
        digest: &digest,
        signed_sha256: None,
        grant: Some((&index, until)),
        by: &by.login,
    };
    if !store::done(tx, &done).await? {
        return Err(shut(Shut::Used));
    }
    let deed = Deed {
        at,
        actor: &by.login,
        action: "hand_over.fetch",
        subject: format!("hand_over/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"digest": digest}),
    };
    audit::write(tx, &deed).await?;
    record(app, tx, by, row.case_id, Happened::HandedOver { handover: row.id, way: "online".into() }).await?;
    Ok(Granted { grant, until, files: named, digest })
}

/// One file of an opened link, under its name.
///
/// # Errors
/// `NotFound` without a grant that holds, or for a file that is not of it.
pub async fn fetch(app: &App, grant: &str, sha256: &str, lang: Lang) -> Result<(NamedFile, Bytes)> {
    let index = app.vault.index("hand_over grant", grant);
    let not_found = || Error::NotFound { what: "file", id: sha256.chars().take(64).collect() };
    let mut conn = app.pool.acquire().await?;
    let row = store::find(&mut conn, By::Grant(&index)).await?.into_iter().next().ok_or_else(not_found)?;
    drop(conn);
    if row.grant_until.is_none_or(|until| app.clock.now() >= until) {
        return Err(not_found());
    }
    let asked = files(&row)?.into_iter().enumerate().find(|(_, f)| f.sha256 == sha256);
    let named = by_paper(app, &Actor::system("receive"), &row, asked, lang).await?;
    let named = named.into_iter().next().ok_or_else(not_found)?;
    let content = app.scans.get(sha256).await?;
    Ok((named, content))
}
