use super::*;
use crate::domain::check::fixtures as fx;
use crate::domain::paper::land_use::is_a;
use crate::domain::paper::{Certificate, Holder, IdentityCard, OtherPaper, Paper, Purpose, Sex, Term};
use crate::domain::rule::RuleBook;
use crate::domain::theme::Family;
use crate::domain::verify::*;
use proptest::prelude::*;
use std::sync::Arc;
use time::macros::date;
use uuid::Uuid;

fn book() -> RuleBook {
    RuleBook::from_toml(&[
        ("parcel.toml", include_str!("../../../data/rules/parcel.toml")),
        ("planning.toml", include_str!("../../../data/rules/planning.toml")),
        ("split.toml", include_str!("../../../data/rules/split.toml")),
        ("papers.toml", include_str!("../../../data/rules/papers.toml")),
        ("encumbrance.toml", include_str!("../../../data/rules/encumbrance.toml")),
    ])
    .unwrap()
}

/// What is in force on the day and in the place of the facts.
pub(super) fn rules() -> RuleSet {
    in_force(&book())
}

fn in_force(book: &RuleBook) -> RuleSet {
    let case = fx::facts().case;
    RuleSet::in_force(book, fx::AS_OF, &[case.province.as_deref(), case.old_province.as_deref()]).unwrap()
}

fn certificate() -> Paper {
    let holder =
        Holder { name: "Nguyễn Văn Mẫu".into(), birth_year: Some(1980), id_number: Some("001080000011".into()) };
    Paper::Certificate(Box::new(Certificate {
        serial: Some("CK 123456".into()),
        issued_on: Some(date!(2019 - 05 - 20)),
        issued_by: Some("UBND huyện Thử".into()),
        holders: vec![holder],
        joint: Some(false),
        parcel: Some(fx::facts().resolution.asked),
        area_m2: Some(300.0),
        purposes: vec![Purpose { code: "ODT".into(), area_m2: Some(300.0), term: Some(Term::LongTerm) }],
        ..Default::default()
    }))
}

fn card() -> Paper {
    Paper::IdentityCard(IdentityCard {
        number: Some("001080000011".into()),
        name: Some("Nguyễn Văn Mẫu".into()),
        birth_date: Some(date!(1980 - 03 - 15)),
        sex: Some(Sex::Male),
        ..Default::default()
    })
}

/// A case with nothing in its way: all papers, all themes covered and fresh, planned as it is used, a road along it.
pub(super) fn whole() -> Facts {
    let mut facts = fx::facts();
    let contract = Paper::Other(OtherPaper { title: Some("sale_contract".into()), ..Default::default() });
    let scan = ScanFacts {
        sha256: "0".repeat(64),
        media_type: "image/jpeg".into(),
        bytes: 500_000,
        width: Some(1754),
        height: Some(1240),
    };
    let papers = [certificate(), card(), contract].into_iter().enumerate();
    facts.papers =
        papers.map(|(i, p)| PaperFacts { scan: Some(scan.clone()), ..fx::paper(10 + i as u128, p) }).collect();
    let needed = |kind: &str| RequiredPaper { kind: kind.into(), citation: "mẫu".into(), when: "always".into() };
    facts.case.required_papers = ["certificate", "identity_card", "sale_contract"].map(needed).into();
    let parcel = facts.parcel.as_mut().unwrap();
    parcel.layer = Some(fx::layer(900, vec![]).pin);
    let set = facts.theme_set.clone();
    let themes = set.themes.iter().filter(|t| t.family != Family::Parcel).cloned();
    facts.themes = themes.enumerate().map(|(i, t)| covered(1 + 2 * i as i64, t)).collect();
    facts
}

