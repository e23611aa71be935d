//! Are the parts of a wished split large, wide and deep enough for the province's rule?
//!
//! What counts is the part without the road corridor. A rule names values by group of wards or roads; which group holds is
//! not always known: below every group fails, above every group passes, between them a person decides. What may be enough within the
//! accuracy of the maps never blocks (decision 22); the interval is that of what is missing.

use super::land::{self, Ground, Known, evidence, settle};
use super::{Context, purpose, themed};
use crate::domain::geom::{Measured, Span, join, largest_side, overlay, overlay_as_drawn};
use crate::domain::rule::{Rule, Standing};
use crate::domain::theme::{Effect, Family};
use crate::domain::verify::{AreaInterval, Certainty, Finding, Message, Quantity, Unit, Verdict, round3};
use geo::{Area, BooleanOps};
use geo_types::{Geometry, MultiPolygon};
use wkt::TryFromWkt;

pub const ID: &str = "split.minimum";
const ALL: &str = "parts";

/// Nothing without a wish to split; else one finding per drawn part (`part-1`, ...), or one for all (`parts`).
pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let wish = &cx.facts.case.wish;
    if wish.split_wkt.is_empty() && wish.split_parts.unwrap_or(0) < 2 {
        return vec![];
    }
    match parts(cx) {
        Ok(all) => all,
        Err(stop) => vec![*stop],
    }
}

/// What a part must have: smallest and largest value over the groups.
#[derive(Debug, Clone, Copy)]
struct Bound {
    least: f64,
    most: f64,
}

struct Minimum<'a> {
    rule: &'a Rule,
    code: String,
    area: Bound,
    width: Option<Bound>,
    depth: Option<Bound>,
}

fn parts(cx: &Context<'_>) -> Known<Vec<Finding>> {
    let ground = land::ground(cx, ID, ALL)?;
    let minimum = minimum(cx, &ground)?;
    let accuracy = land::accuracy(cx, ground.parcel);
    let parcel = Span::of(&ground.measured.shape, accuracy);
    let (corridor, notes) = corridor(cx, &ground, &parcel)?;
    let wish = &cx.facts.case.wish;
    if wish.split_wkt.is_empty() {
        let net = corridor.iter().fold(parcel, |net, c| net.without(c)).area();
        let mut f = undrawn(&minimum, net, f64::from(wish.split_parts.unwrap_or(2)));
        reserve(&mut f, &notes);
        land::cite(&mut f, minimum.rule);
        return Ok(vec![f]);
    }
    let mut out = Vec::new();
    let mut drawn = Vec::new();
    for (i, text) in wish.split_wkt.iter().enumerate() {
        let subject = format!("part-{}", i + 1);
        let known = shape(text, &subject);
        if let Ok(part) = &known {
            drawn.push(part.shape.clone());
        }
        let net = |part: &Measured| corridor.iter().fold(parcel.part(&part.shape, accuracy), |net, c| net.without(c));
        let mut f = settle(known.map(|part| one(&subject, &part, net(&part), &minimum)));
        reserve(&mut f, &notes);
        land::cite(&mut f, minimum.rule);
        out.push(f);
    }
    out.push(whole(&ground, accuracy, &drawn));
    Ok(out)
}

/// A part is large enough only when all of the road corridor was seen.
fn reserve(f: &mut Finding, notes: &[Message]) {
    f.details.extend(notes.iter().cloned());
    if f.verdict == Verdict::Clear && !notes.is_empty() {
        f.verdict = Verdict::PartlyCovered;
        f.effect = f.effect.max(Effect::NeedsPerson);
    }
}

/// The parts together must be the parcel: nothing outside, nothing twice, nothing left.
fn whole(ground: &Ground<'_>, accuracy: f64, drawn: &[MultiPolygon<f64>]) -> Finding {
    let union = join(drawn.iter().flat_map(|d| d.0.iter().cloned()));
    let sum: f64 = drawn.iter().map(Area::unsigned_area).sum();
    let apart = ground.measured.shape.xor(&union).unsigned_area() + (sum - union.unsigned_area()).max(0.0);
    let allowed = ground.measured.perimeter * accuracy.max(0.01);
    let fits = apart <= allowed;
    let key = if fits { "split-whole" } else { "split-not-whole" };
    let message = Message::new(key).with("area", apart).with("allowed", allowed);
    let mut f = Finding::new(ID, ALL, if fits { Verdict::Clear } else { Verdict::Hit }, message);
    f.effect = if fits { Effect::None } else { Effect::NeedsPerson };
    f.measured = Some(Quantity::new(apart, Unit::SquareMetre));
    f.allowed = Some(Quantity::new(allowed, Unit::SquareMetre));
    f
}

