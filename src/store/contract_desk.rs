//! Quotations, contracts and instalments over all cases, as a desk lists and counts them. Where each stands on a day is the same
//! as `domain::quotation`, `domain::contract` say (`tests/it/contracts.rs` compares them).

use serde::Serialize;
use sqlx::{FromRow, PgConnection};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// $1: today.
macro_rules! quotations {
    () => {
        "with listed as (
            select q.id, q.case_id, f.number as case_number, q.version, q.procedure, q.total, q.valid_to, q.created_at,
                   case when exists (select from case_event e where e.case_id = q.case_id and e.kind = 'quotation_withdrawn'
                                        and e.data ->> 'quotation' = q.id::text) then 'withdrawn'
                        when a.accepted then 'accepted'
                        when not a.accepted then 'refused'
                        when exists (select from quotation n where n.case_id = q.case_id and n.version > q.version) then 'replaced'
                        when q.valid_to < $1 then 'expired'
                        else 'offered' end as state
              from quotation q join case_file f on f.id = q.case_id left join quotation_answer a on a.quotation_id = q.id)"
    };
}

/// $1: today.
macro_rules! contracts {
    () => {
        "with listed as (
            select c.id, c.case_id, f.number as case_number, c.number, c.version, c.total, c.sign_by, c.created_at,
                   case when o.next is null then 'concluded'
                        when exists (select from contract_refusal r where r.contract_id = c.id) then 'refused'
                        when exists (select from contract n where n.case_id = c.case_id and n.version > c.version) then 'replaced'
                        when c.sign_by < $1 then 'expired'
                        else 'open' end as state,
                   o.next
              from contract c join case_file f on f.id = c.case_id
              left join lateral (
                    select s.signer as next from contract_signer s
                     where s.contract_id = c.id
                       and not exists (select from contract_signature g where g.contract_id = c.id and g.signer_no = s.no)
                     order by s.turn, s.signer limit 1) o on true)"
    };
}

/// Instalments of contracts that bind. $1: today.
macro_rules! instalments {
    () => {
        "with bound as (
            select c.id, c.case_id, c.number, f.number as case_number, c.instalments,
                   (select coalesce(sum(p.amount), 0)::bigint from payment p
                     where p.contract_id = c.id and p.kind = 'payment'
                       and not exists (select from payment r where r.reverses = p.id)) as paid
              from contract c join case_file f on f.id = c.case_id
             where not exists (select from contract_signer s where s.contract_id = c.id
                                 and not exists (select from contract_signature g
                                                  where g.contract_id = c.id and g.signer_no = s.no))),
          part as (
            select b.id as contract_id, b.case_id, b.number, b.case_number, (i->>'no')::int as no, (i->>'amount')::bigint as amount, b.paid,
                   (sum((i->>'amount')::bigint) over (partition by b.id order by (i->>'no')::int)
                    - (i->>'amount')::bigint)::bigint as before
              from bound b, jsonb_array_elements(b.instalments) i),
          filled as (
            select part.*, amount - greatest(0, least(amount, part.paid - before)) as open, d.due
              from part left join instalment_due d on d.contract_id = part.contract_id and d.no = part.no),
          listed as (
            select contract_id, case_id, number, case_number, no, amount, open, due,
                   case when open = 0 then 'paid' when due is null then 'waiting' when due < $1 then 'overdue' else 'due' end as state
              from filled)"
    };
}

#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct QuotationListed {
    pub id: Uuid,
    pub case_id: Uuid,
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: String,
    pub version: i32,
    pub procedure: String,
    /// Dong, with VAT.
    pub total: i64,
    /// offered, accepted, refused, replaced, expired, withdrawn.
    pub state: String,
    #[schema(value_type = String, format = Date)]
    pub valid_to: Date,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct ContractListed {
    pub id: Uuid,
    pub case_id: Uuid,
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: String,
    #[schema(example = "HĐ-2026-000001")]
    pub number: String,
    pub version: i32,
    /// Dong.
    pub total: i64,
    /// open, concluded, refused, replaced, expired.
    pub state: String,
    /// Whose signature is missing first: customer, firm; none: everybody has signed.
    pub next: Option<String>,
    #[schema(value_type = String, format = Date)]
    pub sign_by: Date,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// An instalment of a contract that binds.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct InstalmentListed {
    pub contract_id: Uuid,
    pub case_id: Uuid,
    #[schema(example = "HĐ-2026-000001")]
    pub number: String,
    #[schema(example = "HS-2026-000123-7")]
    pub case_number: String,
    pub no: i32,
    /// Dong.
    pub amount: i64,
    pub open: i64,
    /// Last day to pay; none: its point is not reached.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// paid, waiting, due, overdue.
    pub state: String,
}

/// What is asked for; none: all.
#[derive(Debug, Clone, Default)]
pub struct DeskFilter {
    pub state: Option<String>,
    pub case_id: Option<Uuid>,
    /// Of contracts: whose signature is missing first.
    pub next: Option<String>,
    /// Of instalments: last day to pay, at the latest.
    pub due_by: Option<Date>,
    /// Of quotations and contracts: older than this one.
    pub before: Option<Uuid>,
    /// Of instalments: behind this one.
    pub after: Option<(Date, Uuid, i32)>,
    pub limit: i64,
}

