//! Plots become parcels: land use, sheet and number, areas.

use super::certificate::tenth;
use super::chance::Chance;
use super::layout::{Kind, Layout};
use super::names::names;
use geo::{Area, BoundingRect, Centroid};
use geo_types::{MultiPolygon, Point, Rect};
use std::collections::BTreeMap;

/// Map scales of the two kinds of survey.
pub(crate) const TOWN: i32 = 500;
pub(crate) const OUTSKIRTS: i32 = 1000;
/// Sheet of the second old commune that was measured and numbered anew.
const RENEWED_SHEET: u32 = 2;

#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub kind: Kind,
    /// Which old commune: index into the names' list.
    pub old: usize,
    pub sheet: u32,
    pub number: u32,
    /// Sheet and number before a renumbering.
    pub before: Option<(u32, u32)>,
    pub scale: i32,
    pub land_use: String,
    pub geom: MultiPolygon<f64>,
    /// Area of `geom` (m²).
    pub area: f64,
    /// Area the register holds (m²).
    pub registered: f64,
    pub address: String,
    pub holder: String,
    pub fault: Option<Fault>,
    /// Far from every planted fault: a case on it shows what the case plants, and nothing else.
    pub plain: bool,
    /// Serial of the certificate the register knows.
    pub serial: Option<String>,
    pub bounds: Rect<f64>,
    pub centre: Point<f64>,
}

/// What is wrong with a row of the cadastral files, on purpose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    Null,
    SelfCrossing,
    /// Bears the number of the parcel with this index.
    Duplicate(usize),
    NoNumber,
    UnknownCode,
    /// Lies over the parcel with this index by so many m².
    Overlap(usize, f64),
    /// Leaves a gap of so many m² to the parcel with this index.
    Gap(usize, f64),
}

impl Parcel {
    /// Sheet and number as papers and registers still write them: those before a renumbering.
    pub(crate) fn written(&self) -> (u32, u32) {
        self.before.unwrap_or((self.sheet, self.number))
    }
    /// `commune/sheet/number` as written: the old commune's code, so that it names one parcel of the merged commune.
    pub(crate) fn key(&self) -> String {
        let (sheet, number) = self.written();
        format!("{}/{sheet}/{number}", self.commune())
    }
    /// Code of the old commune.
    pub(crate) fn commune(&self) -> &'static str {
        &names().commune.old[self.old].code
    }
    pub(crate) fn reshape(&mut self, geom: MultiPolygon<f64>) {
        self.area = geom.unsigned_area();
        self.bounds = geom.bounding_rect().unwrap_or(self.bounds);
        self.geom = geom;
    }
}

pub(crate) fn parcels(layout: &Layout, seed: u64) -> Vec<Parcel> {
    let mut chance = Chance::new(seed, "parcels");
    let mut grouped: BTreeMap<usize, usize> = BTreeMap::new();
    let mut out: Vec<Parcel> = Vec::new();
    for plot in &layout.plots {
        let polygon = layout.mesh.surveyed(&plot.face, &layout.warp);
        if let Some(first) = plot.group.and_then(|g| grouped.get(&g)) {
            let mut both = out[*first].geom.clone();
            both.0.push(polygon);
            out[*first].reshape(both);
            continue;
        }
        if let Some(g) = plot.group {
            grouped.insert(g, out.len());
        }
        let anchor = plot.anchor();
        let old = match anchor.0 > layout.river.middle().0 {
            true => 2,
            false => usize::from(anchor.1 < layout.old_border),
        };
        let geom = MultiPolygon(vec![polygon]);
        let (Some(bounds), Some(centre)) = (geom.bounding_rect(), geom.centroid()) else { continue };
        let outside = matches!(plot.kind, Kind::Forest | Kind::Field);
        out.push(Parcel {
            kind: plot.kind,
            old,
            sheet: 0,
            number: 0,
            before: None,
            scale: if outside { OUTSKIRTS } else { TOWN },
            land_use: land_use(plot.kind, &mut chance).to_owned(),
            area: 0.0,
            registered: 0.0,
            address: names().address(old, chance.int(1, 60)),
            holder: String::new(),
            fault: None,
            plain: true,
            serial: None,
            geom,
            bounds,
            centre,
        });
    }
    number(&mut out);
    for (i, p) in out.iter_mut().enumerate() {
        describe(p, i, &mut chance);
    }
    out
}

