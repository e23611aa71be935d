//! Map files are opened by a guest: `diaba-reader`, a short-lived child process with a driver allow-list, no network, no
//! credentials and bounded memory, time and output. What goes wrong there is a [`ReadError`] here, never a dead service.

mod child;
mod sandbox;
mod write;

pub use diaba_reader_protocol::{
    Columns, End, Field, FieldKind, Flags, Format, Header, LayerInfo, Limits, RawFeature, RawValue, RowProblem,
    STYLE_FIELD, Shape, SrsInfo, Text,
};
pub use sandbox::Sandbox;
pub use write::{WriteTarget, write};

use child::Child;
use diaba_reader_protocol::{Code, ReadRequest, Request, codec, frame};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How the guest is started. Make one per process with [`ReaderConfig::new`].
#[derive(Debug, Clone)]
pub struct ReaderConfig {
    /// The `diaba-reader` binary.
    pub program: PathBuf,
    pub sandbox: Sandbox,
    pub limits: Limits,
    /// Longest life of one guest.
    pub wall: Duration,
    /// Longest wait for the next frame.
    pub idle: Duration,
}

impl ReaderConfig {
    /// With the default limits (1 GiB, 600 s of processor, 1 h), in bubblewrap when that works here.
    /// `program`: where the guest lies; `None`: beside the running program.
    pub fn new(program: Option<PathBuf>) -> Self {
        let program = program.unwrap_or_else(beside_us);
        let sandbox = Sandbox::detect();
        Self {
            program,
            sandbox,
            limits: Limits::default(),
            wall: Duration::from_secs(3600),
            idle: Duration::from_secs(120),
        }
    }
}

/// `diaba-reader` in the folder of the running program, or one above it (test binaries lie in `deps/`).
fn beside_us() -> PathBuf {
    let here = std::env::current_exe().ok().and_then(|p| p.parent().map(Path::to_path_buf)).unwrap_or_default();
    let name = "diaba-reader";
    [here.join(name), here.join("..").join(name)].into_iter().find(|p| p.is_file()).unwrap_or_else(|| here.join(name))
}

/// What is to be opened. `path` is a plain file whose format was declared and recognised (see [`crate::gis::unpack`]).
#[derive(Debug, Clone)]
pub struct Source {
    pub path: PathBuf,
    pub format: Format,
    /// `None`: the only layer.
    pub layer: Option<String>,
    /// Geometry columns of a CSV.
    pub columns: Columns,
}

impl Source {
    pub fn new(path: impl Into<PathBuf>, format: Format) -> Self {
        Self { path: path.into(), format, layer: None, columns: Columns::default() }
    }
    pub fn layer(self, name: &str) -> Self {
        Self { layer: Some(name.to_owned()), ..self }
    }
}

/// Why a file could not be read. `code()` is stable.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The guest looked at the file and refuses it; codes of [`Code`].
    #[error("{}: {message} ({detail})", .code.as_str())]
    Refused { code: Code, message: String, detail: String },
    /// The guest died. `stderr` is the end of what it said.
    #[error("the reader crashed ({status}): {stderr}")]
    Crashed { status: String, stderr: String },
    #[error("the reader ran out of memory ({limit} bytes allowed)")]
    TooMuchMemory { limit: u64 },
    #[error("the reader was stopped after {0:?}")]
    TimedOut(Duration),
    /// The guest cannot be started at all.
    #[error("the reader cannot be started: {0}")]
    NotStarted(String),
    /// The guest said something that is not a frame.
    #[error("the reader talks nonsense: {0}")]
    Protocol(&'static str),
}

impl ReadError {
    pub fn code(&self) -> &'static str {
        match self {
            ReadError::Refused { code, .. } => code.as_str(),
            ReadError::Crashed { .. } => "reader_crashed",
            ReadError::TooMuchMemory { .. } => "too_much_memory",
            ReadError::TimedOut(_) => "timed_out",
            ReadError::NotStarted(_) => "reader_missing",
            ReadError::Protocol(_) => "reader_protocol",
        }
    }
    /// True when the file is to blame, false when this machine is (and the same file may work later).
    pub fn is_files_fault(&self) -> bool {
        !matches!(self, ReadError::NotStarted(_))
    }
}

/// A file being read. Dropping it ends the guest.
#[derive(Debug)]
pub struct Opened {
    child: Child,
    header: Header,
    end: Option<End>,
}

/// Starts a guest on `source` and waits for its header.
pub async fn open(cfg: &ReaderConfig, source: &Source) -> Result<Opened, ReadError> {
    let mut child = start(cfg, source, Request::Read)?;
    match child.frame().await? {
        (frame::HEADER, b) => {
            let header = serde_json::from_slice(b).map_err(|_| ReadError::Protocol("header"))?;
            Ok(Opened { child, header, end: None })
        }
        _ => Err(ReadError::Protocol("no header")),
    }
}

/// The layers of a file, without their rows.
pub async fn layers(cfg: &ReaderConfig, source: &Source) -> Result<Vec<LayerInfo>, ReadError> {
    let mut child = start(cfg, source, Request::Layers)?;
    match child.frame().await? {
        (frame::LAYERS, b) => serde_json::from_slice(b).map_err(|_| ReadError::Protocol("layers")),
        _ => Err(ReadError::Protocol("no layers")),
    }
}

fn start(cfg: &ReaderConfig, source: &Source, act: impl Fn(ReadRequest) -> Request) -> Result<Child, ReadError> {
    let files = sandbox::components(&source.path, source.format)?;
    let path = cfg.sandbox.seen_from_inside(&source.path)?;
    let request = act(ReadRequest {
        format: source.format,
        path,
        layer: source.layer.clone(),
        columns: source.columns.clone(),
        limits: cfg.limits,
    });
    Child::spawn(cfg, cfg.sandbox.command(&cfg.program, &files), &request)
}

impl Opened {
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next rows in file order (about a thousand); `None` once the whole file was read.
    /// An error means the file ended early: what came before must not be taken for all of it.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<RawFeature>>, ReadError> {
        if self.end.is_some() {
            return Ok(None);
        }
        match self.child.frame().await? {
            (frame::FEATURES, b) => codec::decode(b).map(Some).ok_or(ReadError::Protocol("features")),
            (frame::END, b) => {
                self.end = Some(serde_json::from_slice(b).map_err(|_| ReadError::Protocol("end"))?);
                Ok(None)
            }
            _ => Err(ReadError::Protocol("unknown frame")),
        }
    }

    /// Counts of the whole file, once [`Opened::next_batch`] has returned `None`.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }
}
