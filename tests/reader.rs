//! The GDAL guest from outside: every format there and back, broken and hostile files, walls.

#[path = "reader/attacks.rs"]
mod attacks;
#[path = "reader/broken.rs"]
mod broken;
#[path = "reader/formats.rs"]
mod formats;
#[path = "reader/kit.rs"]
mod kit;
#[path = "reader/place.rs"]
mod place;
