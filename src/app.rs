//! The one composition root: what an act may reach. Built once per process from `config::Config`.

use crate::config::Config;
use crate::domain::rule::RuleBook;
use crate::domain::theme::Theme;
use sqlx::PgPool;
use std::sync::Arc;
use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

#[derive(Clone)]
pub struct App {
    pub pool: PgPool,
    pub config: Arc<Config>,
    pub clock: Clock,
    pub book: Arc<Book>,
}

/// What the service ships as data (`data/`), read and checked at start.
#[derive(Debug, Default)]
pub struct Book {
    pub rules: RuleBook,
    pub themes: Vec<Theme>,
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
}
