//! Which act does which job.

use crate::app::App;
use crate::flow::job::{LEASE_LOST, Spec, Specs};
use crate::flow::{self, job};
use crate::store::queue::{Lease, LeaseError};
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// How a handler can fail.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// May go well another time: tried again after the kind's back-off, while attempts are left.
    #[error("{0}")]
    Retry(String),
    /// Cannot go well: a dead letter at once.
    #[error("{0}")]
    Fatal(String),
    /// Another run has the job; nothing of this one stays, and nothing is written.
    #[error("lease lost")]
    LeaseLost,
}

impl From<flow::Error> for JobError {
    fn from(e: flow::Error) -> Self {
        use flow::Error as E;
        match &e {
            E::Conflict { code: LEASE_LOST, .. } => Self::LeaseLost,
            E::NotFound { .. } | E::Refused(_) | E::Forbidden(_) => Self::Fatal(e.to_string()),
            E::Conflict { .. } | E::Unavailable(_) | E::Broken(_) => {
                Self::Retry(format!("{:#}", anyhow::Error::new(e)))
            }
        }
    }
}

impl From<LeaseError> for JobError {
    fn from(e: LeaseError) -> Self {
        match e {
            LeaseError::Lost => Self::LeaseLost,
            LeaseError::Sql(e) => e.into(),
        }
    }
}

impl From<sqlx::Error> for JobError {
    fn from(e: sqlx::Error) -> Self {
        Self::Retry(e.to_string())
    }
}

type Handler = Arc<dyn Fn(App, Lease, Value) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// Job kinds with their handlers, over their descriptions.
#[derive(Clone)]
pub struct Registry {
    specs: Specs,
    handlers: BTreeMap<String, Handler>,
}

/// All kinds of this service.
pub fn registry() -> anyhow::Result<Registry> {
    let specs = Specs::shipped().map_err(anyhow::Error::msg)?;
    Ok(Registry::new(specs.clone())
        .on("reap", |app, lease, Nothing {}| async move { Ok(job::reap(&app, &lease).await?) })
        .on("purge_finished", |app, lease, Nothing {}| async move { Ok(job::purge_finished(&app, &lease).await?) })
        .on("purge_sessions", |app, lease, Nothing {}| async move { Ok(job::purge_sessions(&app, &lease).await?) })
        .on("advance_plans", |app, lease, Nothing {}| async move { Ok(flow::plan::sweep(&app, &lease).await?) })
        .on("extend_chain", |app, lease, Nothing {}| async move { Ok(flow::proof::extend(&app, &lease).await?) })
        .on("sign_head", |app, lease, Nothing {}| async move { Ok(flow::proof::sign_head(&app, &lease).await?) })
        .on("watch_clocks", |app, lease, Nothing {}| async move { Ok(flow::case::watch_clocks(&app, &lease).await?) })
        .on("watch_contracts", |app, lease, Nothing {}| async move {
            Ok(flow::contract::watch_contracts(&app, &lease).await?)
        })
        .on(
            "watch_links",
            |app, lease, Nothing {}| async move { Ok(flow::hand_over::watch_links(&app, &lease).await?) },
        )
        .on("watch_sheets", |app, lease, Nothing {}| async move { Ok(flow::advice::watch_sheets(&app, &lease).await?) })
        .on("find_stuck", |app, lease, Nothing {}| async move { Ok(flow::case::find_stuck(&app, &lease).await?) })
        .on("remind_requests", |app, lease, Nothing {}| async move {
            Ok(flow::paper_request::remind_requests(&app, &lease).await?)
        })
        .on("settle_batch", |app, lease, BatchArgs { batch_id }| async move {
            Ok(flow::field::settle_batch(&app, &lease, batch_id).await?)
        })
        .on("remind_obligations", |app, lease, Nothing {}| async move {
            Ok(flow::obligation::remind_obligations(&app, &lease).await?)
        })
        .on("send_surveys", |app, lease, Nothing {}| async move { Ok(flow::survey::send_surveys(&app, &lease).await?) })
        .on(
            "erase_expired",
            |app, lease, Nothing {}| async move { Ok(flow::retention::erase_expired(&app, &lease).await?) },
        )
        .on("begin_watch", |app, lease, CaseArgs { case_id }| async move {
            Ok(flow::watch::begin_watch(&app, &lease, case_id).await?)
        })
        .on("watch_rules", |app, lease, Nothing {}| async move { Ok(flow::watch::watch_rules(&app, &lease).await?) })
        .on("watch_parcels", |app, lease, WatchArgs { layer_version_id, replaced }| async move {
            Ok(flow::watch::watch_parcels(&app, &lease, layer_version_id, replaced).await?)
        })
        .on("import_layer", |app, lease, ImportArgs { import_id }| async move {
            Ok(flow::layer::run_import(&app, &lease, import_id).await?)
        })
        .on("plan_batch", |app, lease, PlanArgs { run_id }| async move {
            Ok(flow::batch::plan(&app, &lease, run_id).await?)
        })
        .on("verify_chunk", |app, lease, ChunkArgs { run_id, no }| async move {
            Ok(flow::batch::run_chunk(&app, &lease, run_id, no).await?)
        })
        .on("verify_case", |app, lease, VerifyArgs { case_id, by }| async move {
            Ok(flow::verification::run_requested(&app, &lease, case_id, by).await?)
        }))
}

