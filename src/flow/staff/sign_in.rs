use super::actor::hash;
use super::throttle::Attempt;
use super::{Actor, StaffView, password};
use crate::app::App;
use crate::flow::{Error, Result, begin};
use crate::store::audit::{self, Deed};
use crate::store::staff;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::json;
use time::{Duration, OffsetDateTime};

pub enum SignIn {
    Welcome(SignedIn),
    /// No such login, or another password; not told which.
    Wrong,
    /// Too many failures.
    Wait(Duration),
}

pub struct SignedIn {
    /// Shown once; only its hash is kept.
    pub token: String,
    pub expires_at: OffsetDateTime,
    pub staff: StaffView,
}

/// `address` is where the attempt comes from, for the brake.
pub async fn sign_in(app: &App, login: &str, password: String, address: &str) -> Result<SignIn> {
    let now = app.clock.now();
    let attempt = Attempt::new(app, login, address);
    if let Some(left) = attempt.begin(app).await? {
        return Ok(SignIn::Wait(left));
    }
    let mut conn = app.pool.acquire().await?;
    let held = staff::credentials(&mut conn, login).await?;
    drop(conn);
    let id = held.as_ref().map(|(id, _)| *id);
    let right = password::verify(password, held.map(|(_, hash)| hash)).await?;
    let (true, Some(id)) = (right, id) else {
        return Ok(SignIn::Wrong);
    };
    let token = BASE64_URL_SAFE_NO_PAD.encode(app.clock.secret());
    let expires_at = now + app.config.limits.session;
    let mut tx = begin(app).await?;
    attempt.succeeded(&mut tx).await?;
    let row = staff::get(&mut tx, id).await?.ok_or(Error::NotFound { what: "staff", id: id.to_string() })?;
    staff::insert_session(&mut tx, &hash(&token), id, now, expires_at).await?;
    let deed = Deed {
        at: now,
        actor: &row.login,
        action: "staff.sign_in",
        subject: format!("staff/{id}"),
        case_id: None,
        detail: json!({"from": address}),
    };
    audit::write(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(SignIn::Welcome(SignedIn { token, expires_at, staff: row.into() }))
}

/// Ends the session; a second call changes nothing.
pub async fn sign_out(app: &App, by: &Actor, token: &str) -> Result<()> {
    let mut tx = begin(app).await?;
    if staff::end_session(&mut tx, &hash(token)).await? {
        let subject = format!("staff/{}", by.id.unwrap_or_default());
        let deed = Deed {
            at: app.clock.now(),
            actor: &by.login,
            action: "staff.sign_out",
            subject,
            case_id: None,
            detail: json!({}),
        };
        audit::write(&mut tx, &deed).await?;
    }
    Ok(tx.commit().await?)
}
