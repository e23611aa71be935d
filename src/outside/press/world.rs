//! All that a template can see.

use super::{PressError, Sheet};
use crate::domain::calendar::day_of;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};

static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// The sheet around every template.
const MAIN: &str = "main.typ";

pub(super) struct PressWorld {
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
    /// The day of the sheet in Asia/Ho_Chi_Minh.
    day: Option<Datetime>,
}

impl PressWorld {
    pub(super) fn of(templates: &BTreeMap<String, String>, sheet: &Sheet) -> Result<Self, PressError> {
        let main = id(MAIN)?;
        let mut sources = HashMap::from([(main, Source::new(main, main_text(sheet.template)))]);
        for (name, text) in templates {
            let id = id(name)?;
            sources.insert(id, Source::new(id, text.clone()));
        }
        let list: Vec<_> = sheet
            .attachments
            .iter()
            .map(|a| json!({"name": a.name, "media_type": a.media_type, "description": a.description}))
            .collect();
        let mut files = HashMap::new();
        files.insert(id("data.json")?, Bytes::from_string(sheet.data.to_string()));
        files.insert(id("attached.json")?, Bytes::from_string(json!(list).to_string()));
        for (path, content) in &sheet.pictures {
            files.insert(id(path)?, Bytes::new(content.clone()));
        }
        for a in &sheet.attachments {
            files.insert(id(&format!("attached/{}", a.name))?, Bytes::new(a.content.clone()));
        }
        let day = day_of(sheet.at);
        let day = Datetime::from_ymd(day.year(), u8::from(day.month()), day.day());
        Ok(Self { main, sources, files, day })
    }

    /// Each diagnostic as `file:line: message (hint)`.
    pub(super) fn say(&self, all: &[SourceDiagnostic]) -> Vec<String> {
        all.iter().map(|d| self.one(d)).collect()
    }

    fn one(&self, d: &SourceDiagnostic) -> String {
        let hints: String = d.hints.iter().map(|h| format!(" ({})", h.v)).collect();
        let place = d.span.id().map(|id| {
            let line = self.range(d.span).and_then(|r| self.sources.get(&id)?.lines().byte_to_line(r.start));
            let name = id.vpath().get_without_slash();
            line.map_or_else(|| format!("{name}: "), |l| format!("{name}:{}: ", l + 1))
        });
        format!("{}{}{hints}", place.unwrap_or_default(), d.message)
    }
}

fn main_text(template: &str) -> String {
    format!(
        "#import \"/{template}.typ\": sheet\n#show: sheet.with(json(\"/data.json\"))\n\
         #for a in json(\"/attached.json\") {{ pdf.attach(a.name, read(\"/attached/\" + a.name, encoding: none), \
         relationship: \"source\", mime-type: a.media_type, description: a.description) }}\n"
    )
}

/// Names are few and fixed: each is kept for ever by Typst.
fn id(path: &str) -> Result<FileId, PressError> {
    let path = VirtualPath::new(path).map_err(|e| PressError::Stopped(format!("{path}: {e}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

impl World for PressWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.0
    }
    fn main(&self) -> FileId {
        self.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| missing(id))
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let source = || self.sources.get(&id).map(|s| Bytes::from_string(s.clone()));
        self.files.get(&id).cloned().or_else(source).ok_or_else(|| missing(id))
    }
    fn font(&self, index: usize) -> Option<Font> {
        FONTS.1.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.day
    }
}
