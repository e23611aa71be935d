//! The checklist of a review: one item per thing that must be in order before a case is handed over, each with its
//! standing and why. A pure function of the facts; they hold kinds, codes and days, never personal data.

use crate::domain::case::request::{Asked, Need};
use crate::domain::verify::{Message, Outcome};
use serde::{Deserialize, Serialize};
use time::Date;
use uuid::Uuid;

/// What is looked at. The names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    PapersComplete,
    PapersReadable,
    PapersValid,
    PapersAgree,
    /// Each scan is stored, and its content hashes to its name.
    ScansWhole,
    Boundary,
    Verdict,
    VerdictSigned,
    /// Maps, parcel and rules are those the verdict was drawn by.
    VerdictFresh,
    /// The verification has seen every paper as it is now.
    VerdictSawPapers,
    AdviceSigned,
    AdviceFresh,
    ContractSigned,
    Requests,
    Issues,
    Conflicts,
    Tasks,
    Authority,
    Instalments,
    Obligations,
}

impl Code {
    pub const ALL: &[Self] = &[
        Self::PapersComplete,
        Self::PapersReadable,
        Self::PapersValid,
        Self::PapersAgree,
        Self::ScansWhole,
        Self::Boundary,
        Self::Verdict,
        Self::VerdictSigned,
        Self::VerdictFresh,
        Self::VerdictSawPapers,
        Self::AdviceSigned,
        Self::AdviceFresh,
        Self::ContractSigned,
        Self::Requests,
        Self::Issues,
        Self::Conflicts,
        Self::Tasks,
        Self::Authority,
        Self::Instalments,
        Self::Obligations,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::PapersComplete => "papers_complete",
            Self::PapersReadable => "papers_readable",
            Self::PapersValid => "papers_valid",
            Self::PapersAgree => "papers_agree",
            Self::ScansWhole => "scans_whole",
            Self::Boundary => "boundary",
            Self::Verdict => "verdict",
            Self::VerdictSigned => "verdict_signed",
            Self::VerdictFresh => "verdict_fresh",
            Self::VerdictSawPapers => "verdict_saw_papers",
            Self::AdviceSigned => "advice_signed",
            Self::AdviceFresh => "advice_fresh",
            Self::ContractSigned => "contract_signed",
            Self::Requests => "requests",
            Self::Issues => "issues",
            Self::Conflicts => "conflicts",
            Self::Tasks => "tasks",
            Self::Authority => "authority",
            Self::Instalments => "instalments",
            Self::Obligations => "obligations",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.as_str() == text)
    }

    /// A reviewer cannot accept it as it is: work is under way, or what would be delivered is not what was stored.
    fn must(self) -> bool {
        matches!(
            self,
            Self::ScansWhole
                | Self::Verdict
                | Self::ContractSigned
                | Self::Requests
                | Self::Issues
                | Self::Conflicts
                | Self::Tasks
                | Self::Authority
        )
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Ok,
    NotOk,
    NotApplicable,
}

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub code: Code,
    pub standing: Standing,
    /// It cannot be accepted as it is.
    pub must: bool,
    /// What is wrong, or why it does not apply.
    pub because: Vec<Message>,
}

/// A paper of the case as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperFact {
    pub id: Uuid,
    pub version: i32,
    pub kind: String,
    pub complete: bool,
    /// What came of reading its scan: none, it has no scan; false, it is not what was stored.
    pub scan_whole: Option<bool>,
    /// The latest verification has seen this version.
    pub verified: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerdictFact {
    pub outcome: Outcome,
    pub signed: bool,
    /// What it rests on that is another now.
    pub stale: Vec<Message>,
    /// Open findings of the papers and the boundary.
    pub wanting: Vec<Asked>,
}

/// The newest option sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetFact {
    pub version: i32,
    pub signed: bool,
    pub stale: Vec<Message>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContractFacts {
    pub signed_by_customer: bool,
    pub signed_by_firm: bool,
}

