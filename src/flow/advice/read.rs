//! Option sheets as they stand: signed or not, outdated or not, and why.

use super::ground::stale_now;
use super::work_out::pins_now;
use crate::app::App;
use crate::domain::advice::{OPTIONS, Sheet, SheetPins, SheetTold, told};
use crate::domain::case::timeline::View;
use crate::domain::proof::Signed;
use crate::domain::staff::Purpose;
use crate::domain::verify::text::{Lang, message};
use crate::domain::verify::{Message, sha256_hex};
use crate::flow::case::{self, Reading};
use crate::flow::proof::known;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, verification};
use crate::store::advice::{self, SheetRow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

/// A sheet without what it says.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SheetView {
    pub id: Uuid,
    pub case_id: Uuid,
    /// From 1 within the case.
    pub version: i32,
    pub verification_id: Uuid,
    pub recommended: Option<String>,
    /// SHA-256 of its canonical form, hex.
    pub digest: String,
    pub created_by: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub signed_by: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub signed_at: Option<OffsetDateTime>,
    pub key_id: Option<String>,
    /// Ed25519 over `diaba.options/1`, a line feed and the digest; base64.
    pub signature: Option<String>,
    /// The verification it holds on: the one it was made on, or that of its newest confirmation.
    pub holds_on: Uuid,
    #[serde(with = "time::serde::rfc3339::option")]
    pub confirmed_at: Option<OffsetDateTime>,
    /// Why it no longer holds; empty: it does.
    pub outdated: Vec<Because>,
}

/// Something a sheet rests on that is another now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Because {
    /// Stable, e.g. `sheet-outdated-fees`.
    pub code: String,
    pub vi: String,
    pub en: String,
}

impl From<&Message> for Because {
    fn from(m: &Message) -> Self {
        Self { code: m.key.to_string(), vi: message(Lang::Vi, m), en: message(Lang::En, m) }
    }
}

/// A sheet with what it says.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SheetDetail {
    #[serde(flatten)]
    pub view: SheetView,
    /// `diaba.options/1`: pins, facts, options with reasons, papers, steps, days, fees and taxes, and the edits.
    #[schema(value_type = Object)]
    pub sheet: Sheet,
    /// The same in words of the language asked for.
    pub words: SheetTold,
}

/// The signed sheet, as its customer sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SheetFollowed {
    pub version: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub signed_at: OffsetDateTime,
    /// It was said to hold no longer: a map or a rule it rests on has changed.
    pub outdated: bool,
    #[serde(flatten)]
    pub words: SheetTold,
}

pub(super) fn place_of(id: Uuid) -> String {
    format!("option_sheet/{id}")
}

pub(super) fn view(r: &SheetRow, outdated: Vec<Because>) -> SheetView {
    SheetView {
        id: r.id,
        case_id: r.case_id,
        version: r.version,
        verification_id: r.verification_id,
        recommended: r.recommended.clone(),
        digest: r.digest.clone(),
        created_by: r.created_by.clone(),
        created_at: r.created_at,
        signed_by: r.signed_by.clone(),
        signed_at: r.signed_at,
        key_id: r.key_id.clone(),
        signature: r.signature.as_ref().map(|s| STANDARD.encode(s)),
        holds_on: r.confirmed_on.unwrap_or(r.verification_id),
        confirmed_at: r.confirmed_at,
        outdated,
    }
}

/// What a sheet rests on: by its newest confirmation, or as it was made.
pub(super) fn pins_of(row: &SheetRow) -> Result<SheetPins> {
    let pins = row.confirmed_pins.as_ref().unwrap_or(&row.pins);
    serde_json::from_value(pins.clone()).map_err(|e| Error::Broken(e.into()))
}

pub(super) async fn because(app: &App, row: &SheetRow, now: &SheetPins) -> Result<Vec<Because>> {
    Ok(stale_now(app, &pins_of(row)?, now).await?.iter().map(Because::from).collect())
}

/// Newest first.
pub async fn list(app: &App, case_id: Uuid) -> Result<Vec<SheetView>> {
    let mut conn = app.pool.acquire().await?;
    let rows = advice::of_case(&mut conn, case_id).await?;
    drop(conn);
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let now = pins_now(app, case_id).await?;
    let mut sheets = Vec::with_capacity(rows.len());
    for row in &rows {
        sheets.push(view(row, because(app, row, &now).await?));
    }
    Ok(sheets)
}

/// The newest signed sheet of a case, when it holds today.
///
/// # Errors
/// `Conflict`: none is signed, or it no longer holds, with what changed.
pub async fn in_force(app: &App, case_id: Uuid) -> Result<SheetView> {
    let signed = list(app, case_id).await?.into_iter().find(|s| s.signed_at.is_some());
    let sheet = signed
        .ok_or_else(|| Error::Conflict { code: "no-signed-sheet", detail: "no option sheet is signed".into() })?;
    if sheet.outdated.is_empty() {
        return Ok(sheet);
    }
    let why = sheet.outdated.iter().map(|b| format!("{}: {} / {}", b.code, b.vi, b.en)).collect::<Vec<_>>();
    Err(Error::Conflict { code: "sheet-outdated", detail: why.join("; ") })
}