/// How many stand where, and what they come to.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct DeskCount {
    pub state: String,
    pub count: i64,
    /// Dong: of totals, or of what is open of instalments.
    pub sum: i64,
}

/// Newest first.
pub async fn quotations(conn: &mut PgConnection, today: Date, f: &DeskFilter) -> sqlx::Result<Vec<QuotationListed>> {
    sqlx::query_as(concat!(
        quotations!(),
        " select * from listed where ($2::text is null or state = $2) and ($3::uuid is null or case_id = $3)
             and ($4::uuid is null or id < $4) order by id desc limit $5"
    ))
    .bind(today)
    .bind(&f.state)
    .bind(f.case_id)
    .bind(f.before)
    .bind(f.limit)
    .fetch_all(conn)
    .await
}

pub async fn count_quotations(conn: &mut PgConnection, today: Date) -> sqlx::Result<Vec<DeskCount>> {
    sqlx::query_as(concat!(
        quotations!(),
        " select state, count(*) as count, sum(total)::bigint as sum from listed group by state order by state"
    ))
    .bind(today)
    .fetch_all(conn)
    .await
}

/// Newest first.
pub async fn contracts(conn: &mut PgConnection, today: Date, f: &DeskFilter) -> sqlx::Result<Vec<ContractListed>> {
    sqlx::query_as(concat!(
        contracts!(),
        " select * from listed where ($2::text is null or state = $2) and ($3::uuid is null or case_id = $3)
             and ($4::uuid is null or id < $4) and ($6::text is null or next = $6) order by id desc limit $5"
    ))
    .bind(today)
    .bind(&f.state)
    .bind(f.case_id)
    .bind(f.before)
    .bind(f.limit)
    .bind(&f.next)
    .fetch_all(conn)
    .await
}

pub async fn count_contracts(conn: &mut PgConnection, today: Date) -> sqlx::Result<Vec<DeskCount>> {
    sqlx::query_as(concat!(
        contracts!(),
        " select state, count(*) as count, sum(total)::bigint as sum from listed group by state order by state"
    ))
    .bind(today)
    .fetch_all(conn)
    .await
}

/// By their last day; those without one last.
pub async fn instalments(conn: &mut PgConnection, today: Date, f: &DeskFilter) -> sqlx::Result<Vec<InstalmentListed>> {
    let (day, contract, no) = f.after.map_or((None, None, None), |(d, c, n)| (Some(d), Some(c), Some(n)));
    sqlx::query_as(concat!(
        instalments!(),
        " select * from listed where ($2::text is null or state = $2) and ($3::uuid is null or case_id = $3)
             and ($4::date is null or due <= $4)
             and ($6::date is null or (coalesce(due, date '9999-12-31'), contract_id, no) > ($6, $7::uuid, $8::int))
           order by coalesce(due, date '9999-12-31'), contract_id, no limit $5"
    ))
    .bind(today)
    .bind(&f.state)
    .bind(f.case_id)
    .bind(f.due_by)
    .bind(f.limit)
    .bind(day)
    .bind(contract)
    .bind(no)
    .fetch_all(conn)
    .await
}

pub async fn count_instalments(conn: &mut PgConnection, today: Date) -> sqlx::Result<Vec<DeskCount>> {
    sqlx::query_as(concat!(
        instalments!(),
        " select state, count(*) as count, sum(open)::bigint as sum from listed group by state order by state"
    ))
    .bind(today)
    .fetch_all(conn)
    .await
}

/// Newest quotations that nobody answered in time: (case, quotation).
pub async fn quotations_over(conn: &mut PgConnection, today: Date) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    sqlx::query_as(concat!(
        quotations!(),
        " select l.case_id, l.id from listed l join case_file f on f.id = l.case_id
           where l.state = 'expired' and f.state = 'quotation' order by l.id"
    ))
    .bind(today)
    .fetch_all(conn)
    .await
}

/// Newest contracts that were not signed in time: (case, contract).
pub async fn contracts_over(conn: &mut PgConnection, today: Date) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    sqlx::query_as(concat!(
        contracts!(),
        " select l.case_id, l.id from listed l join case_file f on f.id = l.case_id
           where l.state = 'expired' and f.state = 'contract' order by l.id"
    ))
    .bind(today)
    .fetch_all(conn)
    .await
}

/// Contracts that bind with an instalment to call or to remind of: (case, contract). A reminder is one event.
pub async fn contracts_to_look_at(conn: &mut PgConnection, today: Date) -> sqlx::Result<Vec<(Uuid, Uuid)>> {
    sqlx::query_as(concat!(
        instalments!(),
        " select distinct case_id, contract_id from listed l
           where (due is null and open > 0 and exists (select from case_event e where e.case_id = l.case_id
                                            and e.kind in ('submitted', 'agency_decided', 'review_passed')))
              or (state = 'overdue' and not exists (select from case_event e where e.case_id = l.case_id
                                            and e.kind = 'payment_overdue' and (e.data->>'instalment')::int = l.no
                                            and e.data->>'contract' = l.contract_id::text
                                            and e.seq > coalesce((select max(r.seq) from case_event r where r.case_id = l.case_id
                                                  and r.kind = 'payment_reversed'), 0)))
           order by 2"
    ))
    .bind(today)
    .fetch_all(conn)
    .await
}
