//! The papers that the procedure asks for are all there and complete; what lacks is named in one go.

use super::Context;
use super::papers::{certificates, clear, hit, joint, not_applicable, powers};
use crate::domain::paper::Paper;
use crate::domain::text::fold::squeezed;
use crate::domain::theme::Effect;
use crate::domain::verify::{CaseFacts, Facts, Finding, Message, PaperFacts, Quantity, RequiredPaper, Unit, Verdict};

pub const ID: &str = "paper.required_set";

pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    vec![judge(cx.facts)]
}

fn judge(facts: &Facts) -> Finding {
    let procedure = facts.case.procedure.as_str();
    if procedure == CaseFacts::INQUIRY {
        return not_applicable(ID, "", "papers-not-asked");
    }
    if facts.case.required_papers.is_empty() {
        let mut f =
            Finding::new(ID, "", Verdict::NotCovered, Message::new("papers-no-list").with("procedure", procedure));
        f.effect = Effect::NeedsPerson;
        return f;
    }
    let mut needed: Vec<&RequiredPaper> = facts.case.required_papers.iter().filter(|r| wanted(facts, r)).collect();
    needed.sort_by_key(|r| r.kind.as_str());
    needed.dedup_by_key(|r| r.kind.as_str());
    let lacking: Vec<Message> = needed.iter().filter_map(|r| lack(facts, r)).collect();
    let (all, lack) = (needed.len() as f64, lacking.len() as f64);
    let mut f = if lacking.is_empty() {
        clear(ID, "", Message::new("papers-complete").with("count", all))
    } else {
        hit(ID, "", Effect::NeedsPapers, Message::new("papers-lacking").with("lacking", lack).with("count", all))
    };
    f.measured = Some(Quantity::new(lack, Unit::Count));
    f.allowed = Some(Quantity::new(0.0, Unit::Count));
    f.details = lacking;
    f
}

/// An unknown condition counts as one that holds.
fn wanted(facts: &Facts, r: &RequiredPaper) -> bool {
    match r.when.as_str() {
        "joint_ownership" => certificates(facts).any(|(_, c)| joint(c)),
        "represented" => {
            let agent = |p: &PaperFacts| matches!(&p.paper, Paper::IdentityCard(c) if c.role.as_deref() == Some("representative"));
            powers(facts).next().is_some() || facts.papers.iter().any(agent)
        }
        _ => true,
    }
}

fn lack(facts: &Facts, r: &RequiredPaper) -> Option<Message> {
    let there: Vec<&PaperFacts> = facts.papers.iter().filter(|p| is(&p.paper, &r.kind)).collect();
    if there.iter().any(|p| p.complete) {
        return None;
    }
    let message =
        |key: &'static str| Message::new(key).with("kind", r.kind.as_str()).with("citation", r.citation.as_str());
    Some(match there.first() {
        None => message("papers-lack-one"),
        Some(draft) => message("papers-draft").with("fields", draft.paper.missing().join(", ")),
    })
}

/// A free paper stands for the kind its title names.
fn is(paper: &Paper, kind: &str) -> bool {
    match paper {
        Paper::Other(o) => o.title.as_deref().is_some_and(|t| squeezed(t) == squeezed(kind)),
        _ => paper.kind() == kind,
    }
}
