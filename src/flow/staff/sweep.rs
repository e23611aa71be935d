use super::throttle::LONGEST;
use crate::app::App;
use crate::flow::Result;
use crate::store;
use time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    pub sessions: u64,
    pub idempotency_keys: u64,
    pub sign_in_failures: u64,
}

/// Forgets sessions that are over, idempotency keys older than a day, and failed sign-ins that count no more. May run at any time, any number of times.
pub async fn sweep(app: &App) -> Result<Swept> {
    let mut conn = app.pool.acquire().await?;
    let now = app.clock.now();
    Ok(Swept {
        sessions: store::staff::forget_sessions(&mut conn, now).await?,
        idempotency_keys: store::idempotency::forget(&mut conn, now - Duration::DAY).await?,
        sign_in_failures: store::sign_in::forget(&mut conn, now - LONGEST).await?,
    })
}
