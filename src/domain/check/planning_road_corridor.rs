//! Land lost to a planned road, and what remains of the parcel.

use super::{Context, land, themed};
use crate::domain::theme::Family;
use crate::domain::verify::{Finding, Message, Verdict};

pub const ID: &str = "planning.road_corridor";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    themed::each(cx, Family::RoadCorridor, |theme| {
        let (mut f, lost) = themed::restrict(cx, ID, theme)?;
        if let (Verdict::Hit, Some(lost)) = (f.verdict, lost) {
            let area = land::ground(cx, ID, &theme.theme.code)?.measured.area;
            let rest = Message::new("corridor-remains")
                .with("area", (area - lost.area.nominal).max(0.0))
                .with("low", (area - lost.area.high).max(0.0))
                .with("high", (area - lost.area.low).max(0.0));
            f.details.insert(0, rest);
        }
        Ok(f)
    })
}