fn covered(id: i64, theme: Arc<crate::domain::theme::Theme>) -> ThemeFacts {
    let far = fx::feature(2, None, &fx::rect(500.0, 500.0, 10.0, 10.0));
    let features = match theme.family {
        Family::Commune => vec![fx::feature(1, Some("00001"), &fx::rect(-900.0, -900.0, 2000.0, 2000.0))],
        Family::Planning => {
            let code =
                theme.codes.iter().find(|(_, c)| c.permits.iter().any(|p| is_a("ODT", p))).map(|(c, _)| c.clone());
            let code = code.unwrap_or_else(|| "ODT".into());
            vec![fx::feature(1, Some(code.as_str()), &fx::rect(-900.0, -900.0, 2000.0, 2000.0))]
        }
        Family::Access => vec![fx::feature(1, None, &fx::rect(-50.0, -8.0, 200.0, 8.0))],
        Family::Register => vec![Feature { key: Some("00001/12/34".into()), geom: None, ..far }],
        _ => vec![far],
    };
    ThemeFacts { theme, layers: vec![fx::layer(id, features)] }
}

fn digest(facts: &Facts) -> String {
    verify(facts, &rules()).digest().unwrap()
}

fn list(r: &Record) -> String {
    let open = r.findings.iter().filter(|f| f.verdict != Verdict::Clear);
    open.map(|f| format!("{} {} {:?} {:?} {}\n", f.check, f.subject, f.verdict, f.effect, f.message.key)).collect()
}

#[test]
fn a_case_with_nothing_in_its_way_proceeds() {
    let record = verify(&whole(), &rules());
    assert_eq!(record.outcome, Outcome::CanProceed, "{}", list(&record));
    assert!(record.findings.iter().all(|f| !matches!(f.verdict, Verdict::Hit | Verdict::Failed)), "{}", list(&record));
}

#[test]
fn the_heaviest_effect_decides() {
    let outcome = |change: fn(&mut Facts)| {
        let mut facts = whole();
        change(&mut facts);
        verify(&facts, &rules()).outcome
    };
    let register = |f: &mut Facts, code: &str| {
        let theme = f.themes.iter_mut().find(|t| t.theme.family == Family::Encumbrance).unwrap();
        let mut row = fx::feature(7, Some(code), "POINT(0 0)");
        (row.key, row.geom) = (Some("00001/12/34".into()), None);
        let Gathered::Read(rows) = &mut theme.layers[0].features else { panic!() };
        rows.push(row.into());
    };
    assert_eq!(outcome(|f| f.papers.truncate(2)), Outcome::NeedsPapers);
    assert_eq!(outcome(|f| f.other_cases = Gathered::Failed("gone".into())), Outcome::NeedsPerson);
    assert_eq!(outcome(|f| f.parcel = None), Outcome::NeedsPerson);
    assert_eq!(outcome(|f| f.parcel.as_mut().unwrap().boundary = None), Outcome::NeedsPerson);
    let mut facts = whole();
    register(&mut facts, "block");
    facts.papers.truncate(1);
    assert_eq!(verify(&facts, &rules()).outcome, Outcome::Blocked);
    let mut facts = whole();
    register(&mut facts, "mortgage");
    assert_eq!(verify(&facts, &rules()).outcome, Outcome::NeedsPapers);
}

#[test]
fn without_rules_nothing_proceeds() {
    let record = verify(&whole(), &RuleSet::default());
    assert!(record.outcome >= Outcome::NeedsPerson);
    assert!(record.findings.iter().any(|f| f.message.key == "rule-missing"));
}

fn odd_check(_: &Context<'_>) -> Vec<Finding> {
    let clear = || Finding::new("odd", "same", Verdict::Clear, Message::new("land-no-parcel"));
    let mut nan = Finding::new("odd", "nan", Verdict::Clear, Message::new("land-no-parcel"));
    nan.measured = Some(Quantity { value: f64::NAN, unit: Unit::Metre });
    let mut off = Finding::new("odd", "off", Verdict::Clear, Message::new("land-no-parcel"));
    let geom = geo_types::Point::new(f64::INFINITY, 0.0).into();
    off.evidence = vec![Evidence { geom, fid: None, label: String::new() }];
    vec![clear(), clear(), nan, off]
}

