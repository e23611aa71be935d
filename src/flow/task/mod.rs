//! Acts on tasks: made by a verification, pulled and accepted by staff, returned with a result, handed back, cancelled.
//! Every change carries the version it was made on, and writes its event and its audit row in the same transaction.

mod accept;
mod appoint;
mod cancel;
mod cancel_open;
mod change;
mod create_from_verification;
mod hand_back;
mod list;
mod next_near;
mod photo;
mod read_result;
mod return_result;
mod view;

pub use accept::accept;
pub(in crate::flow) use appoint::appoint_in;
pub use appoint::{NewAppointment, appoint};
pub use cancel::cancel;
pub(crate) use cancel_open::cancel_open;
pub use create_from_verification::create_from_verification;
pub use hand_back::hand_back;
pub use list::{TaskFilter, find, list};
pub use next_near::next_near;
pub use photo::{PhotoFile, PhotoView, add_photo, photo};
pub use read_result::read_result;
pub use return_result::return_result;
pub use view::{EventView, GnssPoint, TaskResult, TaskView};
