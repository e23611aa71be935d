use super::read::{HandOverView, files, find, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::handover;
use crate::flow::case::{lock_open, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::outside::scans::{ALLOWED, sniff};
use crate::store::audit::{self, Deed};
use crate::store::hand_over::{self as store, Done};
use bytes::Bytes;
use serde_json::json;
use uuid::Uuid;

/// The signed record comes back as a scan: the hand-over in the office is done.
///
/// # Errors
/// `Refused` for a file that is no scan, or the unsigned record itself; `Conflict` `handed-over` the second time, `link-replaced`
/// when a later offer stands.
pub async fn sign(app: &App, by: &Actor, id: Uuid, scan: Bytes) -> Result<HandOverView> {
    if scan.is_empty() {
        return Err(Error::refused("scan", "empty", "0 bytes", ALLOWED));
    }
    // Kept before anybody looks at it.
    let sha256 = app.scans.put(&scan).await?;
    if sniff(&scan).is_none() {
        let start = hex::encode(scan.get(..8).unwrap_or(&scan));
        return Err(Error::refused("scan", "scan-type", format!("a file that begins with {start}"), ALLOWED));
    }
    let case = find(&mut *app.pool.acquire().await?, id).await?.case_id;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let row = find(&mut tx, id).await?;
    if row.receipt_sha256.is_none() {
        return Err(Error::refused("way", "not-in-list", &row.way, "office"));
    }
    if row.receipt_sha256.as_deref() == Some(&sha256) {
        return Err(Error::refused("scan", "receipt-unsigned", &sha256, "the record with signatures on it"));
    }
    if !row.newest {
        return Err(Error::Conflict { code: "link-replaced", detail: id.to_string() });
    }
    let digest = handover::digest(&files(&row)?).map_err(|e| Error::Broken(e.into()))?;
    let at = app.clock.now();
    let signed_sha256 = Some(sha256.as_str());
    let done = Done { hand_over_id: id, at, digest: &digest, signed_sha256, grant: None, by: &by.login };
    if !store::done(&mut tx, &done).await? {
        return Err(Error::Conflict { code: "handed-over", detail: id.to_string() });
    }
    let deed = Deed {
        at,
        actor: &by.login,
        action: "hand_over.sign",
        subject: format!("hand_over/{id}"),
        case_id: Some(case),
        detail: json!({"digest": digest, "signed": sha256}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, case, Happened::HandedOver { handover: id, way: "office".into() }).await?;
    let view = view(&mut tx, id).await?;
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}
