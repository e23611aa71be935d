//! The sample of a file under every reading that people mix up, for `domain::layer::crs_guard` to judge.

use super::{Base, CrsError, Definition, Operation, Transformer, ZoneBook, ZoneDef, ZoneKind};
use crate::domain::layer::crs_guard::{Candidate, CandidateKind, on_centimetres};

/// Raw numbers as read.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// One vertex of each feature that is looked at.
    pub points: Vec<(f64, f64)>,
    /// Further vertices of the same features, where these are few.
    pub more: Vec<(f64, f64)>,
}

/// `sample` holds raw numbers as read. The declared definition comes first, then the others, the likelier before the rarer.
pub fn candidates(
    book: &ZoneBook,
    zone: &ZoneDef,
    declared: &Definition,
    sample: &Sample,
) -> Result<Vec<Candidate>, CrsError> {
    let mut out = vec![candidate(book, zone, declared, CandidateKind::Declared, sample)?];
    for (kind, d) in readings(book, zone) {
        if d != *declared {
            out.push(candidate(book, zone, &d, kind, sample)?);
        }
    }
    Ok(out)
}

fn readings(book: &ZoneBook, zone: &ZoneDef) -> Vec<(CandidateKind, Definition)> {
    use CandidateKind as K;
    let mut zones: Vec<&ZoneDef> = book.iter().collect();
    // The target's own meridian first, then its neighbours.
    let away = |z: &ZoneDef| (z.central_meridian.unwrap_or(999.0) - zone.central_meridian.unwrap_or(0.0)).abs();
    zones.sort_by(|a, b| {
        (a.srid != zone.srid, away(a)).partial_cmp(&(b.srid != zone.srid, away(b))).unwrap_or(std::cmp::Ordering::Equal)
    });
    let bases: Vec<Base> = zones.iter().map(|z| Base::Zone(z.srid)).collect();
    let meridians: Vec<f64> =
        zones.iter().filter(|z| z.kind == ZoneKind::Vn2000Tm3).filter_map(|z| z.central_meridian).collect();
    let mut out: Vec<(K, Definition)> = bases.iter().map(|b| (K::Zone, Definition::new(*b))).collect();
    let degrees = [(K::Wgs84Degrees, Base::Wgs84), (K::Vn2000Degrees, Base::Vn2000)];
    out.extend(degrees.map(|(k, b)| (k, Definition::new(b))));
    out.extend(bases.iter().map(|b| (K::Swapped, Definition::swapped(*b))));
    out.extend(degrees.map(|(_, b)| (K::Swapped, Definition::swapped(b))));
    if !meridians.is_empty() {
        let utm = [Base::UtmVn2000(48), Base::UtmVn2000(49), Base::UtmWgs84(48), Base::UtmWgs84(49)];
        out.extend(utm.map(|b| (K::Utm, Definition::new(b))));
        let tm = |cm: &f64, k0, shift| Definition::new(Base::Tm { central_meridian: *cm, k0, shift });
        out.extend(meridians.iter().map(|cm| (K::NoShift, tm(cm, 0.9999, false))));
        out.extend(meridians.iter().map(|cm| (K::WrongScale, tm(cm, 0.9996, true))));
    }
    if zone.kind == ZoneKind::Vn2000Tm3 {
        let tied = [Base::Wgs84, Base::Zone(zone.srid), Base::UtmWgs84(48), Base::UtmWgs84(49), Base::Vn2000];
        let others = [Operation::Epsg5194, Operation::Flipped];
        out.extend(tied.iter().flat_map(|b| others.map(|op| (K::OtherOperation, Definition::by(*b, op)))));
        out.extend(utm_swapped());
    }
    out
}

fn utm_swapped() -> impl Iterator<Item = (CandidateKind, Definition)> {
    let utm = [Base::UtmVn2000(48), Base::UtmVn2000(49), Base::UtmWgs84(48), Base::UtmWgs84(49)];
    utm.into_iter().map(|b| (CandidateKind::Swapped, Definition::swapped(b)))
}

fn candidate(
    book: &ZoneBook,
    zone: &ZoneDef,
    d: &Definition,
    kind: CandidateKind,
    sample: &Sample,
) -> Result<Candidate, CrsError> {
    let t = Transformer::to_zone(book, d, zone)?;
    let place = |raw: &[(f64, f64)]| raw.iter().map(|p| t.point(p.0, p.1).ok()).collect::<Vec<_>>();
    let (points, more) = (place(&sample.points), place(&sample.more));
    let placed: Vec<_> = points.iter().flatten().copied().collect();
    let on_grid = on_centimetres(&placed) || (may_be_surveyed_in(d) && on_centimetres(&sample.points));
    Ok(Candidate { definition: d.to_string(), kind, points, more, on_grid })
}

/// Somebody measures in these metres, so that the raw numbers may be the ones that were typed.
fn may_be_surveyed_in(d: &Definition) -> bool {
    d.operation == Operation::National && matches!(d.base, Base::Zone(_) | Base::UtmVn2000(_) | Base::UtmWgs84(_))
}
