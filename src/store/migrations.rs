//! The schema this program was built for.

use sqlx::PgPool;
use sqlx::migrate::Migrator;

pub static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// Number of migrations the database still lacks, or that it has and this program does not know.
pub async fn out_of_step(pool: &PgPool) -> sqlx::Result<usize> {
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select version, checksum from _sqlx_migrations where success").fetch_all(pool).await?;
    let known: Vec<_> = MIGRATOR.iter().collect();
    let missing =
        known.iter().filter(|m| !applied.iter().any(|(v, sum)| *v == m.version && *sum == *m.checksum)).count();
    let unknown = applied.iter().filter(|(v, _)| !known.iter().any(|m| m.version == *v)).count();
    Ok(missing + unknown)
}
