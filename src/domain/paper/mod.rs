//! Papers (giấy tờ) of a case and the facts read from them.
//!
//! A paper whose [`Paper::problems`] is not empty is refused; one whose [`Paper::missing`] is not empty is kept as a draft;
//! [`Paper::warnings`] are for a person to look at.

mod called;
pub mod cccd;
pub mod certificate;
mod kinds;
pub mod land_use;
mod missing;
mod problems;
mod read;
mod warnings;

pub use called::Called;
pub use kinds::*;
pub use read::from_json;

impl Paper {
    /// Name of the kind, as in JSON (`kind`) and in the lists of required papers.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "certificate",
            Self::IdentityCard(_) => "identity_card",
            Self::PowerOfAttorney(_) => "power_of_attorney",
            Self::MarriageCertificate(_) => "marriage_certificate",
            Self::TaxNotice(_) => "tax_notice",
            Self::PlanningExtract(_) => "planning_extract",
            Self::Other(_) => "other",
        }
    }

    /// Its kind; of a free paper its title, when that is a code (`tax_receipt`) and so names nobody.
    pub fn called(&self) -> &str {
        let letters = |t: &&str| t.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        match self {
            Self::Other(o) => o.title.as_deref().filter(|t| t.contains('_')).filter(letters).unwrap_or("other"),
            _ => self.kind(),
        }
    }

    /// All kinds there are.
    pub const KINDS: [&'static str; 7] = [
        "certificate",
        "identity_card",
        "power_of_attorney",
        "marriage_certificate",
        "tax_notice",
        "planning_extract",
        "other",
    ];
}
