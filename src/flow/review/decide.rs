use super::facts::{Gathered, gather};
use super::read::{Remarks, ReviewView, place, review_view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::case::topic::REVIEW_RETURNED;
use crate::domain::problem::FieldProblem;
use crate::domain::review::{self, Code, Item, Standing};
use crate::domain::verify::text::{self, Lang};
use crate::domain::verify::{Message, canonical, sha256_hex};
use crate::flow::case::{Found, lock, lock_open, raise_found, record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::review::{self as store, ReviewRow};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"pass": false, "seq": 31, "items": [{"code": "papers_valid", "reason": "Giấy uỷ quyền hết hạn tuần sau"}]}))]
pub struct NewReview {
    /// True: ready to be handed over. False: back to work.
    pub pass: bool,
    /// The `seq` of the checklist that was looked at.
    pub seq: i32,
    /// When passing: why each item that is not ok is accepted. When sending back: what is wrong; any item may be named.
    #[serde(default)]
    pub items: Vec<Judgement>,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Of an item of the checklist.
    pub code: String,
    /// 3 to 1,000 characters; kept sealed.
    pub reason: String,
}

/// Passes a case or sends it back.
///
/// # Errors
/// `Conflict` `own-work` naming what this person did, `review-moved` when something happened since the checklist, `case-step`
/// when nobody asked for a review; `Refused` by item; `Forbidden` for a program.
pub async fn decide(app: &App, by: &Actor, case: Uuid, new: NewReview) -> Result<ReviewView> {
    if by.id.is_none() || by.scopes.is_some() {
        return Err(Error::Forbidden("in-person-only"));
    }
    let Gathered { facts, seq, events } = gather(app, by, case).await?;
    let own = review::own_work(&events, &by.login);
    if !own.is_empty() {
        let said = own.iter().map(|w| text::message(Lang::En, &w.said()));
        let what = said.map(|s| s.trim_end_matches('.').to_owned()).collect::<Vec<_>>().join("; ");
        return Err(Error::Conflict { code: "own-work", detail: what });
    }
    let items = review::checklist(&facts);
    let remarks = remarks(&new, &items)?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, case).await?;
    let now = lock(&mut tx, case).await?.map_or(0, |c| c.seq);
    if seq != new.seq || now != seq {
        let detail = format!("the checklist knew event {}, the case has {now}", new.seq);
        return Err(Error::Conflict { code: "review-moved", detail });
    }
    let row = row(app, by, case, new.pass, &items, &remarks)?;
    store::insert(&mut tx, &row).await?;
    let faults: Vec<String> = remarks.0.keys().cloned().collect();
    let deed = Deed {
        at: row.reviewed_at,
        actor: &by.login,
        action: if new.pass { "review.pass" } else { "review.return" },
        subject: format!("review/{}", row.id),
        case_id: Some(case),
        detail: json!({"digest": row.digest, "items": faults}),
    };
    audit::write(&mut tx, &deed).await?;
    let happened = match new.pass {
        true => Happened::ReviewPassed { review: row.id },
        false => Happened::ReviewReturned { review: row.id, faults },
    };
    record(app, &mut tx, by, case, happened).await?;
    if !new.pass {
        let item =
            |(code, why): (&String, &String)| format!("{}: {why}", text::word(Lang::Vi, &format!("review-{code}")));
        let words = remarks.0.iter().map(item).collect::<Vec<_>>().join("; ");
        raise_found(app, &mut tx, by, case, sent_back(words)).await?;
    }
    let view = review_view(row, &items, &remarks);
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{case}/reviews"))).await?;
    Ok(view)
}

/// What a review found is somebody's, by a day, until the review is asked for anew.
pub(super) fn sent_back(words: String) -> Found<'static> {
    Found { topic: REVIEW_RETURNED, words, origin: ORIGIN.into(), not_before: None }
}

/// What came after a review was passed is looked at by somebody, who asks for the review anew; not before what came has its own day.
pub(in crate::flow) async fn lapsed(
    app: &App,
    tx: &mut PgConnection,
    by: &Actor,
    case: Uuid,
    what: &Happened,
) -> Result<()> {
    let because = Message::new("review-lapsed-because").with("what", what.kind());
    let words = format!("{} ({})", text::message(Lang::Vi, &because), text::message(Lang::En, &because));
    let found = Found { not_before: what.to_be_done_by(), ..sent_back(words) };
    raise_found(app, tx, by, case, found).await?;
    Ok(())
}

pub(super) const ORIGIN: &str = "review/returned";

fn row(app: &App, by: &Actor, case_id: Uuid, pass: bool, items: &[Item], remarks: &Remarks) -> Result<ReviewRow> {
    let id = app.clock.new_id();
    let text = canonical(&items).map_err(|e| Error::Broken(e.into()))?;
    let plain = serde_json::to_vec(remarks).map_err(|e| Error::Broken(e.into()))?;
    Ok(ReviewRow {
        id,
        case_id,
        outcome: if pass { "passed" } else { "returned" }.into(),
        checklist: serde_json::to_value(items).map_err(|e| Error::Broken(e.into()))?,
        digest: sha256_hex(text),
        sealed: app.vault.seal(&place(id), &plain)?,
        reviewed_by: by.login.clone(),
        reviewed_at: app.clock.now(),
    })
}

/// What was said of single items, when it makes a decision.
fn remarks(new: &NewReview, items: &[Item]) -> Result<Remarks> {
    let mut problems = Vec::new();
    let mut said = Remarks::default();
    for (i, j) in new.items.iter().enumerate() {
        let field = |name: &str| format!("items[{i}].{name}");
        let reason = j.reason.trim();
        let length = reason.chars().count();
        if !(3..=1000).contains(&length) {
            problems.push(FieldProblem::new(field("reason"), "length", length, "3-1000"));
        }
        if Code::parse(&j.code).is_none() || said.0.insert(j.code.clone(), reason.to_owned()).is_some() {
            let all: Vec<_> = Code::ALL.iter().map(|c| c.as_str()).collect();
            problems.push(FieldProblem::new(field("code"), "not-in-list", &j.code, all.join(", ")));
        }
    }
    if new.pass {
        problems.extend(not_accepted(items, &said.0.keys().map(String::as_str).collect()));
    } else if new.items.is_empty() {
        problems.push(FieldProblem::new("items", "required", "", "what is wrong, by item"));
    }
    if problems.is_empty() { Ok(said) } else { Err(Error::Refused(problems)) }
}

/// What stands against passing.
fn not_accepted(items: &[Item], accepted: &BTreeSet<&str>) -> Vec<FieldProblem> {
    let open = items.iter().filter(|i| i.standing == Standing::NotOk);
    let against = open.filter(|i| i.must || !accepted.contains(i.code.as_str()));
    let one = |i: &Item| {
        let why = i.because.first().map_or("", |m| &*m.key);
        let (code, allowed) = match i.must {
            true => ("review-must", "in order"),
            false => ("review-not-ok", "in order, or a reason why it is accepted"),
        };
        let words = |lang| {
            let all: Vec<_> = i.because.iter().map(|m| text::message(lang, m)).collect();
            (all.join(" "), text::word(lang, if i.must { "review-in-order" } else { "review-or-reason" }))
        };
        FieldProblem::new(format!("items.{}", i.code.as_str()), code, why, allowed).said(words)
    };
    against.map(one).collect()
}
