//! Acts on tasks: made by a verification, pulled and accepted by staff, begun, set down for a
//! while, returned with a result, handed back, given to another, passed up, cancelled.
//! Every change carries the version it was made on, and writes its event and its audit row in the same transaction.

mod accept;
mod appoint;
mod appointment;
mod assign;
mod cancel;
mod cancel_open;
mod change;
mod create_from_verification;
mod escalate;
mod fields;
mod hand_back;
mod lapse;
mod list;
mod meeting;
mod next_near;
mod photo;
mod read_result;
mod read_words;
mod reassign;
mod return_result;
mod start;
mod view;

pub use accept::accept;
pub use appoint::{NewAppointment, appoint};
pub(in crate::flow) use appoint::{appoint_in, subject};
pub use appointment::{
    AppointmentFilter, MissAppointment, MoveAppointment, appointments, confirm, keep, miss, move_to,
};
pub(crate) use assign::candidates;
pub use cancel::cancel;
pub(crate) use cancel_open::cancel_open;
pub(crate) use change::{happened, note};
pub use create_from_verification::create_from_verification;
pub(crate) use create_from_verification::place as parcel_place;
pub use escalate::{Escalate, escalate};
pub use fields::{FieldValue, FormView, NewValues, form, set_fields, values};
pub(crate) use fields::{kind_of, open_value, print, value_fault, write_value};
pub use hand_back::hand_back;
pub(in crate::flow) use lapse::free_lapsed;
pub(crate) use list::views;
pub use list::{TaskFilter, find, list};
pub use meeting::MeetingTold;
pub(in crate::flow) use meeting::meetings;
pub use next_near::next_near;
pub use photo::{PhotoFile, PhotoView, add_photo, photo};
pub use read_result::read_result;
pub(crate) use read_words::place_of;
pub use read_words::read_words;
pub use reassign::{Reassign, reassign};
pub use return_result::return_result;
pub use start::{pause, start};
pub(in crate::flow) use view::{APPOINTMENT, event_place, where_place};
pub use view::{AppointmentView, EventView, GnssPoint, Reason, TaskResult, TaskView, TaskWords};
