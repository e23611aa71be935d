//! What the checks must say about a case, told from how the case was made and from the drawing, not by the checks' code.

use super::layout::{Kind, Layout};
use super::parcel::{Fault, Parcel};
use super::plan::Plan;
use crate::domain::theme::Effect;
use crate::domain::verify::Verdict;
use geo::{Area, BooleanOps, BoundingRect, Buffer, Intersects};
use geo_types::{Geometry, MultiPolygon, Polygon, Rect};
use std::collections::{BTreeMap, BTreeSet};

/// One verdict that must come out.
#[derive(Debug, Clone, PartialEq)]
pub struct TruthRow {
    /// Index of the case.
    pub case: usize,
    /// `commune/sheet/number` of the parcel the case is about, when there is one on the map.
    pub parcel: Option<String>,
    pub check: &'static str,
    /// A theme code, `register`, or `paper:0` for the first paper of the case. None: the heaviest finding of the check.
    pub subject: Option<String>,
    /// Any of these is right (a check may say "clear" or "not applicable" where nothing is to be judged).
    pub verdicts: Vec<Verdict>,
    pub effect_at_least: Effect,
    /// Area that is hit (m²), within 0.1 m² or a thousandth of it.
    pub area_m2: Option<f64>,
    /// Composition: code and area (m²), largest first.
    pub parts: Vec<(String, f64)>,
}

