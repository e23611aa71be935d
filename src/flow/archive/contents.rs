//! What goes into an archive, in a fixed order.

use super::make::Pack;
use super::work::work;
use crate::app::App;
use crate::domain::archive::{README, README_TEXT, ending};
use crate::domain::case::timeline::{self, View};
use crate::domain::case::{Case, Event, Happened, Step};
use crate::domain::staff::Purpose;
use crate::domain::verify::canonical;
use crate::domain::verify::text::{Lang, date};
use crate::flow::staff::Actor;
use crate::flow::{
    Error, Result, advice, case, contract, customer, hand_over, obligation, paper, payment, proof, report, review,
    submission, verification,
};
use crate::store;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What was put in.
pub(super) struct Contents {
    pub number: String,
    /// The last event of the case it knows of.
    pub seq: i32,
}

pub(super) const WHY: Purpose = Purpose::Archive;

pub(super) async fn contents(app: &App, by: &Actor, id: Uuid, pack: &mut Pack) -> Result<Contents> {
    let view = case::get(app, &id.to_string()).await?;
    let events = events(app, id).await?;
    pack.text(README, README_TEXT.as_bytes()).await?;
    let parties = case::parties(app, by, id, WHY).await?;
    let consents = customer::consents(app, id).await?;
    let about = json!({"id": id, "number": view.number, "procedure": view.procedure, "wish": view.wish,
        "parcel_ref": view.parcel_ref, "zone": view.zone, "parcel": view.parcel_id, "opened_by": view.created_by,
        "parties": parties, "consents": consents});
    json_file(pack, "case.json", &about).await?;
    papers(app, by, id, pack).await?;
    verifications(app, by, id, pack).await?;
    for (i, sheet) in advice::list(app, id).await?.iter().rev().enumerate() {
        let said = advice::sheet(app, by, sheet.id, WHY).await?;
        let kept = json!({"sheet": said, "digest": sheet.digest, "signed_by": sheet.signed_by,
            "key_id": sheet.key_id, "signature": sheet.signature});
        json_file(pack, &format!("advice/{:02}.json", i + 1), &kept).await?;
    }
    contracts(app, by, id, pack).await?;
    work(app, by, id, pack).await?;
    let mut handed_in = Vec::new();
    for made in submission::list(app, id).await? {
        handed_in.push(submission::open(app, by, made.id, WHY).await?);
    }
    json_file(pack, "submissions.json", &handed_in).await?;
    json_file(pack, "reviews.json", &review::list(app, by, id, WHY).await?).await?;
    json_file(pack, "obligations.json", &obligation::list(app, id).await?).await?;
    hand_overs(app, id, pack).await?;
    let names = store::agency::called(&mut *app.pool.acquire().await?, &timeline::mentioned(&events)).await?;
    told(pack, &events, &names, &view.number).await?;
    Ok(Contents { number: view.number, seq: events.last().map_or(0, |e| e.seq) })
}

/// The events of a case that may be archived.
async fn events(app: &App, id: Uuid) -> Result<Vec<Event>> {
    let mut conn = app.pool.acquire().await?;
    let events = case::history_of(&mut conn, id).await?;
    if events.iter().any(|e| matches!(e.what, Happened::PersonalDataErased { .. })) {
        let detail = "what was in it is gone; see the certificate".into();
        return Err(Error::Conflict { code: "personal-data-erased", detail });
    }
    let standing = Case::fold(&events).map_err(|e| Error::Broken(e.into()))?;
    match standing {
        Some(c) if c.step.ended() || matches!(c.step, Step::AfterCare { .. }) => Ok(events),
        Some(c) => Err(Error::Conflict { code: "case-step", detail: format!("{}: not handed over", c.step.name()) }),
        None => Err(Error::NotFound { what: "case", id: id.to_string() }),
    }
}

pub(super) async fn json_file(pack: &mut Pack, name: &str, value: &impl Serialize) -> Result<()> {
    let text = canonical(value).map_err(|e| Error::Broken(e.into()))?;
    pack.text(name, text.as_bytes()).await
}

async fn papers(app: &App, by: &Actor, id: Uuid, pack: &mut Pack) -> Result<()> {
    let latest = {
        let mut conn = app.pool.acquire().await?;
        store::paper::latest_of_case(&mut conn, id).await?
    };
    for (i, row) in latest.iter().enumerate() {
        let folder = format!("papers/{:02}-{}", i + 1, row.kind);
        let mut held: Option<String> = None;
        for version in 1..=row.version {
            let full = paper::read(app, by, id, row.id, Some(version), WHY).await?;
            let about = serde_json::to_value(&full.about).map_err(|e| Error::Broken(e.into()))?;
            let scan = about["scan"].clone();
            json_file(pack, &format!("{folder}/v{version}.json"), &json!({"about": about, "facts": full.facts}))
                .await?;
            // A scan stands at the version it came with.
            let sha256 = scan["sha256"].as_str().map(str::to_owned);
            if let (Some(sha256), true) = (&sha256, sha256 != held) {
                let content = app.scans.get(sha256).await?;
                let end = ending(scan["media_type"].as_str().unwrap_or_default());
                pack.file(&format!("{folder}/v{version}.{end}"), &content).await?;
            }
            held = sha256;
        }
    }
    Ok(())
}

