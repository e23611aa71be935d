//! The union of lines: what two maps both show is counted once.

use super::overlay::TOUCH_M;
use geo_types::{Coord, Line, LineString, MultiLineString};

/// Segments that were counted.
#[derive(Debug, Default)]
pub(super) struct Taken(Vec<Line<f64>>);

impl Taken {
    /// Takes the lines; gives back what of them runs along nothing that was taken before. Lines that coincide within
    /// [`TOUCH_M`] are the same.
    pub fn add(&mut self, lines: MultiLineString<f64>) -> MultiLineString<f64> {
        MultiLineString(lines.0.into_iter().flat_map(|l| self.add_one(l)).collect())
    }

    fn add_one(&mut self, line: LineString<f64>) -> Vec<LineString<f64>> {
        let (mut parts, mut whole) = (vec![], true);
        for edge in line.lines() {
            let new = self.rest(edge);
            whole &= new.len() == 1 && new[0] == edge;
            parts.extend(new.into_iter().map(LineString::from));
            self.0.push(edge);
        }
        if whole { vec![line] } else { parts }
    }

    /// What of an edge lies beside every segment taken.
    fn rest(&self, edge: Line<f64>) -> Vec<Line<f64>> {
        let length = edge.dx().hypot(edge.dy());
        if length <= 0.0 {
            return vec![];
        }
        let along = edge.delta() / length;
        let mut covered: Vec<(f64, f64)> = self.0.iter().filter_map(|t| shared(edge.start, along, length, t)).collect();
        covered.sort_by(|a, b| a.0.total_cmp(&b.0));
        if covered.is_empty() {
            return vec![edge];
        }
        let (mut rest, mut at) = (vec![], 0.0);
        for (from, to) in covered.into_iter().chain([(length, length)]) {
            if from - at > TOUCH_M {
                rest.push(Line::new(edge.start + along * at, edge.start + along * from));
            }
            at = f64::max(at, to);
        }
        rest
    }
}

/// From where to where (m along the edge) a segment runs upon it.
fn shared(start: Coord<f64>, along: Coord<f64>, length: f64, t: &Line<f64>) -> Option<(f64, f64)> {
    let place = |c: Coord<f64>| {
        let d = c - start;
        (d.x * along.x + d.y * along.y, d.y * along.x - d.x * along.y)
    };
    let (mut a, mut b) = (place(t.start), place(t.end));
    if a.0 > b.0 {
        (a, b) = (b, a);
    }
    let (from, to) = (a.0.max(0.0), b.0.min(length));
    if to - from <= TOUCH_M {
        return None;
    }
    let aside = |s: f64| (a.1 + (b.1 - a.1) * (s - a.0) / (b.0 - a.0)).abs();
    (aside(from) <= TOUCH_M && aside(to) <= TOUCH_M).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Euclidean, Length, wkt};

    fn total(lines: &[LineString<f64>]) -> f64 {
        let mut taken = Taken::default();
        lines.iter().map(|l| Euclidean.length(&taken.add(MultiLineString(vec![l.clone()])))).sum()
    }

    #[test]
    fn what_runs_along_the_same_ground_counts_once() {
        let road = wkt!(LINESTRING(0. 0.,10. 0.,10. 10.));
        let back = wkt!(LINESTRING(10. 10.,10. 0.,0. 0.));
        let (part, cross, near) =
            (wkt!(LINESTRING(4. 0.,14. 0.)), wkt!(LINESTRING(5. -5.,5. 5.)), wkt!(LINESTRING(0. 0.1,10. 0.1)));
        assert_eq!(total(std::slice::from_ref(&road)), 20.0);
        assert!((total(&[road.clone(), back, road.clone()]) - 20.0).abs() < 1e-9);
        assert!((total(&[road.clone(), part.clone()]) - 24.0).abs() < 1e-9);
        assert!((total(&[part, road.clone()]) - 24.0).abs() < 1e-9);
        assert!((total(&[road.clone(), cross]) - 30.0).abs() < 1e-9);
        assert!((total(&[road, near]) - 30.0).abs() < 1e-9);
        assert!((total(&[wkt!(LINESTRING(0. 0.,10. 0.,0. 0.))]) - 10.0).abs() < 1e-9, "there and back");
    }
}
