//! Contracts: drawn from an accepted quotation, signed in turn on paper or by a one-time code, or refused.

mod code;
mod draw;
mod evidence;
mod read;
mod refuse;
mod sign;
mod watch;

pub use code::{CodeHanded, CodeMade, NewCode, hand_code, make_code};
pub use draw::{NewContract, draw};
pub use evidence::{Proved, evidence, scan};
pub use read::{ContractView, SignatureView, SignerView, get, list, pdf};
pub(in crate::flow) use read::{instalments, parties};
pub use refuse::{Refusal, refuse};
pub use sign::{CodeSigned, PaperSigned, sign_by_code, sign_on_paper};
pub use watch::watch_contracts;
