//! Scans: kept as they were sent before anybody looks at them.

use super::add::{Version, store as store_version};
use super::intake::{self, place};
use super::read::PaperView;
use crate::app::App;
use crate::domain::paper::Called;
use crate::domain::staff::Purpose;
use crate::domain::verify::ScanFacts;
use crate::flow::case::{Reading, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::outside::scans::{ALLOWED, Sniffed, sniff};
use crate::store::case;
use crate::store::paper::{self, Upload};
use bytes::Bytes;
use uuid::Uuid;

#[derive(Debug, Clone)]
pub struct ScanFile {
    /// The paper by its kind.
    pub called: Called,
    pub case_number: String,
    pub facts: ScanFacts,
    pub content: Bytes,
}

/// Attaches a scan to a paper, as a new version of it. The same scan again changes nothing.
pub async fn attach_scan(app: &App, by: &Actor, case: Uuid, id: Uuid, content: Bytes) -> Result<PaperView> {
    if content.is_empty() {
        return Err(Error::refused("scan", "empty", "0 bytes", ALLOWED));
    }
    must_exist(app, case, id).await?;
    let sha256 = app.scans.put(&content).await?;
    let Some(sniffed) = sniff(&content) else {
        return Err(refuse(app, by, case, id, &content, &sha256).await?);
    };
    let facts = scan_facts(&content, &sha256, &sniffed);
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let not_found = || Error::NotFound { what: "paper", id: id.to_string() };
    let row = paper::get(&mut tx, case, id, None).await?.ok_or_else(not_found)?;
    let address = format!("/api/v1/cases/{case}/papers/{id}");
    let same = row.scan.as_ref().and_then(|s| s.get("sha256")).and_then(|s| s.as_str()) == Some(&sha256);
    if same {
        let view = PaperView::from_row(row)?;
        commit(app, tx, by, &view, Some(address)).await?;
        return Ok(view);
    }
    paper::insert_upload(&mut tx, &upload(app, by, case, id, &facts, None)).await?;
    let plain = app.vault.open(&place(id, row.version), &row.sealed)?;
    let held = serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?;
    let scan = Some(serde_json::to_value(&facts).map_err(|e| Error::Broken(e.into()))?);
    let next = Version { id, version: row.version + 1, case, scan };
    let view = store_version(app, &mut tx, by, next, intake::weigh(app, &held)?).await?;
    commit(app, tx, by, &view, Some(address)).await?;
    Ok(view)
}

/// The scan of a paper: a logged read.
pub async fn scan(
    app: &App,
    by: &Actor,
    case: Uuid,
    id: Uuid,
    version: Option<i32>,
    purpose: Purpose,
) -> Result<ScanFile> {
    let mut reading = Reading::begin(app, by, case, purpose).await?;
    let not_found = || Error::NotFound { what: "scan", id: id.to_string() };
    let row = paper::get(&mut reading.tx, case, id, version).await?.ok_or_else(not_found)?;
    let case_number = case::get(&mut reading.tx, case).await?.ok_or_else(not_found)?.number;
    let facts: ScanFacts =
        serde_json::from_value(row.scan.ok_or_else(not_found)?).map_err(|e| Error::Broken(e.into()))?;
    reading.log(&format!("scan/{}", facts.sha256)).await?;
    reading.end().await?;
    let content = app.scans.get(&facts.sha256).await?;
    Ok(ScanFile { called: Called::kind(&row.kind), case_number, facts, content })
}

async fn must_exist(app: &App, case: Uuid, id: Uuid) -> Result<()> {
    let mut conn = app.pool.acquire().await?;
    let found = paper::get(&mut conn, case, id, None).await?;
    found.map(|_| ()).ok_or_else(|| Error::NotFound { what: "paper", id: id.to_string() })
}

/// Keeps the trace of a file that is not taken; the file itself is already stored.
async fn refuse(app: &App, by: &Actor, case: Uuid, id: Uuid, content: &[u8], sha256: &str) -> Result<Error> {
    let unknown = ScanFacts {
        sha256: sha256.to_owned(),
        media_type: String::new(),
        bytes: content.len() as u64,
        width: None,
        height: None,
    };
    let mut tx = begin(app).await?;
    let row = Upload { media_type: None, ..upload(app, by, case, id, &unknown, Some("scan-type")) };
    paper::insert_upload(&mut tx, &row).await?;
    tx.commit().await?;
    let start = hex::encode(content.get(..8).unwrap_or(content));
    Ok(Error::refused("scan", "scan-type", format!("a file that begins with {start}"), ALLOWED))
}

fn upload<'a>(
    app: &App,
    by: &'a Actor,
    case_id: Uuid,
    paper_id: Uuid,
    facts: &'a ScanFacts,
    refused: Option<&'a str>,
) -> Upload<'a> {
    Upload {
        id: app.clock.new_id(),
        case_id,
        paper_id,
        sha256: &facts.sha256,
        bytes: i64::try_from(facts.bytes).unwrap_or(i64::MAX),
        media_type: Some(&facts.media_type),
        refused,
        sent_by: &by.login,
        sent_at: app.clock.now(),
    }
}

fn scan_facts(content: &[u8], sha256: &str, sniffed: &Sniffed) -> ScanFacts {
    ScanFacts {
        sha256: sha256.to_owned(),
        media_type: sniffed.media_type.to_owned(),
        bytes: content.len() as u64,
        width: sniffed.size.map(|(w, _)| w),
        height: sniffed.size.map(|(_, h)| h),
    }
}
