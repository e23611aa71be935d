//! Advice: which procedures are open to this parcel, with what stands in their way, and what they take; and the option sheet
//! (phiếu phương án) the legal department signs.

mod compute;
mod guide;
mod sheet;
mod text;

pub use compute::{Asked, Days, Feasibility, History, MissingPaper, Opt, Reason, Standing, options};
pub use guide::{Guide, GuideBook, Needs};
pub use sheet::{Edits, OPTIONS, Pinned, Sheet, SheetPins, stale};
pub use text::{feasibility_key, render};

#[cfg(test)]
mod tests;
