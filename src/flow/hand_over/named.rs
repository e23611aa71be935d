//! The files of a hand-over under the names people know them by.

use crate::app::App;
use crate::domain::handover::Delivered;
use crate::domain::paper::{Called, Paper};
use crate::domain::staff::Purpose;
use crate::domain::text::file_name::file_name;
use crate::domain::theme::Bilingual;
use crate::domain::verify::text::{Lang, word};
use crate::flow::case::Reading;
use crate::flow::paper::place;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::hand_over::HandOverRow;
use crate::store::{case, paper};
use serde::Serialize;

/// A file that is delivered, called as its customer knows it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct NamedFile {
    #[serde(flatten)]
    pub file: Delivered,
    pub name: FileName,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FileName {
    #[serde(flatten)]
    pub called: Called,
    /// Under which it is saved, in the language asked for.
    #[schema(example = "01 Giấy chứng nhận DR 204001 (HS-2026-000123-7).pdf")]
    pub file: String,
}

/// A file that is delivered, called by its kind: for who has no purpose to read what is written on it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ListedFile {
    #[serde(flatten)]
    pub file: Delivered,
    pub name: Called,
}

impl From<Delivered> for ListedFile {
    fn from(file: Delivered) -> Self {
        Self { name: kind(&file), file }
    }
}

/// As their customer knows them, with number and day: the papers are opened for it, which is logged. Each file comes with its place
/// in the list.
pub(super) async fn by_paper(
    app: &App,
    by: &Actor,
    row: &HandOverRow,
    files: impl IntoIterator<Item = (usize, Delivered)>,
    lang: Lang,
) -> Result<Vec<NamedFile>> {
    let mut reading = Reading::begin(app, by, row.case_id, Purpose::DataSubjectRequest).await?;
    let not_found = || Error::NotFound { what: "case", id: row.case_id.to_string() };
    let number = case::get(&mut reading.tx, row.case_id).await?.ok_or_else(not_found)?.number;
    let mut all = Vec::new();
    for (place_in_list, file) in files {
        let kept = match file.what.as_str() {
            "paper" => paper::get(&mut reading.tx, row.case_id, file.id, file.version).await?,
            _ => None,
        };
        let called = match kept {
            None => kind(&file),
            Some(kept) => {
                let place = place(kept.id, kept.version);
                reading.log(&place).await?;
                let plain = app.vault.open(&place, &kept.sealed)?;
                serde_json::from_slice::<Paper>(&plain).map_err(|e| Error::Broken(e.into()))?.named()
            }
        };
        all.push(named(place_in_list, called, file, &number, lang));
    }
    reading.end().await?;
    Ok(all)
}

fn kind(file: &Delivered) -> Called {
    match file.what.as_str() {
        "report" => {
            let title = |lang| word(lang, "handover-report").into();
            Called { title: Bilingual { vi: title(Lang::Vi), en: title(Lang::En) }, number: None, date: None }
        }
        _ => Called::kind(&file.kind),
    }
}

/// The place in the list keeps two files of one name apart.
fn named(place: usize, called: Called, file: Delivered, number: &str, lang: Lang) -> NamedFile {
    let stem = format!("{:02} {} ({number})", place + 1, called.in_one(lang));
    let saved = file_name(&stem, &file.media_type);
    NamedFile { file, name: FileName { called, file: saved } }
}
