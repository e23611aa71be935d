//! Payments against a contract's instalments: each once, each with a receipt, taken back only by a new entry.

mod call;
mod read;
mod receipt;
mod record;
mod reverse;

pub use call::call;
pub use read::{Account, EntryView, ReceiptView, account, receipt_number};
pub use receipt::receipt;
pub use record::{NewPayment, record};
pub use reverse::{Reversal, reverse};
