//! What the amounts depend on, as far as it is known for one case and wish.

use crate::domain::money::{Dong, Measure};
use serde::{Deserialize, Serialize};

/// How the giver and the receiver are related.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    Spouses,
    /// Also adoptive and in-law.
    ParentChild,
    GrandparentGrandchild,
    Siblings,
    /// None of these.
    Other,
}

/// What the certificate is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    #[default]
    Land,
    Assets,
    Both,
}

/// Every field may be unknown; an amount that needs it then says so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeeFacts {
    /// Area the act is about (m²).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<Measure>,
    /// Price of the provincial land table for today's use (đồng/m²).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub land_price: Option<Dong>,
    /// The same for the use wished for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub land_price_after: Option<Dong>,
    /// Where the land prices were read: decision, table, street, position.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub land_price_source: String,
    /// Price agreed between the parties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreed_price: Option<Dong>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinship: Option<Kinship>,
    /// The only house of who gives or sells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_home: Option<bool>,
    /// Garden, pond or farm land in one parcel with a house.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside_house: Option<bool>,
    /// The reduced shares were already used for this household and parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reduction_used: Option<bool>,
    /// What is left of the allotment quota for residential land (hạn mức, m²).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Measure>,
    pub object: Object,
}
