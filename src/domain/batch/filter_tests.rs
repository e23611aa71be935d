use super::*;

#[test]
fn reads_what_is_offered() {
    let text = |t: &str| Value::Text(t.to_owned());
    assert_eq!(
        Filter::parse("map_area > 100.5 AND (land_use = 'ODT' OR NOT sheet in ('1', '2'))").unwrap(),
        Filter::All(vec![
            Filter::Is(Column::MapArea, Compare::More, Value::Number(100.5)),
            Filter::Any(vec![
                Filter::Is(Column::LandUse, Compare::Equal, text("ODT")),
                Filter::Not(Box::new(Filter::OneOf(Column::Sheet, vec![text("1"), text("2")]))),
            ]),
        ])
    );
    assert_eq!(
        Filter::parse("scale BETWEEN -5e2 AND 1000 OR number LIKE '1%' AND \"commune\" NOT IN ('20194')").unwrap(),
        Filter::Any(vec![
            Filter::All(vec![
                Filter::Is(Column::Scale, Compare::MoreOrEqual, Value::Number(-500.0)),
                Filter::Is(Column::Scale, Compare::LessOrEqual, Value::Number(1000.0)),
            ]),
            Filter::All(vec![
                Filter::Is(Column::Number, Compare::Like, text("1%")),
                Filter::Not(Box::new(Filter::OneOf(Column::Commune, vec![text("20194")]))),
            ]),
        ])
    );
    assert_eq!(Filter::parse("registered_area is null").unwrap(), Filter::Missing(Column::RegisteredArea));
    let known = Filter::Not(Box::new(Filter::Missing(Column::RegisteredArea)));
    assert_eq!(Filter::parse("registered_area IS NOT NULL").unwrap(), known);
    assert_eq!(Filter::parse("sheet = 'it''s'").unwrap(), Filter::Is(Column::Sheet, Compare::Equal, text("it's")));
}

#[test]
fn reads_places() {
    let square = "S_INTERSECTS(geom, POLYGON((0 0, 10 0, 10 10, 0 10, 0 0)))";
    let Filter::Meets(Geometry::Polygon(p)) = Filter::parse(square).unwrap() else { panic!("a polygon") };
    assert_eq!(p.exterior().0.len(), 5);
    let boxed = Filter::parse("NOT S_INTERSECTS(geom, BBOX(0, -1.5, 10, 10)) AND scale = 500").unwrap();
    assert!(boxed.has_geometry());
    for bad in [
        "POLYGON((0 0, 10 10, 10 0, 0 10, 0 0))",
        "BBOX(1, 2, 3)",
        "BBOX(1, x, 2, 3, 4)",
        "BBOX(1, inf, 2, 3)",
        "BBOX(3, 2, 1, 4)",
        "POLYGON(x)",
        "",
        "POINT(1e300 0)",
    ] {
        let read = Filter::parse(&format!("S_INTERSECTS(geom, {bad})"));
        assert!(matches!(read, Err(FilterError::Geometry(_))), "{bad}: {read:?}");
    }
}

#[test]
fn refuses_the_rest_by_name() {
    assert_eq!(Filter::parse("owner = 'x'"), Err(FilterError::Column("owner".into())));
    for bad in [
        "",
        "map_area >",
        "1 = 1; drop table parcel",
        "map_area",
        "sheet > '1'",
        "sheet = '1' sheet = '2'",
        "sheet = '1",
        "(scale = 1",
        "scale NOT = 1",
        "map_area LIKE '1%'",
        "S_WITHIN(geom, POINT(1 2))",
        "sheet = '1' AND",
        "scale = 1 # no",
    ] {
        let read = Filter::parse(bad);
        assert!(matches!(read, Err(FilterError::Syntax { .. } | FilterError::Column(_))), "{bad}: {read:?}");
    }
    for bad in ["sheet IN ()", "map_area = 'big'", "sheet = 12", "sheet = number"] {
        assert!(matches!(Filter::parse(bad), Err(FilterError::Kind { .. })), "{bad}: {:?}", Filter::parse(bad));
    }
    for deep in [format!("{}scale > 1{}", "(".repeat(500), ")".repeat(500)), format!("{}scale > 1", "NOT ".repeat(500))]
    {
        assert_eq!(Filter::parse(&deep), Err(FilterError::Depth));
    }
    assert_eq!(Filter::parse(&"a".repeat(10_001)), Err(FilterError::Depth));
    let at = Filter::parse("scale = 1 AND 7").unwrap_err();
    assert_eq!(at.to_string(), "at 14: 7; expected a column, NOT or (");
}
