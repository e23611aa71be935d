use super::read::{QuotationView, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::money::Dong;
use crate::domain::quotation::{NoOffer, Offer, PriceList, Standing};
use crate::domain::verify::{canonical, sha256_hex};
use crate::flow::case::{self, lock_open};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, advice, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::quotation::{self, QuotationRow};
use serde::Deserialize;
use serde_json::json;
use time::{Date, Duration};
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"package": "standard", "discount": 500_000, "valid_days": 15}))]
pub struct NewQuotation {
    /// Code of a package of a price list in force.
    pub package: String,
    /// Dong off the price.
    #[serde(default)]
    pub discount: i64,
    /// Days it holds, from today: 1 to 90.
    #[serde(default = "fifteen")]
    pub valid_days: u16,
    /// Offers a new version although the customer has accepted one. The accepted one stays as it is; no contract is drawn from it
    /// any more.
    #[serde(default)]
    pub instead_of_accepted: bool,
}

fn fifteen() -> u16 {
    15
}

/// Offers what the newest signed option sheet recommends.
///
/// # Errors
/// `Conflict` without a signed sheet that holds; `Refused` with a package that does not fit, a discount above the price, or
/// days out of range.
pub async fn offer(app: &App, by: &Actor, case_id: Uuid, new: NewQuotation) -> Result<QuotationView> {
    if !(1..=90).contains(&new.valid_days) {
        return Err(Error::refused("valid_days", "range", new.valid_days, "1-90"));
    }
    let sheet = advice::in_force(app, case_id).await?;
    let procedure = sheet.recommended.clone();
    let procedure = procedure.ok_or_else(|| Error::Conflict {
        code: "sheet-recommends-nothing",
        detail: "a quotation is for one option".into(),
    })?;
    let (now, today) = (app.clock.now(), app.clock.today());
    let offer = made(app, &new, &procedure, today)?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case_id).await?;
    // One that was accepted on another sheet stands for nothing any more.
    let stands = |q: &QuotationRow| q.accepted == Some(true) && q.sheet_id == sheet.id;
    if quotation::of_case(&mut tx, case_id).await?.first().is_some_and(stands) && !new.instead_of_accepted {
        let detail = "say instead_of_accepted to offer another version".into();
        return Err(Error::Conflict { code: "quotation-accepted", detail });
    }
    let version = quotation::next_version(&mut tx, case_id).await?;
    let lists: Vec<&PriceList> = app.book.prices.on(today).collect();
    let row = QuotationRow {
        id: app.clock.new_id(),
        case_id,
        version,
        sheet_id: sheet.id,
        procedure,
        total: offer.total.0,
        offer: serde_json::to_value(&offer).map_err(|e| Error::Broken(e.into()))?,
        prices: sha256_hex(canonical(&lists).map_err(|e| Error::Broken(e.into()))?),
        valid_to: today.saturating_add(Duration::days(i64::from(new.valid_days))),
        created_by: by.login.clone(),
        created_at: now,
        accepted: None,
        reason: None,
        answered_at: None,
        withdrawn: false,
    };
    quotation::insert(&mut tx, &row).await?;
    let deed = Deed {
        at: now,
        actor: &by.login,
        action: "quotation.offer",
        subject: format!("quotation/{}", row.id),
        case_id: Some(case_id),
        detail: json!({"version": version, "package": new.package, "total": row.total, "prices": row.prices}),
    };
    audit::write(&mut tx, &deed).await?;
    let happened = Happened::QuotationOffered {
        quotation: row.id,
        version: u32::try_from(version).map_err(|e| Error::Broken(e.into()))?,
        total: row.total,
        valid_to: row.valid_to,
    };
    case::record(app, &mut tx, by, case_id, happened).await?;
    let done = view(row, Standing::Offered)?;
    commit(app, tx, by, &done, Some(format!("/api/v1/cases/{case_id}/quotations"))).await?;
    Ok(done)
}

fn made(app: &App, new: &NewQuotation, procedure: &str, today: Date) -> Result<Offer> {
    app.book.prices.offer(&new.package, procedure, Dong(new.discount), today).map_err(|e| match e {
        NoOffer::Package(all) => Error::refused("package", "not-in-list", &new.package, all.join(", ")),
        NoOffer::Discount(most) => Error::refused("discount", "range", new.discount, format!("0-{}", most.0)),
        NoOffer::TooLarge => Error::Broken(anyhow::anyhow!("a price list adds up beyond 64 bits")),
    })
}
