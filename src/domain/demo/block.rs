//! One block of houses: two rows of lots back to back, with the small steps that walls have.

use super::chance::Chance;
use super::layout::{Kind, Plot};
use super::mesh::{Face, P, Rect};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Laid out at once: lots of five metres, cut corners.
    Planned,
    /// Grown over time: lots of any width, back walls in steps.
    Grown,
}

pub(crate) struct Block {
    pub plots: Vec<Plot>,
    /// Triangles cut off at the corners: road.
    pub corners: Vec<Face>,
}

/// A wall between two lots of a row: straight from the street to `turn`, then moved by `step`.
#[derive(Debug, Clone, Copy)]
struct Wall {
    at: i64,
    turn: i64,
    step: i64,
    /// A vertex where the front wall of the house meets it.
    knee: Option<i64>,
}

impl Wall {
    fn back(&self) -> i64 {
        self.at + self.step
    }
    /// From the street to the depth `to`, both ends included.
    fn path(&self, to: i64) -> Vec<P> {
        let mut p = vec![(self.at, 0)];
        p.extend(self.knee.map(|k| (self.at, k)));
        if self.step != 0 {
            p.extend([(self.at, self.turn), (self.back(), self.turn)]);
        }
        p.push((self.back(), to));
        p
    }
}

/// Fills `rect` with lots. Lots front the two sides along x when `along_x`. `first_group` numbers parcels of several parts.
pub(crate) fn fill(rect: Rect, along_x: bool, style: Style, first_group: usize, chance: &mut Chance) -> Block {
    let (length, depth) = if along_x { (rect.width(), rect.height()) } else { (rect.height(), rect.width()) };
    let place = |p: P| if along_x { (rect.x0 + p.0, rect.y0 + p.1) } else { (rect.x0 + p.1, rect.y0 + p.0) };
    let cut = if style == Style::Planned && chance.hit(0.7) { 3_000 } else { 0 };
    let mut near = row(length, depth / 2, style, chance);
    let mut far = row(length, depth / 2, style, chance);
    let backs = back_line(near.len() - 1, depth, style, chance);
    keep_apart(&near, &mut far);
    near.iter_mut().chain(far.iter_mut()).for_each(|w| w.knee = w.knee.filter(|k| *k + 500 < w.turn));

    let mut block = Block { plots: Vec::new(), corners: Vec::new() };
    near_lots(&near, &backs, cut, style, chance, &mut block);
    far_lots(&far, &near, &backs, depth, cut, style, &mut block);
    let last = block.plots.len();
    if last > 24 && chance.hit(0.006) {
        for i in [2, last - 3] {
            block.plots[i].group = Some(first_group);
        }
    }
    if cut > 0 {
        for (x, y, dx, dy) in [(0, 0, 1, 1), (length, 0, -1, 1), (0, depth, 1, -1), (length, depth, -1, -1)] {
            block.corners.push(vec![(x, y), (x + dx * cut, y), (x, y + dy * cut)].into());
        }
    }
    let moved = |f: &mut Face| {
        f.outer.iter_mut().chain(f.holes.iter_mut().flatten()).for_each(|p| *p = place(*p));
    };
    block.plots.iter_mut().for_each(|p| moved(&mut p.face));
    block.corners.iter_mut().for_each(moved);
    block
}

/// Walls of one row, both ends of the block included.
fn row(length: i64, depth: i64, style: Style, chance: &mut Chance) -> Vec<Wall> {
    let mut walls = vec![Wall { at: 0, turn: depth / 2, step: 0, knee: None }];
    let mut at = 0;
    loop {
        let edge = at == 0 || length - at < 13_000;
        at += match style {
            Style::Planned if edge => chance.mm(5.5, 7.0),
            Style::Planned => chance.mm(4.6, 5.3),
            Style::Grown if chance.hit(0.08) => chance.mm(8.0, 13.0),
            Style::Grown => chance.mm(3.9, 7.4),
        };
        if length - at < 4_500 {
            break;
        }
        let step = match chance.int(0, 100) {
            0..4 => *chance.pick(&[-70, -50, 50, 60, 80]),
            4..11 if style == Style::Grown => chance.mm(-0.6, 0.6),
            _ => 0,
        };
        let knee = chance.hit(0.42).then(|| chance.mm(2.4, 4.6));
        walls.push(Wall { at, turn: chance.mm(5.5, 9.0), step, knee });
    }
    walls.push(Wall { at: length, turn: depth / 2, step: 0, knee: None });
    walls
}

