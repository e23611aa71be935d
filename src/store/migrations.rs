//! The schema this program was built for.

use sqlx::migrate::Migrator;
use sqlx::{PgConnection, PgPool};

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

/// Number of migrations the database has; 0 for an empty one.
pub async fn applied(pool: &PgPool) -> sqlx::Result<usize> {
    let there: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(pool).await?;
    if !there {
        return Ok(0);
    }
    let n: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success").fetch_one(pool).await?;
    Ok(n as usize)
}

/// No table that holds what was may be emptied; new ones are found by themselves.
pub async fn keep_history(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query("select keep_from_truncate()").execute(conn).await?;
    Ok(())
}
