//! Where a layer version claims to be complete, and where it claims nothing, as marks that inputs can carry.

use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Of the whole version, wherever the parcel lies: once published, neither changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ground {
    /// First 32 hex digits of the SHA-256 of its coverage (m).
    pub coverage: String,
    /// Likewise of where rows were set aside; none: nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<String>,
}

impl Ground {
    pub fn of(coverage: &MultiPolygon<f64>, set_aside: Option<&MultiPolygon<f64>>) -> Self {
        Self { coverage: mark(coverage), set_aside: set_aside.map(mark) }
    }

    /// What of it is another: its name, as `self` has it, as `found` has it.
    pub fn differs<'a>(&'a self, found: &'a Self) -> Option<(&'static str, &'a str, &'a str)> {
        let or_none = |mark: &'a Option<String>| mark.as_deref().unwrap_or("none");
        let all = [
            ("coverage", self.coverage.as_str(), found.coverage.as_str()),
            ("set_aside", or_none(&self.set_aside), or_none(&found.set_aside)),
        ];
        all.into_iter().find(|(_, a, b)| a != b)
    }
}

fn mark(area: &MultiPolygon<f64>) -> String {
    let mut sum = Sha256::new();
    for polygon in area {
        sum.update([1]);
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            sum.update([2]);
            ring.coords().for_each(|c| [c.x, c.y].iter().for_each(|v| sum.update(v.to_le_bytes())));
        }
    }
    hex::encode(&sum.finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::Rect;

    #[test]
    fn a_moved_millimetre_and_a_lost_hole_are_told_apart() {
        let area = |e: f64| MultiPolygon(vec![Rect::new((0.0, 0.0), (e, 10.0)).to_polygon()]);
        let whole = Ground::of(&area(10.0), Some(&area(1.0)));
        assert_eq!(whole.differs(&Ground::of(&area(10.0), Some(&area(1.0)))), None);
        assert_eq!(whole.differs(&Ground::of(&area(10.001), None)).map(|d| d.0), Some("coverage"));
        let without = Ground { set_aside: None, ..whole.clone() };
        let (what, pinned, found) = whole.differs(&without).unwrap();
        assert_eq!((what, pinned.len(), found), ("set_aside", 32, "none"));
    }
}
