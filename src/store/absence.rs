//! Who is away, and who can do what.

use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, FromRow)]
pub struct AbsenceRow {
    pub id: Uuid,
    pub staff_id: Uuid,
    pub first_day: Date,
    pub last_day: Date,
    /// leave, sick, training, other.
    pub kind: String,
    pub made_by: String,
    pub made_at: OffsetDateTime,
    pub ended_at: Option<OffsetDateTime>,
}

/// Inserts; false when the person is away on one of these days already.
pub async fn insert(conn: &mut PgConnection, a: &AbsenceRow) -> sqlx::Result<bool> {
    let done = sqlx::query(
        "insert into absence (id, staff_id, first_day, last_day, kind, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(a.id)
    .bind(a.staff_id)
    .bind(a.first_day)
    .bind(a.last_day)
    .bind(&a.kind)
    .bind(&a.made_by)
    .bind(a.made_at)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Absences that are not over before `day` and were not called off, soonest first.
pub async fn from_day(conn: &mut PgConnection, day: Date) -> sqlx::Result<Vec<AbsenceRow>> {
    sqlx::query_as(
        "select id, staff_id, first_day, last_day, kind, made_by, made_at, ended_at from absence
         where ended_at is null and last_day >= $1 order by first_day, id",
    )
    .bind(day)
    .fetch_all(conn)
    .await
}

/// Calls an absence off. None: there is no such one.
pub async fn end(conn: &mut PgConnection, id: Uuid, at: OffsetDateTime) -> sqlx::Result<Option<AbsenceRow>> {
    sqlx::query_as(
        "update absence set ended_at = $2 where id = $1 and ended_at is null
         returning id, staff_id, first_day, last_day, kind, made_by, made_at, ended_at",
    )
    .bind(id)
    .bind(at)
    .fetch_optional(conn)
    .await
}

pub async fn skills(conn: &mut PgConnection, staff: Uuid) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar("select skill from staff_skill where staff_id = $1 order by skill")
        .bind(staff)
        .fetch_all(conn)
        .await
}

pub async fn set_skills(conn: &mut PgConnection, staff: Uuid, skills: &[String]) -> sqlx::Result<()> {
    sqlx::query("delete from staff_skill where staff_id = $1 and skill <> all($2)")
        .bind(staff)
        .bind(skills)
        .execute(&mut *conn)
        .await?;
    sqlx::query("insert into staff_skill (staff_id, skill) select $1, unnest($2::text[]) on conflict do nothing")
        .bind(staff)
        .bind(skills)
        .execute(conn)
        .await?;
    Ok(())
}
