//! Cases (hồ sơ): from the first call of a customer to the end.

mod close;
mod create;
mod history;
mod party;
mod personal;
mod read;
mod record;

pub use close::{CloseCase, close};
pub use create::{NewCase, ParcelId, create};
pub use history::{Deed, Read, history, reads};
pub use party::{NewParty, Party, PartyView, add_party, parties};
pub use personal::{Reading, parse_purpose};
pub(crate) use read::lock_open;
pub use read::{CaseFilter, CaseView, get, list};
pub(crate) use record::lock;
pub use record::{Entry, record, record_all, refold};
