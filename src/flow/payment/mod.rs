//! Payments against a contract's instalments, each once, each with a receipt.

mod read;
mod receipt;
mod record;

pub use read::{Account, PaymentView, account};
pub use receipt::receipt;
pub use record::{NewPayment, record};
