//! What a paper is called by the people who hold it.

use super::Paper;
use crate::domain::text::fold::{capital, tidy};
use crate::domain::theme::Bilingual;
use crate::domain::verify::text::{Lang, date, paper_kind};
use serde::Serialize;
use time::Date;

/// Title, number and day of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(example = json!({"title": {"vi": "Giấy chứng nhận", "en": "Certificate"}, "number": "DR 204001", "date": "2019-05-20"}))]
pub struct Called {
    #[schema(value_type = Object)]
    pub title: Bilingual,
    /// As printed on it. The number of an identity card is its holder's and is not told again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The day printed on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub date: Option<Date>,
}

impl Called {
    /// By its kind alone.
    pub fn kind(kind: &str) -> Self {
        let title = |lang| capital(&paper_kind(lang, kind)).into();
        Self { title: Bilingual { vi: title(Lang::Vi), en: title(Lang::En) }, number: None, date: None }
    }

    /// `Giấy chứng nhận DR 204001`; a day stands for a number that there is not.
    pub fn in_one(&self, lang: Lang) -> String {
        let more = self.number.clone().or_else(|| self.date.map(|d| date(lang, d)));
        [Some(self.title.in_lang(lang).to_owned()), more].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

impl Paper {
    /// What it is called; a free paper as whoever brought it calls it.
    pub fn named(&self) -> Called {
        let (number, date) = match self {
            Self::Certificate(c) => (c.serial().map(|s| s.text).or_else(|| c.serial.clone()), c.issued_on),
            Self::IdentityCard(c) => (None, c.issued_on),
            Self::PowerOfAttorney(p) => (p.notary_number.clone(), p.signed_on),
            Self::MarriageCertificate(m) => (m.number.clone(), m.registered_on),
            Self::TaxNotice(n) => (n.number.clone(), n.issued_on),
            Self::PlanningExtract(e) => (e.number.clone(), e.issued_on),
            Self::Other(o) => (None, o.issued_on),
        };
        let free = match self {
            Self::Other(o) if self.called() == "other" => o.title.as_deref().map(tidy).filter(|t| !t.is_empty()),
            _ => None,
        };
        let called = free.map_or_else(
            || Called::kind(self.called()),
            |title| Called {
                title: Bilingual { vi: title.as_str().into(), en: title.into() },
                ..Called::kind("other")
            },
        );
        Called { number: number.map(|n| tidy(&n)).filter(|n| !n.is_empty()), date, ..called }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::paper::from_json;
    use serde_json::json;

    #[test]
    fn papers_have_names() {
        let of = |v: serde_json::Value| from_json(v).unwrap().named();
        let certificate = of(json!({"kind": "certificate", "serial": "dr-204001", "issued_on": "2019-05-20"}));
        assert_eq!(certificate.in_one(Lang::Vi), "Giấy chứng nhận DR 204001");
        assert_eq!(certificate.date.map(|d| date(Lang::Vi, d)).as_deref(), Some("20/05/2019"));
        let card = of(json!({"kind": "identity_card", "number": "001099000017", "issued_on": "2021-01-02"}));
        assert_eq!((card.in_one(Lang::Vi).as_str(), &card.number), ("Căn cước 02/01/2021", &None));
        assert_eq!(
            of(json!({"kind": "other", "title": "sale_contract"})).title.vi,
            "Hợp đồng chuyển nhượng đã công chứng"
        );
        assert_eq!(of(json!({"kind": "other", "title": " Giấy  viết tay "})).title.en, "Giấy viết tay");
        assert_eq!(of(json!({"kind": "other"})).title.vi, "Giấy tờ khác");
    }
}
