//! The one integration binary: the service as a whole, over a real socket, on a real PostGIS.
//! `DATABASE_URL` names a server on which databases may be made.

mod access;
mod cases;
mod faults;
mod idempotency;
mod jobs;
mod layers;
mod pages;
mod papers;
mod parcels;
mod proxy;
#[allow(dead_code, reason = "the bench of reports uses the rest")]
mod records;
mod reports;
mod staff;
mod tasks;
mod test_app;
mod verifications;
mod ward;