#[test]
fn faults_of_checks_are_said_aloud() {
    let record = verify_with(&[Check { id: "odd", group: "parcel", run: odd_check }], &whole(), &rules());
    let key = |check: &str, subject: &str| {
        let f = record.findings.iter().find(|f| f.check == check && f.subject == subject);
        f.map(|f| (f.verdict, &*f.message.key))
    };
    assert_eq!(key("odd", "nan"), Some((Verdict::Failed, "engine-not-finite")));
    assert_eq!(key("odd", "off"), Some((Verdict::Failed, "engine-not-finite")));
    assert_eq!(key("engine.unique", "odd/same"), Some((Verdict::Failed, "engine-finding-repeated")));
    assert_eq!(key("engine.required", "recovery"), Some((Verdict::Failed, "engine-theme-unjudged")));
    assert_eq!(record.outcome, Outcome::NeedsPerson);
    assert_eq!(Record::from_json(&record.canonical().unwrap()).unwrap().digest().unwrap(), record.digest().unwrap());
}

#[test]
fn a_record_reads_back_to_the_same_bytes() {
    let record = verify(&whole(), &rules());
    let text = record.canonical().unwrap();
    let again = Record::from_json(&text).unwrap();
    assert_eq!(again.canonical().unwrap(), text);
    let pretty = serde_json::to_string_pretty(&again).unwrap();
    assert_eq!(Record::from_json(&pretty).unwrap().digest().unwrap(), record.digest().unwrap());
    assert!(matches!(Record::from_json(&text.replace(SCHEMA, "x/2")), Err(RecordError::Schema(s)) if s == "x/2"));
    assert!(matches!(Record::from_json("{}"), Err(RecordError::Form(_))));
}

type Change = fn(&mut Facts);

#[test]
fn every_input_shows_in_the_digest() {
    let before = digest(&whole());
    let changes: [(&str, Change); 11] = [
        ("day", |f| f.as_of = f.as_of.next_day().unwrap()),
        ("case", |f| f.case.number.push('x')),
        ("wish", |f| f.case.wish.target_use = Some("ODT".into())),
        ("paper", |f| f.papers[0].sha256 = "1".repeat(64)),
        ("parcel", |f| f.parcel.as_mut().unwrap().row_hash = "01".into()),
        ("layer", |f| std::sync::Arc::make_mut(&mut f.themes[0].layers[0].pin).content_hash = "01".into()),
        ("theme", |f| {
            let mut all: Vec<_> = f.theme_set.themes.iter().map(|t| (**t).clone()).collect();
            all.last_mut().unwrap().title.en.push('x');
            f.theme_set = Arc::new(ThemeSet::of(all).unwrap());
        }),
        ("candidate", |f| f.resolution.candidates[0].score += 1),
        ("scan", |f| f.papers[0].scan.as_mut().unwrap().bytes += 1),
        ("key", |f| f.parcel.as_mut().unwrap().keys.push("00002/1/1".into())),
        ("register", |f| {
            let register = f.themes.iter_mut().find(|t| t.theme.family == Family::Register).unwrap();
            register.layers[0].features = Gathered::Read(vec![]);
        }),
    ];
    for (name, change) in changes {
        let mut facts = whole();
        change(&mut facts);
        assert_ne!(digest(&facts), before, "{name}");
    }
    let mut changed = book();
    changed.rules.iter_mut().find(|r| r.id == "paper.scan").unwrap().note.push('x');
    assert_ne!(verify(&whole(), &in_force(&changed)).digest().unwrap(), before);
}

