//! Other open cases on the same certificate or the same parcel. A case that was never verified knows its parcel by a name only;
//! that name is read as any other reference is: by code or by name of the commune, of today or of before.

use crate::domain::parcel::rank::{Hints, clear_winner};
use crate::domain::verify::{Gathered, OtherCase, ParcelRef};
use crate::flow::parcel::resolve;
use crate::flow::{Error, Result};
use crate::store::case::RivalRow;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// More other cases than this: the answer is called truncated.
pub(in crate::flow) const MOST_CASES: usize = 500;

/// The parcels that a name may mean, by the name: one where it is clear.
pub(in crate::flow) type Meant = HashMap<String, Vec<Uuid>>;

/// The cases among `rows` (one more than [`MOST_CASES`] when there are more) that are truly about the subject. `meant` keeps
/// what names mean from one call to the next.
pub(in crate::flow) async fn rivals(
    conn: &mut PgConnection,
    meant: &mut Meant,
    parcel: Option<Uuid>,
    rows: Vec<RivalRow>,
) -> Result<Gathered<Vec<OtherCase>>> {
    if rows.len() > MOST_CASES {
        return Ok(Gathered::Truncated(MOST_CASES));
    }
    let mut out = Vec::with_capacity(rows.len());
    for r in rows {
        let same_parcel = r.same_parcel || may_mean(conn, meant, parcel, &r).await?;
        if same_parcel || r.same_certificate {
            let (number, procedure, same_certificate) = (r.number, r.procedure, r.same_certificate);
            out.push(OtherCase { number, procedure, same_certificate, same_parcel });
        }
    }
    Ok(Gathered::Read(out))
}

/// May the case, by what it calls its parcel, mean this one, which bears that sheet and number in `communes`?
async fn may_mean(conn: &mut PgConnection, meant: &mut Meant, parcel: Option<Uuid>, r: &RivalRow) -> Result<bool> {
    let Some(parcel) = parcel.filter(|_| !r.communes.is_empty()) else { return Ok(false) };
    let code = r.parcel_ref.get("commune_code").and_then(|c| c.as_str());
    if code.is_some_and(|code| r.communes.iter().any(|c| c == code)) {
        return Ok(true);
    }
    let name = r.parcel_ref.to_string();
    if !meant.contains_key(&name) {
        let asked: ParcelRef = serde_json::from_value(r.parcel_ref.clone()).map_err(|e| Error::Broken(e.into()))?;
        let found = match resolve(conn, &asked, &Hints::default(), None).await {
            // a name of before it was looked at: it names nothing
            Err(Error::Refused(_)) => vec![],
            resolved => resolved?.candidates,
        };
        let ids = match clear_winner(&found) {
            Some(one) => vec![one.parcel_id],
            None => found.iter().map(|c| c.parcel_id).collect(),
        };
        meant.insert(name.clone(), ids);
    }
    Ok(meant.get(&name).is_some_and(|ids| ids.contains(&parcel)))
}
