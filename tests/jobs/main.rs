//! Faults of the queue, with real worker processes, a real PostgreSQL and real signals: F1 to F3 and F8 to F10, stop,
//! timetable; and the tasks that verifications make. The test binary is its own worker: see `kit::worker_process`.

#[path = "../support/cluster.rs"]
mod cluster;
mod faults;
mod kit;
mod outage;
mod poison;
mod queue;
mod tasks;
