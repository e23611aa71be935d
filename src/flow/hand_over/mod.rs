//! Handing over: in the office against a signed record, or by a link with a code that holds once.

mod fetch;
mod named;
mod offer;
mod pack;
mod read;
mod receipt;
mod sign;
mod watch;

pub use fetch::{Granted, Opening, fetch, open};
pub use named::{FileName, ListedFile, NamedFile};
pub use offer::{NewHandOver, offer, repeat};
pub use read::{HandOverView, Secret, link, list};
pub use receipt::receipt;
pub use sign::sign;
pub use watch::watch_links;
