//! Folders for files on their way, under `work/` of the home folder. Each is held by a lock that ends with its process, so that
//! what a killed process left behind is told from what is in use, and goes when the next folder is made.

use std::fs::{File, TryLockError, create_dir, create_dir_all, read_dir, remove_dir_all};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const OWNER: &str = "owner";

/// Gone with its content when dropped.
pub(super) struct WorkFolder {
    dir: TempDir,
    _owner: File,
}

impl WorkFolder {
    pub fn make(home: &Path) -> io::Result<Self> {
        let root = home.join("work");
        create_dir_all(&root)?;
        // One at a time: a folder is never seen between its making and its locking.
        let gate = File::create(root.join("gate"))?;
        gate.lock()?;
        sweep(&root)?;
        let dir = tempfile::Builder::new().prefix("files-").tempdir_in(&root)?;
        let owner = File::create(dir.path().join(OWNER))?;
        owner.lock()?;
        create_dir(dir.path().join("in"))?;
        Ok(Self { dir, _owner: owner })
    }

    /// Where files go.
    pub fn path(&self) -> PathBuf {
        self.dir.path().join("in")
    }
}

fn sweep(root: &Path) -> io::Result<()> {
    for entry in read_dir(root)? {
        let path = entry?.path();
        if path.is_dir() && is_left(&path)? {
            match remove_dir_all(&path) {
                Ok(()) => tracing::info!(folder = %path.display(), "removed what a killed process left"),
                // It was not left: whoever used it was removing it at this moment.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(e),
            }
        }
    }
    Ok(())
}

fn is_left(folder: &Path) -> io::Result<bool> {
    match File::open(folder.join(OWNER)) {
        Ok(owner) => match owner.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(e)) => Err(e),
        },
        // Killed before the lock was there.
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_use_stays_and_what_was_left_goes() {
        let home = tempfile::tempdir().unwrap();
        let one = WorkFolder::make(home.path()).unwrap();
        std::fs::write(one.path().join("a.shp"), "x").unwrap();
        let left = home.path().join("work/files-left");
        create_dir_all(left.join("in")).unwrap();
        std::fs::write(left.join(OWNER), "").unwrap();
        let other = WorkFolder::make(home.path()).unwrap();
        assert!(one.path().join("a.shp").is_file() && other.path().is_dir());
        assert!(!left.exists());
        let (one_at, other_at) = (one.path(), other.path());
        drop((one, other));
        assert!(!one_at.exists() && !other_at.exists());
    }

    #[test]
    fn folders_that_go_while_others_are_made_break_nothing() {
        let home = tempfile::tempdir().unwrap();
        let make = || (0..300).try_for_each(|_| WorkFolder::make(home.path()).map(drop));
        std::thread::scope(|s| {
            let makers: Vec<_> = (0..6).map(|_| s.spawn(make)).collect();
            makers.into_iter().for_each(|m| m.join().unwrap().unwrap());
        });
    }
}
