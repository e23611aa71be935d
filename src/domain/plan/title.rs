//! What a kind of task is called.

use super::PlanBook;
use crate::domain::dispatch::Table;
use crate::domain::theme::Bilingual;

/// The title of a kind of task: of the plans, of what verifications make, or an appointment; none: no such kind.
pub fn task_title(kind: &str) -> Option<Bilingual> {
    let planned = PlanBook::shipped().ok().and_then(|b| b.kind(kind)).map(|k| k.title.clone());
    let found = || Table::shipped().ok().and_then(|t| t.kind(kind)).map(|k| k.title.clone());
    let meeting = || (kind == "appointment").then(|| Bilingual { vi: "Lịch hẹn".into(), en: "Appointment".into() });
    planned.or_else(found).or_else(meeting)
}
