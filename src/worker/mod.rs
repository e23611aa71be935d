//! The door through which background work comes in: apalis' workers over our own queue. Decides only whether a failure is
//! tried again; everything else is an act of `flow`.
//!
//! One [`driver`] per queue claims and settles on a connection of its own and hands jobs to an apalis worker; one thread,
//! outside the async runtime, keeps the leases alive ([`keeper`]), so that no handler can starve them.

mod backend;
mod driver;
mod execute;
mod held;
mod keeper;
mod link;
mod registry;
mod timetable;
mod wake;

pub use registry::{JobError, Registry, registry};
pub use timetable::settled;

use crate::app::App;
use anyhow::{Context as _, anyhow};
use apalis::prelude::{Monitor, WorkerBuilder};
use backend::Queue;
use driver::Driver;
use execute::{Hands, run_one};
use futures::future::{BoxFuture, Shared};
use held::Held;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// How a worker process works.
#[derive(Clone)]
pub struct Options {
    /// Jobs that run at once, per queue.
    pub slots: BTreeMap<String, usize>,
    /// The same for queues not named in `slots`.
    pub other_slots: usize,
    /// A job whose worker has been silent for this long is given to another.
    pub lease: Duration,
    /// An idle queue is looked at this often, besides the wake-up call at each enqueue.
    pub poll: Duration,
    /// After the signal to stop, running jobs have this long; then they are given back.
    pub grace: Duration,
    /// Whose clock the timetable goes by.
    pub timetable: Timetable,
    /// Numbers from 0 to 1, by chance.
    pub jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
}

/// Whose clock scheduled jobs go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timetable {
    /// That of this machine.
    System,
    /// `app.clock`, which a simulation moves: what it passes is fired, in the order of its times, one job after the other.
    App,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            slots: BTreeMap::from([("interactive".to_owned(), 4), ("bulk".to_owned(), 1)]),
            other_slots: 2,
            lease: Duration::from_secs(20),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(20),
            timetable: Timetable::System,
            jitter: Arc::new(rand::random::<f64>),
        }
    }
}

impl Options {
    fn slots(&self, queue: &str) -> usize {
        self.slots.get(queue).copied().unwrap_or(self.other_slots).max(1)
    }
}

type Ended = Shared<BoxFuture<'static, ()>>;

/// Works on all queues of the registry until `stop` completes, then ends gracefully: running jobs get `grace`, jobs not
/// started go back. Survives any outage of the database. Fails only on a registry that does not fit its descriptions.
pub async fn run(
    app: App,
    registry: Registry,
    options: Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    registry.check().map_err(|e| anyhow!("jobs: {e}"))?;
    let (stop_tx, stopping) = watch::channel(false);
    let held = Arc::new(Held::default());
    let keeper = keeper::start(&app.pool, held.clone(), options.lease).context("lease keeper")?;
    let queues: BTreeMap<String, Arc<tokio::sync::Notify>> =
        registry.queues().into_iter().map(|q| (q, Arc::default())).collect();
    let waker = tokio::spawn(wake::listen(app.pool.clone(), queues.clone(), stopping.clone()));
    let hands = Arc::new(Hands { app: app.clone(), registry, held: held.clone(), jitter: options.jitter.clone() });
    let drivers: Arc<Mutex<Vec<Ended>>> = Arc::default();

    let mut monitor = Monitor::new().should_restart(|worker, error| {
        tracing::error!(worker = worker.name(), %error, "worker ended, starting it again");
        true
    });
    for (queue, woken) in queues {
        let (hands, options, stopping, drivers) = (hands.clone(), options.clone(), stopping.clone(), drivers.clone());
        monitor = monitor.register(move |_| {
            let name = worker_name(&hands.app, &queue);
            let driver = Driver::new(&hands, &queue, &name, &options, woken.clone(), stopping.clone());
            let backend: Queue = driver.start();
            drivers.lock().unwrap_or_else(|e| e.into_inner()).push(backend.ended());
            WorkerBuilder::new(name.as_str()).backend(backend).data(hands.clone()).build(execute::execute)
        });
    }
    let following = match options.timetable {
        Timetable::System => {
            monitor = timetable::register(monitor, &hands)?;
            None
        }
        Timetable::App => Some(tokio::spawn(timetable::follow(hands.clone()))),
    };
    let signal = async move {
        stop.await;
        tracing::info!("worker: stopping");
        stop_tx.send_replace(true);
        Ok(())
    };
    let ended = monitor.shutdown_timeout(options.grace).run_with_signal(signal).await;
    // What the workers dropped is given back by the drivers, which outlive them; a database that is away is not waited for.
    let drivers = std::mem::take(&mut *drivers.lock().unwrap_or_else(|e| e.into_inner()));
    let _ = tokio::time::timeout(Duration::from_secs(5), futures::future::join_all(drivers)).await;
    waker.abort();
    if let Some(following) = following {
        following.abort();
    }
    keeper.stop().await;
    ended.map_err(|e| anyhow!("worker: {e}"))
}

/// Runs all due jobs in this task until none is left, without timetable or waiting: for tests and one-off commands. Returns
/// how many runs there were.
pub async fn drain(app: &App, registry: Registry) -> anyhow::Result<usize> {
    use crate::store::queue::work;
    let (queues, kinds) = (registry.queues(), registry.kinds());
    let held = Arc::new(Held::default());
    let hands = Arc::new(Hands { app: app.clone(), registry, held, jitter: Arc::new(|| 0.5) });
    let name = worker_name(app, "drain");
    let mut runs = 0;
    loop {
        let before = runs;
        for queue in &queues {
            let queue: Arc<str> = queue.as_str().into();
            let mut conn = app.pool.acquire().await?;
            let claims = work::claim(&mut conn, &queue, &kinds, 1, Duration::from_secs(3600), &name).await?;
            drop(conn);
            for (lease, args) in claims {
                runs += 1;
                if let Some(outcome) = run_one(&hands, &lease, args).await {
                    let mut conn = app.pool.acquire().await?;
                    work::settle(&mut conn, &[work::Settlement { id: lease.id, token: lease.token, outcome }]).await?;
                }
            }
        }
        if runs == before {
            return Ok(runs);
        }
    }
}

/// A fresh name per start: nothing is ever taken for its predecessor.
fn worker_name(app: &App, queue: &str) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "host" } else { host.trim() };
    format!("{queue}@{host}-{}-{}", std::process::id(), app.clock.new_id().simple())
}
