use super::apply::apply;
use crate::app::App;
use crate::domain::case::number::CaseNumber;
use crate::domain::case::{Channel, Happened};
use crate::domain::paper::cccd;
use crate::domain::parcel;
use crate::domain::problem::FieldProblem;
use crate::domain::verify::{ParcelRef, Wish};
use crate::flow::case::{CaseView, Party, UNDECIDED, lock_open, record, unknown_procedure, wish_problem};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::case::{self, CaseRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

/// What a customer tells us. Everything but the channel may come later.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"channel": "hotline", "need": "Tôi muốn bán mảnh đất ở quê", "procedures": ["transfer"],
    "person": {"name": "Người Mẫu Hai", "phone": "0900000000"}, "consents": [{"what": "processing", "text_version": "2026-01"}],
    "invite": true}))]
pub struct NewIntake {
    /// hotline, website, app, office, referral, api.
    #[schema(value_type = String)]
    pub channel: Channel,
    /// In the customer's words. Kept sealed.
    #[serde(default)]
    pub need: Option<String>,
    /// Codes of the procedures wished for; the first is the case's.
    #[serde(default)]
    pub procedures: Vec<String>,
    #[serde(default)]
    pub person: Option<Party>,
    /// The record of a customer who comes again, as `POST /customers/search` found it: the case is theirs, what is told of the person
    /// is added to it, and nobody has to decide whether the two are one. None: a record of its own.
    #[serde(default)]
    pub customer: Option<Uuid>,
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub parcel_ref: Option<ParcelRef>,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub wish: Wish,
    #[serde(default)]
    pub consents: Vec<NewConsent>,
    /// Offer an account to follow the case online.
    #[serde(default)]
    pub invite: bool,
    #[serde(default)]
    pub appointment: Option<FirstAppointment>,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsent {
    /// processing, contact or parcel_watch.
    pub what: String,
    /// Version of the text that was shown or read out.
    pub text_version: String,
}

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAppointment {
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    pub place_text: String,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct IntakeView {
    pub case: CaseView,
    pub customer_id: Option<Uuid>,
    /// What is still missing: name, phone, need, procedure, parcel, consent.
    pub missing: Vec<String>,
    /// Records that may be the same person, for somebody to decide about.
    pub merges_proposed: usize,
}

/// Opens a case with what was told.
pub async fn take(app: &App, by: &Actor, new: NewIntake) -> Result<IntakeView> {
    check(app, &new)?;
    let mut tx = begin(app).await?;
    let now = app.clock.now();
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    let row = CaseRow {
        id: app.clock.new_id(),
        number: CaseNumber { year: app.clock.today().year(), running: case::next_running_number(&mut tx).await? }
            .to_string(),
        procedure: new.procedures.first().cloned().unwrap_or_else(|| UNDECIDED.to_owned()),
        state: "intake".into(),
        wish: serde_json::to_value(&new.wish).map_err(broken)?,
        zone: None,
        parcel_id: None,
        parcel_ref: serde_json::to_value(new.parcel_ref.as_ref().map(parcel::normalise)).map_err(broken)?,
        version: 1,
        created_by: by.login.clone(),
        created_at: now,
        updated_at: now,
        turn: "ours".into(),
        state_since: now,
        customer_id: None,
    };
    case::insert(&mut tx, &row).await?;
    audit::write(&mut tx, &deed(app, by, row.id, "case.create", json!({"number": row.number}))).await?;
    let opened = Happened::Opened { channel: new.channel, procedures: new.procedures.clone() };
    record(app, &mut tx, by, row.id, opened).await?;
    let view = apply(app, &mut tx, by, row.id, new).await?;
    commit(app, tx, by, &view, Some(format!("/api/v1/cases/{}", view.case.id))).await?;
    Ok(view)
}

/// Goes on with an intake: what is told now is added; nothing has to be told twice.
pub async fn resume(app: &App, by: &Actor, id: Uuid, more: NewIntake) -> Result<IntakeView> {
    check(app, &more)?;
    let mut tx = begin(app).await?;
    lock_open(&mut tx, id).await?;
    let row = case::get(&mut tx, id).await?.ok_or_else(|| Error::NotFound { what: "case", id: id.to_string() })?;
    if row.state != "intake" {
        return Err(Error::Conflict { code: "case-step", detail: format!("the intake is over: {}", row.state) });
    }
    if let Some(procedure) = more.procedures.first() {
        case::set_procedure(&mut tx, id, procedure).await?;
    }
    let broken = |e: serde_json::Error| Error::Broken(e.into());
    if more.wish != Wish::default() {
        let first = serde_json::from_value(row.wish).map_err(broken)?;
        let wish = more.wish.clone().or(first);
        case::set_wish(&mut tx, id, &serde_json::to_value(wish).map_err(broken)?).await?;
    }
    if let Some(place) = &more.parcel_ref {
        let place = serde_json::to_value(parcel::normalise(place)).map_err(broken)?;
        case::set_parcel_ref(&mut tx, id, &place).await?;
    }
    audit::write(&mut tx, &deed(app, by, id, "case.resume_intake", json!({}))).await?;
    let view = apply(app, &mut tx, by, id, more).await?;
    commit(app, tx, by, &view, None).await?;
    Ok(view)
}

const CONSENTS: &[&str] = &["processing", "contact", "parcel_watch"];

fn deed<'a>(app: &App, by: &'a Actor, id: Uuid, action: &'a str, detail: serde_json::Value) -> Deed<'a> {
    Deed { at: app.clock.now(), actor: &by.login, action, subject: format!("case/{id}"), case_id: Some(id), detail }
}

fn check(app: &App, new: &NewIntake) -> Result<()> {
    let mut found = Vec::new();
    if new.procedures.len() > 5 {
        found.push(FieldProblem::new("procedures", "range", new.procedures.len(), "0-5"));
    }
    for (i, code) in new.procedures.iter().enumerate() {
        found.extend(unknown_procedure(app, &format!("procedures[{i}]"), code));
    }
    found.extend(wish_problem(&new.wish));
    if let Some(Err(problems)) = new.parcel_ref.as_ref().map(parcel::check) {
        found.extend(problems.into_iter().map(|p| FieldProblem { field: format!("parcel_ref.{}", p.field), ..p }));
    }
    if new.need.as_ref().is_some_and(|n| n.chars().count() > 4000) {
        found.push(FieldProblem::new("need", "length", "more than 4000", "up to 4000 characters"));
    }
    if let Some(p) = &new.person {
        if !(1..=200).contains(&p.name.trim().chars().count()) {
            found.push(FieldProblem::new("person.name", "length", p.name.trim().chars().count(), "1-200"));
        }
        found.extend(p.id_number.as_ref().and_then(|n| cccd::parse_number(n, "person.id_number").err()));
        if p.phone.as_ref().is_some_and(|t| crate::domain::customer::phone(t).is_none()) {
            found.push(FieldProblem::new("person.phone", "phone", "too few or too many digits", "8-15 digits"));
        }
    }
    for (i, c) in new.consents.iter().enumerate() {
        found.extend(consent_problems(c, &format!("consents[{i}].")));
    }
    if found.is_empty() { Ok(()) } else { Err(Error::Refused(found)) }
}

/// What cannot be taken of a consent; `path` stands before the names of its fields.
pub(super) fn consent_problems(c: &NewConsent, path: &str) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    if !CONSENTS.contains(&c.what.as_str()) {
        found.push(FieldProblem::new(format!("{path}what"), "not-in-list", &c.what, CONSENTS.join(", ")));
    }
    let length = c.text_version.trim().len();
    if !(1..=60).contains(&length) {
        found.push(FieldProblem::new(format!("{path}text_version"), "length", length, "1-60"));
    }
    found
}
