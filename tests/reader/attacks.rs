//! Files that want to be opened as something else, to read other files, to call out, or to eat the machine.

use crate::kit::*;
use diaba::gis::reader::{Columns, Format, Limits, ReadError, ReaderConfig, Sandbox, Source, layers, open};
use diaba::gis::unpack::{ArchiveLimits, UnpackError, data_sets, detect};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;

const SECRET: &str = "id,w\n1,SECRET\n";

fn vrt(target: &Path) -> String {
    format!(
        "<OGRVRTDataSource><OGRVRTLayer name=\"s\"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        target.display()
    )
}

/// Each document under every ending: detection refuses it, and so does the guest when detection is skipped.
#[tokio::test]
async fn documents_that_point_elsewhere_are_refused_under_any_ending() {
    let d = dir();
    let secret = put(d.path(), "secret.csv", SECRET);
    let documents = [
        vrt(&secret),
        vrt(Path::new("/vsicurl/http://127.0.0.1:1/x.csv")),
        "<OGRWFSDataSource><URL>http://127.0.0.1:1/wfs</URL></OGRWFSDataSource>".to_owned(),
        "<GDAL_WMS><Service name=\"WMS\"><ServerUrl>http://127.0.0.1:1/</ServerUrl></Service></GDAL_WMS>".to_owned(),
        "<VRTDataset rasterXSize=\"1\" rasterYSize=\"1\"></VRTDataset>".to_owned(),
    ];
    for (n, document) in documents.iter().enumerate() {
        for ending in ["geojson", "gpkg", "fgb", "dxf", "kml", "csv", "mif"] {
            let p = put(d.path(), &format!("a{n}.{ending}"), document);
            let found = detect(&p);
            assert!(matches!(found, Err(UnpackError::ContentMismatch { .. })), "{ending}: {found:?}");
        }
        for ending in ["geojson", "gpkg", "fgb", "dxf", "kml"] {
            let format = Format::from_extension(ending).unwrap();
            let s = Source::new(d.path().join(format!("a{n}.{ending}")), format);
            let code = refusal(&s).await;
            assert!(["not_a_map_file", "truncated", "no_layer"].contains(&code.as_str()), "{ending} {code}");
        }
    }
}

#[tokio::test]
async fn a_sqlite_file_with_a_planted_virtual_table_gives_nothing() {
    let d = dir();
    let secret = put(d.path(), "secret.csv", SECRET);
    let t = target(d.path(), "a.gpkg", Format::Geopackage);
    diaba::gis::reader::write(&config(), &t, rows(3, b"x")).await.unwrap();
    // Without the GeoPackage mark it never reaches the guest.
    let mut plain = std::fs::read(&t.path).unwrap();
    plain[68..72].fill(0);
    assert_eq!(detect(&put(d.path(), "plain.gpkg", &plain)).unwrap_err().code(), "content_mismatch");
    if !plant(&t.path, &secret) {
        return;
    }
    let s = Source::new(&t.path, Format::Geopackage);
    let names: Vec<String> = layers(&config(), &s).await.unwrap().into_iter().map(|l| l.name).collect();
    assert!(names.contains(&"leak".to_owned()), "planted for nothing: {names:?}");
    assert_eq!(refusal(&s.clone().layer("leak")).await, "broken_file");
    assert_eq!(read(&s.layer("thua")).await.unwrap().rows.len(), 3);
}

/// Adds `CREATE VIRTUAL TABLE .. USING VirtualOGR` to a GeoPackage; needs the `sqlite3` program.
fn plant(db: &Path, secret: &Path) -> bool {
    let sql = format!(
        "PRAGMA writable_schema=ON; INSERT INTO sqlite_master VALUES ('table','leak','leak',0,'CREATE VIRTUAL TABLE leak USING VirtualOGR(''{}'')');\
         INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('leak','attributes','leak');",
        secret.display()
    );
    std::process::Command::new("sqlite3").arg(db).arg(sql).output().is_ok_and(|o| o.status.success())
}

