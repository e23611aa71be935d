//! The maps as they stand while a run is planned.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// Until the transaction ends nothing is published or withdrawn; those at it are waited for.
pub async fn hold_maps(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("select pg_advisory_xact_lock(hashtext('diaba.maps'))").execute(conn).await?;
    Ok(())
}

/// A publication, beside others but never while a run is planned. The instant after which it must lie: that of the last run that is
/// still going.
pub async fn publishing(conn: &mut PgConnection) -> sqlx::Result<Option<OffsetDateTime>> {
    sqlx::query("select pg_advisory_xact_lock_shared(hashtext('diaba.maps'))").execute(&mut *conn).await?;
    sqlx::query_scalar(
        "select max((pins ->> 'at')::timestamptz) from verification_run where state in ('planning', 'running', 'paused')",
    )
    .fetch_one(conn)
    .await
}

/// Now, but not before the last change of a map.
pub async fn moment(conn: &mut PgConnection, now: OffsetDateTime) -> sqlx::Result<OffsetDateTime> {
    sqlx::query_scalar("select greatest($1::timestamptz, max(published_at), max(superseded_at)) from layer_version")
        .bind(now)
        .fetch_one(conn)
        .await
}

/// Published layer versions of each zone that has parcels or maps.
pub async fn published(conn: &mut PgConnection) -> sqlx::Result<Vec<(i32, Vec<i64>)>> {
    sqlx::query_as("select zone, array_agg(id order by id) from layer_version where state = 'published' group by zone")
        .fetch_all(conn)
        .await
}
