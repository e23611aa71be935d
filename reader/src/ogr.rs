//! The few GDAL calls the guest needs, owned and checked. Text stays bytes.

use gdal_sys as g;
use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Drivers that must not exist here even if an allow-list were forgotten (second layer).
const SKIPPED: &str = "VRT,OGR_VRT,WFS,OAPIF,OGCAPI,WMS,WCS,WMTS,HTTP,CSW,SQLite,STACTA,STACIT,EEDA,EEDAI,PLMosaic,PLSCENES,DAAS,GPSBabel,PDF,\
    Carto,AmigoCloud,Elastic,NGW,ODBC,PGEO,MSSQLSpatial,MySQL,PostgreSQL,PostgisRaster,OGR_SQLITE,MVT,MBTiles,Rasterlite,DERIVED,GMLAS,GML,LVBAG,TopoJSON,ESRIJSON";

const CONFIG: &[(&str, &str)] = &[
    ("GDAL_SKIP", SKIPPED),
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".none"),
    ("GDAL_HTTP_PROXY", "127.0.0.1:9"),
    ("GDAL_VRT_ENABLE_PYTHON", "NO"),
    ("GDAL_PYTHON_DRIVER_PATH", "/nonexistent"),
    ("GDAL_DRIVER_PATH", "disable"),
    ("CPL_DEBUG", "OFF"),
    ("CPL_LOG", "/dev/null"),
    // MB of one GeoJSON feature as text; memory is about 30 times that.
    ("OGR_GEOJSON_MAX_OBJ_SIZE", "20"),
    ("OGR_SQLITE_CACHE", "16"),
    ("PROJ_NETWORK", "OFF"),
    // "recode from UTF-8 to UTF-8": the bytes of a DXF stay what they are.
    ("DXF_ENCODING", "UTF-8"),
    ("SHAPE_RESTORE_SHX", "NO"),
];

/// `remarks`: what is already to be told.
pub fn init(remarks: Vec<String>) {
    for (k, v) in CONFIG {
        let (k, v) = (c(k), c(v));
        // SAFETY: both are NUL-terminated and copied by GDAL.
        unsafe { g::CPLSetConfigOption(k.as_ptr(), v.as_ptr()) };
    }
    // SAFETY: called once, before any other thread exists.
    unsafe {
        g::CPLSetErrorHandler(Some(g::CPLQuietErrorHandler));
        g::GDALAllRegister();
        // Only now: that a driver to be skipped does not exist is no news.
        g::CPLSetErrorHandler(Some(hear));
    }
    HEARD.lock().unwrap_or_else(PoisonError::into_inner).extend(remarks);
}

/// A C string; what stands behind an inner NUL is cut off.
pub fn c(s: impl AsRef<[u8]>) -> CString {
    let s = s.as_ref();
    let end = s.iter().position(|b| *b == 0).unwrap_or(s.len());
    CString::new(&s[..end]).unwrap_or_default()
}

/// # Safety
/// `p` is null or a NUL-terminated string that lives as long as the caller uses the bytes.
pub unsafe fn bytes<'a>(p: *const c_char) -> &'a [u8] {
    if p.is_null() { &[] } else { unsafe { CStr::from_ptr(p) }.to_bytes() }
}

/// # Safety
/// As [`bytes`].
pub unsafe fn text(p: *const c_char) -> String {
    String::from_utf8_lossy(unsafe { bytes(p) }).into_owned()
}

/// A list of `KEY=VALUE` for C, valid as long as it lives.
pub struct Options {
    _own: Vec<CString>,
    ptrs: Vec<*mut c_char>,
}

impl Options {
    pub fn new<S: AsRef<[u8]>>(items: impl IntoIterator<Item = S>) -> Self {
        let own: Vec<CString> = items.into_iter().map(c).collect();
        let ptrs = own.iter().map(|s| s.as_ptr().cast_mut()).chain([ptr::null_mut()]).collect();
        Self { _own: own, ptrs }
    }
    pub fn get(&self) -> *mut *mut c_char {
        self.ptrs.as_ptr().cast_mut()
    }
    pub fn get_const(&self) -> *const *const c_char {
        self.ptrs.as_ptr().cast()
    }
}

