//! What one parcel sees of a window: the same facts as `flow/verification/gather` finds for it alone.

use super::boxes::Boxes;
use super::read::{Subject, Window};
use crate::domain::verify::{CaseFacts, Facts, Feature, Gathered, Neighbour};
use crate::flow::verification::{MOST_NEIGHBOURS, MOST_ROWS, NEIGHBOURS_M, asked, parcel_facts, theme_layers};
use crate::store::feature::Bounds;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::Date;

type Features = Gathered<Vec<Arc<Feature>>>;

impl Window {
    /// The facts of parcel number `i` of the chunk, in order.
    ///
    /// # Errors
    /// Why it cannot be judged.
    pub fn facts(&self, i: usize, case: &CaseFacts, as_of: Date) -> Result<Facts, String> {
        let Some(Some(s)) = self.subjects.get(i) else { return Err("the parcel is not there".into()) };
        let boundary = s.boundary.clone()?;
        let themes = theme_layers(&self.theme_set, &self.versions, s.window, self.features(s));
        let parcel = parcel_facts(&s.row, boundary, s.layer.clone(), s.keys.clone());
        Ok(Facts {
            as_of,
            case: CaseFacts { province: s.province.clone(), old_province: s.old_province.clone(), ..case.clone() },
            papers: vec![],
            resolution: s.resolution.clone(),
            parcel: Some(parcel),
            neighbours: self.neighbours(s),
            themes,
            theme_set: self.theme_set.clone(),
            other_cases: s.other_cases.clone(),
            // nobody handed in a paper
            readings: vec![],
        })
    }

    /// The rows around a parcel, by version; all versions share the fate of their one query.
    fn features(&self, s: &Subject) -> BTreeMap<i64, Features> {
        let window: Option<Bounds> = s.window.map(Bounds::from);
        let meeting = |(beyond, boxes): &(f64, Boxes)| window.map(|w| boxes.meeting(w.widened(*beyond)));
        let mut places: Vec<usize> = self.near_boxes.iter().filter_map(meeting).flatten().collect();
        places.extend(s.keys.iter().filter_map(|k| self.keyed.get(k)).flatten());
        places.sort_unstable();
        places.dedup();
        let ids = asked(&self.theme_set, &self.versions).into_iter().map(|a| a.version);
        if places.len() as i64 > MOST_ROWS {
            return ids.map(|id| (id, Gathered::Truncated(MOST_ROWS as usize))).collect();
        }
        let mut out: BTreeMap<i64, Features> = ids.map(|id| (id, Gathered::Read(vec![]))).collect();
        for (version, row) in places.into_iter().map(|p| &self.near[p]) {
            match (row, out.get_mut(version)) {
                (Ok(f), Some(Gathered::Read(list))) => list.push(f.clone()),
                (Err(e), Some(slot)) => *slot = Gathered::Failed(e.to_string()),
                _ => {}
            }
        }
        out
    }

    fn neighbours(&self, s: &Subject) -> Gathered<Vec<Arc<Neighbour>>> {
        let Some(bounds) = s.bounds else { return Gathered::Read(vec![]) };
        let places = self.neighbour_boxes.meeting(bounds.widened(NEIGHBOURS_M));
        if places.len() as i64 > MOST_NEIGHBOURS {
            return Gathered::Truncated(MOST_NEIGHBOURS as usize);
        }
        let mut out = Vec::with_capacity(places.len());
        for (id, neighbour) in places.into_iter().map(|p| &self.neighbours[p]) {
            match neighbour {
                _ if *id == s.row.parcel_id => {}
                Ok(n) => out.extend(n.clone()),
                Err(e) => return Gathered::Failed(e.clone()),
            }
        }
        Gathered::Read(out)
    }
}
