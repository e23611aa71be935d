//! The job that lets no promise pass unnoticed: quotations and contracts that are over, instalments whose point is reached, and
//! those that are overdue.

use super::read::Signing;
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::case::{Happened, Step};
use crate::domain::contract::{OwingState, Standing, reached};
use crate::domain::money::Dong;
use crate::flow::case::{self, Entry, history_of, record_all};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::queue::Lease;
use crate::store::{contract, contract_desk, payment, quotation};
use sqlx::PgConnection;
use time::{Date, Duration};
use uuid::Uuid;

/// Each of them is a transaction of its own; a second run finds what the first one said and says nothing twice.
pub async fn watch_contracts(app: &App, lease: &Lease) -> Result<()> {
    let (by, today) = (Actor::system("watch_contracts"), app.clock.today());
    let mut conn = app.pool.acquire().await?;
    let quotations = contract_desk::quotations_over(&mut conn, today).await?;
    let contracts = contract_desk::contracts_over(&mut conn, today).await?;
    let bound = contract_desk::contracts_to_look_at(&mut conn, today).await?;
    drop(conn);
    let mut each = Each::default();
    for (case, id) in quotations {
        each.take(case, quotation(app, &by, case, id).await)?;
    }
    for (case, id) in contracts {
        each.take(case, contract(app, &by, case, id).await)?;
    }
    for (case, id) in bound {
        each.take(case, instalments(app, &by, case, id).await)?;
    }
    each.end(app, lease).await
}

async fn quotation(app: &App, by: &Actor, case: Uuid, id: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    let entries = quotation_over(&mut tx, case, id, app.clock.today()).await?;
    tell(app, tx, by, case, entries).await
}

async fn contract(app: &App, by: &Actor, case: Uuid, id: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    let entries = contract_over(app, &mut tx, case, id).await?;
    tell(app, tx, by, case, entries).await
}

async fn instalments(app: &App, by: &Actor, case: Uuid, id: Uuid) -> Result<()> {
    let mut tx = begin(app).await?;
    let entries = owed(app, &mut tx, by, case, id).await?;
    tell(app, tx, by, case, entries).await
}

async fn tell(
    app: &App,
    mut tx: sqlx::Transaction<'static, sqlx::Postgres>,
    by: &Actor,
    case: Uuid,
    entries: Vec<Entry>,
) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    record_all(app, &mut tx, by, case, entries).await?;
    Ok(tx.commit().await?)
}

/// It may have been answered since it was found.
async fn quotation_over(tx: &mut PgConnection, case: Uuid, id: Uuid, today: Date) -> Result<Vec<Entry>> {
    let standing = case::lock(tx, case).await?;
    let waits = standing
        .is_some_and(|c| matches!(c.step, Step::Quotation { quotation, accepted: false, .. } if quotation == id));
    let row = quotation::get(tx, id).await?.filter(|q| waits && q.accepted.is_none() && q.valid_to < today);
    let Some(row) = row else { return Ok(vec![]) };
    let version = u32::try_from(row.version).map_err(|e| Error::Broken(e.into()))?;
    Ok(vec![Happened::QuotationExpired { quotation: id, version }.into()])
}

/// It may have been signed since it was found.
async fn contract_over(app: &App, tx: &mut PgConnection, case: Uuid, id: Uuid) -> Result<Vec<Entry>> {
    let Some(row) = contract::lock(tx, id).await? else { return Ok(vec![]) };
    let standing = case::lock(tx, case).await?;
    let waits = standing.is_some_and(|c| matches!(c.step, Step::Contract { contract, .. } if contract == id));
    let over = waits && Signing::of(app, tx, &row).await?.standing == Standing::Expired;
    Ok(if over { vec![Happened::ContractExpired { contract: id }.into()] } else { vec![] })
}

/// The last day of an instalment whose point was reached on `day`: a rest day moves it on (Civil Code Art. 148.5).
pub(in crate::flow) fn last_day(day: Date, days: u16) -> Result<Date> {
    let calendar = Calendar::shipped().map_err(anyhow::Error::msg)?;
    Ok(calendar.moved_on(day.saturating_add(Duration::days(i64::from(days)))))
}

/// Instalments whose point is reached are called; one that is overdue is said once.
async fn owed(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid, id: Uuid) -> Result<Vec<Entry>> {
    if contract::lock(tx, id).await?.is_none() {
        return Ok(vec![]);
    }
    let ended = case::lock(tx, case).await?.is_none_or(|c| c.step.ended());
    let (history, known) = (history_of(tx, case).await?, payment::due(tx, id).await?);
    let mut out: Vec<Entry> = Vec::new();
    let schedule = payment::schedule(tx, id, app.clock.today()).await?;
    // What was paid before its time is not asked for again.
    for o in schedule.iter().filter(|o| !ended && o.open > Dong::ZERO && !known.contains_key(&o.instalment.no)) {
        let i = &o.instalment;
        let Some(day) = reached(i.on, id, &history) else { continue };
        // It may be noted late; nobody is late with what they were not asked for yet.
        let due = last_day(day, i.days)?.max(app.clock.today());
        let no = i32::try_from(i.no).map_err(|e| Error::Broken(e.into()))?;
        if payment::call(tx, id, no, due, &by.login, app.clock.now()).await? {
            out.push(Happened::PaymentDue { contract: id, instalment: i.no, amount: o.open.0, due }.into());
        }
    }
    // Money that came and went again is overdue anew.
    let gone = |w: &Happened| matches!(w, Happened::PaymentReversed { .. });
    let since = history.iter().rposition(|e| gone(&e.what)).map_or(0, |i| i + 1);
    let told = |no: u32| {
        let of = |w: &Happened| matches!(w, Happened::PaymentOverdue { contract, instalment, .. } if (*contract, *instalment) == (id, no));
        history[since..].iter().any(|e| of(&e.what))
    };
    // What was called just now is not overdue yet.
    for o in &schedule {
        if let (OwingState::Overdue, Some(due), false) = (o.state, o.due, told(o.instalment.no)) {
            let (instalment, amount) = (o.instalment.no, o.open.0);
            out.push(Happened::PaymentOverdue { contract: id, instalment, amount, due }.into());
        }
    }
    Ok(out)
}
