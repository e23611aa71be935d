//! Honest files that are broken: cut off, incomplete, misnamed; and a guest that dies.

use crate::kit::*;
use diaba::gis::reader::{Format, ReadError, ReaderConfig, Sandbox, Source, open};
use diaba::gis::unpack::{ArchiveLimits, data_sets};
use std::path::Path;
use std::time::{Duration, Instant};

fn cut(p: &Path, by: u64) {
    let f = std::fs::File::options().write(true).open(p).unwrap();
    f.set_len(f.metadata().unwrap().len() - by).unwrap();
}

#[tokio::test]
async fn a_cut_shapefile_is_refused_whichever_part_is_cut() {
    for part in ["shp", "shx", "dbf"] {
        let d = dir();
        let p = shapefile(d.path(), 50).await;
        cut(&p.with_extension(part), 100);
        let e = read(&Source::new(&p, Format::Shapefile)).await.unwrap_err();
        assert_eq!(e.code(), "truncated", "{part}");
        assert!(e.to_string().contains(&format!("thua.{part}")), "{e}");
    }
}

#[tokio::test]
async fn a_missing_part_is_named_and_a_missing_prj_is_only_silent() {
    for part in ["shx", "dbf"] {
        let d = dir();
        let p = shapefile(d.path(), 3).await;
        std::fs::remove_file(p.with_extension(part)).unwrap();
        let e = read(&Source::new(&p, Format::Shapefile)).await.unwrap_err();
        assert_eq!(e.code(), "missing_component");
        assert!(e.to_string().contains(&format!("thua.{part}")), "{e}");
    }
    let d = dir();
    let p = shapefile(d.path(), 3).await;
    std::fs::remove_file(p.with_extension("prj")).unwrap();
    assert_eq!(read(&Source::new(&p, Format::Shapefile)).await.unwrap().header.srs, None);
}

#[tokio::test]
async fn every_format_that_is_cut_in_half_is_an_error_and_not_half_a_layer() {
    let d = dir();
    for (name, format) in [
        ("a.gpkg", Format::Geopackage),
        ("a.geojson", Format::Geojson),
        ("a.fgb", Format::Flatgeobuf),
        ("a.tab", Format::MapinfoTab),
        ("a.mif", Format::MapinfoMif),
    ] {
        let t = target(d.path(), name, format);
        diaba::gis::reader::write(&config(), &t, rows(3000, b"x")).await.unwrap();
        let victim = if format == Format::MapinfoTab { d.path().join("a.dat") } else { t.path.clone() };
        let len = std::fs::metadata(&victim).unwrap().len();
        cut(&victim, len / 2);
        let code = refusal(&Source::new(&t.path, format)).await;
        assert!(["truncated", "broken_file", "not_a_map_file"].contains(&code.as_str()), "{name} {code}");
    }
}

