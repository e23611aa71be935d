//! The one composition root: what an act may reach. Built once per process from `config::Config`.

use crate::config::Config;
use crate::domain::case::ProcedureBook;
use crate::domain::rule::RuleBook;
use crate::domain::theme::Theme;
use crate::flow::staff::Throttle;
use crate::outside::scans::Scans;
use crate::outside::vault::Vault;
use anyhow::Context;
use rand::Rng;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgPool};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

#[derive(Clone)]
pub struct App {
    pub pool: PgPool,
    pub config: Arc<Config>,
    pub clock: Clock,
    pub book: Arc<Book>,
    /// Seals personal data.
    pub vault: Vault,
    pub scans: Scans,
    /// Brakes on guessing passwords.
    pub throttle: Arc<Throttle>,
}

impl App {
    /// Puts the service together. Does not wait for the database: while it is away, acts answer `Unavailable`.
    pub fn open(config: Config, clock: Clock, book: Book) -> anyhow::Result<Self> {
        let pool = pool(&config)?;
        Self::with_pool(pool, config, clock, book)
    }

    /// As [`App::open`], over a pool made elsewhere (tests).
    pub fn with_pool(pool: PgPool, config: Config, clock: Clock, book: Book) -> anyhow::Result<Self> {
        let vault = match &config.vault_key {
            Some(key) => Vault::from_hex(&key.0)?,
            None => Vault::open_file(&config.home.join("keys/vault.key"))?,
        };
        let scans = Scans::open(&config.scans, vault.clone())?;
        let (config, book) = (Arc::new(config), Arc::new(book));
        Ok(Self { pool, config, clock, book, vault, scans, throttle: Arc::default() })
    }
}

/// Connections that lay idle longer than this are tested before they are used.
const TRUSTED: Duration = Duration::from_millis(500);

/// A pool that gives up after 3 s, tests a connection that lay idle before it hands it out, and so heals by itself when the
/// database comes back. A connection just used is not asked again: that doubled the round trips of a busy service.
fn pool(config: &Config) -> anyhow::Result<PgPool> {
    let options: PgConnectOptions = config.database_url.parse().context("DATABASE_URL cannot be read")?;
    Ok(PgPoolOptions::new()
        .max_connections(config.limits.db_connections)
        .acquire_timeout(Duration::from_secs(3))
        .test_before_acquire(false)
        .before_acquire(|conn, seen| {
            Box::pin(async move {
                // an error here closes the connection, and another one is made
                if seen.idle_for > TRUSTED {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options.application_name("diaba")))
}

/// What the service ships as data (`data/`), read and checked at start.
#[derive(Debug, Default)]
pub struct Book {
    pub rules: RuleBook,
    pub themes: Vec<Theme>,
    pub procedures: ProcedureBook,
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
        Ok(Self { rules, themes, procedures })
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
        }
    }
    pub fn today(&self) -> Date {
        let seven = UtcOffset::from_hms(7, 0, 0).unwrap_or(UtcOffset::UTC);
        self.now().to_offset(seven).date()
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
