//! Four eyes: the checklist of a case, and the decision of somebody who did none of the work.

mod ask;
mod decide;
mod facts;
mod read;
mod take_back;

pub use ask::ask;
pub(in crate::flow) use decide::lapsed;
pub use decide::{Judgement, NewReview, decide};
pub use read::{Checklist, ItemView, ReviewView, Said, checklist, list};
pub use take_back::{TakeBack, take_back};
