//! Opens one file and streams its rows.

use crate::ogr::{self, Dataset, Feature, Geometry, Layer, Options};
use crate::{intact, srs, text, wkb};
use diaba_reader_protocol::codec::Batch;
use diaba_reader_protocol::{
    Code, End, Fatal, Field, FieldKind, Flags, Format, Header, LayerInfo, RawFeature, RawValue, ReadRequest,
    RowProblem, STYLE_FIELD, Text, frame,
};
use gdal_sys as g;
use std::io::Write;

/// A batch is sent at this many rows or bytes.
const BATCH_ROWS: u32 = 1000;
const BATCH_BYTES: usize = 1 << 20;

pub fn layers(r: &ReadRequest, out: &mut impl Write) -> Result<(), Fatal> {
    let ds = open(r)?;
    let list: Vec<LayerInfo> = ds
        .layers()
        .iter()
        .map(|l| LayerInfo {
            name: l.name(),
            geometry_type: l.geometry_type(),
            feature_count: l.feature_count(),
            srs: srs::info(l.srs()),
        })
        .collect();
    send_json(out, frame::LAYERS, &list)
}

pub fn read(r: &ReadRequest, out: &mut impl Write) -> Result<(), Fatal> {
    let ds = open(r)?;
    let layers = ds.layers();
    let layer = choose(&layers, r.layer.as_deref())?;
    let mut rows = Rows::new(layer, r);
    send_json(out, frame::HEADER, &rows.header)?;
    let mut batch = Batch::default();
    while let Some(row) = rows.next()? {
        batch.push(&row);
        if batch.count() >= BATCH_ROWS || batch.len() >= BATCH_BYTES {
            send(out, frame::FEATURES, batch.payload())?;
            batch.clear();
        }
    }
    if !batch.is_empty() {
        send(out, frame::FEATURES, batch.payload())?;
    }
    if let Some(n) = rows.header.feature_count.filter(|n| rows.end.rows < *n && r.format == Format::Flatgeobuf) {
        let seen = format!("{} of {n} rows", rows.end.rows);
        return Err(Fatal::new(Code::Truncated, "the file ends before its last row", seen));
    }
    send_json(out, frame::END, &rows.end)
}

fn open(r: &ReadRequest) -> Result<Dataset, Fatal> {
    if r.path.starts_with("/vsi") || r.path.contains("/vsi") || !r.path.starts_with('/') {
        return Err(Fatal::new(Code::BadRequest, "only plain absolute paths are opened", r.path.clone()));
    }
    intact::check(r.format, std::path::Path::new(&r.path))?;
    let mut options: Vec<String> = Vec::new();
    match r.format {
        Format::Shapefile => options.push("ENCODING=".into()),
        Format::Csv => {
            options
                .extend(["AUTODETECT_TYPE=NO", "KEEP_GEOM_COLUMNS=YES", "EMPTY_STRING_AS_NULL=YES"].map(String::from));
            let c = &r.columns;
            let pairs = [("GEOM", &c.wkt), ("X", &c.x), ("Y", &c.y)];
            options.extend(pairs.iter().filter_map(|(k, v)| v.as_ref().map(|v| format!("{k}_POSSIBLE_NAMES={v}"))));
        }
        _ => {}
    }
    let ds = Dataset::open(&r.path, r.format.driver(), &Options::new(&options));
    fed()?;
    ds.ok_or_else(|| {
        let message = format!("the file cannot be opened as {}", r.format.code());
        Fatal::new(Code::NotAMapFile, message, ogr::last_message())
    })
}

/// Stops the reading when memory has run out anywhere in GDAL.
fn fed() -> Result<(), Fatal> {
    match ogr::starved() {
        true => Err(Fatal::new(Code::TooMuchMemory, "the file needs more memory than allowed", ogr::last_message())),
        false => Ok(()),
    }
}

fn choose<'a, 'b>(layers: &'a [Layer<'b>], wanted: Option<&str>) -> Result<&'a Layer<'b>, Fatal> {
    let names = || layers.iter().map(Layer::name).collect::<Vec<_>>().join(", ");
    match (wanted, layers) {
        (_, []) => Err(Fatal::new(Code::NoLayer, "the file holds no layer", "")),
        (None, [one]) => Ok(one),
        (None, _) => Err(Fatal::new(Code::LayerNotChosen, "the file holds several layers; name one", names())),
        (Some(w), _) => layers
            .iter()
            .find(|l| l.name() == w)
            .ok_or_else(|| Fatal::new(Code::LayerUnknown, format!("the file holds no layer {w}"), names())),
    }
}

