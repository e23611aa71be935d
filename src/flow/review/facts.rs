//! What a checklist is made of, gathered.

use crate::app::App;
use crate::domain::case::request::plan;
use crate::domain::case::{Case, Event};
use crate::domain::review::{
    ContractFacts, Instalment, Owed, PaperFact, ReviewFacts, SheetFact, Submissions, VerdictFact,
};
use crate::domain::staff::Purpose;
use crate::domain::verify::{PaperFacts, Record};
use crate::flow::staff::Actor;
use crate::flow::verification::{self, Opened};
use crate::flow::{Result, advice, begin, case, paper};
use crate::outside::scans::ScanError;
use crate::store::{case_issue, contract, field_batch, obligation, paper_request, payment, task};
use sqlx::PgConnection;
use uuid::Uuid;

/// Facts with the number of the last event they know of.
pub(super) struct Gathered {
    pub facts: ReviewFacts,
    pub seq: i32,
    pub events: Vec<Event>,
}

/// Reads papers and record: both are logged.
pub(super) async fn gather(app: &App, by: &Actor, id: Uuid) -> Result<Gathered> {
    let opened = match verification::latest(app, id).await? {
        Some(latest) => Some(verification::open(app, by, latest, Purpose::Review).await?),
        None => None,
    };
    let mut tx = begin(app).await?;
    let events = case::history_of(&mut tx, id).await?;
    let papers = paper::facts_of_case(app, &mut tx, id, &by.login).await?;
    let mut facts = of_rows(&mut tx, id, &events).await?;
    (facts.contract, facts.instalments) = contract_facts(app, &mut tx, id).await?;
    tx.commit().await?;
    facts.papers = paper_facts(app, &papers, opened.as_ref().map(|o| &o.record)).await?;
    facts.verdict = verdict(app, id, opened.as_ref(), &papers).await?;
    facts.sheet = sheet(app, id).await?;
    Ok(Gathered { facts, seq: events.last().map_or(0, |e| e.seq), events })
}

async fn of_rows(tx: &mut PgConnection, id: Uuid, events: &[Event]) -> Result<ReviewFacts> {
    let items = paper_request::items(tx, id).await?.into_iter().filter(|i| i.state == "open");
    let requests = items.map(|i| (i.need, i.paper_kind)).collect();
    let issues = case_issue::of_case(tx, id).await?.into_iter().filter(|i| i.resolved_at.is_none());
    let issues = issues.map(|i| i.topic).collect();
    let owed = obligation::of_case(tx, id).await?.into_iter().filter(|o| o.state == "open");
    let obligations = owed.map(|o| Owed { what: o.what, due: o.due }).collect();
    let standing = Case::fold(events).map_err(|e| crate::flow::Error::Broken(e.into()))?;
    Ok(ReviewFacts {
        requests,
        issues,
        obligations,
        tasks: task::open_kinds(tx, id).await?,
        conflicts: usize::try_from(field_batch::open_of_case(tx, id).await?).unwrap_or(usize::MAX),
        submissions: submissions(standing.as_ref()),
        ..ReviewFacts::default()
    })
}

/// Signatures of the newest contract, and what is open of its instalments; none: no contract was drawn.
async fn contract_facts(
    app: &App,
    tx: &mut PgConnection,
    id: Uuid,
) -> Result<(Option<ContractFacts>, Option<Vec<Instalment>>)> {
    let Some(newest) = contract::of_case(tx, id).await?.into_iter().next() else { return Ok((None, None)) };
    let signed: Vec<i32> = contract::signatures(tx, newest.id).await?.into_iter().map(|s| s.signer_no).collect();
    let signers = contract::signers(tx, newest.id).await?;
    let by = |who: &str| signers.iter().filter(|s| s.signer == who).all(|s| signed.contains(&s.no));
    let facts = ContractFacts { signed_by_customer: by("customer"), signed_by_firm: by("firm") };
    let unpaid = payment::unpaid(tx, id, app.clock.today()).await?.into_iter();
    let unpaid = unpaid.map(|o| Instalment { no: o.instalment.no.cast_signed(), open: o.open.0, due: o.due }).collect();
    Ok((Some(facts), Some(unpaid)))
}

fn submissions(standing: Option<&Case>) -> Submissions {
    Submissions {
        open: standing.map_or(0, |c| c.dossiers.values().filter(|d| d.open()).count()),
        granted: standing.and_then(Case::granted),
        refused_beside: standing.iter().flat_map(|c| c.refused_beside()).map(str::to_owned).collect(),
    }
}

async fn paper_facts(app: &App, papers: &[PaperFacts], record: Option<&Record>) -> Result<Vec<PaperFact>> {
    let mut all = Vec::with_capacity(papers.len());
    for p in papers {
        let pinned = record.is_some_and(|r| r.pins.papers.iter().any(|q| (q.id, q.version) == (p.id, p.version)));
        let scan_whole = match &p.scan {
            None => None,
            Some(scan) => Some(whole(app, &scan.sha256).await?),
        };
        let kind = p.paper.called().to_owned();
        all.push(PaperFact { id: p.id, version: p.version, kind, complete: p.complete, scan_whole, verified: pinned });
    }
    Ok(all)
}

/// Is the stored file the one that was sent?
async fn whole(app: &App, sha256: &str) -> Result<bool> {
    match app.scans.get(sha256).await {
        Ok(_) => Ok(true),
        Err(e @ (ScanError::Store(_) | ScanError::Address { .. })) => Err(e.into()),
        Err(_) => Ok(false),
    }
}

async fn verdict(app: &App, id: Uuid, opened: Option<&Opened>, papers: &[PaperFacts]) -> Result<Option<VerdictFact>> {
    let Some(opened) = opened else { return Ok(None) };
    Ok(Some(VerdictFact {
        outcome: opened.record.outcome,
        signed: opened.verification.signature.is_some(),
        stale: advice::verdict_stale(app, id, opened).await?,
        wanting: plan(&opened.record, papers, app.clock.today()),
    }))
}

async fn sheet(app: &App, id: Uuid) -> Result<Option<SheetFact>> {
    let Some((version, signed, stale)) = advice::newest(app, id).await? else { return Ok(None) };
    Ok(Some(SheetFact { version, signed, stale }))
}
