//! `diaba contract ...` and `diaba payment ...`

use super::args::date;
use super::say;
use crate::app::App;
use crate::domain::money::Dong;
use crate::domain::staff::Purpose;
use crate::flow::contract::{self, ContractView};
use crate::flow::payment::{self, Account, NewPayment, Reversal};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, case};
use crate::store::contract as rows;
use crate::store::contract_desk::{self as desk, DeskFilter};
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
    },
    /// Contracts of a case (HS-... or id): who has signed, who is next
    Show { case: String },
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
    },
    /// What was paid of a contract (HĐ-... or id), what is open, due and overdue
    Show { contract: String },
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
    },
    /// Take an entry back by a new one
    Reverse {
        entry: Uuid,
        /// entered_wrongly, not_received or paid_back
        #[arg(long)]
        reason: String,
        /// Of paying back: number of the transfer or of the cash slip
        #[arg(long)]
        reference: Option<String>,
    },
    /// Write a receipt as PDF
    Receipt {
        receipt: Uuid,
        #[arg(long, short)]
        output: PathBuf,
    },
}

pub async fn contract(app: &App, by: &Actor, c: ContractCommand) -> Result<ExitCode> {
    match c {
        ContractCommand::List { state, limit } => {
            let mut conn = app.pool.acquire().await?;
            let filter = DeskFilter { state, limit, ..DeskFilter::default() };
            let today = app.clock.today();
            let counts = desk::count_contracts(&mut conn, today).await?;
            let line = |c: &desk::DeskCount| vec![c.state.clone(), say::count(c.count), Dong(c.sum).to_string()];
            say::table(&["state", "contracts", "total"], &counts.iter().map(line).collect::<Vec<_>>());
            println!();
            let line = |c: &desk::ContractListed| {
                let next = c.next.clone().unwrap_or_default();
                vec![
                    c.number.clone(),
                    c.case_number.clone(),
                    c.state.clone(),
                    next,
                    c.sign_by.to_string(),
                    Dong(c.total).to_string(),
                ]
            };
            let all: Vec<_> = desk::contracts(&mut conn, today, &filter).await?.iter().map(line).collect();
            say::table(&["contract", "case", "state", "next", "sign by", "total"], &all);
        }
        ContractCommand::Show { case } => {
            let found = case::get(app, &case).await?;
            contract::list(app, found.id).await?.iter().for_each(told);
        }
        ContractCommand::Pdf { contract: asked, output } => {
            let id = which(app, &asked).await?;
            let (number, pdf) = contract::pdf(app, by, id, Purpose::PreparePapers).await?;
            written(&output, &number, &pdf)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(c: &ContractView) {
    println!("{}  version {}  {}  {}  sign by {}", c.number, c.version, c.state, Dong(c.total), c.sign_by);
    for s in &c.signers {
        let how = match &s.signature {
            Some(g) => format!("{} {}", g.way, g.signed_at.date()),
            None if c.next.contains(&s.no) => "next".into(),
            None => "waits".into(),
        };
        println!("  {} {}  {how}", s.no, s.signer.as_str());
    }
}

pub async fn payment(app: &App, by: &Actor, c: PaymentCommand) -> Result<ExitCode> {
    match c {
        PaymentCommand::List { state, due_by, limit } => {
            let filter = DeskFilter { state, due_by, limit, ..DeskFilter::default() };
            let rows = desk::instalments(&mut *app.pool.acquire().await?, app.clock.today(), &filter).await?;
            let line = |i: &desk::InstalmentListed| {
                let due = i.due.map(|d| d.to_string()).unwrap_or_default();
                vec![
                    i.number.clone(),
                    i.case_number.clone(),
                    i.no.to_string(),
                    due,
                    i.state.clone(),
                    Dong(i.open).to_string(),
                ]
            };
            let lines: Vec<_> = rows.iter().map(line).collect();
            say::table(&["contract", "case", "no", "due", "state", "open"], &lines);
        }
        PaymentCommand::Show { contract } => {
            say_account(&payment::account(app, which(app, &contract).await?).await?);
        }
        PaymentCommand::Record { contract, reference, amount, way, paid_on, overpay, again } => {
            let id = which(app, &contract).await?;
            let paid_on = paid_on.unwrap_or_else(|| app.clock.today());
            let new = NewPayment { reference, amount, way, paid_on, overpay, again };
            let done = payment::record(app, by, id, new).await?;
            println!("receipt {} ({})  {}", done.number, done.id, Dong(done.amount));
            say_account(&payment::account(app, id).await?);
        }
        PaymentCommand::Reverse { entry, reason, reference } => {
            let how = Reversal { reason, reference, way: None, on: None };
            let done = payment::reverse(app, by, entry, how).await?;
            say_account(&payment::account(app, done.contract_id).await?);
        }
        PaymentCommand::Receipt { receipt, output } => {
            let (number, pdf) = payment::receipt(app, by, receipt, Purpose::PreparePapers).await?;
            written(&output, &number, &pdf)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn say_account(a: &Account) {
    println!(
        "{}  total {}  paid {}  open {}  beyond {}",
        a.number,
        Dong(a.total),
        Dong(a.paid),
        Dong(a.open),
        Dong(a.over)
    );
    for o in &a.instalments {
        let due = o.due.map(|d| format!("due {d}")).unwrap_or_else(|| format!("on {}", o.instalment.on.as_str()));
        println!("  {} {}  open {}  {due}  {}", o.instalment.no, o.instalment.amount, o.open, o.state.as_str());
    }
    for e in &a.entries {
        println!("  {}  {} {}  {}  {}", e.id, e.kind, Dong(e.amount), e.reference, e.paid_on);
    }
}

/// A contract by its number or id.
async fn which(app: &App, asked: &str) -> Result<Uuid> {
    if let Ok(id) = Uuid::parse_str(asked) {
        return Ok(id);
    }
    let found = rows::by_number(&mut *app.pool.acquire().await?, asked).await?;
    found.ok_or_else(|| Error::NotFound { what: "contract", id: asked.to_owned() })
}

fn written(file: &Path, number: &str, pdf: &[u8]) -> Result<()> {
    std::fs::write(file, pdf).map_err(|e| Error::Broken(anyhow::Error::new(e).context(file.display().to_string())))?;
    println!("{}  {number} ({} KiB)", file.display(), pdf.len().div_ceil(1024));
    Ok(())
}
