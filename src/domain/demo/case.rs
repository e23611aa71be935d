//! Cases whose papers agree with the map, or differ from it in one known way.

use super::certificate::{certificate, edges, purposes, shoelace, tenth};
use super::chance::Chance;
use super::names::{Person, names};
use super::parcel::Parcel;
use super::recipe::Recipe;
use super::truth::{Ground, Rows, TruthRow, area_verdict};
use crate::domain::paper::{Certificate, IdentityCard, OtherPaper, Paper, Sex};
use crate::domain::verify::{ParcelRef, Verdict, Wish};
use std::collections::BTreeSet;
use time::Date;
use time::macros::date;

/// A paper of a demo case and the size of its scan in pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoPaper {
    pub paper: Paper,
    pub scan: Option<(u32, u32)>,
}

/// A customer's case to be opened.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoCase {
    pub index: usize,
    /// What was planted, in a word: `clean`, `area_beyond`, ...
    pub what: &'static str,
    /// Code of a procedure in `data/procedures/`.
    pub procedure: &'static str,
    /// The parcel it is about, as `commune/sheet/number` of the map; none when the map has none.
    pub parcel: Option<String>,
    /// The reference as the customer gives it (that of the certificate).
    pub asked: ParcelRef,
    pub wish: Wish,
    pub papers: Vec<DemoPaper>,
    /// The paper with this index is refused at the door, naming this field; the case has no verdict to compare.
    pub refused: Option<(usize, &'static str)>,
}

/// A row of the encumbrance table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Charge {
    pub parcel: usize,
    pub code: &'static str,
    pub note: String,
    pub on: Date,
}

/// A case while it is written.
pub(crate) struct Draft<'a> {
    pub case: DemoCase,
    pub rows: Rows,
    pub certificate: Certificate,
    pub holder: Person,
    pub card: Option<IdentityCard>,
    /// Further papers, after the certificate and the holder's card.
    pub more: Vec<Paper>,
    pub scan: Option<(u32, u32)>,
    pub charges: Vec<Charge>,
    pub parcel: &'a Parcel,
    pub at: usize,
    pub as_of: Date,
}

const SCAN: (u32, u32) = (1654, 2339);

/// Writes all cases. Certificates are entered into the register through `parcels[..].serial`.
pub(crate) fn cases(
    parcels: &mut [Parcel],
    ground: &Ground<'_>,
    as_of: Date,
    seed: u64,
) -> (Vec<DemoCase>, Vec<TruthRow>, Vec<Charge>) {
    let mut chance = Chance::new(seed, "cases");
    let total = (parcels.len() / 20).clamp(70, 400);
    let mut order: Vec<usize> = (0..parcels.len()).collect();
    chance.shuffle(&mut order);
    let mut used = BTreeSet::new();
    let (mut cases, mut truth, mut charges) = (Vec::new(), Vec::new(), Vec::new());
    for (recipe, wanted) in Recipe::amounts(total) {
        let mut made = 0;
        for &i in order.iter() {
            if made == wanted {
                break;
            }
            if used.contains(&i) || !recipe.suits(&parcels[i], parcels, ground) {
                continue;
            }
            used.insert(i);
            made += 1;
            for _ in 0..recipe.copies() {
                let draft = write(recipe, i, cases.len(), parcels, ground, as_of, &mut chance);
                let serial = draft.certificate.serial.clone();
                let (case, rows, more) = draft.finish();
                truth.extend(rows);
                charges.extend(more);
                cases.push(case);
                match recipe {
                    Recipe::MapOnly => parcels[i].serial = None,
                    _ if recipe.registers() => parcels[i].serial = serial,
                    _ => {}
                }
            }
        }
    }
    (cases, truth, charges)
}

