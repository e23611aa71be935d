//! From an upload to the data sets in it: archives are unpacked by us with limits (GDAL never sees a zip), and a file is what
//! both its name and its content say, or it is refused.

mod archive;
mod detect;

pub use archive::ArchiveLimits;
pub use detect::detect;

use crate::gis::reader::Format;
use std::path::{Path, PathBuf};

/// One map file with the parts that belong to it lying beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSet {
    pub path: PathBuf,
    pub format: Format,
}

/// Why an upload is not taken. `code()` is stable.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("the ending of {name} is none that can be read")]
    UnsupportedFormat { name: String },
    /// The name says one format, the content another (or none).
    #[error("{name} does not hold what its ending says: {found} found, {expected} expected")]
    ContentMismatch { name: String, expected: &'static str, found: &'static str },
    #[error("{name} is in a format that must be converted first: {advice}")]
    ConvertFirst { name: String, advice: &'static str },
    #[error("the archive holds no map file")]
    NothingInside,
    #[error("the archive is broken: {0}")]
    BrokenArchive(String),
    #[error("the archive has more than {0} entries")]
    TooManyEntries(usize),
    #[error("the archive unpacks to more than {0} bytes")]
    TooLarge(u64),
    #[error("{name} unpacks to more than {ratio} times its size")]
    TooDense { name: String, ratio: u64 },
    #[error("{name} would be written outside its folder, or has a name that cannot be a file's")]
    UnsafeName { name: String },
    #[error("{name} stands in the archive twice")]
    DuplicateName { name: String },
    #[error("{name} is a link or a device, not a file")]
    NotAFile { name: String },
    #[error("{name} is locked with a password")]
    Encrypted { name: String },
    #[error("{name} is an archive inside the archive")]
    NestedArchive { name: String },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl UnpackError {
    pub fn code(&self) -> &'static str {
        match self {
            UnpackError::UnsupportedFormat { .. } => "unsupported_format",
            UnpackError::ContentMismatch { .. } => "content_mismatch",
            UnpackError::ConvertFirst { .. } => "convert_first",
            UnpackError::NothingInside => "archive_without_map",
            UnpackError::BrokenArchive(_) => "archive_broken",
            UnpackError::TooManyEntries(_) => "archive_too_many_entries",
            UnpackError::TooLarge(_) => "archive_too_large",
            UnpackError::TooDense { .. } => "archive_too_dense",
            UnpackError::UnsafeName { .. } => "archive_unsafe_name",
            UnpackError::DuplicateName { .. } => "archive_duplicate_name",
            UnpackError::NotAFile { .. } => "archive_not_a_file",
            UnpackError::Encrypted { .. } => "archive_encrypted",
            UnpackError::NestedArchive { .. } => "archive_nested",
            UnpackError::Io(_) => "io",
        }
    }
}

/// The data sets of an upload. `name` is the file name as it was sent (its ending counts); `work` is an empty folder of ours.
/// A plain file stays where it is when it already has that ending, else it appears in `work` under a name with it.
/// A refusal leaves `work` empty. Blocking: call it in `spawn_blocking`.
pub fn data_sets(path: &Path, name: &str, work: &Path, limits: &ArchiveLimits) -> Result<Vec<DataSet>, UnpackError> {
    let found = look(path, name, work, limits);
    if found.is_err() {
        archive::clear(work)?;
    }
    found
}

fn look(path: &Path, name: &str, work: &Path, limits: &ArchiveLimits) -> Result<Vec<DataSet>, UnpackError> {
    let ending = extension(Path::new(name));
    if ending != "zip" {
        if Format::from_extension(&ending).is_none() {
            return Err(match detect::foreign(&ending) {
                Some(advice) => UnpackError::ConvertFirst { name: name.to_owned(), advice },
                None => UnpackError::UnsupportedFormat { name: name.to_owned() },
            });
        }
        let path = if extension(path) == ending { path.to_path_buf() } else { named(path, &ending, work)? };
        let format = detect(&path)?;
        return Ok(vec![DataSet { path, format }]);
    }
    let mut found = Vec::new();
    for file in archive::unpack(path, work, limits)? {
        // A .json beside a Shapefile is metadata more often than a map: it counts only when it is one.
        match Format::from_extension(&extension(&file)) {
            Some(_) if extension(&file) == "json" => found.extend(detect(&file).ok().map(|f| (file, f))),
            Some(_) => {
                let format = detect(&file)?;
                found.push((file, format));
            }
            None => {}
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    match found.is_empty() {
        true => Err(UnpackError::NothingInside),
        false => Ok(found.into_iter().map(|(path, format)| DataSet { path, format }).collect()),
    }
}

fn extension(p: &Path) -> String {
    p.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// The stored upload under a name with the right ending, without copying when the disk allows.
fn named(path: &Path, ending: &str, work: &Path) -> Result<PathBuf, UnpackError> {
    let to = work.join(format!("upload.{ending}"));
    let source = path.canonicalize()?;
    if std::fs::hard_link(&source, &to).is_err() {
        std::fs::copy(&source, &to)?;
    }
    Ok(to)
}
