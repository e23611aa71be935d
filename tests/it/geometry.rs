//! The overlay engine beside PostGIS: hard shapes, far from the origin as real ones are, and the demo ward's own maps.

use diaba::domain::demo::generate_on;
use diaba::domain::geom::{Indexed, Measured, Piece, common_m2, flaws, overlay};
use diaba::store::geometry::{polygons, to_ewkb};
use geo::{BoundingRect, Intersects};
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use shapes::{KINDS, Millimetres, pair};
use sqlx::PgPool;
use time::macros::date;

#[path = "../support/shapes.rs"]
mod shapes;

const ZONE: i32 = 5899;

fn placed(shape: &Millimetres) -> MultiPolygon<f64> {
    let ring = |r: &Vec<(i64, i64)>| {
        let at = |(x, y): &(i64, i64)| Coord { x: 588_000.0 + *x as f64 / 1000.0, y: 2_326_000.0 + *y as f64 / 1000.0 };
        LineString(r.iter().chain(r.first()).map(at).collect())
    };
    let part = |p: &Vec<Vec<(i64, i64)>>| Polygon::new(ring(&p[0]), p[1..].iter().map(ring).collect());
    shape.iter().map(part).collect()
}

/// What PostGIS says of pairs, in order: is the first sound, is the second, their common area.
async fn postgis(pool: &PgPool, pairs: &[(MultiPolygon<f64>, MultiPolygon<f64>)]) -> Vec<(bool, bool, Option<f64>)> {
    let ewkb = |g: &MultiPolygon<f64>| to_ewkb(&Geometry::MultiPolygon(g.clone()), ZONE).unwrap();
    sqlx::query_as(
        "select st_isvalid(a), st_isvalid(b), case when st_isvalid(a) and st_isvalid(b) then st_area(st_intersection(a, b)) end
           from (select i, p::geometry as a, z::geometry as b from unnest($1::bytea[], $2::bytea[]) with ordinality t(p, z, i)) t order by i",
    )
    .bind(pairs.iter().map(|p| ewkb(&p.0)).collect::<Vec<_>>())
    .bind(pairs.iter().map(|p| ewkb(&p.1)).collect::<Vec<_>>())
    .fetch_all(pool)
    .await
    .unwrap()
}

#[sqlx::test(migrations = "./migrations")]
async fn hard_shapes_are_measured_as_postgis_measures_them(pool: PgPool) {
    for (kind, name) in KINDS.iter().enumerate() {
        let pairs: Vec<_> = (0..200).map(|seed| pair(kind, seed)).map(|(a, b)| (placed(&a), placed(&b))).collect();
        let mut compared = 0;
        for ((a, b), (a_sound, b_sound, m2)) in pairs.iter().zip(postgis(&pool, &pairs).await) {
            let parcel = Measured::new(a);
            assert!(!a_sound || parcel.is_ok(), "{name}: {a:?} is sound, and was refused: {parcel:?}");
            let (Ok(parcel), true, true, Some(m2)) = (parcel, a_sound, b_sound, m2) else { continue };
            assert!(!flaws(b).iter().any(|f| f.kind.fatal()), "{name}: {b:?}");
            let zone: Indexed = Geometry::MultiPolygon(b.clone()).into();
            let whole = overlay(&parcel, &[Piece { fid: 1, geom: &zone, half_width: None }], 0.0);
            for ours in [whole.area.nominal, common_m2(&parcel, &zone)] {
                assert!((ours - m2).abs() < 1e-6, "{name}: ours {ours}, PostGIS {m2}\n{a:?}\n{b:?}");
            }
            compared += 1;
        }
        assert!(compared > 75, "{name}: {compared} pairs");
    }
}

/// What crosses itself is named, and never measured as if it were sound: a parcel is refused, a zone is repaired as PostGIS's
/// `ST_MakeValid` repairs it.
#[sqlx::test(migrations = "./migrations")]
async fn what_is_not_sound_is_named_and_repaired(pool: PgPool) {
    let square: MultiPolygon<f64> =
        placed(&vec![vec![vec![(-9_000, -9_000), (30_000, -9_000), (30_000, 30_000), (-9_000, 30_000)]]]);
    let parcel = Measured::new(&square).unwrap();
    let mut seen = 0;
    for seed in 0..300u64 {
        let d = &mut shapes::Draw::new(seed + 7);
        let ring: Vec<(i64, i64)> = (0..d.number(4, 7)).map(|_| (d.number(0, 20_000), d.number(0, 20_000))).collect();
        let wild = placed(&vec![vec![ring]]);
        let (sound, m2): (bool, f64) =
            sqlx::query_as("select st_isvalid(g), st_area(st_makevalid(g)) from (select $1::bytea::geometry as g) t")
                .bind(to_ewkb(&Geometry::MultiPolygon(wild.clone()), ZONE).unwrap())
                .fetch_one(&pool)
                .await
                .unwrap();
        let fatal = flaws(&wild).iter().any(|f| f.kind.fatal());
        assert_eq!(fatal, !sound, "{wild:?}");
        assert_eq!(Measured::new(&wild).is_err(), fatal);
        let zone: Indexed = Geometry::MultiPolygon(wild).into();
        let whole = overlay(&parcel, &[Piece { fid: 1, geom: &zone, half_width: None }], 0.0);
        assert_eq!(whole.crossing.is_empty(), sound);
        for ours in [whole.area.nominal, common_m2(&parcel, &zone)] {
            // the crossing point is rounded to the grid of the repair
            assert!((ours - m2).abs() < 1e-3, "ours {ours}, PostGIS {m2}");
        }
        seen += usize::from(!sound);
    }
    assert!(seen > 100, "{seen} were not sound");
}

/// Every parcel of the demo ward against every area of its maps that comes near it.
#[sqlx::test(migrations = "./migrations")]
async fn the_demo_ward_is_measured_as_postgis_measures_it(pool: PgPool) {
    let ward = generate_on(20_261_123, 400, date!(2026 - 10 - 05));
    let areas = |cadastral: bool| -> Vec<MultiPolygon<f64>> {
        let files = ward.files.iter().filter(|f| (f.theme == "cadastral") == cadastral);
        let geoms = files.flat_map(|f| &f.rows).filter_map(|(geom, _)| geom.clone()).filter_map(polygons);
        geoms.filter(|g| !flaws(g).iter().any(|f| f.kind.fatal())).collect()
    };
    let (parcels, zones) = (areas(true), areas(false));
    let near = |a: &MultiPolygon<f64>, b: &MultiPolygon<f64>| {
        a.bounding_rect().zip(b.bounding_rect()).is_some_and(|(a, b)| a.intersects(&b))
    };
    let pairs: Vec<_> =
        parcels.iter().flat_map(|a| zones.iter().filter(|b| near(a, b)).map(|b| (a.clone(), b.clone()))).collect();
    assert!(pairs.len() > 2_000, "{}", pairs.len());
    for ((a, b), (.., m2)) in pairs.iter().zip(postgis(&pool, &pairs).await) {
        let m2 = m2.expect("both are sound");
        let ours = common_m2(&Measured::new(a).unwrap(), &Geometry::MultiPolygon(b.clone()).into());
        assert!((ours - m2).abs() < 1e-6, "ours {ours}, PostGIS {m2}");
    }
}
