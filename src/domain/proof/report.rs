//! A report as a stranger checks it: the file alone, and the public keys the office publishes.

use super::{Bundle, Doubt, Keyring, Proven, Sealed, carried, check_file};

/// What was proved of a report, part by part.
#[derive(Debug, Clone)]
pub struct ReportProof {
    /// The file as a whole.
    pub file: Result<Sealed, Doubt>,
    /// The record inside it; none: it carries no proof.
    pub record: Result<Option<Proven>, Doubt>,
}

impl ReportProof {
    /// Nothing is in doubt.
    pub fn holds(&self) -> bool {
        let all = |p: &Proven| !matches!(p.all_opinions, Some(Err(_)));
        self.file.is_ok() && self.record.as_ref().is_ok_and(|p| p.as_ref().is_none_or(all))
    }
}

/// Proves a sealed PDF. A record inside is proved by itself, so that a changed page is told from a changed record.
pub fn check_report(file: &[u8], keys: &Keyring) -> ReportProof {
    let whole = Sealed::read(file).and_then(|s| check_file(file, keys.get(&s.signed.key_id)?));
    let proven = |b: Bundle| b.check(keys);
    ReportProof { file: whole, record: carried(file).and_then(|found| found.map(proven).transpose()) }
}
