//! The leases this process holds, shared by the drivers, the handlers and the keeper's thread.

use crate::store::queue::Lease;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::task::AbortHandle;
use uuid::Uuid;

#[derive(Default)]
pub(super) struct Held(Mutex<HashMap<Uuid, Entry>>);

struct Entry {
    lease: Lease,
    /// Not renewed after this instant: a handler that hangs must not keep its job for ever.
    until: Instant,
    /// When the claim or the last renewal that went well was asked for.
    renewed: Instant,
    task: Option<AbortHandle>,
}

impl Held {
    fn map(&self) -> MutexGuard<'_, HashMap<Uuid, Entry>> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }

    pub fn take(&self, lease: &Lease, budget: Duration) {
        let now = Instant::now();
        let entry = Entry { lease: lease.clone(), until: now + budget, renewed: now, task: None };
        self.map().insert(lease.token, entry);
    }

    pub fn started(&self, lease: &Lease, task: AbortHandle) {
        if let Some(e) = self.map().get_mut(&lease.token) {
            e.task = Some(task);
        }
    }

    pub fn release(&self, token: Uuid) {
        self.map().remove(&token);
    }

    /// (job, token) of all leases worth renewing.
    pub fn to_renew(&self) -> Vec<(Uuid, Uuid)> {
        let now = Instant::now();
        self.map().values().filter(|e| now < e.until).map(|e| (e.lease.id, e.lease.token)).collect()
    }

    /// These were renewed by what was asked at `asked`.
    pub fn renewed(&self, tokens: &[(Uuid, Uuid)], asked: Instant) {
        let mut map = self.map();
        for (_, token) in tokens {
            if let Some(e) = map.get_mut(token) {
                e.renewed = e.renewed.max(asked);
            }
        }
    }

    /// Stops runs whose lease has not been renewed for its whole length: the database cannot be reached, another worker may
    /// have the job by now, and a connection this run waits on may never answer.
    pub fn stop_lapsed(&self) {
        let now = Instant::now();
        for e in self.map().values_mut().filter(|e| now.duration_since(e.renewed) > e.lease.length) {
            if let Some(task) = e.task.take() {
                tracing::warn!(job = %e.lease.id, kind = &*e.lease.kind, "lease lapsed unrenewed, the run is stopped");
                metrics::counter!("diaba_job_lease_lapsed_total").increment(1);
                task.abort();
            }
        }
    }

    /// The row no longer bears our token: another run has it, so this one may stop. A handler that has just completed the job
    /// itself also looks like this and is left alone.
    pub fn lost(&self, job: Uuid, tokens: &[(Uuid, Uuid)]) {
        let Some((_, token)) = tokens.iter().find(|(id, _)| *id == job) else { return };
        if let Some(e) = self.map().get(token).filter(|e| !e.lease.completed_by_handler())
            && let Some(task) = &e.task
        {
            tracing::warn!(job = %job, kind = &*e.lease.kind, "lease lost, the run is stopped");
            task.abort();
        }
    }
}
