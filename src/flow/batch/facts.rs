//! What one parcel sees of a window: the same facts as `flow/verification/gather` finds for it alone.

use super::read::{Subject, Window};
use crate::domain::theme::Family;
use crate::domain::verify::{CaseFacts, Facts, Feature, Gathered, LayerFacts, Neighbour, ThemeFacts};
use crate::flow::verification::{MOST_NEIGHBOURS, MOST_ROWS, SEARCH_M, parcel_facts, registered};
use crate::store::layer::NOWHERE;
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
        let themes = self.themes(s);
        let registered = registered(&themes);
        let parcel = parcel_facts(&s.row, boundary, s.layer.clone(), registered, s.keys.clone());
        Ok(Facts {
            as_of,
            case: CaseFacts { province: s.province.clone(), ..case.clone() },
            papers: vec![],
            resolution: s.resolution.clone(),
            parcel: Some(parcel),
            neighbours: self.neighbours(s),
            themes,
            theme_set: self.theme_set.clone(),
            other_cases: Gathered::Read(s.other_cases.clone()),
        })
    }

    fn themes(&self, s: &Subject) -> Vec<ThemeFacts> {
        let mut features = self.features(s);
        let themes = self.theme_set.themes.iter().filter(|t| t.family != Family::Parcel);
        let themes = themes.map(|theme| {
            let layers = self.versions.iter().zip(&s.covers).filter(|(v, _)| v.theme == theme.code);
            let layers = layers.map(|(v, coverage)| LayerFacts {
                pin: v.pin.clone(),
                coverage: coverage.clone(),
                features: features.remove(&v.pin.layer_version_id).unwrap_or_else(|| Gathered::Read(vec![])),
            });
            ThemeFacts { theme: theme.clone(), layers: layers.collect() }
        });
        themes.collect()
    }

    /// The rows around a parcel, by version; all versions share the fate of their one query.
    fn features(&self, s: &Subject) -> BTreeMap<i64, Features> {
        let bounds = s.bounds.map_or(NOWHERE, |b| b.widened(SEARCH_M));
        let mut places = self.near_boxes.meeting(bounds);
        places.extend(s.keys.iter().filter_map(|k| self.keyed.get(k)).flatten());
        let ids = self.versions.iter().filter(|v| !v.is_cadastral).map(|v| v.pin.layer_version_id);
        if places.len() as i64 > MOST_ROWS {
            return ids.map(|id| (id, Gathered::Truncated(MOST_ROWS as usize))).collect();
        }
        places.sort_unstable();
        let mut out: BTreeMap<i64, Features> = ids.map(|id| (id, Gathered::Read(vec![]))).collect();
        for near in places.into_iter().map(|p| &self.near[p]) {
            match (&near.feature, out.get_mut(&near.version)) {
                (Ok(f), Some(Gathered::Read(list))) => list.push(f.clone()),
                (Err(e), Some(slot)) => *slot = Gathered::Failed(e.clone()),
                _ => {}
            }
        }
        out
    }

    fn neighbours(&self, s: &Subject) -> Gathered<Vec<Neighbour>> {
        let Some(bounds) = s.bounds else { return Gathered::Read(vec![]) };
        let places = self.neighbour_boxes.meeting(bounds.widened(2.0));
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
