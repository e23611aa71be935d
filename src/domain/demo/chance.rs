//! Chance that is handed in as a seed: the same seed gives the same numbers on any machine (integer arithmetic, and only
//! the float operations that IEEE 754 fixes to the last bit).

/// SplitMix64: one 64-bit state, good enough to draw a town with; not for secrets.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

pub(crate) fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Chance {
    /// A stream of its own for every `purpose`, so that a change in one part of the ward leaves the others alone.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        Self(purpose.bytes().fold(mix(seed), |h, b| mix(h ^ u64::from(b))))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// In [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn span(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * self.unit()
    }

    /// Whole number in `from..to` (`from` when the range is empty).
    pub(crate) fn int(&mut self, from: i64, to: i64) -> i64 {
        if to <= from { from } else { from + (self.next() % (to - from) as u64) as i64 }
    }

    /// Millimetres between two lengths in metres.
    pub(crate) fn mm(&mut self, from_m: f64, to_m: f64) -> i64 {
        (self.span(from_m, to_m) * 1000.0).round() as i64
    }

    pub(crate) fn hit(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.int(0, from.len() as i64) as usize]
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.int(0, i as i64 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_repeatable_and_apart() {
        let draw = |purpose: &str| {
            (0..4)
                .map({
                    let mut c = Chance::new(7, purpose);
                    move |_| c.int(0, 1000)
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(draw("a"), draw("a"));
        assert_ne!(draw("a"), draw("b"));
        let mut c = Chance::new(1, "range");
        assert!((0..1000).all(|_| (2.0..3.0).contains(&c.span(2.0, 3.0))));
    }
}
