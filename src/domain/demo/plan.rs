//! What planners and authorities drew over the ward: zones, red lines, corridors, areas. Drawn without the small
//! irregularities of walls, and a little beside them, as such maps are.

use super::layout::{Kind, Layout, Road};
use super::mesh::{Face, Mesh, P, Rect};
use super::names::names;
use geo_types::{Geometry, LineString, MultiPolygon, Polygon};

/// One drawn feature.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub code: &'static str,
    pub label: String,
    pub geom: Geometry<f64>,
    /// Half width of a line (m).
    pub half_width: Option<f64>,
}

/// A street that will be widened.
#[derive(Debug, Clone)]
pub(crate) struct Widening {
    pub strip: Rect,
    pub label: String,
}

/// Everything drawn, by theme code.
#[derive(Debug)]
pub(crate) struct Plan {
    pub themes: Vec<(&'static str, Vec<Drawn>)>,
    /// Complete everywhere.
    pub whole: MultiPolygon<f64>,
    /// Whole without the corner that no zone covers.
    pub zoned: MultiPolygon<f64>,
    /// West of the rice fields, and the rest.
    pub flood: [MultiPolygon<f64>; 2],
}

/// Positional error of the planner (m).
const SHIFT: (f64, f64) = (0.35, -0.25);
const MARGIN: i64 = 60_000;
/// The commune goes on so far behind the last parcel.
const BORDER: i64 = 20_000;

impl Plan {
    pub(crate) fn new(l: &Layout) -> Self {
        let corner = Self::corner(l);
        let widened = widenings(l);
        let g = l.board.grown(MARGIN);
        let notch = vec![
            (g.x0, g.y0),
            (corner.x0, g.y0),
            (corner.x0, corner.y1),
            (corner.x1, corner.y1),
            (corner.x1, g.y0),
            (g.x1, g.y0),
            (g.x1, g.y1),
            (g.x0, g.y1),
        ];
        let split = (l.east.x1 + l.rice.x0) / 2;
        let halves = [Rect::new(g.x0, g.y0, split, g.y1), Rect::new(split, g.y0, g.x1, g.y1)];
        Self {
            themes: themes(l, &corner, &widened),
            whole: area(l, &[g.ring()]),
            zoned: area(l, &[notch]),
            flood: halves.map(|r| area(l, &[r.ring()])),
        }
    }

    /// South-east end of the eastern town: nobody has planned it yet.
    fn corner(l: &Layout) -> Rect {
        Rect::new(l.east.x1 - l.east.width() / 7, -MARGIN, (l.east.x1 + l.rice.x0) / 2, l.east.height() / 12)
    }

