//! The one integration binary: the service as a whole, over a real socket, on a real PostGIS.
//! `DATABASE_URL` names a server on which databases may be made.

mod access;
mod cases;
mod faults;
mod idempotency;
mod papers;
mod proxy;
mod staff;
mod test_app;