#[tokio::test]
async fn only_plain_absolute_paths_are_opened() {
    for p in ["/vsicurl/http://127.0.0.1:1/a.geojson", "/vsizip/a.zip/a.shp", "/vsistdin/", "CSV:/etc/passwd"] {
        assert_eq!(refusal(&Source::new(p, Format::Geojson)).await, "not_a_map_file", "{p}");
    }
    let d = dir();
    let real = put(d.path(), "real.csv", SECRET);
    let link = d.path().join("a.csv");
    std::os::unix::fs::symlink(real, &link).unwrap();
    assert_eq!(refusal(&Source::new(&link, Format::Csv)).await, "not_a_map_file");
}

#[tokio::test]
async fn a_csv_cannot_name_columns_that_are_options() {
    let d = dir();
    let p = put(d.path(), "a.csv", "id,w\n1,POINT (1 2)\n");
    let columns = Columns { wkt: Some("w\0AUTODETECT_TYPE=YES".into()), ..Columns::default() };
    assert_eq!(read(&Source { columns, ..Source::new(&p, Format::Csv) }).await.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn numbers_that_are_none_set_the_row_aside() {
    let d = dir();
    let feature = |c: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"LineString","coordinates":[[1,2],{c}]}}}}"#
        )
    };
    let list = ["[3,4]", "[1e300,4]", "[3,NaN]", "[1e400,4]"].map(feature).join(",");
    let p = put(d.path(), "a.geojson", format!(r#"{{"type":"FeatureCollection","features":[{list}]}}"#));
    let all = read(&Source::new(&p, Format::Geojson)).await.unwrap();
    assert_eq!(all.rows.len(), 4);
    assert!(all.rows[0].problem.is_none());
    assert_eq!(all.rows[1].problem.as_ref().unwrap().code, "coordinate_out_of_range");
    for r in &all.rows[2..] {
        assert!(r.problem.is_some() || r.flags.is_empty() || r.wkb.is_none(), "{r:?}");
    }
}

#[tokio::test]
async fn a_deep_nest_and_a_huge_ring_end_in_an_error_or_a_marked_row() {
    let d = dir();
    let deep =
        format!(r#"{{"type":"FeatureCollection","x":{}1{},"features":[]}}"#, "[".repeat(20_000), "]".repeat(20_000));
    let p = put(d.path(), "deep.geojson", deep);
    assert_eq!(refusal(&Source::new(&p, Format::Geojson)).await, "not_a_map_file");
    let ring: Vec<String> = (0..60_000).map(|i| format!("[{i},{}]", i % 7)).collect();
    let p = put(
        d.path(),
        "huge.geojson",
        format!(
            r#"{{"type":"Feature","properties":{{"a":1}},"geometry":{{"type":"LineString","coordinates":[{}]}}}}"#,
            ring.join(",")
        ),
    );
    let s = Source::new(&p, Format::Geojson);
    let all = read_with(&limited(Limits { max_vertices: 50_000, ..Limits::default() }), &s).await.unwrap();
    assert_eq!(all.rows[0].problem.as_ref().unwrap().code, "too_many_vertices");
    assert_eq!(read(&s).await.unwrap().rows[0].wkb.as_ref().unwrap().len(), 9 + 60_000 * 16);
}

#[tokio::test]
async fn memory_and_time_are_bounded() {
    let d = dir();
    let ring: Vec<String> = (0..700_000).map(|i| format!("[{i},{}]", i % 7)).collect();
    let p = put(
        d.path(),
        "huge.geojson",
        format!(
            r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"LineString","coordinates":[{}]}}}}"#,
            ring.join(",")
        ),
    );
    let s = Source::new(&p, Format::Geojson);
    let e = read_with(&limited(Limits { memory_bytes: 380 << 20, ..Limits::default() }), &s).await.unwrap_err();
    assert_eq!(e.code(), "too_much_memory", "{e}");
    let mut hurried = config();
    hurried.wall = Duration::from_millis(1);
    let start = Instant::now();
    let e = open(&hurried, &s).await.unwrap_err();
    assert!(matches!(e, ReadError::TimedOut(_)), "{e}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// Without bubblewrap, too, the guest has a system call filter and limits. Looked at while it waits for its reader.
#[tokio::test]
async fn the_guest_locks_itself_in() {
    let d = dir();
    let shp = shapefile(d.path(), 3000).await;
    let request = format!(r#"{{"act":"read","format":"shapefile","path":"{}"}}"#, shp.display());
    let mut guest = std::process::Command::new(&config().program)
        .arg(request)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Read::read_exact(guest.stdout.as_mut().unwrap(), &mut [0u8; 100]).unwrap();
    let proc = |f: &str| std::fs::read_to_string(format!("/proc/{}/{f}", guest.id())).unwrap();
    let (status, limits) = (proc("status"), proc("limits"));
    guest.kill().unwrap();
    guest.wait().unwrap();
    assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
    let limit = |name: &str| {
        limits.lines().find(|l| l.starts_with(name)).unwrap()[name.len()..]
            .split_whitespace()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(limit("Max address space"), (1u64 << 30).to_string());
    assert_eq!(
        (limit("Max file size"), limit("Max processes"), limit("Max cpu time")),
        ("0".into(), "0".into(), "600".into())
    );
}

/// What a guest sees of this machine when bubblewrap works here: the parts of its data set, nothing else, and no network.
#[tokio::test]
async fn the_walls_stand() {
    let d = dir();
    let p = shapefile(d.path(), 3).await;
    put(d.path(), "secret.csv", SECRET);
    let plain = ReaderConfig { sandbox: Sandbox::Plain, ..config() };
    assert_eq!(read_with(&plain, &Source::new(&p, Format::Shapefile)).await.unwrap().rows.len(), 3);
    if config().sandbox == Sandbox::Plain {
        return;
    }
    let spy = "{ ls /in; echo x > /in/thua.shp && echo WROTE; ls /root /home /etc/passwd && echo SAW; cat /proc/net/dev; id -u; } >&2; exit 3";
    let cfg = ReaderConfig { sandbox: config().sandbox, ..script(d.path(), spy) };
    let e = open(&cfg, &Source::new(&p, Format::Shapefile)).await.unwrap_err();
    let ReadError::Crashed { stderr, .. } = e else { panic!("{e}") };
    for part in ["thua.shp", "thua.shx", "thua.dbf", "thua.prj", "lo:"] {
        assert!(stderr.contains(part), "{part} in {stderr}");
    }
    for word in ["secret", "guest.sh\n", "WROTE", "SAW", "eth0", "ens"] {
        assert!(!stderr.contains(word), "{word} in {stderr}");
    }
}

fn zip(dir: &Path, name: &str, entries: &[(&str, &[u8])]) -> std::path::PathBuf {
    let p = dir.join(name);
    let mut z = zip::ZipWriter::new(std::fs::File::create(&p).unwrap());
    for (n, b) in entries {
        z.start_file(*n, SimpleFileOptions::default()).unwrap();
        z.write_all(b).unwrap();
    }
    z.finish().unwrap();
    p
}

fn unpacked(p: &Path, limits: ArchiveLimits) -> Result<usize, &'static str> {
    let work = dir();
    let r = data_sets(p, "upload.zip", work.path(), &limits);
    if r.is_err() {
        assert_eq!(std::fs::read_dir(work.path()).unwrap().count(), 0, "nothing is left behind");
    }
    r.map(|v| v.len()).map_err(|e| e.code())
}

#[tokio::test]
async fn a_zipped_shapefile_is_unpacked_and_read() {
    let d = dir();
    let shp = shapefile(d.path(), 3).await;
    let part = |e: &str| std::fs::read(shp.with_extension(e)).unwrap();
    let (a, b, c) = (part("shp"), part("shx"), part("dbf"));
    let entries: [(&str, &[u8]); 5] = [
        ("thửa/", b""),
        ("thửa/THUA.SHP", &a),
        ("thửa/THUA.SHX", &b),
        ("thửa/THUA.DBF", &c),
        ("__MACOSX/thửa/._THUA.SHP", b"x"),
    ];
    let entries: Vec<_> = entries.into_iter().filter(|e| !e.0.ends_with('/')).collect();
    let p = zip(d.path(), "a.zip", &entries);
    let work = dir();
    let sets = data_sets(&p, "THUA.ZIP", work.path(), &ArchiveLimits::default()).unwrap();
    assert_eq!((sets.len(), sets[0].format), (1, Format::Shapefile));
    let all = read(&Source::new(&sets[0].path, sets[0].format)).await.unwrap();
    assert_eq!((all.rows.len(), all.header.srs), (3, None));
}

#[test]
fn hostile_archives_are_refused_and_leave_nothing() {
    let d = dir();
    let ok = ArchiveLimits::default();
    let zeros = vec![0u8; 3 << 20];
    assert_eq!(unpacked(&zip(d.path(), "bomb.zip", &[("a.csv", &zeros)]), ok), Err("archive_too_dense"));
    let small = ArchiveLimits { total_bytes: 10, ..ok };
    assert_eq!(
        unpacked(&zip(d.path(), "large.zip", &[("a.csv", b"id,w\n1,2\n3,4\n")]), small),
        Err("archive_too_large")
    );
    let few = ArchiveLimits { entries: 1, ..ok };
    assert_eq!(
        unpacked(&zip(d.path(), "many.zip", &[("a.csv", b"a,b"), ("b.csv", b"a,b")]), few),
        Err("archive_too_many_entries")
    );
    for name in ["../a.csv", "/tmp/a.csv", "a/../../b.csv", "..\\a.csv"] {
        let p = zip(d.path(), "slip.zip", &[("ok.csv", b"a,b"), (name, b"a,b")]);
        assert_eq!(unpacked(&p, ok), Err("archive_unsafe_name"), "{name}");
    }
    assert_eq!(unpacked(&zip(d.path(), "nest.zip", &[("a.zip", b"PK")]), ok), Err("archive_nested"));
    assert_eq!(unpacked(&zip(d.path(), "nest2.zip", &[("a.csv", b"PK\x03\x04xxxx")]), ok), Err("archive_nested"));
    assert_eq!(
        unpacked(&zip(d.path(), "case.zip", &[("a.csv", b"a,b"), ("A.CSV", b"a,b")]), ok),
        Err("archive_duplicate_name")
    );
    assert_eq!(unpacked(&zip(d.path(), "none.zip", &[("readme.txt", b"x")]), ok), Err("archive_without_map"));
    assert_eq!(unpacked(&put(d.path(), "no.zip", b"PK\x03\x04"), ok), Err("archive_broken"));
    let vrt = vrt(Path::new("/etc/passwd"));
    assert_eq!(unpacked(&zip(d.path(), "vrt.zip", &[("a.geojson", vrt.as_bytes())]), ok), Err("content_mismatch"));
}

#[test]
fn links_locks_and_doubles_in_archives_are_refused() {
    let d = dir();
    let ok = ArchiveLimits::default();
    let p = d.path().join("link.zip");
    let mut z = zip::ZipWriter::new(std::fs::File::create(&p).unwrap());
    z.add_symlink("a.csv", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    z.finish().unwrap();
    assert_eq!(unpacked(&p, ok), Err("archive_not_a_file"));
    let p = d.path().join("locked.zip");
    let mut z = zip::ZipWriter::new(std::fs::File::create(&p).unwrap());
    z.start_file("a.csv", SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "x")).unwrap();
    z.write_all(b"a,b").unwrap();
    z.finish().unwrap();
    assert_eq!(unpacked(&p, ok), Err("archive_encrypted"));
    // The writer refuses doubles, so the second name is made equal afterwards, in both its places.
    let p = zip(d.path(), "double.zip", &[("aa.csv", b"a,b"), ("bb.csv", b"a,b")]);
    let mut bytes = std::fs::read(&p).unwrap();
    let places: Vec<usize> = bytes.windows(6).enumerate().filter(|(_, w)| *w == b"bb.csv").map(|(i, _)| i).collect();
    places.iter().for_each(|i| bytes[*i..i + 2].copy_from_slice(b"aa"));
    std::fs::write(&p, bytes).unwrap();
    assert_eq!(unpacked(&p, ok), Err("archive_duplicate_name"));
}
