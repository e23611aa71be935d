use super::change::{called_off, existing, note};
use crate::app::App;
use crate::flow::case::{lock, record};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::{appointment, task};
use serde_json::json;
use uuid::Uuid;

/// Frees hours whose hold has run out; who was told of one hears that it is off, once, whoever freed it.
pub(in crate::flow) async fn free_lapsed(app: &App, by: &Actor, each: &mut Each) -> Result<()> {
    let mut conn = app.pool.acquire().await?;
    appointment::free_holds(&mut conn, app.clock.now()).await?;
    let lapsed = appointment::lapsed(&mut conn).await?;
    drop(conn);
    for (id, case) in lapsed {
        each.take(case, tell(app, by, case, id).await)?;
    }
    Ok(())
}

async fn tell(app: &App, by: &Actor, case: Uuid, id: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    lock(&mut tx, case).await?;
    let Some(off) = appointment::tell_lapsed(&mut tx, id).await? else { return Ok(()) };
    let mut of = existing(&mut tx, off.task_id).await?;
    let over = matches!(of.state.as_str(), "done" | "cancelled");
    // Who has a new hour since was told of that one: the old one is forgotten.
    if appointment::live_of_task(&mut tx, of.id).await?.is_some() {
        return Ok(tx.commit().await?);
    }
    if !over {
        (of.appointment_at, of.updated_at) = (None, app.clock.now());
        if !task::change(&mut tx, &of).await? {
            return Err(Error::Conflict { code: "version", detail: format!("task {} was changed meanwhile", of.id) });
        }
        note(app, &mut tx, by, &of, "hold_over", json!({ "starts": off.starts.to_string() })).await?;
    }
    record(app, &mut tx, by, case, called_off(&off, "hold_over")).await?;
    Ok(tx.commit().await?)
}
