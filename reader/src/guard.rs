//! Limits the guest takes from itself before it touches a foreign file.

use diaba_reader_protocol::{Code, Fatal, Limits};
use rlimit::Resource;

pub fn enter(l: Limits) -> Result<(), Fatal> {
    let set = |r: Resource, v: u64| {
        let v = r.get_hard().map_or(v, |hard| v.min(hard));
        r.set(v, v).map_err(|e| Fatal::new(Code::BadRequest, "a limit cannot be set", format!("{r:?}: {e}")))
    };
    set(Resource::AS, l.memory_bytes)?;
    set(Resource::CPU, l.cpu_seconds)?;
    set(Resource::FSIZE, 0)?;
    set(Resource::CORE, 0)?;
    set(Resource::NOFILE, 64)?;
    set(Resource::NPROC, 0)
}
