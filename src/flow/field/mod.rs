//! Work without a line: what a device takes along, what it brings back, and what people decide about values that do not fit.

mod day;
mod package;
mod receive;
mod settle;
mod tray;

pub use day::{AskedDay, DayView, LeftView, StopView, plan_day};
pub use package::{LeaseView, Package, PackedTask, package, revoke};
pub use receive::{Receipt, ReceiptItem, receive, settle_batch};
pub use settle::{SettleItem, settle};
pub use tray::{ItemDetail, ItemFilter, ItemView, item, items};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// A captured value as a device sends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "019a0000-0000-7000-8000-00000000000a", "lease": "019a0000-0000-7000-8000-00000000000b",
    "task": "019a0000-0000-7000-8000-00000000000c", "field": "state_of_land", "base": 0, "value": "as_papers_say",
    "captured_at": "2026-10-07T02:15:00Z"}))]
pub struct Captured {
    /// Made by the device, once per captured value.
    pub id: Uuid,
    pub lease: Uuid,
    pub task: Uuid,
    pub field: String,
    /// Version of the field in the package; 0: it had no value.
    pub base: i32,
    #[schema(value_type = serde_json::Value)]
    pub value: Value,
    #[serde(with = "time::serde::rfc3339")]
    pub captured_at: OffsetDateTime,
}

/// What a device sends: values in the order they were captured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Batch {
    pub items: Vec<Captured>,
}

/// Where an item lies in the vault.
fn place(id: Uuid) -> String {
    format!("field_item/{id}")
}
