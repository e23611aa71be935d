//! `diaba replay`, `diaba keys`, `diaba check-report`

use super::say;
use crate::app::App;
use crate::domain::proof::{Bundle, Doubt, PublicKey, Sealed, check_file};
use crate::domain::verify::text::{Lang, date, message};
use crate::domain::verify::{Message, Outcome, Record};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, case, proof};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;

#[derive(Args)]
pub struct ReplayArgs {
    /// Id of a verification
    #[arg(required_unless_present_any = ["all", "case"])]
    pub id: Option<Uuid>,
    /// Every verification there is
    #[arg(long, conflicts_with_all = ["id", "case"])]
    pub all: bool,
    /// Every verification of a case (number or id)
    #[arg(long, conflicts_with = "id")]
    pub case: Option<String>,
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Every key that ever signed, newest first
    List,
    /// Make a new key and sign with it from now on; also the way on after a key was lost
    Rotate,
    /// The public key as PEM, to be published (default: the one that signs)
    Export { id: Option<String> },
}

#[derive(Subcommand)]
pub enum ProofCommand {
    /// Walk the whole hash chain and its signed heads; names the first thing that does not hold
    Verify,
    /// Sign the last link now (a job does it each day)
    Head,
}

#[derive(Args)]
pub struct CheckArgs {
    /// A sealed report (PDF) or a proof bundle (JSON)
    pub file: PathBuf,
    /// The public key the office publishes (PEM)
    #[arg(long)]
    pub key: Option<PathBuf>,
    /// vi or en
    #[arg(long, default_value = "vi")]
    pub lang: String,
}