fn shape(text: &str, subject: &str) -> Known<Measured> {
    let bad = |details: Vec<Message>| {
        let mut f = Finding::new(ID, subject, Verdict::Hit, Message::new("split-bad-drawing"));
        (f.effect, f.details) = (Effect::NeedsPerson, details);
        Box::new(f)
    };
    let polygons = match Geometry::<f64>::try_from_wkt_str(text) {
        Ok(Geometry::Polygon(p)) => MultiPolygon(vec![p]),
        Ok(Geometry::MultiPolygon(m)) => m,
        _ => return Err(bad(vec![])),
    };
    Measured::new(&polygons).map_err(|flaws| bad(flaws.iter().map(land::flaw).collect()))
}

/// The province's values for the use the parts will have.
fn minimum<'a>(cx: &Context<'a>, ground: &Ground<'_>) -> Known<Minimum<'a>> {
    let rule = land::rule(cx, ID, ALL, "split.minimum")?;
    let written = cx.facts.case.wish.target_use.clone().map_or_else(|| ground.parcel.land_use.clone(), |u| vec![u]);
    let codes = purpose::codes(&written);
    let residential = codes.iter().find(|c| purpose::lineage(c).iter().any(|g| g == "OTC"));
    let Some(code) = residential.or_else(|| codes.first()) else {
        let mut f = Finding::new(ID, ALL, Verdict::Failed, Message::new("split-use-unknown"));
        f.effect = Effect::NeedsPerson;
        return Err(Box::new(f));
    };
    let Some(area) = bound(rule, "area", code) else {
        let mut f = Finding::new(ID, ALL, Verdict::Failed, Message::new("split-no-value").with("use", code.as_str()));
        f.effect = Effect::NeedsPerson;
        land::cite(&mut f, rule);
        return Err(Box::new(f));
    };
    let (width, depth) = (bound(rule, "width", code), bound(rule, "depth", code));
    Ok(Minimum { rule, code: code.clone(), area, width, depth })
}

/// The value of the code, else of its group, else that of farm land.
fn bound(rule: &Rule, what: &str, code: &str) -> Option<Bound> {
    let line = purpose::lineage(code);
    let farm = line.iter().any(|g| g == "NNP").then(|| "agricultural".to_owned());
    let names = line.into_iter().chain(farm).map(|c| format!("{what}_{}", c.to_lowercase()));
    let table = names.filter_map(|n| rule.table(&n)).next()?;
    let least = table.values().copied().fold(f64::INFINITY, f64::min);
    let most = table.values().copied().fold(0.0, f64::max);
    least.is_finite().then_some(Bound { least, most })
}

/// Road corridors on the parcel or as near as accuracy reaches, and what could not be seen of them.
fn corridor(cx: &Context<'_>, ground: &Ground<'_>, parcel: &Span) -> Known<(Vec<Span>, Vec<Message>)> {
    let mut all = Vec::new();
    let mut notes = Vec::new();
    let themes: Vec<_> = cx.facts.themes.iter().filter(|t| t.theme.family == Family::RoadCorridor).collect();
    if themes.is_empty() {
        notes.push(Message::new("split-no-corridor"));
    }
    for facts in themes {
        match themed::read(cx, ground, facts) {
            None => notes.push(themed::said(&facts.theme, "theme-no-layer")),
            Some(mut read) => {
                read.measure(ground, overlay_as_drawn);
                let around = Span::of(&parcel.most, 3.0 * read.sigma).most;
                if let Ok(around) = Measured::new(&around) {
                    let near = overlay(&around, &read.pieces(|_| true), 0.0).shape;
                    all.extend((!near.0.is_empty()).then(|| Span::of(&near, read.sigma)));
                }
                notes.extend(read.reservations());
            }
        }
    }
    Ok((all, notes))
}

fn undrawn(minimum: &Minimum<'_>, net: AreaInterval, parts: f64) -> Finding {
    let each = AreaInterval { low: net.low / parts, nominal: net.nominal / parts, high: net.high / parts };
    let grades = [each.low, each.nominal, each.high].map(|area| grade(area, minimum.area));
    let key = ["split-count-fits", "split-count-between", "split-count-small"][grades[1]];
    let mut f = finding(ALL, key, grades, each, minimum);
    f.message = f.message.with("area", each.nominal).with("parts", parts).with("net", net.nominal);
    if minimum.width.is_some() || minimum.depth.is_some() {
        // The sides can only be judged on a drawing.
        if f.verdict == Verdict::Clear {
            f.verdict = Verdict::PartlyCovered;
        }
        f.effect = f.effect.max(Effect::NeedsPerson);
        f.details.push(Message::new("split-needs-drawing"));
    }
    f
}

