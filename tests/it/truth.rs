//! The demo ward through the whole line: map files written, read by the guest, published into PostGIS, cases handed in with
//! their papers, verified; every verdict against the truth that was written beside the files.

use crate::test_app::TestApp;
use crate::ward::threaded;
use diaba::domain::demo::{DemoCase, DemoFile, TruthRow, Value, Ward, generate_on};
use diaba::domain::verify::{FindingRecord, Record, Verdict};
use diaba::flow::staff::Actor;
use diaba::flow::{demo, paper, verification};
use geo::{CoordsIter, Distance, Euclidean, Intersects};
use geo_types::{Coord, Geometry, Point};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Small enough for a debug build, large enough for nearly every kind of fault and case.
const PARCELS: usize = 400;
/// Cases worked on at once.
const AT_ONCE: usize = 4;

/// What one case came to.
struct Judged {
    record: Record,
    /// Ids of its papers, in the order they were handed in.
    papers: Vec<String>,
}

#[sqlx::test(migrations = "./migrations")]
async fn every_verdict_from_files_is_what_the_truth_tells(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        let ward = generate_on(5, PARCELS, t.app.clock.today());
        let by = Actor::system("truth");
        let mut wrong = load(&t, &by, &ward).await;
        let judged = judge(&t, &by, &ward, &mut wrong).await;
        let told = compare(&ward, &judged, &mut wrong);
        assert!(told > 1_500 && wrong.is_empty(), "{} differ ({told} told):\n{}", wrong.len(), wrong.join("\n"));
    })
    .await;
}

/// Every file written, imported and published; what was said of its rows against what must be said of them.
async fn load(t: &TestApp, by: &Actor, ward: &Ward) -> Vec<String> {
    let folder = t.app.config.home.join("demo");
    demo::write(&t.app, ward, &folder).await.unwrap();
    let mut came = Vec::new();
    demo::load(&t.app, by, ward, &folder, &mut |i| came.push((i.file.clone(), i.report.clone(), i.published)))
        .await
        .unwrap();
    let files: BTreeSet<&str> = came.iter().map(|(f, ..)| f.as_str()).collect();
    assert_eq!(files, ward.files.iter().map(|f| f.name.as_str()).collect(), "every file came in");
    let mut wrong = Vec::new();
    for (file, report, published) in came {
        let rows = ward.files.iter().find(|f| f.name == file).map_or(0, |f| f.rows.len());
        let counted = (report.rows_good + report.rows_set_aside) as usize;
        if !published || counted != rows {
            wrong.push(format!("{file}: {counted} rows of {rows} came in; published: {published}"));
        }
        // of an overlap or a gap both rows are named, one of them as the other's neighbour
        let said: BTreeSet<(i64, String, bool)> = sqlx::query_as(
            "select row_no, code, set_aside from import_issue where layer_version_id = $1
             union select (detail->>'with_row')::bigint, code, set_aside from import_issue
              where layer_version_id = $1 and code in ('overlap', 'gap')",
        )
        .bind(report.layer_version_id)
        .fetch_all(&t.app.pool)
        .await
        .unwrap()
        .into_iter()
        .collect();
        let due = ward.import_truth.iter().filter(|i| i.file == file);
        let mut due: BTreeSet<(i64, String, bool)> =
            due.filter_map(|i| Some((i.row as i64, i.reason.code()?.to_owned(), i.set_aside))).collect();
        due.extend(ward.files.iter().filter(|f| f.name == file).flat_map(beyond));
        wrong.extend(due.difference(&said).map(|d| format!("{file}: expected {d:?}, nobody said so")));
        // a moved wall conflicts with other neighbours too
        let more =
            said.difference(&due).filter(|(_, code, aside)| *aside || !["overlap", "gap"].contains(&code.as_str()));
        wrong.extend(more.map(|m| format!("{file}: said {m:?}, which is not true")));
    }
    wrong
}

/// Rows drawn partly beyond where their file claims to be complete: they are kept, and it is said of them.
fn beyond(f: &DemoFile) -> impl Iterator<Item = (i64, String, bool)> {
    let out = |g: &Geometry<f64>| {
        let far = |c: Coord<f64>| Euclidean.distance(&Point(c), &f.coverage) > 0.01;
        g.coords_iter().any(far) && f.coverage.intersects(g)
    };
    let rows = f.rows.iter().zip(1..).filter(move |((g, _), _)| g.as_ref().is_some_and(out));
    rows.map(|(_, row)| (row, "partly_outside_coverage".to_owned(), false))
}

