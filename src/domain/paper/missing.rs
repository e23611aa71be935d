//! What a complete paper needs. A paper that lacks some of it is a draft.

use super::*;
use crate::domain::verify::ParcelRef;

impl Paper {
    /// Paths of the fields that a complete paper of this kind needs and this one lacks, in the order of the form.
    pub fn missing(&self) -> Vec<String> {
        let mut lacks = Lacks::default();
        match self {
            Self::Certificate(p) => certificate(&mut lacks, p),
            Self::IdentityCard(p) => {
                lacks
                    .text("number", &p.number)
                    .text("name", &p.name)
                    .value("birth_date", &p.birth_date)
                    .value("sex", &p.sex);
            }
            Self::PowerOfAttorney(p) => {
                lacks.person("principal", &p.principal).person("agent", &p.agent).text("scope", &p.scope);
                lacks.value("signed_on", &p.signed_on).text("notary", &p.notary);
            }
            Self::MarriageCertificate(p) => {
                lacks.person("husband", &p.husband).person("wife", &p.wife).value("registered_on", &p.registered_on);
            }
            Self::TaxNotice(p) => {
                lacks.text("number", &p.number).value("issued_on", &p.issued_on).value("amount_vnd", &p.amount_vnd);
            }
            Self::PlanningExtract(p) => {
                lacks.text("number", &p.number).value("issued_on", &p.issued_on).text("issued_by", &p.issued_by);
                lacks.parcel(&p.parcel).when("zones", p.zones.is_empty());
            }
            Self::Other(p) => {
                lacks.text("title", &p.title);
            }
        }
        lacks.0
    }
}

fn certificate(lacks: &mut Lacks, p: &Certificate) {
    lacks.text("serial", &p.serial).value("issued_on", &p.issued_on).text("issued_by", &p.issued_by);
    lacks.when("holders", p.holders.is_empty());
    for (i, holder) in p.holders.iter().enumerate() {
        lacks.when(&format!("holders[{i}].name"), holder.name.trim().is_empty());
    }
    lacks.parcel(&p.parcel).value("area_m2", &p.area_m2).when("purposes", p.purposes.is_empty());
    for (i, purpose) in p.purposes.iter().enumerate() {
        lacks.value(&format!("purposes[{i}].term"), &purpose.term);
    }
}

#[derive(Default)]
struct Lacks(Vec<String>);

impl Lacks {
    fn when(&mut self, field: &str, lacking: bool) -> &mut Self {
        if lacking {
            self.0.push(field.to_owned());
        }
        self
    }
    fn value<T>(&mut self, field: &str, value: &Option<T>) -> &mut Self {
        self.when(field, value.is_none())
    }
    fn text(&mut self, field: &str, value: &Option<String>) -> &mut Self {
        self.when(field, value.as_deref().is_none_or(|v| v.trim().is_empty()))
    }
    fn person(&mut self, field: &str, value: &Option<Holder>) -> &mut Self {
        match value {
            None => self.when(field, true),
            Some(person) => self.when(&format!("{field}.name"), person.name.trim().is_empty()),
        }
    }
    fn parcel(&mut self, value: &Option<ParcelRef>) -> &mut Self {
        let Some(parcel) = value else { return self.when("parcel", true) };
        let blank = |v: &Option<String>| v.as_deref().is_none_or(|v| v.trim().is_empty());
        self.when("parcel.commune_code", blank(&parcel.commune_code) && blank(&parcel.commune_name))
            .when("parcel.sheet", parcel.sheet.trim().is_empty())
            .when("parcel.number", parcel.number.trim().is_empty())
    }
}