/// Rows of one case, by check and subject; what is planted later replaces what the place says.
#[derive(Debug, Default)]
pub(crate) struct Rows(BTreeMap<(&'static str, Option<String>), TruthRow>);

impl Rows {
    pub(crate) fn set(&mut self, check: &'static str, subject: Option<&str>, verdicts: &[Verdict]) -> &mut TruthRow {
        let effect = if verdicts == [Verdict::Hit] { Effect::NeedsPerson } else { Effect::None };
        let row = TruthRow {
            case: 0,
            parcel: None,
            check,
            subject: subject.map(str::to_owned),
            verdicts: verdicts.to_vec(),
            effect_at_least: effect,
            area_m2: None,
            parts: Vec::new(),
        };
        let slot = self.0.entry((check, row.subject.clone())).or_insert_with(|| row.clone());
        *slot = row;
        slot
    }
    pub(crate) fn hit(&mut self, check: &'static str, subject: Option<&str>) -> &mut TruthRow {
        self.set(check, subject, &[Verdict::Hit])
    }
    pub(crate) fn clear(&mut self, check: &'static str, subject: Option<&str>) {
        self.set(check, subject, &[Verdict::Clear]);
    }
    pub(crate) fn drop(&mut self, check: &'static str) {
        self.0.retain(|(c, _), _| *c != check);
    }
    pub(crate) fn keep(&mut self, which: impl Fn(&str) -> bool) {
        self.0.retain(|(c, _), _| which(c));
    }
    pub(crate) fn knows(&self, check: &str) -> bool {
        self.0.keys().any(|(c, _)| *c == check)
    }
    pub(crate) fn finish(self, case: usize, parcel: Option<&str>) -> Vec<TruthRow> {
        let parcel = parcel.map(str::to_owned);
        self.0.into_values().map(|r| TruthRow { case, parcel: parcel.clone(), ..r }).collect()
    }
}

/// Check and theme of everything that is drawn over parcels.
const DRAWN: [(&str, &str); 12] = [
    ("planning.road_corridor", "road_corridor"),
    ("planning.protection", "river"),
    ("planning.protection", "power_line"),
    ("planning.protection", "railway"),
    ("planning.protection", "heritage"),
    ("planning.protection", "military"),
    ("planning.protection", "airport"),
    ("planning.recovery", "recovery"),
    ("planning.recovery", "annual_plan"),
    ("planning.reserved", "forest"),
    ("planning.reserved", "rice"),
    ("planning.hazard", "hazard_landslide"),
];
/// From this area on an overlap counts (m²); nothing is said of those nearer to it than `NEAR`.
const COUNTS: f64 = 1.0;
const NEAR: f64 = 0.05;

type Piece = (String, MultiPolygon<f64>, Rect<f64>);

/// The drawing, ready to be measured against parcels.
pub(crate) struct Ground<'a> {
    themes: BTreeMap<&'static str, Vec<Piece>>,
    zoned: &'a MultiPolygon<f64>,
    stale_flood: &'a MultiPolygon<f64>,
    road_vertices: BTreeSet<(u64, u64)>,
}

impl<'a> Ground<'a> {
    pub(crate) fn new(layout: &Layout, plan: &'a Plan) -> Self {
        let widened = |g: &Geometry<f64>, half: Option<f64>| match (g, half) {
            (Geometry::Polygon(p), _) => MultiPolygon(vec![p.clone()]),
            (Geometry::LineString(l), Some(half)) => l.buffer(half),
            _ => MultiPolygon(vec![]),
        };
        let piece = |d: &super::plan::Drawn| {
            let shape = widened(&d.geom, d.half_width);
            Some((
                if d.code.is_empty() { d.label.clone() } else { d.code.to_owned() },
                shape.clone(),
                shape.bounding_rect()?,
            ))
        };
        let themes = plan.themes.iter().map(|(t, all)| (*t, all.iter().filter_map(piece).collect())).collect();
        let mut road_vertices = BTreeSet::new();
        for road in &layout.roads {
            let road: Polygon<f64> = layout.mesh.surveyed(&road.face, &layout.warp);
            road_vertices.extend(road.exterior().0.iter().map(|c| (c.x.to_bits(), c.y.to_bits())));
        }
        Self { themes, zoned: &plan.zoned, stale_flood: &plan.flood[1], road_vertices }
    }

    /// Area of the parcel under each code of a theme (m²); land that two features of one code cover counts once.
    pub(crate) fn areas(&self, theme: &str, p: &Parcel) -> BTreeMap<String, f64> {
        let mut under: BTreeMap<&str, Vec<MultiPolygon<f64>>> = BTreeMap::new();
        for (code, part) in self.parts(theme, p) {
            under.entry(code).or_default().push(part);
        }
        under.into_iter().map(|(code, parts)| (code.to_owned(), joined(&parts))).collect()
    }

    /// Area of the parcel under the theme (m²), each spot once.
    pub(crate) fn total(&self, theme: &str, p: &Parcel) -> f64 {
        joined(&self.parts(theme, p).map(|(_, part)| part).collect::<Vec<_>>())
    }

    fn parts(&self, theme: &str, p: &Parcel) -> impl Iterator<Item = (&str, MultiPolygon<f64>)> {
        let near = self.themes.get(theme).into_iter().flatten().filter(|(_, _, bounds)| bounds.intersects(&p.bounds));
        near.map(|(code, shape, _)| (code.as_str(), p.geom.intersection(shape))).filter(|(_, part)| !part.0.is_empty())
    }

    /// Nothing is drawn over the parcel, and it lies in a zone of its use.
    pub(crate) fn untouched(&self, p: &Parcel) -> bool {
        let free = |theme: &str| self.total(theme, p) == 0.0;
        DRAWN.iter().all(|(_, t)| free(t))
            && free("hazard_flood")
            && self.misfit(p, &p.land_use) == Some(0.0)
            && self.uncovered(p) < 0.001
    }

    pub(crate) fn uncovered(&self, p: &Parcel) -> f64 {
        (p.area - p.geom.intersection(self.zoned).unsigned_area()).max(0.0)
    }

    /// Area in zones that do not take `land_use`; none when a part is so near the limit that it may count or not.
    pub(crate) fn misfit(&self, p: &Parcel, land_use: &str) -> Option<f64> {
        let fits = |zone: &str| land_use.split('+').all(|c| today(c) == zone);
        let mut sum = 0.0;
        for (_, area) in self.areas("landuse_plan", p).iter().filter(|(zone, _)| !fits(zone)) {
            if (area - COUNTS).abs() < NEAR {
                return None;
            }
            sum += if *area > COUNTS { *area } else { 0.0 };
        }
        Some(sum)
    }

    /// Everything the place of the parcel decides.
    pub(crate) fn rows(&self, p: &Parcel, wish: Option<&str>) -> Rows {
        let mut rows = Rows::default();
        for (check, theme) in DRAWN {
            self.drawn(&mut rows, check, theme, p);
        }
        self.drawn(&mut rows, "planning.hazard", "hazard_flood", p);
        if self.total("hazard_flood", p) == 0.0 && p.geom.intersects(self.stale_flood) {
            rows.set("planning.hazard", Some("hazard_flood"), &[Verdict::StaleSource]);
        }
        self.composition(&mut rows, p, wish);
        self.land(&mut rows, p);
        rows
    }

    fn drawn(&self, rows: &mut Rows, check: &'static str, theme: &str, p: &Parcel) {
        let area = self.total(theme, p);
        if area >= COUNTS + NEAR {
            let row = rows.hit(check, Some(theme));
            row.area_m2 = Some(area);
            if theme == "hazard_flood" {
                row.effect_at_least = Effect::None;
            }
        } else if area <= COUNTS - NEAR {
            rows.clear(check, Some(theme));
        }
    }

    fn composition(&self, rows: &mut Rows, p: &Parcel, wish: Option<&str>) {
        let Some(misfit) = self.misfit(p, wish.unwrap_or(&p.land_use)) else { return };
        let uncovered = self.uncovered(p);
        let verdict = match uncovered {
            _ if misfit > 0.0 => Verdict::Hit,
            u if u < 0.001 => Verdict::Clear,
            u if u < 2.0 => return,
            u if p.area - u < 0.001 => Verdict::NotCovered,
            _ => Verdict::PartlyCovered,
        };
        let mut parts: Vec<_> = self.areas("landuse_plan", p).into_iter().filter(|(_, a)| *a >= COUNTS).collect();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        let row = rows.set("planning.composition", Some("landuse_plan"), &[verdict]);
        row.parts = parts;
        row.area_m2 = (verdict == Verdict::Hit).then_some(misfit);
    }

    fn land(&self, rows: &mut Rows, p: &Parcel) {
        let on_road = self.road_corners(p);
        if on_road >= 2 {
            rows.clear("parcel.access", Some("access_road"));
        } else if on_road == 0 && matches!(p.kind, Kind::Inner | Kind::Field) {
            rows.hit("parcel.access", Some("access_road"));
        }
        match self.outside(p) {
            out if out > COUNTS + NEAR => rows.hit("parcel.commune", Some("commune")).area_m2 = Some(out),
            out if out < COUNTS - NEAR => rows.clear("parcel.commune", Some("commune")),
            _ => {}
        }
        match p.fault {
            Some(Fault::Overlap(_, area)) => rows.hit("parcel.neighbours", None).area_m2 = Some(area),
            Some(Fault::Gap(..)) => drop(rows.hit("parcel.neighbours", None)),
            _ => rows.clear("parcel.neighbours", None),
        }
        rows.clear("parcel.boundary", None);
        rows.clear("parcel.reference", None);
        rows.clear("parcel.register_map", None);
        if p.serial.is_none() {
            rows.hit("parcel.register_map", None);
        }
        self.register_area(rows, p);
    }

    /// Area outside the commune (m²).
    pub(crate) fn outside(&self, p: &Parcel) -> f64 {
        p.area - self.areas("commune", p).into_values().fold(0.0, f64::max)
    }

    /// Corners of the parcel that a road has too.
    pub(crate) fn road_corners(&self, p: &Parcel) -> usize {
        let corners = p.geom.0.iter().flat_map(|g| &g.exterior().0).map(|c| (c.x.to_bits(), c.y.to_bits()));
        corners.filter(|v| self.road_vertices.contains(v)).collect::<BTreeSet<_>>().len()
    }

    fn register_area(&self, rows: &mut Rows, p: &Parcel) {
        if let Some(verdict) = area_verdict(p.registered, p) {
            rows.set("parcel.area", Some("register"), &[verdict]);
        }
    }
}

fn joined(parts: &[MultiPolygon<f64>]) -> f64 {
    match parts {
        [] => 0.0,
        [one] => one.unsigned_area(),
        many => geo::unary_union(many).unsigned_area(),
    }
}

/// ΔP ≤ 0.0004 · M · √P (m²).
pub(crate) fn area_tolerance(p: &Parcel) -> f64 {
    0.0004 * f64::from(p.scale) * p.area.sqrt()
}

/// Stated area against the drawn one; none when the difference lies so near the limit that storage could move it.
pub(crate) fn area_verdict(stated: f64, p: &Parcel) -> Option<Verdict> {
    let (difference, allowed) = ((stated - p.area).abs(), area_tolerance(p).max(0.1));
    match difference {
        d if d <= allowed - 0.015 => Some(Verdict::Clear),
        d if d > allowed + 0.015 => Some(Verdict::Hit),
        _ => None,
    }
}

/// Today's code for a legacy one (TT 08/2024/TT-BTNMT), as far as the ward uses them.
fn today(code: &str) -> &str {
    match code {
        "BHK" | "NHK" => "HNK",
        other => other,
    }
}
