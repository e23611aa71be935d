//! A brake on guessing passwords, kept in the database: all instances brake together. Attempts are counted per (login,
//! address) and per address before the password is looked at, so that guesses sent all at once are counted too; a right
//! password takes its count back. Past a threshold each further failure doubles the wait, up to fifteen minutes.

use crate::app::App;
use crate::flow::{Result, begin};
use crate::store::sign_in::{self, FailureRow};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

const PER_LOGIN: i32 = 5;
const PER_ADDRESS: i32 = 30;
/// The longest wait; a counter that rests longer is forgotten.
pub(super) const LONGEST: Duration = Duration::minutes(15);

/// One attempt to sign in, from an address.
pub(super) struct Attempt {
    by_login: Vec<u8>,
    by_address: Vec<u8>,
}

impl Attempt {
    pub fn new(app: &App, login: &str, address: &str) -> Self {
        let key = |kind: &str, text: &str| app.vault.index(kind, text).to_vec();
        Self {
            by_login: key("sign-in login", &format!("{login}\0{address}")),
            by_address: key("sign-in address", address),
        }
    }

    /// Counts this attempt as a failure, unless it must wait: then how long.
    pub async fn begin(&self, app: &App) -> Result<Option<Duration>> {
        let now = app.clock.now();
        let mut tx = begin(app).await?;
        let held = sign_in::lock(&mut tx, &[self.by_login.clone(), self.by_address.clone()], now).await?;
        let wait = held.iter().filter_map(|f| self.wait(f, now)).max();
        if wait.is_none() {
            for row in held {
                let next = FailureRow { count: counted(&row, now), last_at: now, ..row };
                sign_in::set(&mut tx, &next).await?;
            }
        }
        tx.commit().await?;
        Ok(wait)
    }

    /// The password was right.
    pub async fn succeeded(&self, conn: &mut PgConnection) -> Result<()> {
        sign_in::take_back(conn, &self.by_address).await?;
        Ok(sign_in::clear(conn, &self.by_login).await?)
    }

    fn wait(&self, f: &FailureRow, now: OffsetDateTime) -> Option<Duration> {
        let threshold = if f.key == self.by_login { PER_LOGIN } else { PER_ADDRESS };
        let left = f.last_at + pause(f.count, threshold)? - now;
        left.is_positive().then_some(left)
    }
}

/// Failures with one more at `now`.
fn counted(f: &FailureRow, now: OffsetDateTime) -> i32 {
    if now - f.last_at > LONGEST { 1 } else { f.count.saturating_add(1) }
}

fn pause(count: i32, threshold: i32) -> Option<Duration> {
    let over = u32::try_from(count - threshold).ok()?;
    Some(Duration::seconds(1 << over.min(12)).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn waits_grow_and_are_forgotten() {
        assert_eq!(pause(4, PER_LOGIN), None);
        assert_eq!(pause(5, PER_LOGIN), Some(Duration::seconds(1)));
        assert_eq!(pause(6, PER_LOGIN), Some(Duration::seconds(2)));
        assert_eq!(pause(45, PER_LOGIN), Some(LONGEST));
        assert_eq!(pause(29, PER_ADDRESS), None);
        let now = datetime!(2026-10-01 02:00 UTC);
        let row = FailureRow { key: vec![], count: 45, last_at: now };
        assert_eq!(counted(&row, now + LONGEST), 46);
        assert_eq!(counted(&row, now + LONGEST + Duration::seconds(1)), 1);
    }
}