fn one(subject: &str, part: &Measured, net: Span, minimum: &Minimum<'_>) -> Finding {
    let area = net.area();
    let grades = [(&net.least, area.low), (&net.nominal, area.nominal), (&net.most, area.high)];
    let grades = grades.map(|(shape, area)| {
        let sides =
            sides(shape, minimum).map_or(2, |all| all.iter().map(|s| grade(s.side, s.asked)).max().unwrap_or(0));
        grade(area, minimum.area).max(sides)
    });
    let key = ["split-part-fits", "split-part-between", "split-part-small"][grades[1]];
    let mut f = finding(subject, key, grades, area, minimum);
    f.message = f.message.with("area", area.nominal).with("lost", (part.area - area.nominal).max(0.0));
    let line =
        |s: &Side| Message::new(s.key).with("side", s.side).with("least", s.asked.least).with("most", s.asked.most);
    f.details.splice(0..0, sides(&net.nominal, minimum).iter().flatten().map(line));
    f.evidence.push(evidence(net.nominal, None, subject));
    f
}

struct Side {
    key: &'static str,
    side: f64,
    asked: Bound,
}

/// Width and depth as far as the rule asks for them; none of a shape that cannot be measured.
fn sides(shape: &MultiPolygon<f64>, minimum: &Minimum<'_>) -> Option<Vec<Side>> {
    let shape = Measured::new(shape).ok()?;
    let all = [("split-width", minimum.width, minimum.depth), ("split-depth", minimum.depth, minimum.width)];
    let one = |(key, asked, other): (&'static str, Option<Bound>, Option<Bound>)| {
        let asked = asked?;
        // A rectangle must fit. Where the rule names one side only, the other is taken to be as long.
        let side = largest_side(&shape, other.unwrap_or(asked).least, asked.most * 4.0);
        Some(Side { key, side, asked })
    };
    Some(all.into_iter().filter_map(one).collect())
}

/// A thousandth is forgiven.
fn reaches(value: f64, least: f64) -> bool {
    value >= least - 1e-3
}

/// 0 above every group, 1 between, 2 below every group.
fn grade(value: f64, bound: Bound) -> usize {
    if reaches(value, bound.most) {
        0
    } else if reaches(value, bound.least) {
        1
    } else {
        2
    }
}

/// `grades` of the smallest, the drawn and the largest shape that can be.
fn finding(subject: &str, key: &'static str, grades: [usize; 3], area: AreaInterval, minimum: &Minimum<'_>) -> Finding {
    let [least, grade, most] = grades;
    let message = Message::new(key)
        .with("use", minimum.code.as_str())
        .with("least", minimum.area.least)
        .with("most", minimum.area.most);
    let mut f = Finding::new(ID, subject, if grade == 0 { Verdict::Clear } else { Verdict::Hit }, message);
    // Only a number that was read in the decision itself may block, and only what is missing for certain.
    let refusal = if minimum.rule.standing == Standing::Verified { Effect::Blocks } else { Effect::NeedsPerson };
    let certain = grade > 0 && most >= grade;
    f.effect = [Effect::None, Effect::NeedsPerson, if certain { refusal } else { Effect::NeedsPerson }][grade];
    let asked = if grade == 2 { minimum.area.least } else { minimum.area.most };
    f.measured = Some(Quantity::new(area.nominal, Unit::SquareMetre));
    f.allowed = Some(Quantity::new(asked, Unit::SquareMetre));
    let missing = |area: f64| if reaches(area, asked) { 0.0 } else { asked - area };
    f.overlaps(AreaInterval { low: missing(area.high), nominal: missing(area.nominal), high: missing(area.low) });
    let sure = match (certain, grade.max(least)) {
        (true, _) => Certainty::Certain,
        (false, 0) => Certainty::None,
        (false, _) => Certainty::Possible,
    };
    if f.certainty != Some(sure) {
        // a side decides, and sides have no interval
        (f.certainty, f.area) = (Some(sure), None);
    }
    if round3(area.low) < round3(area.high) {
        f.details.push(Message::new("split-range").with("low", area.low).with("high", area.high));
    }
    f
}
