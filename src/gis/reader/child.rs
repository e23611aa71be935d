//! One guest process: its frames, its stderr, its end.

use super::{ReadError, ReaderConfig};
use diaba_reader_protocol::{Code, Fatal, Request, frame};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// How much of the guest's stderr is kept.
const STDERR: usize = 8 << 10;
const SIGXCPU: i32 = 24;

#[derive(Debug)]
pub(super) struct Child {
    process: tokio::process::Child,
    pub(super) stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    stderr: Option<JoinHandle<String>>,
    buf: Vec<u8>,
    deadline: Instant,
    wall: Duration,
    idle: Duration,
    memory: u64,
}

impl Child {
    pub(super) fn spawn(cfg: &ReaderConfig, mut command: Command, request: &Request) -> Result<Self, ReadError> {
        let not = |e: String| ReadError::NotStarted(e);
        let argument = serde_json::to_string(request).map_err(|e| not(e.to_string()))?;
        let writes = matches!(request, Request::Write(_));
        let mut process = command
            .arg(argument)
            .stdin(if writes { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| not(format!("{}: {e}", cfg.program.display())))?;
        let stdout = process.stdout.take().ok_or_else(|| not("no stdout".into()))?;
        Ok(Self {
            stdin: process.stdin.take(),
            stdout: BufReader::with_capacity(1 << 18, stdout),
            stderr: process.stderr.take().map(|e| tokio::spawn(last_words(e))),
            process,
            buf: Vec::new(),
            deadline: Instant::now() + cfg.wall,
            wall: cfg.wall,
            idle: cfg.idle,
            memory: cfg.limits.memory_bytes,
        })
    }

    /// Kind and payload of the next frame. A fatal frame, a death and a time-out are errors.
    pub(super) async fn frame(&mut self) -> Result<(u8, &[u8]), ReadError> {
        let until = self.deadline.min(Instant::now() + self.idle);
        let read = timeout_at(until, self.read()).await;
        match read {
            Err(_) => {
                self.process.start_kill().ok();
                let waited = if until == self.deadline { self.wall } else { self.idle };
                Err(ReadError::TimedOut(waited))
            }
            Ok(Err(Some(e))) => Err(e),
            Ok(Err(None)) => Err(self.died().await),
            Ok(Ok(frame::FATAL)) => Err(self.fatal()),
            Ok(Ok(kind)) => Ok((kind, &self.buf)),
        }
    }

    /// `Err(None)`: the stream ended or broke.
    async fn read(&mut self) -> Result<u8, Option<ReadError>> {
        let mut p = [0u8; frame::PREFIX];
        self.stdout.read_exact(&mut p).await.map_err(|_| None)?;
        let (kind, len) = frame::parse_prefix(p).ok_or(Some(ReadError::Protocol("frame too long")))?;
        self.buf.clear();
        // Grows with what really comes, so that a lying length costs nothing.
        let got = (&mut self.stdout).take(len as u64).read_to_end(&mut self.buf).await.map_err(|_| None)?;
        if got == len { Ok(kind) } else { Err(None) }
    }

    fn fatal(&self) -> ReadError {
        match serde_json::from_slice::<Fatal>(&self.buf) {
            Ok(f) if f.code == Code::TooMuchMemory => ReadError::TooMuchMemory { limit: self.memory },
            Ok(f) => ReadError::Refused { code: f.code, message: f.message, detail: f.detail },
            Err(_) => ReadError::Protocol("fatal"),
        }
    }

    async fn died(&mut self) -> ReadError {
        let until = Instant::now() + Duration::from_secs(5);
        let status = match timeout_at(until, self.process.wait()).await {
            Ok(Ok(s)) => Some(s),
            _ => {
                self.process.start_kill().ok();
                None
            }
        };
        let stderr = match self.stderr.take() {
            Some(task) => timeout_at(until, task).await.ok().and_then(Result::ok).unwrap_or_default(),
            None => String::new(),
        };
        if status.and_then(signal) == Some(SIGXCPU) {
            return ReadError::TimedOut(self.wall);
        }
        // Rust, glibc and libstdc++ each have their words for it.
        if ["memory allocation of", "bad_alloc", "out of memory", "Cannot allocate memory"]
            .iter()
            .any(|w| stderr.contains(w))
        {
            return ReadError::TooMuchMemory { limit: self.memory };
        }
        ReadError::Crashed { status: status.map_or_else(|| "no answer".into(), |s| s.to_string()), stderr }
    }
}

/// The signal that ended the guest; bubblewrap reports it as exit code 128 + n.
fn signal(s: ExitStatus) -> Option<i32> {
    s.signal().or_else(|| s.code().filter(|c| *c > 128).map(|c| c - 128))
}

/// The last 8 KiB of stderr; the rest is read and dropped so that the guest never blocks on it.
async fn last_words(mut e: ChildStderr) -> String {
    let (mut kept, mut chunk) = (Vec::new(), [0u8; 4096]);
    while let Ok(n @ 1..) = e.read(&mut chunk).await {
        kept.extend_from_slice(&chunk[..n]);
        if kept.len() > 2 * STDERR {
            kept.drain(..kept.len() - STDERR);
        }
    }
    String::from_utf8_lossy(&kept[kept.len().saturating_sub(STDERR)..]).into_owned()
}
