//! What an authority does with a dossier, and what is handed in after.

use super::read::{SubmissionView, place, view};
use super::{day, words};
use crate::app::App;
use crate::domain::calendar::Calendar;
use crate::domain::case::Happened;
use crate::domain::case::topic::{AGENCY_ASKS, AGENCY_REFUSES, DOSSIER_BACK};
use crate::domain::submission::{Step, standing};
use crate::flow::case::{self, Entry, Found, NewIssue, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit, paper_request};
use crate::store::audit::{self, Deed};
use crate::store::submission::{self as store, StepRow, SubmissionRow};
use serde::Deserialize;
use serde_json::json;
use sqlx::{Postgres, Transaction};
use time::Date;
use uuid::Uuid;

/// Working days to answer an authority that names no day.
const ANSWER: u32 = 10;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"words": "Bổ sung giấy xác nhận tình trạng hôn nhân.", "from_customer": ["marriage_paper"],
    "answer_by": "2026-10-23", "owner": "0199b2f0-0000-7000-8000-000000000001"}))]
pub struct AgencyAsked {
    /// What it asks for: 3 to 2000 characters. Kept sealed.
    pub words: String,
    /// Today when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub on: Option<Date>,
    /// Until when it waits; ten working days when it names no day.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub answer_by: Option<Date>,
    /// Kinds or titles of papers the customer has to bring: at most 20. Asked of them at once, as a round of its own; the move is
    /// theirs until they came.
    #[serde(default)]
    pub from_customer: Vec<String>,
    /// Who sees to it that it is answered; who notes it when left out.
    #[serde(default)]
    pub owner: Option<Uuid>,
}

#[derive(Debug, Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(example = json!({"on": "2026-10-20", "words": "Đã nộp tại bộ phận một cửa."}))]
pub struct AgencyAnswer {
    /// Today when left out.
    #[schema(value_type = Option<String>)]
    pub on: Option<Date>,
    /// Up to 2000 characters. Kept sealed.
    pub words: String,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"granted": true, "on": "2026-10-26"}))]
pub struct AgencyDecision {
    pub granted: bool,
    /// Today when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub on: Option<Date>,
    /// Why it refuses, needed then: 3 to 2000 characters. Kept sealed.
    #[serde(default)]
    pub words: String,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"mistake": true, "words": "Nhập sai ngày nộp."}))]
pub struct TakenBack {
    /// It was noted wrongly: no term ran and nothing fell due for it.
    pub mistake: bool,
    /// Today when left out.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub on: Option<Date>,
    /// Why: 3 to 2000 characters. Kept sealed.
    pub words: String,
}

/// A submission under its case's lock, with a day on which its next step can have been.
struct Open {
    tx: Transaction<'static, Postgres>,
    row: SubmissionRow,
    steps: Vec<StepRow>,
    on: Date,
}

async fn opened(app: &App, id: Uuid, next: Step, on: Option<Date>) -> Result<Open> {
    let not_there = || Error::NotFound { what: "submission", id: id.to_string() };
    let mut tx = begin(app).await?;
    let row = store::get(&mut tx, id).await?.ok_or_else(not_there)?;
    match next {
        // What an authority has decided is so, also when the case has ended meanwhile.
        Step::Granted | Step::Refused | Step::Withdrawn => case::lock_kept(&mut tx, row.case_id).await?,
        Step::AskedMore | Step::Answered => lock_open(&mut tx, row.case_id).await?,
    }
    let steps = store::steps(&mut tx, id).await?;
    let last = steps.last().and_then(|s| Step::parse(&s.what));
    if !next.may_follow(last) {
        return Err(Error::Conflict { code: "submission-state", detail: standing(last).into() });
    }
    let since = steps.last().map_or(row.submitted_on, |s| s.happened_on);
    let on = day(app, "on", on, since)?;
    Ok(Open { tx, row, steps, on })
}

