//! Every paper has a scan that a person can read.

use super::papers::{cited, clear, hit, list, not_applicable, ruled};
use super::{Context, land};
use crate::domain::rule::Rule;
use crate::domain::theme::Effect;
use crate::domain::verify::{Finding, Message, PaperFacts, Quantity, ScanFacts, Unit, Verdict};

pub const ID: &str = "paper.scan";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let all: Vec<Finding> = cx.facts.papers.iter().map(|p| land::settle(judge(cx, p))).collect();
    if all.is_empty() { vec![not_applicable(ID, "", "scan-no-papers")] } else { all }
}

fn judge(cx: &Context<'_>, p: &PaperFacts) -> land::Known<Finding> {
    let subject = p.id.to_string();
    let rule = ruled(cx, ID, &subject, "paper.scan")?;
    let f = match &p.scan {
        None => hit(ID, &subject, Effect::NeedsPapers, Message::new("scan-none")),
        Some(scan) => legible(rule, &subject, scan)?,
    };
    Ok(cited(f, rule))
}

fn legible(rule: &Rule, subject: &str, scan: &ScanFacts) -> land::Known<Finding> {
    let number = |name| land::number(rule, ID, subject, name);
    let (min_bytes, min_side) = (number("min_bytes")?, number("min_side_px")?);
    let retake = |m| Ok(hit(ID, subject, Effect::NeedsPapers, m));
    if !list(rule, ID, subject, "media_types")?.contains(&scan.media_type) {
        return retake(Message::new("scan-type").with("found", scan.media_type.as_str()));
    }
    if (scan.bytes as f64) < min_bytes {
        return retake(Message::new("scan-bytes").with("bytes", scan.bytes as f64).with("least", min_bytes));
    }
    let (Some(width), Some(height)) = (scan.width, scan.height) else {
        // nobody measured it, so nobody knows that it can be read
        let mut f = Finding::new(ID, subject, Verdict::Failed, Message::new("scan-no-pixels"));
        f.effect = Effect::NeedsPerson;
        return Ok(f);
    };
    let side = f64::from(width.min(height));
    let mut f = match side < min_side {
        true => hit(ID, subject, Effect::NeedsPapers, Message::new("scan-small")),
        false => clear(ID, subject, Message::new("scan-legible")),
    };
    (f.measured, f.allowed) = (Some(Quantity::new(side, Unit::Pixel)), Some(Quantity::new(min_side, Unit::Pixel)));
    Ok(f)
}
