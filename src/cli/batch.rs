//! `diaba verify --commune ...`: many parcels in one run, worked on here, with progress.

use super::args::ManyArgs;
use super::say::Say;
use super::serve;
use crate::app::App;
use crate::domain::batch::Selection;
use crate::domain::calendar::day_of;
use crate::domain::verify::Message;
use crate::flow::batch::{self, RunView};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::Uuid;

pub async fn run(app: &App, by: &Actor, say: Say, a: ManyArgs) -> Result<ExitCode> {
    if let Some((version, reason)) = a.dismiss.zip(a.reason) {
        let done = batch::dismiss(app, by, version, &batch::Dismissal { reason }).await?;
        say.line(&proposal("run-dismissed", say, &done.proposal));
        return Ok(ExitCode::SUCCESS);
    }
    if a.proposed {
        return proposed(app, say).await;
    }
    let run = match a.run {
        Some(id) => gone_on_with(app, by, id, a.watch).await?,
        None => {
            let selection =
                Selection { commune: a.commune, zone: a.zone, layer_version: a.layer_version, filter: a.filter };
            batch::start(app, by, selection).await?
        }
    };
    eprintln!("{}", say.message(&Message::new("run-begun").with("id", run.id.to_string())));
    let (stop, stopped) = oneshot::channel::<()>();
    let work = async {
        if a.watch {
            return Ok(());
        }
        let until = async move { drop(stopped.await) };
        serve::work_on(app, "batch", until).await
    };
    let watched = async {
        let ended = watch(app, say, run.id).await;
        // nobody listens when the work is done elsewhere
        let _ = stop.send(());
        ended
    };
    let (worked, run) = tokio::join!(work, watched);
    worked?;
    let run = run?;
    tell(say, &run);
    Ok(if run.state == "done" && run.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn proposal(key: &'static str, say: Say, p: &batch::RunProposal) -> Message {
    let said = Message::new(key).with("layer", p.layer.as_str()).with("what", say.coded("map-change", p.what));
    said.with("day", say.date(day_of(p.at)))
}

async fn proposed(app: &App, say: Say) -> Result<ExitCode> {
    let row = |p: &batch::RunProposal| {
        vec![
            format!("{} {}", p.layer, p.coverage_key),
            say.coded("map-change", p.what),
            say.date(day_of(p.at)),
            format!("diaba verify --layer-version {}", p.layer_version_id),
        ]
    };
    let rows: Vec<Vec<String>> = batch::proposals(app, None, 1_000).await?.iter().map(row).collect();
    say.table(&["map", "change", "date", "begin"], &rows);
    Ok(ExitCode::SUCCESS)
}

async fn gone_on_with(app: &App, by: &Actor, id: Uuid, watch: bool) -> Result<RunView> {
    let run = batch::find(app, id).await?;
    if run.state == "paused" && !watch { batch::resume(app, by, id).await } else { Ok(run) }
}

/// Shows how far it has come until it ends, or nothing goes on any more.
async fn watch(app: &App, say: Say, id: Uuid) -> Result<RunView> {
    let style = "{bar:30} {pos}/{len}  {msg}";
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    loop {
        let run = match batch::find(app, id).await {
            // the run is kept there, not here: it goes on when the database is back
            Err(Error::Unavailable(why)) => {
                bar.set_message(say.message(&Message::new("run-waits").with("why", why)));
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            found => found?,
        };
        bar.set_length(run.parcels.unsigned_abs());
        bar.set_position(run.parcels_done.unsigned_abs());
        bar.set_message(speed(say, &run));
        let stuck =
            run.state == "running" && run.chunks_dead > 0 && run.chunks_done + run.chunks_dead as i32 == run.chunks;
        if run.ended() || run.state == "paused" || stuck {
            bar.finish();
            return Ok(run);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

fn speed(say: Say, run: &RunView) -> String {
    let pace = match (run.rate, run.left_s) {
        (Some(rate), Some(left)) => {
            let minutes = say.count((left / 60.0).ceil().max(0.0) as i64);
            say.message(&Message::new("run-pace").with("rate", say.count(rate as i64)).with("minutes", minutes))
        }
        _ => say.coded("run-state", &run.state),
    };
    [Some(pace), faults(say, run)].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// What does not go as it should.
fn faults(say: Say, run: &RunView) -> Option<String> {
    let counts = [(run.faults, "run-unjudged"), (run.chunks_failing, "run-failing"), (run.chunks_dead, "run-dead")];
    let told: Vec<String> = counts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, key)| say.message(&Message::new(*key).with("n", say.count(*n))))
        .collect();
    let why = run.last_error.as_ref().map_or_else(String::new, |e| format!(": {e}"));
    (!told.is_empty()).then(|| told.join(", ") + &why)
}

fn tell(say: Say, run: &RunView) {
    let head = Message::new("run-line")
        .with("id", run.id.to_string())
        .with("state", say.coded("run-state", &run.state))
        .with("done", say.count(run.parcels_done))
        .with("parcels", say.count(run.parcels))
        .with("day", say.date(run.as_of))
        .with("findings", say.count(run.findings))
        .with("possible", say.count(run.possible));
    say.line(&head);
    if !run.superseded.is_empty() {
        let ids: Vec<String> = run.superseded.iter().map(i64::to_string).collect();
        say.line(&Message::new("run-superseded").with("ids", ids.join(", ")));
    }
    let counts = [
        ("can_proceed", run.can_proceed),
        ("needs_papers", run.needs_papers),
        ("needs_person", run.needs_person),
        ("blocked", run.blocked),
        ("fault", run.faults),
    ];
    let row = |(what, n): &(&str, i64)| vec![say.coded("run-outcome", what), say.count(*n)];
    say.table(&["outcome", "count"], &counts.iter().map(row).collect::<Vec<_>>());
    if let Some(faults) = faults(say, run) {
        println!("{faults}");
    }
    if let Some(root) = &run.root {
        say.line(&Message::new("run-root").with("root", root.as_str()));
    }
}