#[tokio::test]
async fn an_empty_file_and_a_garbled_one() {
    let d = dir();
    for f in Format::ALL {
        let ending = f.components()[0];
        let p = put(d.path(), &format!("empty.{ending}"), b"");
        assert_eq!(refusal(&Source::new(&p, f)).await, "truncated");
    }
    let noise: Vec<u8> = (0..20_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for f in [Format::Geopackage, Format::Geojson, Format::Flatgeobuf, Format::Dxf, Format::Dgn, Format::Kml] {
        let p = put(d.path(), &format!("noise.{}", f.components()[0]), &noise);
        let code = refusal(&Source::new(&p, f)).await;
        assert!(["not_a_map_file", "truncated", "broken_file"].contains(&code.as_str()), "{f:?} {code}");
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_marked_and_the_rest_goes_on() {
    let d = dir();
    let p = shapefile(d.path(), 5).await;
    let mut shp = std::fs::read(&p).unwrap();
    // Second record: header 8 bytes, content of the first is 128 + 8; its number of points becomes absurd.
    let record = 100 + 8 + (shp.len() - 100) / 5;
    shp[record + 40..record + 44].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
    std::fs::write(&p, shp).unwrap();
    let all = read(&Source::new(&p, Format::Shapefile)).await.unwrap();
    assert_eq!((all.rows.len(), all.end.bad_rows), (5, 1), "{all:?}");
    let bad = &all.rows[1];
    assert_eq!((bad.row_no, bad.problem.as_ref().unwrap().code.as_str()), (2, "read_error"));
    assert_eq!(bad.values[0], diaba::gis::reader::RawValue::Int(2), "what could be read of it is kept");
    assert!(all.rows[2].problem.is_none() && all.rows[2].wkb.is_some());
}

#[test]
fn an_upload_is_what_its_name_and_content_say() {
    let d = dir();
    let look = |p: &Path, name: &str| {
        let work = dir();
        data_sets(p, name, work.path(), &ArchiveLimits::default()).map(|s| s[0].format).map_err(|e| e.code())
    };
    let json = put(d.path(), "0f3a", br#" {"type":"FeatureCollection","features":[]}"#);
    assert_eq!(look(&json, "thửa.GEOJSON"), Ok(Format::Geojson));
    assert_eq!(look(&json, "thửa.gpkg"), Err("content_mismatch"));
    assert_eq!(look(&json, "thửa.pdf"), Err("unsupported_format"));
    assert_eq!(look(&json, "thửa.dwg"), Err("convert_first"));
    let v8 = put(d.path(), "v8", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    assert_eq!(look(&v8, "a.dgn"), Err("convert_first"));
    let bomb = put(d.path(), "k", br#"<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "b">]><kml></kml>"#);
    assert_eq!(look(&bomb, "a.kml"), Err("content_mismatch"));
}

#[tokio::test]
async fn a_guest_that_dies_lies_or_sleeps_is_an_error_and_not_a_hang() {
    let d = dir();
    let p = put(d.path(), "a.geojson", "{}");
    let s = Source::new(&p, Format::Geojson);
    let e = open(&script(d.path(), "echo boom >&2; kill -ABRT $$"), &s).await.unwrap_err();
    assert!(matches!(&e, ReadError::Crashed { stderr, .. } if stderr.contains("boom")), "{e}");
    assert_eq!(e.code(), "reader_crashed");
    let e = open(&script(d.path(), "kill -SEGV $$"), &s).await.unwrap_err();
    assert_eq!(e.code(), "reader_crashed");
    // A header that promises more bytes than come.
    let e = open(&script(d.path(), r"printf 'H\377\000\000\000{'"), &s).await.unwrap_err();
    assert_eq!(e.code(), "reader_crashed");
    let e = open(&script(d.path(), r"printf 'H\377\377\377\377'"), &s).await.unwrap_err();
    assert_eq!(e.code(), "reader_protocol");
    let e = open(&script(d.path(), "head -c 100000 /dev/zero"), &s).await.unwrap_err();
    assert_eq!(e.code(), "reader_protocol");
    let mut sleepy = script(d.path(), "exec sleep 60");
    sleepy.idle = Duration::from_millis(100);
    let start = Instant::now();
    assert_eq!(open(&sleepy, &s).await.unwrap_err().code(), "timed_out");
    assert!(start.elapsed() < Duration::from_secs(5));
    let nobody = ReaderConfig { program: d.path().join("nobody"), sandbox: Sandbox::Plain, ..config() };
    let e = open(&nobody, &s).await.unwrap_err();
    assert!(e.code() == "reader_missing" && !e.is_files_fault());
}

#[tokio::test]
async fn a_guest_killed_in_the_middle_ends_the_reading_with_an_error() {
    let d = dir();
    let p = put(d.path(), "a.geojson", "{}");
    // Real frames of a real guest, cut off in the middle of the features.
    let shp = shapefile(d.path(), 3000).await;
    let whole = config();
    let request = format!(
        r#"{{"act":"read","format":"shapefile","path":"{}","limits":{{"memory_bytes":1073741824,"cpu_seconds":60,"max_vertices":1000}}}}"#,
        shp.display()
    );
    let out = std::process::Command::new(&whole.program).arg(request).output().unwrap().stdout;
    let half = put(d.path(), "half.bin", &out[..out.len() / 2]);
    let cfg = script(d.path(), &format!("cat {}; kill -KILL $$", half.display()));
    let mut o = open(&cfg, &Source::new(&p, Format::Geojson)).await.unwrap();
    let e = loop {
        match o.next_batch().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("half a layer was taken for the whole"),
            Err(e) => break e,
        }
    };
    assert_eq!(e.code(), "reader_crashed");
}

#[tokio::test]
async fn the_guest_gets_no_environment() {
    let d = dir();
    let p = put(d.path(), "a.geojson", "{}");
    let e = open(&script(d.path(), "/usr/bin/env >&2; exit 3"), &Source::new(&p, Format::Geojson)).await.unwrap_err();
    let ReadError::Crashed { stderr, .. } = e else { panic!("{e}") };
    assert!(!stderr.contains("HOME=") && !stderr.contains("CARGO") && !stderr.contains("DATABASE_URL"), "{stderr}");
}
