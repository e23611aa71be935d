//! How small and how large a shape can be, when its boundary lies within the accuracy of its map.

use super::interval::ROUND;
use crate::domain::verify::AreaInterval;
use geo::{Area, BooleanOps, Buffer};
use geo_types::MultiPolygon;

/// A shape as it is drawn, what is of it wherever its boundary lies, and all that can be of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    pub least: MultiPolygon<f64>,
    pub nominal: MultiPolygon<f64>,
    pub most: MultiPolygon<f64>,
}

impl Span {
    /// Its boundary lies within `by` metres of where it is drawn.
    pub fn of(shape: &MultiPolygon<f64>, by: f64) -> Self {
        let moved = |by: f64| if by == 0.0 { shape.clone() } else { shape.buffer(by * ROUND) };
        let by = by.max(0.0);
        Self { least: moved(-by), nominal: shape.clone(), most: moved(by) }
    }

    /// The part of it that `drawn` takes: what is drawn across it is exact, what follows its boundary (within `by` metres) is not.
    pub fn part(&self, drawn: &MultiPolygon<f64>, by: f64) -> Self {
        let beside = self.most.difference(&self.nominal).intersection(&Self::of(drawn, by).most);
        Self { least: drawn.intersection(&self.least), nominal: drawn.clone(), most: drawn.union(&beside) }
    }

    /// Without another, wherever the boundaries of both lie.
    pub fn without(&self, other: &Span) -> Self {
        Self {
            least: self.least.difference(&other.most),
            nominal: self.nominal.difference(&other.nominal),
            most: self.most.difference(&other.least),
        }
    }

    /// m².
    pub fn area(&self) -> AreaInterval {
        let nominal = self.nominal.unsigned_area();
        AreaInterval {
            low: self.least.unsigned_area().min(nominal),
            nominal,
            high: self.most.unsigned_area().max(nominal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::Rect;
    use proptest::prelude::*;

    fn rect(w: f64, s: f64, e: f64, n: f64) -> MultiPolygon<f64> {
        MultiPolygon(vec![Rect::new((w, s), (e, n)).to_polygon()])
    }

    #[test]
    fn a_line_drawn_across_is_exact() {
        let parcel = Span::of(&rect(0.0, 0.0, 20.0, 15.0), 0.1);
        let part = parcel.part(&rect(0.0, 0.0, 4.0, 15.0), 0.1).area();
        assert!((part.low - 3.9 * 14.8).abs() < 0.05, "{part:?}");
        assert!((part.high - 4.1 * 15.2).abs() < 0.05, "{part:?}");
        let exact = Span::of(&rect(0.0, 0.0, 20.0, 15.0), 0.0).part(&rect(0.0, 0.0, 4.0, 15.0), 0.0).area();
        assert_eq!((exact.low, exact.nominal, exact.high), (60.0, 60.0, 60.0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        /// Each side of the parcel and of the road moved by itself within the accuracy: the area lies between the two.
        #[test]
        fn whatever_the_boundaries_do_the_area_lies_between(
            moves in prop::array::uniform3(-1.0..1.0_f64), road in -1.0..6.0_f64, road_moves in -1.0..1.0_f64, split in 3.0..15.0_f64
        ) {
            let (a, c) = (0.1, 0.4);
            let span = Span::of(&rect(0.0, 0.0, 20.0, 15.0), a).part(&rect(0.0, 0.0, split, 15.0), a);
            let net = span.without(&Span::of(&rect(-50.0, -10.0, 80.0, road), c)).area();
            prop_assert!(net.low <= net.nominal && net.nominal <= net.high);
            let [w, s, n] = moves.map(|m| m * a);
            let south = (s).max(road + road_moves * c);
            let moved = (split - w) * (15.0 + n - south).max(0.0);
            prop_assert!(net.low - 1e-6 <= moved && moved <= net.high + 1e-6, "{net:?} {moved}");
        }
    }
}
