//! Acts: gather, decide, commit. One act per file, `flow/<noun>/<verb>.rs`; every act takes `&App` and typed input.

pub mod absence;
pub mod advice;
pub mod agency;
pub mod batch;
pub mod case;
mod claim;
mod commit;
pub mod contract;
pub mod customer;
mod error;
pub mod layer;
pub mod opinion;
pub mod paper;
pub mod paper_request;
pub mod parcel;
pub mod payment;
pub mod plan;
pub mod proof;
pub mod quotation;
pub mod setup;
pub mod staff;
pub mod verification;

pub use claim::{Claimed, claim, keep_answer, release};
pub use commit::{Answer, begin, commit};
pub mod demo;
pub mod field;
pub mod job;
pub mod report;
pub mod task;
pub use error::{Error, Result};
