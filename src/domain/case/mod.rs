//! A case (hồ sơ): one request of a customer, by one procedure.

pub mod number;
mod procedure;

pub use procedure::{NeededPaper, Procedure, ProcedureBook, ProcedureVersion};
