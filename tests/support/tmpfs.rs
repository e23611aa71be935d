//! A disk that is soon full.

use crate::cluster::is_root;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small disk of this test's own; gone at the end.
pub struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    /// None when this user may not mount.
    pub fn mount(megabytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let done = is_root()
            && Command::new("mount")
                .args(["-t", "tmpfs", "-o", &size, "none"])
                .arg(dir.path())
                .status()
                .unwrap()
                .success();
        done.then_some(Self(dir))
    }
    pub fn path(&self) -> &Path {
        self.0.path()
    }
    /// Takes all space that is left but for some megabytes.
    pub fn fill_but(&self, megabytes: u64) -> PathBuf {
        let file = self.path().join("ballast");
        let mut f = std::fs::File::create(&file).unwrap();
        for size in [1 << 20, 1 << 12] {
            let block = vec![0; size];
            while f.write_all(&block).is_ok() {}
        }
        let size = f.metadata().unwrap().len();
        f.set_len(size.saturating_sub(megabytes << 20)).unwrap();
        file
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
