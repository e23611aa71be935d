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
use say::Say;
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
    let say = Say(cli.lang);
    match runtime.block_on(run(say, cli.command)) {
        Ok(code) => code,
        Err(e) => {
            say.error(&e);
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

async fn run(say: Say, command: Command) -> Result<ExitCode, Error> {
    if let Command::CheckReport(a) = &command {
        return Ok(proof::check_report(say, a));
    }
    if let Command::CheckArchive(a) = &command {
        return Ok(archive::check(say, a));
    }
    let app = open()?;
    let by = Actor::system("cli");
    if !matches!(command, Command::Setup | Command::Serve { .. } | Command::Work) {
        flow::vault::check(&app).await?;
    }
    match command {
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
        Command::Demo { size, seed, folder, cases, .. } => demo::run(&app, &by, say, size, seed, folder, cases).await?,
        Command::Verify(a) if a.many.asked() => return batch::run(&app, &by, say, a.many).await,
        Command::Verify(a) => return verify::run(&app, &by, say, a).await,
        Command::Parcel(a) => return parcel::show(&app, say, a).await,
        Command::ParcelRecord(a) => parcel::record(&app, &by, say, a).await?,
        Command::ParcelRevoke(a) => parcel::revoke(&app, &by, say, a).await?,
        Command::Case(c) => return desk::case(&app, &by, say, c).await,
        Command::Paper(c) => return desk::paper(&app, &by, say, c).await,
        Command::Contract(c) => return contract::contract(&app, &by, say, c).await,
        Command::Plan(a) => return work::plan(&app, &by, say, a).await,
        Command::Agency(c) => return work::agency(&app, &by, say, c).await,
        Command::Field(c) => return work::field(&app, say, c).await,
        Command::Payment(c) => return contract::payment(&app, &by, say, c).await,
        Command::Advise(a) => return advise::run(&app, &by, say, a).await,
        Command::Replay(a) => return proof::replay(&app, &by, say, a).await,
        Command::Keys(c) => return proof::keys(&app, &by, say, c).await,
        Command::Proof(c) => return proof::chain(&app, say, c).await,
        Command::CheckReport(a) => return Ok(proof::check_report(say, &a)),
        Command::CheckArchive(a) => return Ok(archive::check(say, &a)),
        Command::Archive(a) => return archive::run(&app, &by, say, a).await,
        Command::Report(a) => return report::run(&app, &by, say, a).await,
        Command::Serve { no_worker } => serve::serve(app, !no_worker).await?,
        Command::Work => serve::work(app).await?,
        Command::Jobs(c) => return jobs::run(&app, &by, say, c).await,
        Command::StaffAdd { login, name, roles, department } => {
            serve::add_staff(&app, &by, login, name, roles, department).await?
        }
        Command::Layer(c) => return layer::run(&app, &by, say, c).await,
    }
    Ok(ExitCode::SUCCESS)
}
