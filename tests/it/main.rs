//! The one integration binary: the service as a whole, over a real socket, on a real PostGIS.
//! `DATABASE_URL` names a server on which databases may be made.

mod access;
mod case_events;
mod cases;
#[path = "../support/cluster.rs"]
mod cluster;
mod faults;
mod idempotency;
mod jobs;
mod killed;
mod layers;
mod opinions;
mod outage;
mod pages;
mod papers;
mod parcels;
mod proof;
#[path = "../support/proxy.rs"]
mod proxy;
#[allow(dead_code, reason = "the bench of reports uses the rest")]
mod records;
mod reports;
mod sealed;
mod staff;
mod tasks;
mod test_app;
mod verifications;
mod ward;
