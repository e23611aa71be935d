//! Cases (hồ sơ): from the first call of a customer to the end.

mod bind;
mod clock;
mod close;
mod create;
mod found;
mod history;
mod issue;
mod news;
mod party;
mod personal;
mod read;
mod record;
mod screen;
mod stuck;
mod timeline;

pub use bind::{BindParcel, bind_parcel};
pub(in crate::flow) use clock::term_of;
pub use clock::{ClockView, Clocks, calendar_ends, clock, watch_clocks};
pub use close::{CloseCase, close};
pub use create::{NewCase, ParcelId, create};
pub(in crate::flow) use create::{UNDECIDED, unknown_procedure, wish_problem};
pub(in crate::flow) use found::{Found, raise_found, settle_found};
pub use history::{Deed, Read, history, reads};
pub use issue::{IssueView, NewIssue, Solved, issues, raise_issue, resolve_issue};
pub(in crate::flow) use issue::{raise_issue_in, resolve_issue_in};
pub use news::{CaseNews, DeskNews, NewsFilter};
pub use party::{NewParty, Party, PartyView, add_party, parties};
pub use personal::{Reading, parse_purpose};
pub use read::{CaseFilter, CaseView, get, list};
pub(crate) use read::{lock_kept, lock_open};
pub(in crate::flow) use record::events as history_of;
pub(crate) use record::lock;
pub use record::{Entry, record, record_all, refold};
pub use screen::{Count, Screen, counts, screen};
pub use stuck::find_stuck;
pub use timeline::{Timeline, news, timeline};
