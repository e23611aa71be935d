//! Taxes and fees of a case: noticed, revised by the authority's notice, reminded until paid.

mod notice;
mod notify;
mod pay;
mod read;
mod remind;

pub use notice::{Notice, notice};
pub use notify::{NewObligation, add, from_sheet};
pub use pay::{Dropping, Paid, drop, pay};
pub use read::{ObligationView, list};
pub use remind::remind_obligations;
