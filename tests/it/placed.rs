//! The demo ward's parcels under every wrong definition: none is accepted silently, and the right one is.

use crate::test_app::TestApp;
use crate::ward::threaded;
use diaba::domain::demo::{DemoFile, Value, Ward, generate_on};
use diaba::domain::layer::crs_guard::{Judgement, Proof};
use diaba::domain::verify::text::{Lang, message};
use diaba::flow::layer::{self, Coverage, Import, Report};
use diaba::flow::staff::Actor;
use diaba::flow::{Error, demo};
use diaba::gis::crs::{Base, Definition, Operation, Transformer, ZoneBook};
use diaba::gis::reader::{Field, FieldKind, Format, RawFeature, RawValue, ReaderConfig, Shape, WriteTarget, write};
use geo::MapCoords;
use geozero::{CoordDimensions, ToWkb};
use sqlx::PgPool;
use std::path::{Path, PathBuf};

const ZONE: i32 = 5899;

/// Every definition that is not the file's own: what people declare by mistake, and what software writes by mistake.
fn wrong(book: &ZoneBook) -> Vec<Definition> {
    let mut out: Vec<Definition> =
        book.iter().filter(|z| z.srid != ZONE).map(|z| Definition::new(Base::Zone(z.srid))).collect();
    out.extend([3405, 3406, 32648, 32649, 4326, 4756].map(Definition::from_epsg));
    let here = |k0, shift| Base::Tm { central_meridian: 107.75, k0, shift };
    out.extend([here(0.9996, true), here(0.9999, false)].map(Definition::new));
    out.extend([Base::Zone(ZONE), Base::UtmVn2000(49), Base::Wgs84, Base::Vn2000].map(Definition::swapped));
    let others = [Operation::Epsg5194, Operation::Flipped];
    out.extend(others.iter().flat_map(|op| [Base::Zone(ZONE), Base::Wgs84].map(|b| Definition::by(b, *op))));
    out
}

struct Bench {
    t: TestApp,
    by: Actor,
    book: ZoneBook,
    ward: Ward,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new(pool: PgPool) -> Self {
        let t = TestApp::with_data(pool).await;
        let by = Actor::system("test");
        let ward = generate_on(7, 400, t.app.clock.today());
        let folder = tempfile::tempdir().unwrap();
        demo::write(&t.app, &ward, folder.path()).await.unwrap();
        let book = layer::zones(&t.app).await.unwrap();
        let b = Self { t, by, book, ward, folder };
        let communes = b.ward.files.iter().find(|f| f.theme == "commune").unwrap();
        let report = b.import(communes, &b.folder.path().join(&communes.name), None, None).await.unwrap();
        layer::publish(&b.t.app, &b.by, report.layer_version_id).await.unwrap();
        b
    }

    fn cadastral(&self) -> Vec<&DemoFile> {
        self.ward.files.iter().filter(|f| f.theme == "cadastral").collect()
    }

    async fn import(
        &self,
        f: &DemoFile,
        path: &Path,
        crs: Option<Definition>,
        reason: Option<&str>,
    ) -> Result<Report, Error> {
        let app = &self.t.app;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let received = layer::receive(app, path, &name, None).await?;
        let ask = Import {
            file: received.file.clone(),
            file_name: received.name.clone(),
            format: received.format,
            sha256: received.sha256.clone(),
            layer: f.layer.clone(),
            theme: f.theme.to_owned(),
            zone: ZONE,
            title: None,
            profile: Some(f.profile.to_owned()),
            overrides: Default::default(),
            wanted: Default::default(),
            source_layer: None,
            crs: crs.map(|d| d.to_string()),
            crs_reason: reason.map(str::to_owned),
            charset: None,
            commune: (f.theme == "cadastral").then(|| self.ward.commune.0.clone()),
            coverage_key: Some(f.coverage_key.clone()),
            coverage: Coverage::Features,
            source_date: f.source_date,
            decision: None,
            accuracy_m: None,
            scale: f.scale,
        };
        layer::import(app, &self.by, &ask, &mut |_| {}).await
    }

    /// The first parcels of a file with coordinates as `real` would have them, called EPSG:5899 by the file.
    async fn redrawn(&self, f: &DemoFile, real: &Definition) -> PathBuf {
        self.mixed(f, 60, 0, real).await
    }

