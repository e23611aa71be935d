//! The one composition root: what an act may reach. Built once per process from `config::Config`.

mod maps;

pub use maps::{FeatureKey, Maps};

use crate::config::Config;
use crate::domain::advice::GuideBook;
use crate::domain::calendar::day_of;
use crate::domain::case::ProcedureBook;
use crate::domain::fee::FeeBook;
use crate::domain::quotation::PriceBook;
use crate::domain::rule::RuleBook;
use crate::domain::theme::Theme;
use crate::domain::verify::{Basis, Pins, RuleSet, SetError, ThemeSet};
use crate::outside::keys::Keys;
use crate::outside::press::Press;
use crate::outside::scans::Scans;
use crate::outside::vault::Vault;
use anyhow::Context;
use rand::Rng;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

#[derive(Clone)]
pub struct App {
    pub pool: PgPool,
    pub config: Arc<Config>,
    pub clock: Clock,
    pub book: Arc<Book>,
    /// Rule and theme sets made before.
    pub sets: Arc<Sets>,
    /// Large features and layer versions read before.
    pub maps: Arc<Maps>,
    /// Seals personal data.
    pub vault: Vault,
    pub scans: Scans,
    /// Keys that sign verifications and files.
    pub keys: Keys,
    /// Sets reports and other papers.
    pub press: Press,
}

impl App {
    /// Puts the service together. Does not wait for the database: while it is away, acts answer `Unavailable`.
    pub fn open(config: Config, clock: Clock, book: Book) -> anyhow::Result<Self> {
        let pool = pool(&config)?;
        Self::over(pool, config, clock, book)
    }

    /// As [`App::open`], over a pool made elsewhere, with a key at once (tests).
    pub fn with_pool(pool: PgPool, config: Config, clock: Clock, book: Book) -> anyhow::Result<Self> {
        let app = Self::over(pool, config, clock, book)?;
        app.vault.keep()?;
        Ok(app)
    }

    fn over(pool: PgPool, config: Config, clock: Clock, book: Book) -> anyhow::Result<Self> {
        let vault = match &config.vault_key {
            Some(key) => Vault::from_hex(&key.0)?,
            None => Vault::open_file(&config.home.join("keys/vault.key"))?,
        };
        let scans = Scans::open(&config.scans, vault.clone())?;
        let keys = Keys::new(config.home.join("keys/signing"));
        let press = Press::open(&config.data.join("templates"))?;
        let maps = Arc::new(Maps::new(config.limits.map_bytes));
        let (config, book) = (Arc::new(config), Arc::new(book));
        Ok(Self { pool, config, clock, book, sets: Arc::default(), maps, vault, scans, keys, press })
    }
}

/// A connection that does not answer within this is given up.
const SILENCE: Duration = Duration::from_millis(1500);

/// A pool that gives up after 3 s and heals by itself: each connection is asked for a sign of life before it is handed out
/// and after it comes back, and one that is silent (its cable was cut, a firewall forgot it) is replaced. A connection used
/// a moment ago is asked too: its line may have died since (test F6 hangs without).
fn pool(config: &Config) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = config.database_url.parse().context("DATABASE_URL cannot be read")?;
    Ok(PgPoolOptions::new()
        .max_connections(config.limits.db_connections)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire(false)
        .before_acquire(|conn, _| Box::pin(async { Ok(alive(conn).await) }))
        .after_release(|conn, _| Box::pin(async { Ok(alive(conn).await) }))
        .connect_lazy_with(watched(options).application_name("diaba")))
}

async fn alive(conn: &mut PgConnection) -> bool {
    matches!(tokio::time::timeout(SILENCE, conn.ping()).await, Ok(Ok(())))
}

/// The server ends the session of a client that vanished, and with it its locks: at once when its process was killed, though
/// it be in the middle of a long statement; after some 25 s when its cable was cut. (What the client knows of a server that
/// vanished it finds out by itself: sqlx does not let us at its sockets.)
fn watched(options: PgConnectOptions) -> PgConnectOptions {
    options.options([
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "25000"),
        ("client_connection_check_interval", "2000"),
        // What a transaction of ours holds back from being cleared away, it does not hold back for ever.
        ("idle_in_transaction_session_timeout", "300000"),
    ])
}

/// What the service ships as data (`data/`), read and checked at start.
#[derive(Debug, Default)]
pub struct Book {
    pub rules: RuleBook,
    pub themes: Vec<Theme>,
    pub procedures: ProcedureBook,
    pub fees: FeeBook,
    pub guides: GuideBook,
    pub prices: PriceBook,
}

impl Book {
    /// Reads and checks everything under `data` that verdicts rest on.
    pub fn load(data: &Path) -> anyhow::Result<Self> {
        let texts = toml_files(&data.join("rules"))?;
        let texts: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        let rules = RuleBook::from_toml(&texts)?;
        let texts = toml_files(&data.join("procedures"))?;
        let texts: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        let procedures = ProcedureBook::from_toml(&texts)?;
        let file = data.join("themes.toml");
        let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let themes = Theme::from_toml("themes.toml", &text, &rules)?;
        let texts = toml_files(&data.join("fees"))?;
        let texts: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        let fees = FeeBook::from_toml(&texts)?;
        let file = data.join("options.toml");
        let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let guides = GuideBook::from_toml("options.toml", &text)?;
        let texts = toml_files(&data.join("prices"))?;
        let texts: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        let prices = PriceBook::from_toml(&texts)?;
        Ok(Self { rules, themes, procedures, fees, guides, prices })
    }
}

