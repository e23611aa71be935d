//! Our own unpacking. What an archive says about itself is not believed: bytes are counted as they come out.

use super::{UnpackError, extension};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Component, Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Bytes of all files together.
    pub total_bytes: u64,
    pub entries: usize,
    /// Unpacked bytes per packed byte of one file; looked at above 1 MiB.
    pub ratio: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        // A table of blanks packs 100 to 1; a bomb 1000 to 1.
        Self { total_bytes: 8 << 30, entries: 2000, ratio: 300 }
    }
}

const RATIO_FROM: u64 = 1 << 20;
const S_IFMT: u32 = 0o170000;
const S_IFREG: u32 = 0o100000;
const S_IFDIR: u32 = 0o040000;

/// Unpacks into the empty folder `into`; a refusal may leave files behind, see [`clear`].
pub fn unpack(path: &Path, into: &Path, limits: &ArchiveLimits) -> Result<Vec<PathBuf>, UnpackError> {
    let mut zip = ZipArchive::new(BufReader::new(File::open(path)?)).map_err(broken)?;
    if zip.len() > limits.entries {
        return Err(UnpackError::TooManyEntries(limits.entries));
    }
    if zip.has_duplicate_names() {
        return Err(UnpackError::DuplicateName { name: "an entry".into() });
    }
    let (mut out, mut seen, mut left) = (Vec::new(), HashSet::new(), limits.total_bytes);
    for i in 0..zip.len() {
        let Some(to) = inspect(&zip, i, &mut seen)? else { continue };
        let to = into.join(to);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        left -= copy(&mut zip, i, &to, left, limits)?;
        out.push(to);
    }
    Ok(out)
}

/// Empties the folder.
pub fn clear(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        let p = entry.path();
        if entry.file_type()?.is_dir() { fs::remove_dir_all(p)? } else { fs::remove_file(p)? }
    }
    Ok(())
}

/// Where the entry goes, relative to the folder; `None` for folders and for the litter of macOS.
fn inspect<R: Read + std::io::Seek>(
    zip: &ZipArchive<R>,
    i: usize,
    seen: &mut HashSet<String>,
) -> Result<Option<PathBuf>, UnpackError> {
    let e = zip.by_index_data(i).map_err(broken)?;
    let name = e.name().map_err(broken)?.into_owned();
    let path = safe(&name).ok_or_else(|| UnpackError::UnsafeName { name: name.clone() })?;
    if !seen.insert(path.to_string_lossy().to_lowercase()) {
        return Err(UnpackError::DuplicateName { name });
    }
    let kind = e.unix_mode().map_or(0, |m| m & S_IFMT);
    if e.is_symlink() || !matches!(kind, 0 | S_IFREG | S_IFDIR) {
        return Err(UnpackError::NotAFile { name });
    }
    if e.encrypted() {
        return Err(UnpackError::Encrypted { name });
    }
    if matches!(extension(&path).as_str(), "zip" | "kmz" | "7z" | "rar" | "gz" | "tgz" | "tar" | "bz2" | "xz" | "zst") {
        return Err(UnpackError::NestedArchive { name });
    }
    let litter = path.components().any(|c| c.as_os_str() == "__MACOSX")
        || path.file_name().is_some_and(|f| f == ".DS_Store" || f.to_string_lossy().starts_with("._"));
    Ok((!e.is_dir() && !litter).then_some(path))
}

/// A relative path of plain names, or nothing.
fn safe(name: &str) -> Option<PathBuf> {
    // Old Windows packers write backslashes.
    let name = name.replace('\\', "/");
    let plain = |c: char| !c.is_control() && c != ':';
    if name.is_empty() || name.len() > 1000 || !name.chars().all(plain) {
        return None;
    }
    let path = PathBuf::from(&name);
    let parts: Vec<Component<'_>> = path.components().collect();
    let each = parts.iter().all(|c| matches!(c, Component::Normal(n) if n.len() <= 255));
    (each && !parts.is_empty() && parts.len() <= 16 && !name.split('/').any(|p| p == ".")).then_some(path)
}

fn copy<R: Read + std::io::Seek>(
    zip: &mut ZipArchive<R>,
    i: usize,
    to: &Path,
    left: u64,
    limits: &ArchiveLimits,
) -> Result<u64, UnpackError> {
    let mut e = zip.by_index(i).map_err(broken)?;
    let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let dense = e.compressed_size().max(1).saturating_mul(limits.ratio).max(RATIO_FROM);
    let mut file = File::options().write(true).create_new(true).open(to)?;
    let (mut done, mut buf) = (0u64, vec![0u8; 1 << 16]);
    loop {
        let n = e.read(&mut buf).map_err(|e| UnpackError::BrokenArchive(format!("{name}: {e}")))?;
        if n == 0 {
            return Ok(done);
        }
        if done == 0 && buf.starts_with(b"PK\x03\x04") {
            return Err(UnpackError::NestedArchive { name });
        }
        done += n as u64;
        if done > left {
            return Err(UnpackError::TooLarge(limits.total_bytes));
        }
        if done > dense {
            return Err(UnpackError::TooDense { name, ratio: limits.ratio });
        }
        file.write_all(&buf[..n])?;
    }
}

fn broken(e: ZipError) -> UnpackError {
    match e {
        ZipError::Io(e) => UnpackError::BrokenArchive(e.to_string()),
        e => UnpackError::BrokenArchive(e.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_relative_names_are_safe() {
        for good in ["a.shp", "thửa đất/a.shp", "x\\y.dbf", "a..b.shp", "folder/"] {
            assert!(safe(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../a",
            "a/../../b",
            "a/..",
            "C:\\x",
            "a\0b",
            "./a",
            "a/./b",
            "..\\x",
            "\\\\host\\x",
            "a\nb",
        ] {
            assert!(safe(bad).is_none(), "{bad}");
        }
    }
}
