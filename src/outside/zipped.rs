//! ZIP files: written as a stream, the same bytes for the same content; and read back to be proved.

use crate::domain::archive::{Entry, MANIFEST, SIGNATURE};
use crate::domain::verify::sha256_hex;
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Where a writer leaves what is to be sent on.
#[derive(Clone, Default)]
struct Basket(Arc<Mutex<Vec<u8>>>);

impl Write for Basket {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(|e| e.into_inner()).extend_from_slice(part);
        Ok(part.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Basket {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(|e| e.into_inner()))
    }
}

/// A ZIP that is being written: file after file, and the bytes that are ready after each.
pub struct Zipping {
    zip: ZipWriter<StreamWriter<Basket>>,
    basket: Basket,
    entries: Vec<Entry>,
}

impl Default for Zipping {
    fn default() -> Self {
        let basket = Basket::default();
        Self { zip: ZipWriter::new_stream(basket.clone()), basket, entries: Vec::new() }
    }
}

fn options(packed: bool) -> SimpleFileOptions {
    // No time of ours and no right of a machine: the same files give the same bytes.
    let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644)
}

impl Zipping {
    /// Adds a file and answers what is ready to be sent on. `packed`: worth packing (text).
    ///
    /// # Errors
    /// When the form does not allow it (a name twice, more than 4 GiB).
    pub fn add(&mut self, name: &str, content: &[u8], packed: bool) -> Result<Vec<u8>, zip::result::ZipError> {
        self.zip.start_file(name, options(packed))?;
        self.zip.write_all(content)?;
        let entry = Entry { name: name.to_owned(), bytes: content.len() as u64, sha256: sha256_hex(content) };
        self.entries.push(entry);
        Ok(self.basket.take())
    }

    /// What was added so far.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The end of the file.
    ///
    /// # Errors
    /// As [`Zipping::add`].
    pub fn finish(self) -> Result<Vec<u8>, zip::result::ZipError> {
        let Self { zip, basket, .. } = self;
        zip.finish()?;
        Ok(basket.take())
    }
}

/// What stands in an archive.
#[derive(Debug, Default)]
pub struct Unzipped {
    pub manifest: Option<Vec<u8>>,
    pub signature: Option<Vec<u8>>,
    /// All other files.
    pub files: Vec<Entry>,
}

/// More than this is no manifest.
const MANIFEST_BYTES: u64 = 16 << 20;

/// Reads an archive, hashing every file; nothing is written anywhere.
///
/// # Errors
/// When it is no ZIP, or is damaged.
pub fn unzipped(file: &Path) -> Result<Unzipped, zip::result::ZipError> {
    let mut zip = ZipArchive::new(std::fs::File::open(file)?)?;
    let mut out = Unzipped::default();
    for i in 0..zip.len() {
        let mut entry = zip.by_index(i)?;
        let name = entry.name()?.into_owned();
        if [MANIFEST, SIGNATURE].contains(&name.as_str()) {
            let mut content = Vec::new();
            entry.by_ref().take(MANIFEST_BYTES).read_to_end(&mut content)?;
            let place = if name == MANIFEST { &mut out.manifest } else { &mut out.signature };
            *place = Some(content);
            continue;
        }
        let (bytes, sha256) = hashed(&mut entry)?;
        out.files.push(Entry { name, bytes, sha256 });
    }
    Ok(out)
}

/// Length and SHA-256 of what is read, without holding it.
fn hashed(content: &mut impl Read) -> std::io::Result<(u64, String)> {
    let (mut sum, mut bytes, mut part) = (Sha256::new(), 0u64, vec![0; 1 << 16]);
    loop {
        let n = content.read(&mut part)?;
        if n == 0 {
            return Ok((bytes, hex::encode(sum.finalize())));
        }
        sum.update(&part[..n]);
        bytes += n as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> Vec<u8> {
        let mut zip = Zipping::default();
        let mut all = zip.add("a/text.json", &b"text ".repeat(9000), true).unwrap();
        all.extend(zip.add("b.png", &[1, 2, 3], false).unwrap());
        all.extend(zip.add(MANIFEST, b"{}", true).unwrap());
        assert_eq!(zip.entries().len(), 3);
        assert!(zip.add("b.png", &[], false).is_err(), "a name stands once");
        all.extend(zip.finish().unwrap());
        all
    }

    #[test]
    fn the_same_files_are_the_same_bytes_and_read_back() {
        let bytes = made();
        assert!(bytes == made());
        assert!(bytes.len() < 2000, "text is packed: {}", bytes.len());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let back = unzipped(file.path()).unwrap();
        assert_eq!(back.manifest.unwrap(), b"{}");
        assert_eq!(
            back.files.iter().map(|f| (f.name.as_str(), f.bytes)).collect::<Vec<_>>(),
            [("a/text.json", 45_000), ("b.png", 3)]
        );
        assert_eq!(back.files[1].sha256, sha256_hex([1, 2, 3]));
        std::fs::write(file.path(), &bytes[..bytes.len() / 2]).unwrap();
        assert!(unzipped(file.path()).is_err());
    }
}
