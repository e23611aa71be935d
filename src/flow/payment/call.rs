use super::read::{Account, account, not_there};
use crate::app::App;
use crate::domain::case::Happened;
use crate::flow::case;
use crate::flow::contract::{get as contract_view, instalments, last_day};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::audit::{self, Deed};
use crate::store::{contract, payment};
use serde_json::json;
use uuid::Uuid;

/// Somebody says that the point of an instalment is reached today. One that fell due or was paid before stays as it is.
///
/// # Errors
/// `Conflict` when the contract does not bind; `Refused` when it has no such instalment.
pub async fn call(app: &App, by: &Actor, id: Uuid, no: u32) -> Result<Account> {
    if contract_view(app, id).await?.state != "concluded" {
        return Err(Error::Conflict { code: "contract-not-concluded", detail: "nothing is owed yet".into() });
    }
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    let plan = instalments(&row)?;
    let found = plan.iter().find(|i| i.no == no);
    let found = found.ok_or_else(|| Error::refused("no", "range", no, format!("1-{}", plan.len())))?;
    let owed = payment::schedule(&mut tx, id, app.clock.today()).await?;
    let Some(open) = owed.iter().find(|o| o.instalment.no == no).map(|o| o.open.0).filter(|o| *o > 0) else {
        return account(app, id).await;
    };
    let (due, at) = (last_day(app.clock.today(), found.days)?, app.clock.now());
    let number = i32::try_from(no).map_err(|e| Error::Broken(e.into()))?;
    if payment::call(&mut tx, id, number, due, &by.login, at).await? {
        let happened = Happened::PaymentDue { contract: id, instalment: no, amount: open, due };
        case::record(app, &mut tx, by, row.case_id, happened).await?;
        let deed = Deed {
            at,
            actor: &by.login,
            action: "payment.call",
            subject: format!("contract/{id}"),
            case_id: Some(row.case_id),
            detail: json!({"instalment": no, "due": due}),
        };
        audit::write(&mut tx, &deed).await?;
    }
    tx.commit().await?;
    account(app, id).await
}