/// Exit code 1 when any of them does not give the same digest.
pub async fn replay(app: &App, by: &Actor, a: ReplayArgs) -> Result<ExitCode> {
    let ids = match (a.id, &a.case) {
        (Some(id), _) => vec![id],
        (None, Some(asked)) => proof::ids(app, Some(case::get(app, asked).await?.id)).await?,
        (None, None) => proof::ids(app, None).await?,
    };
    let seen = proof::Seen::default();
    let mut same = 0i64;
    for id in &ids {
        let done = proof::replay(app, by, *id, &seen).await?;
        match &done.first_difference {
            None => same += 1,
            Some(d) => println!("{id}  differs: {} {}\n  pinned: {}\n  found:  {}", d.what, d.name, d.pinned, d.found),
        }
        if ids.len() == 1 && done.same {
            println!("{id}  same digest {}", done.digest);
        }
    }
    println!("{} of {} replayed to the same digest", say::count(same), say::count(ids.len() as i64));
    Ok(if same == ids.len() as i64 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Exit code 1 when something does not hold.
pub async fn chain(app: &App, c: ProofCommand) -> Result<ExitCode> {
    if let ProofCommand::Head = c {
        proof::sign_head_now(app).await?;
        let heads = proof::heads(app, None, 1).await?;
        heads.iter().for_each(|h| println!("head over link {}: {} (key {})", h.no, h.hash, h.key_id));
        return Ok(ExitCode::SUCCESS);
    }
    let done = proof::walk(app).await?;
    println!("{} links and {} heads hold", say::count(done.links), say::count(done.heads));
    match done.broken {
        None => Ok(ExitCode::SUCCESS),
        Some(why) => {
            println!("broken: {why}");
            Ok(ExitCode::FAILURE)
        }
    }
}

pub async fn keys(app: &App, by: &Actor, c: KeysCommand) -> Result<ExitCode> {
    match c {
        KeysCommand::List => {
            let row = |k: proof::KeyView| {
                vec![
                    k.id,
                    k.made_at.date().to_string(),
                    if k.signs { "signs".into() } else { "retired".into() },
                    k.public_key,
                ]
            };
            let rows: Vec<_> = proof::keys(app).await?.into_iter().map(row).collect();
            say::table(&["key", "made", "state", "public key"], &rows);
        }
        KeysCommand::Rotate => {
            let key = proof::rotate(app, by).await?;
            eprintln!("key {} signs from now on; publish it:", key.id);
            print!("{}", key.pem);
        }
        KeysCommand::Export { id } => {
            let keys = proof::keys(app).await?;
            let found = keys.iter().find(|k| id.as_ref().map_or(k.signs, |id| k.id == *id));
            let id = id.clone().unwrap_or_else(|| "the current one".into());
            print!("{}", found.ok_or(Error::NotFound { what: "signing key", id })?.pem);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Needs neither database nor settings: the file and the public key alone. Exit code 1 on any doubt.
pub fn check_report(a: &CheckArgs) -> ExitCode {
    let lang = if a.lang == "en" { Lang::En } else { Lang::Vi };
    let say = |m: Message| println!("{}", message(lang, &m));
    match checked(a, lang, &say) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(doubt) => {
            say(Message::new("proof-doubt").with("doubt", doubt.to_string()));
            ExitCode::FAILURE
        }
    }
}

fn checked(a: &CheckArgs, lang: Lang, say: &dyn Fn(Message)) -> std::result::Result<bool, Doubt> {
    let read = |p: &Path| std::fs::read(p).map_err(|e| Doubt::Form(format!("{}: {e}", p.display())));
    let file = read(&a.file)?;
    let given = match &a.key {
        Some(path) => Some(PublicKey::from_pem(&String::from_utf8_lossy(&read(path)?))?),
        None => None,
    };
    if file.first() == Some(&b'{') {
        let text = std::str::from_utf8(&file).map_err(|e| Doubt::Form(e.to_string()))?;
        return checked_bundle(&Bundle::from_json(text)?, given, lang, say);
    }
    let Some(key) = given else {
        let sealed = Sealed::read(&file)?;
        say(Message::new("proof-key").with("key", sealed.signed.key_id));
        say(Message::new("proof-key-needed"));
        return Ok(false);
    };
    let sealed = check_file(&file, &key)?;
    say(Message::new("proof-file-sealed").with("bytes", sealed.content.len().to_string()));
    say(Message::new("proof-digest").with("digest", sealed.digest));
    say(Message::new("proof-key").with("key", sealed.signed.key_id));
    say(Message::new("proof-key-given"));
    Ok(true)
}

fn checked_bundle(
    bundle: &Bundle,
    given: Option<PublicKey>,
    lang: Lang,
    say: &dyn Fn(Message),
) -> std::result::Result<bool, Doubt> {
    let trusted = given.is_some();
    let key = given.map_or_else(|| bundle.own_key(), Ok)?;
    let proven = bundle.check(&key)?;
    say(Message::new("proof-record-whole"));
    say(Message::new("proof-digest").with("digest", proven.digest));
    say(Message::new("proof-as-of").with("date", date(lang, proven.record.as_of)));
    say(Message::new("proof-outcome").with("outcome", message(lang, &outcome(&proven.record))));
    say(Message::new("proof-key").with("key", proven.key_id));
    say(Message::new(if trusted { "proof-key-given" } else { "proof-key-own" }));
    Ok(trusted)
}

fn outcome(record: &Record) -> Message {
    Message::new(match record.outcome {
        Outcome::CanProceed => "outcome-can-proceed",
        Outcome::NeedsPapers => "outcome-needs-papers",
        Outcome::NeedsPerson => "outcome-needs-person",
        Outcome::Blocked => "outcome-blocked",
    })
}

/// Writes the proof bundle of a verification.
pub async fn write_proof(app: &App, by: &Actor, id: Uuid, file: &Path) -> Result<()> {
    let bundle = proof::bundle(app, by, id, crate::domain::staff::Purpose::Verify).await?;
    let text = serde_json::to_string(&bundle).map_err(|e| Error::Broken(e.into()))?;
    std::fs::write(file, text + "\n").map_err(|e| Error::Broken(e.into()))
}