fn crowded() -> Facts {
    let mut facts = whole();
    for (i, theme) in facts.themes.iter_mut().enumerate() {
        let pieces = (0..6).map(|k| {
            let (x, code) = (f64::from(k) * 3.0 - 4.0, ["a", "b", "ODT"][k as usize % 3]);
            fx::feature(i64::from(k), Some(code), &fx::rect(x, -3.0 + f64::from(k), 5.0, 7.0))
        });
        theme.layers.push(fx::layer(2 + 2 * i as i64, pieces.collect()));
    }
    let neighbour = |i: u32| Neighbour {
        id: Uuid::from_u128(50 + u128::from(i)),
        version: 1,
        row_hash: "00".into(),
        sheet: "12".into(),
        number: (40 + i).to_string(),
        boundary: fx::polygons(&fx::rect(20.0 - 0.3 * f64::from(i), f64::from(i) * 4.0, 8.0, 5.0)).into(),
    };
    facts.neighbours = Gathered::Read((0..4).map(neighbour).map(std::sync::Arc::new).collect());
    let other = |i: u32| OtherCase {
        number: format!("HS-{i}"),
        procedure: "gift".into(),
        same_certificate: i.is_multiple_of(2),
        same_parcel: true,
    };
    facts.other_cases = Gathered::Read((0..4).map(other).collect());
    facts
}

fn mixed<T: Clone>(all: &[T], seed: usize) -> Vec<T> {
    let mut out = all.to_vec();
    let n = out.len();
    (1..n).rev().for_each(|i| out.swap(i, seed.wrapping_mul(31).wrapping_add(i * 7919) % (i + 1)));
    out
}

