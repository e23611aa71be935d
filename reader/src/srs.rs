//! What a file says about its CRS. Nothing is transformed here.

use crate::ogr::{Options, c, text};
use diaba_reader_protocol::SrsInfo;
use gdal_sys as g;
use std::ptr;

/// `None` when the file does not say.
pub fn info(srs: g::OGRSpatialReferenceH) -> Option<SrsInfo> {
    if srs.is_null() {
        return None;
    }
    let projection = attr(srs, "PROJECTION");
    // SAFETY: valid handle, strings are copied at once.
    let (name, authority, code, is_geographic) = unsafe {
        (
            text(g::OSRGetName(srs)),
            some(text(g::OSRGetAuthorityName(srs, ptr::null()))),
            some(text(g::OSRGetAuthorityCode(srs, ptr::null()))),
            g::OSRIsGeographic(srs) != 0,
        )
    };
    let wkt = wkt(srs);
    // A DXF-like "local" CRS without any content says nothing.
    if wkt.is_empty() {
        return None;
    }
    Some(SrsInfo {
        name,
        authority,
        code,
        wkt,
        is_geographic,
        datum: attr(srs, "DATUM"),
        central_meridian: projection.as_ref().and_then(|_| parm(srs, "central_meridian")),
        latitude_of_origin: projection.as_ref().and_then(|_| parm(srs, "latitude_of_origin")),
        k0: projection.as_ref().and_then(|_| parm(srs, "scale_factor")),
        false_easting: projection.as_ref().and_then(|_| parm(srs, "false_easting")),
        false_northing: projection.as_ref().and_then(|_| parm(srs, "false_northing")),
        towgs84: towgs84(srs),
        // SAFETY: a null out-pointer is allowed.
        linear_unit: unsafe { g::OSRGetLinearUnits(srs, ptr::null_mut()) },
        projection,
    })
}

fn some(s: String) -> Option<String> {
    (!s.is_empty()).then_some(s)
}

fn attr(srs: g::OGRSpatialReferenceH, key: &str) -> Option<String> {
    let k = c(key);
    // SAFETY: valid handle, copied at once.
    some(unsafe { text(g::OSRGetAttrValue(srs, k.as_ptr(), 0)) })
}

fn parm(srs: g::OGRSpatialReferenceH, key: &str) -> Option<f64> {
    let k = c(key);
    let mut err = 0;
    // SAFETY: valid handle and out-pointer.
    let v = unsafe { g::OSRGetNormProjParm(srs, k.as_ptr(), 0.0, &mut err) };
    (err == 0).then_some(v)
}

fn towgs84(srs: g::OGRSpatialReferenceH) -> Option<[f64; 7]> {
    let mut p = [0f64; 7];
    // SAFETY: room for the seven values that are asked for.
    (unsafe { g::OSRGetTOWGS84(srs, p.as_mut_ptr(), 7) } == 0).then_some(p)
}

fn wkt(srs: g::OGRSpatialReferenceH) -> String {
    let options = Options::new(["FORMAT=WKT2_2019", "MULTILINE=NO"]);
    let mut out = ptr::null_mut();
    // SAFETY: the string is copied, then freed with GDAL's allocator.
    unsafe {
        let ok = g::OSRExportToWktEx(srs, &mut out, options.get_const()) == 0;
        let s = if ok { text(out) } else { String::new() };
        g::VSIFree(out.cast());
        s
    }
}
