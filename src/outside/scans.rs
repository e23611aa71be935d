//! Scans of papers, kept under the SHA-256 of what was sent: a folder or an S3 bucket. They are sealed, as every other
//! personal datum; what is read back is compared with its name.

use super::vault::{Vault, VaultError};
use crate::domain::verify::sha256_hex;
use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::sync::Arc;

/// Kinds of file taken as a scan.
pub const ALLOWED: &str = "application/pdf, image/png, image/jpeg, image/tiff, image/webp";

#[derive(Debug, Clone)]
pub struct Scans {
    pub(super) store: Arc<dyn ObjectStore>,
    prefix: Path,
    pub(super) vault: Vault,
}

#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("scan {0} is not there")]
    Missing(String),
    #[error("scan {sha256} is damaged: its content hashes to {found}")]
    Damaged { sha256: String, found: String },
    #[error("the scan store does not answer: {0}")]
    Store(#[source] object_store::Error),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error("scan store {url}: {reason}")]
    Address { url: String, reason: String },
}

impl From<object_store::Error> for ScanError {
    fn from(e: object_store::Error) -> Self {
        Self::Store(e)
    }
}

/// What a file is, by its first bytes and its header; its name and declared type are not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sniffed {
    pub media_type: &'static str,
    /// Pixels; none where a kind has none (PDF) or its header is damaged.
    pub size: Option<(u32, u32)>,
}

impl Scans {
    /// Opens `file://folder` (made when missing) or `s3://bucket/prefix` (credentials from the usual `AWS_*` variables).
    pub fn open(url: &str, vault: Vault) -> Result<Self, ScanError> {
        let fault = |reason: String| ScanError::Address { url: url.to_owned(), reason };
        if let Some(folder) = url.strip_prefix("file://") {
            std::fs::create_dir_all(folder).map_err(|e| fault(e.to_string()))?;
            let store = object_store::local::LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
            return Ok(Self { store: Arc::new(store), prefix: Path::default(), vault });
        }
        let rest =
            url.strip_prefix("s3://").ok_or_else(|| fault("allowed: file://folder, s3://bucket/prefix".into()))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let store = object_store::aws::AmazonS3Builder::from_env().with_bucket_name(bucket).build()?;
        Ok(Self { store: Arc::new(store), prefix: Path::from(prefix), vault })
    }

    /// Stores what was sent and answers its SHA-256 (hex). Storing the same again changes nothing.
    pub async fn put(&self, content: &[u8]) -> Result<String, ScanError> {
        let sha256 = sha256_hex(content);
        if self.get(&sha256).await.is_ok() {
            return Ok(sha256);
        }
        let sealed = self.vault.seal(&place(&sha256), content)?;
        self.store.put(&self.path(&sha256), PutPayload::from(sealed)).await?;
        Ok(sha256)
    }

    pub async fn get(&self, sha256: &str) -> Result<Bytes, ScanError> {
        let sealed = match self.store.get(&self.path(sha256)).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Err(ScanError::Missing(sha256.to_owned())),
            Err(e) => return Err(e.into()),
        };
        let content = self.vault.open(&place(sha256), &sealed)?;
        let found = sha256_hex(&content);
        if found != sha256 {
            return Err(ScanError::Damaged { sha256: sha256.to_owned(), found });
        }
        Ok(content.into())
    }

    /// Removes what is stored under a SHA-256; what is not there is no fault.
    pub async fn remove(&self, sha256: &str) -> Result<(), ScanError> {
        match self.store.delete(&self.path(sha256)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    pub(super) fn stream_path(&self, name: &str) -> Path {
        self.prefix.clone().join("streams").join(format!("{name}.sealed"))
    }

    fn path(&self, sha256: &str) -> Path {
        let (shard, _) = sha256.split_at(sha256.len().min(2));
        self.prefix.clone().join(shard).join(format!("{sha256}.sealed"))
    }
}

fn place(sha256: &str) -> String {
    format!("scan/{sha256}")
}

/// Recognises the kinds in [`ALLOWED`]; anything else is `None`.
pub fn sniff(content: &[u8]) -> Option<Sniffed> {
    let media_type = match content {
        // Readers take a PDF whose mark stands within the first kilobyte.
        c if c.get(..c.len().min(1024)).is_some_and(|h| h.windows(5).any(|w| w == b"%PDF-")) => "application/pdf",
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [b'I', b'I', 0x2A, 0, ..] | [b'M', b'M', 0, 0x2A, ..] => "image/tiff",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => return None,
    };
    let size = (media_type != "application/pdf").then(|| pixels(content)).flatten();
    Some(Sniffed { media_type, size })
}

fn pixels(content: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::blob_size(content).ok()?;
    Some((size.width.try_into().ok()?, size.height.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG header: 640 x 480, no picture.
    fn png() -> Vec<u8> {
        let mut p = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        p.extend_from_slice(&640u32.to_be_bytes());
        p.extend_from_slice(&480u32.to_be_bytes());
        p.extend_from_slice(&[8, 2, 0, 0, 0, 0, 0, 0, 0]);
        p
    }

    #[test]
    fn kinds_are_told_by_content() {
        assert_eq!(sniff(&png()), Some(Sniffed { media_type: "image/png", size: Some((640, 480)) }));
        assert_eq!(sniff(b"%PDF-1.7 ...").unwrap().media_type, "application/pdf");
        assert_eq!(sniff(b"\xFF\xD8\xFF\xE0broken"), Some(Sniffed { media_type: "image/jpeg", size: None }));
        for other in [&b""[..], b"MZ", b"<html>", b"PK\x03\x04", b"RIFF----WAVE"] {
            assert_eq!(sniff(other), None);
        }
    }

    #[tokio::test]
    async fn kept_once_sealed_and_checked() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("file://{}", dir.path().join("scans").display());
        let scans = Scans::open(&url, Vault::new(&[1; 32])).unwrap();
        let sha = scans.put(&png()).await.unwrap();
        assert_eq!(scans.put(&png()).await.unwrap(), sha);
        assert_eq!(scans.get(&sha).await.unwrap(), png());
        let file = dir.path().join("scans").join(&sha[..2]).join(format!("{sha}.sealed"));
        let on_disk = std::fs::read(&file).unwrap();
        assert!(!on_disk.windows(4).any(|w| w == b"IHDR"));
        std::fs::write(&file, &on_disk[1..]).unwrap();
        assert!(matches!(scans.get(&sha).await, Err(ScanError::Vault(_))));
        assert_eq!(scans.put(&png()).await.unwrap(), sha, "a damaged copy is replaced");
        assert_eq!(scans.get(&sha).await.unwrap(), png());
        assert!(matches!(scans.get(&"0".repeat(64)).await, Err(ScanError::Missing(_))));
    }
}
