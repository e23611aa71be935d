//! A map that changed proposes a run over its ground. A person begins it; nothing begins by itself.

use crate::app::App;
use crate::flow::Result;
use crate::store::batch::proposal::{self, ProposalRow};
use serde::Serialize;
use time::OffsetDateTime;

/// A layer version that was published or withdrawn, and over whose ground no run was begun since.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RunProposal {
    /// Begin it with this as `layer_version`.
    pub layer_version_id: i64,
    pub layer: String,
    pub theme: String,
    pub zone: i32,
    pub coverage_key: String,
    pub number: i32,
    /// published or withdrawn.
    pub what: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl From<ProposalRow> for RunProposal {
    fn from(r: ProposalRow) -> Self {
        Self {
            layer_version_id: r.layer_version_id,
            layer: r.layer,
            theme: r.theme,
            zone: r.zone,
            coverage_key: r.coverage_key,
            number: r.number,
            what: if r.published { "published" } else { "withdrawn" },
            at: r.at,
        }
    }
}

/// The latest change first.
pub async fn proposals(app: &App, before: Option<(OffsetDateTime, i64)>, limit: i64) -> Result<Vec<RunProposal>> {
    Ok(proposal::proposals(&app.pool, before, limit).await?.into_iter().map(Into::into).collect())
}
