//! `diaba-reader`: the guest process that opens map files with GDAL. One file per life, no network, bounded.
//!
//! Argument: a `diaba_reader_protocol::Request` as JSON. Answer: frames on stdout. Exit code 0 after an end frame, 2 after a fatal frame.

mod guard;
mod intact;
mod ogr;
mod read;
mod srs;
mod text;
mod wkb;
mod write;

use diaba_reader_protocol::{Code, Fatal, Request, frame};
use std::io::{BufWriter, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let result = request().and_then(|r| run(&r, &mut out));
    let told = match &result {
        Ok(()) => Ok(()),
        Err(f) => read::send_json(&mut out, frame::FATAL, f),
    };
    let flushed = out.flush();
    match (result, told, flushed) {
        (Ok(()), Ok(()), Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::from(2),
    }
}

fn request() -> Result<Request, Fatal> {
    let arg = std::env::args().nth(1).unwrap_or_default();
    serde_json::from_str(&arg).map_err(|e| Fatal::new(Code::BadRequest, "the request cannot be read", e.to_string()))
}

fn run(r: &Request, out: &mut impl Write) -> Result<(), Fatal> {
    match r {
        Request::Read(r) => {
            ogr::init(guard::enter(r.limits)?);
            read::read(r, out)
        }
        Request::Layers(r) => {
            ogr::init(guard::enter(r.limits)?);
            read::layers(r, out)
        }
        Request::Write(w) => {
            ogr::init(Vec::new());
            write::write(w, out)
        }
    }
}
