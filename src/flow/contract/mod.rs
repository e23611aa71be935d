//! Contracts: drawn from an accepted quotation, signed in turn on paper or by a one-time code, or refused.

mod code;
mod draw;
mod evidence;
mod paper;
mod read;
mod refuse;
mod sides;
mod sign;
mod watch;

pub use code::{CodeHanded, CodeMade, NewCode, hand_code, make_code};
pub use draw::{NewContract, draw};
pub use evidence::{Proved, SignedScan, evidence, scan};
pub use paper::{PaperSigned, confirm_paper, sign_on_paper};
pub use read::{ContractView, FiledPaper, SignatureView, SignerView, get, list, pdf};
pub(in crate::flow) use read::{instalments, parties};
pub use refuse::{Refusal, refuse};
pub use sign::{CodeSigned, sign_by_code};
pub(in crate::flow) use watch::last_day;
pub use watch::watch_contracts;