    pub(crate) fn of(&self, theme: &str) -> &[Drawn] {
        self.themes.iter().find(|(t, _)| *t == theme).map_or(&[], |(_, d)| d)
    }
}

fn themes(l: &Layout, corner: &Rect, widened: &[Widening]) -> Vec<(&'static str, Vec<Drawn>)> {
    let (h, w) = (l.board.height(), l.west);
    let decided = Rect::new(w.x0 + w.width() * 11 / 20, h / 10, w.x0 + w.width() * 12 / 20, h / 10 + 38_000);
    let noticed = Rect::new(w.x0 + w.width() / 5, h * 4 / 5, w.x0 + w.width() / 5 + 46_000, h * 4 / 5 + 24_000);
    let changed = Rect::new(l.rice.x0 + 5_000, h / 2, l.rice.x0 + l.rice.width() / 3, h / 2 + h / 8);
    let site = site(l);
    let bank = l.bank_west.width() + 11_500;
    let f = l.forest;
    let one = |code, label: &str, r: Rect| drawn(l, code, label, &[r.ring()]);
    vec![
        ("commune", communes(l)),
        ("landuse_plan", zones(l, corner, widened)),
        ("road_corridor", widened.iter().map(|c| one("lo_gioi", &c.label, c.strip)).collect()),
        (
            "river",
            vec![
                one(
                    "hanh_lang",
                    "Hành lang sông Demo, bờ tây",
                    Rect::new(l.river.x0 - bank, -BORDER, l.river.x0, h + BORDER),
                ),
                one(
                    "hanh_lang",
                    "Hành lang sông Demo, bờ đông",
                    Rect::new(l.river.x1, -BORDER, l.river.x1 + bank, h + BORDER),
                ),
                one("mat_nuoc", "Sông Demo", Rect::new(l.river.x0, -BORDER, l.river.x1, h + BORDER)),
            ],
        ),
        (
            "power_line",
            vec![
                line(
                    l,
                    "110kV",
                    "Đường dây 110 kV Demo 1",
                    (f.middle().0, h * 73 / 100),
                    (l.rice.x1, h * 73 / 100),
                    4.0,
                ),
                line(
                    l,
                    "22kV",
                    "Đường dây 22 kV Demo 2",
                    (l.rice.x0 + l.rice.width() / 2, 0),
                    (l.rice.x0 + l.rice.width() / 2, h),
                    2.0,
                ),
            ],
        ),
        ("railway", vec![line(l, "duong_sat", "Đường sắt Demo", (-9_000, -BORDER), (-9_000, h + BORDER), 4.0)]),
        (
            "heritage",
            vec![
                one("KV1", "Di tích Demo, khu vực I", site),
                drawn(l, "KV2", "Di tích Demo, khu vực II", &[site.grown(22_000).ring(), site.ring()]),
            ],
        ),
        (
            "military",
            vec![one("CQP", "Khu quân sự Demo", Rect::new(f.x0 + 4_000, h * 9 / 10, f.x0 + f.width() / 4, h - 4_000))],
        ),
        ("airport", vec![]),
        (
            "recovery",
            vec![
                one("quyet_dinh", "Thu hồi để làm công viên Demo", decided),
                one("thong_bao", "Thông báo thu hồi mở rộng trường Demo", noticed),
            ],
        ),
        (
            "annual_plan",
            vec![one("thu_hoi", "Công viên Demo", decided), one("chuyen_muc_dich", "Khu dân cư Demo", changed)],
        ),
        (
            "forest",
            vec![
                one("RSX", "Rừng sản xuất Demo", Rect::new(f.x0 - BORDER, -BORDER, f.x1 + 2_000, h * 3 / 5)),
                one("RPH", "Rừng phòng hộ Demo", Rect::new(f.x0 - BORDER, h * 3 / 5, f.x1 + 2_000, h + BORDER)),
            ],
        ),
        ("rice", vec![one("LUC", "Đồng lúa Demo", Rect::new(l.rice.x0, 0, l.rice.x1, h))]),
        (
            "hazard_flood",
            vec![one(
                "ngap_1m",
                "Ngập ven sông Demo",
                Rect::new(l.river.x0 - bank - h / 12, h / 20, l.river.x1 + bank + h / 9, h / 3),
            )],
        ),
        (
            "hazard_landslide",
            vec![one(
                "sat_lo",
                "Sạt lở chân đồi Demo",
                Rect::new(f.x0 + f.width() / 2, h / 4, w.x0 + 16_000, h * 2 / 5),
            )],
        ),
    ]
}

/// The pagoda, or, in a ward too small for one, a spot in the eastern town.
fn site(l: &Layout) -> Rect {
    let (x, y) = l.plots.iter().find(|p| p.kind == Kind::Pagoda).map_or(l.east.middle(), |p| p.anchor());
    Rect::new(x - 13_000, y - 11_000, x + 13_000, y + 11_000)
}

/// The avenue and two streets of the next rank get wider; the first strip named is the avenue.
fn widenings(l: &Layout) -> Vec<Widening> {
    let strips = |level: usize| l.roads.iter().filter(move |r: &&Road| r.level == level).filter_map(|r| r.strip);
    let chosen = strips(0).map(|r| (r, 4_000)).chain(strips(1).chain(strips(2)).take(3).map(|r| (r, 2_600)));
    chosen
        .enumerate()
        .map(|(i, (r, by))| {
            let strip = match r.width() > r.height() {
                true => Rect::new(r.x0, r.y0 - by, r.x1, r.y1 + by),
                false => Rect::new(r.x0 - by, r.y0, r.x1 + by, r.y1),
            };
            Widening { strip, label: format!("Mở rộng {}", names().street(i)) }
        })
        .collect()
}

/// Zones cover everything but the corner, and do not overlap: each new one takes its place from those below it.
fn zones(l: &Layout, corner: &Rect, widened: &[Widening]) -> Vec<Drawn> {
    let g = l.board.grown(MARGIN);
    let between = |a: &Rect, b: &Rect| (a.x1 + b.x0) / 2;
    let cuts = [
        g.x0,
        between(&l.forest, &l.west),
        between(&l.west, &l.bank_west),
        l.river.x0,
        l.river.x1,
        between(&l.bank_east, &l.east),
        between(&l.east, &l.rice),
        g.x1,
    ];
    let codes = ["RSX", "ODT", "CLN", "SON", "DKV", "ODT", "LUC"];
    let mut zones: Vec<(Rect, &'static str)> =
        codes.iter().enumerate().map(|(i, c)| (Rect::new(cuts[i], g.y0, cuts[i + 1], g.y1), *c)).collect();
    let mut put = |r: Rect, code: Option<&'static str>| {
        zones = zones.iter().flat_map(|(z, c)| z.without(&r).into_iter().map(|part| (part, *c))).collect();
        zones.extend(code.map(|c| (r, c)));
    };
    let (w, e, h) = (l.west, l.east, l.board.height());
    put(Rect::new(w.x0 + w.width() * 2 / 5, h / 7, w.x0 + w.width() * 2 / 5 + 62_000, h / 7 + 44_000), Some("DKV"));
    put(Rect::new(e.x0 + e.width() / 4, h * 3 / 5, e.x0 + e.width() / 4 + 90_000, h * 3 / 5 + 30_000), Some("TMD"));
    for (kind, code) in [(Kind::School, "DGD"), (Kind::Market, "DCH"), (Kind::Pagoda, "TON"), (Kind::Park, "DKV")] {
        for plot in l.plots.iter().filter(|p| p.kind == kind) {
            put(bounds(&plot.face), Some(code));
        }
    }
    for (i, c) in widened.iter().enumerate() {
        // Where two meet, the first keeps the crossing.
        let rest = widened[..i].iter().fold(vec![c.strip], |r, o| r.iter().flat_map(|x| x.without(&o.strip)).collect());
        rest.into_iter().for_each(|r| put(r, Some("DGT")));
    }
    put(*corner, None);
    let mut mesh = Mesh::default();
    zones.iter().for_each(|(r, _)| mesh.dense(r, 9_000));
    let polygon = |r: &Rect| mesh.polygon(&r.into(), |p| l.warp.drawn(p, SHIFT));
    zones.iter().map(|(r, code)| feature(code, zone_name(code), polygon(r))).collect()
}

fn zone_name(code: &str) -> &'static str {
    match code {
        "ODT" => "Đất ở tại đô thị",
        "DGT" => "Đất công trình giao thông",
        "DKV" => "Khu vui chơi, giải trí công cộng",
        "TMD" => "Đất thương mại, dịch vụ",
        "CLN" => "Đất trồng cây lâu năm",
        "LUC" => "Đất chuyên trồng lúa",
        "RSX" => "Đất rừng sản xuất",
        "SON" => "Đất dạng sông, ngòi, kênh, rạch, suối",
        "DGD" => "Đất cơ sở giáo dục và đào tạo",
        "DCH" => "Đất chợ dân sinh, chợ đầu mối",
        "TON" => "Đất tôn giáo",
        _ => "Loại đất khác",
    }
}