/// An instalment that is not paid in full. Whole dong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instalment {
    pub no: i32,
    pub open: i64,
    pub due: Option<Date>,
}

/// A tax or fee that is not paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Owed {
    pub what: String,
    pub due: Option<Date>,
}

/// What was handed in to authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Submissions {
    /// At work there, or waiting for more from us.
    pub open: usize,
    /// The last decision about what the contract is about.
    pub granted: Option<bool>,
    /// Other procedures that were refused last.
    pub refused_beside: Vec<String>,
}

/// All the checklist is made of. `None`: such things are not kept for this case.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ReviewFacts {
    pub papers: Vec<PaperFact>,
    pub verdict: Option<VerdictFact>,
    pub sheet: Option<SheetFact>,
    pub contract: Option<ContractFacts>,
    /// Need and kind of each open item of a paper request.
    pub requests: Vec<(String, String)>,
    /// Topic of each open problem.
    pub issues: Vec<String>,
    /// Values of field work in conflict or in the reconcile tray that nobody has decided on.
    pub conflicts: usize,
    /// Kind of each task that is not ended.
    pub tasks: Vec<String>,
    pub submissions: Submissions,
    pub instalments: Option<Vec<Instalment>>,
    pub obligations: Vec<Owed>,
}

/// Every item, in the order of [`Code::ALL`].
pub fn checklist(facts: &ReviewFacts) -> Vec<Item> {
    Code::ALL.iter().map(|code| item(*code, facts)).collect()
}

/// Nothing wrong: ok.
type Judged = Result<Vec<Message>, Message>;

fn item(code: Code, facts: &ReviewFacts) -> Item {
    let (standing, because) = match judge(code, facts) {
        Ok(wrong) if wrong.is_empty() => (Standing::Ok, wrong),
        Ok(wrong) => (Standing::NotOk, wrong),
        Err(why) => (Standing::NotApplicable, vec![why]),
    };
    Item { code, standing, must: code.must(), because }
}

fn judge(code: Code, f: &ReviewFacts) -> Judged {
    match code {
        Code::PapersComplete => papers_complete(f),
        Code::PapersReadable => wanting(f, Need::Unreadable),
        Code::PapersValid => wanting(f, Need::Expired),
        Code::PapersAgree => wanting(f, Need::Contradicts),
        Code::Boundary => wanting(f, Need::Boundary),
        Code::ScansWhole => scans(f),
        Code::Verdict => Ok(verdict(f)),
        Code::VerdictSigned => {
            of_verdict(f).map(|v| if v.signed { vec![] } else { vec![Message::new("review-unsigned")] })
        }
        Code::VerdictFresh => of_verdict(f).map(|v| v.stale.clone()),
        Code::VerdictSawPapers => of_verdict(f).map(|_| unseen(f)),
        Code::AdviceSigned => {
            of_sheet(f).map(|s| if s.signed { vec![] } else { vec![Message::new("review-unsigned")] })
        }
        Code::AdviceFresh => of_sheet(f).map(|s| s.stale.clone()),
        Code::ContractSigned => contract(f),
        Code::Requests => Ok(f.requests.iter().map(|(need, kind)| about("review-asked", need, kind)).collect()),
        Code::Issues => Ok(f.issues.iter().map(|t| Message::new("review-issue").with("topic", t.as_str())).collect()),
        Code::Conflicts => Ok(conflicts(f.conflicts)),
        Code::Tasks => Ok(f.tasks.iter().map(|k| Message::new("review-task").with("task", k.as_str())).collect()),
        Code::Authority => authority(f),
        Code::Instalments => instalments(f),
        Code::Obligations => Ok(f.obligations.iter().map(owed).collect()),
    }
}

fn about(key: &'static str, need: &str, kind: &str) -> Message {
    Message::new(key).with("need", need).with("kind", kind)
}

fn of_verdict(f: &ReviewFacts) -> Result<&VerdictFact, Message> {
    f.verdict.as_ref().ok_or_else(|| Message::new("review-no-verdict"))
}

