//! 500,000 parcels against 4,900 zones of about 100 vertices, in memory: every pair with an area in common, and that area.
//! Beside it shapely 2 on the same data, the same number of threads, in the same run, when `DIABA_SHAPELY` names a Python that has
//! it: `DIABA_SHAPELY=/somewhere/bin/python cargo bench --bench overlay`. Both must find the same pairs and the same areas to 1e-6 m².

use diaba::domain::geom::{Indexed, Measured, common_m2};
use geo::{BoundingRect, Validation};
use geo_types::{Geometry, MultiPolygon, Polygon};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

#[allow(dead_code, reason = "each bench uses a part")]
#[path = "support/ground.rs"]
mod ground;

const ROUNDS: usize = 5;

type Pair = (u32, u32, f64);
type Tree = RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>;

fn box_of(p: &Polygon<f64>) -> AABB<[f64; 2]> {
    let b = p.bounding_rect().expect("a box");
    AABB::from_corners([b.min().x, b.min().y], [b.max().x, b.max().y])
}

/// All pairs, as the checks measure them: the parcel is examined first, then each zone whose box it meets is cut at its box.
fn pairs(parcels: &[MultiPolygon<f64>], zones: &[Indexed], tree: &Tree) -> Vec<Pair> {
    let one = |(i, shape): (usize, &MultiPolygon<f64>)| {
        let parcel = Measured::new(shape).expect("a sound parcel");
        let near =
            AABB::from_corners([parcel.bbox.min().x, parcel.bbox.min().y], [parcel.bbox.max().x, parcel.bbox.max().y]);
        let mut found: Vec<Pair> = tree
            .locate_in_envelope_intersecting(near)
            .map(|z| (i as u32, z.data, common_m2(&parcel, &zones[z.data as usize])))
            .filter(|(_, _, m2)| *m2 > 1e-6)
            .collect();
        found.sort_unstable_by_key(|p| p.1);
        found
    };
    parcels.par_iter().enumerate().with_min_len(256).flat_map_iter(one).collect()
}

fn write(folder: &Path, name: &str, polygons: &[Polygon<f64>]) {
    let file = |ending: &str| std::fs::File::create(folder.join(format!("{name}.{ending}"))).expect("a file");
    let (mut coords, mut sizes) = (std::io::BufWriter::new(file("coords")), std::io::BufWriter::new(file("sizes")));
    for p in polygons {
        sizes.write_all(&(p.exterior().0.len() as u32).to_le_bytes()).expect("written");
        for c in &p.exterior().0 {
            coords.write_all(&c.x.to_le_bytes()).expect("written");
            coords.write_all(&c.y.to_le_bytes()).expect("written");
        }
    }
}

fn spread(mut seconds: Vec<f64>) -> String {
    seconds.sort_by(f64::total_cmp);
    format!(
        "{:.2} s (from {:.2} to {:.2}, {} rounds)",
        seconds[seconds.len() / 2],
        seconds[0],
        seconds[seconds.len() - 1],
        seconds.len()
    )
}

fn ours(threads: usize, parcels: &[MultiPolygon<f64>], zones: &[Polygon<f64>]) -> (Vec<Pair>, Vec<f64>) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let tree = RTree::bulk_load(
        zones.iter().enumerate().map(|(i, z)| GeomWithData::new(Rectangle::from_aabb(box_of(z)), i as u32)).collect(),
    );
    let (mut seconds, mut found) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        // the zones' own indexes are part of the work
        let zones: Vec<Indexed> = zones.iter().map(|z| Geometry::from(z.clone()).into()).collect();
        let begin = Instant::now();
        found = pool.install(|| pairs(parcels, &zones, &tree));
        seconds.push(begin.elapsed().as_secs_f64());
    }
    (found, seconds)
}

