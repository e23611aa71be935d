//! Other open cases on the same certificate or the same parcel. A case that was never verified knows its parcel by a name only;
//! what that name may mean is read as any other reference is: by code or by name of the commune, of today or of before.

use crate::domain::verify::{Gathered, OtherCase, ParcelRef};
use crate::flow::parcel::{looked_up, where_to_look};
use crate::flow::{Error, Result};
use crate::store::case::RivalRow;
use sqlx::PgConnection;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// More other cases than this: the answer is called truncated.
pub(in crate::flow) const MOST_CASES: usize = 500;

/// Codes of the communes that a name may mean: all of them when there are none; no list: a commune that nobody knows.
type Codes = Option<Vec<String>>;

/// The cases among `rows` (one more than [`MOST_CASES`] when there are more) that are truly about the subject. `read` keeps
/// what names mean from one call to the next.
pub(in crate::flow) async fn rivals(
    conn: &mut PgConnection,
    read: &mut HashMap<String, Codes>,
    rows: Vec<RivalRow>,
) -> Result<Gathered<Vec<OtherCase>>> {
    if rows.len() > MOST_CASES {
        return Ok(Gathered::Truncated(MOST_CASES));
    }
    let mut out = Vec::with_capacity(rows.len());
    for r in rows {
        let same_parcel = r.same_parcel || may_mean(conn, read, &r).await?;
        if same_parcel || r.same_certificate {
            let (number, procedure, same_certificate) = (r.number, r.procedure, r.same_certificate);
            out.push(OtherCase { number, procedure, same_certificate, same_parcel });
        }
    }
    Ok(Gathered::Read(out))
}

/// May the case, by what it calls its parcel, mean one that bears this sheet and number in `communes`?
async fn may_mean(conn: &mut PgConnection, read: &mut HashMap<String, Codes>, r: &RivalRow) -> Result<bool> {
    let code = r.parcel_ref.get("commune_code").and_then(|c| c.as_str());
    if code.is_some_and(|code| r.communes.iter().any(|c| c == code)) {
        return Ok(true);
    }
    let codes = match read.entry(r.parcel_ref.to_string()) {
        _ if r.communes.is_empty() => return Ok(false),
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => {
            let asked: ParcelRef = serde_json::from_value(r.parcel_ref.clone()).map_err(|e| Error::Broken(e.into()))?;
            let found = looked_up(conn, &asked, None).await?;
            new.insert(found.and_then(|(asked, communes)| where_to_look(&asked, &communes)))
        }
    };
    Ok(codes.as_ref().is_some_and(|codes| codes.is_empty() || r.communes.iter().any(|c| codes.contains(c))))
}