fn of_sheet(f: &ReviewFacts) -> Result<&SheetFact, Message> {
    f.sheet.as_ref().ok_or_else(|| Message::new("review-no-sheet"))
}

fn papers_complete(f: &ReviewFacts) -> Judged {
    if f.papers.is_empty() && f.verdict.is_none() {
        return Err(Message::new("review-no-papers"));
    }
    let drafts = f.papers.iter().filter(|p| !p.complete);
    let mut wrong: Vec<Message> = drafts.map(|p| Message::new("review-draft").with("kind", p.kind.as_str())).collect();
    let missing = f.verdict.iter().flat_map(|v| &v.wanting).filter(|a| a.need == Need::Missing && a.paper.is_none());
    wrong.extend(missing.map(|a| about("review-wanting", a.need.as_str(), &a.paper_kind)));
    Ok(wrong)
}

fn wanting(f: &ReviewFacts, need: Need) -> Judged {
    let open = of_verdict(f)?.wanting.iter().filter(|a| a.need == need);
    Ok(open.map(|a| about("review-wanting", need.as_str(), &a.paper_kind)).collect())
}

fn scans(f: &ReviewFacts) -> Judged {
    if f.papers.iter().all(|p| p.scan_whole.is_none()) {
        return Err(Message::new("review-no-scans"));
    }
    let broken = f.papers.iter().filter(|p| p.scan_whole == Some(false));
    Ok(broken.map(|p| Message::new("review-scan-broken").with("kind", p.kind.as_str())).collect())
}

fn verdict(f: &ReviewFacts) -> Vec<Message> {
    match &f.verdict {
        None => vec![Message::new("review-no-verdict")],
        // Papers that lack and points for a person are items of their own; the reviewer decides on them.
        Some(v) if v.outcome == Outcome::Blocked => vec![Message::new("review-blocked")],
        Some(_) => vec![],
    }
}

fn unseen(f: &ReviewFacts) -> Vec<Message> {
    let unseen = f.papers.iter().filter(|p| !p.verified);
    unseen.map(|p| Message::new("review-unseen").with("kind", p.kind.as_str())).collect()
}

fn contract(f: &ReviewFacts) -> Judged {
    let c = f.contract.as_ref().ok_or_else(|| Message::new("review-not-kept"))?;
    let lacks = [(c.signed_by_customer, "review-unsigned-customer"), (c.signed_by_firm, "review-unsigned-firm")];
    Ok(lacks.iter().filter(|(signed, _)| !signed).map(|(_, key)| Message::new(*key)).collect())
}

fn conflicts(open: usize) -> Vec<Message> {
    if open == 0 { vec![] } else { vec![Message::new("review-conflicts-open").with("count", open as f64)] }
}

fn authority(f: &ReviewFacts) -> Judged {
    match &f.submissions {
        Submissions { open: 1.., .. } => {
            Ok(vec![Message::new("review-submitted").with("count", f.submissions.open as f64)])
        }
        Submissions { granted: Some(false), .. } => Ok(vec![Message::new("review-not-granted")]),
        Submissions { refused_beside, .. } if !refused_beside.is_empty() => {
            let one = |p: &String| Message::new("review-refused-beside").with("procedure", p.as_str());
            Ok(refused_beside.iter().map(one).collect())
        }
        Submissions { granted: Some(true), .. } => Ok(vec![]),
        Submissions { granted: None, .. } => Err(Message::new("review-nothing-submitted")),
    }
}

fn instalments(f: &ReviewFacts) -> Judged {
    let open = f.instalments.as_ref().ok_or_else(|| Message::new("review-not-kept"))?;
    let one = |i: &Instalment| Message::new("review-instalment").with("no", f64::from(i.no));
    Ok(open.iter().map(one).collect())
}

fn owed(o: &Owed) -> Message {
    Message::new("review-owed").with("what", o.what.as_str())
}