fn mix<T: Clone>(g: &mut Gathered<Vec<T>>, seed: usize) {
    if let Gathered::Read(all) = g {
        *all = mixed(all, seed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The same inputs in another order give the same bytes.
    #[test]
    fn order_does_not_matter(seed in 0usize..1_000_000) {
        let facts = crowded();
        let mut other = facts.clone();
        other.papers = mixed(&other.papers, seed);
        other.themes = mixed(&other.themes, seed + 1);
        for theme in &mut other.themes {
            theme.layers = mixed(&theme.layers, seed + 2);
            theme.layers.iter_mut().for_each(|l| mix(&mut l.features, seed + 3));
        }
        mix(&mut other.neighbours, seed + 4);
        mix(&mut other.other_cases, seed + 5);
        let mut book = book();
        let straight = verify(&facts, &in_force(&book)).canonical().unwrap();
        book.rules = mixed(&book.rules, seed + 6);
        prop_assert_eq!(verify(&other, &in_force(&book)).canonical().unwrap(), straight);
    }

    /// Take away what proves "clear" from any required theme: the case does not go on by itself.
    #[test]
    fn what_is_not_proved_does_not_proceed(which in 0usize..64, how in 0usize..5) {
        let mut facts = whole();
        let mut required: Vec<_> = facts.themes.iter_mut().filter(|t| t.theme.required).collect();
        let at = which % required.len();
        let theme = &mut required[at];
        let (code, layer) = (theme.theme.code.clone(), &mut theme.layers[0]);
        match how {
            0 => layer.coverage = fx::polygons(&fx::rect(-100.0, -100.0, 110.0, 300.0)),
            1 => std::sync::Arc::make_mut(&mut layer.pin).source_date = date!(1990 - 01 - 01),
            2 => layer.features = Gathered::Failed("connection lost".into()),
            3 => layer.features = Gathered::Truncated(10_000),
            _ => theme.layers.clear(),
        }
        let record = verify(&facts, &rules());
        prop_assert!(record.outcome >= Outcome::NeedsPerson, "{} {}: {}", code, how, list(&record));
        let clear = record.findings.iter().any(|f| f.subject == code && f.verdict == Verdict::Clear);
        prop_assert!(!clear, "{} {}", code, how);
    }
}

/// Every record follows the published schema, and what is no record does not.
#[test]
fn records_follow_the_schema() {
    let schema = serde_json::from_str(include_str!("../../../schema/verification.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let bare = {
        let mut facts = fx::facts();
        facts.parcel = None;
        facts
    };
    for facts in [whole(), crowded(), bare] {
        let value = serde_json::to_value(verify(&facts, &rules())).unwrap();
        let faults: Vec<String> = schema.iter_errors(&value).map(|e| format!("{} {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{faults:#?}");
        for (path, wrong) in [("/outcome", "maybe"), ("/as_of", "today"), ("/schema", "x"), ("/pins/engine", "")] {
            let mut broken = value.clone();
            *broken.pointer_mut(path).unwrap() = wrong.into();
            assert!(!schema.is_valid(&broken), "{path}");
        }
        let mut more = value;
        more["extra"] = 1.into();
        assert!(!schema.is_valid(&more));
    }
}

#[test]
fn reports_in_both_languages() {
    let mut facts = whole();
    facts.papers.truncate(2);
    let theme = facts.themes.iter_mut().find(|t| t.theme.code == "road_corridor").unwrap();
    theme.layers[0].features = Gathered::Read(vec![fx::feature(4, None, &fx::rect(-5.0, 0.0, 30.0, 2.5)).into()]);
    facts.themes.iter_mut().find(|t| t.theme.code == "recovery").unwrap().layers.clear();
    let record = verify(&facts, &rules());
    let basis = Basis { rules: Arc::new(rules()), themes: facts.theme_set.clone() };
    let plain = text::render(&record, &basis, text::Lang::Vi, false);
    assert!(plain.lines().all(|l| unicode_width::UnicodeWidthStr::width(l) <= 130), "{plain}");
    let painted = text::render(&record, &basis, text::Lang::Vi, true);
    let codes = ["1", "2", "31", "32", "33", "0"].map(|c| format!("\u{1b}[{c}m"));
    assert_eq!(codes.iter().fold(painted, |t, c| t.replace(c, "")), plain);
    insta::assert_snapshot!("report_vi", plain);
    insta::assert_snapshot!("report_en", text::render(&record, &basis, text::Lang::En, false));
}

#[test]
fn evidence_as_geojson() {
    let mut facts = whole();
    let theme = facts.themes.iter_mut().find(|t| t.theme.code == "road_corridor").unwrap();
    theme.layers[0].features = Gathered::Read(vec![fx::feature(4, None, &fx::rect(-5.0, 0.0, 30.0, 2.5)).into()]);
    let record = verify(&facts, &rules());
    let metres = evidence_geojson(&record, |p| p, false);
    assert_eq!(metres["crs_epsg"], fx::ZONE.0);
    let parcel = &metres["features"][0];
    assert_eq!(
        (&parcel["properties"]["kind"], &parcel["geometry"]["type"]),
        (&"parcel".into(), &"MultiPolygon".into())
    );
    let strip =
        metres["features"].as_array().unwrap().iter().find(|f| f["properties"]["check"] == "planning.road_corridor");
    let ring = &strip.unwrap()["geometry"]["coordinates"][0][0];
    assert_eq!(ring.as_array().unwrap().len(), 5, "{ring}");
    let degrees = evidence_geojson(&record, |(x, y)| (105.0 + x / 1e5, 21.0 + y / 1e5), true);
    assert_eq!(degrees.get("crs_epsg"), None);
    // RFC 7946: a reader that knows only the standard takes it, and shells run counter-clockwise.
    let read: geojson::FeatureCollection = degrees.to_string().parse().unwrap();
    for f in read.features {
        let geom: geo_types::Geometry<f64> = f.geometry.unwrap().try_into().unwrap();
        if let geo_types::Geometry::MultiPolygon(m) = geom {
            use geo::Winding as _;
            assert!(m.iter().all(|p| p.exterior().is_ccw()));
        }
    }
}

#[path = "pin_tests.rs"]
mod pins;
