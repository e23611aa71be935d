//! What the database itself forbids about parcels, whoever writes.

use crate::test_app::TestApp;
use crate::ward::{mapped, threaded};
use sqlx::PgPool;

/// SQLSTATE of a statement that must fail.
async fn refused(pool: &PgPool, sql: &'static str) -> String {
    let error = sqlx::query(sql).execute(pool).await.expect_err(sql);
    error.as_database_error().and_then(|e| e.code()).map(|c| c.into_owned()).unwrap_or_else(|| panic!("{sql}: {error}"))
}

const EXCLUDED: &str = "23P01";
const UNKNOWN: &str = "23503";
const KEPT: &str = "23001";
const TWICE: &str = "23505";

macro_rules! copied {
    ($version:literal, $valid:literal) => {
        concat!(
            "insert into parcel_version (zone, parcel_id, version, commune_code, sheet, number, row_hash, valid)
             select zone, parcel_id, ",
            $version,
            ", commune_code, sheet, number, row_hash, ",
            $valid,
            " from parcel_version where number = '345' and version = 1"
        )
    };
}

#[sqlx::test(migrations = "./migrations")]
async fn a_parcel_has_one_history_without_overlap(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = mapped(pool).await;
        let pool = &t.app.pool;
        assert_eq!(refused(pool, copied!("2", "tstzrange(lower(valid), null)")).await, TWICE, "two are current");
        assert_eq!(refused(pool, copied!("2", "tstzrange(lower(valid) + '1 h', lower(valid) + '2 h')")).await, EXCLUDED);
        let before = copied!("3", "tstzrange(lower(valid) - interval '2 h', lower(valid))");
        sqlx::query(before).execute(pool).await.unwrap();
        let within = copied!("4", "tstzrange(lower(valid) - interval '1 h', lower(valid) - interval '30 min')");
        assert_eq!(refused(pool, within).await, EXCLUDED, "two that ended");
        let wider = "update parcel_version set valid = tstzrange(lower(valid) - interval '1 min', null) where number = '345' and version = 1";
        assert_eq!(refused(pool, wider).await, KEPT, "the first is made to begin earlier");

        let stranger = "insert into parcel_version (zone, parcel_id, version, commune_code, sheet, number, row_hash, valid)
            select zone, gen_random_uuid(), 1, commune_code, sheet, number, row_hash, valid from parcel_version limit 1";
        assert_eq!(refused(pool, stranger).await, UNKNOWN);
        let nowhere = "update parcel_version set layer_version_id = 999999 where number = '345'";
        assert_eq!(refused(pool, nowhere).await, KEPT);
        let name = "insert into parcel_alias (zone, parcel_id, commune_code, sheet, number, reason, valid)
            select zone, gen_random_uuid(), commune_code, sheet, number, reason, valid from parcel_alias limit 1";
        assert_eq!(refused(pool, name).await, UNKNOWN);
        assert_eq!(refused(pool, "delete from parcel").await, KEPT);
        assert_eq!(refused(pool, "delete from layer_version").await, KEPT);
        assert_eq!(refused(pool, "delete from parcel_version").await, KEPT);
        assert_eq!(refused(pool, "update parcel_alias set number = '1'").await, KEPT);
        assert_eq!(refused(pool, "update parcel_version_5899 set map_area = 1").await, KEPT, "nor by way of the partition");
        let end = "update parcel_version set valid = tstzrange(lower(valid), now()) where number = '346'";
        sqlx::query(end).execute(pool).await.unwrap();
        assert_eq!(refused(pool, end).await, KEPT, "a version ends once");
    })
    .await;
}

/// Every table, those of later migrations too, and every partition of a parcel's history.
#[sqlx::test(migrations = "./migrations")]
async fn no_table_is_emptied_that_holds_what_was(pool: PgPool) {
    let t = TestApp::with_data(pool).await;
    let pool = &t.app.pool;
    let tables: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_class c
          where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not like 'feature_%'
            and c.relname <> all(may_be_emptied()) and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(tables.len() > 150, "{}", tables.len());
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("truncate {table} cascade"));
        let error = sqlx::query(sql).execute(pool).await.expect_err(&table);
        let code = error.as_database_error().and_then(|e| e.code()).map(|c| c.into_owned());
        assert_eq!(code.as_deref(), Some(KEPT), "{table}: {error}");
    }
}