async fn verifications(app: &App, by: &Actor, id: Uuid, pack: &mut Pack) -> Result<()> {
    let mut all: Vec<Uuid> = verification::list(app, id, None, i64::MAX).await?.into_iter().map(|v| v.id).collect();
    all.reverse();
    for (i, v) in all.iter().enumerate() {
        let folder = format!("verifications/{:02}", i + 1);
        let opened = verification::open(app, by, *v, WHY).await?;
        let record = opened.record.canonical().map_err(|e| Error::Broken(e.into()))?;
        pack.text(&format!("{folder}/record.json"), record.as_bytes()).await?;
        match proof::of_opened(app, &opened).await {
            Ok(bundle) => json_file(pack, &format!("{folder}/proof.json"), &bundle).await?,
            Err(Error::Conflict { code: proof::NOT_SIGNED, .. }) => {}
            Err(e) => return Err(e),
        }
    }
    if let Some(last) = all.last() {
        let pdf = report::render(app, by, *last, WHY, Lang::Vi).await?.pdf;
        pack.file("report.vi.pdf", &pdf).await?;
    }
    Ok(())
}

async fn contracts(app: &App, by: &Actor, id: Uuid, pack: &mut Pack) -> Result<()> {
    let mut all = contract::list(app, id).await?;
    all.reverse();
    for (i, made) in all.iter().enumerate() {
        let name = format!("contracts/{:02}", i + 1);
        json_file(pack, &format!("{name}.json"), made).await?;
        pack.file(&format!("{name}.pdf"), &contract::pdf(app, by, made.id, WHY).await?.1).await?;
        json_file(pack, &format!("{name}-evidence.json"), &contract::evidence(app, by, made.id, WHY).await?).await?;
        let rows = {
            let mut conn = app.pool.acquire().await?;
            store::contract::signatures(&mut conn, made.id).await?
        };
        // One sheet of paper may carry both signatures.
        let scans: BTreeSet<&String> = rows.iter().filter_map(|s| s.scan_sha256.as_ref()).collect();
        for sha256 in scans {
            let content = app.scans.get(sha256).await?;
            let kind = crate::outside::scans::sniff(&content).map_or("", |s| s.media_type);
            pack.file(&format!("{name}-signed-{}.{}", &sha256[..8], ending(kind)), &content).await?;
        }
        json_file(pack, &format!("{name}-payments.json"), &payment::account(app, made.id).await?).await?;
    }
    Ok(())
}

async fn hand_overs(app: &App, id: Uuid, pack: &mut Pack) -> Result<()> {
    for (i, made) in hand_over::list(app, id).await?.iter().enumerate() {
        let name = format!("hand-overs/{:02}", i + 1);
        json_file(pack, &format!("{name}.json"), made).await?;
        if let Some(sha256) = &made.receipt_sha256 {
            pack.file(&format!("{name}-record.pdf"), &app.scans.get(sha256).await?).await?;
        }
        if let Some(sha256) = &made.signed_sha256 {
            let content = app.scans.get(sha256).await?;
            let kind = crate::outside::scans::sniff(&content).map_or("", |s| s.media_type);
            pack.file(&format!("{name}-signed.{}", ending(kind)), &content).await?;
        }
    }
    Ok(())
}

/// The timeline, without the making of archives: an archive of an unchanged case is the same.
async fn told(pack: &mut Pack, events: &[Event], names: &timeline::Names, number: &str) -> Result<()> {
    let events: Vec<&Event> = events.iter().filter(|e| !matches!(e.what, Happened::Archived { .. })).collect();
    for (lang, name) in [(Lang::Vi, "timeline.vi.txt"), (Lang::En, "timeline.en.txt")] {
        let mut text = format!("{number}\n\n");
        for line in events.iter().filter_map(|e| timeline::line(e, names, View::Staff, lang)) {
            let day = date(lang, crate::domain::calendar::day_of(line.at));
            let (hour, minute) = crate::domain::calendar::clock_time(line.at);
            let by = line.by.map(|d| format!(" ({})", date(lang, d))).unwrap_or_default();
            text.push_str(&format!("{day} {hour:02}:{minute:02}  {}{by}  [{}]\n", line.what, line.who));
        }
        pack.text(name, text.as_bytes()).await?;
    }
    let all: Vec<Value> =
        events.iter().map(|e| serde_json::to_value(e).map_err(|e| Error::Broken(e.into()))).collect::<Result<_>>()?;
    json_file(pack, "timeline.json", &all).await
}