/// Arguments of a job that needs none.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

/// `by`: the member of staff who asked.
#[derive(Debug, serde::Deserialize)]
struct VerifyArgs {
    case_id: Uuid,
    by: Option<Uuid>,
}

#[derive(Debug, serde::Deserialize)]
struct CaseArgs {
    case_id: Uuid,
}

/// The version that was published, and the one it replaced.
#[derive(Debug, serde::Deserialize)]
struct WatchArgs {
    layer_version_id: i64,
    replaced: Option<i64>,
}

#[derive(Debug, serde::Deserialize)]
struct PlanArgs {
    run_id: Uuid,
}

#[derive(Debug, serde::Deserialize)]
struct ChunkArgs {
    run_id: Uuid,
    no: i32,
}

#[derive(Debug, serde::Deserialize)]
struct BatchArgs {
    batch_id: Uuid,
}

#[derive(Debug, serde::Deserialize)]
struct ImportArgs {
    import_id: Uuid,
}

impl Registry {
    pub fn new(specs: Specs) -> Self {
        Self { specs, handlers: BTreeMap::new() }
    }

    /// Says who does jobs of `kind`. Arguments that do not decode make a dead letter at once. Work that computes for longer
    /// than some milliseconds belongs into `tokio::task::spawn_blocking`. A handler with an effect in the database calls
    /// `lease.complete(&mut tx)` in the effect's transaction; one without may simply return.
    pub fn on<A, F, Fut>(mut self, kind: &str, handler: F) -> Self
    where
        A: DeserializeOwned + Send + 'static,
        F: Fn(App, Lease, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let handler = Arc::new(handler);
        let decoding: Handler = Arc::new(move |app, lease, args| {
            let handler = handler.clone();
            Box::pin(async move {
                let args = serde_json::from_value(args).map_err(|e| JobError::Fatal(format!("arguments: {e}")))?;
                handler(app, lease, args).await
            })
        });
        self.handlers.insert(kind.to_owned(), decoding);
        self
    }

    /// Every description has a handler and every handler a description, and every timetable can be read.
    pub fn check(&self) -> Result<(), String> {
        let described: BTreeSet<_> = self.specs.0.keys().collect();
        let handled: BTreeSet<_> = self.handlers.keys().collect();
        if described != handled {
            let differ: Vec<_> = described.symmetric_difference(&handled).collect();
            return Err(format!("kinds with a description or a handler, but not both: {differ:?}"));
        }
        self.scheduled().try_for_each(|s| super::timetable::schedule(s).map(drop))
    }

    /// The kinds of one queue alone.
    #[must_use]
    pub fn only(mut self, queue: &str) -> Self {
        self.specs.0.retain(|_, s| s.queue == queue);
        self.handlers.retain(|kind, _| self.specs.0.contains_key(kind));
        self
    }

    /// Does one delivery of a job here and now: what the worker does, without its budget. For tests of double delivery.
    pub async fn deliver(&self, app: &App, lease: &Lease, args: Value) -> Result<(), JobError> {
        let handler = self.handler(&lease.kind).ok_or_else(|| JobError::Fatal(format!("no kind {}", lease.kind)))?;
        handler(app.clone(), lease.clone(), args).await
    }

    pub fn knows(&self, kind: &str) -> bool {
        self.handlers.contains_key(kind)
    }

    pub(super) fn spec(&self, kind: &str) -> Option<&Spec> {
        self.specs.0.get(kind)
    }

    pub(super) fn handler(&self, kind: &str) -> Option<&Handler> {
        self.handlers.get(kind)
    }

    pub(super) fn scheduled(&self) -> impl Iterator<Item = &Spec> {
        self.specs.0.values().filter(|s| s.cron.is_some())
    }

    pub(super) fn kinds(&self) -> Vec<String> {
        self.handlers.keys().cloned().collect()
    }

    pub(super) fn queues(&self) -> BTreeSet<String> {
        self.specs.0.values().map(|s| s.queue.clone()).collect()
    }
}
