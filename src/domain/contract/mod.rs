//! Contracts (hợp đồng): who signs in which turn and until when, the pages, and money against instalments.

mod evidence;
mod ledger;
mod page;
mod schedule;
mod signing;

pub use evidence::{EVIDENCE, Evidence, Handed};
pub use ledger::{Entry, Kind, Sums, TooMuch, split, sums};
pub use page::{ContractPage, Drawn, Parties, Person, ReceiptPage, Rests, day};
pub use schedule::{Owing, OwingState, owing, reached};
pub use signing::{Order, Slot, Standing, slots};

#[cfg(test)]
mod tests;
