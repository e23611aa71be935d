//! What is owed comes into a case: worked out from the signed option sheet, or told of by an authority's notice.

use super::notice::read_notice;
use super::read::{ObligationView, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::obligation::{Estimate, KINDS, estimates};
use crate::domain::staff::Purpose;
use crate::flow::case::{Entry, lock_open, record, record_all};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, advice, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::obligation as store;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"what": "registration_fee", "paper": "019a0000-0000-7000-8000-000000000001"}))]
pub struct NewObligation {
    /// registration_fee, income_tax_transfer, income_tax_gift, land_use_fee, certificate_fee, notary_fee or other.
    pub what: String,
    /// The authority's notice: a paper of the case of kind tax_notice that states an amount.
    pub paper: Uuid,
}

/// Notes everything the signed option sheet says will fall due and is not noted yet.
///
/// # Errors
/// `Conflict` `no-signed-sheet`.
pub async fn from_sheet(app: &App, by: &Actor, case: Uuid) -> Result<Vec<ObligationView>> {
    let signed = advice::list(app, case).await?.into_iter().find(|s| s.signed_at.is_some());
    let none = || Error::Conflict { code: "no-signed-sheet", detail: "sign an option sheet first".into() };
    let sheet = advice::sheet(app, by, signed.ok_or_else(none)?.id, Purpose::PreparePapers).await?;
    let option = sheet.edits.recommended.as_deref().and_then(|p| sheet.option(p)).ok_or_else(none)?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let mut entries: Vec<Entry> = Vec::new();
    for estimate in estimates(&option.dues) {
        if let Some(id) = note_estimate(app, &mut tx, by, case, &estimate).await? {
            let amount = estimate.high.filter(|h| Some(*h) == estimate.low);
            entries.push(Happened::ObligationNoticed { obligation: id, what: estimate.what, amount, due: None }.into());
        }
    }
    if !entries.is_empty() {
        write(app, &mut tx, by, case, json!({"sheet": sheet.id, "count": entries.len()})).await?;
        record_all(app, &mut tx, by, case, entries).await?;
    }
    let all: Vec<ObligationView> = store::of_case(&mut tx, case).await?.into_iter().map(Into::into).collect();
    commit(app, tx, by, &all, None).await?;
    Ok(all)
}

/// None: it is owed in this case already.
async fn note_estimate(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid, e: &Estimate) -> Result<Option<Uuid>> {
    let text = |v: serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    let payer = text(serde_json::to_value(e.payer).map_err(broken)?);
    let standing = text(serde_json::to_value(e.standing).map_err(broken)?);
    let id = insert(app, tx, by, case, &e.what, &payer).await?;
    if let Some(id) = id {
        let figure = store::Figure {
            obligation_id: id,
            no: 1,
            source: "estimate",
            low: e.low,
            high: e.high,
            due: None,
            paper: None,
            citation: &e.citation,
            standing: &standing,
            by: &by.login,
            at: app.clock.now(),
        };
        store::add_figure(tx, &figure).await?;
    }
    Ok(id)
}

async fn insert(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    what: &str,
    payer: &str,
) -> Result<Option<Uuid>> {
    let new = store::NewObligation {
        id: app.clock.new_id(),
        case_id: case,
        what,
        payer,
        noticed: app.clock.today(),
        by: &by.login,
        at: app.clock.now(),
    };
    Ok(store::insert(tx, &new).await?.then_some(new.id))
}

async fn write(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid, detail: serde_json::Value) -> Result<()> {
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "obligation.notice",
        subject: format!("case/{case}"),
        case_id: Some(case),
        detail,
    };
    Ok(audit::write(tx, &deed).await?)
}

/// Notes what an authority's notice asks for and nothing was worked out of.
///
/// # Errors
/// `Conflict` `obligation-owed` when it is owed already: then the notice revises it.
pub async fn add(app: &App, by: &Actor, case: Uuid, new: NewObligation) -> Result<ObligationView> {
    if !KINDS.contains(&new.what.as_str()) {
        return Err(Error::refused("what", "not-in-list", &new.what, KINDS.join(", ")));
    }
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let told = read_notice(app, &mut tx, by, case, new.paper).await?;
    let id = insert(app, &mut tx, by, case, &new.what, "either").await?;
    let owed = || Error::Conflict { code: "obligation-owed", detail: new.what.clone() };
    let id = id.ok_or_else(owed)?;
    store::add_figure(&mut tx, &told.figure(id, 1, by, app.clock.now())).await?;
    write(app, &mut tx, by, case, json!({"obligation": id, "what": new.what, "paper": new.paper})).await?;
    let (amount, due) = (Some(told.amount), told.due);
    record(app, &mut tx, by, case, Happened::ObligationNoticed { obligation: id, what: new.what, amount, due }).await?;
    let done = view(&mut tx, case, id).await?;
    commit(app, tx, by, &done, Some(format!("/api/v1/cases/{case}/obligations"))).await?;
    Ok(done)
}