struct Rows<'a> {
    layer: &'a Layer<'a>,
    header: Header,
    kinds: Vec<FieldKind>,
    recode: Option<text::Back>,
    max_vertices: u32,
    style: bool,
    end: End,
}

impl<'a> Rows<'a> {
    fn new(layer: &'a Layer<'a>, r: &ReadRequest) -> Self {
        let style = matches!(r.format, Format::Dxf | Format::Dgn | Format::MapinfoTab | Format::MapinfoMif);
        let mut fields = fields(layer);
        let kinds = fields.iter().map(|f| f.kind).collect();
        if style {
            fields.push(Field::new(STYLE_FIELD, FieldKind::Text));
        }
        let said = text::declared(r.format, &r.path, layer);
        let header = Header {
            layer: layer.name(),
            fields,
            geometry_type: layer.geometry_type(),
            feature_count: layer.feature_count(),
            extent: layer.extent(),
            srs: srs::info(layer.srs()),
            text: said.text,
            declared_encoding: said.encoding,
            notes: ogr::remarks(),
        };
        let (recode, max_vertices) = (said.back, r.limits.max_vertices);
        Self { layer, header, kinds, recode, max_vertices, style, end: End::default() }
    }

    fn next(&mut self) -> Result<Option<RawFeature>, Fatal> {
        ogr::reset_error();
        let feature = self.layer.next();
        let failure = ogr::last_failure();
        fed()?;
        let Some(f) = feature else {
            return match failure {
                None => Ok(None),
                Some(m) => Err(Fatal::new(Code::BrokenFile, format!("reading stopped after row {}", self.end.rows), m)),
            };
        };
        self.end.rows += 1;
        // SAFETY: valid feature.
        let fid = unsafe { g::OGR_F_GetFID(f.0) };
        let mut row = RawFeature { row_no: self.end.rows, fid, values: self.values(&f), ..RawFeature::default() };
        row.problem = failure.map(|message| RowProblem { code: "read_error".into(), message });
        self.geometry(&f, &mut row);
        fed()?;
        let size: usize = row.wkb.as_ref().map_or(0, Vec::len) + row.values.iter().map(value_size).sum::<usize>();
        if size > frame::MAX_FEATURE {
            row = RawFeature { wkb: None, values: vec![RawValue::Null; row.values.len()], ..row };
            row.problem = problem("row_too_large", format!("{size} bytes"));
        }
        self.count(&row);
        Ok(Some(row))
    }

    fn count(&mut self, row: &RawFeature) {
        let e = &mut self.end;
        e.bad_rows += u64::from(row.problem.is_some());
        e.with_z += u64::from(row.flags.has(Flags::Z));
        e.with_m += u64::from(row.flags.has(Flags::M));
        e.with_curve += u64::from(row.flags.has(Flags::CURVE));
        e.with_surface += u64::from(row.flags.has(Flags::SURFACE));
        e.empty += u64::from(row.flags.has(Flags::EMPTY));
        e.without_geometry += u64::from(row.wkb.is_none());
    }

    fn geometry(&self, f: &Feature, row: &mut RawFeature) {
        // SAFETY: ownership of the geometry moves to us.
        let h = unsafe { g::OGR_F_StealGeometry(f.0) };
        if h.is_null() {
            return;
        }
        match flatten(Geometry(h), &mut row.flags).and_then(|g| g.wkb()) {
            None => row.problem = problem("geometry_unreadable", ogr::last_message()),
            Some(b) => {
                if let Err(t) = wkb::check(&b, self.max_vertices, row.flags.is_empty()) {
                    row.problem = problem(t.code(), format!("{} bytes of geometry", b.len()));
                }
                row.wkb = (row.problem.as_ref().is_none_or(|p| p.code != "too_many_vertices")).then_some(b);
            }
        }
    }

