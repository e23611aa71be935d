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
    task: Option<AbortHandle>,
}

impl Held {
    fn map(&self) -> MutexGuard<'_, HashMap<Uuid, Entry>> {
        self.0.lock().unwrap_or_else(|e| e.into_inner())
    }

    pub fn take(&self, lease: &Lease, budget: Duration) {
        let entry = Entry { lease: lease.clone(), until: Instant::now() + budget, task: None };
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