/// A sheet that something rests on, when it is the one in force.
///
/// # Errors
/// As [`in_force`]; `Conflict` when a newer one is signed.
pub async fn still_in_force(app: &App, case_id: Uuid, sheet: Uuid) -> Result<SheetView> {
    let now = in_force(app, case_id).await?;
    if now.id == sheet {
        return Ok(now);
    }
    let detail = format!("option sheet version {} is signed since", now.version);
    Err(Error::Conflict { code: "sheet-not-newest", detail })
}

pub(super) async fn row(app: &App, id: Uuid) -> Result<SheetRow> {
    let mut conn = app.pool.acquire().await?;
    let found = advice::get(&mut conn, id).await?;
    found.ok_or_else(|| Error::NotFound { what: "option sheet", id: id.to_string() })
}

/// The whole sheet, also in words: a logged read. Digest and signature are proved first.
pub async fn open(app: &App, by: &Actor, id: Uuid, purpose: Purpose, lang: Lang) -> Result<SheetDetail> {
    let row = row(app, id).await?;
    let sheet = unsealed(app, by, &row, purpose).await?;
    let words = in_words(app, by, &sheet, purpose, View::Staff, lang).await?;
    let now = pins_now(app, row.case_id).await?;
    Ok(SheetDetail { view: view(&row, because(app, &row, &now).await?), sheet, words })
}

/// A sheet in words; what stands in the way as the verification says it, which is opened for it: a logged read.
pub async fn in_words(
    app: &App,
    by: &Actor,
    sheet: &Sheet,
    purpose: Purpose,
    reader: View,
    lang: Lang,
) -> Result<SheetTold> {
    let on = verification::open(app, by, sheet.pins.verification, purpose).await?;
    Ok(told(sheet, &on.record, &on.basis, reader, lang))
}

/// The newest signed sheet of a case, for its customer; none: none is signed.
pub(in crate::flow) async fn followed(app: &App, by: &Actor, case: Uuid, lang: Lang) -> Result<Option<SheetFollowed>> {
    let newest = advice::newest_signed(&mut *app.pool.acquire().await?, case).await?;
    let Some(id) = newest else { return Ok(None) };
    let row = row(app, id).await?;
    let Some(signed_at) = row.signed_at else { return Ok(None) };
    let sheet = unsealed(app, by, &row, Purpose::DataSubjectRequest).await?;
    let words = in_words(app, by, &sheet, Purpose::DataSubjectRequest, View::Customer, lang).await?;
    let standing = case::standing(&mut *app.pool.acquire().await?, case).await?;
    let outdated = standing.and_then(|c| c.signed_sheet).is_some_and(|s| s.id == id && s.outdated);
    Ok(Some(SheetFollowed { version: row.version, signed_at, outdated, words }))
}

/// What a sheet says, in codes: a logged read.
pub(in crate::flow) async fn sheet(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<Sheet> {
    unsealed(app, by, &row(app, id).await?, purpose).await
}

pub(super) async fn unsealed(app: &App, by: &Actor, row: &SheetRow, purpose: Purpose) -> Result<Sheet> {
    let place = place_of(row.id);
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&place).await?;
    let plain = app.vault.open(&place, &row.sealed)?;
    prove(app, row, &plain).await?;
    let sheet: Sheet = serde_json::from_slice(&plain).map_err(|e| Error::Broken(e.into()))?;
    reading.end().await?;
    Ok(sheet)
}

async fn prove(app: &App, row: &SheetRow, plain: &[u8]) -> Result<()> {
    let digest = sha256_hex(plain);
    if digest != row.digest {
        let (id, stored) = (row.id, &row.digest);
        return Err(Error::Broken(anyhow::anyhow!("option sheet {id}: its digest is {digest}, stored is {stored}")));
    }
    let (Some(key_id), Some(signature)) = (&row.key_id, &row.signature) else { return Ok(()) };
    let key = known(app, key_id).await?;
    let signed = Signed::read(key_id, &STANDARD.encode(signature)).map_err(|e| Error::Broken(e.into()))?;
    key.check(OPTIONS, &digest, &signed).map_err(|e| Error::Broken(e.into()))
}

/// The newest sheet of a case: its version, whether it is signed, and why it no longer holds.
pub(in crate::flow) async fn newest(app: &App, case_id: Uuid) -> Result<Option<(i32, bool, Vec<Message>)>> {
    let mut conn = app.pool.acquire().await?;
    let Some(row) = advice::of_case(&mut conn, case_id).await?.into_iter().next() else { return Ok(None) };
    drop(conn);
    let now = pins_now(app, case_id).await?;
    Ok(Some((row.version, row.signed_at.is_some(), stale_now(app, &pins_of(&row)?, &now).await?)))
}
