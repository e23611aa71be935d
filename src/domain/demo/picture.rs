use super::layout::*;
use super::parcel::*;
use super::plan::*;
use geo::{Area, LinesIter, Validation};
use geo_types::{Geometry, Polygon};

fn path(p: &Polygon<f64>) -> String {
    let mut s = String::new();
    for r in std::iter::once(p.exterior()).chain(p.interiors()) {
        for (i, c) in r.0.iter().enumerate() {
            s += &format!("{}{:.2} {:.2}", if i == 0 { "M" } else { "L" }, c.x - 549000.0, 1778000.0 - c.y);
        }
        s += "Z";
    }
    s
}

#[test]
#[ignore]
fn draw() {
    let size: usize = std::env::var_os("SIZE").and_then(|s| s.to_str()?.parse().ok()).unwrap_or(8000);
    let l = Layout::new(1, size);
    let mut ps = parcels(&l, 1);
    super::fault::plant(&mut ps, 1);
    let plan = Plan::new(&l);
    let mut svg = String::new();
    let mut edges = vec![];
    let mut verts = vec![];
    let (mut bad, mut total) = (0, 0.0);
    let mut faults = std::collections::BTreeMap::<String, usize>::new();
    let mut sheets = std::collections::BTreeMap::<(usize, u32), usize>::new();
    for p in &ps {
        *sheets.entry((p.old, p.sheet)).or_default() += 1;
        if let Some(f) = p.fault {
            *faults.entry(format!("{f:?}").chars().take_while(|c| c.is_alphabetic()).collect()).or_default() += 1;
        }
        let poly = &p.geom.0[0];
        if !p.geom.is_valid() {
            bad += 1;
            if p.fault.is_none() {
                println!("{:?} {:?} {:?}", p.kind, p.geom.check_validation(), p.geom.0.len());
            }
        }
        total += poly.unsigned_area();
        verts.push(poly.exterior().0.len() - 1);
        edges.extend(poly.lines_iter().map(|l| {
            let d = l.delta();
            (d.x * d.x + d.y * d.y).sqrt()
        }));
        let c = match p.kind {
            _ if p.fault.is_some() => "red",
            Kind::House => "#f3dcb8",
            Kind::Old => "#e8c79a",
            Kind::Forest => "#7fb069",
            Kind::Field => "#d4e79e",
            Kind::Garden => "#9cc77b",
            Kind::Bank => "#b8d8a0",
            Kind::Park => "#6fbf73",
            Kind::Sliver => "blue",
            Kind::Inner => "magenta",
            _ => "#c9a0dc",
        };
        svg += &format!("<path d='{}' fill='{}' stroke='#555' stroke-width='0.15'/>", path(poly), c);
    }
    for r in &l.roads {
        let p = l.mesh.surveyed(&r.face, &l.warp);
        if !p.is_valid() {
            bad += 1;
            println!("road {:?} {:?}", r.face, p.check_validation())
        }
        svg += &format!("<path d='{}' fill='white'/>", path(&p));
    }
    let river = l.mesh.surveyed(&(&l.river).into(), &l.warp);
    svg += &format!("<path d='{}' fill='#6aa9e0'/>", path(&river));
    for (t, fs) in &plan.themes {
        for f in fs {
            if !f.geom.is_valid() {
                println!("invalid {t} {}", f.label)
            }
            let (c, o) = match *t {
                "commune" => ("none", 1.0),
                "landuse_plan" => (
                    match f.code {
                        "DGT" => "#f00",
                        "TMD" => "#f0f",
                        "DKV" => "#0a0",
                        _ => "none",
                    },
                    0.15,
                ),
                "road_corridor" => ("#f80", 0.3),
                "hazard_flood" => ("#00f", 0.15),
                "hazard_landslide" => ("#840", 0.3),
                _ => ("#808", 0.25),
            };
            match &f.geom {
                Geometry::Polygon(p) => {
                    svg += &format!(
                        "<path d='{}' fill='{c}' fill-opacity='{o}' stroke='#f0f' stroke-width='0.5'/>",
                        path(p)
                    )
                }
                Geometry::LineString(ls) => {
                    svg += &format!(
                        "<polyline points='{}' fill='none' stroke='#d00' stroke-width='2'/>",
                        ls.0.iter()
                            .map(|c| format!("{},{}", c.x - 549000.0, 1778000.0 - c.y))
                            .collect::<Vec<_>>()
                            .join(" ")
                    )
                }
                _ => {}
            }
        }
    }
    for cv in [&plan.whole, &plan.zoned, &plan.flood[0], &plan.flood[1]] {
        if !cv.is_valid() {
            println!("coverage invalid")
        }
    }
    verts.sort();
    edges.sort_by(f64::total_cmp);
    println!(
        "parcels {} roads {} bad {} vert median {} max {} mean {:.2} edge median {:.2} <0.1 {} of {} total {:.0} w {} h {}",
        ps.len(),
        l.roads.len(),
        bad,
        verts[verts.len() / 2],
        verts.last().unwrap(),
        edges.len() as f64 / verts.len() as f64,
        edges[edges.len() / 2],
        edges.iter().filter(|e| **e < 0.1).count(),
        edges.len(),
        total,
        l.board.x1 / 1000,
        l.board.y1 / 1000
    );
    println!(
        "{faults:?} plain {} slivers {} ODT {} combined {} sheets {:?}",
        ps.iter().filter(|p| p.plain).count(),
        ps.iter().filter(|p| p.area < 0.5).count(),
        ps.iter().filter(|p| p.land_use == "ODT").count(),
        ps.iter().filter(|p| p.land_use.contains('+')).count(),
        sheets
    );
    std::fs::write("/tmp/ward.svg", format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='-100 250 2200 1467' width='2400' height='1600' style='background:#ddd'>{svg}</svg>")).unwrap();
}
