//! What a stranger needs to check the verdict of a run on one parcel, in one file.

use super::replay::Seen;
use super::replay_run::{again, chunk_lines, run_chunks};
use crate::app::App;
use crate::domain::proof::{Root, SignedChunk, VERDICT, VerdictProof};
use crate::flow::{Error, Result, batch};
use crate::store::batch::kept as store;
use crate::store::batch::run::chunk_digests;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

/// The record is not kept: it is judged again, and must come out as it was signed.
///
/// # Errors
/// `NotFound` without such a verdict; `Conflict` when it cannot be judged again, with the first input that differs.
pub async fn verdict(app: &App, run: Uuid, parcel: Uuid) -> Result<VerdictProof> {
    let missing = || Error::NotFound { what: "verdict", id: format!("{run}/{parcel}") };
    let no = run_chunks(app, run, Some(parcel)).await?.into_iter().next().ok_or_else(missing)?;
    let sealed = store::sealed_chunk(&app.pool, run, no).await?.ok_or_else(missing)?;
    let view = batch::find(app, run).await?;
    let lines = chunk_lines(app, run, no).await?;
    let place = lines.iter().position(|(id, _)| *id == parcel).ok_or_else(missing)?;
    let digest = lines[place].1.clone().ok_or_else(missing)?;
    let judged = again(app, run, no, place, &sealed, &Seen::default()).await?;
    let differs = |why: String| Error::Conflict { code: "verdict-differs", detail: why };
    let judged = judged.map_err(|d| differs(format!("{} {}: {}", d.what, d.name, d.found)))?;
    if judged.digest != digest {
        return Err(differs(format!("it comes out as {}, it was {digest}", judged.digest)));
    }
    let json = |text: &str| serde_json::from_str(text).map_err(|e| Error::Broken(e.into()));
    let chunk = SignedChunk {
        no,
        zone: sealed.zone,
        as_of: view.as_of,
        place,
        lines,
        signature: STANDARD.encode(&sealed.signature),
        public_key: super::known(app, &sealed.key_id).await?.base64(),
        key_id: sealed.key_id,
    };
    let root = match view.root {
        Some(root) => Some(Root { chunks: chunk_digests(&app.pool, run).await?, root }),
        None => None,
    };
    Ok(VerdictProof {
        schema: VERDICT.to_owned(),
        run,
        record: json(&judged.canonical)?,
        rules: json(&judged.basis.rules.content)?,
        themes: json(&judged.basis.themes.content)?,
        chunk,
        root,
    })
}
