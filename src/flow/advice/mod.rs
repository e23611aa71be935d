//! Advice: the option sheet, worked out, edited, signed.

mod confirm;
mod draft;
mod ground;
mod history;
mod read;
mod sign;
mod watch;
mod work_out;

pub(in crate::flow) use read::{followed, newest, sheet};
pub(in crate::flow) use work_out::verdict_stale;

pub use confirm::confirm;
pub use draft::{NewSheet, draft};
pub use read::{SheetDetail, SheetFollowed, SheetView, in_force, in_words, list, open, still_in_force};
pub use sign::sign;
pub use watch::watch_sheets;
pub use work_out::{pins_now, work_out};
