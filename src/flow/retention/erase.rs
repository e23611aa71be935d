//! The daily job: personal data whose time is over is deleted, case by case, each with its certificate.

use super::read::rule_of;
use crate::app::App;
use crate::domain::calendar::{day_begins, day_of};
use crate::domain::case::Happened;
use crate::domain::retention::{CERTIFICATE, Certificate, Rule, Rules};
use crate::flow::case::{lock, record};
use crate::flow::job::Each;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::audit::{self, Deed};
use crate::store::queue::Lease;
use crate::store::retention::{self as store, EndedRow, ErasureRow};
use crate::store::{archive, field_batch as batches, verification};
use serde_json::json;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

/// Each case is a transaction of its own: rows and certificate first, then its files leave the store. A run that was
/// interrupted goes on where it was: what is erased is not found again, files that were left are.
pub async fn erase_expired(app: &App, lease: &Lease) -> Result<()> {
    let by = Actor::system("erase_expired");
    let (mut each, mut after) = (Each::default(), Uuid::nil());
    loop {
        let page = store::ended(&mut *app.pool.acquire().await?, after, None, 200).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in page {
            each.take(row.id, erase_due(app, &by, &row).await)?;
        }
    }
    remove_files(app).await?;
    stray(app, &by, &mut each).await?;
    each.end(app, lease).await
}

async fn erase_due(app: &App, by: &Actor, row: &EndedRow) -> Result<()> {
    let today = app.clock.today();
    if rule_of(row, today)?.is_some_and(|(_, due)| due <= today) {
        erase(app, by, row.id).await?;
    }
    Ok(())
}

async fn erase(app: &App, by: &Actor, id: Uuid) -> Result<()> {
    let today = app.clock.today();
    let mut tx = begin(app).await?;
    lock(&mut tx, id).await?;
    // Read again under the lock: a hold may have been placed.
    let Some(row) = store::ended(&mut tx, Uuid::nil(), Some(id), 1).await?.into_iter().next() else { return Ok(()) };
    if row.held || row.watched || row.owing {
        return Ok(());
    }
    let Some((rule, due)) = rule_of(&row, today)?.filter(|(_, due)| *due <= today) else { return Ok(()) };
    let certificate = certificate(app, &mut tx, by, &row, rule, due).await?;
    let (text, digest) = certificate.sealed_form().map_err(|e| Error::Broken(e.into()))?;
    let signed = app.keys.signer()?.sign(CERTIFICATE, &digest);
    let kept = ErasureRow {
        id: certificate.id,
        case_id: id,
        rule: format!("{}@{}", rule.id, rule.version),
        certificate: text,
        digest: digest.clone(),
        key_id: signed.key_id,
        signature: signed.signature.to_vec(),
        at: certificate.at,
    };
    let files = files(&mut tx, &certificate).await?;
    store::erase(&mut tx, &kept, &files).await?;
    if let (true, Some(customer)) = (certificate.customer, row.customer_id) {
        store::erase_customer(&mut tx, customer).await?;
    }
    let deed = Deed {
        at: certificate.at,
        actor: &by.login,
        action: "retention.erase",
        subject: format!("erasure/{}", kept.id),
        case_id: Some(id),
        detail: json!({"rule": kept.rule, "digest": digest}),
    };
    audit::write(&mut tx, &deed).await?;
    record(app, &mut tx, by, id, Happened::PersonalDataErased { certificate: kept.id }).await?;
    Ok(tx.commit().await?)
}

/// (kind, name) of everything that leaves the store.
async fn files(tx: &mut PgConnection, c: &Certificate) -> Result<Vec<(String, String)>> {
    let archives = archive::of_case(tx, c.case_id).await?.into_iter().map(|a| ("archive".to_owned(), a.id.to_string()));
    Ok(c.files.iter().map(|f| ("file".to_owned(), f.clone())).chain(archives).collect())
}

async fn certificate(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    row: &EndedRow,
    rule: &Rule,
    due: Date,
) -> Result<Certificate> {
    let customer = match row.customer_id {
        Some(customer) => store::customer_alone(tx, customer, row.id).await?,
        None => false,
    };
    let archives = archive::of_case(tx, row.id).await?.into_iter().map(|a| a.sha256);
    let runs = verification::of_case(&mut *tx, row.id, None, i64::MAX).await?;
    Ok(Certificate {
        schema: CERTIFICATE.into(),
        id: app.clock.new_id(),
        case_id: row.id,
        case_number: row.number.clone(),
        at: app.clock.now(),
        rule: rule.clone(),
        ended: day_of(row.ended_at),
        due,
        values: store::erasable(tx, row.id).await?,
        files: store::files(tx, row.id).await?,
        archives: archives.collect(),
        customer,
        not_replayable: runs.into_iter().map(|v| (v.id, v.digest)).collect(),
        by: by.login.clone(),
    })
}

/// Removes what certificates name from the store, unless another case has come with the same file.
async fn remove_files(app: &App) -> Result<()> {
    loop {
        let left = store::files_left(&mut *app.pool.acquire().await?, 200).await?;
        if left.is_empty() {
            return Ok(());
        }
        for (certificate, kind, name) in left {
            let mut conn = app.pool.acquire().await?;
            match kind.as_str() {
                "archive" => app.scans.remove_stream(&name).await?,
                _ if store::needed(&mut conn, certificate, &name).await? => {}
                _ => app.scans.remove(&name).await?,
            }
            store::file_removed(&mut conn, certificate, &kind, &name, app.clock.now()).await?;
        }
    }
}

/// Batches of field work of which nothing belongs to a case go by their own rule: first what is sealed of them, then the body.
async fn stray(app: &App, by: &Actor, each: &mut Each) -> Result<()> {
    let rules = Rules::shipped().map_err(|e| Error::Broken(anyhow::Error::msg(e)))?;
    let before = day_begins(rules.stray_batch.before(app.clock.today()));
    let rule = format!("stray_batch@{}", rules.stray_batch.version);
    for id in batches::stray(&mut *app.pool.acquire().await?, before).await? {
        each.take(id, erase_batch(app, by, id, &rule).await)?;
    }
    for (id, sha256, needed) in batches::erased_with_file(&mut *app.pool.acquire().await?).await? {
        if !needed {
            app.scans.remove(&sha256).await?;
        }
        batches::file_removed(&mut *app.pool.acquire().await?, id, app.clock.now()).await?;
    }
    Ok(())
}

async fn erase_batch(app: &App, by: &Actor, id: Uuid, rule: &str) -> Result<()> {
    let mut tx = begin(app).await?;
    let at = app.clock.now();
    if !batches::erase(&mut tx, id, rule, at).await? {
        return Ok(());
    }
    let deed = Deed {
        at,
        actor: &by.login,
        action: "retention.erase",
        subject: format!("field_batch/{id}"),
        case_id: None,
        detail: json!({"rule": rule}),
    };
    audit::write(&mut tx, &deed).await?;
    Ok(tx.commit().await?)
}
