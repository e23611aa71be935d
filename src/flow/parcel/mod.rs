//! Parcels: which one a reference means, and what is known of it.

mod find;
mod history;
mod record;
mod resolve;
mod revoke;
mod trace;
mod view;

pub use find::{Place, at_place, by_serial, in_box, views};
pub use history::{History, PastVersion, acts, history};
pub use record::{Act, ActRevoked, NewAct, record};
pub(in crate::flow) use resolve::{came_from, candidate_row};
pub use resolve::{known_communes, old_province_of, resolve};
pub use revoke::{Revocation, revoke};
pub(in crate::flow) use trace::steps_after;
pub use trace::{StepView, Traced, known_since, trace};
pub(crate) use view::geojson_of;
pub use view::{ParcelView, view, view_of, zone_of};
