//! One run of one job: budget, panics and errors become an outcome; nothing that a handler does ends the worker.

use super::backend::Claimed;
use super::held::Held;
use super::registry::{JobError, Registry};
use crate::app::App;
use crate::store::queue::Lease;
use crate::store::queue::work::Outcome;
use apalis::prelude::Data;
use serde_json::Value;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tracing::Instrument as _;

/// What every run needs.
pub(super) struct Hands {
    pub app: App,
    pub registry: Registry,
    pub held: Arc<Held>,
    pub jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
}

/// The handler apalis calls.
pub(super) async fn execute(job: Claimed, hands: Data<Arc<Hands>>) {
    let Claimed { lease, args, report } = job;
    let outcome = run_one(&hands, &lease, args).await;
    report.send(outcome);
}

/// Runs one job. `None`: there is nothing to write, the handler has completed the job, or has lost it.
pub(super) async fn run_one(hands: &Hands, lease: &Lease, args: Value) -> Option<Outcome> {
    let (Some(spec), Some(handler)) = (hands.registry.spec(&lease.kind), hands.registry.handler(&lease.kind)) else {
        return Some(Outcome::Unstarted);
    };
    let span = tracing::info_span!("job", id = %lease.id, kind = &*lease.kind, attempt = lease.attempt);
    let mut run = Run(tokio::spawn(handler(hands.app.clone(), lease.clone(), args).instrument(span)));
    hands.held.started(lease, run.0.abort_handle());
    let ended = match tokio::time::timeout(spec.timeout(), &mut run.0).await {
        Ok(Ok(result)) => result,
        Ok(Err(join)) if join.is_panic() => Err(JobError::Retry(format!("panic: {}", panic_text(join.into_panic())))),
        Ok(Err(_)) => Err(JobError::LeaseLost),
        Err(_) => Err(JobError::Retry(format!("not done within {} s", spec.timeout_s))),
    };
    let word = match &ended {
        Ok(()) => "done",
        Err(JobError::Retry(_)) => "failed",
        Err(JobError::Fatal(_)) => "fatal",
        Err(JobError::LeaseLost) => "lease_lost",
    };
    metrics::counter!("diaba_job_runs_total", "kind" => lease.kind.to_string(), "end" => word).increment(1);
    match ended {
        Ok(()) if lease.completed_by_handler() => None,
        Ok(()) => Some(Outcome::Done),
        Err(JobError::LeaseLost) => {
            tracing::warn!(job = %lease.id, kind = &*lease.kind, "lease lost, nothing of this run stays");
            None
        }
        Err(JobError::Fatal(error)) => {
            tracing::error!(job = %lease.id, kind = &*lease.kind, error, "job cannot go well");
            Some(Outcome::Fatal { error })
        }
        Err(JobError::Retry(error)) => {
            tracing::warn!(job = %lease.id, kind = &*lease.kind, attempt = lease.attempt, error, "job failed");
            Some(Outcome::Failed { error, delay: spec.backoff.after(lease.attempt, (hands.jitter)()) })
        }
    }
}

/// A run that nobody waits for any more is stopped.
struct Run(JoinHandle<Result<(), JobError>>);

impl Drop for Run {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn panic_text(panic: Box<dyn std::any::Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
