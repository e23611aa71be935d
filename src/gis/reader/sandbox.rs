//! The walls around the guest: bubblewrap when it works here, otherwise a plain child with an empty environment
//! (the guest's own limits and its driver allow-list hold in both cases).

use super::ReadError;
use diaba_reader_protocol::{Code, Format};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command as StdCommand, Stdio};
use std::sync::OnceLock;
use tokio::process::Command;

/// Where the files appear inside.
const INSIDE: &str = "/in";
const GUEST: &str = "/diaba-reader";
/// What a dynamically linked program needs to start.
const SYSTEM: [&str; 3] = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/ld.so.conf.d"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sandbox {
    /// Own user, network, process and file name spaces; sees `/usr` and the parts of one data set, read-only.
    Bubblewrap(PathBuf),
    /// Only an empty environment and the guest's own limits.
    Plain,
}

impl Sandbox {
    /// Tries bubblewrap once per process and says in the log when it has to do without.
    pub fn detect() -> Self {
        static FOUND: OnceLock<Sandbox> = OnceLock::new();
        FOUND.get_or_init(probe).clone()
    }

    /// The path of the data set's main file as the guest sees it.
    pub(super) fn seen_from_inside(&self, path: &Path) -> Result<String, ReadError> {
        let p = match self {
            Sandbox::Bubblewrap(_) => Path::new(INSIDE).join(path.file_name().unwrap_or_default()),
            Sandbox::Plain => std::path::absolute(path).map_err(|e| unreadable(path, &e))?,
        };
        p.to_str().map(str::to_owned).ok_or_else(|| refused(Code::BadRequest, "the file name is not UTF-8", path))
    }

    pub(super) fn command(&self, program: &Path, files: &[PathBuf]) -> Command {
        let mut c = match self {
            Sandbox::Plain => Command::new(program),
            Sandbox::Bubblewrap(bwrap) => {
                let mut c = Command::new(bwrap);
                c.args(walls()).arg("--ro-bind").arg(program).arg(GUEST);
                for f in files {
                    c.arg("--ro-bind").arg(f).arg(Path::new(INSIDE).join(f.file_name().unwrap_or_default()));
                }
                c.arg("--").arg(GUEST);
                c
            }
        };
        c.env_clear();
        c
    }
}

fn walls() -> Vec<String> {
    let mut a: Vec<String> =
        "--unshare-all --die-with-parent --new-session --clearenv --cap-drop ALL --proc /proc --dev /dev --tmpfs /tmp \
                              --chdir / --ro-bind /usr /usr"
            .split_whitespace()
            .map(str::to_owned)
            .collect();
    for dir in ["/lib", "/lib64", "/bin", "/lib32"] {
        match std::fs::read_link(dir) {
            Ok(to) => a.extend(["--symlink".into(), to.to_string_lossy().into_owned(), dir.into()]),
            Err(_) => a.extend(["--ro-bind-try".into(), dir.into(), dir.into()]),
        }
    }
    for f in SYSTEM {
        a.extend(["--ro-bind-try".into(), f.into(), f.into()]);
    }
    a
}

fn probe() -> Sandbox {
    let Some(bwrap) =
        ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"].iter().map(Path::new).find(|p| p.is_file())
    else {
        tracing::warn!("bubblewrap is not installed: map files are opened in a plain child process");
        return Sandbox::Plain;
    };
    let works = StdCommand::new(bwrap)
        .args(walls())
        .args(["--", "/usr/bin/true"])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    if works {
        return Sandbox::Bubblewrap(bwrap.to_path_buf());
    }
    tracing::warn!(
        "bubblewrap does not work here (no user name spaces?): map files are opened in a plain child process"
    );
    Sandbox::Plain
}

/// The files that belong to the data set of `path`: same stem, known ending. Links are not followed out of the folder.
pub(super) fn components(path: &Path, format: Format) -> Result<Vec<PathBuf>, ReadError> {
    let path = std::path::absolute(path).map_err(|e| unreadable(path, &e))?;
    let meta = std::fs::symlink_metadata(&path).map_err(|e| unreadable(&path, &e))?;
    if !meta.is_file() {
        return Err(refused(Code::NotAMapFile, "not a plain file", &path));
    }
    let mut out = vec![path.clone()];
    let known = |e: &OsStr| format.components().iter().any(|c| e.eq_ignore_ascii_case(c));
    for entry in
        std::fs::read_dir(path.parent().unwrap_or(Path::new("/"))).map_err(|e| unreadable(&path, &e))?.flatten()
    {
        let p = entry.path();
        let ours = p.file_stem() == path.file_stem() && p.extension().is_some_and(known) && p != path;
        if ours && entry.file_type().is_ok_and(|t| t.is_file()) {
            out.push(p);
        }
    }
    Ok(out)
}

fn refused(code: Code, message: &str, path: &Path) -> ReadError {
    let detail = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    ReadError::Refused { code, message: message.into(), detail }
}

fn unreadable(path: &Path, e: &std::io::Error) -> ReadError {
    refused(Code::NotAMapFile, &format!("the file cannot be read: {e}"), path)
}
