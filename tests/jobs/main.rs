//! Faults of the queue, with real worker processes, a real PostgreSQL and real signals: F1 to F12, F15 and F16, stop,
//! timetable; and the tasks that verifications make. The test binary is its own worker: see `kit::worker_process`.

mod clock;
#[path = "../support/cluster.rs"]
mod cluster;
mod deploy;
mod disk;
mod faults;
mod kit;
mod load;
mod outage;
mod poison;
#[path = "../support/proxy.rs"]
mod proxy;
mod queue;
mod tasks;
#[path = "../support/tmpfs.rs"]
mod tmpfs;
