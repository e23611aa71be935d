//! Planting: what each recipe changes on the papers, and what must then be found.

use super::case::{Charge, Draft};
use super::certificate::{cent, purposes, tenth};
use super::chance::Chance;
use super::names::{Person, names};
use super::recipe::Recipe;
use super::truth::area_tolerance;
use crate::domain::paper::{ChangeNote, MarriageCertificate, Paper, PowerOfAttorney, Sex, Term};
use crate::domain::theme::Effect;
use crate::domain::verify::Verdict;
use time::Duration;
use time::macros::date;

impl Recipe {
    /// Plants the difference and writes down what must be found.
    pub(crate) fn cook(self, d: &mut Draft<'_>, chance: &mut Chance) {
        self.reference(d);
        self.numbers(d, chance);
        self.people(d, chance);
        self.burdens(d);
        match self {
            Self::SerialForm => {
                d.certificate.serial = Some(format!("AB {:08}", 10_000_000 + d.case.index));
                d.rows.hit("paper.serial", None);
            }
            Self::SerialShape => {
                d.certificate.serial = Some("CK 12345".to_owned());
                d.case.refused = Some((0, "serial"));
            }
            Self::NewForm => {
                d.certificate.serial = Some(format!("AA {:08}", 20_000_000 + d.case.index));
                d.certificate.issued_on = Some(date!(2025 - 03 - 17));
            }
            Self::SameCertificate => {
                d.rows.hit("paper.same_certificate", None);
                d.rows.hit("encumbrance.other_cases", None);
            }
            Self::ScanSmall => {
                d.scan = Some((160, 226));
                d.rows.hit("paper.scan", None).effect_at_least = Effect::NeedsPapers;
            }
            Self::ScanNone => {
                d.scan = None;
                d.rows.hit("paper.scan", None).effect_at_least = Effect::NeedsPapers;
            }
            Self::MapOnly => drop(d.rows.hit("parcel.register_map", None)),
            Self::Split => {
                d.case.wish.split_parts = Some(2);
                // The invented province has no rule: that is said, and no other province's number is taken.
                d.rows.set("split.minimum", None, &[Verdict::Failed]).effect_at_least = Effect::NeedsPerson;
            }
            _ => {}
        }
    }

    fn reference(self, d: &mut Draft<'_>) {
        let Some(mut asked) = d.certificate.parcel.take() else { return };
        match self {
            Self::OldName => asked.commune_code = None,
            Self::NewCommune => {
                let commune = &names().commune;
                (asked.commune_code, asked.commune_name) = (Some(commune.code.clone()), Some(commune.name.clone()));
                (asked.sheet, asked.number) = (d.parcel.sheet.to_string(), d.parcel.number.to_string());
                d.certificate.serial = Some(format!("AA {:08}", 30_000_000 + d.case.index));
                d.certificate.issued_on = Some(date!(2025 - 09 - 02));
                d.certificate.issued_by = Some(format!("Uỷ ban nhân dân {}", commune.name));
                // Several sheets bear the number; place and area on the certificate settle which is meant.
            }
            Self::UnknownNumber => {
                asked.number = format!("{}", 8_000 + d.case.index);
                d.case.parcel = None;
                d.rows.hit("parcel.reference", None);
                d.rows.drop("parcel.register_map");
            }
            Self::RegisterOnly => {
                d.without_table();
                d.rows.keep(|c| c.starts_with("paper.") || c == "parcel.reference");
                d.rows.hit("parcel.register_map", None);
            }
            _ => {}
        }
        d.certificate.parcel = Some(asked);
    }

