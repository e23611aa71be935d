//! What a problem of a case is about. The words are in `data/i18n/*/case.ftl` (`topic-<code>`).

/// Raised when an authority asks for more.
pub const AGENCY_ASKS: &str = "agency_asks";

pub const TOPICS: [&str; 15] = [
    AGENCY_ASKS,
    "agency_late",
    "boundary",
    "contract",
    "customer_hesitates",
    "customer_unreachable",
    "dispute",
    "land_differs",
    "neighbour_objects",
    "other",
    "papers_lost",
    "payment",
    "planning",
    "wrong_area",
    "wrong_name",
];
