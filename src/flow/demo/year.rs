//! A played year as the store holds it, for its promises to be checked.

use crate::app::App;
use crate::domain::case::{Case, Event, Happened};
use crate::domain::demo::year::{AgreedTold, IssueTold, ItemTold, RequestTold, TaskTold, Told};
use crate::domain::submission::{Step, standing};
use crate::flow::proof;
use crate::flow::task::TaskFilter;
use crate::flow::{Error, Result, job};
use crate::store::{
    case_event, case_issue, contract, hand_over, obligation, paper_request, payment, scratch, submission, task,
    work_plan,
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

fn broken(e: serde_json::Error) -> Error {
    Error::Broken(e.into())
}

/// A case with all that is kept of it.
pub async fn told(app: &App, id: Uuid) -> Result<Told> {
    let mut conn = app.pool.acquire().await?;
    let row = case_event::kept(&mut conn, id).await?;
    let row = row.ok_or_else(|| Error::NotFound { what: "case", id: id.to_string() })?;
    let (mut events, mut owed) = (Vec::new(), Vec::new());
    for e in case_event::of_case(&mut conn, id).await? {
        let what = Happened::from_parts(&e.kind, e.data).map_err(broken)?;
        events.push(Event { seq: e.seq, at: e.at, actor: e.actor, what });
        owed.push(e.owed);
    }
    let filter = TaskFilter { case_id: Some(id), limit: 500, ..TaskFilter::default() };
    let tasks = task::page(&mut conn, &filter).await?.into_iter().map(|t| TaskTold {
        id: t.id,
        kind: t.kind,
        department: t.department,
        state: t.state,
        due: t.due,
    });
    let requests = paper_request::of_case(&mut conn, id).await?;
    let items = paper_request::items(&mut conn, id).await?;
    let issues = case_issue::of_case(&mut conn, id).await?;
    let agreed = agreed(app, &mut conn, id).await?;
    Ok(Told {
        agreed,
        id,
        number: row.number,
        state: row.state,
        turn: row.turn,
        kept: row.standing.map(serde_json::from_value::<Case>).transpose().map_err(broken)?,
        events,
        owed,
        tasks: tasks.collect(),
        requests: requests.into_iter().map(|r| RequestTold { id: r.id, due: r.due, reminded: r.reminded }).collect(),
        items: items.into_iter().map(|i| ItemTold { id: i.id, request: i.request_id, state: i.state }).collect(),
        issues: issues.into_iter().map(|i| IssueTold { id: i.id, open: i.resolved_at.is_none() }).collect(),
    })
}

/// Contract, money, plan, authorities, hand-overs and taxes as the tables hold them.
async fn agreed(app: &App, conn: &mut PgConnection, id: Uuid) -> Result<AgreedTold> {
    let mut a = AgreedTold::default();
    for c in contract::of_case(conn, id).await? {
        let (signers, signed) = (contract::signers(conn, c.id).await?, contract::signatures(conn, c.id).await?);
        a.concluded += usize::from(signers.len() == signed.len());
        for o in payment::schedule(conn, c.id, app.clock.today()).await? {
            a.called.extend(o.due.map(|due| (o.instalment.no, due, o.open.0)));
        }
        let back = |kind: &str| kind == "reversal";
        let rows = payment::of_contract(conn, c.id).await?;
        a.received.extend(rows.iter().map(|p| if back(&p.kind) { -p.amount } else { p.amount }));
        a.receipts += payment::receipts(conn, c.id).await?.len();
    }
    a.plans = usize::from(work_plan::of_case(conn, id).await?.is_some());
    for s in submission::of_case(conn, id).await? {
        let last = submission::steps(conn, s.id).await?.pop().and_then(|s| Step::parse(&s.what));
        match standing(last) {
            "at_work" => drop(a.submitted.insert(s.id)),
            "asked_more" => drop(a.stopped.insert(s.id)),
            _ => {}
        }
    }
    let offers = hand_over::find(conn, hand_over::By::Case(id)).await?;
    a.handed_over = offers.iter().filter(|h| h.done_at.is_some()).count();
    let owed = obligation::of_case(conn, id).await?.into_iter().filter(|o| o.state == "open");
    a.owed = owed.map(|o| o.id).collect();
    Ok(a)
}

/// Cases to which something happened at `since` or later.
pub async fn moved_since(app: &App, since: OffsetDateTime) -> Result<Vec<Uuid>> {
    Ok(case_event::moved_since(&mut *app.pool.acquire().await?, since).await?)
}

/// What is wrong with the whole: dead letters, and links of the chain that do not hold.
pub async fn whole(app: &App, chain: bool) -> Result<Vec<String>> {
    let dead = job::dead_by_kind(app).await?;
    let mut faults: Vec<String> = dead.iter().map(|(kind, n)| format!("{n} dead letters of {kind}")).collect();
    if chain {
        faults.extend(proof::walk(app).await?.broken.map(|why| format!("the chain: {why}")));
    }
    Ok(faults)
}

/// A database of its own for one run, on the server of `app`; answers its name.
pub async fn make_database(app: &App, number: u32) -> Result<String> {
    scratch::create(&app.pool, number).await?;
    Ok(scratch::name(number))
}

pub async fn drop_database(app: &App, number: u32) -> Result<()> {
    Ok(scratch::drop(&app.pool, number).await?)
}
