use crate::app::App;
use crate::flow::{Error, Result, begin};
use crate::store::queue::Lease;
use std::fmt::Display;

/// As many failures a dead letter names.
const NAMED: usize = 5;

/// A job that does the same to many things, each in a transaction of its own: what fails for one is kept, and the rest go on. At
/// the end the job fails with what failed, so that it is tried again and, when that does not help, is a dead letter that people see.
#[derive(Default)]
pub(in crate::flow) struct Each {
    done: usize,
    failed: Vec<String>,
}

impl Each {
    /// What came of one of them.
    ///
    /// # Errors
    /// `Unavailable`, and a lease that is lost: nothing would go better for the next.
    pub fn take(&mut self, id: impl Display, came: Result<()>) -> Result<()> {
        match came {
            Ok(()) => self.done += 1,
            Err(e @ (Error::Unavailable(_) | Error::Conflict { code: super::LEASE_LOST, .. })) => return Err(e),
            Err(e) => {
                let why = format!("{id}: {:#}", anyhow::Error::new(e));
                tracing::error!(why, "one of many failed, the rest go on");
                self.failed.push(why);
            }
        }
        Ok(())
    }

    /// Completes the job.
    ///
    /// # Errors
    /// `Broken`, naming what failed.
    pub async fn end(self, app: &App, lease: &Lease) -> Result<()> {
        if self.failed.is_empty() {
            let mut tx = begin(app).await?;
            lease.complete(&mut tx).await?;
            return Ok(tx.commit().await?);
        }
        let (n, all) = (self.failed.len(), self.failed.len() + self.done);
        let named = self.failed[..n.min(NAMED)].join("; ");
        Err(Error::Broken(anyhow::anyhow!("{n} of {all} failed: {named}")))
    }
}
