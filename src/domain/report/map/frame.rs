//! Scale and place of the map on paper.

use super::{HEIGHT_MM, WIDTH_MM};
use geo::BoundingRect;
use geo_types::{Coord, MultiPolygon, Polygon, Rect};

/// Border for coordinates around the neat line (mm).
pub(super) const BORDER_MM: f64 = 7.0;
/// At least this much ground is shown around the parcel (mm on paper).
const MARGIN_MM: f64 = 18.0;

/// Takes zone metres to paper.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Denominator: 200, 500, 1000, ...
    pub scale: u64,
    centre: Coord<f64>,
}

impl Frame {
    /// The largest round scale at which the parcel fits.
    pub fn around(parcel: &MultiPolygon<f64>) -> Option<Self> {
        let b = parcel.bounding_rect()?;
        let room = |side: f64| (side - 2.0 * (BORDER_MM + MARGIN_MM)) / 1000.0;
        let need = (b.width() / room(WIDTH_MM)).max(b.height() / room(HEIGHT_MM));
        Some(Self { scale: round_scale(need), centre: b.center() })
    }

    pub fn mm(&self, metres: f64) -> f64 {
        metres * 1000.0 / self.scale as f64
    }

    pub fn metres(&self, mm: f64) -> f64 {
        mm * self.scale as f64 / 1000.0
    }

    /// Paper: x to the right, y downwards.
    pub fn paper(&self, c: Coord<f64>) -> Coord<f64> {
        let (x, y) = (self.mm(c.x - self.centre.x), self.mm(c.y - self.centre.y));
        Coord { x: WIDTH_MM / 2.0 + x, y: HEIGHT_MM / 2.0 - y }
    }

    /// The neat line on paper.
    pub fn inner(&self) -> Rect<f64> {
        let b = BORDER_MM;
        Rect::new(Coord { x: b, y: b }, Coord { x: WIDTH_MM - b, y: HEIGHT_MM - b })
    }

    /// The neat line in zone metres.
    pub fn ground(&self) -> Rect<f64> {
        let (w, h) = (self.metres(WIDTH_MM / 2.0 - BORDER_MM), self.metres(HEIGHT_MM / 2.0 - BORDER_MM));
        let c = self.centre;
        Rect::new(Coord { x: c.x - w, y: c.y - h }, Coord { x: c.x + w, y: c.y + h })
    }

    pub fn window(&self) -> MultiPolygon<f64> {
        MultiPolygon(vec![Polygon::from(self.ground())])
    }
}

/// 100, 150, 200, 300, 400, 500, 750, 1000, ...: the first that is not below `least`.
pub(super) fn round_scale(least: f64) -> u64 {
    stepped(least.max(100.0), &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5]) as u64
}

/// 1, 2 or 5 times a power of ten: the first that is not below `least`.
pub(super) fn round_up(least: f64) -> f64 {
    stepped(least, &[1.0, 2.0, 5.0])
}

fn stepped(least: f64, steps: &[f64]) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let step = steps.iter().find(|s| **s * power >= least * (1.0 - 1e-9));
    step.unwrap_or(&10.0) * power
}
