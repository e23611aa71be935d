//! What a problem of a case is about. The words are in `data/i18n/*/case.ftl` (`topic-<code>`).

use crate::domain::dispatch::Department;
use crate::domain::rule::Standing;
use serde::Deserialize;

/// Raised when an authority asks for more.
pub const AGENCY_ASKS: &str = "agency_asks";
/// When it refuses.
pub const AGENCY_REFUSES: &str = "agency_refuses";
/// When a dossier was taken back, or is not where it was said to be.
pub const DOSSIER_BACK: &str = "dossier_back";
/// When a review is not passed, or is taken back.
pub const REVIEW_RETURNED: &str = "review_returned";

/// Whose a problem is that the service raises by itself (`data/clocks.toml`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Charge {
    pub topic: String,
    pub department: Department,
    pub working_days: u32,
    pub standing: Standing,
}

pub const TOPICS: [&str; 20] = [
    AGENCY_ASKS,
    "agency_late",
    AGENCY_REFUSES,
    "boundary",
    "contract",
    "customer_hesitates",
    "customer_unreachable",
    "dispute",
    DOSSIER_BACK,
    "land_differs",
    "land_not_seen",
    "neighbour_objects",
    "other",
    "papers_lost",
    "payment",
    "planning",
    "result_differs",
    REVIEW_RETURNED,
    "wrong_area",
    "wrong_name",
];
