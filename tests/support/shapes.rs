//! Shapes that are hard to measure, told by a number: always the same ones. Whole millimetres, so that an oracle can be exact.

/// Parts, their rings (the shell first, not closed), their corners (mm).
pub type Millimetres = Vec<Vec<Ring>>;
type Ring = Vec<(i64, i64)>;

/// What may be drawn.
pub const KINDS: [&str; 10] = [
    "stars",
    "rectangles on a coarse grid",
    "corner pieces and triangles",
    "a hole and what fills it",
    "several parts and a comb",
    "corners that stand nearly twice",
    "a gap of a millimetre",
    "the same shape",
    "slivers",
    "holes against holes",
];

/// A stream of numbers.
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }
    /// From `low` to `high`, both included.
    pub fn number(&mut self, low: i64, high: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        low + (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as i64 % (high - low + 1)
    }
}

fn rect(x: i64, y: i64, w: i64, h: i64) -> Ring {
    vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
}

fn star(d: &mut Draw, x: i64, y: i64) -> Ring {
    let n = d.number(3, 14);
    let at = |(i, r): (i64, i64)| {
        let t = i as f64 / n as f64 * std::f64::consts::TAU;
        (x + (r as f64 * t.cos()).round() as i64, y + (r as f64 * t.sin()).round() as i64)
    };
    (0..n).map(|i| (i, d.number(2_000, 20_000))).collect::<Vec<_>>().into_iter().map(at).collect()
}

/// On a grid of 2.5 m: edges and corners meet often.
fn coarse(d: &mut Draw) -> Ring {
    let (x, y) = (d.number(0, 5) * 2_500, d.number(0, 5) * 2_500);
    rect(x, y, d.number(1, 4) * 2_500, d.number(1, 4) * 2_500)
}

fn bent(d: &mut Draw) -> Ring {
    let (x, y, s) = (d.number(0, 4) * 2_500, d.number(0, 4) * 2_500, d.number(1, 3) * 2_500);
    vec![(x, y), (x + 2 * s, y), (x + 2 * s, y + s), (x + s, y + s), (x + s, y + 2 * s), (x, y + 2 * s)]
}

fn triangle(d: &mut Draw) -> Ring {
    let mut at = || (d.number(0, 8) * 2_500, d.number(0, 8) * 2_500);
    vec![at(), at(), at()]
}

fn framed(d: &mut Draw) -> (Vec<Ring>, Ring) {
    let (x, y) = (d.number(0, 3) * 2_500, d.number(0, 3) * 2_500);
    let hole = rect(x + 2_500, y + 2_500, 5_000, 5_000);
    (vec![rect(x, y, 12_500, 12_500), hole.clone()], hole)
}

/// Two shapes of a kind.
pub fn pair(kind: usize, seed: u64) -> (Millimetres, Millimetres) {
    let d = &mut Draw::new(seed * 31 + kind as u64);
    let one = |ring: Ring| vec![vec![ring]];
    match kind {
        0 => {
            let a = star(d, 0, 0);
            let (x, y) = (d.number(-25_000, 25_000), d.number(-25_000, 25_000));
            (one(a), one(star(d, x, y)))
        }
        1 => (one(coarse(d)), one(coarse(d))),
        2 => (one(bent(d)), one(triangle(d))),
        3 => {
            let (frame, hole) = framed(d);
            let other = if d.number(0, 1) == 0 { one(hole) } else { one(coarse(d)) };
            if d.number(0, 1) == 0 { (vec![frame], other) } else { (other, vec![frame]) }
        }
        4 => {
            let parts = vec![vec![rect(0, 0, 5_000, 5_000)], vec![rect(7_500, d.number(0, 2) * 2_500, 5_000, 5_000)]];
            let teeth = (0..5).flat_map(|i| {
                let x = i * 3_000;
                [(x, 10_000), (x, 2_000), (x + 1_000, 2_000), (x + 1_000, 10_000)]
            });
            let comb: Vec<_> = teeth.chain([(13_000, 12_000), (0, 12_000)]).collect();
            (parts, one(comb))
        }
        5 => {
            // each corner again, a millimetre on the way to the next
            let twice = |ring: Ring| -> Ring {
                let next = ring.iter().cycle().skip(1);
                let near = |((x, y), (u, v)): (&(i64, i64), &(i64, i64))| {
                    let far = ((u - x) as f64).hypot((v - y) as f64);
                    let step = |d: i64| (d as f64 / far).round() as i64;
                    [(*x, *y), (x + step(u - x), y + step(v - y))]
                };
                ring.iter().zip(next).flat_map(near).collect()
            };
            let (x, y) = (d.number(-9_000, 9_000), d.number(-9_000, 9_000));
            let (a, b) = (star(d, 0, 0), star(d, x, y));
            (one(twice(a)), one(twice(b)))
        }
        6 => {
            let a = coarse(d);
            let w = a[1].0 - a[0].0;
            let b = a.iter().map(|(x, y)| (x + w + d.number(0, 2) - 1, *y)).collect::<Vec<_>>();
            (one(a), one(b))
        }
        7 => {
            let a = star(d, 0, 0);
            let turn = d.number(0, a.len() as i64 - 1) as usize;
            let mut b = a.clone();
            b.rotate_left(turn);
            if d.number(0, 1) == 0 {
                b.reverse();
            }
            (one(a), one(b))
        }
        8 => {
            let thin =
                vec![(d.number(-5_000, 0), 0), (d.number(20_000, 40_000), d.number(1, 40)), (20_000, d.number(41, 90))];
            (one(thin), one(coarse(d)))
        }
        _ => {
            let ((a, _), (b, _)) = (framed(d), framed(d));
            (vec![a], vec![b])
        }
    }
}
