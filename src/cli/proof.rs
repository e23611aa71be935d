//! `diaba replay`, `diaba keys`, `diaba check-report`

use super::say::{Say, as_json};
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::proof::{Doubt, Keyring, Told, told};
use crate::domain::verify::Message;
use crate::domain::verify::text::Lang;
use crate::flow::proof as held;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, case};
use clap::{Args, Subcommand};
use futures::{StreamExt, TryStreamExt, stream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

#[derive(Args)]
pub struct ReplayArgs {
    /// Id of a verification
    #[arg(required_unless_present_any = ["all", "case", "run"])]
    pub id: Option<Uuid>,
    /// Every verification there is
    #[arg(long, conflicts_with_all = ["id", "case"])]
    pub all: bool,
    /// Every verification of a case (number or id)
    #[arg(long, conflicts_with = "id")]
    pub case: Option<String>,
    /// Every verification of a run over many parcels
    #[arg(long, conflicts_with_all = ["id", "all", "case"])]
    pub run: Option<Uuid>,
    /// Only that of this parcel
    #[arg(long, requires = "run")]
    pub parcel: Option<Uuid>,
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Every key that ever signed, newest first
    List,
    /// Make a new key and sign with it from now on; also the way on after a key was lost
    Rotate,
    /// Say that a key was stolen: what it signed is believed only where a head from before covers it. The one that signs is replaced first
    Revoke {
        id: String,
        /// Since when it may have been in other hands (RFC 3339; default: now)
        #[arg(long)]
        since: Option<String>,
        /// 10 to 500 characters, published with the key
        #[arg(long)]
        reason: String,
    },
    /// A public key as PEM, to be published (default: the one that signs)
    Export {
        id: Option<String>,
        /// Every key that ever signed, newest first
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// The list with validity and theft of each key, as /check/keys.json gives it
        #[arg(long, conflicts_with_all = ["id", "all"])]
        list: bool,
    },
}

#[derive(Subcommand)]
pub enum ProofCommand {
    /// Walk the whole hash chain and its signed heads; names the first thing that does not hold
    Verify {
        /// A head that was kept outside (JSON as `diaba proof head` or /api/v1/proof/heads gives it): the chain must still hold its link
        #[arg(long)]
        head: Option<PathBuf>,
        /// Public keys (PEM) to check that head with; when left out, the keys known here
        #[arg(long, requires = "head")]
        key: Option<PathBuf>,
    },
    /// Write the proof of a run's verdict on one parcel (JSON, for `diaba check-report`)
    Verdict {
        /// Id of the run
        run: Uuid,
        /// Id of the parcel
        parcel: Uuid,
        /// File to write (default: to standard output)
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Sign the last link now (a job does it each day) and print the head as JSON, to be kept where we cannot reach it
    Head,
}

#[derive(Args)]
pub struct CheckArgs {
    /// A sealed report (PDF), a proof bundle or the proof of a run's verdict (JSON)
    pub file: PathBuf,
    /// The public keys the office publishes (PEM, one or several; or the list of /check/keys.json, which names stolen keys)
    #[arg(long)]
    pub key: Option<PathBuf>,
}

/// Replays that run side by side.
const AT_ONCE: usize = 4;

/// Exit code 1 when any of them does not give the same digest.
pub async fn replay(app: &App, by: &Actor, say: Say, a: ReplayArgs) -> Result<ExitCode> {
    if let Some(run) = a.run {
        return replay_run(app, say, run, a.parcel).await;
    }
    let ids = match (a.id, &a.case) {
        (Some(id), _) => vec![id],
        (None, Some(asked)) => held::ids(app, Some(case::get(app, asked).await?.id)).await?,
        (None, None) => held::ids(app, None).await?,
    };
    let seen = held::Seen::default();
    let mut same = 0i64;
    let mut runs = stream::iter(&ids).map(|id| held::replay(app, by, *id, &seen)).buffered(AT_ONCE);
    while let Some(done) = runs.try_next().await? {
        let id = done.id;
        same += i64::from(tell(say, &done));
        if ids.len() == 1 && done.same {
            say.line(&Message::new("replay-same").with("id", id.to_string()).with("digest", done.digest.as_str()));
        }
    }
    counted(say, same, ids.len() as i64);
    Ok(if same == ids.len() as i64 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn counted(say: Say, same: i64, all: i64) {
    say.line(&Message::new("replay-count").with("same", say.count(same)).with("all", say.count(all)));
}

fn differs(say: Say, id: &str, what: &str, d: &held::Difference) {
    say.line(&Message::new("replay-differs").with("id", id).with("what", what));
    say.under(&Message::new("replay-pinned").with("value", d.pinned.as_str()));
    say.under(&Message::new("replay-found").with("value", d.found.as_str()));
}

/// Says what differs; true when nothing does.
fn tell(say: Say, done: &held::Replayed) -> bool {
    if let Some(d) = &done.first_difference {
        differs(say, &done.id.to_string(), &format!("{} {}", say.coded("replay-what", d.what), d.name), d);
    }
    done.first_difference.is_none()
}

async fn replay_run(app: &App, say: Say, run: Uuid, parcel: Option<Uuid>) -> Result<ExitCode> {
    let seen = held::Seen::default();
    let whole = held::run_differs(app, run).await?;
    if let Some(d) = &whole {
        differs(say, &d.name, &say.coded("replay-what", d.what), d);
    }
    let (mut same, mut all) = (0i64, 0i64);
    for no in held::run_chunks(app, run, parcel).await? {
        for done in held::replay_chunk(app, run, no, parcel, &seen).await? {
            all += 1;
            same += i64::from(tell(say, &done));
        }
    }
    counted(say, same, all);
    Ok(if same == all && whole.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Exit code 1 when something does not hold.
pub async fn chain(app: &App, say: Say, c: ProofCommand) -> Result<ExitCode> {
    let (head, key) = match c {
        ProofCommand::Verify { head, key } => (head, key),
        ProofCommand::Verdict { run, parcel, output } => {
            let proof = held::verdict(app, run, parcel).await?;
            let text = serde_json::to_string(&proof).map_err(|e| Error::Broken(e.into()))? + "\n";
            match output {
                Some(file) => std::fs::write(file, text).map_err(|e| Error::Broken(e.into()))?,
                None => print!("{text}"),
            }
            return Ok(ExitCode::SUCCESS);
        }
        ProofCommand::Head => {
            held::sign_head_now(app).await?;
            for head in held::heads(app, None, 1).await? {
                println!("{}", serde_json::to_string(&head).map_err(|e| Error::Broken(e.into()))?);
            }
            return Ok(ExitCode::SUCCESS);
        }
    };
    let refused = |field: &str, path: &Path, e: Doubt| Error::refused(field, "proof", path.display(), e);
    let given =
        head.as_deref().map(|p| kept_heads(p).map_err(|e| refused("head", p, e))).transpose()?.unwrap_or_default();
    let keys = key.as_deref().map(|p| keyring(p).map_err(|e| refused("key", p, e))).transpose()?;
    let done = held::walk_against(app, &given, keys.as_ref()).await?;
    let held = Message::new("chain-holds").with("links", say.count(done.links));
    say.line(&held.with("heads", say.count(done.heads)));
    if done.undated > 0 {
        say.line(&Message::new("chain-undated").with("n", say.count(done.undated)));
    }
    for h in given.iter().filter(|_| done.broken.is_none()) {
        let said = Message::new(if h.dated() { "chain-head-held" } else { "chain-head-held-undated" });
        say.line(&said.with("no", h.no.to_string()).with("at", say.moment(h.created_at)));
    }
    match done.broken {
        None => Ok(ExitCode::SUCCESS),
        Some(why) => {
            say.line(&Message::new("chain-broken").with("why", why.to_string()));
            Ok(ExitCode::FAILURE)
        }
    }
}

pub async fn keys(app: &App, by: &Actor, say: Say, c: KeysCommand) -> Result<ExitCode> {
    match c {
        KeysCommand::List => {
            let row = |k: held::KeyView| {
                let state = match &k.revoked {
                    Some(r) => {
                        let said = Message::new("key-revoked-since").with("at", say.moment(r.since));
                        say.message(&said.with("reason", r.reason.as_str()))
                    }
                    None => say.word(if k.signs { "key-signs" } else { "key-retired" }),
                };
                let until = k.until.map_or_else(|| "-".into(), |t| say.date(day_of(t)));
                vec![k.id, say.date(day_of(k.made_at)), until, state, k.public_key]
            };
            let rows: Vec<_> = held::keys(app).await?.into_iter().map(row).collect();
            say.table(&["key", "made", "until", "state", "public-key"], &rows);
        }
        KeysCommand::Rotate => {
            let key = held::rotate(app, by).await?;
            eprintln!("{}", say.message(&Message::new("key-made").with("id", key.id.as_str())));
            print!("{}", key.pem);
        }
        KeysCommand::Revoke { id, since, reason } => {
            let since = since.map(|t| instant(&t)).transpose()?;
            let key = held::revoke(app, by, &id, since, &reason).await?;
            eprintln!("{}", say.message(&Message::new("key-revoked").with("id", key.id.as_str())));
        }
        KeysCommand::Export { list: true, .. } => {
            as_json(&held::keys(app).await?)?;
        }
        KeysCommand::Export { all: true, .. } => {
            held::keys(app).await?.iter().for_each(|k| print!("{}", k.pem));
        }
        KeysCommand::Export { id, .. } => {
            let keys = held::keys(app).await?;
            let found = keys.iter().find(|k| id.as_ref().map_or(k.signs, |id| k.id == *id));
            let id = id.clone().unwrap_or_default();
            print!("{}", found.ok_or(Error::NotFound { what: "signing key", id })?.pem);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Needs neither database nor settings: the file and the public keys alone. Exit code 1 on any doubt.
pub fn check_report(say: Say, a: &CheckArgs) -> ExitCode {
    match checked(a, say.0) {
        Ok(told) => {
            told.lines.iter().for_each(|m| say.line(m));
            if told.proved { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(doubt) => {
            say.line(&Message::new("proof-doubt").with("doubt", say.message(&doubt.message())));
            ExitCode::FAILURE
        }
    }
}

fn checked(a: &CheckArgs, lang: Lang) -> std::result::Result<Told, Doubt> {
    let keys = a.key.as_deref().map(keyring).transpose()?;
    Ok(told(&read(&a.file)?, keys, lang))
}

fn read(path: &Path) -> std::result::Result<Vec<u8>, Doubt> {
    std::fs::read(path).map_err(|e| Doubt::Form(format!("{}: {e}", path.display())))
}

/// The heads in a file: one, or a list.
fn kept_heads(path: &Path) -> std::result::Result<Vec<held::HeadView>, Doubt> {
    let text = read(path)?;
    let one = serde_json::from_slice::<held::HeadView>(&text).map(|h| vec![h]);
    let heads = one.or_else(|_| serde_json::from_slice::<Vec<held::HeadView>>(&text));
    match heads {
        Ok(heads) if !heads.is_empty() => Ok(heads),
        Ok(_) => Err(Doubt::Form("no head in it".into())),
        Err(e) => Err(Doubt::Form(e.to_string())),
    }
}

/// The public keys in a PEM file, or in the list that is published.
pub(super) fn keyring(path: &Path) -> std::result::Result<Keyring, Doubt> {
    let text = read(path)?;
    let text = String::from_utf8_lossy(&text);
    if text.trim_start().starts_with('[') { Keyring::from_list(&text) } else { Keyring::from_pem(&text) }
}

fn instant(text: &str) -> Result<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| Error::refused("since", "shape", text, "an instant like 2026-11-28T12:00:00Z"))
}

/// Writes the proof bundle of a verification.
pub async fn write_proof(app: &App, by: &Actor, id: Uuid, file: &Path) -> Result<()> {
    let bundle = held::bundle(app, by, id, crate::domain::staff::Purpose::Verify).await?;
    let text = serde_json::to_string(&bundle).map_err(|e| Error::Broken(e.into()))?;
    std::fs::write(file, text + "\n").map_err(|e| Error::Broken(e.into()))
}
