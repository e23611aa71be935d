use super::*;
use serde_json::json;
use time::macros::date;

#[test]
fn a_certificate_is_read() {
    let paper = from_json(json!({
        "kind": "certificate", "serial": "CK 123456", "issued_on": "2019-05-02",
        "holders": [{"name": "Nguyễn Văn Mẫu", "birth_year": 1970}],
        "parcel": {"commune_name": "Phường Thử", "sheet": "12", "number": "34"},
        "area_m2": 100.0, "purposes": [{"code": "ODT", "term": "long_term"}, {"code": "CLN", "term": {"until": "2043-10-15"}}],
        "vertices": [{"x": 1777138.32, "y": 548201.5}]
    }))
    .unwrap();
    let Paper::Certificate(c) = &paper else { panic!() };
    assert_eq!(c.issued_on, Some(date!(2019 - 05 - 02)));
    assert_eq!(c.purposes[1].term, Some(Term::Until(date!(2043 - 10 - 15))));
    assert_eq!(from_json(serde_json::to_value(&paper).unwrap()), Ok(paper));
}

#[test]
fn every_kind_is_read_empty_and_written_under_its_name() {
    for kind in Paper::KINDS {
        let paper = from_json(json!({ "kind": kind })).unwrap();
        assert_eq!(paper.kind(), kind);
        assert_eq!(serde_json::to_value(&paper).unwrap()["kind"], kind);
    }
}

#[test]
fn all_problems_are_named_at_once() {
    let problems = from_json(json!({
        "kind": "certificate", "area_m2": "100", "issued_on": "02/05/2019", "colour": "red",
        "holders": [{"name": 5}, {"name": "A", "age": 3}],
        "purposes": [{"area_m2": 5.0}, {"code": "ODT", "term": "forever"}],
        "vertices": [{"x": 1.0, "y": 2.0}, {"x": null, "y": 2.0}]
    }))
    .unwrap_err();
    let mut told: Vec<String> =
        problems.iter().map(|p| format!("{} | {} | {} | {}", p.field, p.code, p.found, p.allowed)).collect();
    told.sort();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn days_are_iso_days() {
    for (day, code) in [
        (json!("2019-02-30"), "date-format"),
        (json!("2019-05-02T00:00"), "date-format"),
        (json!(""), "date-format"),
        (json!(5), "wrong-type"),
    ] {
        let problems = from_json(json!({"kind": "tax_notice", "due_on": day})).unwrap_err();
        assert_eq!((problems[0].field.as_str(), problems[0].code.as_str()), ("due_on", code), "{problems:?}");
        assert_eq!(problems[0].allowed, "YYYY-MM-DD", "{problems:?}");
    }
}

#[test]
fn kinds_are_checked() {
    assert_eq!(from_json(json!({"kind": "passport"})).unwrap_err()[0].found, "passport");
    assert_eq!(from_json(json!({})).unwrap_err()[0].field, "kind");
    assert_eq!(from_json(json!([1])).unwrap_err()[0].found, "array");
}
