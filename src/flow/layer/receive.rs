//! A map file as it was sent: kept first, unpacked and recognised after.

use super::work_folder::WorkFolder;
use crate::app::App;
use crate::flow::{Error, Result};
use crate::gis::reader::Format;
use crate::gis::unpack::{ArchiveLimits, UnpackError, data_sets};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A map file ready to be opened. Its working folder goes when this is dropped; what was sent stays.
pub struct Received {
    pub file: PathBuf,
    pub name: String,
    pub format: Format,
    pub sha256: String,
    _work: WorkFolder,
}

/// Keeps `path` (with the parts of a Shapefile or TAB that lie beside it) under `uploads/<sha256>/` and opens archives.
/// `inside` picks one of several map files of an archive by name.
pub async fn receive(app: &App, path: &Path, name: &str, inside: Option<&str>) -> Result<Received> {
    let (home, path, name, inside) =
        (app.config.home.clone(), path.to_owned(), name.to_owned(), inside.map(str::to_owned));
    tokio::task::spawn_blocking(move || keep(&home, &path, &name, inside.as_deref()))
        .await
        .map_err(|e| Error::Broken(e.into()))?
}

fn keep(home: &Path, path: &Path, name: &str, inside: Option<&str>) -> Result<Received> {
    let broken = |e: std::io::Error| Error::Broken(e.into());
    if !path.is_file() {
        return Err(Error::refused("file", "file-missing", path.display(), "a file that can be read"));
    }
    let parts = parts_of(path).map_err(broken)?;
    let sha256 = digest(&parts).map_err(broken)?;
    let folder = home.join("uploads").join(&sha256);
    std::fs::create_dir_all(&folder).map_err(broken)?;
    for part in &parts {
        let to = folder.join(part.file_name().unwrap_or_default());
        if !to.exists() {
            let half = to.with_extension("part");
            std::fs::copy(part, &half).and_then(|_| std::fs::rename(&half, &to)).map_err(broken)?;
        }
    }
    let kept = folder.join(path.file_name().unwrap_or_default());
    let work = WorkFolder::make(home).map_err(broken)?;
    let mut found = data_sets(&kept, name, &work.path(), &ArchiveLimits::default()).map_err(refused)?;
    if let Some(inside) = inside {
        found.retain(|d| d.path.file_name().is_some_and(|n| n == inside));
    }
    match <[_; 1]>::try_from(found) {
        Ok([set]) => Ok(Received { file: set.path, name: name.to_owned(), format: set.format, sha256, _work: work }),
        Err(several) => {
            let names: Vec<String> =
                several.iter().filter_map(|d| Some(d.path.file_name()?.to_string_lossy().into_owned())).collect();
            Err(Error::refused("file", "file-not-chosen", format!("{} map files", names.len()), names.join(", ")))
        }
    }
}

fn refused(e: UnpackError) -> Error {
    match e {
        UnpackError::Io(e) => Error::Broken(e.into()),
        e => Error::refused(
            "file",
            e.code(),
            e.to_string(),
            "shp, zip, gpkg, geojson, fgb, tab, mif, dxf, dgn (V7), kml, csv",
        ),
    }
}

/// The file, and those that belong to it: same name, other ending.
pub(super) fn parts_of(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    const BESIDE: [&str; 11] = ["shp", "shx", "dbf", "prj", "cpg", "tab", "dat", "map", "id", "mif", "mid"];
    let ending = |p: &Path| p.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if !["shp", "tab", "mif"].contains(&ending(path).as_str()) {
        return Ok(vec![path.to_owned()]);
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut parts: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.file_stem() == path.file_stem() && BESIDE.contains(&ending(p).as_str()))
        .collect();
    parts.sort();
    Ok(parts)
}

pub(super) fn digest(parts: &[PathBuf]) -> std::io::Result<String> {
    let mut sum = Sha256::new();
    let mut chunk = vec![0u8; 1 << 20];
    for part in parts {
        let mut f = std::fs::File::open(part)?;
        loop {
            let n = f.read(&mut chunk)?;
            if n == 0 {
                break;
            }
            sum.update(&chunk[..n]);
        }
    }
    Ok(hex::encode(sum.finalize()))
}
