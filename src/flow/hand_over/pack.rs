//! What is delivered, put together and proved to be what is stored.

use crate::app::App;
use crate::domain::handover::Delivered;
use crate::domain::staff::Purpose;
use crate::domain::verify::text::Lang;
use crate::domain::verify::{Record, ScanFacts};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, report, verification};
use crate::store::paper::{self, PaperRow};
use uuid::Uuid;

/// The files of the named papers (all with a scan when none is named), and the signed report of the latest verification. Each
/// is read from the store, which proves its hash.
pub(super) async fn pack(
    app: &App,
    by: &Actor,
    case: Uuid,
    papers: &[Uuid],
    with_report: bool,
) -> Result<Vec<Delivered>> {
    let latest = match verification::latest(app, case).await? {
        Some(id) => Some(verification::open(app, by, id, Purpose::PreparePapers).await?),
        None => None,
    };
    let mut tx = begin(app).await?;
    let rows = paper::latest_of_case(&mut tx, case).await?;
    let facts = crate::flow::paper::facts_of_case(app, &mut tx, case, &by.login).await?;
    tx.commit().await?;
    let record = latest.as_ref().map(|o| &o.record);
    let mut files = Vec::new();
    for row in chosen(&rows, papers)? {
        let kind = facts.iter().find(|f| f.id == row.id).map_or(row.kind.as_str(), |f| f.paper.called());
        files.extend(delivered(app, row, kind, record).await?);
    }
    if let (true, Some(opened)) = (with_report, &latest) {
        let id = opened.verification.id;
        let pdf = report::render(app, by, id, Purpose::PreparePapers, Lang::Vi).await?.pdf;
        files.push(Delivered {
            what: "report".into(),
            kind: "report".into(),
            id,
            version: None,
            media_type: "application/pdf".into(),
            bytes: pdf.len() as u64,
            sha256: app.scans.put(&pdf).await?,
            verified: true,
        });
    }
    if files.is_empty() {
        return Err(Error::refused("papers", "required", "no file", "a paper with a scan, or the report"));
    }
    Ok(files)
}

fn chosen<'a>(rows: &'a [PaperRow], papers: &[Uuid]) -> Result<Vec<&'a PaperRow>> {
    if papers.is_empty() {
        return Ok(rows.iter().filter(|r| r.scan.is_some()).collect());
    }
    let one = |(i, id): (usize, &Uuid)| {
        let found = rows.iter().find(|r| r.id == *id && r.scan.is_some());
        found
            .ok_or_else(|| Error::refused(format!("papers[{i}]"), "not-in-list", id, "a paper of the case with a scan"))
    };
    papers.iter().enumerate().map(one).collect()
}

async fn delivered(app: &App, row: &PaperRow, kind: &str, record: Option<&Record>) -> Result<Option<Delivered>> {
    let Some(scan) = row.scan.clone() else { return Ok(None) };
    let scan: ScanFacts = serde_json::from_value(scan).map_err(|e| Error::Broken(e.into()))?;
    // What cannot be read as it was sent is not handed over.
    app.scans.get(&scan.sha256).await?;
    let pinned = |r: &Record| r.pins.papers.iter().any(|p| (p.id, p.version) == (row.id, row.version));
    Ok(Some(Delivered {
        what: "paper".into(),
        kind: kind.to_owned(),
        id: row.id,
        version: Some(row.version),
        media_type: scan.media_type,
        bytes: scan.bytes,
        sha256: scan.sha256,
        verified: record.is_some_and(pinned),
    }))
}
