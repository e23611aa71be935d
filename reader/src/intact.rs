//! Is the file whole? GDAL reads half a file without a word; its sizes tell the truth.

use diaba_reader_protocol::{Code, Fatal, Format};
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

pub fn check(format: Format, path: &Path) -> Result<(), Fatal> {
    let meta =
        fs::metadata(path).map_err(|e| Fatal::new(Code::NotAMapFile, "the file cannot be read", e.to_string()))?;
    if meta.len() == 0 {
        return Err(Fatal::new(Code::Truncated, "the file is empty", name(path)));
    }
    let part = |ext: &str| sibling(path, ext);
    for ext in format.required() {
        if part(ext).is_none() {
            let wanted = format!("{}.{ext}", path.file_stem().unwrap_or_default().to_string_lossy());
            return Err(Fatal::new(
                Code::MissingComponent,
                format!("a part of the data set is missing: {wanted}"),
                wanted,
            ));
        }
    }
    match format {
        Format::Shapefile => {
            part("shp").map_or(Ok(()), |p| shape_size(&p))?;
            part("shx").map_or(Ok(()), |p| shape_size(&p))?;
            part("dbf").map_or(Ok(()), |p| table_size(&p))
        }
        Format::MapinfoTab => part("dat").map_or(Ok(()), |p| table_size(&p)),
        Format::Geopackage => sqlite_size(path),
        Format::Geojson => tail(path, |t| matches!(t.trim_ascii_end().last(), Some(b'}' | b']'))),
        Format::Dxf => tail(path, |t| t.starts_with(b"AutoCAD Binary DXF") || t.windows(3).any(|w| w == b"EOF")),
        Format::Kml => tail(path, |t| t.windows(6).any(|w| w == b"</kml>" || w == b":kml>\n")),
        _ => Ok(()),
    }
}

fn name(p: &Path) -> String {
    p.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The file beside `path` with the same stem and the ending `ext` in any case.
pub fn sibling(path: &Path, ext: &str) -> Option<PathBuf> {
    let stem = path.file_stem()?;
    fs::read_dir(path.parent()?)
        .ok()?
        .flatten()
        .map(|e| e.path())
        .find(|p| p.file_stem() == Some(stem) && p.extension().is_some_and(|e| e.eq_ignore_ascii_case(ext)))
}

fn head<const N: usize>(p: &Path) -> Result<([u8; N], u64), Fatal> {
    let broken = |_| Fatal::new(Code::Truncated, format!("{} has no whole header", name(p)), name(p));
    let mut f = File::open(p).map_err(|e| Fatal::new(Code::BrokenFile, "a part cannot be read", e.to_string()))?;
    let mut b = [0u8; N];
    f.read_exact(&mut b).map_err(broken)?;
    Ok((b, f.metadata().map_or(0, |m| m.len())))
}

fn at_least(p: &Path, declared: u64, actual: u64) -> Result<(), Fatal> {
    if actual >= declared {
        return Ok(());
    }
    let detail = format!("{}: {declared} bytes declared, {actual} there", name(p));
    Err(Fatal::new(Code::Truncated, format!("{} is shorter than it says", name(p)), detail))
}

/// .shp and .shx: length in 16-bit words, big-endian, at byte 24.
fn shape_size(p: &Path) -> Result<(), Fatal> {
    let (h, actual) = head::<100>(p)?;
    if h[..4] != 9994u32.to_be_bytes() {
        return Err(Fatal::new(Code::NotAMapFile, format!("{} is not part of a Shapefile", name(p)), name(p)));
    }
    at_least(p, u64::from(u32::from_be_bytes([h[24], h[25], h[26], h[27]])) * 2, actual)
}

/// dBASE: header length and record length at bytes 8 and 10, rows at byte 4.
fn table_size(p: &Path) -> Result<(), Fatal> {
    let (h, actual) = head::<32>(p)?;
    let rows = u64::from(u32::from_le_bytes([h[4], h[5], h[6], h[7]]));
    let u16_at = |i: usize| u64::from(u16::from_le_bytes([h[i], h[i + 1]]));
    at_least(p, u16_at(8) + rows * u16_at(10), actual)
}

/// SQLite: page size at byte 16, pages at byte 28 (trusted when the two change counters agree).
fn sqlite_size(p: &Path) -> Result<(), Fatal> {
    let (h, actual) = head::<100>(p)?;
    let page = match u16::from_be_bytes([h[16], h[17]]) {
        1 => 65536,
        n => u64::from(n),
    };
    let pages = u64::from(u32::from_be_bytes([h[28], h[29], h[30], h[31]]));
    if h[24..28] == h[92..96] { at_least(p, page * pages, actual) } else { Ok(()) }
}

/// Looks at the first bytes and the last 4 KiB.
fn tail(p: &Path, whole: impl Fn(&[u8]) -> bool) -> Result<(), Fatal> {
    let io = |e: std::io::Error| Fatal::new(Code::BrokenFile, "the file cannot be read", e.to_string());
    let mut f = File::open(p).map_err(io)?;
    let mut first = Vec::new();
    f.by_ref().take(32).read_to_end(&mut first).map_err(io)?;
    let len = f.metadata().map_err(io)?.len();
    f.seek(SeekFrom::Start(len.saturating_sub(4096))).map_err(io)?;
    let mut last = Vec::new();
    f.read_to_end(&mut last).map_err(io)?;
    if whole(&first) || whole(&last) {
        return Ok(());
    }
    Err(Fatal::new(Code::Truncated, format!("{} stops in the middle", name(p)), format!("{len} bytes")))
}
