//! Whether newer maps say anything else of the ground around a parcel. One that says the same there outdates nothing.

use crate::app::App;
use crate::domain::advice::{SheetPins, stale};
use crate::domain::verify::Message;
use crate::flow::Result;
use crate::store::advice;

/// As far as checks look around a parcel (m); wider strips of a theme or a map are looked for as far as they reach.
const LOOKED_AT_M: f64 = 60.0;
const BEYOND_M: f64 = 20.0;

/// Why something no longer holds that rests on `made`. A newer version of a map that has the same rows, coverage and accuracy around the
/// parcel, by the same decision, is no other ground.
pub(super) async fn stale_now(app: &App, made: &SheetPins, now: &SheetPins) -> Result<Vec<Message>> {
    let mut now = now.clone();
    let parcel = made.parcel.as_ref().filter(|p| now.parcel.as_ref() == Some(p)).map(|p| p.id);
    let gone: Vec<_> = made.layers.iter().filter(|l| !now.layers.contains(l)).collect();
    if let (Some(parcel), false) = (parcel, gone.is_empty()) {
        let widest = app.book.themes.iter().filter_map(|t| t.half_width_m).fold(0.0, f64::max);
        let reach = (widest + BEYOND_M).max(LOOKED_AT_M);
        let mut conn = app.pool.acquire().await?;
        for (layer, old) in gone {
            for newer in now.layers.iter_mut().filter(|l| l.0 == *layer && !made.layers.contains(l)) {
                if advice::same_around(&mut conn, parcel, *old, newer.1, reach).await? {
                    newer.1 = *old;
                }
            }
        }
    }
    Ok(stale(made, &now))
}
