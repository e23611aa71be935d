use super::read::{RequestView, list_in, place};
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::case::request::{Asked, Need, plan};
use crate::domain::case::{Happened, clock::Limits};
use crate::domain::staff::Purpose;
use crate::domain::text::fold::squeezed;
use crate::flow::case::{lock_open, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit, paper, verification};
use crate::store::audit::{self, Deed};
use crate::store::paper_request::{self as store, ItemRow, RequestRow};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use time::Date;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"working_days": 10}))]
pub struct NewRequest {
    /// Time for the customer, in working days: 1 to 60.
    #[serde(default = "ten")]
    pub working_days: u32,
}

fn ten() -> u32 {
    10
}

/// What would be asked for now: of the latest verification, without what is asked for already. Reads papers for `verify`.
pub async fn preview(app: &App, by: &Actor, case: Uuid) -> Result<Vec<Asked>> {
    crate::flow::case::get(app, &case.to_string()).await?;
    let latest = verification::latest(app, case).await?.ok_or_else(not_verified)?;
    let opened = verification::open(app, by, latest, Purpose::Verify).await?;
    let mut tx = begin(app).await?;
    let papers = paper::facts_of_case(app, &mut tx, case, &by.login).await?;
    let open = open_items(&mut tx, case).await?;
    tx.commit().await?;
    let until = done_by(app, &opened.record.case.procedure)?;
    let fresh = |a: &Asked| !open.iter().any(|i| same(i, a));
    Ok(plan(&opened.record, &papers, until).into_iter().filter(fresh).collect())
}

/// Asks the customer for everything that is needed until the end, in one round.
///
/// # Errors
/// `Conflict` `nothing-to-ask` when all of it is there or asked for already.
pub async fn ask(app: &App, by: &Actor, case: Uuid, new: NewRequest) -> Result<RequestView> {
    if !(1..=60).contains(&new.working_days) {
        return Err(Error::refused("working_days", "range", new.working_days, "1-60"));
    }
    let asked = preview(app, by, case).await?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let open = open_items(&mut tx, case).await?;
    let asked: Vec<Asked> = asked.into_iter().filter(|a| !open.iter().any(|i| same(i, a))).collect();
    if asked.is_empty() {
        return Err(Error::Conflict { code: "nothing-to-ask", detail: "all is there or asked for already".into() });
    }
    let due = calendar()?.reckon(app.clock.today(), new.working_days);
    let wanted = asked.into_iter().map(|asked| Wanted { asked, title: None }).collect();
    let request = send(app, &mut tx, by, case, wanted, due).await?;
    let view = list_in(&mut tx, case).await?.into_iter().find(|r| r.id == request);
    let view = view.ok_or_else(|| Error::Broken(anyhow::anyhow!("the request is not there")))?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/paper-requests"))).await?;
    Ok(view)
}

/// Something to ask for; `title`: in the words of an authority, which may name people.
struct Wanted {
    asked: Asked,
    title: Option<String>,
}

/// Kind of an item that is asked for by a title.
const TITLED: &str = "titled";

/// Keyed hash of a title, by which the paper is known that comes.
pub(in crate::flow) fn title_print(app: &App, title: &str) -> Vec<u8> {
    app.vault.index("paper title", squeezed(title)).to_vec()
}

/// Asks the customer for what an authority wants of them, within the act that notes it: a round of its own. None: all of it is
/// asked for already.
pub(in crate::flow) async fn ask_for_agency(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    kinds: BTreeSet<String>,
    due: Date,
) -> Result<Option<Uuid>> {
    let wanted = |name: String| {
        let known = app.book.procedures.names_paper(&name);
        let (paper_kind, title) = if known { (name, None) } else { (TITLED.to_owned(), Some(name)) };
        let (paper, because, detail) = (None, "agency".into(), String::new());
        Wanted { asked: Asked { need: Need::Missing, paper_kind, paper, because, detail }, title }
    };
    let open = open_items(tx, case).await?;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let fresh = |w: &Wanted| match &w.title {
        None => !open.iter().any(|i| same(i, &w.asked)),
        Some(t) => seen.insert(squeezed(t)) && !open.iter().any(|i| i.print.as_ref() == Some(&title_print(app, t))),
    };
    let wanted: Vec<Wanted> = kinds.into_iter().map(wanted).filter(fresh).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    send(app, tx, by, case, wanted, due).await.map(Some)
}

/// One round, with everything in it.
async fn send(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    wanted: Vec<Wanted>,
    due: Date,
) -> Result<Uuid> {
    let round = store::of_case(tx, case).await?.len() as i32 + 1;
    let request = RequestRow {
        id: app.clock.new_id(),
        case_id: case,
        round,
        due,
        reminded: 0,
        created_by: by.login.clone(),
        created_at: app.clock.now(),
    };
    let items = wanted.into_iter().map(|w| item(app, &request, w)).collect::<Result<Vec<ItemRow>>>()?;
    store::insert(tx, &request, &items).await?;
    let deed = Deed {
        at: request.created_at,
        actor: &by.login,
        action: "paper_request.ask",
        subject: format!("paper_request/{}", request.id),
        case_id: Some(case),
        detail: json!({"round": round, "items": items.len(), "due": due}),
    };
    audit::write(tx, &deed).await?;
    let ids = items.iter().map(|i| i.id).collect();
    let event = Happened::PapersRequested { request: request.id, round: round.unsigned_abs(), items: ids, due };
    record(app, tx, by, case, event).await?;
    Ok(request.id)
}

fn not_verified() -> Error {
    Error::Conflict { code: "not-verified", detail: "the case has no verification yet".into() }
}

async fn open_items(conn: &mut PgConnection, case: Uuid) -> Result<Vec<ItemRow>> {
    Ok(store::items(conn, case).await?.into_iter().filter(|i| i.state == "open").collect())
}

fn same(item: &ItemRow, asked: &Asked) -> bool {
    (item.need.as_str(), &item.paper_kind, item.paper_id) == (asked.need.as_str(), &asked.paper_kind, asked.paper)
}

fn item(app: &App, request: &RequestRow, Wanted { asked: a, title }: Wanted) -> Result<ItemRow> {
    let id = app.clock.new_id();
    Ok(ItemRow {
        id,
        print: title.as_ref().map(|t| title_print(app, t)),
        sealed_title: title.map(|t| app.vault.seal(&place(id), t.as_bytes())).transpose()?,
        request_id: request.id,
        case_id: request.case_id,
        need: a.need.as_str().into(),
        paper_kind: a.paper_kind,
        paper_id: a.paper,
        because: a.because,
        detail: a.detail,
        state: "open".into(),
        settled_by: None,
        settled_at: None,
    })
}

/// The day the papers must still hold: all our steps and the authority's term from today, at their longest.
fn done_by(app: &App, procedure: &str) -> Result<Date> {
    let limits = Limits::shipped().map_err(|e| Error::Broken(anyhow::Error::msg(e)))?;
    let ours: u32 = limits.steps.iter().map(|s| s.working_days).sum();
    let today = app.clock.today();
    let term = |v: &crate::domain::case::ProcedureVersion| {
        v.working_days_most.or(v.working_days).unwrap_or_default() + v.posting_days.unwrap_or_default()
    };
    let theirs = app.book.procedures.find(procedure, None, today).map(term).unwrap_or_default();
    Ok(calendar()?.reckon(today, ours + theirs))
}

fn calendar() -> Result<&'static Calendar> {
    Calendar::shipped().map_err(|e| Error::Broken(anyhow::Error::msg(e)))
}
