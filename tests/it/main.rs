//! The one integration binary: the service as a whole, over a real socket, on a real PostGIS.
//! `DATABASE_URL` names a server on which databases may be made.

mod access;
mod advice;
mod aftercare;
mod appointments;
mod batch;
mod batch_faults;
mod batch_pins;
mod case_events;
mod case_work;
mod cases;
mod chain;
mod check_file;
mod closing;
#[path = "../support/cluster.rs"]
mod cluster;
mod command_line;
mod contract_desk;
mod contract_signing;
mod contracts;
mod customers;
mod desk_cli;
mod disk;
mod examples;
mod faults;
mod field;
mod geometry;
mod hand;
mod history;
mod hostile;
mod idempotency;
mod input;
mod intake;
mod jobs;
mod killed;
mod lapses;
mod layers;
mod lineage;
mod obligations;
mod older;
mod openapi;
mod opinions;
mod outage;
mod pages;
mod papers;
mod parcel_acts;
mod parcels;
mod placed;
mod plans;
mod proof;
#[path = "../support/proxy.rs"]
mod proxy;
#[allow(dead_code, reason = "the bench of reports uses the rest")]
mod records;
mod reports;
mod retention;
mod sealed;
mod set_aside;
mod spoken;
mod staff;
mod submissions;
mod tampered;
mod tasks;
mod test_app;
mod timeline;
#[path = "../support/tmpfs.rs"]
mod tmpfs;
mod truth;
mod typed;
mod vault;
mod verifications;
mod versions;
mod walk;
mod ward;
mod watching;
mod year;
