//! `diaba demo run-year`: a scripted year of the demo ward, through the real API and the real queue, on a simulated clock, in a
//! database of its own.

mod office;
mod play;
mod show;
mod talk;
mod world;

use crate::app::App;
use crate::cli::args::date;
use crate::domain::demo::{Ward, generate_on, year as script};
use crate::flow::demo::year as kept;
use crate::flow::{Error, Result};
use clap::{Args, Subcommand};
use office::{Kills, Office};
use play::{Played, play};
use std::path::PathBuf;
use std::process::ExitCode;
use time::Date;
use time::macros::date as day;

#[derive(Subcommand)]
pub enum YearCommand {
    /// Play a year of the demo ward on a simulated clock and say what happened
    RunYear(RunYear),
    /// The API of a year that is being played
    #[command(hide = true)]
    YearServe { clock: PathBuf },
    /// The worker of a year that is being played
    #[command(hide = true)]
    YearWork { clock: PathBuf },
}

#[derive(Args, Clone)]
pub struct RunYear {
    /// How many cases come
    #[arg(long, default_value_t = 500)]
    cases: usize,
    /// How many days are played
    #[arg(long, default_value_t = 365)]
    days: u16,
    /// All cases come within so many of its days; all but the last 45 when left out
    #[arg(long)]
    arrive_within: Option<u16>,
    /// Nobody lets anybody wait or gives up, and people act every hour: many cases come to their end within two weeks
    #[arg(long)]
    brisk: bool,
    /// The first day; all of it must lie in the past
    #[arg(long, value_parser = date, default_value = "2025-11-03")]
    from: Date,
    #[arg(long, default_value_t = 20_251_103)]
    seed: u64,
    /// Play it a second time and kill the API and the worker this often in the middle of what they do; both years must be equal
    #[arg(long, default_value_t = 0)]
    kills: usize,
    /// Leave the database, to look at it with `diaba serve`
    #[arg(long)]
    keep: bool,
    /// Write every line that the years are compared by to this file (and to FILE.killed)
    #[arg(long)]
    lines: Option<PathBuf>,
}

pub async fn run(app: App, what: YearCommand) -> Result<ExitCode> {
    match what {
        YearCommand::RunYear(ask) => years(app, ask).await,
        YearCommand::YearServe { clock } => office::serve(app, clock).await.map(|()| ExitCode::SUCCESS),
        YearCommand::YearWork { clock } => office::work(app, clock).await.map(|()| ExitCode::SUCCESS),
    }
}

/// The end of the longest year that calendars and procedures speak of.
const LAST: Date = day!(2027 - 12 - 31);

async fn years(app: App, ask: RunYear) -> Result<ExitCode> {
    let to = ask.from + time::Duration::days(i64::from(ask.days));
    let today = app.clock.today();
    if to > today.min(LAST) {
        let allowed = format!("a year that ends before {today}: the queue does not run ahead of the database's clock");
        return Err(Error::refused("from", "range", ask.from, allowed));
    }
    let size = (ask.cases * 20).clamp(600, 8000);
    let ward = generate_on(ask.seed, size, ask.from);
    let year = script::year(ask.seed, ask.from, (ask.days, ask.arrive_within), ask.cases, &ward);
    let mut year = year.map_err(|e| Error::Broken(e.into()))?;
    year.stories.iter_mut().for_each(|s| s.brisk = ask.brisk);
    println!("year: {} cases from {} to {}, seed {}", year.stories.len(), year.from, year.to, ask.seed);
    let calm = once(&app, &ask, &ward, &year, None).await?;
    show::year(&calm);
    write(&ask, &calm, "")?;
    let mut good = calm.faults.is_empty();
    if ask.kills > 0 && good {
        let kills = Kills::plan(ask.seed, ask.kills, (calm.requests, &calm.acts), calm.drains);
        let killed = once(&app, &ask, &ward, &year, Some(kills)).await?;
        show::compared(&calm, &killed);
        write(&ask, &killed, ".killed")?;
        good = killed.faults.is_empty() && killed.hash == calm.hash && killed.kills >= ask.kills;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One year in a database of its own.
async fn once(app: &App, ask: &RunYear, ward: &Ward, year: &script::Year, kills: Option<Kills>) -> Result<Played> {
    let number = std::process::id() * 2 % 1_000_000_000 + u32::from(kills.is_some());
    let name = kept::make_database(app, number).await?;
    let home = tempfile::tempdir().map_err(|e| Error::Broken(e.into()))?;
    let mut office = Office::open(app, &name, home.path(), year.from, kills).await?;
    let played = play(&mut office, ward, year).await;
    office.close().await;
    if ask.keep {
        let (home, url) = (home.keep(), office::url(app, &name));
        println!("left: DATABASE_URL={url} DIABA_HOME={}", home.display());
    } else {
        kept::drop_database(app, number).await?;
    }
    played
}

fn write(ask: &RunYear, played: &Played, ending: &str) -> Result<()> {
    let Some(file) = &ask.lines else { return Ok(()) };
    let mut name = file.clone().into_os_string();
    name.push(ending);
    std::fs::write(name, played.lines.join("\n")).map_err(|e| Error::Broken(e.into()))
}
