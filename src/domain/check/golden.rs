//! Runs the cases of `tests/golden/land/*.toml`: one file per check, each case with what is given and what must come out.

use super::fixtures as fx;
use super::*;
use crate::domain::paper::Certificate;
use crate::domain::theme::Effect;
use crate::domain::verify::*;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use time::Date;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// kept | broken | edge | no_data
    kind: String,
    as_of: Option<Date>,
    old_province: Option<String>,
    #[serde(default)]
    wish: Wish,
    #[serde(default)]
    parcel: Given,
    /// Scores of the candidates; left out: one clear candidate.
    candidates: Option<Vec<i32>>,
    /// The candidates are other parcels than the case's.
    #[serde(default)]
    elsewhere: bool,
    #[serde(default)]
    certificate: Vec<Certificate>,
    #[serde(default)]
    neighbour: Vec<String>,
    neighbours_failed: Option<String>,
    #[serde(default)]
    theme: Vec<GivenTheme>,
    expect: Vec<Expect>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Given {
    none: bool,
    wkt: Option<String>,
    off_map: bool,
    registered: Option<bool>,
    /// Drawn rows of the register that bear a neighbour's name.
    registered_beside: Vec<String>,
    registered_area: Option<f64>,
    no_registered_area: bool,
    scale: Option<i32>,
    no_scale: bool,
    land_use: Option<Vec<String>>,
    accuracy_m: Option<f64>,
    commune: Option<String>,
    no_register: bool,
    /// Day of the map it is drawn on.
    map_date: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenTheme {
    code: String,
    #[serde(default)]
    layer: Vec<GivenLayer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenLayer {
    source_date: Option<Date>,
    coverage: Option<String>,
    /// Box of a row that was set aside, as WKT; the coverage leaves it out.
    set_aside: Option<String>,
    /// Rows set aside that may lie anywhere.
    #[serde(default)]
    rows_unplaced: i64,
    accuracy_m: Option<f64>,
    failed: Option<String>,
    truncated: Option<usize>,
    #[serde(default)]
    feature: Vec<GivenFeature>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenFeature {
    code: Option<String>,
    wkt: String,
    #[serde(default)]
    attrs: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    subject: Option<String>,
    verdict: Verdict,
    #[serde(default)]
    effect: Effect,
    message: Option<String>,
    certainty: Option<Certainty>,
    measured: Option<f64>,
    allowed: Option<f64>,
    /// Keys of details that must be there.
    #[serde(default)]
    details: Vec<String>,
}

type Check = fn(&Context<'_>) -> Vec<Finding>;
const CHECKS: &[(&str, Check, &str)] = &[
    (parcel_access::ID, parcel_access::run, include_str!("../../../tests/golden/land/parcel_access.toml")),
    (parcel_area::ID, parcel_area::run, include_str!("../../../tests/golden/land/parcel_area.toml")),
    (parcel_boundary::ID, parcel_boundary::run, include_str!("../../../tests/golden/land/parcel_boundary.toml")),
    (parcel_commune::ID, parcel_commune::run, include_str!("../../../tests/golden/land/parcel_commune.toml")),
    (parcel_land_use::ID, parcel_land_use::run, include_str!("../../../tests/golden/land/parcel_land_use.toml")),
    (parcel_neighbours::ID, parcel_neighbours::run, include_str!("../../../tests/golden/land/parcel_neighbours.toml")),
    (parcel_reference::ID, parcel_reference::run, include_str!("../../../tests/golden/land/parcel_reference.toml")),
    (
        parcel_register_map::ID,
        parcel_register_map::run,
        include_str!("../../../tests/golden/land/parcel_register_map.toml"),
    ),
    (parcel_vertices::ID, parcel_vertices::run, include_str!("../../../tests/golden/land/parcel_vertices.toml")),
    (
        planning_composition::ID,
        planning_composition::run,
        include_str!("../../../tests/golden/land/planning_composition.toml"),
    ),
    (planning_hazard::ID, planning_hazard::run, include_str!("../../../tests/golden/land/planning_hazard.toml")),
    (
        planning_protection::ID,
        planning_protection::run,
        include_str!("../../../tests/golden/land/planning_protection.toml"),
    ),
    (planning_recovery::ID, planning_recovery::run, include_str!("../../../tests/golden/land/planning_recovery.toml")),
    (planning_reserved::ID, planning_reserved::run, include_str!("../../../tests/golden/land/planning_reserved.toml")),
    (
        planning_restriction::ID,
        planning_restriction::run,
        include_str!("../../../tests/golden/land/planning_restriction.toml"),
    ),
    (
        planning_road_corridor::ID,
        planning_road_corridor::run,
        include_str!("../../../tests/golden/land/planning_road_corridor.toml"),
    ),
    (split_minimum::ID, split_minimum::run, include_str!("../../../tests/golden/land/split_minimum.toml")),
];

#[test]
fn every_case_comes_out_as_written() {
    let mut wrong = Vec::new();
    for (id, check, text) in CHECKS {
        let file: File = toml::from_str(text).unwrap_or_else(|e| panic!("{id}: {e}"));
        let kinds: BTreeSet<&str> = file.case.iter().map(|c| c.kind.as_str()).collect();
        let wanted = BTreeSet::from(["broken", "edge", "kept", "no_data"]);
        assert_eq!(kinds, wanted, "{id}: every check has cases of all four kinds");
        for case in &file.case {
            let found = fx::run(*check, &facts(case));
            if let Err(why) = compare(id, case, &found) {
                wrong.push(format!("{id} / {}: {why}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every message any case gives can be read in both languages, with every argument it needs.
#[test]
fn every_message_can_be_read_in_both_languages() {
    let bundle = |lang: &str, text: &str| {
        let mut b = fluent_bundle::FluentBundle::new(vec![lang.parse::<unic_langid::LanguageIdentifier>().unwrap()]);
        b.add_resource(fluent_bundle::FluentResource::try_new(text.to_owned()).unwrap()).unwrap();
        b
    };
    let vi = bundle("vi", include_str!("../../../data/i18n/vi/land.ftl"));
    let en = bundle("en", include_str!("../../../data/i18n/en/land.ftl"));
    let mut wrong = BTreeSet::new();
    for (_, check, text) in CHECKS {
        let file: File = toml::from_str(text).unwrap();
        for f in file.case.iter().flat_map(|c| fx::run(*check, &facts(c))) {
            for message in std::iter::once(&f.message).chain(&f.details) {
                for (lang, b) in [("vi", &vi), ("en", &en)] {
                    if let Err(why) = read(b, message) {
                        wrong.insert(format!("{lang} {}: {why}", message.key));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

fn read(bundle: &fluent_bundle::FluentBundle<fluent_bundle::FluentResource>, message: &Message) -> Result<(), String> {
    let pattern = bundle.get_message(&message.key).and_then(|m| m.value()).ok_or("not in the file")?;
    let mut args = fluent_bundle::FluentArgs::new();
    for (name, arg) in message.args.iter() {
        match arg {
            Arg::Number(n) => args.set(name.clone(), *n),
            Arg::Text(t) => args.set(name.clone(), t.to_string()),
        }
    }
    let mut errors = vec![];
    bundle.format_pattern(pattern, Some(&args), &mut errors);
    if errors.is_empty() { Ok(()) } else { Err(format!("{errors:?}")) }
}

fn compare(id: &str, case: &Case, found: &[Finding]) -> Result<(), String> {
    let subjects: BTreeSet<&str> = found.iter().map(|f| f.subject.as_str()).collect();
    if subjects.len() != found.len() {
        return Err(format!("subjects stand twice: {subjects:?}"));
    }
    for want in &case.expect {
        let one = |f: &&Finding| want.subject.as_ref().is_none_or(|s| *s == f.subject);
        let Some(f) = found.iter().find(one) else {
            return Err(format!("no finding {:?} among {subjects:?}", want.subject));
        };
        let near =
            |q: Option<Quantity>, w: Option<f64>| w.is_none_or(|w| q.is_some_and(|q| (q.value - w).abs() <= 2e-3));
        let agree = f.area.is_none_or(|a| f.certainty == Some(a.certainty()));
        let keys: Vec<&str> = f.details.iter().map(|d| &*d.key).collect();
        let right = f.check == id
            && agree
            && f.verdict == want.verdict
            && f.effect == want.effect
            && want.message.as_ref().is_none_or(|m| *m == f.message.key)
            && want.certainty.is_none_or(|c| f.certainty == Some(c))
            && near(f.measured, want.measured)
            && near(f.allowed, want.allowed)
            && want.details.iter().all(|d| keys.contains(&d.as_str()));
        if !right {
            let got = format!("{:?} {:?} {:?}", f.verdict, f.effect, f.certainty);
            return Err(format!("got {got} {:?} {:?} {:?} {keys:?}", f.message, f.measured, f.allowed));
        }
    }
    Ok(())
}

fn facts(case: &Case) -> Facts {
    let mut facts = fx::facts();
    facts.as_of = case.as_of.unwrap_or(facts.as_of);
    facts.case.wish = case.wish.clone();
    facts.case.old_province = case.old_province.clone().or(facts.case.old_province);
    if let Some(scores) = &case.candidates {
        facts.resolution.candidates = scores.iter().map(|s| fx::candidate(*s)).collect();
    }
    if case.elsewhere {
        facts.resolution.candidates.iter_mut().for_each(|c| c.parcel_id = uuid::Uuid::from_u128(77));
    }
    let one = |(i, c): (usize, &Certificate)| {
        fx::paper(2 + i as u128, crate::domain::paper::Paper::Certificate(Box::new(c.clone())))
    };
    facts.papers = case.certificate.iter().enumerate().map(one).collect();
    facts.neighbours = match &case.neighbours_failed {
        Some(why) => Gathered::Failed(why.clone()),
        None => Gathered::Read(case.neighbour.iter().enumerate().map(neighbour).map(Arc::new).collect()),
    };
    facts.themes = case.theme.iter().map(theme).collect();
    if !case.parcel.no_register {
        let row = |key: &str, geom: Option<&str>| Feature {
            key: Some(key.into()),
            geom: geom.map(|wkt| fx::geometry(wkt).into()),
            ..fx::feature(1, None, "POINT(0 0)")
        };
        let own = case.parcel.registered.unwrap_or(true).then(|| row("00001/12/34", None));
        let others = case.parcel.registered_beside.iter().map(|wkt| row("00001/12/35", Some(wkt)));
        facts.themes.push(fx::themed("register", vec![fx::layer(91, own.into_iter().chain(others).collect())]));
    }
    facts.parcel = (!case.parcel.none).then(|| parcel(&case.parcel));
    facts
}

fn neighbour((i, wkt): (usize, &String)) -> Neighbour {
    Neighbour {
        id: uuid::Uuid::from_u128(100 + i as u128),
        version: 1,
        row_hash: "00".into(),
        sheet: "12".into(),
        number: (35 + i).to_string(),
        boundary: fx::polygons(wkt).into(),
    }
}

fn parcel(g: &Given) -> ParcelFacts {
    let mut p = fx::parcel(g.wkt.as_deref().unwrap_or(&fx::rect(0.0, 0.0, 20.0, 15.0)));
    if g.off_map {
        p.boundary = None;
    }
    p.registered_area = if g.no_registered_area { None } else { g.registered_area.or(p.registered_area) };
    p.scale = if g.no_scale { None } else { g.scale.or(p.scale) };
    p.land_use = g.land_use.clone().unwrap_or(p.land_use);
    p.accuracy_m = g.accuracy_m.unwrap_or(p.accuracy_m);
    p.layer =
        g.map_date.map(|day| Arc::new(LayerPin { source_date: day, ..LayerPin::clone(&fx::layer(90, vec![]).pin) }));
    p.commune_code = g.commune.clone().unwrap_or(p.commune_code);
    p
}

fn theme(t: &GivenTheme) -> ThemeFacts {
    let layers = t.layer.iter().enumerate().map(|(i, l)| layer(i as i64 + 1, l)).collect();
    if t.code != "restriction" {
        return fx::themed(&t.code, layers);
    }
    // A theme of no country in particular: the family stands for any public-law restriction.
    let mut given = fx::themed("river", layers);
    let theme = Arc::make_mut(&mut given.theme);
    theme.code = "restriction".into();
    theme.family = crate::domain::theme::Family::Restriction;
    (theme.rule, theme.effect) = (None, Effect::NeedsPerson);
    given
}

fn layer(id: i64, l: &GivenLayer) -> LayerFacts {
    let features = l.feature.iter().enumerate().map(|(i, f)| {
        let mut feature = fx::feature(i as i64 + 1, f.code.as_deref(), &f.wkt);
        feature.attrs = f.attrs.clone();
        feature
    });
    let mut layer = fx::layer(id, features.collect());
    let pin = Arc::make_mut(&mut layer.pin);
    pin.source_date = l.source_date.unwrap_or(pin.source_date);
    pin.accuracy_m = l.accuracy_m.unwrap_or(pin.accuracy_m);
    pin.rows_unplaced = l.rows_unplaced;
    pin.rows_bad = l.rows_unplaced + i64::from(l.set_aside.is_some());
    if let Some(wkt) = &l.coverage {
        layer.coverage = fx::polygons(wkt);
    }
    if let Some(wkt) = &l.set_aside {
        layer.set_aside = fx::polygons(wkt);
        layer.coverage = geo::BooleanOps::difference(&layer.coverage, &layer.set_aside);
    }
    if let Some(why) = &l.failed {
        layer.features = Gathered::Failed(why.clone());
    } else if let Some(n) = l.truncated {
        layer.features = Gathered::Truncated(n);
    }
    layer
}
