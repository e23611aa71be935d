use super::read::{ContractView, place_of, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::contract::{ContractPage, Drawn, Parties, Rests, day};
use crate::domain::quotation::Offer;
use crate::domain::staff::Purpose;
use crate::domain::verify::ParcelRef;
use crate::flow::case::{self, lock_open};
use crate::flow::quotation::offer_of;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, advice, begin, commit};
use crate::outside::press::Sheet;
use crate::store::audit::{self, Deed};
use crate::store::contract::{self, ContractRow};
use crate::store::quotation::{self, QuotationRow};
use crate::store::verification;
use serde::Deserialize;
use serde_json::json;
use time::Duration;
use uuid::Uuid;

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer": "019a0000-0000-7000-8000-000000000001", "representative": "Người Mẫu Ba",
    "position": "Giám đốc", "sign_within_days": 7}))]
pub struct NewContract {
    /// The party of the case who signs as the customer.
    pub customer: Uuid,
    /// Who signs for the firm, and as what.
    pub representative: String,
    pub position: String,
    /// From today: 1 to 60.
    #[serde(default = "seven")]
    pub sign_within_days: u16,
}
fn seven() -> u16 {
    7
}

/// Sets the contract of an accepted quotation as PDF and keeps it. A version drawn before loses its force.
///
/// # Errors
/// `Conflict` when the quotation is not accepted; `Refused` when the party is not of the case.
pub async fn draw(app: &App, by: &Actor, quotation_id: Uuid, new: NewContract) -> Result<ContractView> {
    check(&new)?;
    let mut conn = app.pool.acquire().await?;
    let not_there = || Error::NotFound { what: "quotation", id: quotation_id.to_string() };
    let quoted = quotation::get(&mut conn, quotation_id).await?.ok_or_else(not_there)?;
    if quoted.accepted != Some(true) {
        return Err(Error::Conflict {
            code: "quotation-not-accepted",
            detail: "a contract follows an accepted offer".into(),
        });
    }
    let parties = parties(app, by, &quoted, &new).await?;
    let (now, today, id) = (app.clock.now(), app.clock.today(), app.clock.new_id());
    let sign_by = today.saturating_add(Duration::days(i64::from(new.sign_within_days)));
    let offer = offer_of(&quoted)?;
    let running = contract::next_running_number(&mut conn).await?;
    drop(conn);
    let number = format!("HĐ-{:04}-{running:06}", today.year());
    let (page, verification_id) = page(app, by, &quoted, &offer, &parties, &number, sign_by).await?;
    let sheet = Sheet {
        template: "contract",
        data: serde_json::to_value(&page).map_err(|e| Error::Broken(e.into()))?,
        pictures: vec![],
        attachments: vec![],
        ident: format!("contract/{id}"),
        at: now,
    };
    let pdf_sha256 = app.scans.put(&app.press.pdf(sheet).await?).await?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, quoted.case_id).await?;
    let row = ContractRow {
        id,
        case_id: quoted.case_id,
        number,
        version: contract::next_version(&mut tx, quoted.case_id).await?,
        quotation_id,
        sheet_id: quoted.sheet_id,
        verification_id,
        pdf_sha256,
        sealed: app.vault.seal(&place_of(id), &serde_json::to_vec(&parties).map_err(|e| Error::Broken(e.into()))?)?,
        instalments: serde_json::to_value(&offer.instalments).map_err(|e| Error::Broken(e.into()))?,
        total: quoted.total,
        sign_by,
        created_by: by.login.clone(),
        created_at: now,
    };
    contract::insert(&mut tx, &row).await?;
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "contract.draw",
        subject: format!("contract/{id}"),
        case_id: Some(row.case_id),
        detail: json!({"number": row.number, "quotation": quotation_id, "pdf": row.pdf_sha256}),
    };
    audit::write(&mut tx, &deed).await?;
    let version = u32::try_from(row.version).map_err(|e| Error::Broken(e.into()))?;
    case::record(app, &mut tx, by, row.case_id, Happened::ContractDrawn { contract: id, version, sign_by }).await?;
    let done = view(app, &mut tx, row).await?;
    commit(app, tx, by, &done, Some(format!("/api/v1/contracts/{id}"))).await?;
    Ok(done)
}

fn check(new: &NewContract) -> Result<()> {
    if !(1..=60).contains(&new.sign_within_days) {
        return Err(Error::refused("sign_within_days", "range", new.sign_within_days, "1-60"));
    }
    for (field, text) in [("representative", &new.representative), ("position", &new.position)] {
        let length = text.trim().chars().count();
        if !(1..=200).contains(&length) {
            return Err(Error::refused(field, "length", length, "1-200"));
        }
    }
    Ok(())
}

/// The customer as the case knows them: a logged read.
async fn parties(app: &App, by: &Actor, quoted: &QuotationRow, new: &NewContract) -> Result<Parties> {
    let all = case::parties(app, by, quoted.case_id, Purpose::PreparePapers).await?;
    let found = all.into_iter().find(|p| p.id == new.customer).and_then(|p| p.person);
    let person = found.ok_or_else(|| Error::refused("customer", "not-a-party", new.customer, "a party of the case"))?;
    Ok(Parties {
        customer: new.customer,
        name: person.name,
        id_number: person.id_number.unwrap_or_default(),
        address: person.address.unwrap_or_default(),
        phone: person.phone.unwrap_or_default(),
        representative: new.representative.trim().to_owned(),
        position: new.position.trim().to_owned(),
    })
}

async fn page(
    app: &App,
    by: &Actor,
    quoted: &QuotationRow,
    offer: &Offer,
    parties: &Parties,
    number: &str,
    sign_by: time::Date,
) -> Result<(ContractPage, Uuid)> {
    let sheet = advice::open(app, by, quoted.sheet_id, Purpose::PreparePapers).await?;
    let found = case::get(app, &quoted.case_id.to_string()).await?;
    let asked: ParcelRef = serde_json::from_value(found.parcel_ref).map_err(|e| Error::Broken(e.into()))?;
    let place = asked.commune_name.or(asked.commune_code).unwrap_or_default();
    let verified = verification::find(&app.pool, sheet.view.verification_id).await?;
    let as_of = verified.map(|v| day(v.as_of)).unwrap_or_default();
    let title = app.book.procedures.procedure(&quoted.procedure).map(|p| p.title.vi.clone());
    let page = ContractPage::of(Drawn {
        firm: &app.config.firm,
        number,
        case: &found.number,
        day: app.clock.today(),
        parties,
        procedure: title.as_deref().unwrap_or(&quoted.procedure),
        parcel: format!("thửa số {}, tờ bản đồ số {}, đơn vị hành chính {place}", asked.number, asked.sheet),
        offer,
        sign_by,
        rests: Rests {
            quotation: quoted.version,
            sheet: format!("SHA-256 {}", sheet.view.digest),
            verification: format!("SHA-256 {}", sheet.sheet.pins.digest),
            as_of,
        },
    });
    Ok((page, sheet.view.verification_id))
}
