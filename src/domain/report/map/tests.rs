use super::*;
use frame::{round_scale, round_up};
use geo_types::{Coord, LineString, Polygon};
use proptest::prelude::*;

fn ring(points: &[(f64, f64)]) -> LineString<f64> {
    points.iter().map(|(x, y)| Coord { x: 550_000.0 + x, y: 1_777_000.0 + y }).collect()
}

fn square(side: f64) -> MultiPolygon<f64> {
    MultiPolygon(vec![Polygon::new(ring(&[(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]), vec![])])
}

fn piece(x: f64, y: f64, side: f64) -> Shape {
    let at = |dx: f64, dy: f64| [550_000.0 + x + dx, 1_777_000.0 + y + dy];
    Shape::Polygon(vec![vec![at(0.0, 0.0), at(side, 0.0), at(side, side), at(0.0, side), at(0.0, 0.0)]])
}

fn sheet(parcel: MultiPolygon<f64>, shapes: &[Shape], around: Option<&Around>) -> MapSheet {
    let marks = shapes.iter().enumerate().map(|(i, s)| Mark { no: i + 1, tone: Tone::Hit, shapes: vec![s] }).collect();
    draw(&Plan { parcel, title: vec!["345".into()], marks, around, lang: Lang::Vi }).unwrap()
}

/// Numbers in discs, in ascending order.
fn numbers(svg: &str) -> Vec<usize> {
    let discs = svg.lines().filter(|l| l.starts_with("<text") && l.contains(r#"font-size="2.9""#));
    let inner = |l: &str| l.split('>').nth(1)?.split('<').next()?.parse().ok();
    let mut all: Vec<usize> = discs.filter_map(inner).collect();
    all.sort_unstable();
    all
}

#[test]
fn scales_are_round() {
    for (least, scale) in
        [(3.0, 100), (100.0, 100), (101.0, 150), (199.0, 200), (201.0, 300), (760.0, 1000), (4_999.0, 5000)]
    {
        assert_eq!(round_scale(least), scale);
    }
    assert_eq!((round_up(0.21), round_up(5.0), round_up(11.0)), (0.5, 5.0, 20.0));
    assert_eq!(sheet(square(20.0), &[], None).scale, 200);
}

#[test]
fn north_is_up_and_a_metre_keeps_its_length() {
    let frame = Frame::around(&square(20.0)).unwrap();
    let (a, b) =
        (frame.paper(Coord { x: 550_000.0, y: 1_777_000.0 }), frame.paper(Coord { x: 550_010.0, y: 1_777_010.0 }));
    assert!(b.x > a.x && b.y < a.y);
    assert!((b.x - a.x - 50.0).abs() < 1e-9, "10 m at 1:200 are 50 mm");
}

/// X is the northing, Y the easting; numbers run clockwise from the north-west; the closing vertex is not told twice.
#[test]
fn vertices_stand_as_in_a_vertex_table() {
    let hole = ring(&[(5.0, 5.0), (5.0, 6.0), (6.0, 6.0)]);
    let parcel =
        MultiPolygon(vec![Polygon::new(ring(&[(0.0, 0.0), (20.0, 0.0), (20.0, 15.0), (0.0, 15.0)]), vec![hole])]);
    let tables = vertex_tables(&rings(&parcel), Lang::Vi);
    let rows = &tables[0].rows;
    assert_eq!(rows[0], ["1", "1777015,00", "550000,00", "20,00"].map(String::from));
    assert_eq!(rows[1], ["2", "1777015,00", "550020,00", "15,00"].map(String::from));
    assert_eq!((rows.len(), tables[1].rows.len()), (4, 3));
    assert_eq!(tables[1].rows[0][0], "5");
    assert_eq!(vertex_tables(&rings(&parcel), Lang::En)[0].rows[3][1], "1777000.00");
}

#[test]
fn what_is_written_into_the_map_is_text() {
    let hostile = "</svg><script>&\"'\u{0}\u{1b}";
    let road = Road { name: Some(hostile.into()), shape: Geometry::LineString(ring(&[(-90.0, -3.0), (90.0, -3.0)])) };
    let around = Around { neighbours: vec![], roads: vec![road] };
    let svg = sheet(square(20.0), &[], Some(&around)).svg;
    assert!(!svg.contains("<script") && !svg.contains('\u{0}') && !svg.contains('\u{1b}'));
    assert!(svg.contains("&lt;/svg&gt;&lt;script&gt;&amp;&quot;"), "{svg}");
    assert_eq!(svg.matches("</svg>").count(), 1);
}

#[test]
fn a_line_with_many_vertices_is_simplified_and_says_so() {
    let circle: Vec<_> = (0..1100)
        .map(|k| f64::from(k) / 1100.0 * std::f64::consts::TAU)
        .map(|t| (100.0 * t.cos(), 100.0 * t.sin()))
        .collect();
    let drawn = sheet(MultiPolygon(vec![Polygon::new(ring(&circle), vec![])]), &[], None);
    assert!(drawn.simplified && !sheet(square(20.0), &[], None).simplified);
    assert_eq!(drawn.rings[0].points.len(), 1100, "the table keeps every vertex");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever was found, wherever and however small: each number is drawn once, the legend names the same numbers, and
    /// no coordinate is lost on the way.
    #[test]
    fn every_number_is_on_the_map(side in 0.5f64..900.0, pieces in prop::collection::vec((0.0f64..1.0, 0.0f64..1.0, 0.0001f64..1.0), 0..40)) {
        let shapes: Vec<Shape> = pieces.iter().map(|(x, y, s)| piece(x * side, y * side, s * side)).collect();
        let drawn = sheet(square(side), &shapes, None);
        let wanted: Vec<usize> = (1..=shapes.len()).collect();
        prop_assert_eq!(numbers(&drawn.svg), wanted.clone());
        prop_assert_eq!(drawn.legend.iter().map(|l| l.0).collect::<Vec<_>>(), wanted);
        prop_assert!(!drawn.svg.contains("NaN") && !drawn.svg.contains("inf"));
    }
}
