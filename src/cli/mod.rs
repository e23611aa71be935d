//! The command line: says what it does, refuses with the field's name, exits with 0 (done), 1 (refused or failed) or 2
//! (wrong usage).

mod advise;
mod archive;
mod args;
mod batch;
mod contract;
mod demo;
mod desk;
mod jobs;
mod layer;
mod parcel;
mod proof;
mod report;
mod say;
mod serve;
mod verify;
mod work;
mod year;

use crate::app::{App, Book, Clock};
use crate::config::Config;
use crate::flow::staff::Actor;
use crate::flow::{self, Error};
use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// Who reads what is printed may have read enough (`| head`): that is an end, not a fault.
fn end_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if said.starts_with("failed printing to stdout") && said.contains("Broken pipe") {
            std::process::exit(141);
        }
        usual(panic);
    }));
}

pub fn main() -> ExitCode {
    let cli = Cli::parse();
    end_with_the_reader();
    // A person at a terminal is told of what they asked for; slow statements are for who runs the service.
    let serves = matches!(cli.command, Command::Serve { .. } | Command::Work);
    crate::telemetry::start_logging(if serves { "info,sqlx=warn,apalis=warn" } else { "warn,diaba=info,sqlx=error" });
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(r) => r,
        Err(e) => {
            eprintln!("diaba: no threads to work with: {e}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(cli)) {
        Ok(code) => code,
        Err(e) => {
            say::error(&e);
            ExitCode::FAILURE
        }
    }
}

fn open() -> Result<App, Error> {
    let config = Config::from_env().map_err(|e| Error::Broken(e.into()))?;
    let book = Book::load(&config.data).map_err(|e| {
        Error::Broken(e.context("what the service ships is not whole; DIABA_DATA names its folder (data/)"))
    })?;
    Ok(App::open(config, Clock::System, book)?)
}

async fn run(cli: Cli) -> Result<ExitCode, Error> {
    if let Command::CheckReport(a) = &cli.command {
        return Ok(proof::check_report(a));
    }
    if let Command::CheckArchive(a) = &cli.command {
        return Ok(archive::check(a));
    }
    let app = open()?;
    let by = Actor::system("cli");
    if !matches!(cli.command, Command::Setup | Command::Serve { .. } | Command::Work) {
        flow::vault::check(&app).await?;
    }
    match cli.command {
        Command::Setup => {
            let r = flow::setup::setup(&app).await?;
            println!(
                "setup: {} new migrations; {} zones, {} communes, {} steps from old communes, {} themes; {} older rows brought over",
                r.migrations, r.zones, r.communes, r.succession, r.themes, r.brought
            );
        }
        Command::Zone { file } => {
            let n = flow::setup::zones_from_file(&app, &file).await?;
            println!("zones: {n} from {}", file.display());
        }
        Command::Theme { file } => {
            let n = flow::setup::themes_from_file(&app, &file).await?;
            println!("themes: {n} from {}", file.display());
        }
        Command::Demo { what: Some(year), .. } => return year::run(app, year).await,
        Command::Demo { size, seed, folder, cases, .. } => demo::run(&app, &by, size, seed, folder, cases).await?,
        Command::Verify(a) if a.many.asked() => return batch::run(&app, &by, a.many).await,
        Command::Verify(a) => return verify::run(&app, &by, a).await,
        Command::Parcel(a) => return parcel::show(&app, a).await,
        Command::ParcelRecord(a) => parcel::record(&app, &by, a).await?,
        Command::ParcelRevoke(a) => parcel::revoke(&app, &by, a).await?,
        Command::Case(c) => return desk::case(&app, &by, c).await,
        Command::Paper(c) => return desk::paper(&app, &by, c).await,
        Command::Contract(c) => return contract::contract(&app, &by, c).await,
        Command::Plan(a) => return work::plan(&app, &by, a).await,
        Command::Agency(c) => return work::agency(&app, &by, c).await,
        Command::Field(c) => return work::field(&app, c).await,
        Command::Payment(c) => return contract::payment(&app, &by, c).await,
        Command::Advise(a) => return advise::run(&app, &by, a).await,
        Command::Replay(a) => return proof::replay(&app, &by, a).await,
        Command::Keys(c) => return proof::keys(&app, &by, c).await,
        Command::Proof(c) => return proof::chain(&app, c).await,
        Command::CheckReport(a) => return Ok(proof::check_report(&a)),
        Command::CheckArchive(a) => return Ok(archive::check(&a)),
        Command::Archive(a) => return archive::run(&app, &by, a).await,
        Command::Report(a) => return report::run(&app, &by, a).await,
        Command::Serve { no_worker } => serve::serve(app, !no_worker).await?,
        Command::Work => serve::work(app).await?,
        Command::Jobs(c) => return jobs::run(&app, &by, c).await,
        Command::StaffAdd { login, name, roles, department } => {
            serve::add_staff(&app, &by, login, name, roles, department).await?
        }
        Command::Layer(c) => return layer::run(&app, &by, c).await,
    }
    Ok(ExitCode::SUCCESS)
}
