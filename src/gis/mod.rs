//! Hands that touch map files (through the GDAL guest process) and PROJ. See ARCHITECTURE.md.

pub mod crs;
pub mod reader;
pub mod unpack;