type RulesKey = (Date, Option<String>, Option<String>);
/// Code and hash of every theme.
type ThemeMarks = Vec<(String, String)>;

/// Sets that cost a few milliseconds to make, kept for the next verdict of the same day and province. Losing them costs
/// time only.
#[derive(Debug, Default)]
pub struct Sets {
    rules: Mutex<BTreeMap<RulesKey, Arc<RuleSet>>>,
    themes: Mutex<Option<(ThemeMarks, Arc<ThemeSet>)>>,
    /// By hash of the rules and of the themes.
    pinned: Mutex<BTreeMap<(String, String), Basis>>,
}

impl Sets {
    /// More than this many of a kind are not held.
    const MOST: usize = 256;

    /// The rules in force on `day` under today's code of a province and its name before July 2025.
    pub fn rules(&self, book: &RuleBook, day: Date, places: [Option<&str>; 2]) -> Result<Arc<RuleSet>, SetError> {
        let key = (day, places[0].map(str::to_owned), places[1].map(str::to_owned));
        let mut held = self.rules.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(set) = held.get(&key) {
            return Ok(set.clone());
        }
        let set = Arc::new(RuleSet::in_force(book, day, &places)?);
        if held.len() >= Self::MOST {
            held.clear();
        }
        held.insert(key, set.clone());
        Ok(set)
    }

    /// What a record pins, if it was proved before.
    pub fn pinned(&self, pins: &Pins) -> Option<Basis> {
        let held = self.pinned.lock().unwrap_or_else(|e| e.into_inner());
        held.get(&(pins.rules.clone(), pins.themes.clone())).cloned()
    }

    pub fn keep_pinned(&self, basis: &Basis) {
        let mut held = self.pinned.lock().unwrap_or_else(|e| e.into_inner());
        if held.len() >= Self::MOST {
            held.clear();
        }
        held.insert((basis.rules.hash.clone(), basis.themes.hash.clone()), basis.clone());
    }

    pub fn themes(&self, marks: &[(String, String)]) -> Option<Arc<ThemeSet>> {
        let held = self.themes.lock().unwrap_or_else(|e| e.into_inner());
        held.as_ref().filter(|(known, _)| known == marks).map(|(_, set)| set.clone())
    }

    pub fn keep_themes(&self, marks: ThemeMarks, set: Arc<ThemeSet>) {
        *self.themes.lock().unwrap_or_else(|e| e.into_inner()) = Some((marks, set));
    }
}

fn toml_files(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            out.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text));
        }
    }
    out.sort();
    Ok(out)
}

/// Time and ids are handed in. Instants are UTC; days are those of Viet Nam (UTC+7, no daylight saving since 1975).
#[derive(Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// For tests and simulations: stands still until moved.
    Fixed(Arc<std::sync::Mutex<OffsetDateTime>>),
    /// The same for several processes of one simulation.
    Shared(Arc<SharedClock>),
}

/// An instant in a file, in whole seconds since 1970, moved by whoever plays.
pub struct SharedClock {
    file: PathBuf,
    /// As last read, should the file be away.
    last: AtomicI64,
}

impl SharedClock {
    pub fn new(file: PathBuf) -> Self {
        Self { file, last: AtomicI64::new(0) }
    }

    fn read(&self) -> OffsetDateTime {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        if let Ok(seconds) = text.trim().parse() {
            self.last.store(seconds, Ordering::Relaxed);
        }
        OffsetDateTime::from_unix_timestamp(self.last.load(Ordering::Relaxed)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Readers see the former instant or this one, never half of it.
    pub fn set(&self, at: OffsetDateTime) -> std::io::Result<()> {
        let beside = self.file.with_extension("next");
        std::fs::write(&beside, at.unix_timestamp().to_string())?;
        std::fs::rename(beside, &self.file)
    }
}

impl Clock {
    #[allow(clippy::disallowed_methods, reason = "the one room where the clock is read")]
    pub fn now(&self) -> OffsetDateTime {
        match self {
            // PostgreSQL keeps microseconds; so do we, or what is read back differs from what was written.
            Clock::System => {
                let t = OffsetDateTime::now_utc();
                t.replace_nanosecond(t.nanosecond() / 1000 * 1000).unwrap_or(t)
            }
            Clock::Fixed(t) => *t.lock().unwrap_or_else(|e| e.into_inner()),
            Clock::Shared(clock) => clock.read(),
        }
    }
    /// Moved by hand: a simulation.
    pub fn simulated(&self) -> bool {
        !matches!(self, Clock::System)
    }
    pub fn today(&self) -> Date {
        day_of(self.now())
    }
    /// A new identifier, time-ordered (UUID v7).
    #[allow(clippy::disallowed_methods, reason = "the one room where chance is drawn")]
    pub fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
    /// 32 random bytes, for tokens.
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }
}
