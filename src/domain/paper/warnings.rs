//! Values that may be right but that a person should look at.

use super::cccd::{self, IdNumber};
use super::*;
use crate::domain::problem::FieldProblem;
use crate::domain::text::name::{self, NameMatch};

/// Areas on a certificate are printed to a tenth of a square metre.
const AREA_STEP: f64 = 0.1;

impl Paper {
    /// What does not agree within the paper, but may: digits of a CCCD against the card, the QR code against the print, areas
    /// of purposes against the total, codes of land use that are not in the list.
    pub fn warnings(&self) -> Vec<FieldProblem> {
        match self {
            Self::Certificate(p) => certificate(p),
            Self::IdentityCard(p) => identity_card(p),
            Self::PowerOfAttorney(p) => holders([("principal", &p.principal), ("agent", &p.agent)]),
            Self::MarriageCertificate(p) => holders([("husband", &p.husband), ("wife", &p.wife)]),
            Self::TaxNotice(p) => holders([("payer", &p.payer)]),
            Self::PlanningExtract(_) | Self::Other(_) => Vec::new(),
        }
    }
}

fn certificate(p: &Certificate) -> Vec<FieldProblem> {
    let mut out = Vec::new();
    for (i, person) in p.holders.iter().enumerate() {
        out.extend(holder(&format!("holders[{i}]"), person));
    }
    for (i, purpose) in p.purposes.iter().enumerate() {
        let codes = land_use::parse(&purpose.code);
        let field = format!("purposes[{i}].code");
        out.extend(
            codes
                .iter()
                .filter(|c| !c.known)
                .map(|c| FieldProblem::new(&field, "land-use-unknown", &c.raw, "data/land_use.toml")),
        );
        out.extend(
            codes.iter().filter(|c| c.legacy).map(|c| FieldProblem::new(&field, "land-use-legacy", &c.raw, &c.code)),
        );
    }
    if let (Some(parts), Some(total)) = (p.purposes_area_m2(), p.area_m2)
        && (parts - total).abs() > AREA_STEP + 1e-9
    {
        out.push(FieldProblem::new(
            "purposes",
            "areas-do-not-add-up",
            format!("{parts:.1}"),
            format!("{total:.1} (m²)"),
        ));
    }
    out
}

fn identity_card(p: &IdentityCard) -> Vec<FieldProblem> {
    let mut out = Vec::new();
    if let Some(Ok(IdNumber::Cccd(card))) = p.number.as_deref().map(|n| cccd::parse_number(n, "number")) {
        out.extend(cccd::warnings(&card, p.sex, p.birth_date.map(|d| d.year()), "number"));
    }
    let Some(Ok(qr)) = p.qr_text.as_deref().map(|t| cccd::parse_qr(t, "qr_text")) else { return out };
    if let Some(printed) = p.name.as_deref()
        && name::compare(printed, &qr.name) != NameMatch::Same
    {
        out.push(FieldProblem::new("name", "qr-differs", printed, &qr.name));
    }
    if let (Some(printed), Some(coded)) = (p.birth_date, qr.birth_date)
        && printed != coded
    {
        out.push(FieldProblem::new("birth_date", "qr-differs", printed, coded));
    }
    if let (Some(printed), Some(coded)) = (p.issued_on, qr.issued_on)
        && printed != coded
    {
        out.push(FieldProblem::new("issued_on", "qr-differs", printed, coded));
    }
    out
}

fn holders<const N: usize>(people: [(&str, &Option<Holder>); N]) -> Vec<FieldProblem> {
    people.into_iter().filter_map(|(field, person)| Some(holder(field, person.as_ref()?))).flatten().collect()
}

fn holder(field: &str, person: &Holder) -> Vec<FieldProblem> {
    let path = format!("{field}.id_number");
    match person.id_number.as_deref().map(|n| cccd::parse_number(n, &path)) {
        Some(Ok(IdNumber::Cccd(card))) => cccd::warnings(&card, None, person.birth_year, &path),
        _ => Vec::new(),
    }
}
