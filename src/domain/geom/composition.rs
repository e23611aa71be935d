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
    /// m² that lie in more than one code; the shares then add up to more than 100.
    pub doubled: f64,
}

/// Lines for the given overlaps (one per code, each a union). Without doubled land the shares add up to exactly 100.0.
pub fn composition(parcel: &Measured, parts: &[(Option<String>, &Overlap)]) -> Composition {
    let rounding = TOUCH_M * parcel.perimeter;
    let mut lines: Vec<(Option<String>, f64)> =
        parts.iter().filter(|(_, o)| o.area.nominal > 0.0).map(|(code, o)| (code.clone(), o.area.nominal)).collect();
    lines.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let sum: f64 = lines.iter().map(|l| l.1).sum();
    let doubled = if sum > parcel.area + rounding { sum - parcel.area } else { 0.0 };
    if sum < parcel.area - rounding {
        lines.push((None, parcel.area - sum));
    }
    let areas: Vec<f64> = lines.iter().map(|l| l.1).collect();
    let percents = if doubled > 0.0 {
        areas.iter().map(|a| (1000.0 * a / parcel.area).round() / 10.0).collect()
    } else {
        largest_remainder(&areas, 1000).into_iter().map(|t| t as f64 / 10.0).collect::<Vec<_>>()
    };
    let lines = lines.into_iter().zip(percents).map(|((code, area), percent)| Share { code, area, percent }).collect();
    Composition { lines, doubled }
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
