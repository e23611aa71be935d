//! Logs and metrics of the process. Logs go to standard error: for people by default, as JSON with `DIABA_LOG_FORMAT=json`;
//! `RUST_LOG` chooses what is said.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

/// Starts logging at `usual` unless `RUST_LOG` says otherwise; a second call changes nothing.
#[allow(clippy::disallowed_methods, reason = "settings of the log are read before anything else")]
pub fn start_logging(usual: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match std::env::var("DIABA_LOG_FORMAT").as_deref() {
        Ok("json") => builder.json().flatten_event(true).try_init(),
        _ => builder.with_target(false).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logging was already started");
    }
}

/// The metrics of this process, in the text format of Prometheus by `render()`.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];
        let builder = PrometheusBuilder::new();
        let recorder = match builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS) {
            Ok(b) => b.build_recorder(),
            Err(_) => PrometheusBuilder::new().build_recorder(),
        };
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another metrics recorder was already there: /metrics will be empty");
        }
        handle
    })
}
