use super::read::{ContractView, place_of, view};
use crate::app::App;
use crate::domain::case::{Happened, Signer, Step};
use crate::domain::contract::{ContractPage, Drawn, Order, Parties, Person, Rests, day, slots};
use crate::domain::quotation::Offer;
use crate::domain::staff::Purpose;
use crate::domain::verify::ParcelRef;
use crate::flow::advice::SheetView;
use crate::flow::case::{self, lock_open};
use crate::flow::quotation::offer_of;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, advice, begin, commit};
use crate::outside::press::Sheet;
use crate::store::audit::{self, Deed};
use crate::store::contract::{self, ContractRow};
use crate::store::quotation::{self, QuotationRow};
use crate::store::{commune, verification};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use time::{Date, Duration};
use uuid::Uuid;

#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customers": ["019a0000-0000-7000-8000-000000000001"], "representative": "Người Mẫu Ba",
    "position": "Giám đốc", "order": "customers_first", "sign_within_days": 7}))]
pub struct NewContract {
    /// Parties of the case who sign as the customer: 1 to 10.
    pub customers: Vec<Uuid>,
    /// Who signs for the firm, and as what.
    pub representative: String,
    pub position: String,
    /// customers_first, firm_first or any.
    #[serde(default)]
    #[schema(value_type = String)]
    pub order: Order,
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
/// `Conflict` when the quotation is not accepted, or the sheet or verification it rests on no longer holds; `Refused` when a
/// party is not of the case.
pub async fn draw(app: &App, by: &Actor, quotation_id: Uuid, new: NewContract) -> Result<ContractView> {
    check(&new)?;
    let mut conn = app.pool.acquire().await?;
    let quoted = quotation::get(&mut conn, quotation_id).await?;
    let quoted = quoted.ok_or_else(|| Error::NotFound { what: "quotation", id: quotation_id.to_string() })?;
    let newest = quotation::next_version(&mut conn, quoted.case_id).await? == quoted.version + 1;
    let running = contract::next_running_number(&mut conn).await?;
    drop(conn);
    if quoted.accepted != Some(true) || !newest {
        let detail = if newest { "the customer has not accepted it" } else { "there is a newer version" };
        return Err(Error::Conflict { code: "quotation-not-accepted", detail: detail.into() });
    }
    let sheet = advice::still_in_force(app, quoted.case_id, quoted.sheet_id).await?;
    let parties = parties(app, by, &quoted, &new).await?;
    let (today, id) = (app.clock.today(), app.clock.new_id());
    let sign_by = today.saturating_add(Duration::days(i64::from(new.sign_within_days)));
    let number = format!("HĐ-{:04}-{running:06}", today.year());
    let offer = offer_of(&quoted)?;
    let (page, verification_digest) = page(
        app,
        &quoted,
        &sheet,
        &Page { offer: &offer, parties: &parties, number: &number, sign_by, order: new.order },
    )
    .await?;
    let row = ContractRow {
        id,
        case_id: quoted.case_id,
        number,
        version: 0,
        quotation_id,
        sheet_id: quoted.sheet_id,
        sheet_digest: sheet.digest,
        verification_id: sheet.holds_on,
        verification_digest,
        pdf_sha256: app.scans.put(&set(app, id, &page).await?).await?,
        sealed: app.vault.seal(&place_of(id), &serde_json::to_vec(&parties).map_err(|e| Error::Broken(e.into()))?)?,
        instalments: serde_json::to_value(&offer.instalments).map_err(|e| Error::Broken(e.into()))?,
        total: quoted.total,
        sign_by,
        created_by: by.login.clone(),
        created_at: app.clock.now(),
    };
    keep(app, by, row, &new).await
}

async fn set(app: &App, id: Uuid, page: &ContractPage) -> Result<Vec<u8>> {
    let sheet = Sheet {
        template: "contract",
        data: serde_json::to_value(page).map_err(|e| Error::Broken(e.into()))?,
        pictures: vec![],
        attachments: vec![],
        ident: format!("contract/{id}"),
        at: app.clock.now(),
    };
    Ok(app.press.pdf(sheet).await?)
}

async fn keep(app: &App, by: &Actor, mut row: ContractRow, new: &NewContract) -> Result<ContractView> {
    let mut tx = begin(app).await?;
    lock_open(&mut tx, row.case_id).await?;
    still_accepted(&mut tx, &row).await?;
    row.version = contract::next_version(&mut tx, row.case_id).await?;
    let slots = slots(&new.customers, new.order);
    let first = slots.iter().map(|s| s.turn).min().unwrap_or(1);
    let next = slots.iter().filter(|s| s.turn == first).map(|s| s.signer).min().unwrap_or(Signer::Customer);
    contract::insert(&mut tx, &row, &slots).await?;
    let deed = Deed {
        at: row.created_at,
        actor: &by.login,
        action: "contract.draw",
        subject: format!("contract/{}", row.id),
        case_id: Some(row.case_id),
        detail: json!({"number": row.number, "quotation": row.quotation_id, "pdf": row.pdf_sha256,
            "sheet": row.sheet_digest, "verification": row.verification_digest}),
    };
    audit::write(&mut tx, &deed).await?;
    let version = u32::try_from(row.version).map_err(|e| Error::Broken(e.into()))?;
    let drawn = Happened::ContractDrawn { contract: row.id, version, sign_by: row.sign_by, next };
    case::record(app, &mut tx, by, row.case_id, drawn).await?;
    let address = format!("/api/v1/contracts/{}", row.id);
    let done = view(app, &mut tx, row).await?;
    commit(app, tx, by, &done, Some(address)).await?;
    Ok(done)
}

/// What was read before the page was set may be another by now: answered otherwise, offered anew, withdrawn with a newer sheet.
async fn still_accepted(tx: &mut PgConnection, row: &ContractRow) -> Result<()> {
    let standing = case::lock(tx, row.case_id).await?;
    let stands = match standing.as_ref().map(|c| &c.step) {
        Some(Step::Quotation { quotation, accepted, .. }) => *accepted && *quotation == row.quotation_id,
        Some(Step::Contract { quotation, .. }) => *quotation == row.quotation_id,
        _ => false,
    };
    let sheet = standing.as_ref().and_then(|c| c.signed_sheet.as_ref()).filter(|s| s.id == row.sheet_id);
    match sheet {
        Some(sheet) if stands && sheet.outdated => {
            let detail = "it was said to hold no longer: confirm it, or sign a new one".into();
            Err(Error::Conflict { code: "sheet-outdated", detail })
        }
        Some(_) if stands => Ok(()),
        _ => {
            let detail = "it was answered or offered otherwise meanwhile".into();
            Err(Error::Conflict { code: "quotation-not-accepted", detail })
        }
    }
}

fn check(new: &NewContract) -> Result<()> {
    if !(1..=60).contains(&new.sign_within_days) {
        return Err(Error::refused("sign_within_days", "range", new.sign_within_days, "1-60"));
    }
    let (many, different) = (new.customers.len(), new.customers.iter().collect::<BTreeSet<_>>().len());
    if !(1..=10).contains(&many) || many != different {
        return Err(Error::refused("customers", "length", many, "1-10, each once"));
    }
    for (field, text) in [("representative", &new.representative), ("position", &new.position)] {
        let length = text.trim().chars().count();
        if !(1..=200).contains(&length) {
            return Err(Error::refused(field, "length", length, "1-200"));
        }
    }
    Ok(())
}

/// The customers as the case knows them: a logged read.
async fn parties(app: &App, by: &Actor, quoted: &QuotationRow, new: &NewContract) -> Result<Parties> {
    let all = case::parties(app, by, quoted.case_id, Purpose::PreparePapers).await?;
    let person = |id: &Uuid| {
        let found = all.iter().find(|p| p.id == *id).and_then(|p| p.person.clone());
        let p = found.ok_or_else(|| Error::refused("customers", "not-a-party", id, "a party of the case"))?;
        Ok(Person {
            party: *id,
            name: p.name,
            id_number: p.id_number.unwrap_or_default(),
            address: p.address.unwrap_or_default(),
            phone: p.phone.unwrap_or_default(),
        })
    };
    Ok(Parties {
        customers: new.customers.iter().map(person).collect::<Result<_>>()?,
        representative: new.representative.trim().to_owned(),
        position: new.position.trim().to_owned(),
    })
}

/// The commune, by the name that was given or the one it has.
async fn place(app: &App, asked: &ParcelRef) -> Result<String> {
    let code = asked.commune_code.as_deref().unwrap_or_default();
    let named = match &asked.commune_name {
        Some(name) => Some(name.clone()),
        None => commune::find(&app.pool, code).await?.map(|c| c.name),
    };
    Ok(named.unwrap_or_else(|| code.to_owned()))
}

/// What the act knows of the page.
struct Page<'a> {
    offer: &'a Offer,
    parties: &'a Parties,
    number: &'a str,
    sign_by: Date,
    order: Order,
}

