use super::*;

const AS_OF: Date = date!(2026 - 11 - 23);

fn codes(paper: Paper) -> Vec<(String, String)> {
    paper.problems(AS_OF).into_iter().map(|p| (p.field, p.code)).collect()
}

fn one(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}

fn certificate(change: impl FnOnce(&mut Certificate)) -> Paper {
    let mut paper = Certificate {
        serial: Some("CK 123456".into()),
        issued_on: Some(date!(2019 - 05 - 02)),
        issued_by: Some("UBND quận Mẫu".into()),
        holders: vec![Holder {
            name: "Nguyễn Văn Mẫu".into(),
            birth_year: Some(1970),
            id_number: Some("024123456".into()),
        }],
        parcel: Some(ParcelRef {
            commune_name: Some("Phường Thử".into()),
            sheet: "12".into(),
            number: "34".into(),
            ..Default::default()
        }),
        area_m2: Some(100.0),
        purposes: vec![Purpose { code: "ODT".into(), area_m2: Some(100.0), term: Some(Term::LongTerm) }],
        ..Default::default()
    };
    change(&mut paper);
    Paper::Certificate(Box::new(paper))
}

#[test]
fn a_good_certificate_has_nothing() {
    let good = certificate(|_| {});
    assert_eq!(good.problems(AS_OF), []);
    assert_eq!(good.missing(), Vec::<String>::new());
    assert_eq!(good.warnings(), []);
}

#[test]
fn an_empty_paper_is_a_draft_not_a_fault() {
    let empty = Paper::Certificate(Box::default());
    assert_eq!(empty.problems(AS_OF), []);
    assert_eq!(empty.missing(), ["serial", "issued_on", "issued_by", "holders", "parcel", "area_m2", "purposes"]);
    let card = Paper::IdentityCard(IdentityCard { name: Some(" ".into()), ..Default::default() });
    assert_eq!(card.missing(), ["number", "name", "birth_date", "sex"]);
    let half = certificate(|c| c.parcel = Some(ParcelRef { sheet: "1".into(), ..Default::default() }));
    assert_eq!(half.missing(), ["parcel.commune_code", "parcel.number"]);
}

#[test]
fn wrong_values_of_a_certificate() {
    assert_eq!(codes(certificate(|c| c.serial = Some("CK 12345".into()))), one("serial", "serial-format"));
    assert_eq!(codes(certificate(|c| c.issued_on = Some(date!(2026 - 11 - 24)))), one("issued_on", "date-in-future"));
    assert_eq!(codes(certificate(|c| c.issued_on = Some(AS_OF))), []);
    assert_eq!(codes(certificate(|c| c.area_m2 = Some(-1.0))), one("area_m2", "area-range"));
    assert_eq!(codes(certificate(|c| c.area_m2 = Some(f64::NAN))), one("area_m2", "area-range"));
    assert_eq!(
        codes(certificate(|c| c.holders[0].id_number = Some("12".into()))),
        one("holders[0].id_number", "id-number-format")
    );
    assert_eq!(
        codes(certificate(|c| c.holders[0].birth_year = Some(2027))),
        one("holders[0].birth_year", "year-range")
    );
    assert_eq!(codes(certificate(|c| c.purposes[0].area_m2 = Some(0.0))), one("purposes[0].area_m2", "area-range"));
    assert_eq!(codes(certificate(|c| c.edges_m = vec![-2.0])), one("edges_m[0]", "length-range"));
    assert_eq!(
        codes(certificate(|c| c.parcel.as_mut().unwrap().commune_code = Some("123".into()))),
        one("parcel.commune_code", "commune-code-format")
    );
}

#[test]
fn vertices_of_a_certificate() {
    let good = [(1_777_138.32, 548_201.5), (1_777_158.32, 548_201.5), (1_777_158.32, 548_206.5)];
    let with = |points: &[(f64, f64)]| {
        let points = points.to_vec();
        certificate(move |c| c.vertices = points.into_iter().map(|(x, y)| Vertex { x, y }).collect())
    };
    assert_eq!(codes(with(&good)), []);
    assert_eq!(codes(with(&good.map(|(x, y)| (y, x)))), one("vertices", "vertices-swapped"));
    assert_eq!(codes(with(&good[..2])), one("vertices", "too-few-vertices"));
    assert_eq!(codes(with(&[good[0], good[1], (good[2].1, good[2].0)])), one("vertices[2]", "vertex-range"));
    let typed = |by: f64| codes(with(&good.map(|(x, y)| (x * by, y * by))));
    for by in [0.001, 100.0, 1_000.0] {
        assert_eq!(typed(by), one("vertices", "vertices-separator"), "{by}");
    }
    let degrees = [(16.06, 108.21), (16.07, 108.21), (16.07, 108.22)];
    assert_eq!(codes(with(&degrees)), one("vertices", "vertices-degrees"));
    assert_eq!(codes(with(&degrees.map(|(x, y)| (y, x)))), one("vertices", "vertices-degrees"));
    let Paper::Certificate(mut c) = with(&good) else { panic!() };
    c.edges_m = vec![20.0];
    assert_eq!(codes(Paper::Certificate(c)), one("edges_m", "edge-count"));
}

#[test]
fn wrong_values_of_other_papers() {
    let card = |change: fn(&mut IdentityCard)| {
        let mut card = IdentityCard {
            number: Some("079185000001".into()),
            birth_date: Some(date!(1985 - 01 - 02)),
            ..Default::default()
        };
        change(&mut card);
        Paper::IdentityCard(card)
    };
    assert_eq!(codes(card(|_| {})), []);
    assert_eq!(codes(card(|c| c.old_number = Some("079185000001".into()))), one("old_number", "id-number-format"));
    assert_eq!(codes(card(|c| c.issued_on = Some(date!(1980 - 01 - 01)))), one("issued_on", "date-order"));
    assert_eq!(codes(card(|c| c.qr_text = Some("079185000002||A|02011985|Nữ||".into()))), one("number", "qr-differs"));
    assert_eq!(card(|c| c.sex = Some(Sex::Male)).warnings()[0].code, "id-number-sex");
    let power = PowerOfAttorney {
        signed_on: Some(date!(2025 - 02 - 01)),
        valid_until: Some(date!(2025 - 01 - 01)),
        ..Default::default()
    };
    assert_eq!(codes(Paper::PowerOfAttorney(power)), one("valid_until", "date-order"));
    let tax = TaxNotice { amount_vnd: Some(-1), ..Default::default() };
    assert_eq!(codes(Paper::TaxNotice(tax)), one("amount_vnd", "negative"));
}

#[test]
fn what_a_person_should_look_at() {
    let warned = |p: Paper| p.warnings().into_iter().map(|w| w.code).collect::<Vec<_>>();
    assert_eq!(warned(certificate(|c| c.purposes[0].area_m2 = Some(99.8))), ["areas-do-not-add-up"]);
    assert_eq!(warned(certificate(|c| c.purposes[0].area_m2 = Some(99.9))), Vec::<String>::new());
    assert_eq!(warned(certificate(|c| c.purposes[0].code = "BHK".into())), ["land-use-legacy"]);
    assert_eq!(warned(certificate(|c| c.purposes[0].code = "QQQ".into())), ["land-use-unknown"]);
}
