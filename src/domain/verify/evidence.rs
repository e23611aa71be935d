//! What was found, drawn: a GeoJSON FeatureCollection of the parcel and of every piece of evidence.

use super::{FindingRecord, Record, Shape};
use serde_json::{Value, json};

/// GeoJSON of a record. `place` takes zone metres (easting, northing) to what is to be drawn: a projection to WGS 84
/// longitude and latitude gives RFC 7946; the identity gives zone metres, named by the member `crs_epsg`.
pub fn evidence_geojson(record: &Record, place: impl Fn((f64, f64)) -> (f64, f64), wgs84: bool) -> Value {
    let parcel = record.parcel.as_ref().and_then(|p| Some((p, p.boundary.as_ref()?)));
    let mut features = Vec::new();
    if let Some((p, boundary)) = parcel {
        let properties =
            json!({"kind": "parcel", "commune_code": p.commune_code, "sheet": p.sheet, "number": p.number});
        features.push(feature(boundary, &place, wgs84, properties));
    }
    for f in &record.findings {
        features.extend(f.evidence.iter().map(|e| {
            let mut properties = properties(f);
            properties["label"] = json!(e.label);
            properties["fid"] = json!(e.fid);
            feature(&e.geometry, &place, wgs84, properties)
        }));
    }
    let mut all = json!({"type": "FeatureCollection", "features": features});
    if !wgs84 {
        all["crs_epsg"] = json!(record.parcel.as_ref().and_then(|p| p.zone));
    }
    all
}

fn properties(f: &FindingRecord) -> Value {
    json!({"kind": "evidence", "check": f.check, "subject": f.subject, "verdict": f.verdict, "effect": f.effect,
        "certainty": f.certainty, "sources": f.sources})
}

fn feature(shape: &Shape, place: &impl Fn((f64, f64)) -> (f64, f64), wgs84: bool, properties: Value) -> Value {
    // Nine decimals of a degree are a tenth of a millimetre.
    let digits = if wgs84 { 1e9 } else { 1e3 };
    let tidy = |v: f64| (v * digits).round() / digits + 0.0;
    let placed = shape.map(&|p| {
        let (x, y) = place(p);
        (tidy(x), tidy(y))
    });
    let turned = if wgs84 { right_handed(placed) } else { placed };
    json!({"type": "Feature", "geometry": turned, "properties": properties})
}

/// RFC 7946 3.1.6: shells counter-clockwise, holes clockwise.
fn right_handed(shape: Shape) -> Shape {
    match shape {
        Shape::Polygon(rings) => Shape::Polygon(turn(rings)),
        Shape::MultiPolygon(all) => Shape::MultiPolygon(all.into_iter().map(turn).collect()),
        other => other,
    }
}

fn turn(mut rings: Vec<Vec<[f64; 2]>>) -> Vec<Vec<[f64; 2]>> {
    for (i, ring) in rings.iter_mut().enumerate() {
        let Some(&[x0, y0]) = ring.first() else { continue };
        let twice: f64 =
            ring.windows(2).map(|w| (w[0][0] - x0) * (w[1][1] - y0) - (w[1][0] - x0) * (w[0][1] - y0)).sum();
        if (twice > 0.0) != (i == 0) {
            ring.reverse();
        }
    }
    rings
}
