//! The wire between `diaba` and its guest `diaba-reader`: one definition for both ends, no native code.
//!
//! The service starts the guest with a [`Request`] (JSON) as its only argument. The guest answers on stdout in frames:
//! one byte kind, `u32` little-endian length, payload. Kinds are in [`frame`]; JSON payloads are the structs of this crate,
//! [`frame::FEATURES`] is the binary layout of [`codec`].

pub mod codec;
pub mod format;
pub mod frame;

pub use format::Format;
use serde::{Deserialize, Serialize};

/// What one life of the guest is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Request {
    /// Streams the features of one layer.
    Read(ReadRequest),
    /// Only tells which layers there are.
    Layers(ReadRequest),
    /// Makes a file from frames on stdin (demo data, exports); never used on foreign input.
    Write(WriteRequest),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadRequest {
    pub format: Format,
    pub path: String,
    /// `None`: the only layer; a file with several is refused with `layer_not_chosen`.
    #[serde(default)]
    pub layer: Option<String>,
    /// CSV only: which columns hold the geometry.
    #[serde(default)]
    pub columns: Columns,
    #[serde(default)]
    pub limits: Limits,
}

/// Names of the CSV columns that hold the geometry. `x` is the easting or longitude column, whatever it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    pub wkt: Option<String>,
    pub x: Option<String>,
    pub y: Option<String>,
}

/// What the guest may use; it takes these from itself before it touches the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space, bytes.
    pub memory_bytes: u64,
    /// Processor time, seconds.
    pub cpu_seconds: u64,
    /// Vertices of one feature; more sets the row aside.
    pub max_vertices: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 1 << 30, cpu_seconds: 600, max_vertices: 1_000_000 }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WriteRequest {
    pub format: Format,
    pub path: String,
    pub layer: String,
    /// `EPSG:n` or WKT; `None` writes no CRS (a Shapefile without .prj).
    pub srs: Option<String>,
    pub geometry: Shape,
    pub fields: Vec<Field>,
    /// `Raw`: bytes go to the file as they are (a TCVN3 table); `Utf8`: the file says so.
    pub text: Text,
}

/// Geometry type of a layer that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Any,
    None,
    Point,
    Line,
    Polygon,
}

/// How text arrives: bytes as in the file, or recoded to UTF-8 by GDAL because the format says how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    Raw,
    Utf8,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// UTF-8 if it is; otherwise each byte as one Latin-1 letter, with the bytes in `raw`.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Vec<u8>>,
    pub kind: FieldKind,
    /// Width and decimals as declared, 0 when the format does not say.
    #[serde(default)]
    pub width: i32,
    #[serde(default)]
    pub precision: i32,
}

impl Field {
    pub fn new(name: &str, kind: FieldKind) -> Self {
        Self { name: name.to_owned(), raw: None, kind, width: 0, precision: 0 }
    }

    pub fn from_bytes(name: &[u8], kind: FieldKind, width: i32, precision: i32) -> Self {
        match std::str::from_utf8(name) {
            Ok(s) => Self { name: s.to_owned(), raw: None, kind, width, precision },
            Err(_) => Self {
                name: name.iter().map(|b| char::from(*b)).collect(),
                raw: Some(name.to_vec()),
                kind,
                width,
                precision,
            },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Integer,
    Real,
    Text,
    Date,
    DateTime,
    /// Lists, binary and the like, delivered as text.
    Other,
}

/// Pseudo field that carries the drawing style (font, colour) of formats that have one.
pub const STYLE_FIELD: &str = "ogr_style";

/// First frame of a reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    pub layer: String,
    pub fields: Vec<Field>,
    /// As the file declares it, e.g. `Polygon`, `Unknown (any)`, `None`.
    pub geometry_type: String,
    /// As the file declares it; not proved.
    pub feature_count: Option<u64>,
    /// min x, min y, max x, max y as the file declares; not proved.
    pub extent: Option<[f64; 4]>,
    /// `None`: the file does not say (missing .prj).
    pub srs: Option<SrsInfo>,
    pub text: Text,
    /// Name of the encoding the file claims (code page, .cpg, `!charset`); often wrong.
    pub declared_encoding: Option<String>,
    /// Remarks in English for the import report.
    pub notes: Vec<String>,
}

/// A CRS as the file states it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SrsInfo {
    pub name: String,
    /// e.g. `EPSG`.
    pub authority: Option<String>,
    pub code: Option<String>,
    pub wkt: String,
    pub is_geographic: bool,
    /// WKT1 name, e.g. `Transverse_Mercator`.
    pub projection: Option<String>,
    pub datum: Option<String>,
    /// Degrees.
    pub central_meridian: Option<f64>,
    pub latitude_of_origin: Option<f64>,
    pub k0: Option<f64>,
    /// Metres.
    pub false_easting: Option<f64>,
    pub false_northing: Option<f64>,
    /// Seven position-vector parameters when the file carries them. Never used to transform; shown in the report.
    pub towgs84: Option<[f64; 7]>,
    /// Metres in one unit.
    pub linear_unit: f64,
}

