//! Follows events over all cases as they can be seen. Their numbers are given before they are committed, so one may come to
//! light behind a higher one, and some never do; none may be missed, and none waits for another.

use std::collections::BTreeSet;

/// How far a follower is: everything up to `low` is told or will never be, and above it what is in `told`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    low: i64,
    told: BTreeSet<i64>,
    /// Numbers up to the first that are still missing once every transaction up to the second has ended are missing for good.
    gap: Option<(i64, i64)>,
}

impl Tail {
    /// From behind `low`; `told` are numbers above it that are not to be told.
    pub fn behind(low: i64, told: impl IntoIterator<Item = i64>) -> Self {
        let mut tail = Self { low, told: told.into_iter().collect(), gap: None };
        tail.settle();
        tail
    }

    /// Where a follower that comes back goes on: nothing is missed from here, though some may be told once more.
    pub fn low(&self) -> i64 {
        self.low
    }

    /// What is told above `low`.
    pub fn told(&self) -> Vec<i64> {
        self.told.iter().copied().collect()
    }

    /// Takes note of numbers that are told, looked for after every transaction below `ended` had ended.
    pub fn see(&mut self, numbers: impl IntoIterator<Item = i64>, ended: i64) {
        self.told.extend(numbers);
        if let Some((upto, _)) = self.gap.filter(|(_, last)| *last < ended) {
            self.low = self.low.max(upto);
            self.gap = None;
        }
        self.settle();
    }

    /// Something is missing, and it is not known yet how long to wait for it.
    pub fn has_gap(&self) -> bool {
        self.gap.is_none() && !self.told.is_empty()
    }

    /// No transaction that was writing when the last numbers were seen is later than `last`.
    pub fn waits_for(&mut self, last: i64) {
        self.gap = self.told.last().map(|upto| (*upto, last));
    }

    fn settle(&mut self) {
        self.told = self.told.split_off(&(self.low + 1));
        while self.told.remove(&(self.low + 1)) {
            self.low += 1;
        }
        self.gap = self.gap.filter(|(upto, _)| *upto > self.low);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_that_comes_late_is_told_and_one_that_never_comes_is_not_waited_for() {
        let mut tail = Tail::behind(10, [12]);
        assert_eq!((tail.low(), tail.told(), tail.has_gap()), (10, vec![12], true), "11 is still being written");
        tail.waits_for(500);
        tail.see([14], 500);
        assert_eq!((tail.low(), tail.told()), (10, vec![12, 14]), "transaction 500 may hold 11");
        tail.see([11], 501);
        assert_eq!((tail.low(), tail.told(), tail.has_gap()), (12, vec![14], true), "13 came up after the wait began");
        tail.waits_for(600);
        tail.see([], 601);
        assert_eq!((tail.low(), tail.told(), tail.has_gap()), (14, vec![], false), "13 was rolled back");
    }

    #[derive(Debug, Clone)]
    enum Move {
        /// Begins to write, and is given a number.
        Begin,
        Commit(usize),
        RollBack(usize),
        Look,
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let one = prop_oneof![
            4 => Just(Move::Begin),
            3 => (0..6usize).prop_map(Move::Commit),
            1 => (0..6usize).prop_map(Move::RollBack),
            3 => Just(Move::Look),
        ];
        proptest::collection::vec(one, 0..120)
    }

    proptest! {
        /// Transactions take their own number first and that of their event later, in another order.
        #[test]
        fn each_event_is_told_once(moves in moves(), shuffle in proptest::collection::vec(any::<bool>(), 200)) {
            let (mut tail, mut open, mut seen) = (Tail::behind(0, []), Vec::<(i64, Option<i64>)>::new(), BTreeSet::new());
            let (mut transaction, mut number, mut told, mut kept) = (0, 0, Vec::new(), Vec::new());
            let mut give = |open: &mut Vec<(i64, Option<i64>)>, last: bool| {
                let mut without = open.iter_mut().filter(|t| t.1.is_none());
                let one = if last { without.next_back() } else { without.next() };
                one.into_iter().for_each(|t| { number += 1; t.1 = Some(number) });
            };
            let look = |tail: &mut Tail, open: &[(i64, Option<i64>)], seen: &BTreeSet<i64>, transaction: &mut i64, told: &mut Vec<i64>| {
                let ended = open.iter().map(|t| t.0).min().unwrap_or(*transaction + 1);
                let new: Vec<i64> = seen.iter().copied().filter(|n| *n > tail.low() && !tail.told().contains(n)).collect();
                told.extend(&new);
                tail.see(new, ended);
                if tail.has_gap() {
                    *transaction += 1;
                    tail.waits_for(*transaction);
                }
            };
            for (n, step) in moves.into_iter().enumerate() {
                match step {
                    Move::Begin => { transaction += 1; open.push((transaction, None)); }
                    Move::Commit(i) if i < open.len() => {
                        while open[i].1.is_none() { give(&mut open, shuffle[n]); }
                        let n = open.remove(i).1.unwrap_or_default();
                        kept.push(n);
                        seen.insert(n);
                    }
                    Move::RollBack(i) if i < open.len() => { give(&mut open, shuffle[n]); open.remove(i); }
                    Move::Look => look(&mut tail, &open, &seen, &mut transaction, &mut told),
                    _ => {}
                }
            }
            open.clear();
            for _ in 0..3 { look(&mut tail, &open, &seen, &mut transaction, &mut told); }
            told.sort_unstable();
            kept.sort_unstable();
            prop_assert_eq!(&told, &kept);
            prop_assert_eq!(tail.told(), Vec::<i64>::new(), "nothing is waited for when all has ended");
        }
    }
}