/// Runs shapely over the same data; its fastest time of any way.
fn shapely(python: &str, folder: &Path, threads: usize, found: &[Pair]) -> f64 {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/overlay.py");
    let mut run = Command::new(python);
    run.arg(script).arg(folder).arg(threads.to_string()).arg("3").stdout(Stdio::piped());
    let out = run.output().expect("python");
    assert!(out.status.success(), "shapely failed: {}", String::from_utf8_lossy(&out.stderr));
    let mut fastest = f64::INFINITY;
    for line in String::from_utf8(out.stdout).expect("text").lines() {
        let told: serde_json::Value = serde_json::from_str(line).expect("json");
        match told["seconds"].as_array() {
            Some(all) => {
                let seconds: Vec<f64> = all.iter().filter_map(serde_json::Value::as_f64).collect();
                fastest = seconds.iter().copied().fold(fastest, f64::min);
                println!(
                    "  shapely, {}: {}, {} pairs",
                    told["way"].as_str().unwrap_or(""),
                    spread(seconds),
                    told["pairs"]
                );
            }
            None => println!("  {told}"),
        }
    }
    compare(folder, found);
    fastest
}

/// The same pairs, the same areas to 1e-6 m².
fn compare(folder: &Path, found: &[Pair]) {
    let pairs = std::fs::read(folder.join("pairs.shapely")).expect("pairs");
    let areas = std::fs::read(folder.join("areas.shapely")).expect("areas");
    let number = |b: &[u8]| u32::from_le_bytes(b.try_into().expect("four bytes"));
    let theirs: Vec<Pair> = pairs
        .chunks_exact(8)
        .zip(areas.chunks_exact(8))
        .map(|(p, a)| (number(&p[..4]), number(&p[4..]), f64::from_le_bytes(a.try_into().expect("eight bytes"))))
        .collect();
    // an area of some millionths may be counted by one and not by the other
    let (mut i, mut j, mut farthest) = (0, 0, 0.0f64);
    while i < found.len() || j < theirs.len() {
        let key = |p: Option<&Pair>| p.map_or((u32::MAX, u32::MAX), |p| (p.0, p.1));
        let (a, b) = (key(found.get(i)), key(theirs.get(j)));
        let apart = match a.cmp(&b) {
            std::cmp::Ordering::Equal => (found[i].2 - theirs[j].2).abs(),
            std::cmp::Ordering::Less => found[i].2,
            std::cmp::Ordering::Greater => theirs[j].2,
        };
        farthest = farthest.max(apart);
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    println!("  compared pair by pair: largest difference {farthest:.1e} m²");
    assert!(farthest < 4e-6, "areas differ");
}

fn main() {
    let parcels = ground::parcels(ground::PARCELS);
    let zones = ground::zones();
    assert!(zones.iter().all(Validation::is_valid), "zones that cross themselves measure nothing");
    let vertices: usize = zones.iter().map(|z| z.exterior().0.len() - 1).sum();
    println!("{} parcels, {} zones of {} vertices", parcels.len(), zones.len(), vertices / zones.len());
    let shapes: Vec<MultiPolygon<f64>> = parcels.iter().cloned().map(MultiPolygon::from).collect();
    let folder = tempfile::tempdir().expect("folder");
    write(folder.path(), "parcels", &parcels);
    write(folder.path(), "zones", &zones);
    for threads in [1, 2] {
        let (found, seconds) = ours(threads, &shapes, &zones);
        let fastest = seconds.iter().copied().fold(f64::INFINITY, f64::min);
        let m2: f64 = found.iter().map(|p| p.2).sum();
        println!("{threads} threads: {}, {} pairs, {m2:.2} m²", spread(seconds), found.len());
        if let Some(python) = std::env::var_os("DIABA_SHAPELY").and_then(|p| p.into_string().ok()) {
            let theirs = shapely(&python, folder.path(), threads, &found);
            println!("  {:.1} times shapely's fastest ({theirs:.2} s against {fastest:.2} s)", theirs / fastest);
        }
    }
}