/// Today's commune and the three old ones. A notch in the east leaves part of a field outside.
fn communes(l: &Layout) -> Vec<Drawn> {
    let g = l.board.grown(BORDER);
    let (mid, split) = (l.river.middle().0, l.old_border);
    let (low, high) = (g.height() / 2, g.height() / 2 + 45_000);
    let cut = l.rice.x1 - 14_000;
    let east = [(g.x1, g.y0), (g.x1, low), (cut, low), (cut, high), (g.x1, high), (g.x1, g.y1)];
    let ring = |west: &[P]| west.iter().chain(&east).copied().collect::<Vec<P>>();
    let rings = [
        ring(&[(g.x0, g.y1), (g.x0, split), (g.x0, g.y0)]),
        Rect::new(g.x0, split, mid, g.y1).ring(),
        Rect::new(g.x0, g.y0, mid, split).ring(),
        ring(&[(mid, g.y1), (mid, split), (mid, g.y0)]),
    ];
    let mut mesh = Mesh::default();
    for ring in &rings {
        mesh.face(&ring.clone().into());
    }
    mesh.dense(&Rect::new(g.x0, g.y0, mid, split), 15_000);
    mesh.dense(&Rect::new(mid, split, g.x1, g.y1), 15_000);
    mesh.dense(&g, 15_000);
    let polygon = |r: &Vec<P>| mesh.polygon(&r.clone().into(), |p| l.warp.drawn(p, (0.0, 0.0)));
    let names = &names().commune;
    let mut out = vec![feature("", &names.name, polygon(&rings[0]))];
    out.extend(names.old.iter().zip(&rings[1..]).map(|(o, r)| feature("", &o.name, polygon(r))));
    out
}

