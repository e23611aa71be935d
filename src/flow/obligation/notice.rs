use super::read::{ObligationView, lock_owed, open, view};
use crate::app::App;
use crate::domain::case::Happened;
use crate::domain::paper::Paper;
use crate::flow::case::record;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin, commit};
use crate::store::audit::{self, Deed};
use crate::store::obligation::{self as store, Figure};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"paper": "019a0000-0000-7000-8000-000000000001"}))]
pub struct Notice {
    /// A paper of the case of kind tax_notice that states an amount.
    pub paper: Uuid,
}

/// What a notice says.
pub(super) struct Told {
    pub amount: i64,
    pub due: Option<Date>,
    paper: (Uuid, i32),
}

impl Told {
    pub(super) fn figure<'a>(&self, id: Uuid, no: i32, by: &'a Actor, at: OffsetDateTime) -> Figure<'a> {
        Figure {
            obligation_id: id,
            no,
            source: "notice",
            low: Some(self.amount),
            high: Some(self.amount),
            due: self.due,
            paper: Some(self.paper),
            citation: "tax_notice",
            standing: "verified",
            by: &by.login,
            at,
        }
    }
}

pub(super) async fn read_notice(app: &App, tx: &mut PgConnection, by: &Actor, case: Uuid, paper: Uuid) -> Result<Told> {
    let opened = open(app, tx, by, case, paper).await?;
    let Paper::TaxNotice(told) = &opened.paper else {
        return Err(Error::refused("paper", "not-in-list", opened.paper.kind(), "tax_notice"));
    };
    let missing = || Error::refused("paper.amount_vnd", "required", "", "the amount the notice asks for");
    let amount = told.amount_vnd.filter(|a| *a >= 0).ok_or_else(missing)?;
    if store::notice_used(tx, paper).await? {
        return Err(Error::Conflict { code: "notice-used", detail: paper.to_string() });
    }
    Ok(Told { amount, due: told.due_on, paper: (paper, opened.version) })
}

/// The authority's notice overrides what was worked out.
///
/// # Errors
/// `Conflict` `obligation-settled`, `notice-used`; `Refused` when the paper is no notice with an amount.
pub async fn notice(app: &App, by: &Actor, id: Uuid, new: Notice) -> Result<ObligationView> {
    let mut tx = begin(app).await?;
    let row = lock_owed(&mut tx, id).await?;
    let told = read_notice(app, &mut tx, by, row.case_id, new.paper).await?;
    store::add_figure(&mut tx, &told.figure(id, row.figures + 1, by, app.clock.now())).await?;
    let deed = Deed {
        at: app.clock.now(),
        actor: &by.login,
        action: "obligation.revise",
        subject: format!("obligation/{id}"),
        case_id: Some(row.case_id),
        detail: json!({"paper": new.paper, "figure": row.figures + 1}),
    };
    audit::write(&mut tx, &deed).await?;
    let happened = Happened::ObligationRevised { obligation: id, what: row.what, amount: told.amount, due: told.due };
    record(app, &mut tx, by, row.case_id, happened).await?;
    let done = view(&mut tx, row.case_id, id).await?;
    commit(app, tx, by, &done, None).await?;
    Ok(done)
}
