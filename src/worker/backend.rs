//! Our queue as apalis sees it.

use super::Ended;
use super::driver::Report;
use crate::store::queue::Lease;
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::layers::Identity;
use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use futures::FutureExt as _;
use serde_json::Value;
use std::task::{Context, Poll};
use tokio::sync::{mpsc, watch};

/// A job on its way to a handler. Dropped before it was started, it goes back to the queue.
pub(super) struct Claimed {
    pub lease: Lease,
    pub args: Value,
    pub report: Report,
}

/// What a [`super::driver::Driver`] has claimed. An outage is no error here, the driver waits it out by itself.
pub(super) struct Queue {
    jobs: mpsc::UnboundedReceiver<Claimed>,
    ended: Ended,
    stopping: watch::Receiver<bool>,
}

/// Our fault (a panic in the driver): the monitor makes a new worker with a new driver.
#[derive(Debug, thiserror::Error)]
#[error("the driver of this queue has ended")]
pub(super) struct DriverEnded;

impl Queue {
    pub fn new(jobs: mpsc::UnboundedReceiver<Claimed>, ended: Ended, stopping: watch::Receiver<bool>) -> Self {
        Self { jobs, ended, stopping }
    }

    /// Completes when the driver has written everything and is gone.
    pub fn ended(&self) -> Ended {
        self.ended.clone()
    }
}

impl Backend for Queue {
    type Task = Task<Claimed>;
    type Error = DriverEnded;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), DriverEnded>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Task<Claimed>, DriverEnded>>> {
        match self.jobs.poll_recv(cx) {
            Poll::Ready(Some(job)) => Poll::Ready(Some(Ok(Task::new(job)))),
            // Told to stop, the driver may be gone a moment before apalis knows; apalis wakes the worker then.
            Poll::Ready(None) if *self.stopping.borrow() => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(Some(Err(DriverEnded))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn poll_close(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), DriverEnded>> {
        self.jobs.close();
        while self.jobs.try_recv().is_ok() {}
        self.ended.poll_unpin(cx).map(Ok)
    }
}

impl BackendConfig for Queue {
    type Args = Claimed;
    type Id = uuid::Uuid;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}
