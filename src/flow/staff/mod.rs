//! Staff: who they are, how they sign in, what their tokens may do.

mod actor;
mod change;
mod create;
mod list;
mod password;
mod sign_in;
mod sweep;
mod throttle;
mod token;

pub use actor::{Actor, Credential, authenticate, member};
pub use change::{StaffChange, change};
pub use create::{NewStaff, StaffView, create};
pub use list::{Colleague, colleagues, list};
pub use password::{PasswordChange, set_password};
pub use sign_in::{SignIn, SignedIn, sign_in, sign_out};
pub use sweep::{Swept, sweep};
pub use token::{NewToken, TokenIssued, TokenView, issue_token, revoke_token, tokens};
