//! What a finding says that does not change from day to day: ages of a source grow by themselves.

use super::{CanonicalError, FindingRecord, Message, Quantity, Unit, canonical, sha256_hex};

impl Message {
    /// Without what changes from day to day.
    pub fn ageless(&self) -> Message {
        let mut said = self.clone();
        said.args.remove("days");
        if said.key.ends_with("-stale") {
            said.args.remove("date");
        }
        said
    }
}

impl FindingRecord {
    /// Measured and allowed, unless they are ages.
    pub fn amounts(&self) -> [Option<Quantity>; 2] {
        [self.measured, self.allowed].map(|q| q.filter(|q| q.unit != Unit::Day))
    }
}

/// SHA-256 over what findings say to the word, ages aside, in any order: another bank's mortgage is another print.
///
/// # Errors
/// None with findings of a record.
pub fn print<'a>(findings: impl IntoIterator<Item = &'a FindingRecord>) -> Result<String, CanonicalError> {
    let said = |f: &FindingRecord| {
        let details: Vec<Message> = f.details.iter().map(Message::ageless).collect();
        canonical(&(&f.check, &f.subject, f.verdict, f.effect, f.certainty, f.amounts(), f.message.ageless(), details))
    };
    let mut all = findings.into_iter().map(said).collect::<Result<Vec<String>, _>>()?;
    all.sort_unstable();
    Ok(sha256_hex(all.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::theme::Effect;
    use crate::domain::verify::Verdict;

    fn found(days: f64, bank: &str) -> FindingRecord {
        serde_json::from_value(serde_json::json!({"group": "encumbrance", "check": "encumbrance.register", "subject": "", "verdict": Verdict::Hit,
            "effect": Effect::NeedsPerson, "measured": {"value": days, "unit": "day"}, "sources": [], "details": [{"key": "mortgage",
            "args": {"bank": bank}}], "message": {"key": "register-stale", "args": {"days": days, "date": days}}, "evidence": []}))
        .unwrap()
    }

    #[test]
    fn only_what_lasts_is_compared_and_order_is_nothing() {
        let (a, b) = (found(3.0, "A"), found(4.0, "A"));
        assert_eq!(print([&a]).unwrap(), print([&b]).unwrap());
        assert_ne!(print([&a]).unwrap(), print([&found(3.0, "B")]).unwrap());
        let other = found(3.0, "B");
        assert_eq!(print([&a, &other]).unwrap(), print([&other, &b]).unwrap());
        assert_ne!(print([&a, &other]).unwrap(), print([&a]).unwrap());
    }
}
