//! `diaba jobs ...`

use super::say;
use crate::app::App;
use crate::flow::Result;
use crate::flow::job::{self, Filter, Job, Specs};
use crate::flow::staff::Actor;
use clap::Subcommand;
use std::process::ExitCode;
use uuid::Uuid;

#[derive(Subcommand)]
pub enum JobsCommand {
    /// Jobs, newest first, and how full each queue is
    List {
        #[arg(long)]
        queue: Option<String>,
        #[arg(long)]
        kind: Option<String>,
        /// pending, running, done or dead
        #[arg(long)]
        state: Option<String>,
        #[arg(long, default_value_t = 20)]
        limit: i64,
    },
    /// One job with its arguments, progress and last error
    Show { id: Uuid },
    /// Dead letters: jobs that wait for a person, with who looks after them
    Dead {
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Give a dead job all its attempts again, now
    Revive {
        id: Uuid,
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Run a waiting job now instead of at its time
    Retry {
        id: Uuid,
        #[arg(long, default_value = "")]
        reason: String,
    },
}

pub async fn run(app: &App, by: &Actor, c: JobsCommand) -> Result<ExitCode> {
    match c {
        JobsCommand::List { queue, kind, state, limit } => {
            let filter = Filter { queue, kind, state, before: None, limit };
            queues(app).await?;
            jobs(&job::list(app, &filter).await?);
        }
        JobsCommand::Show { id } => show(&job::find(app, id).await?),
        JobsCommand::Dead { limit } => {
            let filter = Filter { state: Some("dead".into()), limit, ..Filter::default() };
            let dead = job::list(app, &filter).await?;
            for j in &dead {
                println!("{}  {} (owner: {})\n  {}", j.id, j.kind, owner(&j.kind), error_of(j));
            }
            println!("{} dead; `diaba jobs revive ID --reason ...` once the cause is gone", dead.len());
        }
        JobsCommand::Revive { id, reason } => show(&job::revive(app, by, id, &reason).await?),
        JobsCommand::Retry { id, reason } => show(&job::retry(app, by, id, &reason).await?),
    }
    Ok(ExitCode::SUCCESS)
}

async fn queues(app: &App) -> Result<()> {
    let rows: Vec<Vec<String>> = job::metrics(app)
        .await?
        .into_iter()
        .map(|m| {
            let numbers = [m.depth, m.scheduled, m.running, m.dead].map(say::count);
            let oldest = format!("{:.0} s", m.oldest_due_s);
            [vec![m.queue], numbers.to_vec(), vec![oldest]].concat()
        })
        .collect();
    say::table(&["queue", "due", "later", "running", "dead", "oldest due"], &rows);
    println!();
    Ok(())
}

fn jobs(jobs: &[Job]) {
    let row = |j: &Job| {
        let tries = format!("{}/{}", j.attempts, j.max_attempts);
        vec![j.id.to_string(), j.kind.clone(), j.state.clone(), tries, instant(j.run_at), error_of(j).to_owned()]
    };
    let rows: Vec<_> = jobs.iter().map(row).collect();
    say::table(&["job", "kind", "state", "runs", "due (UTC)", "last error"], &rows);
}

fn show(j: &Job) {
    println!("{}  {} in {}: {}, run {} of {}", j.id, j.kind, j.queue, j.state, j.attempts, j.max_attempts);
    println!("  arguments {}\n  due       {} UTC", j.args, instant(j.run_at));
    let more = [
        ("key", j.key.clone()),
        ("worker", j.worker.clone()),
        ("started", j.started_at.map(instant)),
        ("finished", j.finished_at.map(instant)),
        ("progress", j.progress.as_ref().map(ToString::to_string)),
        ("error", j.last_error.clone()),
    ];
    for (name, value) in more {
        if let Some(value) = value {
            println!("  {name:<9} {value}");
        }
    }
}

fn owner(kind: &str) -> &'static str {
    Specs::shipped().ok().and_then(|s| s.0.get(kind)).map_or("nobody", |s| s.owner.as_str())
}

fn error_of(j: &Job) -> &str {
    j.last_error.as_deref().and_then(|e| e.lines().next()).unwrap_or("-")
}

fn instant(at: time::OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{} {:02}:{:02}:{:02}", at.date(), at.hour(), at.minute(), at.second())
}