    fn numbers(self, d: &mut Draft<'_>, chance: &mut Chance) {
        let (map, allowed) = (d.parcel.area, area_tolerance(d.parcel));
        let down = |v: f64| (v * 10.0).floor() / 10.0;
        match self {
            Self::AreaBeyond => {
                d.without_table();
                d.print_area(map + allowed * chance.span(1.6, 4.0) + 0.5);
            }
            Self::AreaJustWithin => {
                d.without_table();
                d.print_area(down(map + allowed - 0.02));
            }
            Self::AreaJustBeyond => {
                d.without_table();
                d.print_area(down(map + allowed + 0.02) + 0.1);
            }
            Self::OtherUse => {
                let area = d.certificate.area_m2.unwrap_or_default();
                d.certificate.purposes = purposes("CLN", area);
                d.rows.hit("parcel.land_use", Some("paper:0"));
            }
            Self::Shifted => {
                for v in &mut d.certificate.vertices {
                    (v.x, v.y) = (cent(v.x + 0.4), cent(v.y - 0.3));
                }
                d.rows.hit("parcel.vertices", Some("paper:0"));
            }
            Self::VertexMoved => {
                let v = &mut d.certificate.vertices[0];
                (v.x, v.y) = (cent(v.x + 0.9), cent(v.y - 0.7));
                d.table_follows();
                d.rows.hit("parcel.vertices", Some("paper:0"));
            }
            Self::Swapped => {
                d.certificate.vertices.iter_mut().for_each(|v| (v.x, v.y) = (v.y, v.x));
                d.case.refused = Some((0, "vertices"));
            }
            Self::Sum => {
                let first = &mut d.certificate.purposes[0];
                first.area_m2 = first.area_m2.map(|a| tenth(a - 10.0));
                d.rows.hit("paper.consistency", None);
            }
            Self::Edge => {
                d.certificate.edges_m[0] = cent(d.certificate.edges_m[0] + 1.5);
                d.rows.hit("paper.consistency", None);
                // The vertices agree; whether a wrong edge counts against them too is the check's choice.
                d.rows.set("parcel.vertices", Some("paper:0"), &[Verdict::Clear, Verdict::Hit]);
            }
            Self::TermOver => {
                d.certificate.issued_on = Some(date!(2003 - 10 - 15));
                d.certificate.purposes[0].term = Some(Term::Until(date!(2023 - 10 - 15)));
                d.rows.hit("paper.term", None);
            }
            _ => {}
        }
    }

    fn people(self, d: &mut Draft<'_>, chance: &mut Chance) {
        let other = if d.holder.sex == Sex::Male { Sex::Female } else { Sex::Male };
        let second = names().person(chance, other, 20_001 + d.case.index * 3);
        let address = d.parcel.address.clone();
        match self {
            Self::HolderMarks => {
                d.certificate.holders[0].name = bare(&d.holder.name);
                d.rows.hit("paper.holder_identity", None);
            }
            Self::HolderOther => {
                d.certificate.holders[0] = second.holder();
                d.rows.hit("paper.holder_identity", None).effect_at_least = Effect::NeedsPapers;
            }
            Self::CardDigits => {
                if let Some(card) = &mut d.card {
                    card.sex = Some(other);
                    card.qr_text = None;
                }
                d.rows.hit("paper.cccd", None).effect_at_least = Effect::None;
            }
            Self::CardQr => {
                if let Some(card) = &mut d.card {
                    card.birth_date = card.birth_date.map(|b| b + Duration::days(1));
                }
                d.rows.hit("paper.cccd", None);
            }
            Self::NoCard => {
                d.card = None;
                for check in ["paper.holder_identity", "paper.required_set"] {
                    d.rows.hit(check, None).effect_at_least = Effect::NeedsPapers;
                }
                d.rows.set("paper.cccd", None, &[Verdict::NotApplicable]);
            }
            Self::JointComplete | Self::JointLacking => joint(self, d, &second, &address),
            Self::PowerGood | Self::PowerOver => power(self, d, &second, &address),
            _ => {}
        }
    }

    fn burdens(self, d: &mut Draft<'_>) {
        let code = match self {
            Self::Mortgage => "mortgage",
            Self::Block => "block",
            Self::Dispute => "dispute",
            Self::Enforcement => "enforcement",
            Self::NoteOpen | Self::NoteEnded => return note(self, d),
            _ => return,
        };
        let on = d.as_of - Duration::days(200);
        d.charges.push(Charge { parcel: d.at, code, note: charge_note(code).to_owned(), on });
        let effect = if code == "mortgage" { Effect::NeedsPapers } else { Effect::Blocks };
        d.rows.hit("encumbrance.register", None).effect_at_least = effect;
    }
}

