//! Large files, sealed piece by piece: written while they are made, read while they are sent. Each piece is bound to its place
//! and to being the last one or not, so that none can be left out, doubled or cut off.

use super::scans::{ScanError, Scans};
use super::vault::Vault;
use bytes::Bytes;
use futures::Stream;
use object_store::buffered::{BufReader, BufWriter};
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const PIECE: usize = 1 << 20;
/// A sealed piece is a little longer than its content.
const LONGEST: u32 = (PIECE as u32) + 4096;

/// A file that is being written.
pub struct Keeping {
    writer: BufWriter,
    vault: Vault,
    name: String,
    piece: u64,
    waiting: Vec<u8>,
    sha256: Sha256,
    bytes: u64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Of the content, hex.
    pub sha256: String,
    pub bytes: u64,
}

impl Scans {
    /// Begins a file; it is there when [`Keeping::finish`] has answered.
    pub fn keep(&self, name: &str) -> Keeping {
        Keeping {
            writer: BufWriter::new(self.store.clone(), self.stream_path(name)),
            vault: self.vault.clone(),
            name: name.to_owned(),
            piece: 0,
            waiting: Vec::new(),
            sha256: Sha256::new(),
            bytes: 0,
        }
    }

    /// Removes a file; one that is not there is no fault.
    pub async fn remove_stream(&self, name: &str) -> Result<(), ScanError> {
        match self.store.delete(&self.stream_path(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// The content of a file, piece by piece. An error ends it: what came before is not to be trusted as a whole.
    pub async fn stream(
        &self,
        name: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, ScanError>> + Send + use<>, ScanError> {
        let path = self.stream_path(name);
        let meta = match self.store.head(&path).await {
            Err(object_store::Error::NotFound { .. }) => return Err(ScanError::Missing(name.to_owned())),
            other => other?,
        };
        let store: Arc<dyn ObjectStore> = self.store.clone();
        let reader = BufReader::new(store, &meta);
        let state = Reading { reader, vault: self.vault.clone(), name: name.to_owned(), piece: 0, over: false };
        Ok(futures::stream::try_unfold(state, Reading::next))
    }
}

fn place(name: &str, piece: u64, last: bool) -> String {
    format!("stream/{name}/{piece}{}", if last { "/last" } else { "" })
}

fn broken(e: std::io::Error) -> ScanError {
    ScanError::Store(object_store::Error::Generic { store: "stream", source: Box::new(e) })
}

impl Keeping {
    pub async fn write(&mut self, content: &[u8]) -> Result<(), ScanError> {
        self.sha256.update(content);
        self.bytes += content.len() as u64;
        self.waiting.extend_from_slice(content);
        while self.waiting.len() > PIECE {
            let rest = self.waiting.split_off(PIECE);
            let piece = std::mem::replace(&mut self.waiting, rest);
            self.put(&piece, false).await?;
        }
        Ok(())
    }

    async fn put(&mut self, piece: &[u8], last: bool) -> Result<(), ScanError> {
        let sealed = self.vault.seal(&place(&self.name, self.piece, last), piece)?;
        let length = u32::try_from(sealed.len()).map_err(|e| broken(std::io::Error::other(e)))?;
        let mut framed = vec![u8::from(last)];
        framed.extend_from_slice(&length.to_be_bytes());
        framed.extend_from_slice(&sealed);
        self.piece += 1;
        Ok(self.writer.put(framed.into()).await?)
    }

    /// The file is whole and there.
    pub async fn finish(mut self) -> Result<Kept, ScanError> {
        let last = std::mem::take(&mut self.waiting);
        self.put(&last, true).await?;
        self.writer.shutdown().await.map_err(broken)?;
        Ok(Kept { sha256: hex::encode(self.sha256.finalize()), bytes: self.bytes })
    }
}

struct Reading {
    reader: BufReader,
    vault: Vault,
    name: String,
    piece: u64,
    over: bool,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, ScanError> {
        if self.over {
            return Ok(None);
        }
        let last = self.reader.read_u8().await.map_err(broken)? != 0;
        let length = self.reader.read_u32().await.map_err(broken)?;
        if length > LONGEST {
            return Err(broken(std::io::Error::other(format!("a piece of {length} bytes"))));
        }
        let mut sealed = vec![0; length as usize];
        self.reader.read_exact(&mut sealed).await.map_err(broken)?;
        let piece = self.vault.open(&place(&self.name, self.piece, last), &sealed)?;
        (self.piece, self.over) = (self.piece + 1, last);
        Ok(Some((piece.into(), self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::TryStreamExt;

    async fn read(scans: &Scans, name: &str) -> Result<Vec<u8>, ScanError> {
        let pieces: Vec<Bytes> = scans.stream(name).await?.try_collect().await?;
        Ok(pieces.concat())
    }

    #[tokio::test]
    async fn what_is_read_is_what_was_written_or_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("file://{}", dir.path().display());
        let scans = Scans::open(&url, Vault::new(&[7; 32])).unwrap();
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 17] {
            let content: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let mut keeping = scans.keep("one");
            for part in content.chunks(70_001) {
                keeping.write(part).await.unwrap();
            }
            let kept = keeping.finish().await.unwrap();
            assert_eq!((kept.bytes, kept.sha256), (size as u64, crate::domain::verify::sha256_hex(&content)));
            assert!(read(&scans, "one").await.unwrap() == content, "{size}");
        }
        let file = walk(dir.path());
        let whole = std::fs::read(&file).unwrap();
        assert!(!whole.windows(8).any(|w| w == [0, 1, 2, 3, 4, 5, 6, 7]), "sealed");
        for cut in [10, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&file, &whole[..cut]).unwrap();
            assert!(read(&scans, "one").await.is_err(), "cut at {cut}");
        }
        // The first piece alone, said to be the last.
        let mut lying = whole[..5 + u32::from_be_bytes(whole[1..5].try_into().unwrap()) as usize].to_vec();
        lying[0] = 1;
        std::fs::write(&file, lying).unwrap();
        assert!(read(&scans, "one").await.is_err());
        scans.remove_stream("one").await.unwrap();
        scans.remove_stream("one").await.unwrap();
        assert!(matches!(read(&scans, "one").await, Err(ScanError::Missing(_))));
    }

    fn walk(folder: &std::path::Path) -> std::path::PathBuf {
        let first = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        if first.is_dir() { walk(&first) } else { first }
    }
}
