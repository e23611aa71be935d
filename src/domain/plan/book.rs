use super::form::{self, Field};
use crate::domain::dispatch::Department;
use crate::domain::fieldwork::day::Habits;
use crate::domain::theme::Bilingual;
use crate::domain::verify::Message;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// Something a member of staff can do that not everybody can.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    pub code: String,
    pub title: Bilingual,
}

/// Where a task is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum At {
    Office,
    Parcel,
    Agency,
    Customer,
}

/// A kind of task in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    pub kind: String,
    pub department: Department,
    pub title: Bilingual,
    pub at: At,
    /// Usual time on the spot (minutes).
    pub minutes: u32,
    /// All of them are needed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub skills: BTreeSet<String>,
    /// Who does it has to reach the customer.
    #[serde(default)]
    pub contact: bool,
    #[serde(default, rename = "field", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// What must hold; as text `papers_in`, `no_issue`, `submitted`, `granted`, `paper:<kind>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Condition {
    /// Nothing asked of the customer is open.
    PapersIn,
    /// No issue of the case is open.
    NoIssue,
    /// The dossier of the procedure lies with an authority, or it has granted what was applied for.
    Submitted,
    /// No dossier of the procedure lies with an authority any more, and the last decision about it was to grant.
    Granted,
    /// A complete paper of this kind is in the case.
    Paper(String),
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PapersIn => f.write_str("papers_in"),
            Self::NoIssue => f.write_str("no_issue"),
            Self::Submitted => f.write_str("submitted"),
            Self::Granted => f.write_str("granted"),
            Self::Paper(kind) => write!(f, "paper:{kind}"),
        }
    }
}

impl Condition {
    /// In words: what is waited for.
    pub fn said(&self) -> Message {
        match self {
            Self::PapersIn => Message::new("wait-papers-in"),
            Self::NoIssue => Message::new("wait-no-issue"),
            Self::Submitted => Message::new("wait-submitted"),
            Self::Granted => Message::new("wait-granted"),
            Self::Paper(kind) => Message::new("wait-paper").with("kind", kind.as_str()),
        }
    }
}

impl TryFrom<String> for Condition {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "papers_in" => Ok(Self::PapersIn),
            None if text == "no_issue" => Ok(Self::NoIssue),
            None if text == "submitted" => Ok(Self::Submitted),
            None if text == "granted" => Ok(Self::Granted),
            Some(("paper", kind)) if !kind.is_empty() => Ok(Self::Paper(kind.to_owned())),
            _ => Err(format!("{text}: a condition is papers_in, no_issue, submitted, granted or paper:<kind>")),
        }
    }
}

impl From<Condition> for String {
    fn from(c: Condition) -> Self {
        c.to_string()
    }
}

/// One task of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub kind: String,
    /// Kinds of the same plan that are done before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// Working days from the day it can begin.
    pub due_days: u32,
    /// What must hold before it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry: Vec<Condition>,
    /// What must hold, besides its required fields, before it ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exit: Vec<Condition>,
}

/// A plan with the kinds it names: complete in itself, so that a case can keep the one it began with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkPlan {
    pub steps: Vec<Step>,
    pub kinds: BTreeMap<String, Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePlan {
    procedures: Vec<String>,
    #[serde(default)]
    otherwise: bool,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    day: Habits,
    skill: Vec<Skill>,
    kind: Vec<Kind>,
    plan: Vec<FilePlan>,
}

/// All plans, checked: no circle, every name known, one plan for whatever procedure.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanBook {
    day: Habits,
    skills: Vec<Skill>,
    kinds: BTreeMap<String, Kind>,
    plans: BTreeMap<String, WorkPlan>,
    otherwise: WorkPlan,
}