    fn values(&self, f: &Feature) -> Vec<RawValue> {
        let mut v: Vec<RawValue> = Vec::with_capacity(self.kinds.len() + 1);
        for (i, kind) in self.kinds.iter().enumerate() {
            v.push(self.value(f, i as i32, *kind));
        }
        if self.style {
            // SAFETY: borrowed string, copied before the next call.
            let s = unsafe { ogr::bytes(g::OGR_F_GetStyleString(f.0)) };
            v.push(if s.is_empty() { RawValue::Null } else { self.text(s) });
        }
        v
    }

    fn value(&self, f: &Feature, i: i32, kind: FieldKind) -> RawValue {
        // SAFETY: `i` is within the definition; strings are copied before the next call.
        unsafe {
            if g::OGR_F_IsFieldSetAndNotNull(f.0, i) == 0 {
                return RawValue::Null;
            }
            match kind {
                FieldKind::Integer => RawValue::Int(g::OGR_F_GetFieldAsInteger64(f.0, i)),
                FieldKind::Real => RawValue::Real(g::OGR_F_GetFieldAsDouble(f.0, i)),
                _ => self.text(ogr::bytes(g::OGR_F_GetFieldAsString(f.0, i))),
            }
        }
    }

    fn text(&self, s: &[u8]) -> RawValue {
        RawValue::Text(match &self.recode {
            Some(back) if self.header.text == Text::Raw => back.to_bytes(s),
            _ => s.to_vec(),
        })
    }
}

fn problem(code: &str, message: String) -> Option<RowProblem> {
    Some(RowProblem { code: code.into(), message })
}

fn value_size(v: &RawValue) -> usize {
    match v {
        RawValue::Text(t) => t.len(),
        _ => 9,
    }
}

/// Two dimensions, no arcs, no triangle surfaces; says in `flags` what was dropped.
fn flatten(mut geom: Geometry, flags: &mut Flags) -> Option<Geometry> {
    // SAFETY: valid handle throughout.
    unsafe {
        let mark = |on: bool, bit| if on { bit } else { 0 };
        flags.set(mark(g::OGR_G_Is3D(geom.0) != 0, Flags::Z));
        flags.set(mark(g::OGR_G_IsMeasured(geom.0) != 0, Flags::M));
        flags.set(mark(g::OGR_G_IsEmpty(geom.0) != 0, Flags::EMPTY));
        if g::OGR_G_HasCurveGeometry(geom.0, 0) != 0 {
            flags.set(Flags::CURVE);
            geom = geom.linear()?;
        }
        use g::OGRwkbGeometryType as T;
        if matches!(geom.kind(), T::wkbPolyhedralSurface | T::wkbTIN | T::wkbTriangle) {
            flags.set(Flags::SURFACE);
            geom = geom.into_multipolygon()?;
        }
        g::OGR_G_FlattenTo2D(geom.0);
    }
    Some(geom)
}

fn fields(layer: &Layer<'_>) -> Vec<Field> {
    let d = layer.definition();
    // SAFETY: indices within the definition; names are copied.
    unsafe {
        (0..g::OGR_FD_GetFieldCount(d))
            .map(|i| {
                let f = g::OGR_FD_GetFieldDefn(d, i);
                use g::OGRFieldType as T;
                let kind = match g::OGR_Fld_GetType(f) {
                    T::OFTInteger | T::OFTInteger64 => FieldKind::Integer,
                    T::OFTReal => FieldKind::Real,
                    T::OFTString => FieldKind::Text,
                    T::OFTDate => FieldKind::Date,
                    T::OFTDateTime => FieldKind::DateTime,
                    _ => FieldKind::Other,
                };
                let name = ogr::bytes(g::OGR_Fld_GetNameRef(f));
                Field::from_bytes(name, kind, g::OGR_Fld_GetWidth(f), g::OGR_Fld_GetPrecision(f))
            })
            .collect()
    }
}

pub fn send(out: &mut impl Write, kind: u8, payload: &[u8]) -> Result<(), Fatal> {
    frame::write(out, kind, payload).map_err(|e| Fatal::new(Code::BrokenFile, "nobody listens", e.to_string()))
}

pub fn send_json(out: &mut impl Write, kind: u8, value: &impl serde::Serialize) -> Result<(), Fatal> {
    let b = serde_json::to_vec(value).map_err(|e| Fatal::new(Code::BrokenFile, "cannot be told", e.to_string()))?;
    send(out, kind, &b)
}
