//! Every file the service ships is listed in `data/manifest.toml` with its source, and is what was listed.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    file: Vec<Listed>,
    authored: Vec<Authored>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    file: String,
    source: String,
    licence: String,
    sha256: String,
    checked: toml::value::Datetime,
    status: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Authored {
    path: String,
    source: String,
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn manifest() -> Manifest {
    toml::from_str(&std::fs::read_to_string(data().join("manifest.toml")).unwrap()).unwrap()
}

/// Paths under `folder`, relative to `data/`, with forward slashes.
fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let parts: Vec<_> = path.strip_prefix(data()).unwrap().iter().map(|p| p.to_string_lossy()).collect();
            found.push(parts.join("/"));
        }
    }
}

#[test]
fn listed_files_are_what_was_listed() {
    let manifest = manifest();
    for listed in &manifest.file {
        let bytes = std::fs::read(data().join(&listed.file)).unwrap_or_else(|e| panic!("{}: {e}", listed.file));
        let sum = hex::encode(Sha256::digest(&bytes));
        assert_eq!(listed.sha256, sum, "data/{} changed: check its source, then write this sum", listed.file);
        for (name, value) in [("source", &listed.source), ("licence", &listed.licence), ("status", &listed.status)] {
            assert!(!value.trim().is_empty(), "{} has no {name}", listed.file);
        }
        assert!(listed.checked.date.is_some(), "{} has no day of check", listed.file);
    }
    assert!(manifest.authored.iter().all(|a| !a.source.trim().is_empty()));
}

#[test]
fn shipped_files_are_listed() {
    let (manifest, mut found) = (manifest(), Vec::new());
    files(&data(), &mut found);
    let unlisted: Vec<&String> = found
        .iter()
        .filter(|f| *f != "manifest.toml" && !f.ends_with("README.md"))
        .filter(|f| !manifest.file.iter().any(|l| l.file == **f))
        .filter(|f| {
            !manifest.authored.iter().any(|a| **f == a.path || (a.path.ends_with('/') && f.starts_with(&a.path)))
        })
        .collect();
    assert!(unlisted.is_empty(), "not in data/manifest.toml: {unlisted:?}");
}

#[test]
fn no_geometry_is_shipped() {
    let mut found = Vec::new();
    files(&data(), &mut found);
    let maps = [".geojson", ".gpkg", ".shp", ".fgb", ".tab", ".mif", ".kml", ".dgn", ".dxf"];
    let shipped: Vec<&String> = found.iter().filter(|f| maps.iter().any(|m| f.to_lowercase().ends_with(m))).collect();
    assert!(shipped.is_empty(), "maps are never shipped: {shipped:?}");
}