fn bounds(face: &Face) -> Rect {
    let x = || face.outer.iter().map(|p| p.0);
    let y = || face.outer.iter().map(|p| p.1);
    let low = |v: Option<i64>| v.unwrap_or_default();
    Rect::new(low(x().min()), low(y().min()), low(x().max()), low(y().max()))
}

fn feature(code: &'static str, label: &str, polygon: Polygon<f64>) -> Drawn {
    Drawn { code, label: label.to_owned(), geom: polygon.into(), half_width: None }
}

/// A drawn polygon from its rings (first the outer one), with a vertex every ten metres.
fn drawn(l: &Layout, code: &'static str, label: &str, rings: &[Vec<P>]) -> Drawn {
    feature(code, label, polygon(l, rings))
}

fn polygon(l: &Layout, rings: &[Vec<P>]) -> Polygon<f64> {
    let mut mesh = Mesh::default();
    for ring in rings {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            mesh.dense(&Rect::new(a.0.min(b.0), a.1.min(b.1), a.0.max(b.0), a.1.max(b.1)), 10_000);
        }
    }
    let face = Face { outer: rings[0].clone(), holes: rings[1..].to_vec() };
    mesh.polygon(&face, |p| l.warp.drawn(p, SHIFT))
}

fn area(l: &Layout, rings: &[Vec<P>]) -> MultiPolygon<f64> {
    MultiPolygon(vec![polygon(l, rings)])
}

fn line(l: &Layout, code: &'static str, label: &str, from: P, to: P, half_width: f64) -> Drawn {
    let steps = (((to.0 - from.0).abs() + (to.1 - from.1).abs()) / 45_000).max(1);
    let at = |k: i64| (from.0 + (to.0 - from.0) * k / steps, from.1 + (to.1 - from.1) * k / steps);
    let line: LineString<f64> = (0..=steps).map(|k| l.warp.drawn(at(k), SHIFT)).collect();
    Drawn { code, label: label.to_owned(), geom: line.into(), half_width: Some(half_width) }
}
