//! What happens around the cases: a new plan is published, a quarter is surveyed anew, the register's tables come in weekly.

use super::super::chance::Chance;
use super::super::{DemoFile, Value, Ward};
use geo_types::{Coord, Geometry};
use time::{Date, Duration};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorldEvent {
    /// Plan, annual plan and recoveries.
    PlanChange,
    /// One old commune is measured anew.
    Resurvey,
    /// The register's tables as of the day before, in this week of the year.
    Tables(u32),
}

/// Files of what is published on `day`.
pub fn map_of(event: WorldEvent, ward: &Ward, seed: u64, day: Date) -> Vec<DemoFile> {
    let of = |name: &str| ward.files.iter().filter(|f| f.name == name).cloned().collect::<Vec<_>>();
    let dated = |mut f: DemoFile| {
        f.source_date = day - Duration::days(3);
        f.decision = f.decision.map(|d| d.replace("/QĐ", "-SĐ/QĐ"));
        f
    };
    let files = match event {
        WorldEvent::PlanChange => [of("quy_hoach_sdd.gpkg"), of("ke_hoach_sdd.shp"), of("thu_hoi_dat.gpkg")].concat(),
        WorldEvent::Resurvey => of("thua_dat_99903.gpkg"),
        WorldEvent::Tables(week) => return tables_aside(ward, week, day),
    };
    let mut chance = Chance::new(seed, &format!("year.world {day}"));
    let mut files: Vec<DemoFile> = files.into_iter().map(dated).collect();
    for f in &mut files {
        match event {
            WorldEvent::PlanChange => rezone(f, &mut chance),
            _ => measure_anew(f, &mut chance),
        }
    }
    files
}

/// One area in twenty gets the code of another.
fn rezone(f: &mut DemoFile, chance: &mut Chance) {
    let codes: Vec<Value> = f.rows.iter().filter_map(|(_, v)| v.first().cloned()).collect();
    for (_, values) in &mut f.rows {
        if let Some(code) = values.first_mut().filter(|_| chance.hit(0.05)) {
            *code = chance.pick(&codes).clone();
        }
    }
}

/// Areas that a better instrument reads: one parcel in thirty is some centimetres wider to the east.
fn measure_anew(f: &mut DemoFile, chance: &mut Chance) {
    for (geometry, _) in &mut f.rows {
        if chance.hit(0.03)
            && let Some(Geometry::Polygon(p)) = geometry
        {
            let widest = p.exterior().0.iter().map(|c| c.x).fold(f64::MIN, f64::max);
            let by = chance.mm(20.0, 120.0) as f64 / 1_000_000.0;
            p.exterior_mut(|ring| {
                for Coord { x, .. } in ring.0.iter_mut().filter(|c| c.x > widest - 0.01) {
                    *x += by;
                }
            });
        }
    }
}

/// The tables of encumbrances and certificates, each week with one more row about a parcel that is in no case.
fn tables_aside(ward: &Ward, week: u32, day: Date) -> Vec<DemoFile> {
    let tables = ward.files.iter().filter(|f| f.name == "bien_dong.csv" || f.name == "giay_chung_nhan.csv").cloned();
    let newer = |mut f: DemoFile| {
        f.source_date = day - Duration::DAY;
        if let Some(row) = f.rows.last().cloned() {
            f.rows.extend((1..=week).map(|w| again(&row, w)));
        }
        f
    };
    tables.map(newer).collect()
}

/// The last row of a table under a number that the map does not have.
fn again(row: &(Option<Geometry<f64>>, Vec<Value>), week: u32) -> (Option<Geometry<f64>>, Vec<Value>) {
    let (geometry, mut values) = row.clone();
    if let Some(number) = values.get_mut(2) {
        *number = (9_500 + week).to_string().into();
    }
    if let Some(Value::Text(serial)) = values.get_mut(3).filter(|v| matches!(v, Value::Text(t) if t.starts_with("DR ")))
    {
        *serial = format!("DR {:06}", 200_000 + week);
    }
    (geometry, values)
}