/// What a step brings along: until when an answer is wanted, the problem raised for it, what was asked of the customer.
#[derive(Default)]
struct Along {
    answer_by: Option<Date>,
    issue: Option<Uuid>,
    /// Until when somebody sees to what came back.
    next_by: Option<Date>,
    request: Option<Uuid>,
    mistake: bool,
}

async fn keep(app: &App, by: &Actor, o: Open, what: Step, said: &str, along: Along) -> Result<SubmissionView> {
    let Open { mut tx, row, mut steps, on: day } = o;
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: match what {
            Step::AskedMore => "submission.ask_more",
            Step::Answered => "submission.answer",
            Step::Granted | Step::Refused => "submission.decide",
            Step::Withdrawn => "submission.withdraw",
        },
        subject: format!("submission/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"what": what, "on": day, "answer_by": along.answer_by}),
    };
    audit::write(&mut tx, &deed).await?;
    let (submission, agency, on) = (row.id, row.agency.clone(), Some(day));
    let (issue, next_by, mistake) = (along.issue, along.next_by, along.mistake);
    let told = match what {
        Step::AskedMore => Happened::AgencyAskedMore { submission, agency, on },
        Step::Answered => Happened::AgencyAnswered { submission, agency, on },
        Step::Granted | Step::Refused => {
            let granted = what == Step::Granted;
            Happened::AgencyDecided { submission, agency, granted, on, issue, next_by }
        }
        Step::Withdrawn => Happened::SubmissionWithdrawn { submission, agency, mistake, on, issue, next_by },
    };
    let sealed = (!said.is_empty()).then(|| json!({"words": said}));
    case::record(app, &mut tx, by, row.case_id, Entry { what: told, sealed }).await?;
    let due = case::term_of(app, &mut tx, row.case_id, row.id).await?;
    let id = app.clock.new_id();
    let step = StepRow {
        id,
        submission_id: row.id,
        case_id: row.case_id,
        no: steps.last().map_or(0, |s| s.no) + 1,
        what: what.as_str().into(),
        standing: standing(Some(what)).into(),
        due,
        happened_on: day,
        answer_by: along.answer_by,
        issue_id: along.issue,
        request_id: along.request,
        sealed: app.vault.seal(&place(id), said.as_bytes())?,
        recorded_by: by.login.clone(),
        recorded_at: app.clock.now(),
    };
    store::insert_step(&mut tx, &step).await?;
    steps.push(step);
    let done = view(row, steps);
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}

/// The authority wants more: its term stands still. Somebody is made to see to it, and what the customer has to bring is asked
/// for.
///
/// # Errors
/// `Conflict` when it has decided or waits already; `Refused` with a day that cannot be, or without an owner.
pub async fn ask_more(app: &App, by: &Actor, id: Uuid, asked: AgencyAsked) -> Result<SubmissionView> {
    let said = words(&asked.words, 3)?.to_owned();
    let many = asked.from_customer.len();
    if many > 20 || asked.from_customer.iter().any(|k| !(1..=80).contains(&k.trim().chars().count())) {
        return Err(Error::refused("from_customer", "length", many, "up to 20 kinds of 1-80 characters"));
    }
    let owner = asked.owner.or(by.id).ok_or_else(|| Error::refused("owner", "required", "", "active staff"))?;
    let mut o = opened(app, id, Step::AskedMore, asked.on).await?;
    let calendar = Calendar::shipped().map_err(anyhow::Error::msg)?;
    let answer_by = asked.answer_by.unwrap_or_else(|| calendar.reckon(o.on, ANSWER));
    let today = app.clock.today();
    if answer_by < o.on {
        return Err(Error::refused("answer_by", "range", answer_by, format!("{} or later", o.on)));
    }
    let issue = NewIssue { topic: AGENCY_ASKS.into(), words: said.clone(), owner, due: answer_by.max(today) };
    let issue = case::raise_issue_in(app, &mut o.tx, by, o.row.case_id, issue, None).await?.id;
    let request = match asked.from_customer.is_empty() {
        true => None,
        false => {
            let kinds = asked.from_customer.iter().map(|k| k.trim().to_owned()).collect();
            let due = answer_by.max(today);
            paper_request::ask_for_agency(app, &mut o.tx, by, o.row.case_id, kinds, due).await?
        }
    };
    let along = Along { answer_by: Some(answer_by), issue: Some(issue), request, ..Along::default() };
    keep(app, by, o, Step::AskedMore, &said, along).await
}

