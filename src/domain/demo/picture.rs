use super::layout::*;
use geo::{Area, LinesIter, Validation};
use geo_types::Polygon;

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
    let size: usize =
        std::env::args().find_map(|a| a.strip_prefix("size=").map(|s| s.parse().unwrap())).unwrap_or(8000);
    let l = Layout::new(1, size);
    let mut svg = String::new();
    let mut edges = vec![];
    let mut verts = vec![];
    let mut bad = 0;
    let mut total = 0.0;
    for p in &l.plots {
        let poly = l.mesh.surveyed(&p.face, &l.warp);
        if !poly.is_valid() {
            bad += 1;
        }
        total += poly.unsigned_area();
        verts.push(poly.exterior().0.len() - 1);
        edges.extend(poly.lines_iter().map(|l| {
            let d = l.delta();
            (d.x * d.x + d.y * d.y).sqrt()
        }));
        let c = match p.kind {
            Kind::House => "#f3dcb8",
            Kind::Old => "#e8c79a",
            Kind::Forest => "#7fb069",
            Kind::Field => "#d4e79e",
            Kind::Garden => "#9cc77b",
            Kind::Bank => "#b8d8a0",
            Kind::Park => "#6fbf73",
            Kind::Sliver => "red",
            Kind::Inner => "magenta",
            _ => "#c9a0dc",
        };
        svg += &format!("<path d='{}' fill='{}' stroke='#555' stroke-width='0.15'/>", path(&poly), c);
    }
    for r in &l.roads {
        let p = l.mesh.surveyed(&r.face, &l.warp);
        if !p.is_valid() {
            bad += 1
        }
        svg += &format!("<path d='{}' fill='white'/>", path(&p));
    }
    let river = l.mesh.surveyed(&(&l.river).into(), &l.warp);
    svg += &format!("<path d='{}' fill='#6aa9e0'/>", path(&river));
    verts.sort();
    edges.sort_by(f64::total_cmp);
    println!(
        "plots {} roads {} bad {} vert median {} max {} mean {:.2} edge median {:.2} <0.1 {} of {} total {:.0} w {} h {}",
        l.plots.len(),
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
        "slivers {} inner {}",
        l.plots.iter().filter(|p| p.kind == Kind::Sliver).count(),
        l.plots.iter().filter(|p| p.kind == Kind::Inner).count()
    );
    std::fs::write("/tmp/ward.svg", format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='-200 200 2400 1600' width='2400' height='1600' style='background:#ddd'>{svg}</svg>")).unwrap();
}
