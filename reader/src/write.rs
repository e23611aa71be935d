//! Makes a map file from frames on stdin: demo data and exports. Never used on foreign input.

use crate::ogr::{self, Dataset, Feature, Layer, Options, c};
use crate::read::send_json;
use diaba_reader_protocol::{
    Code, End, Fatal, FieldKind, Format, RawFeature, RawValue, STYLE_FIELD, Shape, Text, WriteRequest, codec, frame,
};
use gdal_sys as g;
use std::ffi::CString;
use std::io::{BufReader, Write};
use std::ptr;

pub fn write(w: &WriteRequest, out: &mut impl Write) -> Result<(), Fatal> {
    let ds = Dataset::create(&w.path, w.format.driver(), &Options::new(dataset_options(w))).ok_or_else(failed)?;
    let srs = srs(w.srs.as_deref())?;
    let layer = create_layer(&ds, w, srs)?;
    let map = fields(&layer, w)?;
    let mut input = BufReader::with_capacity(1 << 20, std::io::stdin().lock());
    let (mut buf, mut end) = (Vec::new(), End::default());
    transaction(&ds, w.format, true)?;
    loop {
        let bad = |m: &str| Fatal::new(Code::BadRequest, "the frames cannot be read", m);
        match frame::read(&mut input, &mut buf).map_err(|e| bad(&e.to_string()))? {
            Some(frame::FEATURES) => {
                for f in codec::decode(&buf).ok_or_else(|| bad("features"))? {
                    put(&layer, w, &map, &f)?;
                    end.rows += 1;
                }
            }
            Some(frame::END) | None => break,
            Some(_) => return Err(bad("kind")),
        }
    }
    transaction(&ds, w.format, false)?;
    ds.close().map_err(|m| Fatal::new(Code::WriteFailed, "the file cannot be finished", m))?;
    send_json(out, frame::END, &end)
}

fn failed() -> Fatal {
    Fatal::new(Code::WriteFailed, "the file cannot be written", ogr::last_message())
}

fn dataset_options(w: &WriteRequest) -> Vec<&'static str> {
    match w.format {
        Format::MapinfoMif => vec!["FORMAT=MIF"],
        _ => vec![],
    }
}

fn layer_options(w: &WriteRequest) -> Vec<&'static str> {
    match (w.format, w.text) {
        (Format::Shapefile, Text::Raw) => vec!["ENCODING="],
        (Format::Shapefile, Text::Utf8) => vec!["ENCODING=UTF-8"],
        // Where coordinates of a TAB can lie is fixed at creation; the default grid is too coarse or too small without a CRS.
        (Format::MapinfoTab, _) => vec!["BOUNDS=0,0,3000000,3000000"],
        (Format::Geojson, _) => vec!["COORDINATE_PRECISION=15", "RFC7946=NO"],
        (Format::Csv, _) => vec!["GEOMETRY=AS_WKT"],
        (Format::Geopackage, _) => vec!["FID=ogc_fid"],
        _ => vec![],
    }
}

fn srs(s: Option<&str>) -> Result<g::OGRSpatialReferenceH, Fatal> {
    let Some(s) = s else { return Ok(ptr::null_mut()) };
    let text = c(s);
    // SAFETY: lives until the process ends.
    unsafe {
        let h = g::OSRNewSpatialReference(ptr::null());
        if g::OSRSetFromUserInput(h, text.as_ptr()) != 0 {
            return Err(Fatal::new(Code::BadRequest, "the CRS is unknown", s));
        }
        g::OSRSetAxisMappingStrategy(h, g::OSRAxisMappingStrategy::OAMS_TRADITIONAL_GIS_ORDER);
        Ok(h)
    }
}

fn create_layer<'a>(ds: &'a Dataset, w: &WriteRequest, srs: g::OGRSpatialReferenceH) -> Result<Layer<'a>, Fatal> {
    use g::OGRwkbGeometryType as T;
    let kind = match w.geometry {
        Shape::Any => T::wkbUnknown,
        Shape::None => T::wkbNone,
        Shape::Point => T::wkbPoint,
        Shape::Line => T::wkbLineString,
        Shape::Polygon if w.format == Format::Flatgeobuf => T::wkbUnknown,
        Shape::Polygon => T::wkbPolygon,
    };
    let name = c(if w.format == Format::Dxf { "entities" } else { &w.layer });
    let options = Options::new(layer_options(w));
    ogr::reset_error();
    // SAFETY: pointers outlive the call; null is checked.
    let h = unsafe { g::GDALDatasetCreateLayer(ds.handle(), name.as_ptr(), srs, kind, options.get()) };
    if h.is_null() { Err(failed()) } else { Ok(Layer { h, _of: ds }) }
}

