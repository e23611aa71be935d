//! A case (hồ sơ): one request of a customer, by one procedure, through its steps.

pub mod alarm;
pub mod asking;
mod audience;
pub mod clock;
mod dossier;
pub mod event;
mod event_parts;
mod event_values;
pub mod number;
mod procedure;
pub mod request;
mod state;
mod tail;
pub mod timeline;
pub mod topic;

pub use audience::{CustomerView, Owed};
pub use dossier::Dossier;
pub use event::{Channel, Ending, Event, Happened, Settled, Signer};
pub use procedure::{NeededPaper, Procedure, ProcedureBook, ProcedureVersion};
pub use state::{Case, NoMove, Sheet, Step, Turn, UnderWay, Why};
pub use tail::Tail;
