//! Whom a task can be given to.

use crate::domain::dispatch::{Candidate, Department};
use crate::domain::staff::Role;
use crate::flow::Result;
use crate::store::absence;
use crate::store::appointment;
use crate::store::task;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Staff of the departments that take tasks who may accept one by their roles, with skills, load, and what keeps them from `today` on.
pub(crate) async fn candidates(conn: &mut PgConnection, today: Date) -> Result<Vec<Candidate>> {
    let mut absent: BTreeMap<Uuid, Vec<(Date, Date)>> = BTreeMap::new();
    for row in absence::from_day(conn, today).await? {
        absent.entry(row.staff_id).or_default().push((row.first_day, row.last_day));
    }
    let mut booked: BTreeMap<Uuid, Vec<(OffsetDateTime, OffsetDateTime)>> = BTreeMap::new();
    for (staff, starts, ends) in appointment::booked_from(conn, today).await? {
        booked.entry(staff).or_default().push((starts, ends));
    }
    let may = |role: &String| Role::parse(role).is_some_and(|r| Role::WORKERS.contains(&r));
    let workers = task::workers(conn).await?.into_iter().filter(|w| w.roles.iter().any(may));
    let staff = workers.map(|w| Candidate {
        id: w.id,
        department: Department::parse(&w.department),
        territory: w.territory,
        skills: w.skills.into_iter().collect(),
        open_load: u32::try_from(w.load).unwrap_or(u32::MAX),
        active: w.active,
        absent: absent.remove(&w.id).unwrap_or_default(),
        booked: booked.remove(&w.id).unwrap_or_default(),
    });
    Ok(staff.collect())
}
