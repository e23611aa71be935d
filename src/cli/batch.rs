//! `diaba verify --commune ...`: many parcels in one run, worked on here, with progress.

use super::args::ManyArgs;
use super::{say, serve};
use crate::app::App;
use crate::domain::batch::Selection;
use crate::flow::batch::{self, RunView};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::Uuid;

pub async fn run(app: &App, by: &Actor, a: ManyArgs) -> Result<ExitCode> {
    if let Some((version, reason)) = a.dismiss.zip(a.reason) {
        let done = batch::dismiss(app, by, version, &batch::Dismissal { reason }).await?;
        println!("{} {} of {}: dismissed", done.proposal.layer, done.proposal.what, done.proposal.at.date());
        return Ok(ExitCode::SUCCESS);
    }
    if a.proposed {
        return proposed(app).await;
    }
    let run = match a.run {
        Some(id) => gone_on_with(app, by, id, a.watch).await?,
        None => {
            let selection =
                Selection { commune: a.commune, zone: a.zone, layer_version: a.layer_version, filter: a.filter };
            batch::start(app, by, selection).await?
        }
    };
    eprintln!("verification run {} (go on with it after a stop: diaba verify --run {0})", run.id);
    let (stop, stopped) = oneshot::channel::<()>();
    let work = async {
        if a.watch {
            return Ok(());
        }
        let until = async move { drop(stopped.await) };
        serve::work_on(app, "batch", until).await
    };
    let watched = async {
        let ended = watch(app, run.id).await;
        // nobody listens when the work is done elsewhere
        let _ = stop.send(());
        ended
    };
    let (worked, run) = tokio::join!(work, watched);
    worked?;
    let run = run?;
    tell(&run);
    Ok(if run.state == "done" && run.faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn proposed(app: &App) -> Result<ExitCode> {
    let row = |p: &batch::RunProposal| {
        let what = format!("{} {}", p.what, p.at.date());
        vec![
            format!("{} {}", p.layer, p.coverage_key),
            what,
            format!("diaba verify --layer-version {}", p.layer_version_id),
        ]
    };
    let rows: Vec<Vec<String>> = batch::proposals(app, None, 1_000).await?.iter().map(row).collect();
    say::table(&["map", "what", "begin"], &rows);
    Ok(ExitCode::SUCCESS)
}

async fn gone_on_with(app: &App, by: &Actor, id: Uuid, watch: bool) -> Result<RunView> {
    let run = batch::find(app, id).await?;
    if run.state == "paused" && !watch { batch::resume(app, by, id).await } else { Ok(run) }
}

/// Shows how far it has come until it ends, or nothing goes on any more.
async fn watch(app: &App, id: Uuid) -> Result<RunView> {
    let style = "{bar:30} {pos}/{len} parcels, {msg}";
    let bar = ProgressBar::new(0);
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    loop {
        let run = match batch::find(app, id).await {
            // the run is kept there, not here: it goes on when the database is back
            Err(Error::Unavailable(why)) => {
                bar.set_message(format!("waiting: {why}"));
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            found => found?,
        };
        bar.set_length(run.parcels.unsigned_abs());
        bar.set_position(run.parcels_done.unsigned_abs());
        bar.set_message(speed(&run));
        let stuck =
            run.state == "running" && run.chunks_dead > 0 && run.chunks_done + run.chunks_dead as i32 == run.chunks;
        if run.ended() || run.state == "paused" || stuck {
            bar.finish();
            return Ok(run);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

fn speed(run: &RunView) -> String {
    let pace = match (run.rate, run.left_s) {
        (Some(rate), Some(left)) => {
            format!(
                "{}/s, {} left",
                say::count(rate as i64),
                indicatif::HumanDuration(Duration::from_secs_f64(left.max(0.0)))
            )
        }
        _ => run.state.clone(),
    };
    [Some(pace), faults(run)].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// What does not go as it should.
fn faults(run: &RunView) -> Option<String> {
    let counts = [
        (run.faults, "parcels could not be judged"),
        (run.chunks_failing, "chunks failed and are tried again"),
        (run.chunks_dead, "chunks failed at every attempt (diaba jobs dead)"),
    ];
    let told: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", say::count(*n))).collect();
    let why = run.last_error.as_ref().map_or_else(String::new, |e| format!(": {e}"));
    (!told.is_empty()).then(|| told.join(", ") + &why)
}

fn tell(run: &RunView) {
    println!(
        "run {}: {}, {} of {} parcels as of {}; {} findings that weigh, {} clear ones where something may lie",
        run.id,
        run.state,
        say::count(run.parcels_done),
        say::count(run.parcels),
        run.as_of,
        say::count(run.findings),
        say::count(run.possible)
    );
    if !run.superseded.is_empty() {
        let ids: Vec<String> = run.superseded.iter().map(i64::to_string).collect();
        println!(
            "judged by the maps of its planning; superseded or withdrawn since: layer versions {}",
            ids.join(", ")
        );
    }
    let counts = [
        ("can proceed", run.can_proceed),
        ("needs papers", run.needs_papers),
        ("needs a person", run.needs_person),
        ("blocked", run.blocked),
        ("could not be judged", run.faults),
    ];
    let rows: Vec<Vec<String>> = counts.iter().map(|(what, n)| vec![(*what).to_owned(), say::count(*n)]).collect();
    say::table(&["outcome", "parcels"], &rows);
    if let Some(faults) = faults(run) {
        println!("{faults}");
    }
    if let Some(root) = &run.root {
        println!("SHA-256 over all verdicts: {root}");
    }
}
