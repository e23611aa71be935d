//! Customers and how they come in: an intake makes one case out of any channel; two records of one person become one only
//! when somebody says so.

mod apply;
mod consent;
mod follow;
mod intake;
mod invite;
mod merge;
mod read;
mod record;

pub use consent::{ConsentView, consents, give_consent, withdraw_consent};
pub use follow::{
    Followed, Following, InvitationStanding, InvitationState, InvitationView, follow, invitation, invited,
};
pub use intake::{FirstAppointment, IntakeView, NewConsent, NewIntake, resume, take};
pub use invite::{Invited, invite};
pub use merge::{MergeView, decide_merge, merges};
pub use read::{CustomerView, IntakeTold, Search, get, intake, search};
