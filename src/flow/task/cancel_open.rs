use super::change::cancel_in;
use crate::app::App;
use crate::flow::Result;
use crate::flow::case::Entry;
use crate::flow::staff::Actor;
use crate::store::task;
use sqlx::PgConnection;
use uuid::Uuid;

/// Ends what is open in a case that ends, inside its transaction. Answers the events the caller records.
pub async fn cancel_open(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for id in task::open_of_case(tx, case).await? {
        entries.extend(cancel_in(app, tx, by, id, "case_ended").await?);
    }
    Ok(entries)
}
