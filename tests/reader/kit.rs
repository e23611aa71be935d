//! A folder, a configuration, and short ways to write and read.

use diaba::gis::reader::{
    End, Field, FieldKind, Format, Header, Limits, RawFeature, RawValue, ReadError, ReaderConfig, Sandbox, Shape,
    Source, Text, WriteTarget, open, write,
};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

/// Builds the guest once: cargo does not build another package's binary for a test.
pub fn config() -> ReaderConfig {
    static BUILT: OnceLock<ReaderConfig> = OnceLock::new();
    let build = || {
        let release = !cfg!(debug_assertions);
        let mut c = Command::new(env!("CARGO"));
        c.args(["build", "--quiet", "-p", "diaba-reader"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        assert!(c.args(release.then_some("--release")).status().unwrap().success());
        ReaderConfig::new(None)
    };
    BUILT.get_or_init(build).clone()
}

pub fn dir() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A quad of about 20 x 10 m.
pub fn quad(x: f64, y: f64) -> Vec<u8> {
    polygon(&[(x, y), (x, y + 10.0), (x + 20.25, y + 10.0), (x + 20.25, y), (x, y)])
}

pub fn polygon(ring: &[(f64, f64)]) -> Vec<u8> {
    let mut b = vec![1, 3, 0, 0, 0, 1, 0, 0, 0];
    b.extend((ring.len() as u32).to_le_bytes());
    ring.iter().for_each(|(x, y)| b.extend([x.to_le_bytes(), y.to_le_bytes()].concat()));
    b
}

pub fn point(x: f64, y: f64) -> Vec<u8> {
    [&[1, 1, 0, 0, 0][..], &x.to_le_bytes(), &y.to_le_bytes()].concat()
}

/// "Đồng Quan Tiên" in TCVN3.
pub const TCVN3: &[u8] = &[0xa7, 0xe5, 0x6e, 0x67, 0x20, 0x51, 0x75, 0x61, 0x6e, 0x20, 0x54, 0x69, 0xaa, 0x6e];

pub fn fields() -> Vec<Field> {
    let f = |name, kind, width, precision| Field { width, precision, ..Field::new(name, kind) };
    vec![
        f("SOTHUA", FieldKind::Integer, 9, 0),
        f("DIENTICH", FieldKind::Real, 12, 2),
        f("TENCHU", FieldKind::Text, 60, 0),
    ]
}

pub fn rows(n: u64, name: &[u8]) -> Vec<RawFeature> {
    let row = |i: u64| RawFeature {
        wkb: Some(quad(550_000.0 + 25.0 * i as f64, 1_777_000.5)),
        values: vec![RawValue::Int(i as i64), RawValue::Real(202.5), RawValue::Text(name.to_vec())],
        ..RawFeature::default()
    };
    (1..=n).map(row).collect()
}

pub fn target(dir: &Path, name: &str, format: Format) -> WriteTarget {
    WriteTarget {
        path: dir.join(name),
        format,
        layer: "thua".into(),
        srs: Some("EPSG:5899".into()),
        geometry: Shape::Polygon,
        fields: fields(),
        text: Text::Raw,
    }
}

/// A Shapefile of `n` quads with TCVN3 names.
pub async fn shapefile(dir: &Path, n: u64) -> PathBuf {
    let t = target(dir, "thua.shp", Format::Shapefile);
    write(&config(), &t, rows(n, TCVN3)).await.unwrap();
    t.path
}

#[derive(Debug)]
pub struct All {
    pub header: Header,
    pub rows: Vec<RawFeature>,
    pub end: End,
}

pub async fn read(source: &Source) -> Result<All, ReadError> {
    read_with(&config(), source).await
}

pub async fn read_with(cfg: &ReaderConfig, source: &Source) -> Result<All, ReadError> {
    let mut o = open(cfg, source).await?;
    let mut rows = Vec::new();
    while let Some(batch) = o.next_batch().await? {
        rows.extend(batch);
    }
    Ok(All { header: o.header().clone(), rows, end: o.end().unwrap().clone() })
}

pub async fn refusal(source: &Source) -> String {
    match read(source).await {
        Ok(all) => panic!("read: {all:?}"),
        Err(e) => e.code().to_owned(),
    }
}

pub fn limited(limits: Limits) -> ReaderConfig {
    ReaderConfig { limits, ..config() }
}

pub fn put(dir: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let p = dir.join(name);
    std::fs::write(&p, content).unwrap();
    p
}

/// A guest that is a shell script.
pub fn script(dir: &Path, body: &str) -> ReaderConfig {
    use std::os::unix::fs::PermissionsExt;
    let program = put(dir, "guest.sh", format!("#!/bin/sh\n{body}\n"));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    ReaderConfig { program, sandbox: Sandbox::Plain, ..config() }
}