/// The page, and the digest of the verification it names.
async fn page(app: &App, quoted: &QuotationRow, sheet: &SheetView, p: &Page<'_>) -> Result<(ContractPage, String)> {
    let found = case::get(app, &quoted.case_id.to_string()).await?;
    let asked: ParcelRef = serde_json::from_value(found.parcel_ref).map_err(|e| Error::Broken(e.into()))?;
    let place = place(app, &asked).await?;
    let verified = verification::find(&app.pool, sheet.holds_on).await?;
    let verified = verified.ok_or_else(|| Error::Broken(anyhow::anyhow!("sheet {} has no verification", sheet.id)))?;
    let title = app.book.procedures.procedure(&quoted.procedure).map(|p| p.title.vi.clone());
    let page = ContractPage::of(Drawn {
        firm: &app.config.firm,
        number: p.number,
        case: &found.number,
        day: app.clock.today(),
        parties: p.parties,
        procedure: title.as_deref().unwrap_or(&quoted.procedure),
        parcel: format!("thửa số {}, tờ bản đồ số {}, đơn vị hành chính {place}", asked.number, asked.sheet),
        offer: p.offer,
        sign_by: p.sign_by,
        order: p.order,
        rests: Rests {
            quotation: quoted.version,
            quotation_day: day(crate::domain::calendar::day_of(quoted.created_at)),
            sheet: sheet.version,
            sheet_digest: sheet.digest.clone(),
            verification_digest: verified.digest.clone(),
            as_of: day(verified.as_of),
        },
    });
    Ok((page, verified.digest))
}