/// How deep each lot of the near row reaches.
fn back_line(lots: usize, depth: i64, style: Style, chance: &mut Chance) -> Vec<i64> {
    let mut at = depth / 2;
    (0..lots)
        .map(|_| {
            at = match style {
                Style::Planned if chance.hit(0.05) => depth / 2 + chance.mm(-0.3, 0.3),
                Style::Grown if chance.hit(0.28) => depth / 2 + chance.mm(-2.8, 2.8),
                _ => at,
            };
            at
        })
        .collect()
}

/// Moves far walls off the near ones, so that no two corners at the back are nearer than a hand.
fn keep_apart(near: &[Wall], far: &mut [Wall]) {
    let inner = 1..far.len() - 1;
    for wall in &mut far[inner] {
        while near.iter().any(|n| (n.back() - wall.back()).abs() < 320) {
            wall.at += 330;
        }
    }
}

fn near_lots(near: &[Wall], backs: &[i64], cut: i64, style: Style, chance: &mut Chance, block: &mut Block) {
    let last = backs.len() - 1;
    for (i, back) in backs.iter().enumerate() {
        let (left, right) = (near[i], near[i + 1]);
        let mut ring = corner(left.path(*back), cut * i64::from(i == 0), 1);
        let mut right = corner(right.path(*back), cut * i64::from(i == last), -1);
        if i > 0 && chance.hit(0.0105) {
            let (w, l) = if chance.hit(0.5) {
                (chance.mm(0.35, 0.6), chance.mm(0.4, 0.75))
            } else {
                (chance.mm(0.12, 0.2), chance.mm(0.8, 1.3))
            };
            let (x, y) = (left.back(), *back);
            block.plots.push(Plot::new(vec![(x, y - l), (x + w, y - l), (x + w, y), (x, y)], Kind::Sliver));
            ring.pop();
            ring.extend([(x, y - l), (x + w, y - l), (x + w, y)]);
        }
        right.reverse();
        ring.extend(right);
        let mut plot = Plot::new(ring, kind(style));
        if near[i + 1].at - left.at > 9_000 && style == Style::Grown && chance.hit(0.05) {
            let hole = Rect::new(left.at + 3_000, 8_000, left.at + 6_000, 11_500);
            plot.face.holes.push(hole.ring());
            block.plots.push(Plot::new(&hole, Kind::Inner));
        }
        block.plots.push(plot);
    }
}

fn far_lots(far: &[Wall], near: &[Wall], backs: &[i64], depth: i64, cut: i64, style: Style, block: &mut Block) {
    let back_at = |u: i64| backs[near[1..].iter().take_while(|n| n.back() <= u).count().min(backs.len() - 1)];
    let last = far.len() - 2;
    let flip = |p: P| (p.0, depth - p.1);
    for (j, pair) in far.windows(2).enumerate() {
        let (left, right) = (pair[0], pair[1]);
        let mut ring = corner(left.path(depth - back_at(left.back())), cut * i64::from(j == 0), 1);
        ring.iter_mut().for_each(|p| *p = flip(*p));
        for (k, wall) in near.iter().enumerate().skip(1) {
            let u = wall.back();
            if u > left.back() && u < right.back() && k < backs.len() && backs[k] != backs[k - 1] {
                ring.extend([(u, backs[k - 1]), (u, backs[k])]);
            }
        }
        let end = back_at(right.back() - 1);
        let mut right = corner(right.path(depth - end), cut * i64::from(j == last), -1);
        right.reverse();
        ring.extend(right.into_iter().map(flip));
        block.plots.push(Plot::new(ring, kind(style)));
    }
}

/// Cuts the street corner off a wall at the end of the block.
fn corner(mut path: Vec<P>, cut: i64, towards: i64) -> Vec<P> {
    if cut > 0 {
        let at = path[0].0;
        path[0] = (at, cut);
        path.insert(0, (at + towards * cut, 0));
    }
    path
}

fn kind(style: Style) -> Kind {
    if style == Style::Planned { Kind::House } else { Kind::Old }
}
