//! What a customer is told of the meetings they are expected at.

use super::change::existing;
use super::read_words::place_of;
use super::view::where_place;
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::flow::staff::Actor;
use crate::flow::{Result, begin};
use crate::store::appointment::{self, AppointmentFilter};
use crate::store::audit;
use serde::Serialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// No appointment takes longer.
const LONGEST: Duration = Duration::minutes(600);

/// A meeting that lies ahead, as the customer sees it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MeetingTold {
    #[serde(with = "time::serde::rfc3339")]
    pub starts: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub ends: OffsetDateTime,
    /// Where: name and address of the agency, or the words of who made it.
    pub place: Option<String>,
    /// False: the hour is only held.
    pub confirmed: bool,
}

/// Meetings of a case that the customer comes to and that are not over, soonest first. Places in words are opened: logged.
pub(in crate::flow) async fn meetings(app: &App, by: &Actor, case: Uuid) -> Result<Vec<MeetingTold>> {
    let mut tx = begin(app).await?;
    let now = app.clock.now();
    let mut all = Vec::new();
    for state in ["held", "confirmed"] {
        let of = AppointmentFilter {
            case_id: Some(case),
            state: Some(state.into()),
            from: Some(now - LONGEST),
            limit: 100,
            ..AppointmentFilter::default()
        };
        let rows = appointment::page(&mut tx, &of).await?.into_iter();
        for a in rows.filter(|a| a.with_customer && a.ends > now && a.hold_until.is_none_or(|until| until > now)) {
            let task = existing(&mut tx, a.task_id).await?;
            if task.sealed_place.is_some() {
                let (place, why) = (where_place(task.id), Purpose::DataSubjectRequest.as_str());
                audit::personal_data_read(&mut tx, now, &by.login, case, &place, why).await?;
            }
            let place = place_of(app, &task)?;
            all.push(MeetingTold { starts: a.starts, ends: a.ends, place, confirmed: state == "confirmed" });
        }
    }
    tx.commit().await?;
    all.sort_by_key(|m| m.starts);
    Ok(all)
}
