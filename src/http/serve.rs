//! Listening, and stopping without cutting anybody off.

use super::router;
use crate::app::App;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// Requests under way when the service is told to stop get this long to end; streams are cut then.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves on `listener` until `stop` resolves, then lets requests under way end.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (told, mut heard) = tokio::sync::watch::channel(false);
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let graceful = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        told.send_replace(true);
    });
    let drained = async move {
        // An error means the sender is gone: the server has ended by itself.
        if heard.wait_for(|stopping| *stopping).await.is_ok() {
            tokio::time::sleep(DRAIN).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = graceful => ended,
        () = drained => {
            tracing::warn!("some connections were still open after {} s and are cut", DRAIN.as_secs());
            Ok(())
        }
    }
}
