use super::*;
use crate::domain::check::fixtures as fx;
use crate::domain::verify::{Facts, Gathered, RuleSet, verify};
use time::macros::date;

fn beside(basis: &Basis) -> Beside<'_> {
    Beside {
        id: Uuid::from_u128(7),
        firm: "Công ty Thử",
        day: date!(2026 - 11 - 24),
        newer: None,
        commune: Some("Phường Thử".into()),
        zone: None,
        check_url: None,
        key_id: Some("0123456789abcdef".into()),
        opinions: &[],
        basis,
        around: None,
    }
}

/// A parcel with a planned road over it, a hazard map that covers a half, and no map of land to be recovered.
fn record() -> (Record, Basis) {
    let mut facts = fx::facts();
    let mut half = fx::layer(3, vec![]);
    half.coverage = fx::polygons(&fx::rect(-100.0, -100.0, 110.0, 300.0));
    facts.themes = vec![
        fx::themed("hazard_flood", vec![half]),
        fx::themed("recovery", vec![]),
        fx::themed("road_corridor", vec![fx::layer(1, vec![fx::feature(4, None, &fx::rect(-5.0, 0.0, 30.0, 2.5))])]),
    ];
    facts.neighbours = Gathered::Read(vec![]);
    judged(&facts)
}

fn judged(facts: &Facts) -> (Record, Basis) {
    let case = &facts.case;
    let places = [case.province.as_deref(), case.old_province.as_deref()];
    let rules = RuleSet::in_force(&fx::rules(), facts.as_of, &places).unwrap();
    let basis = Basis { rules: rules.into(), themes: facts.theme_set.clone() };
    (verify(facts, &basis.rules), basis)
}

fn line(r: &Report, no: usize) -> &Line {
    r.groups.iter().flat_map(|g| &g.findings).find(|l| l.no == no).unwrap()
}

#[test]
fn pages_in_both_languages() {
    let (record, basis) = record();
    for (lang, name) in [(Lang::Vi, "pages_vi"), (Lang::En, "pages_en")] {
        let (mut report, _) = report(&record, lang, &beside(&basis)).unwrap();
        report.words.clear();
        (report.digest, report.engine) = ("[digest]".into(), "[engine]".into());
        insta::assert_yaml_snapshot!(name, report);
    }
}

/// What was not covered stands as clearly as what was hit, and nothing is left out.
#[test]
fn every_finding_has_its_line() {
    let (record, basis) = record();
    let (report, _) = report(&record, Lang::Vi, &beside(&basis)).unwrap();
    let numbers: Vec<usize> = report.groups.iter().flat_map(|g| &g.findings).map(|l| l.no).collect();
    assert_eq!(numbers, (1..=record.findings.len()).collect::<Vec<_>>());
    for (i, f) in record.findings.iter().enumerate() {
        let open = report.open.contains(&(i + 1));
        let unproved = report.uncovered.contains(&(i + 1));
        assert_eq!(unproved, Tone::of(f.verdict) == Tone::Unproved, "{} {}", f.check, f.subject);
        assert!(!(open && unproved) && (open || f.verdict != Verdict::Hit), "{} {}", f.check, f.subject);
    }
    assert_eq!(report.counts.iter().map(|c| c.count).sum::<usize>(), record.findings.len());
}

/// The map's numbers are those of the tables: each a finding with a place, none left out.
#[test]
fn the_map_and_the_tables_share_their_numbers() {
    let (record, basis) = record();
    let (report, svg) = report(&record, Lang::Vi, &beside(&basis)).unwrap();
    let on_map: Vec<usize> = report.map.as_ref().unwrap().legend.iter().map(|l| l.0).collect();
    let placed = |f: &crate::domain::verify::FindingRecord| {
        !f.evidence.is_empty() && !matches!(f.verdict, Verdict::Clear | Verdict::NotApplicable)
    };
    let wanted: Vec<usize> =
        record.findings.iter().enumerate().filter(|(_, f)| placed(f)).map(|(i, _)| i + 1).collect();
    assert_eq!(on_map, wanted);
    assert!(on_map.len() >= 2);
    for no in on_map {
        assert_eq!(svg.as_ref().unwrap().matches(&format!(">{no}</text>")).count().min(1), 1);
        assert!(matches!(line(&report, no).tone, Tone::Hit | Tone::Unproved));
    }
}

#[test]
fn a_rule_shows_its_dates_only_while_it_is_the_same_rule() {
    let (record, basis) = record();
    let dates = |basis: &Basis| {
        let (report, _) = report(&record, Lang::En, &beside(basis)).unwrap();
        report.rules.into_iter().find(|r| r.name.starts_with("planning.road_corridor")).map(|r| r.in_force)
    };
    assert_eq!(dates(&basis).unwrap(), "in force from 2014-01-01");
    let mut other = (*basis.rules).clone();
    other.book.rules.iter_mut().for_each(|r| r.hash.clear());
    assert_eq!(dates(&Basis { rules: other.into(), ..basis }), None);
}

/// The sources table says how exact a map counted, also where the map does not say it.
#[test]
fn the_accuracy_that_was_used_is_shown() {
    let mut facts = fx::facts();
    let mut unsaid = fx::layer(7, vec![]);
    let pin = std::sync::Arc::make_mut(&mut unsaid.pin);
    (pin.accuracy_m, pin.theme) = (0.0, Some("recovery".into()));
    facts.themes = vec![fx::themed("recovery", vec![unsaid]), fx::themed("heritage", vec![fx::layer(8, vec![])])];
    let (record, basis) = judged(&facts);
    let usual = basis.themes.find("recovery").unwrap().accuracy_m;
    let (report, _) = report(&record, Lang::En, &beside(&basis)).unwrap();
    let of = |layer: &str| report.layers.iter().find(|l| l.layer == layer).unwrap().accuracy.clone();
    assert_eq!((of("layer-7"), of("layer-8")), (format!("± {usual} m (of its theme)"), "± 0.3 m".to_owned()));
    assert_eq!(basis.themes.usual_accuracy("cadastral"), Some(basis.themes.parcel_accuracy()));
}

#[test]
fn without_a_boundary_there_is_no_map() {
    let mut facts = fx::facts();
    facts.parcel.as_mut().unwrap().boundary = None;
    let (record, basis) = judged(&facts);
    let (report, svg) = report(&record, Lang::Vi, &beside(&basis)).unwrap();
    assert!(report.map.is_none() && report.vertices.is_empty() && svg.is_none());
}

#[test]
fn every_word_of_the_page_can_be_read() {
    for lang in [Lang::Vi, Lang::En] {
        for (key, said) in words(lang) {
            assert!(!said.starts_with("page-"), "{lang:?} {key}");
        }
    }
}

#[test]
fn a_code_has_its_three_corners() {
    let svg = qr_svg("https://diaba.example/check/00").unwrap();
    assert!(svg.contains("M4 4h7v1h-7z"), "the upper left corner begins after the quiet zone");
    assert!(qr_svg(&"x".repeat(5000)).is_err());
}
