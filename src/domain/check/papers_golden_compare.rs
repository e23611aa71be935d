//! What a golden case expects beside what a check found.

use super::papers_golden::Expect;
use crate::domain::verify::{Finding, Quantity};

pub(super) fn compare(id: &str, expect: &[Expect], found: &[Finding]) -> Result<(), String> {
    let subjects: Vec<&str> = found.iter().map(|f| f.subject.as_str()).collect();
    if expect.len() != found.len() {
        return Err(format!("{} findings expected, found {subjects:?}", expect.len()));
    }
    for want in expect {
        let subject = long(&want.subject);
        let Some(f) = found.iter().find(|f| f.subject == subject) else {
            return Err(format!("no finding {subject:?} among {subjects:?}"));
        };
        let details: Vec<&str> = f.details.iter().map(|d| &*d.key).filter(|k| !k.starts_with("rule-")).collect();
        let near = |q: Option<Quantity>, w: Option<f64>| match (q, w) {
            (Some(q), Some(w)) => (q.value - w).abs() <= 5e-4,
            (_, None) => true,
            (None, Some(_)) => false,
        };
        let right = f.check == id
            && f.verdict == want.verdict
            && f.effect == want.effect
            && f.message.key == want.message
            && near(f.measured, want.measured)
            && near(f.allowed, want.allowed)
            && details == want.details;
        if !right {
            let (m, a) = (f.measured, f.allowed);
            return Err(format!("{:?} {:?} {} {details:?} {m:?} {a:?}", f.verdict, f.effect, f.message.key));
        }
    }
    Ok(())
}

/// `paper 2/edges` as the subject it stands for.
fn long(subject: &str) -> String {
    let Some(rest) = subject.strip_prefix("paper ") else { return subject.to_owned() };
    let (n, tail) = rest.split_once('/').map_or((rest, String::new()), |(n, t)| (n, format!("/{t}")));
    let n: u128 = n.parse().unwrap();
    format!("{}{tail}", uuid::Uuid::from_u128(n))
}
