use super::intake::{names, place};
use crate::app::App;
use crate::domain::paper::Paper;
use crate::domain::staff::Purpose;
use crate::domain::text::fold::squeezed;
use crate::domain::verify::PaperFacts;
use crate::flow::{Error, Result};
use crate::store;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The papers of a case as a verification reads them: the latest version of each, opened, in the order of their ids. Each is
/// a read of personal data by `actor` for [`Purpose::Verify`], logged on `conn` (the caller's transaction).
pub async fn facts_of_case(app: &App, conn: &mut PgConnection, case: Uuid, actor: &str) -> Result<Vec<PaperFacts>> {
    let rows = store::paper::latest_of_case(conn, case).await?;
    let mut facts = Vec::with_capacity(rows.len());
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    for row in rows {
        let place = place(row.id, row.version);
        store::audit::personal_data_read(conn, app.clock.now(), actor, case, &place, Purpose::Verify.as_str()).await?;
        let paper: Paper = serde_json::from_slice(&app.vault.open(&place, &row.sealed)?).map_err(broken)?;
        facts.push(PaperFacts {
            id: row.id,
            version: row.version,
            sha256: row.facts_sha256,
            complete: row.complete,
            paper,
            scan: row.scan.map(serde_json::from_value).transpose().map_err(broken)?,
        });
    }
    Ok(facts)
}

/// How lists of papers may name the complete papers of a case: their kinds, and what free papers call themselves, in letters
/// and digits only. Nothing else of them is looked at.
pub(crate) async fn names_of_case(app: &App, conn: &mut PgConnection, case: Uuid) -> Result<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for row in store::paper::latest_of_case(conn, case).await?.into_iter().filter(|r| r.complete) {
        if row.kind != "other" {
            all.insert(squeezed(&row.kind));
            continue;
        }
        let plain = app.vault.open(&place(row.id, row.version), &row.sealed)?;
        let paper: Paper = serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?;
        all.extend(names(&paper));
    }
    Ok(all)
}
