//! Judges a whole window, on all cores, beside interactive work: the threads are given way to others by the system.

use super::read::Window;
use crate::app::App;
use crate::domain::batch::{ChunkInputs, ChunkName, FindingKinds, Keeper, Kept, QuietSets, chunk_digest, keep};
use crate::domain::verify::{CaseFacts, ENGINE, Facts, FindingRecord, RuleSet, verify};
use crate::flow::verification::{finding_row, rules_for, word};
use crate::flow::{Error, Result};
use crate::store::batch::copy::{ChunkRows, NewFinding, NewVerdict};
use crate::store::batch::run::Counts;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use time::Date;
use uuid::Uuid;

/// Threads of their own: one per core, less urgent than those that people wait for.
static HANDS: LazyLock<std::result::Result<rayon::ThreadPool, String>> = LazyLock::new(|| {
    let name = |i| format!("batch-{i}");
    let pool = rayon::ThreadPoolBuilder::new().thread_name(name).start_handler(|_| {
        // niceness 9 or so; where it is refused, the threads are as urgent as others
        if let Ok(lower) = ThreadPriorityValue::try_from(25u8) {
            let _ = set_current_thread_priority(ThreadPriority::Crossplatform(lower));
        }
    });
    pool.build().map_err(|e| e.to_string())
});

/// A chunk's verdicts, ready to be written.
pub struct JudgedChunk {
    pub rows: ChunkRows,
    pub counts: Counts,
    pub digest: String,
    pub quiet: serde_json::Value,
    pub inputs: ChunkInputs,
    /// By hash.
    pub rules: BTreeMap<String, Arc<RuleSet>>,
}

/// The verdict on one parcel, as it is kept.
struct One {
    outcome: String,
    digest: [u8; 32],
    kept: Kept,
    facts: Facts,
    rules: Arc<RuleSet>,
}

pub async fn judge(app: &App, run: Uuid, no: i32, ids: Vec<Uuid>, window: Window, as_of: Date) -> Result<JudgedChunk> {
    let app = app.clone();
    let hands = HANDS.as_ref().map_err(|e| Error::Broken(anyhow::anyhow!("threads: {e}")))?;
    let work = move || hands.install(|| chunk(&app, run, no, &ids, &window, as_of));
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Broken(e.into()))?
}

fn chunk(app: &App, run: Uuid, no: i32, ids: &[Uuid], window: &Window, as_of: Date) -> Result<JudgedChunk> {
    let case = crate::flow::verification::inquiry(Default::default());
    let all: Vec<std::result::Result<One, String>> =
        (0..ids.len()).into_par_iter().map(|i| guarded(app, window, i, &case, as_of)).collect();
    let name = ChunkName { no, zone: window.zone, as_of };
    let digest =
        chunk_digest(name, ids.iter().copied().zip(all.iter().map(|one| one.as_ref().ok().map(|o| &o.digest))));
    let (mut rows, mut counts, mut quiet) = (ChunkRows::new(run, no), Counts::default(), QuietSets::default());
    let (mut keeper, mut rules) = (Keeper::new(&window.theme_set.hash, ENGINE), BTreeMap::new());
    let mut kinds = FindingKinds::default();
    for (i, (id, one)) in ids.iter().zip(&all).enumerate() {
        let place = i16::try_from(i).map_err(|e| Error::Broken(e.into()))?;
        counts.parcels += 1;
        let one = match one {
            Ok(one) => one,
            Err(fault) => {
                counts.faults += 1;
                keeper.fault();
                rows.verdict(place, &fault_row(window.zone, *id, fault));
                continue;
            }
        };
        *slot(&mut counts, &one.outcome) += 1;
        counts.findings += (one.kept.told.len() - one.kept.possible) as i64;
        counts.possible += one.kept.possible as i64;
        keeper.add(&one.facts, &one.rules.hash);
        let findings: Vec<NewFinding> = one.kept.told.iter().map(|(no, f)| numbers(*no, kinds.place(f), f)).collect();
        let verdict = NewVerdict {
            zone: window.zone,
            parcel_id: *id,
            version: one.facts.parcel.as_ref().map(|p| p.version),
            outcome: Some(&one.outcome),
            digest: Some(&one.digest),
            quiet: Some(quiet.place(&one.kept.quiet)),
            fault: None,
            findings: &findings,
        };
        rows.verdict(place, &verdict);
        if !rules.contains_key(&one.rules.hash) {
            rules.insert(one.rules.hash.clone(), one.rules.clone());
        }
    }
    for f in kinds.first() {
        rows.kind(finding_row(f)?);
    }
    let quiet = serde_json::to_value(quiet.sets()).map_err(|e| Error::Broken(e.into()))?;
    Ok(JudgedChunk { rows, counts, digest, quiet, inputs: keeper.finish(), rules })
}

fn numbers(no: i16, kind: i32, f: &FindingRecord) -> NewFinding {
    NewFinding {
        no,
        kind,
        measured: f.measured.map(|q| q.value),
        allowed: f.allowed.map(|q| q.value),
        area_low: f.area.map(|a| a.low),
        area_high: f.area.map(|a| a.high),
    }
}

fn fault_row(zone: i32, parcel_id: Uuid, fault: &str) -> NewVerdict<'_> {
    NewVerdict {
        zone,
        parcel_id,
        version: None,
        outcome: None,
        digest: None,
        quiet: None,
        fault: Some(fault),
        findings: &[],
    }
}

fn slot<'a>(c: &'a mut Counts, outcome: &str) -> &'a mut i64 {
    match outcome {
        "can_proceed" => &mut c.can_proceed,
        "needs_papers" => &mut c.needs_papers,
        "blocked" => &mut c.blocked,
        _ => &mut c.needs_person,
    }
}

/// One parcel whose facts break the code does not take the chunk with it.
fn guarded(app: &App, window: &Window, i: usize, case: &CaseFacts, as_of: Date) -> std::result::Result<One, String> {
    let judged = catch_unwind(AssertUnwindSafe(|| one(app, window, i, case, as_of)));
    judged.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
        Err(format!("panic: {}", text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()))
    })
}

fn one(app: &App, window: &Window, i: usize, case: &CaseFacts, as_of: Date) -> std::result::Result<One, String> {
    let facts = window.facts(i, case, as_of)?;
    let broken = |e: Error| e.to_string();
    let rules = rules_for(app, &facts).map_err(broken)?;
    // a window gives facts in their order
    let record = verify(&facts, &rules);
    let digest = record.sha256().map_err(|e| e.to_string())?;
    let outcome = record.outcome;
    Ok(One { outcome: word(&outcome).map_err(broken)?, digest, kept: keep(record), facts, rules })
}