/// Answer to [`Request::Layers`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerInfo {
    pub name: String,
    pub geometry_type: String,
    pub feature_count: Option<u64>,
    pub srs: Option<SrsInfo>,
}

/// Last frame of a reading or writing that came to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub rows: u64,
    /// Rows with a problem.
    pub bad_rows: u64,
    pub with_z: u64,
    pub with_m: u64,
    pub with_curve: u64,
    pub with_surface: u64,
    pub empty: u64,
    pub without_geometry: u64,
}

/// Last frame of a reading that cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fatal {
    pub code: Code,
    pub message: String,
    /// What was looked at: a file name, sizes, a list of layers.
    pub detail: String,
}

impl Fatal {
    pub fn new(code: Code, message: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: detail.into() }
    }
}

/// Stable codes of a reading that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    BadRequest,
    UnsupportedFormat,
    NotAMapFile,
    Truncated,
    MissingComponent,
    LayerNotChosen,
    LayerUnknown,
    NoLayer,
    BrokenFile,
    TooMuchMemory,
    WriteFailed,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Code::BadRequest => "bad_request",
            Code::UnsupportedFormat => "unsupported_format",
            Code::NotAMapFile => "not_a_map_file",
            Code::Truncated => "truncated",
            Code::MissingComponent => "missing_component",
            Code::LayerNotChosen => "layer_not_chosen",
            Code::LayerUnknown => "layer_unknown",
            Code::NoLayer => "no_layer",
            Code::BrokenFile => "broken_file",
            Code::TooMuchMemory => "too_much_memory",
            Code::WriteFailed => "write_failed",
        }
    }
}

/// One row as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawFeature {
    /// 1-based place in the stream.
    pub row_no: u64,
    /// The file's own feature number, -1 if it has none.
    pub fid: i64,
    /// Two-dimensional little-endian WKB without curves; `None` when the row has no geometry.
    pub wkb: Option<Vec<u8>>,
    /// One per field of the header, in its order.
    pub values: Vec<RawValue>,
    pub flags: Flags,
    /// Why the row cannot be used; the rest of the row is what could be had of it.
    pub problem: Option<RowProblem>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum RawValue {
    #[default]
    Null,
    Int(i64),
    Real(f64),
    Text(Vec<u8>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// `read_error`, `coordinate_not_finite`, `coordinate_out_of_range`, `too_many_vertices`, `geometry_unreadable`, `row_too_large`.
    pub code: String,
    pub message: String,
}

/// What was lost on the way to flat WKB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    pub const Z: u8 = 1;
    pub const M: u8 = 2;
    pub const CURVE: u8 = 4;
    pub const SURFACE: u8 = 8;
    pub const EMPTY: u8 = 16;

    pub fn set(&mut self, bit: u8) {
        self.0 |= bit;
    }
    pub fn has(self, bit: u8) -> bool {
        self.0 & bit != 0
    }
    pub fn had_z(self) -> bool {
        self.has(Self::Z)
    }
    pub fn had_curve(self) -> bool {
        self.has(Self::CURVE)
    }
    pub fn is_empty(self) -> bool {
        self.has(Self::EMPTY)
    }
}
