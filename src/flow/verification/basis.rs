//! The sets a verdict is drawn by: made once, kept once, found again by their hash.

use crate::app::App;
use crate::domain::theme::Theme;
use crate::domain::verify::{Basis, Facts, Pins, Record, RuleSet, SetError, ThemeSet};
use crate::flow::{Error, Result};
use crate::store::basis::{self, StoredSet};
use crate::store::layer as layers;
use sqlx::PgConnection;
use std::sync::Arc;

impl From<SetError> for Error {
    fn from(e: SetError) -> Self {
        Self::Broken(e.into())
    }
}

/// The rules in force for these facts. Made once per day and province.
pub fn rules_for(app: &App, facts: &Facts) -> Result<Arc<RuleSet>> {
    let places = [facts.case.province.as_deref(), facts.case.old_province.as_deref()];
    Ok(app.sets.rules(&app.book.rules, facts.as_of, places)?)
}

/// The themes the database knows now. Read anew only when one of them was changed.
pub async fn current_themes(app: &App, conn: &mut PgConnection) -> Result<Arc<ThemeSet>> {
    let marks = layers::theme_marks(conn).await?;
    if let Some(set) = app.sets.themes(&marks) {
        return Ok(set);
    }
    let rows = layers::themes(conn).await?;
    let marks = rows.iter().map(|r| (r.code.clone(), r.hash.clone())).collect();
    let themes = rows.into_iter().map(|r| serde_json::from_value(r.definition));
    let themes = themes.collect::<std::result::Result<Vec<Theme>, _>>().map_err(|e| Error::Broken(e.into()))?;
    let set = Arc::new(ThemeSet::of(themes)?);
    app.sets.keep_themes(marks, set.clone());
    Ok(set)
}

/// Keeps both sets beside the verification that pins them, in its transaction.
pub async fn keep(app: &App, conn: &mut PgConnection, basis: &Basis) -> Result<()> {
    let sets = [
        StoredSet { kind: "rules", hash: &basis.rules.hash, content: &basis.rules.content },
        StoredSet { kind: "themes", hash: &basis.themes.hash, content: &basis.themes.content },
    ];
    Ok(basis::keep(conn, &sets, app.clock.now()).await?)
}

/// Keeps a set of themes that a run is pinned to.
pub async fn keep_themes(app: &App, conn: &mut PgConnection, set: &ThemeSet) -> Result<()> {
    let kept = [StoredSet { kind: "themes", hash: &set.hash, content: &set.content }];
    Ok(basis::keep(conn, &kept, app.clock.now()).await?)
}

/// The set of themes of this name.
///
/// # Errors
/// `Broken` when it is not there or was changed.
pub async fn kept_themes(app: &App, hash: &str) -> Result<Arc<ThemeSet>> {
    Ok(Arc::new(ThemeSet::from_content(hash, &stored(app, hash).await?)?))
}

/// The sets a stored record pins, proved against their hashes once in the life of this process.
///
/// # Errors
/// `Broken` when a set is not there or was changed.
pub async fn of_record(app: &App, record: &Record) -> Result<Basis> {
    if let Some(basis) = app.sets.pinned(&record.pins) {
        return Ok(basis);
    }
    let basis = pinned(app, &record.pins).await?;
    app.sets.keep_pinned(&basis);
    Ok(basis)
}

/// As [`of_record`], read and proved anew.
///
/// # Errors
/// As there.
pub async fn pinned(app: &App, pins: &Pins) -> Result<Basis> {
    let rules = RuleSet::from_content(&pins.rules, &stored(app, &pins.rules).await?)?;
    let themes = ThemeSet::from_content(&pins.themes, &stored(app, &pins.themes).await?)?;
    Ok(Basis { rules: Arc::new(rules), themes: Arc::new(themes) })
}

async fn stored(app: &App, hash: &str) -> Result<String> {
    basis::content(&app.pool, hash)
        .await?
        .ok_or_else(|| Error::Broken(anyhow::anyhow!("the set {hash} that a record pins is not there")))
}
