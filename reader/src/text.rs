//! In which bytes a file's text arrives, and what the file claims about them.

use crate::ogr::{self, Layer, c};
use diaba_reader_protocol::{Format, Text};
use gdal_sys as g;
use std::io::Read;

pub struct Said {
    pub text: Text,
    pub encoding: Option<String>,
    pub back: Option<Back>,
}

/// Undoes GDAL's recoding from a Windows code page to UTF-8: MapInfo files claim `WindowsLatin1` over TCVN3 bytes.
pub struct Back;

impl Back {
    pub fn to_bytes(&self, utf8: &[u8]) -> Vec<u8> {
        if utf8.is_ascii() {
            return utf8.to_vec();
        }
        let (src, from, to) = (c(utf8), c("UTF-8"), c("CP1252"));
        // SAFETY: the result is a fresh string, copied and freed.
        unsafe {
            let p = g::CPLRecode(src.as_ptr(), from.as_ptr(), to.as_ptr());
            let b = ogr::bytes(p).to_vec();
            g::VSIFree(p.cast());
            b
        }
    }
}

pub fn declared(format: Format, path: &str, layer: &Layer<'_>) -> Said {
    let raw = |encoding| Said { text: Text::Raw, encoding, back: None };
    match format {
        Format::Shapefile => {
            let of = |k| layer.metadata(k, "SHAPEFILE");
            raw(of("CPG_VALUE").or_else(|| of("LDID_VALUE").filter(|v| v != "0").map(|v| format!("LDID/{v}"))))
        }
        Format::Dxf => raw(after(path, b"$DWGCODEPAGE", 2)),
        Format::Dgn | Format::Csv => raw(None),
        Format::MapinfoTab | Format::MapinfoMif => {
            let said = after(path, if format == Format::MapinfoTab { b"!charset" } else { b"Charset" }, 0);
            match said.as_deref() {
                None | Some("Neutral") => raw(said),
                Some("WindowsLatin1") => Said { back: Some(Back), ..raw(said) },
                Some(_) => Said { text: Text::Utf8, ..raw(said) },
            }
        }
        Format::Geopackage | Format::Geojson | Format::Flatgeobuf | Format::Kml => {
            Said { text: Text::Utf8, ..raw(Some("UTF-8".into())) }
        }
    }
}

/// The word behind `key` in the first 8 KiB, on the same line (`lines` = 0) or that many lines below.
fn after(path: &str, key: &[u8], lines: usize) -> Option<String> {
    let mut head = Vec::new();
    std::fs::File::open(path).ok()?.take(8192).read_to_end(&mut head).ok()?;
    let at = head.windows(key.len()).position(|w| w.eq_ignore_ascii_case(key))? + key.len();
    let rest = String::from_utf8_lossy(&head[at..]);
    let line = rest.lines().nth(lines)?.trim().trim_matches('"');
    (!line.is_empty()).then(|| line.to_owned())
}
