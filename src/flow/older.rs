//! What an older program kept otherwise, brought to what this one keeps: words of people in clear are sealed (they were since migration
//! 0122), and the term of a dossier that was answered follows its clock (since 0123). Run at setup; the second time finds nothing.

use super::{Result, case, paper_request, task};
use crate::app::App;
use crate::store::older;
use sqlx::PgConnection;

/// How many rows were brought over.
pub(super) async fn bring_over(app: &App, conn: &mut PgConnection) -> Result<usize> {
    Ok(reasons(app, conn).await? + places(app, conn).await? + titles(app, conn).await? + terms(app, conn).await?)
}

async fn reasons(app: &App, conn: &mut PgConnection) -> Result<usize> {
    let mut sealed = Vec::new();
    for r in older::reasons(conn).await? {
        let place = task::event_place(r.task_id, &r.what, r.at);
        sealed.push((r.id, app.vault.seal(&place, r.reason.as_bytes())?));
    }
    older::seal_reasons(conn, &sealed).await?;
    Ok(sealed.len())
}

async fn places(app: &App, conn: &mut PgConnection) -> Result<usize> {
    let rows = older::places(conn).await?;
    for r in &rows {
        let sealed = match r.of_agency {
            true => None,
            false => Some(app.vault.seal(&task::where_place(r.id), r.place_text.as_bytes())?),
        };
        let own = r.appointment_at.filter(|_| r.kind == task::APPOINTMENT);
        older::seal_place(conn, r.id, sealed, own.map(|at| task::subject(app, at, &r.place_text))).await?;
    }
    Ok(rows.len())
}

async fn titles(app: &App, conn: &mut PgConnection) -> Result<usize> {
    let mut found = older::titles(conn).await?;
    found.retain(|(_, name)| !app.book.procedures.names_paper(name));
    for (id, title) in &found {
        let sealed = app.vault.seal(&paper_request::title_place(*id), title.as_bytes())?;
        older::seal_title(conn, *id, sealed, paper_request::title_print(app, title)).await?;
    }
    Ok(found.len())
}

async fn terms(app: &App, conn: &mut PgConnection) -> Result<usize> {
    let mut other = Vec::new();
    for (case, submission, step, held) in older::answered(conn).await? {
        let due = case::term_of(app, conn, case, submission).await?;
        if due != held {
            other.push((step, due));
        }
    }
    older::set_terms(conn, &other).await?;
    Ok(other.len())
}
