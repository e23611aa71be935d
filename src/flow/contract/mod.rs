//! Contracts: drawn from an accepted quotation, signed in order on paper or by a one-time code, or refused.

mod code;
mod draw;
mod read;
mod refuse;
mod sign;

pub use code::{CodeHanded, NewCode, hand_code};
pub use draw::{NewContract, draw};
pub use read::{ContractView, SignatureView, get, list, pdf};
pub(in crate::flow) use read::{instalments, parties};
pub use refuse::{Refusal, refuse};
pub use sign::{CodeSigned, sign_by_code, sign_on_paper};
