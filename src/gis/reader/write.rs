//! Writing map files (demo data, exports) through the same guest.

use super::child::Child;
use super::{End, Field, Format, RawFeature, ReadError, ReaderConfig, Sandbox, Shape, Text};
use diaba_reader_protocol::codec::Batch;
use diaba_reader_protocol::{Request, WriteRequest, frame};
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;

/// A file to be made; it must not exist yet.
#[derive(Debug, Clone)]
pub struct WriteTarget {
    pub path: PathBuf,
    pub format: Format,
    pub layer: String,
    /// `EPSG:n` or WKT; `None` writes none.
    pub srs: Option<String>,
    pub geometry: Shape,
    /// A field named [`super::STYLE_FIELD`] sets the drawing style (labels of a DXF).
    pub fields: Vec<Field>,
    /// `Raw`: the bytes of text go into the file as they are.
    pub text: Text,
}

/// Writes all `rows` to `target`. Values are in the order of `target.fields`; `row_no`, `fid` and `flags` are not used.
pub async fn write(
    cfg: &ReaderConfig,
    target: &WriteTarget,
    rows: impl IntoIterator<Item = RawFeature>,
) -> Result<End, ReadError> {
    let path = Sandbox::Plain.seen_from_inside(&target.path)?;
    let request = Request::Write(WriteRequest {
        format: target.format,
        path,
        layer: target.layer.clone(),
        srs: target.srs.clone(),
        geometry: target.geometry,
        fields: target.fields.clone(),
        text: target.text,
    });
    // Our own data: no walls needed, and the folder must be writable.
    let mut child = Child::spawn(cfg, Sandbox::Plain.command(&cfg.program, &[]), &request)?;
    // A guest that gave up closes its end; its own words (the frame below) say why.
    let _gave_up = feed(&mut child, rows).await;
    match child.frame().await? {
        (frame::END, b) => serde_json::from_slice(b).map_err(|_| ReadError::Protocol("end")),
        _ => Err(ReadError::Protocol("no end")),
    }
}

async fn feed(child: &mut Child, rows: impl IntoIterator<Item = RawFeature>) -> std::io::Result<()> {
    let Some(mut stdin) = child.stdin.take() else { return Ok(()) };
    let mut batch = Batch::default();
    for row in rows {
        batch.push(&row);
        if batch.count() >= 1000 || batch.len() >= 1 << 20 {
            send(&mut stdin, &mut batch).await?;
        }
    }
    send(&mut stdin, &mut batch).await?;
    stdin.write_all(&frame::prefix(frame::END, 0)).await?;
    stdin.shutdown().await
}

async fn send(to: &mut tokio::process::ChildStdin, batch: &mut Batch) -> std::io::Result<()> {
    let payload = batch.payload();
    to.write_all(&frame::prefix(frame::FEATURES, payload.len())).await?;
    to.write_all(payload).await?;
    batch.clear();
    Ok(())
}
