//! The press: sets papers (reports, contracts, quotations, receipts) as PDF/A-3 by Typst.
//!
//! A template is a file `data/templates/<name>.typ` that exports `#let sheet(data, body)`: it puts its page, text and content
//! around `body`, which is empty on paper (it carries the attachments). Everything it says comes in `data` (JSON) and in
//! pictures (SVG, PNG) that it names by their path; strings of `data` are set as they are, never read as markup. What
//! templates share (page, national heading, running head, "page x of y") lies in `data/templates/base.typ`.
//!
//! The press sees nothing else: no file of the machine, no network, no clock, no font but those compiled in. The same
//! sheet gives the same bytes.

mod world;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use time::OffsetDateTime;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use world::PressWorld;

/// Templates, read once; cheap to clone.
#[derive(Debug, Clone)]
pub struct Press {
    templates: Arc<BTreeMap<String, String>>,
}

/// One paper to set.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Name of a template without its ending, e.g. `report`.
    pub template: &'static str,
    pub data: Value,
    /// Pictures the template shows: (path, content). Paths are fixed words, never taken from data.
    pub pictures: Vec<(&'static str, Vec<u8>)>,
    pub attachments: Vec<Attachment>,
    /// Names the paper for ever (for the PDF's document id).
    pub ident: String,
    /// The instant written into the file as its date; nothing else in it tells time.
    pub at: OffsetDateTime,
}

/// A file that travels inside the PDF.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// A fixed name such as `verification.json`.
    pub name: &'static str,
    pub media_type: &'static str,
    pub description: String,
    pub content: Vec<u8>,
}

/// Why nothing was set.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    #[error("the templates in {folder} cannot be read: {reason}")]
    Folder { folder: String, reason: String },
    #[error("no template {0}")]
    Unknown(String),
    /// The template is at fault, or the data does not fit it.
    #[error("{}", .0.join("; "))]
    Template(Vec<String>),
    #[error("the press stopped: {0}")]
    Stopped(String),
}

impl Press {
    /// Reads every `.typ` file of a folder.
    ///
    /// # Errors
    /// When the folder or a file cannot be read.
    pub fn open(folder: &Path) -> Result<Self, PressError> {
        let fault =
            |e: std::io::Error| PressError::Folder { folder: folder.display().to_string(), reason: e.to_string() };
        let mut templates = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if let (Some("typ"), Some(name)) = (path.extension().and_then(|e| e.to_str()), path.file_name()) {
                let text = std::fs::read_to_string(&path).map_err(fault)?;
                templates.insert(name.to_string_lossy().into_owned(), text);
            }
        }
        Ok(Self { templates: Arc::new(templates) })
    }

    /// Sets a sheet on a thread that may block.
    ///
    /// # Errors
    /// [`PressError::Template`] names file and line of everything that is wrong.
    pub async fn pdf(&self, sheet: Sheet) -> Result<Vec<u8>, PressError> {
        let press = self.clone();
        tokio::task::spawn_blocking(move || press.set(&sheet)).await.map_err(|e| PressError::Stopped(e.to_string()))?
    }

    /// As [`Press::pdf`], on this thread.
    ///
    /// # Errors
    /// As [`Press::pdf`].
    pub fn set(&self, sheet: &Sheet) -> Result<Vec<u8>, PressError> {
        let (bytes, warnings) = self.set_with_warnings(sheet)?;
        for warning in warnings {
            tracing::warn!(template = sheet.template, warning, "a template gives cause for doubt");
        }
        Ok(bytes)
    }

    fn set_with_warnings(&self, sheet: &Sheet) -> Result<(Vec<u8>, Vec<String>), PressError> {
        if !self.templates.contains_key(&format!("{}.typ", sheet.template)) {
            return Err(PressError::Unknown(sheet.template.to_owned()));
        }
        let world = PressWorld::of(&self.templates, sheet)?;
        let set = typst::compile::<PagedDocument>(&world);
        let warnings = world.say(&set.warnings);
        let document = set.output.map_err(|e| PressError::Template(world.say(&e)));
        let pdf = document
            .and_then(|d| typst_pdf::pdf(&d, &options(sheet)?).map_err(|e| PressError::Template(world.say(&e))));
        // What was worked out for this sheet is of little use to the next: memory stays flat.
        typst::comemo::evict(2);
        Ok((pdf?, warnings))
    }
}

/// PDF/A-3a: archival, tagged, with attachments.
fn options(sheet: &Sheet) -> Result<PdfOptions, PressError> {
    let standards =
        PdfStandards::new(&[PdfStandard::A_3a]).map_err(|e| PressError::Stopped(e.message().to_string()))?;
    let at = sheet.at.to_offset(time::UtcOffset::UTC);
    let (month, day) = (u8::from(at.month()), at.day());
    let stamp = Datetime::from_ymd_hms(at.year(), month, day, at.hour(), at.minute(), at.second());
    Ok(PdfOptions {
        ident: Smart::Custom(sheet.ident.clone()),
        creator: Smart::Custom(Some(concat!("diaba ", env!("CARGO_PKG_VERSION")).to_owned())),
        timestamp: stamp.map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    })
}

#[cfg(test)]
mod tests;