/// Index in the layer for each field of the request; `None` for the style and for what a DXF cannot hold.
fn fields(layer: &Layer<'_>, w: &WriteRequest) -> Result<Vec<Option<i32>>, Fatal> {
    let d = layer.definition();
    let mut out = Vec::new();
    for f in &w.fields {
        if f.name == STYLE_FIELD {
            out.push(None);
            continue;
        }
        let name = c(f.raw.as_deref().unwrap_or(f.name.as_bytes()));
        // SAFETY: the definition is destroyed after use; the layer copies it.
        unsafe {
            if w.format != Format::Dxf {
                let fd = g::OGR_Fld_Create(name.as_ptr(), ogr_type(w.format, f.kind));
                g::OGR_Fld_SetWidth(fd, f.width);
                g::OGR_Fld_SetPrecision(fd, f.precision);
                let err = g::OGR_L_CreateField(layer.h, fd, 1);
                g::OGR_Fld_Destroy(fd);
                if err != 0 {
                    return Err(failed());
                }
                out.push(Some(g::OGR_FD_GetFieldCount(d) - 1));
            } else {
                out.push(Some(g::OGR_FD_GetFieldIndex(d, name.as_ptr())).filter(|i| *i >= 0));
            }
        }
    }
    Ok(out)
}

fn ogr_type(format: Format, k: FieldKind) -> g::OGRFieldType::Type {
    use g::OGRFieldType as T;
    match k {
        // MapInfo has 32 bits.
        FieldKind::Integer if matches!(format, Format::MapinfoTab | Format::MapinfoMif) => T::OFTInteger,
        FieldKind::Integer => T::OFTInteger64,
        FieldKind::Real => T::OFTReal,
        FieldKind::Date => T::OFTDate,
        FieldKind::DateTime => T::OFTDateTime,
        FieldKind::Text | FieldKind::Other => T::OFTString,
    }
}

fn put(layer: &Layer<'_>, w: &WriteRequest, map: &[Option<i32>], row: &RawFeature) -> Result<(), Fatal> {
    // SAFETY: the feature is destroyed by its owner; strings are copied by GDAL; the geometry is handed over.
    unsafe {
        let f = Feature(g::OGR_F_Create(layer.definition()));
        for ((field, at), v) in w.fields.iter().zip(map).zip(&row.values) {
            match (at, v) {
                (None, RawValue::Text(t)) if field.name == STYLE_FIELD => {
                    g::OGR_F_SetStyleString(f.0, encode(w, t).as_ptr());
                }
                (Some(i), RawValue::Int(n)) => g::OGR_F_SetFieldInteger64(f.0, *i, *n),
                (Some(i), RawValue::Real(n)) => g::OGR_F_SetFieldDouble(f.0, *i, *n),
                (Some(i), RawValue::Text(t)) => g::OGR_F_SetFieldString(f.0, *i, encode(w, t).as_ptr()),
                (Some(i), RawValue::Null) => g::OGR_F_SetFieldNull(f.0, *i),
                (None, _) => {}
            }
        }
        if let Some(wkb) = &row.wkb {
            let mut h = ptr::null_mut();
            if g::OGR_G_CreateFromWkb(wkb.as_ptr().cast(), ptr::null_mut(), &mut h, wkb.len() as i32) != 0 {
                return Err(Fatal::new(Code::BadRequest, "a geometry cannot be read", format!("row {}", row.row_no)));
            }
            g::OGR_F_SetGeometryDirectly(f.0, h);
        }
        ogr::reset_error();
        if g::OGR_L_CreateFeature(layer.h, f.0) == 0 { Ok(()) } else { Err(failed()) }
    }
}

/// The DXF writer takes UTF-8 and writes Latin-1: bytes pass through it when each travels as the letter of its number.
fn encode(w: &WriteRequest, t: &[u8]) -> CString {
    match (w.format, w.text) {
        (Format::Dxf, Text::Raw) => c(t.iter().map(|b| char::from(*b)).collect::<String>()),
        _ => c(t),
    }
}

fn transaction(ds: &Dataset, format: Format, start: bool) -> Result<(), Fatal> {
    if format != Format::Geopackage {
        return Ok(());
    }
    // SAFETY: valid dataset.
    let err = unsafe {
        if start {
            g::GDALDatasetStartTransaction(ds.handle(), 0)
        } else {
            g::GDALDatasetCommitTransaction(ds.handle())
        }
    };
    if err == 0 { Ok(()) } else { Err(failed()) }
}