/// All cases are there before the first is verified: some are about each other.
async fn judge(t: &TestApp, by: &Actor, ward: &Ward, wrong: &mut Vec<String>) -> BTreeMap<usize, Judged> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut handed = JoinSet::new();
    for c in ward.cases.clone() {
        let (app, by) = (t.app.clone(), by.clone());
        let turn = turns.clone();
        handed.spawn(async move {
            let _turn = turn.acquire().await.unwrap();
            (demo::hand_in(&app, &by, &c).await.unwrap(), c)
        });
    }
    let mut judged = JoinSet::new();
    for (loaded, c) in handed.join_all().await {
        let due: Vec<(usize, String)> = c.refused.iter().map(|(i, f)| (*i, (*f).to_owned())).collect();
        if loaded.refused != due {
            wrong.push(format!("{} case {}: refused {:?}, expected {due:?}", c.what, c.index, loaded.refused));
        }
        let (app, by, id) = (t.app.clone(), by.clone(), loaded.case_id);
        let turn = turns.clone();
        judged.spawn(async move {
            let _turn = turn.acquire().await.unwrap();
            let record = verification::verify_case(&app, &by, id, None).await.unwrap().record;
            let papers = paper::list(&app, id).await.unwrap().into_iter().map(|p| p.id.to_string()).collect();
            (c.index, Judged { record, papers })
        });
    }
    judged.join_all().await.into_iter().collect()
}

/// How many verdicts were told and compared.
fn compare(ward: &Ward, judged: &BTreeMap<usize, Judged>, wrong: &mut Vec<String>) -> usize {
    let mut told = 0;
    for c in &ward.cases {
        let j = &judged[&c.index];
        right_parcel(c, ward, &j.record, wrong);
        for row in ward.truth.iter().filter(|t| t.case == c.index) {
            told += 1;
            let found = meant(row, j);
            if !found.is_some_and(|f| fits(row, f)) {
                wrong.push(differs(c, row, found));
            }
        }
    }
    told
}

fn differs(c: &DemoCase, row: &TruthRow, found: Option<&FindingRecord>) -> String {
    let parcel = row.parcel.as_deref().unwrap_or("-");
    let expected = format!("{:?} {:?} m2, at least {:?}", row.verdicts, row.area_m2, row.effect_at_least);
    let found = found.map_or("nothing".to_owned(), |f| {
        let told: Vec<&str> = f.details.iter().map(|d| &*d.key).collect();
        format!("{:?} {:?} {:?} ({} {told:?})", f.verdict, f.measured, f.effect, f.message.key)
    });
    let subject = row.subject.as_deref().unwrap_or("");
    format!("{} parcel {parcel}, check {} {subject}: expected {expected}, found {found}", c.what, row.check)
}

/// The finding a row of the truth speaks of: that of its subject, or the heaviest of the check.
fn meant<'a>(row: &TruthRow, j: &'a Judged) -> Option<&'a FindingRecord> {
    let paper = |s: &str| s.strip_prefix("paper:").map(|i| j.papers[i.parse::<usize>().unwrap()].clone());
    let subject = row.subject.as_ref().map(|s| paper(s).unwrap_or_else(|| s.clone()));
    let mine = j.record.findings.iter();
    let mine = mine.filter(|f| f.check == row.check && subject.as_ref().is_none_or(|s| *s == f.subject));
    let weight = |v: Verdict| match v {
        Verdict::Hit => 3,
        Verdict::Failed | Verdict::StaleSource | Verdict::PartlyCovered | Verdict::NotCovered => 2,
        Verdict::Clear => 1,
        Verdict::NotApplicable => 0,
    };
    mine.max_by_key(|f| (weight(f.verdict), f.effect))
}

fn fits(row: &TruthRow, f: &FindingRecord) -> bool {
    let area = match (row.area_m2, f.measured) {
        (Some(a), Some(q)) if row.check.starts_with("planning.") => (a - q.value).abs() <= (a * 0.001).max(0.1),
        _ => true,
    };
    area && row.verdicts.contains(&f.verdict) && f.effect >= row.effect_at_least
}

/// The verdict is about the parcel that was meant, or about none.
fn right_parcel(c: &DemoCase, ward: &Ward, record: &Record, wrong: &mut Vec<String>) {
    if c.refused.is_some() {
        return;
    }
    let today = c.parcel.as_ref().and_then(|key| today(ward, key));
    let found = record.parcel.as_ref().map(|p| format!("{}/{}/{}", p.commune_code, p.sheet, p.number));
    if today != found {
        wrong.push(format!("{} parcel {:?}: expected {today:?}, found {found:?}", c.what, c.parcel));
    }
}

/// `commune/sheet/number` of today of a parcel named as papers write it, from the rows of the cadastral files.
fn today(ward: &Ward, written: &str) -> Option<String> {
    let rows = ward.files.iter().filter(|f| f.theme == "cadastral").flat_map(|f| &f.rows);
    rows.map(|(_, values)| {
        let text = |i: usize| match &values[i] {
            Value::Text(t) => Some(t.as_str()),
            _ => None,
        };
        let (sheet, number) = (text(2).unwrap_or_default(), text(3).unwrap_or_default());
        let old =
            format!("{}/{}/{}", text(1).unwrap_or_default(), text(9).unwrap_or(sheet), text(10).unwrap_or(number));
        (old, format!("{}/{sheet}/{number}", text(0).unwrap_or_default()))
    })
    .find_map(|(old, now)| (old == written).then_some(now))
}
