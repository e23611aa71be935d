//! A case (hồ sơ): one request of a customer, by one procedure, through its steps.

mod audience;
pub mod event;
pub mod number;
mod procedure;
mod state;

pub use audience::{CustomerView, Owed};
pub use event::{Channel, Ending, Event, Happened, Settled, Signer};
pub use procedure::{NeededPaper, Procedure, ProcedureBook, ProcedureVersion};
pub use state::{Case, NoMove, Sheet, Step, Turn, Why};
