//! An invented land of any size, always the same: quads of some 200 m² that share their corners, and zones with wavy borders
//! that share them. Nothing in it is drawn by chance; the shifts come from a hash of the place.

use geo_types::{Coord, LineString, Polygon};

pub const PARCELS: usize = 500_000;
/// Zones from west to east, and as many from south to north, over each block of [`PARCELS`].
pub const ZONES: usize = 70;
/// Parcels from west to east, and their size (m).
pub const COLUMNS: usize = 1000;
pub const WIDTH: f64 = 20.0;
pub const HEIGHT: f64 = 10.0;
/// South-western corner (m), in the middle of a zone's range.
pub const EAST: f64 = 490_000.0;
pub const NORTH: f64 = 1_770_000.0;
/// Corners along one side of a zone.
const SIDE: usize = 24;

/// From 0 to 1, told by the numbers.
fn shift(a: usize, b: usize, salt: u64) -> f64 {
    let mut x = (a as u64) << 32 ^ b as u64 ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..2 {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
    }
    (x >> 11) as f64 / (1u64 << 53) as f64
}

/// To a millimetre, as maps are drawn.
fn tidy(x: f64, y: f64) -> Coord<f64> {
    let mm = |v: f64| (v * 1000.0).round() / 1000.0;
    Coord { x: mm(x), y: mm(y) }
}

fn corner(column: usize, row: usize) -> Coord<f64> {
    let (dx, dy) = (shift(column, row, 1) - 0.5, shift(column, row, 2) - 0.5);
    tidy(EAST + column as f64 * WIDTH + dx * 4.0, NORTH + row as f64 * HEIGHT + dy * 2.0)
}

/// The first `n` parcels, row by row from the south.
pub fn parcels(n: usize) -> Vec<Polygon<f64>> {
    (0..n).map(|i| parcel(i % COLUMNS, i / COLUMNS)).collect()
}

pub fn parcel(column: usize, row: usize) -> Polygon<f64> {
    let ring = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)];
    Polygon::new(LineString(ring.iter().map(|(c, r)| corner(column + c, row + r)).collect()), vec![])
}

/// How far borders of zones wave (m). Their slopes (19 times that per zone) must stay below the sides of a zone, else the net folds.
const WAVE: f64 = 5.0;

/// A point of the net of zones: whole numbers are its corners.
fn net(x: f64, y: f64) -> Coord<f64> {
    let (w, h) = (COLUMNS as f64 * WIDTH / ZONES as f64, (PARCELS / COLUMNS) as f64 * HEIGHT / ZONES as f64);
    let wave = |t: f64, phase: f64| (t * std::f64::consts::TAU * 3.0 + phase).sin();
    tidy(EAST + x * w + WAVE * wave(y, x), NORTH + y * h + WAVE * wave(x, y))
}

/// Zones that lie gapless over one block of parcels.
pub fn zones() -> Vec<Polygon<f64>> {
    zones_of(0)
}

/// As [`zones`], over block number `block` from the south.
pub fn zones_of(block: usize) -> Vec<Polygon<f64>> {
    let step = |i: usize| i as f64 / SIDE as f64;
    let mut out = Vec::with_capacity(ZONES * ZONES);
    for row in (0..ZONES).map(|r| (r + block * ZONES) as f64) {
        for column in (0..ZONES).map(|c| c as f64) {
            let south = (0..SIDE).map(|i| net(column + step(i), row));
            let east = (0..SIDE).map(|i| net(column + 1.0, row + step(i)));
            let north = (0..SIDE).map(|i| net(column + step(SIDE - i), row + 1.0));
            let west = (0..=SIDE).map(|i| net(column, row + step(SIDE - i)));
            out.push(Polygon::new(south.chain(east).chain(north).chain(west).collect(), vec![]));
        }
    }
    out
}
