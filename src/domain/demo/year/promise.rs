//! What must hold of every case at the end of every day: nothing promised is lost, nothing is there twice.

use crate::domain::calendar::{Calendar, day_of};
use crate::domain::case::clock::{self, Limits};
use crate::domain::case::{Case, Dossier, Event, Happened, ProcedureBook, Turn, timeline};
use crate::domain::verify::text::Lang;
use std::collections::BTreeSet;
use time::{Date, Duration};
use uuid::Uuid;

/// A case as the store holds it.
#[derive(Debug, Clone)]
pub struct Told {
    pub id: Uuid,
    pub number: String,
    /// Columns beside the fold.
    pub state: String,
    pub turn: String,
    /// The fold as it is kept.
    pub kept: Option<Case>,
    pub events: Vec<Event>,
    /// Who is owed a word, by event.
    pub owed: Vec<Vec<String>>,
    pub tasks: Vec<TaskTold>,
    pub requests: Vec<RequestTold>,
    pub items: Vec<ItemTold>,
    pub issues: Vec<IssueTold>,
    pub agreed: AgreedTold,
}

/// What the tables say of contract, money, plan, authorities, hand-overs and taxes.
#[derive(Debug, Clone, Default)]
pub struct AgreedTold {
    /// Contracts that bind.
    pub concluded: usize,
    /// Instalments that were called, with the last day and what is open of each.
    pub called: Vec<(u32, Date, i64)>,
    /// Entries of money: payments, and what was taken back (dong).
    pub received: Vec<i64>,
    pub receipts: usize,
    pub plans: usize,
    /// With an authority at work, and with one that waits for more.
    pub submitted: BTreeSet<Uuid>,
    pub stopped: BTreeSet<Uuid>,
    pub handed_over: usize,
    pub owed: BTreeSet<Uuid>,
}

#[derive(Debug, Clone)]
pub struct TaskTold {
    pub id: Uuid,
    pub kind: String,
    pub department: String,
    pub state: String,
    pub due: Date,
}

#[derive(Debug, Clone)]
pub struct RequestTold {
    pub id: Uuid,
    pub due: Date,
    /// How often the customer was reminded.
    pub reminded: i16,
}

#[derive(Debug, Clone)]
pub struct ItemTold {
    pub id: Uuid,
    pub request: Uuid,
    pub state: String,
}

#[derive(Debug, Clone)]
pub struct IssueTold {
    pub id: Uuid,
    pub open: bool,
}

impl TaskTold {
    pub fn open(&self) -> bool {
        !matches!(self.state.as_str(), "done" | "cancelled")
    }
}

/// Every promise of a case that is broken at the end of `today`, in words; empty: all hold.
pub fn broken(told: &Told, today: Date, calendar: &Calendar, limits: &Limits, book: &ProcedureBook) -> Vec<String> {
    let mut faults = Vec::new();
    let states = match clock::states(&told.events) {
        Ok(states) if !states.is_empty() => states,
        Ok(_) => return vec!["the case has no events".into()],
        Err(e) => return vec![format!("the events cannot have happened: {e}")],
    };
    let case = &states[states.len() - 1];
    folded(told, case, &mut faults);
    let clocks = clock::clocks(&told.events, &states, calendar, limits, book);
    next_step(told, case, &clocks, &mut faults);
    nothing_lost(told, case, &mut faults);
    nothing_twice(told, &mut faults);
    agreed(told, &mut faults);
    // Nobody is told of anything on a rest day.
    if !calendar.works(today) {
        return faults;
    }
    instalments(told, case, today, &mut faults);
    told_in_time(told, case, today, &mut faults);
    for c in clocks.iter().filter(|c| c.running) {
        let Some(deadline) = c.deadline.filter(|d| *d < today) else { continue };
        let said = |e: &Event| matches!(&e.what, Happened::DeadlineEscalated { clock, deadline: d, .. } if clock == &c.id && *d == deadline);
        if !told.events.iter().any(said) {
            faults.push(format!("{}: the deadline {deadline} passed and nobody was told", c.id));
        }
    }
    faults
}

fn folded(told: &Told, case: &Case, faults: &mut Vec<String>) {
    if told.kept.as_ref() != Some(case) {
        faults.push("the fold of the events is not what is kept".into());
    }
    if (told.state.as_str(), told.turn.as_str()) != (case.step.name(), case.turn().as_str()) {
        faults.push(format!(
            "kept as {}/{}, it is {}/{}",
            told.state,
            told.turn,
            case.step.name(),
            case.turn().as_str()
        ));
    }
}

