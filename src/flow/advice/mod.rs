//! Advice: the option sheet, worked out, edited, signed.

mod draft;
mod history;
mod read;
mod sign;
mod work_out;

pub(in crate::flow) use read::newest;
pub(in crate::flow) use work_out::verdict_stale;

pub use draft::{NewSheet, draft};
pub use read::{SheetDetail, SheetView, list, open};
pub use sign::sign;
pub use work_out::{pins_now, work_out};
