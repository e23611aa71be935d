//! How the numbers of a file are to be read. Written as text in `layer_version.declared_crs`.

use super::CrsError;
use std::fmt;
use std::str::FromStr;

/// What the two numbers of a coordinate mean. Always x first (easting, longitude) unless `swapped`.
///
/// Text form: `EPSG:9210`, `EPSG:4326`, `TM:105.75/0.9996` (VN-2000 with another scale), `TM:105.75/0.9999/noshift`
/// (WGS 84 taken for VN-2000), each with `;op=5194` or `;op=flipped` when another datum operation made the numbers, and with
/// `;yx` when they come swapped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Definition {
    pub base: Base,
    pub operation: Operation,
    pub swapped: bool,
}

/// By which numbers VN-2000 and WGS 84 were tied to each other when the coordinates were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// EPSG:6960, coordinate frame: the national parameters.
    National,
    /// EPSG:5194, which software chooses by itself in the south: 0.7 to 0.8 m away.
    Epsg5194,
    /// The national numbers with the signs of their rotations the wrong way round: 0.5 to 0.75 m away.
    Flipped,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Base {
    /// A cadastral zone of the book.
    Zone(i32),
    /// EPSG:4326 as longitude, latitude in degrees.
    Wgs84,
    /// EPSG:4756 as longitude, latitude in degrees.
    Vn2000,
    /// EPSG:3405 (48) and 3406 (49).
    UtmVn2000(u8),
    /// EPSG:32648 and 32649.
    UtmWgs84(u8),
    /// Transverse Mercator on the equator, false easting 500 000 m; `shift`: on the datum VN-2000, else directly on WGS 84.
    Tm { central_meridian: f64, k0: f64, shift: bool },
}

impl Definition {
    pub fn new(base: Base) -> Self {
        Self { base, operation: Operation::National, swapped: false }
    }
    pub fn swapped(base: Base) -> Self {
        Self { swapped: true, ..Self::new(base) }
    }
    pub fn by(base: Base, operation: Operation) -> Self {
        Self { operation, ..Self::new(base) }
    }
    /// The definition of an EPSG code; what is not one of the fixed codes is taken for a cadastral zone.
    pub fn from_epsg(code: i32) -> Self {
        Self::new(match code {
            4326 => Base::Wgs84,
            4756 => Base::Vn2000,
            3405 => Base::UtmVn2000(48),
            3406 => Base::UtmVn2000(49),
            32648 => Base::UtmWgs84(48),
            32649 => Base::UtmWgs84(49),
            n => Base::Zone(n),
        })
    }
    pub fn is_degrees(&self) -> bool {
        matches!(self.base, Base::Wgs84 | Base::Vn2000)
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.base {
            Base::Zone(n) => write!(f, "EPSG:{n}"),
            Base::Wgs84 => f.write_str("EPSG:4326"),
            Base::Vn2000 => f.write_str("EPSG:4756"),
            Base::UtmVn2000(z) => write!(f, "EPSG:{}", 3357 + i32::from(z)),
            Base::UtmWgs84(z) => write!(f, "EPSG:{}", 32600 + i32::from(z)),
            Base::Tm { central_meridian, k0, shift } => {
                write!(f, "TM:{central_meridian}/{k0}{}", if shift { "" } else { "/noshift" })
            }
        }?;
        f.write_str(match self.operation {
            Operation::National => "",
            Operation::Epsg5194 => ";op=5194",
            Operation::Flipped => ";op=flipped",
        })?;
        f.write_str(if self.swapped { ";yx" } else { "" })
    }
}

impl FromStr for Definition {
    type Err = CrsError;

    fn from_str(s: &str) -> Result<Self, CrsError> {
        let unknown = || CrsError::Unknown(s.to_owned());
        let (body, swapped) = s.trim().strip_suffix(";yx").map_or((s.trim(), false), |b| (b, true));
        let upper = body.to_ascii_uppercase();
        let (upper, operation) = match upper.split_once(";OP=") {
            None => (upper.as_str(), Operation::National),
            Some((base, "5194")) => (base, Operation::Epsg5194),
            Some((base, "FLIPPED")) => (base, Operation::Flipped),
            Some(_) => return Err(unknown()),
        };
        let d = if let Some(code) = upper.strip_prefix("EPSG:") {
            Self::from_epsg(code.parse().map_err(|_| unknown())?)
        } else if let Some(rest) = upper.strip_prefix("TM:") {
            let mut parts = rest.split('/');
            let mut number = || parts.next().and_then(|p| p.parse::<f64>().ok()).filter(|v| v.is_finite());
            let (central_meridian, k0) = (number().ok_or_else(unknown)?, number().ok_or_else(unknown)?);
            let shift = match (parts.next(), parts.next()) {
                (None, None) => true,
                (Some("NOSHIFT"), None) => false,
                _ => return Err(unknown()),
            };
            let sane = (-180.0..=180.0).contains(&central_meridian) && (0.9..=1.1).contains(&k0);
            if !sane {
                return Err(unknown());
            }
            Self::new(Base::Tm { central_meridian, k0, shift })
        } else {
            Self::from_epsg(upper.parse().map_err(|_| unknown())?)
        };
        // Where no datum was crossed, none could be crossed wrongly.
        let crossed = !matches!(d.base, Base::Tm { shift: false, .. });
        if operation != Operation::National && !crossed {
            return Err(unknown());
        }
        Ok(Self { operation, swapped, ..d })
    }
}
