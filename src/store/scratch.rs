//! Databases made for one run and dropped after it.

use sqlx::{AssertSqlSafe, PgPool};

/// Name of the database with this number.
pub fn name(number: u32) -> String {
    format!("diaba_year_{number}")
}

/// Makes it, empty, on the server of `pool`; what an earlier run left under the number goes first.
pub async fn create(pool: &PgPool, number: u32) -> sqlx::Result<()> {
    drop(pool, number).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("create database {}", name(number)))).execute(pool).await?;
    Ok(())
}

pub async fn drop(pool: &PgPool, number: u32) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(format!("drop database if exists {} with (force)", name(number))))
        .execute(pool)
        .await?;
    Ok(())
}
