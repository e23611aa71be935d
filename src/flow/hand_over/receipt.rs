//! The record that is signed in the office, as PDF.

use super::named::ListedFile;
use super::read::{find, place};
use crate::app::App;
use crate::domain::calendar::day_of;
use crate::domain::handover::Delivered;
use crate::domain::staff::Purpose;
use crate::domain::verify::Message;
use crate::domain::verify::text::{Lang, date, message, word};
use crate::flow::case::Reading;
use crate::flow::proof::seal_file;
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::outside::press::Sheet;
use crate::store::{case, obligation};
use bytes::Bytes;
use serde_json::{Value, json};
use uuid::Uuid;

/// Sets the record and signs its bytes. It names nobody: people write their names on it.
pub(super) async fn set(
    app: &App,
    by: &Actor,
    case_id: Uuid,
    id: Uuid,
    files: &[Delivered],
    digest: &str,
) -> Result<Vec<u8>> {
    let mut conn = app.pool.acquire().await?;
    let not_found = || Error::NotFound { what: "case", id: case_id.to_string() };
    let number = case::get(&mut conn, case_id).await?.ok_or_else(not_found)?.number;
    let owed = obligation::of_case(&mut conn, case_id).await?.into_iter().filter(|o| o.state == "open");
    let lang = Lang::Vi;
    let owed: Vec<Value> = owed
        .map(|o| {
            let due = o.due.map(|d| message(lang, &Message::new("handover-due").with("date", d.to_string())));
            json!([word(lang, &format!("obligation-{}", o.what)), due.unwrap_or_default()])
        })
        .collect();
    drop(conn);
    let at = app.clock.now();
    let number_line = message(lang, &Message::new("handover-case").with("number", number.as_str()));
    let made = message(lang, &Message::new("handover-made").with("date", day_of(at).to_string()));
    let data = json!({
        "lang": "vi", "firm": app.config.firm, "number": number_line, "made": made, "by": by.login,
        "day": date(lang, day_of(at)), "id": id, "digest": digest, "owed": owed,
        "rows": files.iter().map(|f| row(f, lang)).collect::<Vec<_>>(), "words": words(lang),
    });
    let sheet = Sheet {
        template: "handover",
        data,
        pictures: vec![],
        attachments: vec![],
        ident: format!("hand_over/{id}/{digest}"),
        at,
    };
    seal_file(app, app.press.pdf(sheet).await?)
}

fn row(f: &Delivered, lang: Lang) -> Value {
    let name = ListedFile::from(f.clone()).name.in_one(lang);
    let version = f.version.map(|v| message(lang, &Message::new("handover-version").with("version", f64::from(v))));
    let seen = word(lang, if f.verified { "handover-seen" } else { "handover-unseen" });
    json!([name, version.unwrap_or_default(), seen, f.bytes, f.sha256])
}

fn words(lang: Lang) -> Value {
    const WORDS: [&str; 14] = [
        "title",
        "parties",
        "no",
        "what",
        "bytes",
        "hash",
        "digest",
        "owed",
        "none-owed",
        "firm",
        "customer",
        "sign-hint",
        "page",
        "foot",
    ];
    let mut all: serde_json::Map<String, Value> =
        WORDS.iter().map(|w| ((*w).to_owned(), word(lang, &format!("handover-{w}")).into())).collect();
    for shared in ["nation", "motto"] {
        all.insert(shared.into(), word(lang, &format!("page-{shared}")).into());
    }
    Value::Object(all)
}

/// The record to be signed, and the number of its case: a logged read.
pub async fn receipt(app: &App, by: &Actor, id: Uuid, purpose: Purpose) -> Result<(String, Bytes)> {
    let mut conn = app.pool.acquire().await?;
    let row = find(&mut conn, id).await?;
    let of = case::get(&mut conn, row.case_id).await?;
    drop(conn);
    let none = || Error::NotFound { what: "hand-over record", id: id.to_string() };
    let sha256 = row.receipt_sha256.ok_or_else(none)?;
    let mut reading = Reading::begin(app, by, row.case_id, purpose).await?;
    reading.log(&place(id)).await?;
    reading.end().await?;
    Ok((of.ok_or_else(none)?.number, app.scans.get(&sha256).await?))
}