    /// Rows of a file over and over, `right` of them as they are, then as many as `wrong` with coordinates as `real` would have them.
    async fn mixed(&self, f: &DemoFile, wrong: usize, right: usize, real: &Definition) -> PathBuf {
        let name = format!("{right}_{real}").replace([':', '/', ';', '='], "_");
        self.drawn(f, &name, wrong, right, |p| self.raw(real, p)).await
    }

    /// As [`Bench::mixed`], the wrong rows drawn `there`.
    async fn drawn(
        &self,
        f: &DemoFile,
        name: &str,
        wrong: usize,
        right: usize,
        there: impl Fn(geo::Coord<f64>) -> geo::Coord<f64>,
    ) -> PathBuf {
        let moved: Vec<_> =
            f.rows.iter().filter_map(|(g, _)| g.as_ref()).take(60).map(|g| g.map_coords(&there)).collect();
        let drawn: Vec<_> = f.rows.iter().filter(|(g, _)| g.is_some()).take(60).collect();
        let rows = (0..right + wrong).map(|i| {
            let (g, values) = drawn[i % drawn.len()];
            let g = if i < right { g.as_ref().unwrap() } else { &moved[i % moved.len()] };
            RawFeature {
                wkb: Some(g.to_wkb(CoordDimensions::xy()).unwrap()),
                values: values.iter().map(written).collect(),
                ..RawFeature::default()
            }
        });
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let target = WriteTarget {
            path: folder.join(Path::new(&f.name).with_extension("gpkg")),
            format: Format::Geopackage,
            layer: "a".into(),
            srs: Some(format!("EPSG:{ZONE}")),
            geometry: Shape::Any,
            fields: f.fields.iter().map(|(name, _)| Field::new(name, FieldKind::Text)).collect(),
            text: diaba::gis::reader::Text::Utf8,
        };
        write(&ReaderConfig::new(self.t.app.config.reader.clone()), &target, rows).await.unwrap();
        target.path
    }

    /// The numbers that lie at `goal` when they are read as `real`.
    fn raw(&self, real: &Definition, goal: geo::Coord<f64>) -> geo::Coord<f64> {
        let t = Transformer::to_zone(&self.book, real, self.book.need(ZONE).unwrap()).unwrap();
        let degrees = matches!(real.base, Base::Wgs84 | Base::Vn2000);
        let (unit, mut p) = if degrees { (1.0 / 108_000.0, (108.2, 16.05)) } else { (1.0, (goal.x, goal.y)) };
        for _ in 0..14 {
            let at = if real.swapped { t.point(p.1, p.0) } else { t.point(p.0, p.1) }.unwrap();
            p = (p.0 + (goal.x - at.0) * unit, p.1 + (goal.y - at.1) * unit);
        }
        if real.swapped { (p.1, p.0) } else { p }.into()
    }
}

fn written(v: &Value) -> RawValue {
    RawValue::Text(match v {
        Value::Null => return RawValue::Null,
        Value::Int(i) => i.to_string().into_bytes(),
        Value::Real(r) => r.to_string().into_bytes(),
        Value::Text(t) => t.clone().into_bytes(),
        Value::Date(d) => d.to_string().into_bytes(),
    })
}

/// The codes of a refusal; what is accepted fails the test.
fn refused(what: &str, tried: Result<Report, Error>) -> String {
    match tried {
        Err(Error::Refused(p)) => {
            assert_eq!(p[0].field, "crs", "{what}: {p:?}");
            assert!(["crs-lies-elsewhere", "crs-ambiguous"].contains(&p[0].code.as_str()), "{what}: {p:?}");
            // Metres read as degrees lie nowhere.
            let offset = p[0].found.contains(" m (dE ") || p[0].found.contains("no place");
            assert!(offset, "{what}: {p:?}");
            p[0].allowed.clone()
        }
        Err(e) => panic!("{what}: {e:?}"),
        Ok(r) => panic!("{what} was accepted: {}", r.crs),
    }
}

fn proof(r: &Report) -> Proof {
    match serde_json::from_value(r.crs["judgement"].clone()).unwrap() {
        Judgement::Fits { proof, .. } => proof,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrations = "./migrations")]