/// Somebody is to move, and it can be said what comes next.
fn next_step(told: &Told, case: &Case, clocks: &[clock::Clock], faults: &mut Vec<String>) {
    if !case.step.ended() && case.turn() == Turn::Nobody {
        faults.push("it is open and nobody's turn".into());
    }
    let at = |which: fn(&Happened) -> bool| told.events.iter().rposition(|e| which(&e.what));
    let back = at(|w| matches!(w, Happened::ReviewReturned { .. } | Happened::ReviewLapsed { .. }));
    let anew = back > at(|w| matches!(w, Happened::ReviewAsked {}));
    if !case.step.ended() && anew && !told.issues.iter().any(|i| i.open) {
        faults.push("its review is to be asked for anew, and nobody has that".into());
    }
    for lang in [Lang::Vi, Lang::En] {
        let now = timeline::now(case, &told.events, clocks, lang);
        if now.next.is_empty() || now.next.starts_with("now-") {
            faults.push(format!("no words for what comes next in {}/{}", now.step, now.turn_text));
        }
    }
}

fn ids<'a>(all: impl Iterator<Item = &'a Uuid>) -> BTreeSet<Uuid> {
    all.copied().collect()
}

/// What is open in the tables is what is open in the case, and each act told whom it owes a word.
fn nothing_lost(told: &Told, case: &Case, faults: &mut Vec<String>) {
    let mut same = |what: &str, tables: BTreeSet<Uuid>, events: &BTreeSet<Uuid>| {
        for lost in tables.symmetric_difference(events) {
            let where_ =
                if tables.contains(lost) { "in the table, not in the case" } else { "in the case, not in the table" };
            faults.push(format!("{what} {lost} is open {where_}"));
        }
    };
    same("task", ids(told.tasks.iter().filter(|t| t.open()).map(|t| &t.id)), &case.tasks);
    same("request item", ids(told.items.iter().filter(|i| i.state == "open").map(|i| &i.id)), &case.asked);
    same("issue", ids(told.issues.iter().filter(|i| i.open).map(|i| &i.id)), &case.issues);
    let of = |is: fn(&Dossier) -> bool| ids(case.dossiers.iter().filter(|(_, d)| is(d)).map(|(id, _)| id));
    same("submission", told.agreed.submitted.clone(), &of(Dossier::at_work));
    same("stopped submission", told.agreed.stopped.clone(), &of(Dossier::stopped));
    same("obligation", told.agreed.owed.clone(), &case.obligations);
    if told.tasks.iter().any(|t| t.department.is_empty()) {
        faults.push("a task belongs to no department".into());
    }
    let rounds = told.requests.len();
    if rounds != case.rounds as usize {
        faults.push(format!("{rounds} paper requests, {} in the events", case.rounds));
    }
    for (event, owed) in told.events.iter().zip(&told.owed) {
        let due: Vec<String> = event.what.owed().iter().map(ToString::to_string).collect();
        if &due != owed {
            faults.push(format!("event {} owes a word to {due:?}, kept is {owed:?}", event.seq));
        }
    }
}

/// Contract, money, plan and hand-over: what the tables hold is what was told, each once.
fn agreed(told: &Told, faults: &mut Vec<String>) {
    use Happened as H;
    let (a, count) = (&told.agreed, |is: fn(&H) -> bool| told.events.iter().filter(|e| is(&e.what)).count());
    let bound = count(|w| matches!(w, H::ContractConcluded { .. }));
    let planned = count(|w| matches!(w, H::WorkPlanned { .. }));
    let taken = count(|w| matches!(w, H::HandedOver { .. }));
    for (what, rows, events) in [("contract", a.concluded, bound), ("plan", a.plans, planned)] {
        if rows != events || rows > 1 {
            faults.push(format!("{what}: {rows} in the table, {events} in the events; one at most"));
        }
    }
    // What was opened and lost is handed over once more.
    if a.handed_over != taken {
        faults.push(format!("hand-over: {} in the table, {taken} in the events", a.handed_over));
    }
    if planned != bound {
        faults.push(format!("{bound} contracts bind, {planned} plans were begun"));
    }
    let came = |e: &Event| match e.what {
        H::PaymentReceived { amount, .. } | H::OverpaymentReceived { amount, .. } => amount,
        H::PaymentReversed { amount, .. } => -amount,
        _ => 0,
    };
    let (rows, events): (i64, i64) = (a.received.iter().sum(), told.events.iter().map(came).sum());
    let sums = count(|w| matches!(w, H::PaymentReceived { .. }));
    if rows != events || a.receipts > sums {
        faults.push(format!("{rows} dong in the table, {events} in the events; {} receipts for {sums}", a.receipts));
    }
}

