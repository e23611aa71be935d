//! The survey after a hand-over: which steps are asked about, and what the scores come to.

use crate::domain::case::{Case, Event, NoMove};
use crate::domain::problem::FieldProblem;
use serde::Serialize;
use std::collections::BTreeMap;
use time::Duration;

/// How long a link can be answered.
pub const OPEN_FOR: Duration = Duration::days(30);
/// After this long a customer who was handed everything is asked; the house's habit.
pub const ASK_AFTER: Duration = Duration::days(3);
/// Steps a customer has seen something of, in their order.
const ASKED: &[&str] = &["intake", "verification", "advice", "quotation", "contract", "execution", "hand_over"];

/// The steps a case went through, of those a customer can speak about.
///
/// # Errors
/// [`NoMove`] of the first event that cannot have happened.
pub fn steps(events: &[Event]) -> Result<Vec<&'static str>, NoMove> {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut case = None;
    for event in events {
        let next = Case::next(case, event)?;
        seen.push(next.step.name());
        case = Some(next);
    }
    Ok(ASKED.iter().copied().filter(|s| seen.contains(s)).collect())
}

/// What cannot be taken of an answer: a score per step that was asked about, 1 (bad) to 5 (good); steps may be left out.
pub fn problems(scores: &BTreeMap<String, u8>, asked: &[String]) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if scores.is_empty() {
        found.push(FieldProblem::new("scores", "required", "", asked.join(", ")));
    }
    for (step, score) in scores {
        let field = format!("scores.{step}");
        if !asked.contains(step) {
            found.push(FieldProblem::new(field, "not-in-list", step, asked.join(", ")));
        } else if !(1..=5).contains(score) {
            found.push(FieldProblem::new(field, "range", score, "1-5"));
        }
    }
    found
}

/// The scores of one step.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct StepScore {
    pub step: String,
    pub answers: i64,
    /// 1 (bad) to 5 (good).
    pub mean: f64,
    /// How many gave 1, 2, 3, 4, 5.
    pub counts: [i64; 5],
}

/// Steps in their order, out of (step, score, how many).
pub fn sums(rows: &[(String, i32, i64)]) -> Vec<StepScore> {
    let of = |step: &&str| {
        let mut counts = [0i64; 5];
        for (_, score, n) in rows.iter().filter(|(s, ..)| s == step) {
            if let Some(count) = usize::try_from(score - 1).ok().and_then(|i| counts.get_mut(i)) {
                *count += n;
            }
        }
        let answers: i64 = counts.iter().sum();
        let points: i64 = counts.iter().zip(1..).map(|(n, score)| n * score).sum();
        let mean = crate::domain::verify::round3(points as f64 / answers.max(1) as f64);
        (answers > 0).then(|| StepScore { step: (*step).to_owned(), answers, mean, counts })
    };
    ASKED.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_of_those_who_answered() {
        let rows = [("advice".to_owned(), 5, 2), ("intake".to_owned(), 1, 1), ("advice".to_owned(), 2, 1)];
        let all = sums(&rows);
        assert_eq!(
            all.iter().map(|s| (s.step.as_str(), s.answers, s.mean)).collect::<Vec<_>>(),
            [("intake", 1, 1.0), ("advice", 3, 4.0)]
        );
        assert_eq!(all[1].counts, [0, 1, 0, 0, 2]);
    }

    #[test]
    fn scores_are_one_to_five_of_steps_that_were_asked() {
        let asked = vec!["intake".to_owned(), "advice".to_owned()];
        let of = |scores: &[(&str, u8)]| {
            let scores = scores.iter().map(|(s, n)| ((*s).to_owned(), *n)).collect();
            problems(&scores, &asked).into_iter().map(|p| format!("{}: {}", p.field, p.code)).collect::<Vec<_>>()
        };
        assert_eq!(of(&[("intake", 5)]), Vec::<String>::new());
        assert_eq!(of(&[]), ["scores: required"]);
        assert_eq!(of(&[("advice", 0), ("moon", 3)]), ["scores.advice: range", "scores.moon: not-in-list"]);
    }
}