async fn no_wrong_definition_of_a_demo_file_is_accepted(pool: PgPool) {
    threaded(pool, |pool| async move {
        let b = Bench::new(pool).await;
        let definitions = wrong(&b.book);
        assert!(definitions.len() > 30);
        for f in b.cadastral() {
            let path = b.folder.path().join(&f.name);
            for d in &definitions {
                let best = refused(&format!("{} as {d}", f.name), b.import(f, &path, Some(*d), None).await);
                assert!(best.starts_with("EPSG:5899 ("), "{} as {d}: {best}", f.name);
            }
            let right = b.import(f, &path, None, None).await.unwrap();
            assert!(matches!(proof(&right), Proof::Grid | Proof::Place), "{}", right.crs);
            layer::publish(&b.t.app, &b.by, right.layer_version_id).await.unwrap();
        }
    })
    .await;
}

#[sqlx::test(migrations = "./migrations")]
async fn what_a_file_wrongly_says_of_itself_is_found_and_the_right_definition_named(pool: PgPool) {
    threaded(pool, |pool| async move {
        let b = Bench::new(pool).await;
        let files = b.cadastral();
        let definitions = wrong(&b.book);
        for mapped in [false, true] {
            for f in &files {
                for real in &definitions {
                    let path = b.redrawn(f, real).await;
                    let best = refused(&format!("{} made as {real}", f.name), b.import(f, &path, None, None).await);
                    assert!(best.starts_with(&format!("{real} (")) || same(&b.book, &best, real), "{real}: {best}");
                }
            }
            if mapped {
                break;
            }
            for f in &files {
                let r = b.import(f, &b.folder.path().join(&f.name), None, None).await.unwrap();
                layer::publish(&b.t.app, &b.by, r.layer_version_id).await.unwrap();
            }
        }
        // With a map of its own to be compared with, what a person declares rightly is proved to the millimetre.
        let f = files[0];
        let wgs84 = Definition::from_epsg(4326);
        let path = b.redrawn(f, &wgs84).await;
        let r = b.import(f, &path, Some(wgs84), None).await.unwrap();
        let Proof::Map(m) = proof(&r) else { panic!("{}", r.crs) };
        assert!(m.share > 0.9 && m.residual_m.unwrap() < 0.002, "{m:?}");
    })
    .await;
}

/// Half a millimetre of noise takes a map off the centimetre grid. No commune tells one datum operation from another that lies 0.7 m
/// beside it: the file is taken as its own definition says, and called not proved, with what would fit as well. The map in force tells.
#[sqlx::test(migrations = "./migrations")]
async fn a_file_off_the_grid_is_not_called_proved(pool: PgPool) {
    threaded(pool, |pool| async move {
        let b = Bench::new(pool).await;
        let f = b.cadastral()[0];
        let off_grid =
            |p: geo::Coord<f64>| geo::Coord { x: p.x + 0.0041, y: p.y + 0.0009 * (p.x * 7.3).sin() + 0.0043 };
        let path = b.drawn(f, "noise", 60, 0, off_grid).await;
        let r = b.import(f, &path, None, None).await.unwrap();
        let Judgement::Unproved { candidates, .. } = serde_json::from_value(r.crs["judgement"].clone()).unwrap() else {
            panic!("{}", r.crs)
        };
        let other = Definition::by(Base::Zone(ZONE), Operation::Epsg5194).to_string();
        assert!(candidates.iter().any(|c| c.definition == other), "{candidates:?}");
        let words = message(Lang::En, &layer::proof(&r.crs));
        assert!(words.starts_with("NOT PROVED; would fit as well: "), "{words}");

        let r = b.import(f, &b.folder.path().join(&f.name), None, None).await.unwrap();
        layer::publish(&b.t.app, &b.by, r.layer_version_id).await.unwrap();
        let r = b.import(f, &path, None, None).await.unwrap();
        assert!(matches!(proof(&r), Proof::Map(_)), "{}", r.crs);
    })
    .await;
}

