//! The ward's maps, as files and back in.

use crate::app::App;
use crate::domain::demo::{Charset, DemoFile, FieldKind, Shape, Value, Ward};
use crate::domain::parcel::succession::{Commune, Relation, Succession};
use crate::domain::text::charset::Charset as Encoding;
use crate::flow::layer::{self, Coverage, Import, Progress, Report};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, setup};
use crate::gis::reader::{self, Field, Format, RawFeature, RawValue, ReaderConfig, WriteTarget};
use std::path::Path;
use time::macros::format_description;

/// One file that came in.
pub struct Imported {
    pub file: String,
    pub report: Report,
    pub published: bool,
}

fn format_of(f: &DemoFile) -> Result<Format> {
    match f.driver {
        "ESRI Shapefile" => Ok(Format::Shapefile),
        "GPKG" => Ok(Format::Geopackage),
        "MapInfo File" => Ok(Format::MapinfoTab),
        "DXF" => Ok(Format::Dxf),
        "CSV" => Ok(Format::Csv),
        other => Err(Error::Broken(anyhow::anyhow!("no writer for {other}"))),
    }
}

/// Writes every file of the ward into `folder` (old ones of the same name go first).
pub async fn write(app: &App, ward: &Ward, folder: &Path) -> Result<()> {
    let broken = |e: std::io::Error| Error::Broken(e.into());
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(broken)?;
    }
    std::fs::create_dir_all(folder).map_err(broken)?;
    let folder = folder.canonicalize().map_err(broken)?;
    let config = ReaderConfig::new(app.config.reader.clone());
    for f in &ward.files {
        if format_of(f)? == Format::Csv {
            table(f, &folder).map_err(Error::Broken)?;
            continue;
        }
        let target = target(app, f, &folder).await?;
        let rows = f.rows.iter().map(|(g, values)| row(f, g.as_ref(), values)).collect::<Result<Vec<_>>>()?;
        reader::write(&config, &target, rows).await?;
    }
    Ok(())
}

fn table(f: &DemoFile, folder: &Path) -> anyhow::Result<()> {
    let mut out = csv::Writer::from_path(folder.join(&f.name))?;
    out.write_record(f.fields.iter().map(|(n, _)| *n))?;
    for (_, values) in &f.rows {
        out.write_record(values.iter().map(plain))?;
    }
    Ok(out.flush()?)
}

fn plain(v: &Value) -> String {
    match v {
        Value::Null => String::new(),
        Value::Int(i) => i.to_string(),
        Value::Real(r) => r.to_string(),
        Value::Text(t) => t.clone(),
        Value::Date(d) => d.format(format_description!("[year]-[month]-[day]")).unwrap_or_default(),
    }
}

async fn target(app: &App, f: &DemoFile, folder: &Path) -> Result<WriteTarget> {
    let book = layer::zones(app).await?;
    book.need(f.zone.0).map_err(|e| Error::Broken(e.into()))?;
    Ok(WriteTarget {
        path: folder.join(&f.name),
        format: format_of(f)?,
        layer: Path::new(&f.name).file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        // a drawing has no CRS of its own
        srs: (f.driver != "DXF").then(|| format!("EPSG:{}", f.zone.0)),
        geometry: match f.shape {
            Shape::None => reader::Shape::None,
            Shape::Line => reader::Shape::Line,
            Shape::Polygon => reader::Shape::Polygon,
            Shape::Mixed => reader::Shape::Any,
        },
        fields: f.fields.iter().map(|(name, kind)| field(name, *kind)).collect(),
        text: if f.charset == Charset::Tcvn3 { reader::Text::Raw } else { reader::Text::Utf8 },
    })
}

fn field(name: &str, kind: FieldKind) -> Field {
    let mut out = Field::new(
        name,
        match kind {
            FieldKind::Text(_) => reader::FieldKind::Text,
            FieldKind::Integer => reader::FieldKind::Integer,
            FieldKind::Real(_) => reader::FieldKind::Real,
            FieldKind::Date => reader::FieldKind::Date,
        },
    );
    match kind {
        FieldKind::Text(w) => out.width = i32::from(w),
        FieldKind::Real(p) => (out.width, out.precision) = (18, i32::from(p)),
        FieldKind::Integer | FieldKind::Date => {}
    }
    out
}

