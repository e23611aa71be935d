//! `diaba jobs ...`

use super::say::Say;
use crate::app::App;
use crate::domain::verify::Message;
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

pub async fn run(app: &App, by: &Actor, say: Say, c: JobsCommand) -> Result<ExitCode> {
    match c {
        JobsCommand::List { queue, kind, state, limit } => {
            let filter = Filter { queue, kind, state, before: None, limit };
            queues(app, say).await?;
            jobs(say, &job::list(app, &filter).await?);
        }
        JobsCommand::Show { id } => show(say, &job::find(app, id).await?),
        JobsCommand::Dead { limit } => {
            let filter = Filter { state: Some("dead".into()), limit, ..Filter::default() };
            let dead = job::list(app, &filter).await?;
            for j in &dead {
                let owner = say.coded("job-owner", owner(&j.kind).unwrap_or("nobody"));
                let said = Message::new("job-dead").with("id", j.id.to_string()).with("kind", j.kind.as_str());
                say.line(&said.with("owner", owner));
                println!("  {}", error_of(j));
            }
            say.line(&Message::new("job-dead-count").with("n", dead.len() as f64));
        }
        JobsCommand::Revive { id, reason } => show(say, &job::revive(app, by, id, &reason).await?),
        JobsCommand::Retry { id, reason } => show(say, &job::retry(app, by, id, &reason).await?),
    }
    Ok(ExitCode::SUCCESS)
}

async fn queues(app: &App, say: Say) -> Result<()> {
    let rows: Vec<Vec<String>> = job::metrics(app)
        .await?
        .into_iter()
        .map(|m| {
            let numbers = [m.depth, m.scheduled, m.running, m.dead].map(|n| say.count(n));
            let oldest = format!("{:.0} s", m.oldest_due_s);
            [vec![m.queue], numbers.to_vec(), vec![oldest]].concat()
        })
        .collect();
    say.table(&["queue", "jobs-due", "jobs-later", "jobs-running", "jobs-dead", "oldest"], &rows);
    println!();
    Ok(())
}

fn jobs(say: Say, jobs: &[Job]) {
    let row = |j: &Job| {
        let tries = format!("{}/{}", j.attempts, j.max_attempts);
        let state = say.coded("job-state", &j.state);
        vec![j.id.to_string(), j.kind.clone(), state, tries, say.moment(j.run_at), error_of(j).to_owned()]
    };
    let rows: Vec<_> = jobs.iter().map(row).collect();
    say.table(&["job", "kind", "state", "runs", "due", "error"], &rows);
}

fn show(say: Say, j: &Job) {
    let head = Message::new("job-line")
        .with("id", j.id.to_string())
        .with("kind", j.kind.as_str())
        .with("queue", j.queue.as_str())
        .with("state", say.coded("job-state", &j.state))
        .with("run", f64::from(j.attempts))
        .with("most", f64::from(j.max_attempts));
    say.line(&head);
    let all = [
        ("arguments", Some(j.args.to_string())),
        ("due", Some(say.moment(j.run_at))),
        ("key", j.key.clone()),
        ("worker", j.worker.clone()),
        ("started", j.started_at.map(|t| say.moment(t))),
        ("finished", j.finished_at.map(|t| say.moment(t))),
        ("progress", j.progress.as_ref().map(ToString::to_string)),
        ("error", j.last_error.clone()),
    ];
    for (name, value) in all.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        println!("  {}: {value}", say.word(&format!("head-{name}")));
    }
}

fn owner(kind: &str) -> Option<&'static str> {
    Specs::shipped().ok().and_then(|s| s.0.get(kind)).map(|s| s.owner.as_str())
}

fn error_of(j: &Job) -> &str {
    j.last_error.as_deref().and_then(|e| e.lines().next()).unwrap_or("-")
}
