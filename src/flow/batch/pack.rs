//! A chunk's document, packed and sealed, and back.

use crate::app::App;
use crate::domain::batch::ChunkInputs;
use crate::flow::{Error, Result};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::io::{Read as _, Write as _};
use uuid::Uuid;

/// What it is bound to.
fn place(run: Uuid, no: i32) -> String {
    format!("chunk-inputs/{run}/{no}")
}

pub fn seal_inputs(app: &App, run: Uuid, no: i32, inputs: &ChunkInputs) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(inputs).map_err(|e| Error::Broken(e.into()))?;
    let mut packed = DeflateEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::fast());
    let packed = packed.write_all(&plain).and_then(|()| packed.finish()).map_err(|e| Error::Broken(e.into()))?;
    Ok(app.vault.seal(&place(run, no), &packed)?)
}

/// # Errors
/// `Broken` when it was changed, or moved from another chunk.
pub fn open_inputs(app: &App, run: Uuid, no: i32, sealed: &[u8]) -> Result<ChunkInputs> {
    let packed = app.vault.open(&place(run, no), sealed)?;
    let mut plain = vec![];
    DeflateDecoder::new(packed.as_slice()).read_to_end(&mut plain).map_err(|e| Error::Broken(e.into()))?;
    serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))
}
