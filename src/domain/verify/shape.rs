//! Geometry as it stands in a record: the forms of GeoJSON, zone metres, easting first, rounded to 1 mm.

use super::round3;
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde::{Deserialize, Serialize};

type Position = [f64; 2];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
pub enum Shape {
    Point(Position),
    MultiPoint(Vec<Position>),
    LineString(Vec<Position>),
    MultiLineString(Vec<Vec<Position>>),
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

/// The shapes of a geometry; a collection gives several. None of them when a coordinate is not a finite number.
pub fn shapes(geom: &Geometry<f64>) -> Option<Vec<Shape>> {
    let mut out = Vec::new();
    push(geom, &mut out);
    out.iter().all(Shape::is_finite).then_some(out)
}

fn push(geom: &Geometry<f64>, out: &mut Vec<Shape>) {
    out.push(match geom {
        Geometry::Point(p) => Shape::Point(position(&p.0)),
        Geometry::MultiPoint(m) => Shape::MultiPoint(m.iter().map(|p| position(&p.0)).collect()),
        Geometry::Line(l) => Shape::LineString(vec![position(&l.start), position(&l.end)]),
        Geometry::LineString(l) => Shape::LineString(line(l)),
        Geometry::MultiLineString(m) => Shape::MultiLineString(m.iter().map(line).collect()),
        Geometry::Polygon(p) => Shape::Polygon(rings(p)),
        Geometry::MultiPolygon(m) => Shape::MultiPolygon(m.iter().map(rings).collect()),
        Geometry::Rect(r) => Shape::Polygon(rings(&r.to_polygon())),
        Geometry::Triangle(t) => Shape::Polygon(rings(&t.to_polygon())),
        Geometry::GeometryCollection(c) => return c.iter().for_each(|g| push(g, out)),
    });
}

fn position(c: &Coord<f64>) -> Position {
    [round3(c.x), round3(c.y)]
}
fn line(l: &LineString<f64>) -> Vec<Position> {
    l.0.iter().map(position).collect()
}
fn rings(p: &Polygon<f64>) -> Vec<Vec<Position>> {
    std::iter::once(p.exterior()).chain(p.interiors()).map(line).collect()
}

impl Shape {
    /// The same shape with every position put through `f`.
    pub fn map(&self, f: &impl Fn((f64, f64)) -> (f64, f64)) -> Shape {
        let one = |p: &Position| {
            let (x, y) = f((p[0], p[1]));
            [x, y]
        };
        let row = |l: &Vec<Position>| l.iter().map(one).collect::<Vec<_>>();
        match self {
            Shape::Point(p) => Shape::Point(one(p)),
            Shape::MultiPoint(m) => Shape::MultiPoint(row(m)),
            Shape::LineString(l) => Shape::LineString(row(l)),
            Shape::MultiLineString(m) => Shape::MultiLineString(m.iter().map(row).collect()),
            Shape::Polygon(p) => Shape::Polygon(p.iter().map(row).collect()),
            Shape::MultiPolygon(m) => Shape::MultiPolygon(m.iter().map(|p| p.iter().map(row).collect()).collect()),
        }
    }

    /// The geometry again, for a store that keeps it.
    pub fn to_geometry(&self) -> Geometry<f64> {
        let ring = |l: &Vec<Position>| LineString::from_iter(l.iter().map(|p| Coord { x: p[0], y: p[1] }));
        let area = |r: &Vec<Vec<Position>>| {
            let mut all = r.iter().map(ring);
            let shell = all.next().unwrap_or_else(LineString::empty);
            Polygon::new(shell, all.collect())
        };
        let point = |p: &Position| Point::new(p[0], p[1]);
        match self {
            Shape::Point(p) => point(p).into(),
            Shape::MultiPoint(m) => MultiPoint(m.iter().map(point).collect()).into(),
            Shape::LineString(l) => ring(l).into(),
            Shape::MultiLineString(m) => MultiLineString(m.iter().map(ring).collect()).into(),
            Shape::Polygon(p) => area(p).into(),
            Shape::MultiPolygon(m) => MultiPolygon(m.iter().map(area).collect()).into(),
        }
    }

    fn is_finite(&self) -> bool {
        let ok = std::cell::Cell::new(true);
        self.map(&|(x, y)| {
            ok.set(ok.get() && x.is_finite() && y.is_finite());
            (x, y)
        });
        ok.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{GeometryCollection, polygon};

    #[test]
    fn rounds_to_a_millimetre_without_negative_zero() {
        let p = Geometry::from(Point::new(-0.0001, 500_000.123_456));
        assert_eq!(
            serde_json::to_string(&shapes(&p).unwrap()[0]).unwrap(),
            r#"{"type":"Point","coordinates":[0.0,500000.123]}"#
        );
    }

    #[test]
    fn geometry_survives_the_way_there_and_back() {
        let g: Geometry<f64> = polygon!(exterior: [(x: 0., y: 0.), (x: 9., y: 0.), (x: 9., y: 9.)],
            interiors: [[(x: 6., y: 1.), (x: 7., y: 1.), (x: 7., y: 2.)]])
        .into();
        assert_eq!(shapes(&g).unwrap()[0].to_geometry(), g);
    }

    #[test]
    fn collections_fall_apart_and_nan_is_refused() {
        let c = GeometryCollection(vec![
            Point::new(1., 2.).into(),
            Geometry::Line(geo_types::Line::new((0., 0.), (1., 1.))),
        ]);
        assert_eq!(shapes(&Geometry::GeometryCollection(c)).unwrap().len(), 2);
        assert_eq!(shapes(&Point::new(f64::NAN, 1.).into()), None);
    }
}