fn row(f: &DemoFile, g: Option<&geo_types::Geometry<f64>>, values: &[Value]) -> Result<RawFeature> {
    let text = |t: &str| match f.charset {
        Charset::Utf8 => Ok(t.as_bytes().to_vec()),
        Charset::Tcvn3 => Encoding::Tcvn3.encode(t).map_err(|e| Error::Broken(anyhow::anyhow!("{t}: {e:?}"))),
    };
    let value = |v: &Value| {
        Ok(match v {
            Value::Null => RawValue::Null,
            Value::Int(i) => RawValue::Int(*i),
            Value::Real(r) => RawValue::Real(*r),
            Value::Text(t) => RawValue::Text(text(t)?),
            Value::Date(_) => RawValue::Text(plain(v).into_bytes()),
        })
    };
    Ok(RawFeature {
        wkb: g.map(plain_wkb).transpose()?,
        values: values.iter().map(value).collect::<Result<_>>()?,
        ..RawFeature::default()
    })
}

fn plain_wkb(g: &geo_types::Geometry<f64>) -> Result<Vec<u8>> {
    use geozero::{CoordDimensions, ToWkb};
    g.to_wkb(CoordDimensions::xy()).map_err(|e| Error::Broken(anyhow::anyhow!("{e}")))
}

/// Communes first, then every file: imported, and published.
pub async fn load(
    app: &App,
    by: &Actor,
    ward: &Ward,
    folder: &Path,
    tell: &mut (dyn FnMut(&Imported) + Send),
) -> Result<()> {
    place(app, ward).await?;
    let (communes, rest): (Vec<&DemoFile>, Vec<&DemoFile>) = ward.files.iter().partition(|f| f.theme == "commune");
    for f in communes.into_iter().chain(rest) {
        let received = layer::receive(app, &folder.join(&f.name), &f.name, None).await?;
        let is_commune = f.theme == "commune";
        let ask = Import {
            file: received.file.clone(),
            file_name: received.name.clone(),
            format: received.format,
            sha256: received.sha256.clone(),
            layer: f.layer.clone(),
            theme: f.theme.to_owned(),
            zone: f.zone.0,
            title: None,
            profile: Some(f.profile.to_owned()),
            overrides: Default::default(),
            wanted: Default::default(),
            source_layer: None,
            crs: (f.driver == "DXF").then(|| format!("EPSG:{}", f.zone.0)),
            crs_reason: None,
            charset: None,
            commune: (!is_commune && f.theme == "cadastral").then(|| ward.commune.0.clone()),
            coverage_key: Some(f.coverage_key.clone()),
            coverage: Coverage::Wkt(wkt_of(&f.coverage)),
            source_date: f.source_date,
            decision: f.decision.clone(),
            accuracy_m: Some(f.accuracy_m),
            scale: f.scale,
        };
        let report = layer::import(app, by, &ask, &mut |_: Progress| {}).await?;
        let published = !report.unchanged;
        if published {
            layer::publish(app, by, report.layer_version_id).await?;
        }
        tell(&Imported { file: f.name.clone(), report, published });
    }
    Ok(())
}

/// What is told beside a file that is sent to `POST /imports`.
pub fn ask(ward: &Ward, f: &DemoFile) -> serde_json::Value {
    serde_json::json!({
        "layer": f.layer, "theme": f.theme, "zone": f.zone.0, "profile": f.profile, "coverage_key": f.coverage_key,
        "crs": (f.driver == "DXF").then(|| format!("EPSG:{}", f.zone.0)),
        "commune": (f.theme == "cadastral").then(|| ward.commune.0.clone()),
        "coverage": {"wkt": wkt_of(&f.coverage)},
        "source_date": f.source_date, "decision": f.decision, "accuracy_m": f.accuracy_m, "scale": f.scale,
    })
}

fn wkt_of(m: &geo_types::MultiPolygon<f64>) -> String {
    use wkt::ToWkt;
    m.wkt_string()
}

async fn place(app: &App, ward: &Ward) -> Result<()> {
    let (code, name) = ward.commune.clone();
    let province = "48".to_owned();
    let today = Commune { code: code.clone(), name: name.clone(), province_code: province, kind: "phuong".into() };
    let steps: Vec<Succession> = ward
        .succession
        .iter()
        .map(|s| Succession {
            old_code: s.old_code.clone(),
            old_name: s.old_name.clone(),
            district: s.district.clone(),
            province: s.province.clone(),
            new_code: code.clone(),
            new_name: name.clone(),
            relation: Relation::Whole,
        })
        .collect();
    let since = ward.succession.first().map_or(crate::domain::parcel::succession::REFORM, |s| s.since);
    let mut tx = app.pool.begin().await?;
    setup::load_communes(&mut tx, &[today], Some(ward.zone.0)).await?;
    setup::load_succession(&mut tx, &steps, since, "demo").await?;
    Ok(tx.commit().await?)
}
