//! What a file really is, by its first bytes.

use super::{UnpackError, extension};
use crate::gis::reader::Format;
use std::fs::File;
use std::io::Read;
use std::path::Path;

const HEAD: usize = 4096;

/// The format that both the ending and the content of `path` say.
pub fn detect(path: &Path) -> Result<Format, UnpackError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ending = extension(path);
    let expected =
        Format::from_extension(&ending).ok_or_else(|| UnpackError::UnsupportedFormat { name: name.clone() })?;
    let mut head = Vec::new();
    File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    if expected == Format::Dgn && head.starts_with(&OLE) {
        let advice = "this is DGN version 8; save it as version 7, DXF or GeoPackage";
        return Err(UnpackError::ConvertFirst { name, advice });
    }
    if is(expected, &head) {
        return Ok(expected);
    }
    Err(UnpackError::ContentMismatch { name, expected: expected.code(), found: what(&head) })
}

/// Advice for formats that are often sent and cannot be read here.
pub(super) fn foreign(ending: &str) -> Option<&'static str> {
    Some(match ending {
        "dwg" => "save the drawing as DXF",
        "kmz" => "unpack it and send the KML",
        "gdb" | "mdb" => "export the layers to GeoPackage",
        "xls" | "xlsx" => "save the sheet as CSV",
        "rar" | "7z" | "gz" | "tar" | "tgz" => "pack it as zip",
        "shx" | "dbf" | "prj" => "send the Shapefile with all its parts, best as one zip",
        "dat" | "map" | "id" | "ind" => "send the TAB with all its parts, best as one zip",
        "mid" => "send the MIF and the MID together, best as one zip",
        _ => return None,
    })
}

const OLE: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];
const SQLITE: &[u8] = b"SQLite format 3\0";

fn is(format: Format, head: &[u8]) -> bool {
    let text = strip_bom(head).trim_ascii_start();
    let has = |word: &[u8], within: usize| {
        let part = &head[..head.len().min(within)];
        part.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word))
    };
    match format {
        Format::Shapefile => head.starts_with(&9994u32.to_be_bytes()),
        // A plain SQLite file may hold virtual tables that read other files: the GeoPackage mark is demanded.
        Format::Geopackage => {
            head.starts_with(SQLITE) && head.get(68..72).is_some_and(|id| matches!(id, b"GPKG" | b"GP10" | b"GP11"))
        }
        Format::Geojson => text.starts_with(b"{"),
        Format::Flatgeobuf => head.starts_with(b"fgb") && head.get(4..7) == Some(b"fgb"),
        Format::MapinfoTab => has(b"!table", 256),
        Format::MapinfoMif => text.get(..7).is_some_and(|w| w.eq_ignore_ascii_case(b"version")),
        Format::Dxf => head.starts_with(b"AutoCAD Binary DXF") || starts_with_group_code(text),
        Format::Dgn => matches!(head, [0x08 | 0xc8, 0x09, 0xfe, 0x02, ..]),
        Format::Kml => {
            text.starts_with(b"<") && has(b"<kml", HEAD) && !has(b"<!DOCTYPE", HEAD) && !has(b"<!ENTITY", HEAD)
        }
        Format::Csv => {
            !text.is_empty() && !text.starts_with(b"<") && !head.contains(&0) && !head.starts_with(b"PK\x03\x04")
        }
    }
}

/// ASCII DXF: pairs of lines, the first of each a number.
fn starts_with_group_code(text: &[u8]) -> bool {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    !line.is_empty() && line.len() <= 4 && line.iter().all(u8::is_ascii_digit)
}

fn strip_bom(b: &[u8]) -> &[u8] {
    b.strip_prefix(b"\xef\xbb\xbf").unwrap_or(b)
}

/// A word for the message; not a decision.
fn what(head: &[u8]) -> &'static str {
    let text = strip_bom(head).trim_ascii_start();
    let has = |w: &[u8]| text.windows(w.len()).any(|x| x.eq_ignore_ascii_case(w));
    match () {
        () if head.is_empty() => "nothing",
        () if head.starts_with(b"PK") => "zip archive",
        () if head.starts_with(b"AC10") => "DWG drawing",
        () if head.starts_with(&OLE) => "Microsoft compound file",
        () if head.starts_with(SQLITE) => "SQLite database",
        () if text.starts_with(b"<") && has(b"VRTDataset") => "GDAL virtual file",
        () if text.starts_with(b"<") && has(b"OGRVRTDataSource") => "GDAL virtual file",
        () if text.starts_with(b"<") && (has(b"OGRWFSDataSource") || has(b"GDAL_WMS")) => "web service description",
        () if text.starts_with(b"<") => "XML",
        () => {
            Format::ALL.into_iter().filter(|f| *f != Format::Csv).find(|f| is(*f, head)).map_or("unknown", Format::code)
        }
    }
}
