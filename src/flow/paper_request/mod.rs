//! Paper requests: all that is needed until the end is asked for at once, and each item is settled by itself.

mod answer;
mod ask;
mod read;
mod remind;

pub use answer::{Settling, settle};
pub(in crate::flow) use answer::{answer, drop_open};
pub use ask::{NewRequest, ask, preview};
pub(in crate::flow) use ask::{ask_for_agency, title_print};
pub(in crate::flow) use read::place as title_place;
pub(in crate::flow) use read::told;
pub use read::{ItemTold, ItemView, RequestView, RoundTold, list, open};
pub use remind::remind_requests;
