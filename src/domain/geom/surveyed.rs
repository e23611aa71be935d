//! A boundary that is measured once, however many parcels lie beside it.

use super::{Flaw, Measured};
use geo_types::MultiPolygon;
use std::ops::Deref;
use std::sync::OnceLock;

/// A boundary and, from the first time it is asked for, what it measures or why it cannot be measured.
#[derive(Debug, Clone)]
pub struct Surveyed {
    shape: MultiPolygon<f64>,
    measured: OnceLock<Result<Measured, Vec<Flaw>>>,
}

impl Surveyed {
    /// # Errors
    /// As [`Measured::new`].
    pub fn measured(&self) -> Result<&Measured, &[Flaw]> {
        self.measured.get_or_init(|| Measured::new(&self.shape)).as_ref().map_err(Vec::as_slice)
    }
}

impl From<MultiPolygon<f64>> for Surveyed {
    fn from(shape: MultiPolygon<f64>) -> Self {
        Self { shape, measured: OnceLock::new() }
    }
}

impl Deref for Surveyed {
    type Target = MultiPolygon<f64>;
    fn deref(&self) -> &MultiPolygon<f64> {
        &self.shape
    }
}