fn write<'a>(
    recipe: Recipe,
    at: usize,
    index: usize,
    parcels: &'a [Parcel],
    ground: &Ground<'_>,
    as_of: Date,
    chance: &mut Chance,
) -> Draft<'a> {
    let parcel = &parcels[at];
    let sex = if chance.hit(0.5) { Sex::Male } else { Sex::Female };
    let holder = names().person(chance, sex, 20_000 + index * 3);
    let issued = Date::from_ordinal_date(chance.int(2006, 2024) as i32, chance.int(1, 365) as u16).unwrap_or(as_of);
    let mut certificate = certificate(parcel, &[&holder], issued, chance);
    // What the register will hold; a recipe that leaves the register out keeps a number of its own.
    certificate.serial.get_or_insert_with(|| format!("DX {:06}", 100_000 + index));
    let card = holder.card("holder", &parcel.address, date!(2021 - 05 - 10));
    let mut rows = ground.rows(parcel, recipe.wish());
    papers_agree(&mut rows);
    if recipe.registers() {
        rows.clear("parcel.register_map", None);
    }
    let mut draft = Draft {
        case: DemoCase {
            index,
            what: recipe.name(),
            procedure: recipe.procedure(),
            parcel: Some(parcel.key()),
            asked: ParcelRef::default(),
            wish: Wish { target_use: recipe.wish().map(str::to_owned), ..Wish::default() },
            papers: Vec::new(),
            refused: None,
        },
        rows,
        certificate,
        holder,
        card: Some(card),
        more: Vec::new(),
        scan: Some(SCAN),
        charges: Vec::new(),
        parcel,
        at,
        as_of,
    };
    recipe.cook(&mut draft, chance);
    draft
}

/// What the checks on papers say of a case with nothing wrong.
fn papers_agree(rows: &mut Rows) {
    for check in [
        "paper.serial",
        "paper.same_certificate",
        "paper.holder_identity",
        "paper.cccd",
        "paper.term",
        "paper.scan",
        "encumbrance.register",
        "encumbrance.other_cases",
    ] {
        rows.clear(check, None);
    }
    for check in ["paper.joint_ownership", "paper.power_of_attorney", "paper.consistency", "encumbrance.paper_notes"] {
        rows.set(check, None, &[Verdict::Clear, Verdict::NotApplicable]);
    }
    rows.clear("parcel.land_use", Some("paper:0"));
}

impl Draft<'_> {
    /// Prints another area, the purposes with it.
    pub(crate) fn print_area(&mut self, area: f64) {
        self.certificate.area_m2 = Some(tenth(area));
        self.certificate.purposes = purposes(&self.parcel.land_use, tenth(area));
    }

    /// Leaves the table of vertices out, as old papers do.
    pub(crate) fn without_table(&mut self) {
        self.certificate.vertices.clear();
        self.certificate.edges_m.clear();
    }

    /// After the vertices changed: edges and area follow them.
    pub(crate) fn table_follows(&mut self) {
        self.certificate.edges_m = edges(&self.certificate.vertices);
        self.print_area(shoelace(&self.certificate.vertices));
    }

    /// Area and vertices of the certificate against the map, unless the recipe has told.
    fn certificate_on_map(&mut self) {
        if !self.rows.knows("parcel.vertices") {
            let verdict = if self.certificate.vertices.is_empty() { Verdict::NotApplicable } else { Verdict::Clear };
            self.rows.set("parcel.vertices", Some("paper:0"), &[verdict]);
        }
        if let Some(verdict) = self.certificate.area_m2.and_then(|a| area_verdict(a, self.parcel)) {
            self.rows.set("parcel.area", Some("paper:0"), &[verdict]);
        }
    }

    fn finish(mut self) -> (DemoCase, Vec<TruthRow>, Vec<Charge>) {
        if self.rows.knows("parcel.boundary") {
            self.certificate_on_map();
        }
        if self.case.parcel.is_none() {
            self.rows.keep(|c| c.starts_with("paper.") || c == "parcel.reference" || c == "parcel.register_map");
        }
        self.case.asked = self.certificate.parcel.clone().unwrap_or_default();
        let own = [Some(Paper::Certificate(Box::new(self.certificate))), self.card.map(Paper::IdentityCard)];
        let forms = ["request_form", "sale_contract"].map(|title| {
            Paper::Other(OtherPaper {
                title: Some(title.to_owned()),
                issued_on: Some(self.as_of),
                ..OtherPaper::default()
            })
        });
        let forms = forms.into_iter().take(if self.case.procedure == "transfer" { 2 } else { 1 });
        let papers = own.into_iter().flatten().chain(self.more).chain(forms);
        self.case.papers = papers.map(|paper| DemoPaper { paper, scan: Some(SCAN) }).collect();
        self.case.papers[0].scan = self.scan;
        if self.case.refused.is_some() {
            self.rows = Rows::default();
        }
        let truth = self.rows.finish(self.case.index, self.case.parcel.as_deref());
        (self.case, truth, self.charges)
    }
}