pub fn reset_error() {
    // SAFETY: no arguments.
    unsafe { g::CPLErrorReset() }
}

/// The last failure since [`reset_error`], without warnings.
pub fn last_failure() -> Option<String> {
    // SAFETY: no arguments.
    (unsafe { g::CPLGetLastErrorType() } >= g::CPLErr::CE_Failure).then(last_message)
}

pub fn last_message() -> String {
    // SAFETY: as above.
    unsafe { text(g::CPLGetLastErrorMsg()) }
}

/// GDAL's number for "out of memory".
const OUT_OF_MEMORY: i32 = 2;
/// Remarks kept for the report.
const REMARKS: usize = 10;

static STARVED: AtomicBool = AtomicBool::new(false);
static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());

unsafe extern "C" fn hear(class: g::CPLErr::Type, number: i32, message: *const c_char) {
    if class < g::CPLErr::CE_Warning {
        return;
    }
    if number == OUT_OF_MEMORY {
        STARVED.store(true, Ordering::Relaxed);
    }
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    if heard.len() < REMARKS {
        // SAFETY: GDAL hands a NUL-terminated message.
        let m = unsafe { text(message) };
        if !heard.contains(&m) {
            heard.push(m);
        }
    }
}

/// True once any allocation has failed. GDAL goes on after that and hands out empty geometries: nothing it says can be believed.
pub fn starved() -> bool {
    STARVED.load(Ordering::Relaxed)
}

/// Warnings and failures so far, each once.
pub fn remarks() -> Vec<String> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

pub struct Dataset(g::GDALDatasetH);

impl Dataset {
    pub fn open(path: &str, driver: &str, options: &Options) -> Option<Self> {
        const READONLY_VECTOR: u32 = 0x04 | 0x40; // GDAL_OF_VECTOR | GDAL_OF_VERBOSE_ERROR
        let (path, drivers) = (c(path), Options::new([driver]));
        reset_error();
        // SAFETY: all pointers outlive the call.
        let h = unsafe {
            g::GDALOpenEx(path.as_ptr(), READONLY_VECTOR, drivers.get_const(), options.get_const(), ptr::null())
        };
        (!h.is_null()).then_some(Self(h))
    }

    pub fn create(path: &str, driver: &str, options: &Options) -> Option<Self> {
        let (path, driver) = (c(path), c(driver));
        reset_error();
        // SAFETY: the driver is checked for null; pointers outlive the call.
        let h = unsafe {
            let d = g::GDALGetDriverByName(driver.as_ptr());
            if d.is_null() {
                return None;
            }
            g::GDALCreate(d, path.as_ptr(), 0, 0, 0, g::GDALDataType::GDT_Unknown, options.get())
        };
        (!h.is_null()).then_some(Self(h))
    }

    pub fn handle(&self) -> g::GDALDatasetH {
        self.0
    }

    pub fn layers(&self) -> Vec<Layer<'_>> {
        // SAFETY: the dataset is open; layers live as long as it.
        unsafe {
            (0..g::GDALDatasetGetLayerCount(self.0))
                .map(|i| g::GDALDatasetGetLayer(self.0, i))
                .filter(|l| !l.is_null())
                .map(|h| Layer { h, _of: self })
                .collect()
        }
    }

    /// Closes and tells whether everything reached the disk.
    pub fn close(self) -> Result<(), String> {
        reset_error();
        drop(self);
        last_failure().map_or(Ok(()), Err)
    }
}

impl Drop for Dataset {
    fn drop(&mut self) {
        // SAFETY: closed once.
        unsafe {
            g::GDALClose(self.0);
        }
    }
}

pub struct Layer<'a> {
    pub h: g::OGRLayerH,
    pub _of: &'a Dataset,
}

