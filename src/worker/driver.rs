//! The one who talks to the database for a queue: claims as many jobs as there are free slots, never more, and writes how
//! runs ended, many in one commit. Outages are waited out here; what ended meanwhile is kept and written afterwards.

use super::backend::{Claimed, Queue};
use super::execute::Hands;
use super::held::Held;
use super::link::{Link, in_time};
use super::{Ended, Options};
use crate::store::queue::Lease;
use crate::store::queue::work::{self, Outcome, Settlement};
use futures::FutureExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};

/// A server that is silent for longer is asked again over a new connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// One message per claimed job, whatever becomes of it.
struct End {
    lease: Lease,
    outcome: Option<Outcome>,
}

/// The duty to say how a run ended; dropped unsaid, the job goes back as not started.
pub(super) struct Report {
    lease: Option<Lease>,
    ends: mpsc::UnboundedSender<End>,
}

impl Report {
    pub fn send(mut self, outcome: Option<Outcome>) {
        self.tell(outcome);
    }
    fn tell(&mut self, outcome: Option<Outcome>) {
        if let Some(lease) = self.lease.take() {
            // Without a driver (the process is ending) the lease lapses, and that says the same.
            let _ = self.ends.send(End { lease, outcome });
        }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        self.tell(Some(Outcome::Unstarted));
    }
}

pub(super) struct Driver {
    hands: Arc<Hands>,
    held: Arc<Held>,
    queue: Arc<str>,
    worker: String,
    kinds: Vec<String>,
    slots: usize,
    lease: Duration,
    poll: Duration,
    link: Link,
    woken: Arc<Notify>,
    stopping: watch::Receiver<bool>,
    jobs: mpsc::UnboundedSender<Claimed>,
    jobs_rx: Option<mpsc::UnboundedReceiver<Claimed>>,
    ends: mpsc::UnboundedReceiver<End>,
    ends_tx: mpsc::UnboundedSender<End>,
    /// Jobs claimed of which no end was told.
    running: usize,
    /// Ends not yet written.
    unwritten: Vec<Settlement>,
    /// Times in a row that ends could not be written.
    failures: u32,
}

impl Driver {
    pub fn new(
        hands: &Arc<Hands>,
        queue: &str,
        worker: &str,
        options: &Options,
        woken: Arc<Notify>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let (jobs, jobs_rx) = mpsc::unbounded_channel();
        let (ends_tx, ends) = mpsc::unbounded_channel();
        Self {
            hands: hands.clone(),
            held: hands.held.clone(),
            queue: queue.into(),
            worker: worker.to_owned(),
            kinds: hands.registry.kinds(),
            slots: options.slots(queue),
            lease: options.lease,
            poll: options.poll,
            link: Link::new(&hands.app.pool, "diaba-queue", options.lease.clamp(Duration::from_secs(1), PATIENCE)),
            woken,
            stopping,
            jobs,
            jobs_rx: Some(jobs_rx),
            ends,
            ends_tx,
            running: 0,
            unwritten: Vec::new(),
            failures: 0,
        }
    }

    pub fn start(mut self) -> Queue {
        let (_, closed) = mpsc::unbounded_channel();
        let jobs = self.jobs_rx.take().unwrap_or(closed);
        let stopping = self.stopping.clone();
        let ended: Ended = tokio::spawn(self.run()).map(drop).boxed().shared();
        Queue::new(jobs, ended, stopping)
    }

    async fn run(mut self) {
        let mut look = true;
        loop {
            while let Ok(end) = self.ends.try_recv() {
                self.note(end);
            }
            let stopping = *self.stopping.borrow() || self.stopping.has_changed().is_err() || self.jobs.is_closed();
            if !self.settle().await {
                continue;
            }
            if stopping && self.running == 0 && self.unwritten.is_empty() {
                return;
            }
            let room = self.slots - self.running;
            if look && !stopping && room > 0 {
                match self.claim(room).await {
                    Ok(claimed) => look = claimed == room,
                    Err(error) => self.pause("jobs could not be fetched", &error).await,
                }
            }
            if look && !stopping && self.running < self.slots {
                continue;
            }
            tokio::select! {
                Some(end) = self.ends.recv() => self.note(end),
                () = self.woken.notified(), if !stopping => look = true,
                () = tokio::time::sleep(self.poll), if !stopping => look = true,
                _ = self.stopping.changed(), if !stopping => {}
                () = self.jobs.closed(), if !stopping => {}
            }
        }
    }

    fn note(&mut self, end: End) {
        self.running -= 1;
        match end.outcome {
            Some(outcome) => self.unwritten.push(Settlement { id: end.lease.id, token: end.lease.token, outcome }),
            None => self.held.release(end.lease.token),
        }
    }

    /// Writes what has ended. False: it could not be, and is kept for the next time.
    async fn settle(&mut self) -> bool {
        if self.unwritten.is_empty() {
            return true;
        }
        let patience = self.link.patience();
        let result = match self.link.open().await {
            Ok(conn) => in_time(patience, work::settle(conn, &self.unwritten)).await,
            Err(e) => Err(e),
        };
        match self.link.check(result) {
            Ok(settled) => {
                let lost = self.unwritten.len() - settled.kept;
                if lost > 0 {
                    tracing::warn!(queue = &*self.queue, lost, "late ends refused: other runs have these jobs");
                    metrics::counter!("diaba_job_lease_lost_total").increment(lost as u64);
                }
                for (id, kind, error) in settled.dead {
                    tracing::error!(job = %id, kind, error, "dead letter");
                }
                self.failures = 0;
            }
            Err(error) => {
                self.failures += 1;
                // A server that answers, and refuses this again and again: let the leases lapse rather than stand still.
                if !(error.as_database_error().is_some() && self.failures > 20) {
                    self.pause("ends of jobs could not be written", &error).await;
                    return false;
                }
                tracing::error!(%error, jobs = self.unwritten.len(), "ends of jobs given up, their leases will lapse");
            }
        }
        for end in std::mem::take(&mut self.unwritten) {
            self.held.release(end.token);
        }
        true
    }

    async fn claim(&mut self, room: usize) -> sqlx::Result<usize> {
        let patience = self.link.patience();
        let result = match self.link.open().await {
            Ok(conn) => {
                let claim = work::claim(conn, &self.queue, &self.kinds, room, self.lease, &self.worker);
                in_time(patience, claim).await
            }
            Err(e) => Err(e),
        };
        let claims = self.link.check(result)?;
        let count = claims.len();
        for (lease, args) in claims {
            let budget = self.hands.registry.spec(&lease.kind).map_or(self.lease, |s| s.timeout() + self.lease);
            self.held.take(&lease, budget);
            self.running += 1;
            let report = Report { lease: Some(lease.clone()), ends: self.ends_tx.clone() };
            // A worker that is gone drops the job, and the report tells us so.
            let _ = self.jobs.send(Claimed { lease, args, report });
        }
        Ok(count)
    }

    async fn pause(&self, what: &str, error: &sqlx::Error) {
        tracing::warn!(queue = &*self.queue, %error, "{what}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
