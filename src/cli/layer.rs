//! `diaba layer ...`

use super::args::{ImportArgs, LayerCommand};
use super::say;
use crate::app::App;
use crate::domain::layer::filter::conditions;
use crate::domain::layer::profile::parse_override;
use crate::flow::layer::{self, Coverage, Import, Progress, Published, Report};
use crate::flow::staff::Actor;
use crate::flow::{Error, Result};
use crate::store::layer::{VersionRow, Which};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;

pub async fn run(app: &App, by: &Actor, c: LayerCommand) -> Result<ExitCode> {
    match c {
        LayerCommand::Import(a) => return import(app, by, *a).await,
        LayerCommand::Publish { version } => published(&layer::publish(app, by, version).await?),
        LayerCommand::Rollback { layer, coverage_key, to } => {
            published(&layer::rollback(app, by, &layer, &coverage_key, to).await?)
        }
        LayerCommand::Withdraw { layer, coverage_key, reason } => {
            let w = layer::withdraw(app, by, &layer, &coverage_key, &reason).await?;
            println!(
                "{} version {} (id {}) is withdrawn; {coverage_key} has no current version",
                w.layer, w.number, w.layer_version_id
            );
            if let Some(a) = &w.parcels {
                println!("  parcels: {} ended", say::count(a.removed));
            }
        }
        LayerCommand::Discard { version } => {
            layer::discard(app, by, version).await?;
            println!("version {version} is discarded; what was said about its rows stays");
        }
        LayerCommand::List { layer, state } => {
            let which = Which { layer: layer.as_deref(), state: state.as_deref(), ..Which::default() };
            list(&layer::list(app, which).await?);
        }
        LayerCommand::Show { version, issues } => show(app, version, issues).await?,
        LayerCommand::Diff { from, to, limit } => {
            let d = layer::diff(app, from, to, limit).await?;
            let more = if d.truncated { " (more differ than are listed)" } else { "" };
            println!("{} added, {} removed, {} changed{more}", d.added, d.removed, d.changed);
            if !d.declared.is_empty() {
                println!("declared otherwise: {}", d.declared.join(", "));
            }
            let rows: Vec<Vec<String>> = d
                .rows
                .iter()
                .map(|r| {
                    vec![
                        r.what.clone(),
                        r.key.clone().or(r.code.clone()).unwrap_or_default(),
                        fid(r.old_fid),
                        fid(r.new_fid),
                    ]
                })
                .collect();
            say::table(&["what", "key", "old row", "new row"], &rows);
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

async fn import(app: &App, by: &Actor, a: ImportArgs) -> Result<ExitCode> {
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
        show_progress(&bar, p);
    };
    let done = layer::import(app, by, &ask, &mut tick).await;
    bar.finish_and_clear();
    let report = done?;
    tell(&report, started.elapsed().as_secs_f64());
    if a.publish && !report.unchanged {
        if report.rows_set_aside > 0 {
            println!(
                "not published: {} rows were set aside; look at them, then: diaba layer publish {}",
                report.rows_set_aside, report.layer_version_id
            );
            return Ok(ExitCode::SUCCESS);
        }
        if !layer::is_proved(&report.crs) {
            println!(
                "not published: its place is not proved; look at it, then: diaba layer publish {}",
                report.layer_version_id
            );
            return Ok(ExitCode::SUCCESS);
        }
        published(&layer::publish(app, by, report.layer_version_id).await?);
    }
    Ok(ExitCode::SUCCESS)
}

/// Count, rate and, where the file says how many rows it has, the time left.
fn bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{spinner} {human_pos} rows  {per_sec}  {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn show_progress(bar: &ProgressBar, p: Progress) {
    if let (Some(total), None) = (p.total, bar.length()) {
        let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} rows  {per_sec}  {eta} left  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_length(total);
    }
    bar.set_position(p.rows);
    let then = if p.total == Some(p.rows) { ", now comparing and indexing" } else { "" };
    bar.set_message(format!("{} set aside{then}", p.set_aside));
}

fn tell(r: &Report, seconds: f64) {
    println!(
        "{} version {} (id {}), {}: {} rows read in {seconds:.1} s, {} good, {} set aside",
        r.layer,
        r.number,
        r.layer_version_id,
        r.coverage_key,
        say::count(r.rows_read),
        say::count(r.rows_good),
        say::count(r.rows_set_aside)
    );
    println!(
        "  crs {}, declared by {}; {}",
        r.crs["definition"].as_str().unwrap_or("?"),
        r.crs["declared_by"].as_str().unwrap_or("?"),
        layer::proof_in_words(&r.crs)
    );
    if r.rows_passed_over > 0 {
        println!("  {} rows were not asked for", say::count(r.rows_passed_over));
    }
    for (target, c) in &r.mapping.fields {
        println!("  {target:<12} from column {} ({:?})", c.column, c.how);
    }
    if !r.mapping.dropped.is_empty() {
        println!("  left out (personal or not wanted): {}", r.mapping.dropped.join(", "));
    }
    if let Some(columns) = r.encodings.as_object() {
        for (column, e) in columns {
            let reads: Vec<&str> = e["reads"].as_array().into_iter().flatten().filter_map(|v| v.as_str()).collect();
            let reads = if reads.is_empty() { "not shown".into() } else { reads.join(" | ") };
            println!("  {column} is in {}: {reads}", e["encoding"].as_str().unwrap_or("?"));
        }
    }
    for i in &r.issues {
        println!("  {:>9} {} {}", say::count(i.rows), i.code, if i.set_aside { "(set aside)" } else { "(remark)" });
    }
    for n in &r.notes {
        println!("  note: {n}");
    }
    if r.unchanged {
        println!("  nothing changed: the published version says the same; this one was discarded");
    } else {
        if let Some(differs) = &r.differs {
            println!("  against the published version another: {}", differs.join(", "));
        }
        println!("  content {}\n  next: diaba layer publish {}", &r.content_hash[..16], r.layer_version_id);
    }
}

fn published(p: &Published) {
    let before = p.replaced.map_or_else(|| "the first".into(), |v| format!("in place of id {v}"));
    println!(
        "{} version {} (id {}) is published for {}, {before}",
        p.layer, p.number, p.layer_version_id, p.coverage_key
    );
    if let Some(a) = &p.parcels {
        println!(
            "  parcels: {} new, {} changed, {} ended, {} as before; {} steps of lineage",
            say::count(a.added),
            say::count(a.changed),
            say::count(a.removed),
            say::count(a.unchanged),
            a.lineage
        );
    }
    println!("  proposed: diaba verify --layer-version {}", p.layer_version_id);
}

fn list(rows: &[VersionRow]) {
    let cells = |v: &VersionRow| {
        vec![
            v.id.to_string(),
            v.layer.clone(),
            v.theme.clone(),
            v.zone.to_string(),
            v.coverage_key.clone(),
            v.number.to_string(),
            v.state.clone(),
            v.source_date.to_string(),
            say::count(v.rows_good),
            say::count(v.rows_bad),
            v.source_name.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    say::table(&["id", "layer", "theme", "zone", "coverage", "no", "state", "date", "good", "aside", "source"], &rows);
}

async fn show(app: &App, id: i64, limit: i64) -> Result<()> {
    let (v, counts) = layer::show(app, id).await?;
    list(std::slice::from_ref(&v));
    println!(
        "source {} ({}), crs {}, accuracy {} m, imported by {} at {}",
        v.source_name,
        &v.source_sha256[..16],
        v.declared_crs,
        v.accuracy_m,
        v.imported_by,
        v.imported_at
    );
    for c in counts {
        println!("{:>9} {} {}", say::count(c.rows), c.code, if c.set_aside { "(set aside)" } else { "(remark)" });
    }
    let rows: Vec<Vec<String>> = layer::numbered_issues(app, id, -1, limit)
        .await?
        .into_iter()
        .map(|i| {
            let place = i.e.zip(i.n).map_or_else(|| "-".into(), |(e, n)| format!("{e:.2} {n:.2}"));
            vec![i.row_no.to_string(), i.code, place, i.detail.to_string()]
        })
        .collect();
    if !rows.is_empty() {
        say::table(&["row", "what", "easting northing", "detail"], &rows);
    }
    Ok(())
}
