//! What of a case lies, or lay, with authorities. Beside the dossier of the procedure that the contract is about there may be
//! others (a mortgage released first): what is decided about those does not decide the case.

use super::event::{Event, Happened};
use super::state::{Case, Why};
use crate::domain::submission::{Step, standing};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One dossier at an authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// What is applied for.
    pub procedure: String,
    /// What happened to it last; none: it was handed in.
    pub last: Option<Step>,
    /// The event that told of it.
    pub seq: i32,
}

impl Dossier {
    /// The authority works on it.
    pub fn at_work(&self) -> bool {
        standing(self.last) == "at_work"
    }

    /// The authority waits for more.
    pub fn stopped(&self) -> bool {
        standing(self.last) == "asked_more"
    }

    pub fn open(&self) -> bool {
        self.at_work() || self.stopped()
    }

    fn decided(&self) -> Option<bool> {
        match self.last {
            Some(Step::Granted) => Some(true),
            Some(Step::Refused) => Some(false),
            _ => None,
        }
    }
}

impl Case {
    /// An authority works on something, and none waits for us.
    pub(super) fn authority_moves(&self) -> bool {
        self.dossiers.values().any(Dossier::at_work) && !self.dossiers.values().any(Dossier::stopped)
    }

    /// Dossiers of the procedure that the contract is about; all of them while no work is planned.
    pub fn main_dossiers(&self) -> impl Iterator<Item = &Dossier> {
        self.dossiers.values().filter(|d| self.procedure.as_ref().is_none_or(|p| *p == d.procedure))
    }

    /// The last decision about what the contract is about; none: there is none.
    pub fn granted(&self) -> Option<bool> {
        last_decision(self.main_dossiers())
    }

    /// Beside the dossier `id` another for `procedure` lies with an authority, or was granted.
    pub fn stands_besides(&self, id: Uuid, procedure: &str) -> bool {
        let others = self.dossiers.iter().filter(|(other, d)| **other != id && d.procedure == procedure);
        others.map(|(_, d)| d).any(|d| d.open() || d.decided() == Some(true))
    }

    /// Other procedures whose last dossier was refused.
    pub fn refused_beside(&self) -> Vec<&str> {
        let other = |p: &&str| self.procedure.as_deref().is_some_and(|main| main != *p);
        let mut all: Vec<&str> = self.dossiers.values().map(|d| d.procedure.as_str()).filter(other).collect();
        all.sort_unstable();
        all.dedup();
        let of = |p: &str| last_decision(self.dossiers.values().filter(|d| d.procedure == p));
        all.retain(|p| of(p) == Some(false));
        all
    }

    pub(super) fn at_authority(&mut self, event: &Event) -> Result<(), Why> {
        use Happened as H;
        let (id, step) = match &event.what {
            H::Submitted { submission, procedure, .. } => {
                let new = Dossier { procedure: procedure.clone(), last: None, seq: event.seq };
                return if self.dossiers.insert(*submission, new).is_none() { Ok(()) } else { Err(Why::OpenAlready) };
            }
            H::AgencyAskedMore { submission, .. } => (submission, Step::AskedMore),
            H::AgencyAnswered { submission, .. } => (submission, Step::Answered),
            H::AgencyDecided { submission, granted: true, .. } => (submission, Step::Granted),
            H::AgencyDecided { submission, .. } => (submission, Step::Refused),
            H::SubmissionWithdrawn { submission, .. } => (submission, Step::Withdrawn),
            _ => return Ok(()),
        };
        let held = self.dossiers.get_mut(id).filter(|d| step.may_follow(d.last)).ok_or(Why::NotOpen)?;
        (held.last, held.seq) = (Some(step), event.seq);
        Ok(())
    }
}

fn last_decision<'a>(all: impl Iterator<Item = &'a Dossier>) -> Option<bool> {
    all.filter(|d| d.decided().is_some()).max_by_key(|d| d.seq)?.decided()
}
