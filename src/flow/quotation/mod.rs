//! Quotations: offered on a signed option sheet, accepted or refused.

mod answer;
mod offer;
mod read;

pub(in crate::flow) use answer::sealed_words;
pub use answer::{Answered, answer};
pub use offer::{NewQuotation, offer};
pub(in crate::flow) use read::offer_of;
pub use read::{QuotationView, list};
