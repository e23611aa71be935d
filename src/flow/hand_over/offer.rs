use super::pack::pack;
use super::read::{HandOverView, Secret, files, find, place, view};
use super::receipt;
use crate::app::App;
use crate::domain::case::{Happened, Step};
use crate::domain::handover::{self, Delivered, OPEN_FOR};
use crate::flow::case::{lock, lock_open, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::hand_over::{self as store, Link};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"way": "online", "report": true}))]
pub struct NewHandOver {
    /// office (a record to be signed) or online (a link and a code).
    pub way: String,
    /// Papers to deliver, by id; none named: every paper with a scan.
    #[serde(default)]
    pub papers: Vec<Uuid>,
    /// With the signed report of the latest verification.
    #[serde(default = "yes")]
    pub report: bool,
}

fn yes() -> bool {
    true
}

/// A link before it is kept.
struct NewLink {
    token_index: [u8; 32],
    code_index: [u8; 32],
    sealed: Vec<u8>,
    expires_at: OffsetDateTime,
}

/// Offers what was done to the customer. A later offer shuts the link of an earlier one.
///
/// # Errors
/// `Conflict` `case-step` before the review is passed and after the hand-over; `Refused` by field.
pub async fn offer(app: &App, by: &Actor, case: Uuid, new: NewHandOver) -> Result<HandOverView> {
    if !["office", "online"].contains(&new.way.as_str()) {
        return Err(Error::refused("way", "not-in-list", &new.way, "office, online"));
    }
    let files = pack(app, by, case, &new.papers, new.report).await?;
    let digest = handover::digest(&files).map_err(|e| Error::Broken(e.into()))?;
    let id = app.clock.new_id();
    let receipt = match new.way.as_str() {
        "office" => Some(app.scans.put(&receipt::set(app, by, case, id, &files, &digest).await?).await?),
        _ => None,
    };
    let offer = Offer { id, case, way: &new.way, files: &files, digest: &digest, receipt: receipt.as_deref() };
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let step = lock(&mut tx, case).await?.map(|c| c.step);
    if matches!(step, Some(Step::AfterCare { .. })) {
        let detail = "it was handed over: what was delivered is offered once more by `repeat`".into();
        return Err(Error::Conflict { code: "case-step", detail });
    }
    let view = keep(app, &mut tx, by, offer).await?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/hand-overs"))).await?;
    Ok(view)
}

/// Offers once more what was opened online and did not arrive: the same files under a new link, since they were reviewed.
///
/// # Errors
/// `Conflict` `not-handed-over` when it was not opened, `case-step` when the case is not in its after-care.
pub async fn repeat(app: &App, by: &Actor, id: Uuid) -> Result<HandOverView> {
    let mut tx = begin(app).await?;
    let case = find(&mut tx, id).await?.case_id;
    lock_open(&mut tx, case).await?;
    let row = find(&mut tx, id).await?;
    if row.way != "online" || row.done_at.is_none() {
        return Err(Error::Conflict { code: "not-handed-over", detail: id.to_string() });
    }
    let files = files(&row)?;
    let offer =
        Offer { id: app.clock.new_id(), case, way: "online", files: &files, digest: &row.digest, receipt: None };
    let view = keep(app, &mut tx, by, offer).await?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/hand-overs"))).await?;
    Ok(view)
}

struct Offer<'a> {
    id: Uuid,
    case: Uuid,
    way: &'a str,
    files: &'a [Delivered],
    digest: &'a str,
    /// The record to be signed; none: a link.
    receipt: Option<&'a str>,
}

async fn keep(app: &App, tx: &mut PgConnection, by: &Actor, o: Offer<'_>) -> Result<HandOverView> {
    let link = if o.receipt.is_none() { Some(link(app, o.id)?) } else { None };
    let kept = serde_json::to_value(o.files).map_err(|e| Error::Broken(e.into()))?;
    let row = store::NewHandOver {
        id: o.id,
        case_id: o.case,
        way: o.way,
        files: &kept,
        digest: o.digest,
        receipt_sha256: o.receipt,
        link: link.as_ref().map(|l| Link {
            token_index: &l.token_index,
            code_index: &l.code_index,
            sealed: &l.sealed,
            expires_at: l.expires_at,
        }),
        by: &by.login,
        at: app.clock.now(),
    };
    store::insert(tx, &row).await?;
    audit::write(tx, &deed(app, by, o.case, o.id, o.digest, o.files)).await?;
    record(app, tx, by, o.case, Happened::HandOverOffered { handover: o.id, way: o.way.into() }).await?;
    view(tx, o.id).await
}

fn link(app: &App, id: Uuid) -> Result<NewLink> {
    let secret = Secret { token: hex::encode(app.clock.secret()), code: handover::code(&app.clock.secret()) };
    let plain = serde_json::to_vec(&secret).map_err(|e| Error::Broken(e.into()))?;
    Ok(NewLink {
        token_index: app.vault.index("hand_over token", &secret.token),
        code_index: code_index(app, id, &secret.code),
        sealed: app.vault.seal(&place(id), &plain)?,
        expires_at: app.clock.now() + OPEN_FOR,
    })
}

/// A code has 40 bits: a plain hash of it could be tried out, one with a key cannot.
pub(super) fn code_index(app: &App, id: Uuid, code: &str) -> [u8; 32] {
    app.vault.index("hand_over code", format!("{id}/{code}"))
}

fn deed<'a>(app: &App, by: &'a Actor, case: Uuid, id: Uuid, digest: &str, files: &[Delivered]) -> Deed<'a> {
    let hashes: Vec<&str> = files.iter().map(|f| f.sha256.as_str()).collect();
    Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "hand_over.offer",
        subject: format!("hand_over/{id}"),
        case_id: Some(case),
        detail: json!({"digest": digest, "files": hashes}),
    }
}
