//! A brake on guessing passwords: in memory, per process. Failures are counted per (login, address) and per address; past
//! a threshold each further failure doubles the wait, up to fifteen minutes.

use std::collections::HashMap;
use std::sync::Mutex;
use time::{Duration, OffsetDateTime};

const PER_LOGIN: u32 = 5;
const PER_ADDRESS: u32 = 30;
const LONGEST: Duration = Duration::minutes(15);
const MOST_KEYS: usize = 10_000;

#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Key, Failures>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    login: Option<String>,
    address: String,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: OffsetDateTime,
}

impl Throttle {
    /// How long this login from this address must still wait; none: it may try.
    pub fn wait(&self, login: &str, address: &str, now: OffsetDateTime) -> Option<Duration> {
        let held = self.0.lock().unwrap_or_else(|e| e.into_inner());
        keys(login, address)
            .into_iter()
            .filter_map(|(key, threshold)| {
                let f = held.get(&key)?;
                let left = f.last + pause(f.count, threshold)? - now;
                left.is_positive().then_some(left)
            })
            .max()
    }

    pub fn failed(&self, login: &str, address: &str, now: OffsetDateTime) {
        let mut held = self.0.lock().unwrap_or_else(|e| e.into_inner());
        if held.len() >= MOST_KEYS {
            held.retain(|_, f| now - f.last < LONGEST);
        }
        for (key, _) in keys(login, address) {
            let f = held.entry(key).or_insert(Failures { count: 0, last: now });
            let forgotten = now - f.last > LONGEST;
            f.count = if forgotten { 1 } else { f.count.saturating_add(1) };
            f.last = now;
        }
    }

    pub fn succeeded(&self, login: &str, address: &str) {
        let mut held = self.0.lock().unwrap_or_else(|e| e.into_inner());
        held.remove(&Key { login: Some(login.to_owned()), address: address.to_owned() });
    }
}

fn keys(login: &str, address: &str) -> [(Key, u32); 2] {
    let key = |login| Key { login, address: address.to_owned() };
    [(key(Some(login.to_owned())), PER_LOGIN), (key(None), PER_ADDRESS)]
}

fn pause(count: u32, threshold: u32) -> Option<Duration> {
    let over = count.checked_sub(threshold)?;
    Some(Duration::seconds(1 << over.min(12)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn waits_grow_and_are_forgotten() {
        let t = Throttle::default();
        let mut now = datetime!(2026-10-01 02:00 UTC);
        for _ in 0..4 {
            t.failed("a", "ip", now);
        }
        assert_eq!(t.wait("a", "ip", now), None);
        t.failed("a", "ip", now);
        assert_eq!(t.wait("a", "ip", now), Some(Duration::seconds(1)));
        t.failed("a", "ip", now);
        assert_eq!(t.wait("a", "ip", now), Some(Duration::seconds(2)));
        assert_eq!(t.wait("b", "ip", now), None, "others may still sign in");
        now += Duration::seconds(2);
        assert_eq!(t.wait("a", "ip", now), None);
        for _ in 0..40 {
            t.failed("a", "ip", now);
        }
        assert_eq!(t.wait("a", "ip", now), Some(LONGEST));
        assert!(t.wait("b", "ip", now).is_some(), "an address that guesses for everybody waits as a whole");
        now += LONGEST + Duration::seconds(1);
        t.failed("a", "ip", now);
        assert_eq!(t.wait("a", "ip", now), None);
    }
}