impl Layer<'_> {
    pub fn name(&self) -> String {
        // SAFETY: valid layer; copied.
        unsafe { text(g::OGR_L_GetName(self.h)) }
    }

    pub fn geometry_type(&self) -> String {
        // SAFETY: static string of GDAL.
        unsafe { text(g::OGRGeometryTypeToName(g::OGR_L_GetGeomType(self.h))) }
    }

    /// Only when the format declares it; never counts.
    pub fn feature_count(&self) -> Option<u64> {
        let cap = c("FastFeatureCount");
        // SAFETY: valid layer.
        unsafe {
            (g::OGR_L_TestCapability(self.h, cap.as_ptr()) != 0)
                .then(|| u64::try_from(g::OGR_L_GetFeatureCount(self.h, 0)).ok())
                .flatten()
        }
    }

    pub fn extent(&self) -> Option<[f64; 4]> {
        let mut e = g::OGREnvelope { MinX: 0.0, MaxX: 0.0, MinY: 0.0, MaxY: 0.0 };
        // SAFETY: `e` is written only on success; force = 0 never scans.
        let ok = unsafe { g::OGR_L_GetExtent(self.h, &mut e, 0) } == 0;
        let b = [e.MinX, e.MinY, e.MaxX, e.MaxY];
        (ok && b.iter().all(|v| v.is_finite())).then_some(b)
    }

    pub fn srs(&self) -> g::OGRSpatialReferenceH {
        // SAFETY: borrowed from the layer, may be null.
        unsafe { g::OGR_L_GetSpatialRef(self.h) }
    }

    pub fn definition(&self) -> g::OGRFeatureDefnH {
        // SAFETY: borrowed from the layer.
        unsafe { g::OGR_L_GetLayerDefn(self.h) }
    }

    pub fn metadata(&self, key: &str, domain: &str) -> Option<String> {
        let (k, d) = (c(key), c(domain));
        // SAFETY: copied at once.
        let v = unsafe { text(g::GDALGetMetadataItem(self.h, k.as_ptr(), d.as_ptr())) };
        (!v.is_empty()).then_some(v)
    }

    pub fn next(&self) -> Option<Feature> {
        // SAFETY: the feature is ours and destroyed by `Feature`.
        let h = unsafe { g::OGR_L_GetNextFeature(self.h) };
        (!h.is_null()).then_some(Feature(h))
    }
}

pub struct Feature(pub g::OGRFeatureH);

impl Drop for Feature {
    fn drop(&mut self) {
        // SAFETY: destroyed once.
        unsafe { g::OGR_F_Destroy(self.0) }
    }
}

pub struct Geometry(pub g::OGRGeometryH);

impl Drop for Geometry {
    fn drop(&mut self) {
        // SAFETY: destroyed once.
        unsafe { g::OGR_G_DestroyGeometry(self.0) }
    }
}

impl Geometry {
    pub fn kind(&self) -> g::OGRwkbGeometryType::Type {
        // SAFETY: pure functions of the handle.
        unsafe { g::OGR_GT_Flatten(g::OGR_G_GetGeometryType(self.0)) }
    }

    /// Without arcs; GDAL's default step is 4 degrees.
    pub fn linear(self) -> Option<Self> {
        // SAFETY: returns a new geometry.
        let h = unsafe { g::OGR_G_GetLinearGeometry(self.0, 0.0, ptr::null_mut()) };
        (!h.is_null()).then_some(Self(h))
    }

    /// Surfaces of triangles become plain multipolygons.
    pub fn into_multipolygon(self) -> Option<Self> {
        let h = self.0;
        std::mem::forget(self);
        // SAFETY: takes ownership of `h` and returns the owner of the result.
        let h = unsafe { g::OGR_G_ForceToMultiPolygon(h) };
        (!h.is_null()).then_some(Self(h))
    }

    pub fn wkb(&self) -> Option<Vec<u8>> {
        // SAFETY: the buffer has exactly the size GDAL asks for.
        unsafe {
            let n = usize::try_from(g::OGR_G_WkbSize(self.0)).ok()?;
            let mut b = vec![0u8; n];
            (g::OGR_G_ExportToWkb(self.0, g::OGRwkbByteOrder::wkbNDR, b.as_mut_ptr()) == 0).then_some(b)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_drivers_do_not_exist_and_needed_ones_do() {
        init(Vec::new());
        // SAFETY: looks up a name.
        let there = |n: &str| !unsafe { g::GDALGetDriverByName(c(n).as_ptr()) }.is_null();
        for n in SKIPPED.split(',') {
            assert!(!there(n), "{n}");
        }
        for f in diaba_reader_protocol::Format::ALL {
            assert!(there(f.driver()), "{}", f.driver());
        }
    }
}
