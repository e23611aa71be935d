//! The report of a verification as PDF.

use super::around::around;
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::proof::CARRIED;
use crate::domain::report::{Beside, qr_svg, report};
use crate::domain::staff::Purpose;
use crate::domain::verify::sha256_hex;
use crate::domain::verify::text::{Lang, word};
use crate::flow::layer::zones;
use crate::flow::staff::Actor;
use crate::flow::verification::{Opened, open};
use crate::flow::{Error, Result};
use crate::flow::{opinion, proof};
use crate::outside::press::{Attachment, Sheet};
use crate::store::{commune, verification};
use uuid::Uuid;

/// A report, ready to be handed over.
pub struct Rendered {
    /// PDF/A-3 with the record (`verification.json`) and its proof (`proof.json`) inside, sealed with our signature.
    pub pdf: Vec<u8>,
    pub file_name: String,
}

/// Sets the report of a stored verification. A logged read of personal data, as reading the record is. The same
/// verification gives the same bytes, as long as its layer versions are kept, and neither words, key nor what people say of it change,
/// and no newer one of the case says something else: a report of an old verdict says so on its first page.
///
/// # Errors
/// `Unavailable` without a signing key: no paper leaves unsigned.
pub async fn render(app: &App, by: &Actor, id: Uuid, purpose: Purpose, lang: Lang) -> Result<Rendered> {
    let opened = open(app, by, id, purpose).await?;
    let proof = match proof::of_opened(app, &opened).await {
        Ok(bundle) => Some(serde_json::to_vec(&bundle).map_err(|e| Error::Broken(e.into()))?),
        Err(Error::Conflict { code: proof::NOT_SIGNED, .. }) => None,
        Err(e) => return Err(e),
    };
    let sheet = sheet(app, &opened, proof, lang).await?;
    let pdf = proof::seal_file(app, app.press.pdf(sheet).await?)?;
    Ok(Rendered { pdf, file_name: format!("{}.pdf", file_stem(&opened.record.case.number, lang)) })
}

async fn sheet(app: &App, opened: &Opened, proof: Option<Vec<u8>>, lang: Lang) -> Result<Sheet> {
    let Opened { verification: view, record, basis } = opened;
    let parcel = record.parcel.as_ref();
    let commune = match parcel {
        Some(p) => commune::find(&app.pool, &p.commune_code).await?.map(|c| c.name),
        None => None,
    };
    let zone = match parcel.and_then(|p| p.zone) {
        Some(z) => zones(app).await?.need(z).ok().map(|d| d.name.clone()),
        None => None,
    };
    let check_url = app.config.public_url.as_ref().map(|url| format!("{url}/check/{}", view.digest));
    let code = check_url.clone().unwrap_or_else(|| view.digest.clone());
    let around = around(app, record).await?;
    let opinions = opinion::placed(app, view.id, record).await?;
    let newer = verification::superseded_at(&app.pool, view.id).await?.map(day_of);
    let (record, basis, app, id) = (record.clone(), basis.clone(), app.clone(), view.id);
    let (at, key_id) = (view.created_at, view.key_id.clone());
    // Drawing is arithmetic: it runs beside the reactor, never on it.
    let work = move || -> Result<Sheet> {
        let beside = Beside {
            id,
            firm: &app.config.firm,
            day: day_of(at),
            newer,
            commune,
            zone,
            check_url,
            key_id,
            opinions: &opinions,
            basis: &basis,
            around,
        };
        let (data, map) = report(&record, lang, &beside).map_err(|e| Error::Broken(e.into()))?;
        let qr = qr_svg(&code).map_err(|e| Error::Broken(e.into()))?;
        let pictures = std::iter::once(("qr.svg", qr.into_bytes())).chain(map.map(|m| ("map.svg", m.into_bytes())));
        let canonical = record.canonical().map_err(|e| Error::Broken(e.into()))?;
        Ok(Sheet {
            template: "report",
            ident: format!("verification/{id}/{}", sha256_hex(canonical.as_bytes())),
            data: serde_json::to_value(&data).map_err(|e| Error::Broken(e.into()))?,
            pictures: pictures.collect(),
            attachments: attachments(canonical.into_bytes(), proof, lang),
            at,
        })
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Broken(e.into()))?
}

fn attachments(record: Vec<u8>, proof: Option<Vec<u8>>, lang: Lang) -> Vec<Attachment> {
    let json = |name, said, content| Attachment {
        name,
        media_type: "application/json",
        description: word(lang, said),
        content,
    };
    let record = json("verification.json", "page-attachment", record);
    let proof = proof.map(|p| json(CARRIED, "page-attachment-proof", p));
    std::iter::once(record).chain(proof).collect()
}

/// A case number as a file name: letters, digits and hyphens.
fn file_stem(number: &str, lang: Lang) -> String {
    let what = if lang == Lang::Vi { "bao-cao" } else { "report" };
    let plain: String = number.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{what}-{plain}")
}
