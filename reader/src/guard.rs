//! Walls the guest puts around itself before it touches a foreign file. They hold with or without bubblewrap.

use diaba_reader_protocol::{Code, Fatal, Limits};
use rlimit::Resource;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use std::collections::BTreeMap;

/// What reading a file never needs: the network, other programs, changing anything on a disk, looking into other processes.
const FORBIDDEN: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_sendto,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_unlinkat,
    libc::SYS_renameat2,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_mkdirat,
    libc::SYS_mknodat,
    libc::SYS_linkat,
    libc::SYS_symlinkat,
    libc::SYS_fchmodat,
    libc::SYS_fchownat,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_keyctl,
    libc::SYS_io_uring_setup,
];

/// The same things under their older names.
#[cfg(target_arch = "x86_64")]
const FORBIDDEN_OLD: &[libc::c_long] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_unlink,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_mkdir,
    libc::SYS_rmdir,
    libc::SYS_creat,
    libc::SYS_link,
    libc::SYS_symlink,
    libc::SYS_chmod,
    libc::SYS_chown,
];
#[cfg(not(target_arch = "x86_64"))]
const FORBIDDEN_OLD: &[libc::c_long] = &[];

/// Remarks for the report: what could not be put up here.
pub fn enter(l: Limits) -> Result<Vec<String>, Fatal> {
    let set = |r: Resource, v: u64| {
        let v = r.get_hard().map_or(v, |hard| v.min(hard));
        r.set(v, v).map_err(|e| Fatal::new(Code::BadRequest, "a limit cannot be set", format!("{r:?}: {e}")))
    };
    set(Resource::AS, l.memory_bytes)?;
    set(Resource::CPU, l.cpu_seconds)?;
    set(Resource::FSIZE, 0)?;
    set(Resource::CORE, 0)?;
    set(Resource::NOFILE, 64)?;
    set(Resource::NPROC, 0)?;
    Ok(match filter() {
        Ok(()) => Vec::new(),
        Err(e) => vec![format!("no system call filter on this machine: {e}")],
    })
}

fn filter() -> Result<(), Box<dyn std::error::Error>> {
    let rules: BTreeMap<i64, _> = FORBIDDEN.iter().chain(FORBIDDEN_OLD).map(|n| (*n, Vec::new())).collect();
    let deny = SeccompAction::Errno(libc::EPERM as u32);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, deny, std::env::consts::ARCH.try_into()?)?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)?;
    Ok(())
}
