//! A file may be right in its beginning and mean something else further on: two sheets put together, a column turned. So every
//! stretch of it is looked at by itself.

use super::Judgement;

/// Points kept of a file, however long it is.
const MOST: usize = 4_096;
/// Points of a stretch: as many as tell a place from chance.
const STRETCH: usize = 32;

/// Points spread evenly over a file as it goes by: every n-th row, n doubling as the file turns out to be longer. Which rows these are
/// depends on their numbers alone.
#[derive(Debug, Clone)]
pub struct Spread {
    step: u64,
    points: Vec<(u64, (f64, f64))>,
    last_row: u64,
}

impl Default for Spread {
    fn default() -> Self {
        Self { step: 1, points: vec![], last_row: 0 }
    }
}

/// Consecutive rows, and some of their points as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    pub first_row: u64,
    pub last_row: u64,
    pub points: Vec<(f64, f64)>,
}

impl Spread {
    /// Is this row (from 1) one of those that are looked at?
    pub fn wants(&self, row: u64) -> bool {
        row % self.step == 1 % self.step
    }

    /// The file goes as far as this row at least.
    pub fn reaches(&mut self, row: u64) {
        self.last_row = self.last_row.max(row);
    }

    /// A point of a row that is wanted; rows come in order.
    pub fn add(&mut self, row: u64, point: (f64, f64)) {
        self.points.push((row, point));
        while self.points.len() > MOST {
            self.step *= 2;
            let step = self.step;
            self.points.retain(|(row, _)| row % step == 1);
        }
    }

    /// The file in stretches, from its first row to its last.
    pub fn stretches(&self) -> Vec<Stretch> {
        // a short rest belongs to the stretch before it
        let many = (self.points.len() / STRETCH).max(1);
        let begins = |i: usize| match i {
            0 => 1,
            _ => self.points.get(i * STRETCH).map_or(self.last_row + 1, |p| p.0),
        };
        let end = |i: usize| if i + 1 == many { self.points.len() } else { (i + 1) * STRETCH };
        let one = |i: usize| Stretch {
            first_row: begins(i),
            last_row: if i + 1 == many { self.last_row } else { begins(i + 1) - 1 },
            points: self.points[i * STRETCH..end(i)].iter().map(|p| p.1).collect(),
        };
        if self.points.is_empty() { vec![] } else { (0..many).map(one).collect() }
    }
}

/// What was declared does not hold for this stretch: another reading fits it, by its place, the map or the grid. Rows that fit no reading
/// at all are told one by one.
pub fn means_another(j: &Judgement) -> bool {
    match j {
        Judgement::Refused { candidates, .. } => !candidates.is_empty(),
        Judgement::Ambiguous { candidates, .. } => {
            candidates.iter().any(|c| c.map.is_some_and(|m| m.share >= super::MAP_SHARE))
        }
        Judgement::Fits { .. } | Judgement::Unproved { .. } | Judgement::NotJudged => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(rows: u64) -> Spread {
        let mut s = Spread::default();
        for row in 1..=rows {
            s.reaches(row);
            if s.wants(row) {
                s.add(row, (row as f64, 0.0));
            }
        }
        s
    }

    #[test]
    fn a_file_of_any_length_is_looked_at_from_end_to_end() {
        assert_eq!(Spread::default().stretches(), []);
        for rows in [1, 5, 31, 32, 33, 100, 4_096, 4_097, 100_000, 1_000_003] {
            let all = spread(rows).stretches();
            assert!(all.iter().map(|s| s.points.len()).sum::<usize>() <= MOST, "{rows}");
            assert_eq!((all[0].first_row, all[all.len() - 1].last_row), (1, rows));
            assert!(all.windows(2).all(|w| w[0].last_row + 1 == w[1].first_row), "{rows}: {all:?}");
            assert!(rows < 64 || all.iter().all(|s| s.points.len() >= STRETCH), "{rows}");
            let within = |s: &Stretch| s.points.iter().all(|p| (s.first_row..=s.last_row).contains(&(p.0 as u64)));
            assert!(all.iter().all(within), "{rows}");
        }
        assert!(spread(1_000_003).stretches().len() >= 60);
    }

    #[test]
    fn the_same_file_gives_the_same_points() {
        let mut late = Spread::default();
        for row in (1..=50_000).filter(|r| r % 2 == 1) {
            late.reaches(row);
            if late.wants(row) {
                late.add(row, (row as f64, 0.0));
            }
        }
        assert!(late.stretches().len() > 20, "rows without a place are passed over");
    }
}