/// What the authority asked for was handed in: its term runs on, and the problem is solved.
///
/// # Errors
/// `Conflict` when it did not ask.
pub async fn answer(app: &App, by: &Actor, id: Uuid, given: AgencyAnswer) -> Result<SubmissionView> {
    let said = words(&given.words, 0)?.to_owned();
    let mut o = opened(app, id, Step::Answered, given.on).await?;
    no_more_asked(app, by, &mut o).await?;
    keep(app, by, o, Step::Answered, &said, Along::default()).await
}

/// The authority has decided. When it refuses, somebody is made to see to it.
///
/// # Errors
/// `Conflict` when it has decided before, or grants while it waits for more; `Refused` without the reason of a refusal.
pub async fn decide(app: &App, by: &Actor, id: Uuid, decided: AgencyDecision) -> Result<SubmissionView> {
    let said = words(&decided.words, if decided.granted { 0 } else { 3 })?.to_owned();
    let what = if decided.granted { Step::Granted } else { Step::Refused };
    let mut o = opened(app, id, what, decided.on).await?;
    no_more_asked(app, by, &mut o).await?;
    let along = if decided.granted { Along::default() } else { back(app, by, &mut o, AGENCY_REFUSES, &said).await? };
    keep(app, by, o, what, &said, along).await
}

/// The dossier was taken back, or was never handed in like that: somebody is made to see to it.
///
/// # Errors
/// `Conflict` when it was decided or taken back before; `Refused` without a reason.
pub async fn withdraw(app: &App, by: &Actor, id: Uuid, back: TakenBack) -> Result<SubmissionView> {
    let said = words(&back.words, 3)?.to_owned();
    let mut o = opened(app, id, Step::Withdrawn, back.on).await?;
    no_more_asked(app, by, &mut o).await?;
    let along = self::back(app, by, &mut o, DOSSIER_BACK, &said).await?;
    keep(app, by, o, Step::Withdrawn, &said, Along { mistake: back.mistake, ..along }).await
}

/// What came back is somebody's, by a day, until it is handed in anew; nobody's when another of its kind lies there, or was granted.
async fn back(app: &App, by: &Actor, o: &mut Open, topic: &str, said: &str) -> Result<Along> {
    if case::lock(&mut o.tx, o.row.case_id).await?.is_some_and(|c| c.stands_besides(o.row.id, &o.row.procedure)) {
        return Ok(Along::default());
    }
    let found = Found { topic, words: said.to_owned(), origin: origin(&o.row.procedure), not_before: None };
    let raised = case::raise_found(app, &mut o.tx, by, o.row.case_id, found).await?;
    Ok(Along { issue: raised.as_ref().map(|i| i.id), next_by: raised.map(|i| i.due), ..Along::default() })
}

/// What a problem of a procedure's dossier comes from.
pub(super) fn origin(procedure: &str) -> String {
    format!("dossier/{procedure}")
}

/// The authority waits for nothing any more: the problem raised for what it asked is solved, and what the customer has not brought
/// is asked for no longer.
async fn no_more_asked(app: &App, by: &Actor, o: &mut Open) -> Result<()> {
    let Some(asked) = o.steps.last().filter(|s| s.what == Step::AskedMore.as_str()).cloned() else { return Ok(()) };
    if case::lock(&mut o.tx, asked.case_id).await?.is_none_or(|c| c.step.ended()) {
        return Ok(());
    }
    if let Some(issue) = asked.issue_id {
        case::resolve_issue_in(app, &mut o.tx, by, issue, None).await?;
    }
    if let Some(request) = asked.request_id {
        paper_request::drop_open(app, &mut o.tx, by, request).await?;
    }
    Ok(())
}