/// Who was asked to pay knows until when, and that it is late.
fn instalments(told: &Told, case: &Case, today: Date, faults: &mut Vec<String>) {
    use Happened as H;
    for (no, due, open) in &told.agreed.called {
        let of = |what: &H| match what {
            H::PaymentDue { instalment, due: d, .. } => instalment == no && d == due,
            _ => false,
        };
        if !told.events.iter().any(|e| of(&e.what)) {
            faults.push(format!("instalment {no} is due on {due}, and nobody was told"));
        }
        let late = |e: &Event| matches!(e.what, H::PaymentOverdue { instalment, .. } if instalment == *no);
        if *open > 0 && *due + Duration::days(2) < today && !case.step.ended() && !told.events.iter().any(late) {
            faults.push(format!("instalment {no} was due on {due}; nobody said that it is overdue"));
        }
    }
}

/// No event tells of the same thing twice.
fn nothing_twice(told: &Told, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for event in &told.events {
        if let Some(name) = once(&event.what)
            && !seen.insert(name.clone())
        {
            faults.push(format!("event {}: {name} a second time", event.seq));
        }
    }
    let made: BTreeSet<Uuid> = told
        .events
        .iter()
        .filter_map(|e| match &e.what {
            Happened::TaskCreated { task, .. } => Some(*task),
            _ => None,
        })
        .collect();
    let rows = ids(told.tasks.iter().map(|t| &t.id));
    for task in made.symmetric_difference(&rows) {
        faults.push(format!("task {task} is in the table or in the events, not in both"));
    }
}

/// The thing an event can tell of only once.
fn once(what: &Happened) -> Option<String> {
    use Happened as H;
    let kind = what.kind();
    let id = match what {
        H::PaperAdded { paper, version, .. } => format!("{paper}/{version}"),
        H::Verified { verification: id, .. }
        | H::VerificationRequested { job: id }
        | H::PapersRequested { request: id, .. }
        | H::ItemSettled { item: id, .. }
        | H::OptionSheetDrafted { sheet: id, .. }
        | H::OptionSheetSigned { sheet: id, .. }
        | H::ConsentGiven { consent: id, .. }
        | H::ContractConcluded { contract: id }
        | H::TaskCreated { task: id, .. }
        | H::TaskDone { task: id, .. }
        | H::IssueRaised { issue: id, .. }
        | H::IssueResolved { issue: id, .. }
        | H::Submitted { submission: id, .. }
        | H::HandedOver { handover: id, .. }
        | H::ObligationPaid { obligation: id, .. }
        | H::SurveySent { survey: id }
        | H::Archived { archive: id, .. } => id.to_string(),
        H::PaymentDue { contract, instalment, .. } | H::PaymentOverdue { contract, instalment, .. } => {
            format!("{contract}/{instalment}")
        }
        H::PaymentReceived { payment, instalment, .. } => format!("{payment}/{instalment}"),
        H::WorkPlanned { .. } => String::new(),
        H::DeadlineWarned { clock, deadline, .. } | H::DeadlineEscalated { clock, deadline, .. } => {
            format!("{clock}/{deadline}")
        }
        H::Opened { .. } | H::IntakeCompleted {} | H::Ended { .. } => String::new(),
        _ => return None,
    };
    Some(format!("{kind} {id}"))
}

/// Days a customer is late before silence about it is a fault: a weekend and a holiday may lie between.
const PATIENCE: Duration = Duration::days(4);
/// As the job `find_stuck` looks, and a day for the job to come round.
const QUIET: Duration = Duration::days(23);

/// Whoever is late was reminded, and a case that stands still was noticed.
fn told_in_time(told: &Told, case: &Case, today: Date, faults: &mut Vec<String>) {
    if case.step.ended() {
        return;
    }
    for request in told.requests.iter().filter(|r| r.due + PATIENCE < today && r.reminded == 0) {
        if told.items.iter().any(|i| i.request == request.id && i.state == "open") {
            faults.push(format!("paper request {} was due on {}; nobody was reminded", request.id, request.due));
        }
    }
    let remark = |e: &&Event| {
        use Happened as H;
        matches!(
            e.what,
            H::StuckNoticed { .. } | H::DeadlineWarned { .. } | H::DeadlineEscalated { .. } | H::RequestReminded { .. }
        )
    };
    let moved = told.events.iter().rev().find(|e| !remark(e));
    let noticed = |seq: i32| told.events.iter().any(|e| e.seq > seq && matches!(e.what, Happened::StuckNoticed { .. }));
    if let Some(last) = moved.filter(|e| day_of(e.at) + QUIET < today && !noticed(e.seq)) {
        faults.push(format!("nothing has moved since {}, and nobody noticed", day_of(last.at)));
    }
}
