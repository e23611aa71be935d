//! Nobody gives the signatures of both sides of a contract.

use super::evidence::place_of;
use super::read::Signing;
use crate::app::App;
use crate::domain::contract::Evidence;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::contract::ContractRow;
use crate::store::signing_code;
use sqlx::PgConnection;

/// Refuses who was told a code of the other side, or took its signature on paper alone.
pub(super) async fn one_side(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    row: &ContractRow,
    signing: &Signing,
    signer: i32,
) -> Result<()> {
    let other = |no: i32| signing.side_of(no) != signing.side_of(signer);
    let told = signing_code::told(tx, row.id, &by.login).await?.into_iter().find(|no| other(*no));
    if let Some(no) = told {
        let detail = format!("{} was told the code of signer {no}", by.login);
        return Err(Error::Conflict { code: "signing-both-sides", detail });
    }
    for s in signing.signatures.iter().filter(|s| s.way == "paper" && other(s.signer_no)) {
        let plain = app.vault.open(&place_of(s.id), &s.sealed)?;
        let said: Evidence = serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?;
        if said.filed.is_none() && said.recorded_by == by.login {
            let detail = format!("{} took the signature of signer {} on paper", by.login, s.signer_no);
            return Err(Error::Conflict { code: "signing-both-sides", detail });
        }
    }
    Ok(())
}
