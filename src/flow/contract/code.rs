use super::read::{name_of, not_there, standing};
use crate::app::App;
use crate::domain::case::Signer;
use crate::domain::contract::Standing;
use crate::flow::case::lock_open;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result, begin};
use crate::store::audit::{self, Deed};
use crate::store::contract::{self, CodeRow};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"signer": "customer"}))]
pub struct NewCode {
    /// customer or firm; only the one whose turn it is.
    #[schema(value_type = String)]
    pub signer: Signer,
}

/// Shown once. It is kept nowhere but as a keyed hash.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct CodeHanded {
    /// Eight digits, to be passed on to the signer in person or by phone.
    #[schema(example = "04816253")]
    pub code: String,
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// What the keyed hash of a code is made over.
pub(super) fn hash(app: &App, contract: Uuid, signer: Signer, code: &str) -> [u8; 32] {
    app.vault.index("signing_code", format!("{contract}/{}/{code}", name_of(signer)))
}

/// Makes a code for the signer whose turn it is, and hands it to staff for passing on; one made before is void. The answer
/// is never kept for an idempotency key.
///
/// # Errors
/// `Conflict` when it is not this one's turn.
pub async fn hand_code(app: &App, by: &Actor, id: Uuid, new: NewCode) -> Result<CodeHanded> {
    if by.claim.is_some() {
        return Err(Error::refused("Idempotency-Key", "no-answer-kept", "a key", "no key: a code is kept nowhere"));
    }
    let mut tx = begin(app).await?;
    let row = contract::lock(&mut tx, id).await?.ok_or_else(|| not_there(id))?;
    lock_open(&mut tx, row.case_id).await?;
    turn(&standing(app, &mut tx, &row).await?, new.signer)?;
    let secret = app.clock.secret();
    let mut eight = [0u8; 8];
    eight.copy_from_slice(&secret[..8]);
    let code = format!("{:08}", u64::from_be_bytes(eight) % 100_000_000);
    let made_at = app.clock.now();
    let kept = CodeRow {
        id: app.clock.new_id(),
        code_hash: hash(app, id, new.signer, &code).to_vec(),
        handed_to: by.login.clone(),
        made_at,
        expires_at: made_at + Duration::minutes(15),
        attempts: 0,
    };
    contract::insert_code(&mut tx, id, name_of(new.signer), &kept).await?;
    let deed = Deed {
        at: made_at,
        actor: &by.login,
        action: "contract.hand_code",
        subject: format!("contract/{id}"),
        case_id: Some(row.case_id),
        detail: json!({"signer": new.signer, "code": kept.id}),
    };
    audit::write(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(CodeHanded { code, expires_at: kept.expires_at })
}

/// Is it this one's turn?
pub(super) fn turn(standing: &Standing, signer: Signer) -> Result<()> {
    match standing {
        Standing::Open { next, .. } if *next == signer => Ok(()),
        Standing::Open { .. } => {
            Err(Error::Conflict { code: "signing-order", detail: "the customer signs first".into() })
        }
        other => Err(Error::Conflict { code: "contract-closed", detail: format!("it is {}", other.name()) }),
    }
}
