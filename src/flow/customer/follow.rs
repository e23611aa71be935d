//! A customer follows their case with the code of their invitation, without an account.

use crate::app::App;
use crate::domain::case::timeline::View;
use crate::domain::handover::TRIES;
use crate::domain::staff::Purpose;
use crate::domain::verify::text::Lang;
use crate::flow::advice::{self, SheetFollowed};
use crate::flow::case::{Reading, Timeline, timeline};
use crate::flow::paper_request::{self, RoundTold};
use crate::flow::staff::Actor;
use crate::flow::task::{self, MeetingTold};
use crate::flow::{Error, Result, begin};
use crate::store::customer::{self as store, InvitationRow};
use crate::store::retention;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

/// What a customer is told, so that they can follow their case.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct InvitationView {
    /// In the link.
    pub id: Uuid,
    /// Told beside it.
    pub code: String,
    /// To be used for the first time before this instant.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
}

/// The newest invitation of a case: a logged read.
pub async fn invitation(app: &App, by: &Actor, case: Uuid, purpose: Purpose) -> Result<InvitationView> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let found = store::newest_invitation(&mut reading.tx, case).await?;
    let row = found.ok_or_else(|| Error::NotFound { what: "invitation", id: case.to_string() })?;
    reading.log(&place(row.id)).await?;
    let code = app.vault.open(&place(row.id), &row.sealed_code)?;
    reading.end().await?;
    let code = String::from_utf8(code).map_err(|e| Error::Broken(e.into()))?;
    Ok(InvitationView { id: row.id, code, expires_at: row.expires_at, used_at: row.used_at })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    Waiting,
    Used,
    /// Never used within its term.
    Expired,
    /// Too many wrong codes.
    Dead,
}

/// How an invitation stands, without its code.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationStanding {
    pub id: Uuid,
    pub state: InvitationState,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
}

/// The newest invitation of a case.
pub async fn invited(app: &App, case: Uuid) -> Result<Option<InvitationStanding>> {
    let row = store::newest_invitation(&mut *app.pool.acquire().await?, case).await?;
    let told = |row: InvitationRow| InvitationStanding {
        id: row.id,
        state: standing(&row, app.clock.now()),
        expires_at: row.expires_at,
        used_at: row.used_at,
    };
    Ok(row.map(told))
}

fn standing(row: &InvitationRow, now: OffsetDateTime) -> InvitationState {
    match row.used_at {
        _ if row.wrong >= TRIES => InvitationState::Dead,
        Some(_) => InvitationState::Used,
        None if now >= row.expires_at => InvitationState::Expired,
        None => InvitationState::Waiting,
    }
}

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"invitation": "0199b2f0-0000-7000-8000-000000000001", "code": "9f2c4e00aa11"}))]
pub struct Following {
    pub invitation: Uuid,
    pub code: String,
}

/// What a customer sees of their case.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct Followed {
    /// As `/cases/{id}/timeline?view=customer`.
    #[schema(value_type = Object)]
    pub timeline: Timeline,
    /// The options the legal department signed for them, in words; none before that.
    pub advice: Option<SheetFollowed>,
    /// What they were asked for, oldest round first.
    pub requests: Vec<RoundTold>,
    /// Meetings ahead that they are expected at, soonest first.
    pub meetings: Vec<MeetingTold>,
}

/// Shows a customer their case. The code is first used within its term and holds from then on, until the customer is invited anew.
///
/// # Errors
/// `NotFound` for no invitation or one that a newer one replaced; `Refused` for a wrong code, which is counted; `Conflict` `link-dead`
/// after too many of them, until the customer is invited anew; `link-expired`, `personal-data-erased`.
pub async fn follow(app: &App, asked: Following, lang: Lang) -> Result<Followed> {
    let not_found = || Error::NotFound { what: "link", id: String::new() };
    let mut tx = begin(app).await?;
    let found = store::invitation(&mut tx, asked.invitation).await?;
    let row = found.ok_or_else(not_found)?;
    let newest = store::newest_invitation(&mut tx, row.case_id).await?;
    if newest.is_none_or(|n| n.id != row.id) {
        return Err(not_found());
    }
    let (code, stands) = (Sha256::digest(asked.code.trim().as_bytes()), standing(&row, app.clock.now()));
    if stands == InvitationState::Dead {
        return Err(Error::Conflict { code: "link-dead", detail: "ask us for another one".into() });
    }
    if row.code_hash != code.as_slice() {
        let wrong = store::invitation_tried(&mut tx, row.id).await?;
        tx.commit().await?;
        return Err(Error::refused("code", "code-wrong", (TRIES - wrong).max(0), TRIES));
    }
    if stands == InvitationState::Expired {
        return Err(Error::Conflict { code: "link-expired", detail: "ask us for another one".into() });
    }
    if retention::of_case(&mut tx, row.case_id).await?.is_some() {
        return Err(Error::Conflict { code: "personal-data-erased", detail: "the case was erased".into() });
    }
    store::invitation_used(&mut tx, row.id, app.clock.now()).await?;
    tx.commit().await?;
    let timeline = timeline(app, row.case_id, View::Customer, lang, 0).await?;
    let by = Actor::system("follow");
    let requests = paper_request::told(app, &by, row.case_id, lang).await?;
    let advice = advice::followed(app, &by, row.case_id, lang).await?;
    Ok(Followed { timeline, advice, requests, meetings: task::meetings(app, &by, row.case_id).await? })
}

fn place(id: Uuid) -> String {
    format!("account_invitation/{id}")
}
