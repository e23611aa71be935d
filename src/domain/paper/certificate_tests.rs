use super::*;
use proptest::prelude::*;

fn square() -> Certificate {
    let corner = |x: f64, y: f64| Vertex { x: 1_777_138.32 + x, y: 548_201.50 + y };
    Certificate {
        vertices: vec![corner(0.0, 0.0), corner(20.0, 0.0), corner(20.0, 5.0), corner(0.0, 5.0)],
        edges_m: vec![20.0, 5.0, 20.0, 5.3],
        ..Default::default()
    }
}

#[test]
fn serials() {
    for (text, expected) in [
        ("CK 123456", Some(("CK 123456", SerialForm::Old))),
        ("ck123456", Some(("CK 123456", SerialForm::Old))),
        ("Đ 123456", Some(("Đ 123456", SerialForm::Old))),
        ("đ-123 456", Some(("Đ 123456", SerialForm::Old))),
        ("AA 12345678", Some(("AA 12345678", SerialForm::New))),
        ("AA O234567I", Some(("AA 02345671", SerialForm::New))),
        ("CO 123456", Some(("CO 123456", SerialForm::Old))),
        ("AA 1234567", None),
        ("A 12345678", None),
        ("AAA 123456", None),
        ("ĐA 12345678", None),
        ("123456", None),
        ("", None),
    ] {
        let read = parse_serial(text);
        assert_eq!(read.as_ref().map(|s| (s.text.as_str(), s.form)), expected, "{text}");
    }
}

#[test]
fn forms_and_days() {
    use SerialDating::*;
    assert_eq!(serial_dating(SerialForm::Old, date!(2024 - 12 - 31)), Fits);
    assert_eq!(serial_dating(SerialForm::Old, date!(2025 - 01 - 01)), OldFormTooLate);
    assert_eq!(serial_dating(SerialForm::New, date!(2025 - 01 - 01)), Fits);
    assert_eq!(serial_dating(SerialForm::New, date!(2024 - 12 - 31)), NewFormTooEarly);
}

#[test]
fn vertices_tell_when_they_are_swapped() {
    assert_eq!(vertex_place(&Vertex { x: 1_777_138.32, y: 548_201.5 }), VertexPlace::Fits);
    assert_eq!(vertex_place(&Vertex { x: 548_201.5, y: 1_777_138.32 }), VertexPlace::Swapped);
    assert_eq!(vertex_place(&Vertex { x: 16.05, y: 108.2 }), VertexPlace::Elsewhere);
    assert_eq!(vertex_place(&Vertex { x: f64::NAN, y: 548_201.5 }), VertexPlace::Elsewhere);
}

#[test]
fn the_ring_has_easting_first() {
    let paper = square();
    let ring = paper.ring().unwrap();
    assert_eq!(ring.exterior().0[1], geo::coord! { x: 548_201.50, y: 1_777_158.32 });
    assert!((paper.ring_area_m2().unwrap() - 100.0).abs() < 1e-6);
    let mut closed = paper.clone();
    closed.vertices.push(closed.vertices[0]);
    assert_eq!(closed.ring(), paper.ring());
    assert_eq!(closed.edge_lengths_m().len(), 4);
    assert_eq!(Certificate::default().ring(), None);
    assert_eq!(Certificate::default().ring_area_m2(), None);
}

#[test]
fn printed_edges_are_compared() {
    let off: Vec<f64> = square().edge_differences().iter().map(|e| (e.difference() * 100.0).round() / 100.0).collect();
    assert_eq!(off, [0.0, 0.0, 0.0, 0.3]);
}

proptest! {
    #[test]
    fn serials_never_panic(text in "\\PC{0,14}") {
        if let Some(serial) = parse_serial(&text) {
            prop_assert_eq!(parse_serial(&serial.text), Some(serial));
        }
    }

    #[test]
    fn area_agrees_with_the_triangle_formula(a in 1.0f64..500.0, b in 1.0f64..500.0) {
        let at = |x, y| Vertex { x: 1_200_000.0 + x, y: 600_000.0 + y };
        let paper = Certificate { vertices: vec![at(0.0, 0.0), at(a, 0.0), at(0.0, b)], ..Default::default() };
        prop_assert!((paper.ring_area_m2().unwrap() - a * b / 2.0).abs() < 1e-3);
    }
}
