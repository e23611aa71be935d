use super::contents::{Contents, contents};
use crate::app::App;
use crate::domain::archive::{MANIFEST, Manifest, SCHEMA, SIGNATURE, SignatureFile};
use crate::domain::case::Happened;
use crate::domain::staff::Purpose;
use crate::flow::case::{Reading, lock, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::outside::streams::{Keeping, Kept};
use crate::outside::zipped::Zipping;
use crate::store::archive::{self as store, ArchiveRow};
use crate::store::audit::{self, Deed};
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ArchiveView {
    pub id: Uuid,
    pub case_id: Uuid,
    /// SHA-256 of the ZIP, hex.
    pub sha256: String,
    /// SHA-256 of the manifest in it.
    pub manifest_sha256: String,
    pub bytes: i64,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<ArchiveRow> for ArchiveView {
    fn from(r: ArchiveRow) -> Self {
        Self {
            id: r.id,
            case_id: r.case_id,
            sha256: r.sha256,
            manifest_sha256: r.manifest_sha256,
            bytes: r.bytes,
            created_by: r.created_by,
            created_at: r.created_at,
        }
    }
}

/// A ZIP on its way into the store: one file of it in memory at a time.
pub(super) struct Pack {
    zip: Zipping,
    keeping: Keeping,
}

impl Pack {
    pub(super) async fn text(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.put(name, content, true).await
    }

    /// What is packed already: scans, PDF.
    pub(super) async fn file(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.put(name, content, false).await
    }

    async fn put(&mut self, name: &str, content: &[u8], packed: bool) -> Result<()> {
        if !crate::domain::archive::well_named(name) {
            return Err(Error::Broken(anyhow::anyhow!("{name}: not a name for a file of an archive")));
        }
        let ready = self.zip.add(name, content, packed).map_err(|e| Error::Broken(e.into()))?;
        Ok(self.keeping.write(&ready).await?)
    }

    /// With manifest and signature; answers the manifest's SHA-256.
    async fn finish(mut self, app: &App, number: &str) -> Result<(Kept, String)> {
        let manifest = Manifest::of(number, self.zip.entries().to_vec());
        let (text, digest) = manifest.sealed_form().map_err(|e| Error::Broken(e.into()))?;
        let signed = app.keys.signer()?.sign(SCHEMA, &digest);
        let kept = SignatureFile { key_id: signed.key_id.clone(), signature: signed.base64() };
        let signature = serde_json::to_vec(&kept).map_err(|e| Error::Broken(e.into()))?;
        self.text(MANIFEST, text.as_bytes()).await?;
        self.text(SIGNATURE, &signature).await?;
        let Self { zip, mut keeping } = self;
        keeping.write(&zip.finish().map_err(|e| Error::Broken(e.into()))?).await?;
        Ok((keeping.finish().await?, digest))
    }
}

/// Puts a case into one ZIP. A case that has not changed since its last archive gives that one again. Reads everything: logged.
///
/// # Errors
/// `Conflict` `case-step` before the hand-over, `personal-data-erased` afterwards; `Unavailable` without a signing key.
pub async fn make(app: &App, by: &Actor, case: Uuid) -> Result<ArchiveView> {
    let id = app.clock.new_id();
    let name = id.to_string();
    let mut reading = Reading::begin(app, by, case, Purpose::Archive).await?;
    reading.log(&format!("case/{case}")).await?;
    reading.end().await?;
    let mut pack = Pack { zip: Zipping::default(), keeping: app.scans.keep(&name) };
    let Contents { number, seq } = contents(app, by, case, &mut pack).await?;
    let (kept, manifest_sha256) = pack.finish(app, &number).await?;
    let row = ArchiveRow {
        id,
        case_id: case,
        sha256: kept.sha256,
        manifest_sha256,
        bytes: i64::try_from(kept.bytes).map_err(|e| Error::Broken(e.into()))?,
        created_by: by.login.clone(),
        created_at: app.clock.now(),
    };
    let made = keep(app, by, row, seq).await;
    // Nobody knows this file: it is not kept.
    if made.as_ref().map_or(true, |view| view.id != id) {
        app.scans.remove_stream(&name).await?;
    }
    made
}

async fn keep(app: &App, by: &Actor, row: ArchiveRow, seq: i32) -> Result<ArchiveView> {
    let mut tx = begin(app).await?;
    let now = lock(&mut tx, row.case_id).await?.map_or(0, |c| c.seq);
    if now != seq {
        let detail = format!("the archive knew event {seq}, the case has {now}");
        return Err(Error::Conflict { code: "case-moved", detail });
    }
    if !store::insert(&mut tx, &row).await? {
        let before = store::of_case(&mut tx, row.case_id).await?.into_iter().find(|a| a.sha256 == row.sha256);
        let before = before.ok_or_else(|| Error::Broken(anyhow::anyhow!("an archive is and is not there")))?;
        let view = ArchiveView::from(before);
        commit(app, tx, by, &view, None).await?;
        return Ok(view);
    }
    let deed = Deed {
        at: row.created_at,
        actor: &by.login,
        action: "archive.make",
        subject: format!("archive/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"sha256": row.sha256, "manifest": row.manifest_sha256, "bytes": row.bytes}),
    };
    audit::write(&mut tx, &deed).await?;
    let happened = Happened::Archived { archive: row.id, sha256: row.sha256.clone() };
    record(app, &mut tx, by, row.case_id, happened).await?;
    let view = ArchiveView::from(row);
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{}/archives", view.case_id))).await?;
    Ok(view)
}
