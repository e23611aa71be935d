//! `diaba contract ...` and `diaba payment ...`

use super::args::date;
use super::say::{As, Say};
use crate::app::App;
use crate::domain::staff::Purpose;
use crate::domain::verify::Message;
use crate::flow::contract::{self, ContractView};
use crate::flow::payment::{self, Account, NewPayment, Reversal};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, case};
use crate::store::contract as rows;
use crate::store::contract_desk::{self as desk, DeskFilter};
use crate::store::payment as money;
use clap::Subcommand;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use time::Date;
use uuid::Uuid;

#[derive(Subcommand)]
pub enum ContractCommand {
    /// Contracts of all cases, newest first, and how many stand where
    List {
        /// open, concluded, refused, replaced or expired
        #[arg(long)]
        state: Option<String>,
        #[arg(long, default_value_t = 20)]
        limit: i64,
        #[command(flatten)]
        form: As,
    },
    /// Contracts of a case (HS-... or id): who has signed, who is next
    Show {
        case: String,
        #[command(flatten)]
        form: As,
    },
    /// Write a contract (HĐ-... or id) as PDF
    Pdf {
        contract: String,
        #[arg(long, short)]
        output: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum PaymentCommand {
    /// Instalments of all contracts that bind, by their last day
    List {
        /// paid, waiting, due or overdue
        #[arg(long)]
        state: Option<String>,
        /// To be paid up to and on this day
        #[arg(long, value_parser = date)]
        due_by: Option<Date>,
        #[arg(long, default_value_t = 50)]
        limit: i64,
        #[command(flatten)]
        form: As,
    },
    /// What was paid of a contract (HĐ-... or id), what is open, due and overdue
    Show {
        contract: String,
        #[command(flatten)]
        form: As,
    },
    /// Record money that came in; the same reference again is the same payment
    Record {
        contract: String,
        #[arg(long)]
        reference: String,
        /// Whole dong
        #[arg(long)]
        amount: i64,
        /// cash or transfer
        #[arg(long, default_value = "transfer")]
        way: String,
        /// Today when left out
        #[arg(long, value_parser = date)]
        paid_on: Option<Date>,
        /// Take more than is owed
        #[arg(long)]
        overpay: bool,
        /// Enter anew a reference that was taken back
        #[arg(long)]
        again: bool,
        #[command(flatten)]
        form: As,
    },
    /// Take an entry back by a new one
    Reverse {
        /// Its reference (number of the transfer or of the cash slip), or id
        entry: String,
        /// entered_wrongly, not_received or paid_back
        #[arg(long)]
        reason: String,
        /// Of paying back: number of the transfer or of the cash slip
        #[arg(long)]
        reference: Option<String>,
        #[command(flatten)]
        form: As,
    },
    /// Write a receipt as PDF
    Receipt {
        /// Number (PT-...), or id
        receipt: String,
        #[arg(long, short)]
        output: PathBuf,
    },
}

pub async fn contract(app: &App, by: &Actor, say: Say, c: ContractCommand) -> Result<ExitCode> {
    match c {
        ContractCommand::List { state, limit, form } => {
            let mut conn = app.pool.acquire().await?;
            let filter = DeskFilter { state, limit, ..DeskFilter::default() };
            let today = app.clock.today();
            let (counts, all) =
                (desk::count_contracts(&mut conn, today).await?, desk::contracts(&mut conn, today, &filter).await?);
            form.output.show(&all, |all| {
                let state = |code: &str| say.coded("contract-state", code);
                let line = |c: &desk::DeskCount| vec![state(&c.state), say.count(c.count), say.dong(c.sum)];
                say.table(&["state", "count", "total"], &counts.iter().map(line).collect::<Vec<_>>());
                println!();
                let line = |c: &desk::ContractListed| {
                    vec![
                        c.number.clone(),
                        c.case_number.clone(),
                        state(&c.state),
                        c.next.as_deref().map(|n| say.coded("signer", n)).unwrap_or_default(),
                        say.date(c.sign_by),
                        say.dong(c.total),
                    ]
                };
                let all: Vec<_> = all.iter().map(line).collect();
                say.table(&["contract", "case", "state", "next", "sign-by", "total"], &all);
            })?;
        }
        ContractCommand::Show { case, form } => {
            let found = case::get(app, &case).await?;
            form.output.show(&contract::list(app, found.id).await?, |all| {
                if all.is_empty() {
                    say.line(&Message::new("contract-none").with("number", found.number.as_str()));
                }
                all.iter().for_each(|c| told(say, c));
            })?;
        }
        ContractCommand::Pdf { contract: asked, output } => {
            let id = which(app, &asked).await?;
            let (number, pdf) = contract::pdf(app, by, id, Purpose::PreparePapers).await?;
            written(say, "contract-file", &output, &number, &pdf)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(say: Say, c: &ContractView) {
    let head = Message::new("contract-line")
        .with("number", c.number.as_str())
        .with("version", f64::from(c.version))
        .with("state", say.coded("contract-state", c.state))
        .with("total", say.dong(c.total))
        .with("day", say.date(c.sign_by));
    say.line(&head);
    for s in &c.signers {
        let signer = say.coded("signer", s.signer.as_str());
        let who = |key| Message::new(key).with("no", f64::from(s.no)).with("signer", signer.as_str());
        let wait = if c.next.contains(&s.no) { "sign-next" } else { "sign-waits" };
        say.under(&match &s.signature {
            Some(g) => {
                who("contract-signed").with("way", say.coded("signed-by", &g.way)).with("at", say.moment(g.signed_at))
            }
            None => who("contract-waits").with("how", say.word(wait)),
        });
    }
}

pub async fn payment(app: &App, by: &Actor, say: Say, c: PaymentCommand) -> Result<ExitCode> {
    match c {
        PaymentCommand::List { state, due_by, limit, form } => {
            let filter = DeskFilter { state, due_by, limit, ..DeskFilter::default() };
            let rows = desk::instalments(&mut *app.pool.acquire().await?, app.clock.today(), &filter).await?;
            form.output.show(&rows, |rows| {
                let line = |i: &desk::InstalmentListed| {
                    vec![
                        i.number.clone(),
                        i.case_number.clone(),
                        i.no.to_string(),
                        i.due.map(|d| say.date(d)).unwrap_or_default(),
                        say.coded("instalment-state", &i.state),
                        say.dong(i.open),
                    ]
                };
                let lines: Vec<_> = rows.iter().map(line).collect();
                say.table(&["contract", "case", "instalment", "due", "state", "still-open"], &lines);
            })?;
        }
        PaymentCommand::Show { contract, form } => {
            form.output.show(&payment::account(app, which(app, &contract).await?).await?, |a| account(say, a))?;
        }
        PaymentCommand::Record { contract, reference, amount, way, paid_on, overpay, again, form } => {
            let id = which(app, &contract).await?;
            let paid_on = paid_on.unwrap_or_else(|| app.clock.today());
            let new = NewPayment { reference, amount, way, paid_on, overpay, again };
            let done = payment::record(app, by, id, new).await?;
            let now = payment::account(app, id).await?;
            form.output.show(&done, |done| {
                let said = Message::new("receipt-line").with("number", done.number.as_str());
                say.line(&said.with("amount", say.dong(done.amount)));
                account(say, &now);
            })?;
        }
        PaymentCommand::Reverse { entry, reason, reference, form } => {
            let how = Reversal { reason, reference, way: None, on: None };
            let done = payment::reverse(app, by, which_entry(app, &entry).await?, how).await?;
            let now = payment::account(app, done.contract_id).await?;
            form.output.show(&done, |_| account(say, &now))?;
        }
        PaymentCommand::Receipt { receipt, output } => {
            let id = which_receipt(app, &receipt).await?;
            let (number, pdf) = payment::receipt(app, by, id, Purpose::PreparePapers).await?;
            written(say, "receipt-file", &output, &number, &pdf)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn account(say: Say, a: &Account) {
    let head = Message::new("account-line")
        .with("number", a.number.as_str())
        .with("total", say.dong(a.total))
        .with("paid", say.dong(a.paid))
        .with("open", say.dong(a.open));
    say.line(&head);
    if a.over > 0 {
        say.under(&Message::new("account-over").with("over", say.dong(a.over)));
    }
    for o in &a.instalments {
        let i = &o.instalment;
        let said = Message::new(if o.due.is_some() { "instalment-line" } else { "instalment-later" })
            .with("no", f64::from(i.no))
            .with("title", i.title.in_lang(say.0))
            .with("amount", say.dong(i.amount.0))
            .with("open", say.dong(o.open.0))
            .with("day", o.due.map(|d| say.date(d)).unwrap_or_default())
            .with("state", say.coded("instalment-state", o.state.as_str()));
        say.under(&said.with("milestone", say.coded("milestone", i.on.as_str())));
    }
    for e in &a.entries {
        let key = if e.reason.is_some() { "entry-reversal-line" } else { "entry-line" };
        let said = Message::new(key)
            .with("day", say.date(e.paid_on))
            .with("kind", say.coded("entry", &e.kind))
            .with("amount", say.dong(e.amount))
            .with("way", say.coded("pay-way", &e.way))
            .with("reference", e.reference.as_str());
        say.under(&said.with("reason", e.reason.as_deref().map(|r| say.coded("reversal", r)).unwrap_or_default()));
    }
}

/// A contract by its number or id.
async fn which(app: &App, asked: &str) -> Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(asked) {
        return Ok(id);
    }
    // As a keyboard without Vietnamese letters writes it, too.
    let number = asked.trim().to_uppercase().replacen("HD-", "HĐ-", 1);
    let found = rows::by_number(&mut *app.pool.acquire().await?, &number).await?;
    found.ok_or_else(|| Error::NotFound { what: "contract", id: asked.to_owned() })
}

/// An entry by its reference or id: the one that stands, or else the one taken back, so that asking twice is answered twice.
async fn which_entry(app: &App, asked: &str) -> Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(asked) {
        return Ok(id);
    }
    match money::by_reference(&mut *app.pool.acquire().await?, asked).await?[..] {
        [one] => Ok(one),
        [] => Err(Error::NotFound { what: "payment", id: asked.to_owned() }),
        _ => Err(Error::refused("entry", "reference-twice", asked, "its id, as `--output json` gives it")),
    }
}

/// A receipt by its number or id.
async fn which_receipt(app: &App, asked: &str) -> Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(asked) {
        return Ok(id);
    }
    let number = payment::receipt_number(asked);
    let found = match number {
        Some((year, no)) => money::receipt_by_number(&mut *app.pool.acquire().await?, year, no).await?,
        None => None,
    };
    found.ok_or_else(|| Error::NotFound { what: "receipt", id: asked.to_owned() })
}

fn written(say: Say, key: &'static str, file: &Path, number: &str, pdf: &[u8]) -> Result<()> {
    std::fs::write(file, pdf).map_err(|e| Error::Broken(anyhow::Error::new(e).context(file.display().to_string())))?;
    say.wrote(key, file, pdf, number);
    Ok(())
}
