//! Reading personal data: only who needs it for this case, and never without a trace.

use crate::app::App;
use crate::domain::staff::{PersonalDataAccess, Purpose};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

/// The purpose a client states; a missing or unknown one is refused.
pub fn parse_purpose(stated: Option<&str>) -> Result<Purpose> {
    stated
        .and_then(Purpose::parse)
        .ok_or_else(|| Error::refused("purpose", "purpose-needed", stated.unwrap_or(""), Purpose::names()))
}

/// An open reading: what is read is logged in the same transaction, and [`Reading::end`] commits the log before the data is
/// handed out.
pub struct Reading<'a> {
    app: &'a App,
    by: &'a Actor,
    case: Uuid,
    purpose: Purpose,
    pub(crate) tx: Transaction<'static, Postgres>,
}

impl<'a> Reading<'a> {
    /// Fails when the case is not there or this actor may not see its personal data.
    pub async fn begin(app: &'a App, by: &'a Actor, case: Uuid, purpose: Purpose) -> Result<Reading<'a>> {
        let mut tx = crate::flow::begin(app).await?;
        if store::case::get(&mut tx, case).await?.is_none() {
            return Err(Error::NotFound { what: "case", id: case.to_string() });
        }
        let widest = |a| by.roles.iter().any(|r| r.personal_data() == a);
        let allowed = if widest(PersonalDataAccess::AnyCase) {
            true
        } else if let (true, Some(id)) = (widest(PersonalDataAccess::OwnTask), by.id) {
            store::staff::has_task_on(&mut tx, id, case).await?
        } else {
            false
        };
        if !allowed {
            return Err(Error::Forbidden("case-not-yours"));
        }
        Ok(Self { app, by, case, purpose, tx })
    }

    /// Logs that `subject` is read.
    pub async fn log(&mut self, subject: &str) -> Result<()> {
        let (at, who, why) = (self.app.clock.now(), &self.by.login, self.purpose.as_str());
        Ok(store::audit::personal_data_read(&mut self.tx, at, who, self.case, subject, why).await?)
    }

    pub async fn end(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}
