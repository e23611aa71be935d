//! Papers (giấy tờ) of a case: their facts, versions and scans.

mod add;
mod facts;
mod intake;
mod read;
mod scan;

pub use add::{add, revise};
pub use facts::facts_of_case;
pub(crate) use facts::names_of_case;
pub(in crate::flow) use intake::place;
pub use intake::{facts_pin, serial_index};
pub use read::{PaperFull, PaperView, list, read};
pub use scan::{ScanFile, attach_scan, scan};