/// Right in its beginning, longer than what is looked at before the first row is stored, and meant otherwise further on: refused, with the rows.
#[sqlx::test(migrations = "./migrations")]
async fn a_file_whose_second_half_means_something_else_is_refused_by_rows(pool: PgPool) {
    threaded(pool, |pool| async move {
        let b = Bench::new(pool).await;
        let f = b.cadastral()[0];
        let near = b.book.iter().find(|z| z.srid != ZONE && z.central_meridian == Some(107.0)).unwrap().srid;
        let elsewhere = [Definition::new(Base::Zone(near)), Definition::swapped(Base::Zone(ZONE))];
        let close = [
            Definition::new(Base::Tm { central_meridian: 107.75, k0: 0.9999, shift: false }),
            Definition::by(Base::Zone(ZONE), Operation::Epsg5194),
        ];
        for (mapped, all) in [(false, &elsewhere[..]), (true, &elsewhere[..1]), (true, &close[..])] {
            if mapped && all.len() == 1 {
                let r = b.import(f, &b.folder.path().join(&f.name), None, None).await.unwrap();
                layer::publish(&b.t.app, &b.by, r.layer_version_id).await.unwrap();
            }
            for real in all {
                for right in [100, 5_400] {
                    let path = b.mixed(f, right, right, real).await;
                    let Err(Error::Refused(p)) = b.import(f, &path, None, None).await else {
                        panic!("{real} was accepted")
                    };
                    assert_eq!(
                        (p.len(), p[0].field.as_str(), p[0].code.as_str()),
                        (1, "crs", "crs-mixed"),
                        "{real}: {p:?}"
                    );
                    let rows =
                        p[0].found.strip_prefix("rows ").unwrap().split(':').next().unwrap().split_once('-').unwrap();
                    let (first, last): (usize, usize) = (rows.0.parse().unwrap(), rows.1.parse().unwrap());
                    assert!(
                        first.abs_diff(right + 1) <= right / 2 && last == 2 * right,
                        "{real} from row {}: {p:?}",
                        right + 1
                    );
                    assert!(p[0].allowed.contains(&real.to_string()) || mapped, "{real}: {p:?}");
                }
            }
        }
        let staged: i64 = sqlx::query_scalar(
            "select count(*) from layer_version v where state in ('staging', 'checked') and v.coverage_key = $1",
        )
        .bind(&f.coverage_key)
        .fetch_one(&b.t.app.pool)
        .await
        .unwrap();
        assert_eq!(staged, 0, "nothing of them stays");
    })
    .await;
}

/// Is the first of the readings named another name of this one?
fn same(book: &ZoneBook, named: &str, real: &Definition) -> bool {
    let Ok(d) = named.split(" (").next().unwrap_or_default().parse::<Definition>() else { return false };
    let zone = book.need(ZONE).unwrap();
    let at = |d: &Definition| Transformer::to_zone(book, d, zone).and_then(|t| t.point(550_000.0, 1_777_000.0)).ok();
    at(&d).zip(at(real)).is_some_and(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1) < 0.01)
}

#[sqlx::test(migrations = "./migrations")]
async fn a_person_forces_with_a_reason_that_is_kept(pool: PgPool) {
    threaded(pool, |pool| async move {
        let b = Bench::new(pool).await;
        let f = b.cadastral()[0];
        let path = b.folder.path().join(&f.name);
        let off = Definition::by(Base::Zone(ZONE), Operation::Epsg5194);
        let code = |e: Error| match e {
            Error::Refused(p) => format!("{}: {}", p[0].field, p[0].code),
            e => panic!("{e:?}"),
        };
        let short = b.import(f, &path, Some(off), Some("vì vậy")).await.unwrap_err();
        assert_eq!(code(short), "crs_reason: length");
        let undeclared = b.import(f, &path, None, Some("văn phòng xác nhận bằng văn bản")).await.unwrap_err();
        assert_eq!(code(undeclared), "crs_reason: crs-missing");
        let reason = "văn phòng đăng ký xác nhận, công văn 12/DEMO";
        let forced = b.import(f, &path, Some(off), Some(reason)).await.unwrap();
        assert_eq!(forced.crs["forced"], reason);
        assert_eq!(forced.crs["judgement"]["outcome"], "refused");
        let kept: serde_json::Value = sqlx::query_scalar("select placed from layer_version where id = $1")
            .bind(forced.layer_version_id)
            .fetch_one(&b.t.app.pool)
            .await
            .unwrap();
        assert_eq!(kept, forced.crs);
        let told: String = sqlx::query_scalar(
            "select detail->>'crs_reason' from audit where action = 'layer.import' order by id desc limit 1",
        )
        .fetch_one(&b.t.app.pool)
        .await
        .unwrap();
        assert_eq!(told, reason);
    })
    .await;
}
