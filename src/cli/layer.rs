//! `diaba layer ...`

use super::args::{ImportArgs, LayerCommand};
use super::say::Say;
use crate::app::App;
use crate::domain::layer::filter::conditions;
use crate::domain::layer::profile::parse_override;
use crate::domain::verify::Message;
use crate::flow::layer::{self, Coverage, Import, Progress, Published, Report};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::layer::{VersionRow, Which};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;

pub async fn run(app: &App, by: &Actor, say: Say, c: LayerCommand) -> Result<ExitCode> {
    match c {
        LayerCommand::Import(a) => return import(app, by, say, *a).await,
        LayerCommand::Publish { version } => published(say, &layer::publish(app, by, version).await?),
        LayerCommand::Rollback { layer, coverage_key, to } => {
            published(say, &layer::rollback(app, by, &layer, &coverage_key, to).await?)
        }
        LayerCommand::Withdraw { layer, coverage_key, reason } => {
            let w = layer::withdraw(app, by, &layer, &coverage_key, &reason).await?;
            let said = Message::new("map-withdrawn").with("layer", w.layer.as_str()).with("coverage", coverage_key);
            say.line(&said.with("number", f64::from(w.number)).with("id", w.layer_version_id.to_string()));
            if let Some(a) = &w.parcels {
                say.under(&Message::new("map-parcels-ended").with("n", say.count(a.removed)));
            }
        }
        LayerCommand::Discard { version } => {
            layer::discard(app, by, version).await?;
            say.line(&Message::new("map-discarded").with("id", version.to_string()));
        }
        LayerCommand::List { layer, state } => {
            let which = Which { layer: layer.as_deref(), state: state.as_deref(), ..Which::default() };
            list(say, &layer::list(app, which).await?);
        }
        LayerCommand::Show { version, issues } => show(app, say, version, issues).await?,
        LayerCommand::Diff { from, to, limit } => {
            let d = layer::diff(app, from, to, limit).await?;
            let said = Message::new(if d.truncated { "map-diff-cut" } else { "map-diff" });
            let said = said.with("added", say.count(d.added)).with("removed", say.count(d.removed));
            say.line(&said.with("changed", say.count(d.changed)));
            if !d.declared.is_empty() {
                say.line(&Message::new("map-differs").with("what", d.declared.join(", ")));
            }
            let rows: Vec<Vec<String>> = d
                .rows
                .iter()
                .map(|r| {
                    vec![
                        say.coded("row-change", &r.what),
                        r.key.clone().or(r.code.clone()).unwrap_or_default(),
                        fid(r.old_fid),
                        fid(r.new_fid),
                    ]
                })
                .collect();
            say.table(&["change", "key", "old-row", "new-row"], &rows);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn fid(f: Option<i64>) -> String {
    f.map_or_else(|| "-".into(), |f| f.to_string())
}

fn coverage(text: &str, commune: Option<&str>) -> Result<Coverage> {
    let refuse = |found: &str| {
        Error::refused("coverage", "coverage-unknown", found, "commune (with --commune), features, extent or WKT")
    };
    match text.trim() {
        "commune" => Ok(Coverage::Commune(commune.ok_or_else(|| refuse("commune, but no --commune"))?.to_owned())),
        "features" => Ok(Coverage::Features),
        "extent" => Ok(Coverage::Extent),
        wkt if wkt.to_uppercase().contains("POLYGON") => Ok(Coverage::Wkt(wkt.to_owned())),
        other => Err(refuse(other)),
    }
}

async fn import(app: &App, by: &Actor, say: Say, a: ImportArgs) -> Result<ExitCode> {
    let name = a.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let received = layer::receive(app, &a.file, &name, a.inside.as_deref()).await?;
    let overrides =
        a.map.iter().map(|m| parse_override(m).map_err(|p| Error::Refused(vec![p]))).collect::<Result<_>>()?;
    let wanted = conditions(a.wanted.iter().map(String::as_str)).map_err(|p| Error::Refused(vec![p]))?;
    let ask = Import {
        file: received.file.clone(),
        file_name: received.name.clone(),
        format: received.format,
        sha256: received.sha256.clone(),
        coverage: coverage(&a.coverage, a.commune.as_deref())?,
        layer: a.layer,
        theme: a.theme,
        zone: a.zone,
        title: a.title,
        profile: a.profile,
        overrides,
        wanted,
        source_layer: a.source_layer,
        crs: a.crs,
        crs_reason: a.crs_reason,
        charset: a.charset,
        commune: a.commune,
        coverage_key: a.coverage_key,
        source_date: a.source_date,
        decision: a.decision,
        accuracy_m: a.accuracy,
        scale: a.scale,
    };
    let bar = bar();
    let started = std::time::Instant::now();
    let mut tick = |p: Progress| {
        show_progress(say, &bar, p);
    };
    let done = layer::import(app, by, &ask, &mut tick).await;
    bar.finish_and_clear();
    let report = done?;
    tell(say, &report, started.elapsed().as_secs_f64());
    if a.publish && !report.unchanged {
        let command = format!("diaba layer publish {}", report.layer_version_id);
        if report.rows_set_aside > 0 {
            next(say, "map-not-published-rows", command);
            return Ok(ExitCode::SUCCESS);
        }
        if !layer::is_proved(&report.crs) {
            next(say, "map-not-published-place", command);
            return Ok(ExitCode::SUCCESS);
        }
        published(say, &layer::publish(app, by, report.layer_version_id).await?);
    }
    Ok(ExitCode::SUCCESS)
}

/// Count, rate and, where the file says how many rows it has, the time left.
fn bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{spinner} {human_pos}  {per_sec}  {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn show_progress(say: Say, bar: &ProgressBar, p: Progress) {
    if let (Some(total), None) = (p.total, bar.length()) {
        let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len}  {per_sec}  {eta}  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_length(total);
    }
    bar.set_position(p.rows);
    let said = Message::new(if p.total == Some(p.rows) { "map-comparing" } else { "map-aside" });
    bar.set_message(say.message(&said.with("n", p.set_aside.to_string())));
}

fn tell(say: Say, r: &Report, seconds: f64) {
    let head = Message::new("map-read")
        .with("layer", r.layer.as_str())
        .with("number", f64::from(r.number))
        .with("id", r.layer_version_id.to_string())
        .with("coverage", r.coverage_key.as_str())
        .with("rows", say.count(r.rows_read))
        .with("seconds", (seconds * 10.0).round() / 10.0)
        .with("good", say.count(r.rows_good))
        .with("aside", say.count(r.rows_set_aside));
    say.line(&head);
    let text = |v: &serde_json::Value| v.as_str().unwrap_or("?").to_owned();
    let crs = Message::new("map-crs").with("crs", text(&r.crs["definition"]));
    say.under(&crs.with("by", text(&r.crs["declared_by"])).with("proof", say.message(&layer::proof(&r.crs))));
    if r.rows_passed_over > 0 {
        say.under(&Message::new("map-passed-over").with("rows", say.count(r.rows_passed_over)));
    }
    for (target, c) in &r.mapping.fields {
        println!("  {target:<12} <- {} ({:?})", c.column, c.how);
    }
    if !r.mapping.dropped.is_empty() {
        say.under(&Message::new("map-dropped").with("columns", r.mapping.dropped.join(", ")));
    }
    for (column, e) in r.encodings.as_object().into_iter().flatten() {
        let reads: Vec<&str> = e["reads"].as_array().into_iter().flatten().filter_map(|v| v.as_str()).collect();
        println!("  {column} [{}]: {}", text(&e["encoding"]), reads.join(" | "));
    }
    r.issues.iter().for_each(|i| issue(say, i.rows, &i.code, i.set_aside));
    r.notes.iter().for_each(|n| println!("  {n}"));
    if r.unchanged {
        say.under(&Message::new("map-unchanged"));
        return;
    }
    if let Some(differs) = &r.differs {
        say.under(&Message::new("map-differs").with("what", differs.join(", ")));
    }
    println!("  SHA-256 {}", &r.content_hash[..16]);
    next(say, "map-next", format!("diaba layer publish {}", r.layer_version_id));
}

fn next(say: Say, key: &'static str, command: String) {
    say.under(&Message::new(key).with("command", command));
}

fn issue(say: Say, rows: i64, code: &str, set_aside: bool) {
    let said = Message::new(if set_aside { "map-issue-aside" } else { "map-issue" });
    say.under(&said.with("rows", say.count(rows)).with("what", say.coded("row-issue", code)));
}

fn published(say: Say, p: &Published) {
    let key = if p.replaced.is_some() { "map-published-instead" } else { "map-published" };
    let head = Message::new(key)
        .with("layer", p.layer.as_str())
        .with("number", f64::from(p.number))
        .with("id", p.layer_version_id.to_string())
        .with("coverage", p.coverage_key.as_str());
    say.line(&head.with("before", p.replaced.map(|v| v.to_string()).unwrap_or_default()));
    if let Some(a) = &p.parcels {
        let said = Message::new("map-parcels")
            .with("new", say.count(a.added))
            .with("changed", say.count(a.changed))
            .with("ended", say.count(a.removed))
            .with("same", say.count(a.unchanged));
        say.under(&said.with("steps", say.count(a.lineage)));
    }
    next(say, "map-proposed", format!("diaba verify --layer-version {}", p.layer_version_id));
}

fn list(say: Say, rows: &[VersionRow]) {
    let cells = |v: &VersionRow| {
        vec![
            v.id.to_string(),
            v.layer.clone(),
            v.theme.clone(),
            v.zone.to_string(),
            v.coverage_key.clone(),
            v.number.to_string(),
            say.coded("map-state", &v.state),
            say.date(v.source_date),
            say.count(v.rows_good),
            say.count(v.rows_bad),
            v.source_name.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    say.table(
        &["id", "layer", "theme", "zone", "coverage", "version", "state", "date", "good", "aside", "source"],
        &rows,
    );
}

async fn show(app: &App, say: Say, id: i64, limit: i64) -> Result<()> {
    let (v, counts) = layer::show(app, id).await?;
    list(say, std::slice::from_ref(&v));
    let source = Message::new("map-source")
        .with("source", v.source_name.as_str())
        .with("sha256", &v.source_sha256[..16])
        .with("crs", v.declared_crs.to_string())
        .with("accuracy", v.accuracy_m)
        .with("by", v.imported_by.as_str())
        .with("at", say.moment(v.imported_at));
    say.line(&source);
    counts.iter().for_each(|c| issue(say, c.rows, &c.code, c.set_aside));
    let rows: Vec<Vec<String>> = layer::numbered_issues(app, id, -1, limit)
        .await?
        .into_iter()
        .map(|i| {
            let place = i.e.zip(i.n).map_or_else(|| "-".into(), |(e, n)| format!("{e:.2} {n:.2}"));
            vec![i.row_no.to_string(), say.coded("row-issue", &i.code), place, i.detail.to_string()]
        })
        .collect();
    if !rows.is_empty() {
        say.table(&["row", "issue", "place", "detail"], &rows);
    }
    Ok(())
}
