//! Faults as real cadastral files have them, in known number and size.

use super::certificate::cent;
use super::chance::Chance;
use super::layout::Kind;
use super::parcel::{Fault, Parcel};
use geo::{Area, BooleanOps, Validation};
use geo_types::{Coord, MultiPolygon, Polygon};
use std::collections::BTreeSet;

/// How many of each, for a ward of `size` parcels.
struct Amounts {
    null: usize,
    crossing: usize,
    duplicate: usize,
    no_number: usize,
    unknown_code: usize,
    overlap: usize,
    gap: usize,
}

impl Amounts {
    fn of(size: usize) -> Self {
        let large = size >= 2000;
        Self {
            null: 3,
            crossing: if large { 4 } else { 1 },
            duplicate: size * 9 / 1000,
            no_number: if large { 4 } else { 1 },
            unknown_code: if large { 5 } else { 1 },
            overlap: if large { 8 } else { 2 },
            gap: if large { 6 } else { 2 },
        }
    }
}

/// Plants the faults and marks every parcel near one (or near a sliver) as not plain.
pub(crate) fn plant(parcels: &mut [Parcel], seed: u64) {
    let mut chance = Chance::new(seed, "faults");
    let n = Amounts::of(parcels.len());
    let mut free: Vec<usize> = (0..parcels.len())
        .filter(|i| matches!(parcels[*i].kind, Kind::House) && parcels[*i].geom.0.len() == 1)
        .collect();
    chance.shuffle(&mut free);
    let mut used = BTreeSet::new();
    let mut moved = 0;
    while moved < n.overlap + n.gap {
        let Some(i) = free.pop() else { break };
        let outwards = moved < n.overlap;
        let by = if outwards { chance.span(0.8, 1.4) } else { -chance.span(0.33, 0.42) };
        if !used.contains(&i) && move_wall(parcels, i, by, &mut used) {
            moved += 1;
        }
    }
    free.retain(|i| !used.contains(i));
    let mut take = |k: usize| free.split_off(free.len().saturating_sub(k));
    for i in take(n.null) {
        parcels[i].fault = Some(Fault::Null);
    }
    for i in take(n.crossing) {
        let crossed = bow_tie(&parcels[i].geom.0[0]);
        parcels[i].geom = MultiPolygon(vec![crossed]);
        parcels[i].fault = Some(Fault::SelfCrossing);
    }
    for i in take(n.no_number) {
        parcels[i].fault = Some(Fault::NoNumber);
    }
    for i in take(n.unknown_code) {
        "XYZ".clone_into(&mut parcels[i].land_use);
        parcels[i].fault = Some(Fault::UnknownCode);
    }
    duplicates(parcels, &take(n.duplicate), &used);
    mark(parcels);
}

/// Gives parcels the number of another one on the same sheet; their own is lost.
fn duplicates(parcels: &mut [Parcel], chosen: &[usize], used: &BTreeSet<usize>) {
    for &i in chosen {
        let whole = |j: usize| j != i && parcels[j].fault.is_none() && !used.contains(&j) && !chosen.contains(&j);
        let same_sheet = |j: usize| (parcels[j].old, parcels[j].sheet) == (parcels[i].old, parcels[i].sheet);
        // A parcel drawn soon after, so that the copies spread over the ward.
        let near = i.saturating_sub(40)..parcels.len();
        let Some(j) = near.chain(0..i).find(|j| whole(*j) && same_sheet(*j)) else { continue };
        parcels[i].number = parcels[j].number;
        parcels[i].before = parcels[j].before;
        parcels[i].fault = Some(Fault::Duplicate(j));
    }
}

/// Moves the wall that parcel `i` shares with a neighbour by `by` metres, into the neighbour when positive, in the ring of
/// `i` alone. False when no wall fits.
fn move_wall(parcels: &mut [Parcel], i: usize, by: f64, used: &mut BTreeSet<usize>) -> bool {
    let bits = |c: &Coord<f64>| (c.x.to_bits(), c.y.to_bits());
    let own: BTreeSet<_> = parcels[i].geom.0[0].exterior().0.iter().map(bits).collect();
    let shared = |j: usize| -> BTreeSet<(u64, u64)> {
        parcels[j].geom.0.iter().flat_map(|p| &p.exterior().0).map(bits).filter(|b| own.contains(b)).collect()
    };
    let side = |j: &usize| {
        *j != i && parcels[*j].kind == Kind::House && !used.contains(j) && shared(*j).len() >= 2 && {
            let ends = shared(*j);
            let y: Vec<Coord<f64>> =
                ends.iter().map(|b| Coord { x: f64::from_bits(b.0), y: f64::from_bits(b.1) }).collect();
            y.iter().any(|a| y.iter().any(|b| distance(*a, *b) > 10.0))
        }
    };
    let near = i.saturating_sub(3)..(i + 4).min(parcels.len());
    let Some(j) = near.clone().find(side) else { return false };
    let wall = shared(j);
    let (a, b) = (parcels[i].centre, parcels[j].centre);
    let length = distance(a.0, b.0);
    let (dx, dy) = ((b.x() - a.x()) / length * by, (b.y() - a.y()) / length * by);
    let ring = parcels[i].geom.0[0].exterior().0.iter();
    let ring: Vec<Coord<f64>> = ring
        .map(|c| if wall.contains(&bits(c)) { Coord { x: cent(c.x + dx), y: cent(c.y + dy) } } else { *c })
        .collect();
    let shape = MultiPolygon(vec![Polygon::new(ring.into(), vec![])]);
    if !shape.is_valid() {
        return false;
    }
    let common = shape.intersection(&parcels[j].geom).unsigned_area();
    let lost = parcels[i].geom.difference(&shape).unsigned_area();
    parcels[i].fault = Some(if by > 0.0 { Fault::Overlap(j, common) } else { Fault::Gap(j, lost) });
    parcels[i].reshape(shape);
    parcels[i].registered = (parcels[i].area * 10.0).round() / 10.0;
    used.extend(near.chain([i, j]));
    true
}

fn distance(a: Coord<f64>, b: Coord<f64>) -> f64 {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).sqrt()
}

/// Swaps two vertices so that the ring crosses itself.
fn bow_tie(p: &Polygon<f64>) -> Polygon<f64> {
    let open = &p.exterior().0[..p.exterior().0.len() - 1];
    for k in 1..open.len() {
        let mut ring = open.to_vec();
        ring.swap(k - 1, k);
        let crossed = Polygon::new(ring.into(), vec![]);
        if !crossed.is_valid() {
            return crossed;
        }
    }
    p.clone()
}

fn mark(parcels: &mut [Parcel]) {
    let bad = |p: &Parcel| p.fault.is_some() || p.kind == Kind::Sliver;
    let mut boxes: Vec<_> = parcels.iter().filter(|p| bad(p)).map(|p| p.bounds).collect();
    boxes.extend(parcels.iter().filter_map(|p| match p.fault {
        Some(Fault::Duplicate(j)) => Some(parcels[j].bounds),
        _ => None,
    }));
    let reach = 3.0;
    for p in parcels.iter_mut() {
        let near = |b: &geo_types::Rect<f64>| {
            b.min().x - reach < p.bounds.max().x
                && p.bounds.min().x < b.max().x + reach
                && b.min().y - reach < p.bounds.max().y
                && p.bounds.min().y < b.max().y + reach
        };
        p.plain = !boxes.iter().any(near);
    }
}