fn describe(p: &mut Parcel, i: usize, chance: &mut Chance) {
    p.area = p.geom.unsigned_area();
    // One in a hundred was registered from another survey.
    let measured = if chance.hit(0.01) { p.area * chance.span(0.9, 1.1) } else { p.area };
    p.registered = tenth(measured);
    if chance.hit(0.93) && p.kind != Kind::Sliver {
        p.serial = Some(format!("D{} {:06}", char::from(b'A' + (i / 5000 % 20) as u8), 100_000 + i * 37 % 900_000));
    }
    let sex = if chance.hit(0.5) { crate::domain::paper::Sex::Male } else { crate::domain::paper::Sex::Female };
    p.holder = names().person(chance, sex, i).name;
}

fn land_use(kind: Kind, chance: &mut Chance) -> &'static str {
    let draw = chance.unit();
    match kind {
        Kind::House if draw < 0.002 => "TMD",
        Kind::House if draw < 0.003 => "DTS",
        Kind::House | Kind::Inner | Kind::Sliver => "ODT",
        Kind::Old if draw < 0.030 => "ODT+CLN",
        Kind::Old if draw < 0.044 => "ODT+BHK",
        Kind::Old if draw < 0.070 => "CLN",
        Kind::Old if draw < 0.086 => "BHK",
        Kind::Old => "ODT",
        Kind::School => "DGD",
        Kind::Market => "DCH",
        Kind::Pagoda => "TON",
        Kind::Park | Kind::Bank => "DKV",
        Kind::Garden => "CLN",
        Kind::Field if draw < 0.1 => "NHK",
        Kind::Field => "LUC",
        Kind::Forest if draw < 0.25 => "RPH",
        Kind::Forest => "RSX",
    }
}

/// Sheets of 250 m (town) or 500 m, numbered from the north-west within each old commune; parcels zig-zag from the
/// north-west within each sheet.
fn number(parcels: &mut [Parcel]) {
    let mut cells: BTreeMap<(usize, i32, i64, i64), Vec<usize>> = BTreeMap::new();
    for (i, p) in parcels.iter().enumerate() {
        let side = f64::from(p.scale) * 0.5;
        let cell = |v: f64| (v / side).floor() as i64;
        cells.entry((p.old, p.scale, -cell(p.centre.y()), cell(p.centre.x()))).or_default().push(i);
    }
    let mut sheets = BTreeMap::new();
    for ((old, scale, ..), mut members) in cells {
        // The outskirts count on from 101, 201, 301, so that their sheets stay apart in one file.
        let first = if scale == OUTSKIRTS { 100 * (old as u32 + 1) } else { 0 };
        let sheet = sheets.entry((old, scale)).or_insert(first);
        *sheet += 1;
        let row = |i: &usize| (-parcels[*i].centre.y() / 18.0).floor() as i64;
        let along = |i: &usize| (parcels[*i].centre.x() * 1000.0) as i64 * if row(i) % 2 == 0 { 1 } else { -1 };
        members.sort_by_key(|i| (row(i), along(i), *i));
        let count = members.len() as u32;
        for (k, i) in members.into_iter().enumerate() {
            let p = &mut parcels[i];
            (p.sheet, p.number) = (*sheet, k as u32 + 1);
            // Before the renewal the sheet had another number, and the parcels ran the other way.
            p.before =
                (old == 1 && scale == TOWN && *sheet == RENEWED_SHEET).then_some((*sheet + 70, count - k as u32));
        }
    }
}
