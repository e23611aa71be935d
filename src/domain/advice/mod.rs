//! Advice: which procedures are open to this parcel, with what stands in their way, and what they take; and the option sheet
//! (phiếu phương án) the legal department signs.

mod compute;
mod confirm;
mod guide;
mod render;
mod sheet;
mod told;

pub use compute::{Asked, Days, Feasibility, History, MissingPaper, Opt, Reason, Standing, options};
pub use confirm::{CONFIRMED, Confirmation, new_since};
pub use guide::{Guide, GuideBook, Needs};
pub use render::render;
pub use sheet::{Edits, OPTIONS, Pinned, Sheet, SheetPins, stale};
pub use told::{DueTold, OptionTold, SheetTold, Sourced, told};

#[cfg(test)]
mod tests;
