//! A disk that is soon full.

use crate::cluster::is_root;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A small disk of this test's own; gone at the end.
pub struct Tmpfs {
    dir: tempfile::TempDir,
    /// Who is not root mounts it where only this child sees it, and looks through the child's eyes.
    holder: Option<(Child, PathBuf)>,
}

impl Tmpfs {
    /// None when this user may not mount; that the test is skipped is then said, past the capture of its output.
    pub fn mount(megabytes: u32, test: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        if is_root() {
            let done = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(dir.path()).status();
            if done.is_ok_and(|s| s.success()) {
                return Some(Self { dir, holder: None });
            }
        }
        if let Some(child) = held(&size, dir.path()) {
            let seen = PathBuf::from(format!("/proc/{}/root{}", child.id(), dir.path().display()));
            return Some(Self { dir, holder: Some((child, seen)) });
        }
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: {test}: no small disk can be mounted here, neither as root nor in a user namespace"
        );
        None
    }
    pub fn path(&self) -> &Path {
        self.holder.as_ref().map_or(self.dir.path(), |(_, seen)| seen)
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

/// A process in namespaces of its own that has mounted the disk and waits for its end.
fn held(size: &str, at: &Path) -> Option<Child> {
    let mut child = Command::new("unshare")
        .args(["--user", "--map-current-user", "--keep-caps", "--mount", "sh", "-c"])
        .args(["mount -t tmpfs -o \"$1\" none \"$2\" && echo mounted && exec cat", "sh", size])
        .arg(at)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut line = String::new();
    let told = child.stdout.as_mut().map(|out| BufReader::new(out).read_line(&mut line));
    if told.is_some_and(|t| t.is_ok()) && line == "mounted\n" {
        return Some(child);
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        match &mut self.holder {
            // the disk goes with the last process that sees it
            Some((child, _)) => {
                let _ = child.kill();
                let _ = child.wait();
            }
            None => drop(Command::new("umount").arg("-l").arg(self.dir.path()).status()),
        }
    }
}