pub(crate) fn charge_note(code: &str) -> &'static str {
    match code {
        "mortgage" => "Thế chấp tại Ngân hàng Demo",
        "block" => "Ngăn chặn theo văn bản của cơ quan Demo",
        "dispute" => "Tranh chấp ranh giới đang được giải quyết",
        _ => "Kê biên để thi hành án",
    }
}

fn note(recipe: Recipe, d: &mut Draft<'_>) {
    let first = ChangeNote {
        on: Some(date!(2024 - 11 - 05)),
        text: "Thế chấp quyền sử dụng đất tại Ngân hàng Demo theo hợp đồng số 15/2024/HĐTC".to_owned(),
    };
    d.certificate.changes.push(first);
    if recipe == Recipe::NoteOpen {
        d.rows.hit("encumbrance.paper_notes", None).effect_at_least = Effect::NeedsPapers;
    } else {
        let text = "Đã xoá đăng ký thế chấp theo hồ sơ số 88/2025".to_owned();
        d.certificate
            .changes
            .push(ChangeNote { on: Some(date!(2025 - 12 - 08).min(d.as_of - Duration::days(20))), text });
        d.rows.clear("encumbrance.paper_notes", None);
    }
}

fn joint(recipe: Recipe, d: &mut Draft<'_>, spouse: &Person, address: &str) {
    d.certificate.joint = Some(true);
    d.certificate.holders.push(spouse.holder());
    let (husband, wife) = if d.holder.sex == Sex::Male { (&d.holder, spouse) } else { (spouse, &d.holder) };
    if recipe == Recipe::JointLacking {
        d.rows.hit("paper.joint_ownership", None).effect_at_least = Effect::NeedsPapers;
        d.rows.hit("paper.holder_identity", None).effect_at_least = Effect::NeedsPapers;
        return;
    }
    d.more.push(Paper::IdentityCard(spouse.card("spouse", address, date!(2021 - 06 - 01))));
    d.more.push(Paper::MarriageCertificate(MarriageCertificate {
        husband: Some(husband.holder()),
        wife: Some(wife.holder()),
        registered_on: Some(date!(2020 - 02 - 20)),
        number: Some(format!("{}/2020", 10 + d.case.index)),
        issued_by: Some(names().commune.old[d.parcel.old].name.clone()),
    }));
    d.rows.clear("paper.joint_ownership", None);
}

fn power(recipe: Recipe, d: &mut Draft<'_>, agent: &Person, address: &str) {
    let over = recipe == Recipe::PowerOver;
    let signed = if over { date!(2022 - 04 - 01) } else { d.as_of - Duration::days(60) };
    let until = if over { date!(2024 - 04 - 01) } else { d.as_of + Duration::days(300) };
    d.more.push(Paper::IdentityCard(agent.card("representative", address, date!(2021 - 06 - 01))));
    d.more.push(Paper::PowerOfAttorney(PowerOfAttorney {
        principal: Some(d.holder.holder()),
        agent: Some(agent.holder()),
        scope: Some("Chuyển nhượng quyền sử dụng đất và mọi thủ tục liên quan".to_owned()),
        signed_on: Some(signed),
        valid_until: Some(until),
        notary: Some("Văn phòng công chứng Demo".to_owned()),
        notary_number: Some(format!("{}/CCDEMO", 1000 + d.case.index)),
    }));
    if over {
        d.rows.hit("paper.power_of_attorney", None).effect_at_least = Effect::NeedsPapers;
    } else {
        d.rows.clear("paper.power_of_attorney", None);
    }
}

/// The name without its marks.
fn bare(name: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    name.nfd()
        .filter(|c| !is_combining_mark(*c))
        .map(|c| {
            if c == 'Đ' {
                'D'
            } else if c == 'đ' {
                'd'
            } else {
                c
            }
        })
        .collect()
}
