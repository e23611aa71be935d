//! The big picture: hill, town west of the river, river with its banks, town east of it, rice fields; streets that divide
//! each town into superblocks and blocks.

use super::block::{self, Style};
use super::chance::Chance;
use super::mesh::{Face, Mesh, P, Rect};
use super::warp::Warp;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    House,
    /// House plot of an old, grown quarter: often with a garden.
    Old,
    Sliver,
    /// A plot that lies inside another.
    Inner,
    School,
    Market,
    Pagoda,
    Park,
    Bank,
    Garden,
    Field,
    Forest,
}

#[derive(Debug, Clone)]
pub(crate) struct Plot {
    pub face: Face,
    pub kind: Kind,
    /// Plots of one group are one parcel of several parts.
    pub group: Option<usize>,
}

impl Plot {
    pub(crate) fn new(face: impl Into<Face>, kind: Kind) -> Self {
        Self { face: face.into(), kind, group: None }
    }
    pub(crate) fn anchor(&self) -> P {
        let n = self.face.outer.len() as i64;
        let sum = self.face.outer.iter().fold((0, 0), |s, p| (s.0 + p.0, s.1 + p.1));
        (sum.0 / n, sum.1 / n)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Road {
    pub face: Face,
    /// None for a cut corner, which belongs to the crossing.
    pub strip: Option<Rect>,
    /// 0 is the avenue.
    pub level: usize,
}

/// Everything on the drawing board.
#[derive(Debug)]
pub(crate) struct Layout {
    pub board: Rect,
    pub forest: Rect,
    pub west: Rect,
    pub bank_west: Rect,
    pub river: Rect,
    pub bank_east: Rect,
    pub east: Rect,
    pub rice: Rect,
    /// North of this line (and west of the river) lies the first old commune.
    pub old_border: i64,
    pub plots: Vec<Plot>,
    pub roads: Vec<Road>,
    pub mesh: Mesh,
    pub warp: Warp,
}

/// Width of a street by its rank (m).
const STREET: [f64; 5] = [21.0, 13.5, 10.5, 7.5, 5.5];
/// Ground one town parcel needs, streets included (m²).
const GROSS_M2: f64 = 134.0;
const SUPERBLOCK: i64 = 190_000;

impl Layout {
    pub(crate) fn new(seed: u64, size: usize) -> Self {
        let mut l = Self::columns(seed, size);
        let mut chance = Chance::new(seed, "layout");
        let mut blocks = Vec::new();
        let avenue = Rect::new(l.west.x0, l.old_border - 10_500, l.west.x1, l.old_border + 10_500);
        l.road(avenue, 0);
        l.divide(Rect::new(l.west.x0, avenue.y1, l.west.x1, l.west.y1), 1, &mut chance, &mut blocks);
        l.divide(Rect::new(l.west.x0, l.west.y0, l.west.x1, avenue.y0), 1, &mut chance, &mut blocks);
        l.divide(l.east, 1, &mut chance, &mut blocks);
        l.fill(&blocks, size, &mut chance);
        l.banks();
        l.fields(size, &mut chance);
        l.woods(size, &mut chance);
        for face in l.plots.iter().map(|p| &p.face).chain(l.roads.iter().map(|r| &r.face)) {
            l.mesh.face(face);
        }
        l.mesh.face(&(&l.river).into());
        l
    }

    fn columns(seed: u64, size: usize) -> Self {
        let area = size as f64 * 0.955 * GROSS_M2;
        let height = (area / 1.5).sqrt();
        let mm = |m: f64| (m * 1000.0).round() as i64;
        let h = mm(height);
        let mut x = 0;
        let mut column = |width: f64, gap: f64| {
            let r = Rect::new(x, 0, x + mm(width), h);
            x = r.x1 + mm(gap);
            r
        };
        let forest = column(0.25 * height, STREET[3]);
        let west = column(0.92 * height, STREET[3]);
        let bank_west = column((0.02 * height).max(6.0), 0.0);
        let river = column((0.075 * height).max(24.0), 0.0);
        let bank_east = column((0.03 * height).max(8.0), STREET[3]);
        let east = column(0.58 * height, STREET[4]);
        let rice = column(0.34 * height, 0.0);
        let board = Rect::new(0, 0, rice.x1, h);
        let warp = Warp::new(seed, board.x1 as f64 / 1000.0, height, river.middle().0 as f64 / 1000.0);
        let mut l = Self {
            board,
            forest,
            west,
            bank_west,
            river,
            bank_east,
            east,
            rice,
            old_border: mm(0.47 * height),
            plots: Vec::new(),
            roads: Vec::new(),
            mesh: Mesh::default(),
            warp,
        };
        for (left, right) in [(forest, west), (west, bank_west), (bank_east, east), (east, rice)] {
            l.road(Rect::new(left.x1, 0, right.x0, h), 3);
        }
        for (from, to) in [(forest.x1, bank_west.x0), (bank_east.x1, rice.x0)] {
            for strip in [Rect::new(from, -6_000, to, 0), Rect::new(from, h, to, h + 6_000)] {
                l.mesh.dense(&strip, 16_000);
                l.road(strip, 3);
            }
        }
        l
    }

    fn road(&mut self, strip: Rect, level: usize) {
        self.roads.push(Road { face: (&strip).into(), strip: Some(strip), level });
    }

    /// Splits a town by streets, the wide ones first, down to superblocks, and those into blocks two lots deep.
    fn divide(&mut self, r: Rect, level: usize, chance: &mut Chance, blocks: &mut Vec<(Rect, bool, Style)>) {
        if r.width() <= SUPERBLOCK && r.height() <= SUPERBLOCK {
            return self.slice(r, chance, blocks);
        }
        let half = (STREET[level.min(3)] * 500.0) as i64;
        let (a, b, street) = if r.width() >= r.height() {
            let x = r.x0 + (r.width() as f64 * chance.span(0.38, 0.62)) as i64;
            (
                Rect::new(r.x0, r.y0, x - half, r.y1),
                Rect::new(x + half, r.y0, r.x1, r.y1),
                Rect::new(x - half, r.y0, x + half, r.y1),
            )
        } else {
            let y = r.y0 + (r.height() as f64 * chance.span(0.38, 0.62)) as i64;
            (
                Rect::new(r.x0, r.y0, r.x1, y - half),
                Rect::new(r.x0, y + half, r.x1, r.y1),
                Rect::new(r.x0, y - half, r.x1, y + half),
            )
        };
        self.road(street, level);
        self.divide(a, level + 1, chance, blocks);
        self.divide(b, level + 1, chance, blocks);
    }

    fn slice(&mut self, r: Rect, chance: &mut Chance, blocks: &mut Vec<(Rect, bool, Style)>) {
        let style = if chance.hit(0.62) { Style::Planned } else { Style::Grown };
        let (depth, gap) = match style {
            Style::Planned => (chance.span(35.0, 41.0), STREET[4]),
            Style::Grown => (chance.span(30.0, 46.0), chance.span(2.2, 3.6)),
        };
        let across_y = r.width() as f64 * chance.span(0.7, 1.4) > r.height() as f64;
        let side = if across_y { r.height() } else { r.width() } as f64 / 1000.0;
        let n = (((side + gap) / (depth + gap)).round() as i64).max(1);
        let gap = (gap * 1000.0) as i64;
        let from = if across_y { r.y0 } else { r.x0 };
        let side = (side * 1000.0).round() as i64;
        let edge = |k: i64| from + (side + gap) * k / n;
        for k in 0..n {
            let (lo, hi) = (edge(k), edge(k + 1) - gap);
            let strip = |a, b| if across_y { Rect::new(r.x0, a, r.x1, b) } else { Rect::new(a, r.y0, b, r.y1) };
            blocks.push((strip(lo, hi), across_y, style));
            if k + 1 < n {
                self.road(strip(hi, hi + gap), 4);
            }
        }
    }

    fn fill(&mut self, blocks: &[(Rect, bool, Style)], size: usize, chance: &mut Chance) {
        let mut order: Vec<usize> = (0..blocks.len()).collect();
        chance.shuffle(&mut order);
        let whole = [Kind::Pagoda, Kind::School, Kind::Market, Kind::Park];
        let each = if blocks.len() < 24 { 0 } else { (size / 4000).max(1) };
        for (rank, i) in order.into_iter().enumerate() {
            let (rect, along_x, style) = blocks[i];
            if rank < each * whole.len() {
                self.mesh.dense(&rect, 16_000);
                self.plots.push(Plot::new(&rect, whole[rank % whole.len()]));
            } else {
                let made = block::fill(rect, along_x, style, self.plots.len(), chance);
                self.plots.extend(made.plots);
                self.roads.extend(made.corners.into_iter().map(|face| Road { face, strip: None, level: 4 }));
            }
        }
    }

    /// Gardens on the west bank, one long strip with a thousand vertices on the east bank.
    fn banks(&mut self) {
        let (w, n) = (self.bank_west, 6);
        for k in 0..n {
            let r = Rect::new(w.x0, w.height() * k / n, w.x1, w.height() * (k + 1) / n);
            self.plots.push(Plot::new(&r, Kind::Garden));
        }
        self.plots.push(Plot::new(&self.bank_east, Kind::Bank));
        self.mesh.dense(&self.river, 2_600);
        for strip in [self.bank_west, self.bank_east, self.west, self.east, self.rice] {
            self.mesh.dense(&strip, 14_000);
        }
        for k in 0..self.river.height() / 980 {
            self.mesh.point((self.river.x1, k * 980));
        }
    }

    /// Fields three deep between tracks: the middle ones touch no track.
    fn fields(&mut self, size: usize, chance: &mut Chance) {
        let r = self.rice;
        let each = (r.width() as f64 * r.height() as f64 / (size as f64 * 0.022).max(12.0)).sqrt();
        let (cols, rows) =
            ((r.width() as f64 / each).round().max(3.0) as i64, (r.height() as f64 / each).round().max(3.0) as i64);
        let track = 3_000;
        for c in 0..cols {
            let left = r.x0 + r.width() * c / cols + if c % 3 == 0 && c > 0 { track } else { 0 };
            let right = r.x0 + r.width() * (c + 1) / cols;
            if c % 3 == 0 && c > 0 {
                self.road(Rect::new(left - track, r.y0, left, r.y1), 4);
            }
            let mut y = r.y0;
            for k in 0..rows {
                let top = if k + 1 == rows { r.y1 } else { r.y0 + r.height() * (k + 1) / rows + chance.mm(-4.0, 4.0) };
                self.plots.push(Plot::new(&Rect::new(left, y, right, top), Kind::Field));
                y = top;
            }
        }
    }

    fn woods(&mut self, size: usize, chance: &mut Chance) {
        let f = self.forest;
        let border = self.old_border;
        let rows = ((size / 800) as i64).max(2);
        for (low, high) in [(f.y0, border), (border, f.y1)] {
            for k in 0..rows {
                let (a, b) = (low + (high - low) * k / rows, low + (high - low) * (k + 1) / rows);
                let x = f.x0 + (f.width() as f64 * chance.span(0.35, 0.65)) as i64;
                for r in [Rect::new(f.x0, a, x, b), Rect::new(x, a, f.x1, b)] {
                    self.mesh.dense(&r, 2_900);
                    self.plots.push(Plot::new(&r, Kind::Forest));
                }
            }
        }
    }
}
