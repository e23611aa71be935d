//! Maps and tables that come in during the year, sent and published by the map department as anybody would.

use super::office::Office;
use super::play::Desk;
use super::talk::Request;
use crate::domain::demo::year::{WorldEvent, map_of};
use crate::domain::demo::{DemoFile, Ward};
use crate::flow::demo;
use crate::flow::{Error, Result};
use serde_json::json;
use std::path::Path;
use time::Date;

fn broken(why: String) -> Error {
    Error::Broken(anyhow::anyhow!(why))
}

/// Everything of one event, published one after the other.
pub async fn happens(
    office: &mut Office,
    desk: &mut Desk,
    ward: &Ward,
    seed: u64,
    event: WorldEvent,
    day: Date,
) -> Result<()> {
    let files = map_of(event, ward, seed, day);
    let folder = office.app.config.home.join("maps");
    let drawn = Ward { files, ..ward.clone() };
    demo::write(&office.app, &drawn, &folder).await?;
    for f in &drawn.files {
        publish(office, desk, &drawn, f, &folder).await?;
    }
    Ok(())
}

async fn publish(office: &mut Office, desk: &mut Desk, ward: &Ward, f: &DemoFile, folder: &Path) -> Result<()> {
    let (kind, body) = form(&demo::ask(ward, f).to_string(), f, folder)?;
    let request = Request {
        method: "POST",
        path: "/api/v1/imports".into(),
        headers: vec![("content-type", kind), ("idempotency-key", desk.key("map"))],
        body,
    };
    let sent = desk.ask_as(office, "ban.do.1", request).await?;
    let import = sent.json()["id"].as_str().map(str::to_owned);
    let import = import.ok_or_else(|| broken(format!("{}: {}", f.name, String::from_utf8_lossy(&sent.body))))?;
    office.drain().await?;
    let done = desk.get(office, "ban.do.1", &format!("/imports/{import}")).await?.json();
    let version = done["report"]["layer_version_id"].as_i64();
    let version = version.filter(|_| done["state"] == "done").ok_or_else(|| broken(format!("{}: {done}", f.name)))?;
    if done["report"]["unchanged"] == false {
        let path = format!("/layer-versions/{version}/publish");
        let published = desk.post(office, "ban.do.1", "publish", &path, &json!({})).await?;
        if !published.good() {
            return Err(broken(format!("{}: {}", f.name, String::from_utf8_lossy(&published.body))));
        }
    }
    Ok(())
}

/// A form with what is asked and every part of the file; its content type.
fn form(ask: &str, f: &DemoFile, folder: &Path) -> Result<(String, Vec<u8>)> {
    const EDGE: &str = "----mot-nam-o-phuong-mau";
    let io = |e: std::io::Error| Error::Broken(e.into());
    let stem = Path::new(&f.name).file_stem().map(|s| s.to_owned());
    let mut parts: Vec<_> = std::fs::read_dir(folder)
        .map_err(io)?
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.file_stem().map(|s| s.to_owned()) == stem)
        .collect();
    parts.sort();
    let mut body = format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"ask\"\r\n\r\n{ask}\r\n").into_bytes();
    for part in parts {
        let name = part.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let head = format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&std::fs::read(&part).map_err(io)?);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
    Ok((format!("multipart/form-data; boundary={EDGE}"), body))
}
