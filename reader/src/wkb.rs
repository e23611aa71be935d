//! A walk over flat little-endian WKB: are the coordinates numbers of this world, and how many are there?

/// Metres or degrees beyond this are nonsense in every CRS.
const LIMIT: f64 = 1e9;
const MAX_DEPTH: u32 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    NotFinite,
    OutOfRange,
    TooMany,
    Unreadable,
}

impl Trouble {
    pub fn code(self) -> &'static str {
        match self {
            Trouble::NotFinite => "coordinate_not_finite",
            Trouble::OutOfRange => "coordinate_out_of_range",
            Trouble::TooMany => "too_many_vertices",
            Trouble::Unreadable => "geometry_unreadable",
        }
    }
}

/// Number of vertices, or the first thing that is wrong. An empty point (NaN NaN) is fine when `empty`.
pub fn check(wkb: &[u8], max_vertices: u32, empty: bool) -> Result<u32, Trouble> {
    let mut w = Walk { rest: wkb, seen: 0, max: max_vertices, empty };
    w.geometry(0)?;
    if w.rest.is_empty() { Ok(w.seen) } else { Err(Trouble::Unreadable) }
}

struct Walk<'a> {
    rest: &'a [u8],
    seen: u32,
    max: u32,
    empty: bool,
}

impl Walk<'_> {
    fn u32(&mut self) -> Result<u32, Trouble> {
        let (head, rest) = self.rest.split_first_chunk::<4>().ok_or(Trouble::Unreadable)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*head))
    }

    fn points(&mut self, n: u32) -> Result<(), Trouble> {
        self.seen = self.seen.saturating_add(n);
        if self.seen > self.max {
            return Err(Trouble::TooMany);
        }
        let (head, rest) = self.rest.split_at_checked(n as usize * 16).ok_or(Trouble::Unreadable)?;
        self.rest = rest;
        for c in head.chunks_exact(8) {
            let v = f64::from_le_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]);
            if !v.is_finite() && !self.empty {
                return Err(Trouble::NotFinite);
            }
            if v.abs() > LIMIT {
                return Err(Trouble::OutOfRange);
            }
        }
        Ok(())
    }

    fn line(&mut self) -> Result<(), Trouble> {
        let n = self.u32()?;
        self.points(n)
    }

    fn geometry(&mut self, depth: u32) -> Result<(), Trouble> {
        let (order, rest) = self.rest.split_first().ok_or(Trouble::Unreadable)?;
        if *order != 1 || depth > MAX_DEPTH {
            return Err(Trouble::Unreadable);
        }
        self.rest = rest;
        match self.u32()? {
            1 => self.points(1),
            2 => self.line(),
            3 => (0..self.u32()?).try_for_each(|_| self.line()),
            4..=7 => (0..self.u32()?).try_for_each(|_| self.geometry(depth + 1)),
            _ => Err(Trouble::Unreadable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> Vec<u8> {
        let mut b = vec![1, 2, 0, 0, 0];
        b.extend((points.len() as u32).to_le_bytes());
        for (x, y) in points {
            b.extend(x.to_le_bytes());
            b.extend(y.to_le_bytes());
        }
        b
    }

    #[test]
    fn names_what_is_wrong() {
        assert_eq!(check(&line(&[(0.0, 1.0), (2.0, 3.0)]), 10, false), Ok(2));
        assert_eq!(check(&line(&[(0.0, f64::NAN)]), 10, false), Err(Trouble::NotFinite));
        assert_eq!(check(&line(&[(0.0, 1e300)]), 10, false), Err(Trouble::OutOfRange));
        assert_eq!(check(&line(&[(0.0, 1.0); 3]), 2, false), Err(Trouble::TooMany));
        assert_eq!(check(&line(&[(0.0, 1.0)])[..20], 10, false), Err(Trouble::Unreadable));
        let mut huge = vec![1, 2, 0, 0, 0];
        huge.extend(u32::MAX.to_le_bytes());
        assert_eq!(check(&huge, u32::MAX, false), Err(Trouble::Unreadable));
    }
}