impl PlanBook {
    /// Reads and checks plans; the error says what is wrong where.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        let mut kinds = BTreeMap::new();
        for kind in file.kind {
            check_kind(&kind, &file.skill)?;
            if let Some(twice) = kinds.insert(kind.kind.clone(), kind) {
                return Err(format!("kind {}: listed twice", twice.kind));
            }
        }
        let (mut plans, mut otherwise) = (BTreeMap::new(), None);
        for plan in file.plan {
            let name = plan.procedures.join(", ");
            let whole = complete(plan.step, &kinds).map_err(|e| format!("plan of {name}: {e}"))?;
            if plan.otherwise && otherwise.replace(whole.clone()).is_some() {
                return Err(format!("plan of {name}: a second one is marked `otherwise`"));
            }
            for procedure in plan.procedures {
                if plans.insert(procedure.clone(), whole.clone()).is_some() {
                    return Err(format!("{procedure}: two plans"));
                }
            }
        }
        let otherwise = otherwise.ok_or("no plan is marked `otherwise`")?;
        let d = file.day;
        if !(d.speed_kmh > 0.0 && d.detour >= 1.0 && d.from_minute < d.to_minute && d.to_minute <= 1440) {
            return Err("day: a speed above 0, a detour from 1, and a beginning before its end".into());
        }
        Ok(Self { day: d, skills: file.skill, kinds, plans, otherwise })
    }

    /// The plans this service ships with.
    pub fn shipped() -> Result<&'static Self, String> {
        static READ: LazyLock<Result<PlanBook, String>> =
            LazyLock::new(|| PlanBook::read(include_str!("../../../data/plans.toml")));
        READ.as_ref().map_err(Clone::clone)
    }

    /// The plan of a procedure; the general one when none names it.
    pub fn plan(&self, procedure: &str) -> &WorkPlan {
        self.plans.get(procedure).unwrap_or(&self.otherwise)
    }

    /// Procedures that have a plan of their own.
    pub fn procedures(&self) -> impl Iterator<Item = &str> {
        self.plans.keys().map(String::as_str)
    }

    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }

    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// Kinds of tasks that need a skill which is not among `skills`.
    pub fn beyond(&self, skills: &[String]) -> Vec<&str> {
        let beyond = self.kinds.values().filter(|k| k.skills.iter().any(|s| !skills.contains(s)));
        beyond.map(|k| k.kind.as_str()).collect()
    }

    /// How a day outside is reckoned.
    pub fn day(&self) -> &Habits {
        &self.day
    }

    pub fn skills(&self) -> &[Skill] {
        &self.skills
    }
}

fn check_kind(kind: &Kind, skills: &[Skill]) -> Result<(), String> {
    let say = |what: String| Err(format!("kind {}: {what}", kind.kind));
    if kind.kind.is_empty() || kind.title.vi.is_empty() || kind.title.en.is_empty() {
        return say("a name and both titles are needed".into());
    }
    if !(1..=600).contains(&kind.minutes) {
        return say(format!("{} minutes; 1 to 600", kind.minutes));
    }
    if let Some(unknown) = kind.skills.iter().find(|s| !skills.iter().any(|k| k.code == **s)) {
        return say(format!("{unknown}: no such skill"));
    }
    let mut codes = BTreeSet::new();
    for field in &kind.fields {
        if let Some(reason) = form::wrong(field) {
            return say(format!("field {}: {reason}", field.code));
        }
        if !codes.insert(&field.code) {
            return say(format!("field {}: listed twice", field.code));
        }
    }
    Ok(())
}

fn complete(steps: Vec<Step>, kinds: &BTreeMap<String, Kind>) -> Result<WorkPlan, String> {
    let mut used = BTreeMap::new();
    for step in &steps {
        let kind = kinds.get(&step.kind).ok_or(format!("{}: no such kind of task", step.kind))?;
        if used.insert(step.kind.clone(), kind.clone()).is_some() {
            return Err(format!("{}: twice in one plan", step.kind));
        }
        if step.due_days > 250 {
            return Err(format!("{}: due_days up to 250", step.kind));
        }
    }
    for step in &steps {
        if let Some(unknown) = step.after.iter().find(|a| !used.contains_key(*a)) {
            return Err(format!("{}: {unknown}, which it comes after, is not in the plan", step.kind));
        }
    }
    let plan = WorkPlan { steps, kinds: used };
    let order = plan.in_order().len();
    if plan.steps.is_empty() || order < plan.steps.len() {
        let circle: Vec<&str> = plan.steps.iter().map(|s| s.kind.as_str()).collect();
        return Err(format!("a circle, or nothing, among {}", circle.join(", ")));
    }
    Ok(plan)
}
