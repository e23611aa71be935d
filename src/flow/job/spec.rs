//! Descriptions of all background jobs: `jobs/*.toml`, compiled in, so that a service never runs with another's timetable.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

/// One job kind. `cron` has six fields (second minute hour day month weekday) in Asia/Ho_Chi_Minh; none: on demand.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    pub kind: String,
    pub what: String,
    pub why: String,
    #[serde(default)]
    pub cron: Option<String>,
    /// On working days of Viet Nam alone: it tells people something.
    #[serde(default)]
    pub working_days: bool,
    pub queue: String,
    /// A run that takes longer has failed (s).
    pub timeout_s: f64,
    pub max_attempts: i32,
    pub backoff: Backoff,
    /// Higher goes first within the queue.
    #[serde(default)]
    pub priority: i32,
    /// Department that looks after dead letters of this kind.
    pub owner: String,
}

/// Wait before the next attempt: `first_s`, doubled each time, at most `most_s`; half of it by chance.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backoff {
    pub first_s: f64,
    pub most_s: f64,
}

impl Backoff {
    /// The wait after the failed attempt number `attempt` (from 1). `chance` is from 0 to 1.
    pub fn after(&self, attempt: i32, chance: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).clamp(0, 62);
        let full = (self.first_s * 2f64.powi(doublings)).min(self.most_s);
        Duration::from_secs_f64(full * (0.5 + 0.5 * chance.clamp(0.0, 1.0)))
    }
}

impl Spec {
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout_s)
    }

    fn check(&self) -> Result<(), String> {
        let say = |what: &str| Err(format!("job {}: {what}", self.kind));
        let name =
            |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        match () {
            () if !name(&self.kind) || !name(&self.queue) => say("kind and queue are lower case words with _"),
            () if self.what.is_empty() || self.why.is_empty() || self.owner.is_empty() => {
                say("what, why and owner are needed")
            }
            () if !(self.timeout_s > 0.0 && self.timeout_s <= 86_400.0) => say("timeout_s is from 0 to 86400"),
            () if self.working_days && self.cron.is_none() => say("what has no timetable rests on no days"),
            () if !(1..=100).contains(&self.max_attempts) => say("max_attempts is from 1 to 100"),
            () if !(self.backoff.first_s > 0.0
                && self.backoff.first_s <= self.backoff.most_s
                && self.backoff.most_s <= 86_400.0) =>
            {
                say("backoff needs 0 < first_s <= most_s <= 86400")
            }
            () => Ok(()),
        }
    }
}

/// All job kinds by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Specs(pub BTreeMap<String, Spec>);

/// Files of `jobs/`; a test compares this list with the folder.
pub const SHIPPED: &[(&str, &str)] = &[
    ("advance_plans.toml", include_str!("../../../jobs/advance_plans.toml")),
    ("begin_watch.toml", include_str!("../../../jobs/begin_watch.toml")),
    ("erase_expired.toml", include_str!("../../../jobs/erase_expired.toml")),
    ("extend_chain.toml", include_str!("../../../jobs/extend_chain.toml")),
    ("find_stuck.toml", include_str!("../../../jobs/find_stuck.toml")),
    ("import_layer.toml", include_str!("../../../jobs/import_layer.toml")),
    ("plan_batch.toml", include_str!("../../../jobs/plan_batch.toml")),
    ("purge_finished.toml", include_str!("../../../jobs/purge_finished.toml")),
    ("purge_sessions.toml", include_str!("../../../jobs/purge_sessions.toml")),
    ("reap.toml", include_str!("../../../jobs/reap.toml")),
    ("remind_obligations.toml", include_str!("../../../jobs/remind_obligations.toml")),
    ("remind_requests.toml", include_str!("../../../jobs/remind_requests.toml")),
    ("send_surveys.toml", include_str!("../../../jobs/send_surveys.toml")),
    ("settle_batch.toml", include_str!("../../../jobs/settle_batch.toml")),
    ("sign_head.toml", include_str!("../../../jobs/sign_head.toml")),
    ("verify_case.toml", include_str!("../../../jobs/verify_case.toml")),
    ("verify_chunk.toml", include_str!("../../../jobs/verify_chunk.toml")),
    ("watch_clocks.toml", include_str!("../../../jobs/watch_clocks.toml")),
    ("watch_contracts.toml", include_str!("../../../jobs/watch_contracts.toml")),
    ("watch_links.toml", include_str!("../../../jobs/watch_links.toml")),
    ("watch_parcels.toml", include_str!("../../../jobs/watch_parcels.toml")),
    ("watch_rules.toml", include_str!("../../../jobs/watch_rules.toml")),
    ("watch_sheets.toml", include_str!("../../../jobs/watch_sheets.toml")),
];

impl Specs {
    /// Reads descriptions; the error names the file and what is wrong in it.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, String> {
        let mut specs = BTreeMap::new();
        for (name, text) in files {
            let spec: Spec = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
            spec.check().map_err(|e| format!("{name}: {e}"))?;
            if specs.insert(spec.kind.clone(), spec).is_some() {
                return Err(format!("{name}: this kind is described twice"));
            }
        }
        Ok(Self(specs))
    }

    /// The kinds this service ships with.
    pub fn shipped() -> Result<&'static Specs, String> {
        static READ: LazyLock<Result<Specs, String>> = LazyLock::new(|| Specs::read(SHIPPED));
        READ.as_ref().map_err(Clone::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_descriptions_are_sound() {
        let specs = Specs::shipped().unwrap();
        assert_eq!(specs.0["verify_case"].queue, "interactive");
        assert_eq!(specs.0["import_layer"].queue, "bulk");
    }

    #[test]
    fn back_off_doubles_up_to_its_limit_and_is_never_nothing() {
        let b = Backoff { first_s: 2.0, most_s: 60.0 };
        assert_eq!(b.after(1, 1.0), Duration::from_secs(2));
        assert_eq!(b.after(1, 0.0), Duration::from_secs(1));
        assert_eq!(b.after(3, 1.0), Duration::from_secs(8));
        assert_eq!(b.after(99, 1.0), Duration::from_secs(60));
        assert_eq!(b.after(i32::MAX, 0.0), Duration::from_secs(30));
    }

    #[test]
    fn a_bad_description_is_refused_by_name() {
        let good = SHIPPED.iter().find(|(name, _)| *name == "import_layer.toml").unwrap().1;
        let bad = good.replace("max_attempts = 3", "max_attempts = 0");
        assert!(Specs::read(&[("x.toml", &bad)]).unwrap_err().contains("max_attempts"));
        let typo = good.replace("owner", "ownr");
        assert!(Specs::read(&[("x.toml", &typo)]).unwrap_err().starts_with("x.toml"));
        assert!(Specs::read(&[("a.toml", good), ("b.toml", good)]).unwrap_err().contains("twice"));
    }
}
