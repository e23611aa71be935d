//! What a parcel consists of, by zone code.

use super::overlay::{Measured, Overlap, TOUCH_M};

/// One line: `code` none stands for land in no zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    pub code: Option<String>,
    /// m².
    pub area: f64,
    /// Percent of the parcel, one decimal.
    pub percent: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// Largest first, then by code; land in no zone last.
    pub lines: Vec<Share>,
    /// What lies in more than one code, counted once for each code beyond the first: m² and percent of the parcel. The lines
    /// less this are the parcel: their shares less this percent are exactly 100.0.
    pub doubled: Option<(f64, f64)>,
}

/// Lines for the given overlaps (one per code, each a union). `total` is the union of all: what it leaves open is in no zone,
/// what the parts have beyond it is doubled; the one never makes up for the other.
pub fn composition(parcel: &Measured, total: &Overlap, parts: &[(Option<String>, &Overlap)]) -> Composition {
    let rounding = TOUCH_M * parcel.perimeter;
    let mut lines: Vec<(Option<String>, f64)> =
        parts.iter().filter(|(_, o)| o.area.nominal > 0.0).map(|(code, o)| (code.clone(), o.area.nominal)).collect();
    lines.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let union = total.area.nominal;
    let doubled = Some(lines.iter().map(|l| l.1).sum::<f64>() - union).filter(|d| *d > rounding);
    if parcel.area - union > rounding {
        lines.push((None, parcel.area - union));
    }
    let twice = doubled.map_or(0, |d| (1000.0 * d / parcel.area).round() as u32);
    let areas: Vec<f64> = lines.iter().map(|l| l.1).collect();
    let percents = largest_remainder(&areas, 1000 + twice).into_iter().map(|t| f64::from(t) / 10.0);
    let lines = lines.into_iter().zip(percents).map(|((code, area), percent)| Share { code, area, percent }).collect();
    Composition { lines, doubled: doubled.map(|d| (d, f64::from(twice) / 10.0)) }
}

/// Divides `total` units among `weights` so that the sum is exact; the largest remainders get the rest, ties to the first.
pub fn largest_remainder(weights: &[f64], total: u32) -> Vec<u32> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 || !sum.is_finite() {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|w| w.max(0.0) / sum * f64::from(total)).collect();
    let mut units: Vec<u32> = exact.iter().map(|e| e.floor() as u32).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| exact[*b].fract().total_cmp(&exact[*a].fract()).then(a.cmp(b)));
    let missing = total.saturating_sub(units.iter().sum()) as usize;
    order.iter().cycle().take(missing).for_each(|i| units[*i] += 1);
    units
}
