//! A scripted year of the demo ward. Who comes when, with what temper, is drawn from a seed (`script`); what people then do
//! is a pure function of what the case shows them (`react` and the rooms beside it), with chance of its own per case and
//! thing: whatever order jobs run in, and however often they are killed, the same year comes of it. Nobody here sees the
//! ward's truth. `promise` says what must hold at the end of each day, `digest` what two runs are compared by.

mod agree;
mod call;
mod carry;
mod customer;
mod digest;
mod people;
mod promise;
mod react;
mod script;
mod tally;
mod tasks;
mod view;
mod world;

pub use call::{Body, Call, PHOTO, Then, Who};
pub use carry::AGENCY;
pub use digest::digest;
pub use people::{PASSWORD, Staff, roster};
pub use promise::{AgreedTold, IssueTold, ItemTold, RequestTold, TaskTold, Told, broken};
pub use react::{arrive, over, react};
pub use script::{Story, Year, year};
pub use tally::Tally;
pub use tasks::waits;
pub use view::View;
pub use world::{WorldEvent, map_of};

#[cfg(test)]
mod tests;
