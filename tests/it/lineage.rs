//! The parcel a paper means, through whatever happened to it since: maps published one after another, and acts recorded.

use crate::test_app::TestApp;
use crate::ward::{EAST, NORTH, ask, map, parcel, publish, publish_map, start_worker, threaded, try_publish};
use diaba::domain::parcel::rank::Hints;
use diaba::domain::verify::{Candidate, ParcelRef};
use diaba::flow::parcel::resolve;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};

fn told(found: &Value) -> Vec<String> {
    let steps = |c: &Value| -> Vec<String> {
        let of = |s: &Value, k: &str| s[k].as_str().unwrap_or("-").to_owned();
        let all = c["steps"].as_array().unwrap().iter();
        all.map(|s| {
            format!("{} {} {} -> {} [{}]", of(s, "on"), of(s, "kind"), of(s, "from"), of(s, "to"), of(s, "source"))
        })
        .collect()
    };
    let all = found["reference"]["candidates"].as_array().unwrap().iter();
    all.map(|c| format!("{}: {}", c["key"].as_str().unwrap(), steps(c).join("; "))).collect()
}

/// A number no map holds any more, a split read in a decision: the old reference leads to both parts, with day and decision.
#[sqlx::test(migrations = "./migrations")]
async fn a_recorded_split_is_followed(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &[345, 346]).await;
        let act = json!({"kind": "split", "from": ["20194/12/300"], "to": ["20194/12/345", "20194/12/346"],
            "effective": "2026-03-02", "decision": "12/QĐ-UBND, 2026-02-20"});
        let made = gis.post("/api/v1/parcel-acts", act.clone()).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let found = gis.get("/api/v1/parcels?ref=20194/12/300").await;
        assert_eq!(found.body["reference"]["ambiguous"], true, "{}", found.text);
        assert_eq!(
            told(&found.body),
            ["345", "346"].map(|n| format!(
                "20194/12/{n}: 2026-03-02 split 20194/12/300 -> 20194/12/{n} [12/QĐ-UBND, 2026-02-20]"
            ))
        );
        let history = gis.get(&format!("/api/v1/parcels/{}/history", parcel(&gis, 345).await)).await;
        assert!(history.text.contains("20194/12/300"), "{}", history.text);

        for (change, fault) in [
            (json!({"kind": "torn"}), "kind: not-in-list"),
            (json!({"to": ["20194/12/345"]}), "to: act-count"),
            (json!({"to": ["20194/12/345", "20194/12/999"]}), "to.1: parcel-unknown"),
            (json!({"from": ["300"]}), "from.0: parcel-key"),
            (json!({"effective": "2030-01-01"}), "effective: date-in-future"),
            (json!({"decision": ""}), "decision: length-range"),
        ] {
            let mut wrong = act.clone();
            change.as_object().unwrap().iter().for_each(|(k, v)| wrong[k] = v.clone());
            assert_eq!(gis.post("/api/v1/parcel-acts", wrong).await.refused(), [fault], "{change}");
        }
    })
    .await;
}

/// The same parcels under another layer's name would each stand twice: refused, and told where they stand.
#[sqlx::test(migrations = "./migrations")]
async fn a_map_is_not_published_twice(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &[345, 346]).await;
        let mut mine = ask();
        mine["layer"] = json!("mine");
        let refused = try_publish(&gis, map(&[345, 346]), &mine).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert!(refused.text.contains("parcels-held-elsewhere"), "{}", refused.text);
        assert!(refused.text.contains("2 of 2 parcels stand in cadastral_test/20194"), "{}", refused.text);
        // other numbers on that ground, or the same numbers elsewhere, are another map
        let beside = try_publish(&gis, map(&[345, 701, 702]), &mine).await;
        assert_eq!(beside.status, StatusCode::OK, "{}", beside.text);
    })
    .await;
}

/// A merge that the next map shows: the old number leads to the new parcel, and as of the day before to itself.
#[sqlx::test(migrations = "./migrations")]
async fn a_map_shows_what_became_of_a_number(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        publish(&gis, &[345, 346]).await;
        t.advance(time::Duration::days(3));
        let gis = t.signed_in("gis.later", &["gis_analyst"]).await;
        // the same ground under other numbers
        let version = publish(&gis, &[501, 502]).await;
        let found = gis.get("/api/v1/parcels?ref=20194/12/345").await;
        assert_eq!(
            told(&found.body),
            [format!("20194/12/501: 2026-10-08 renumber 20194/12/345 -> 20194/12/501 [layer version {version}]")],
            "{}",
            found.text
        );
        let before = gis.get("/api/v1/parcels?ref=20194/12/345&at=2026-10-07").await;
        assert_eq!(told(&before.body), ["20194/12/345: "], "{}", before.text);
        assert_eq!(before.body["reference"]["candidates"][0]["in_force"], true);
        assert_eq!(gis.get("/api/v1/parcels?ref=20194/12/345&at=soon").await.refused(), ["at: shape"]);
    })
    .await;
}

/// Names that no map holds: of before the first map, known from decisions; and under the old commune, given by the first map.
const ANCIENT: u32 = 700;
const MERGED: u32 = 800;
/// Phường Hòa Hiệp Nam, since 1 July 2025 part of 20194.
const OLD_COMMUNE: &str = "20195";

/// How a paper names a parcel of a row.
fn name(row: usize, number: u32) -> (&'static str, String, String) {
    match number > MERGED {
        true => (OLD_COMMUNE, (row + 501).to_string(), number.to_string()),
        false => ("20194", (row + 1).to_string(), number.to_string()),
    }
}

fn written(row: usize, number: u32) -> String {
    let (commune, sheet, number) = name(row, number);
    format!("{commune}/{sheet}/{number}")
}

/// An act read in a decision, and whether it was read wrongly.
struct Decided {
    act: Value,
    revoked: bool,
}

/// Rows of parcels, each a history of its own: every map that is published shows one more step of each.
struct Rows {
    chance: u64,
    /// Per row: number of the parcel and its metres along the row, 5 m to a unit.
    now: Vec<BTreeMap<u32, (u32, u32)>>,
    /// Per row: number it became, number it was before.
    became: Vec<Vec<(u32, u32)>>,
    next: Vec<u32>,
    /// Per row: names from decisions.
    ancient: Vec<u32>,
}

impl Rows {
    fn new(rows: usize) -> Self {
        let row: BTreeMap<u32, (u32, u32)> = (0..4).map(|i| (i + 1, (i * 4, i * 4 + 4))).collect();
        let merged: Vec<(u32, u32)> = (1..5).map(|n| (n, MERGED + n)).collect();
        let (became, ancient) = (vec![merged; rows], vec![0; rows]);
        Self { chance: 20_261_128, now: vec![row; rows], became, next: vec![5; rows], ancient }
    }

    /// Every name that a paper may bear.
    fn names(&self, row: usize) -> Vec<u32> {
        let ancient = (1..=self.ancient[row]).map(|i| ANCIENT + i);
        (1..self.next[row]).chain(ancient).chain((1..5).map(|n| MERGED + n)).collect()
    }

    /// Decisions of a day, for about one row in three: what was before no map leads to what stands there now.
    fn decide(&mut self, day: &str) -> Vec<Decided> {
        let mut out = Vec::new();
        for row in 0..self.now.len() {
            let stands: Vec<u32> = self.now[row].keys().copied().collect();
            let first = self.draw(stands.len());
            let second = (first + 1) % stands.len();
            let (kind, names, to) = match self.draw(9) {
                0 if stands.len() > 1 => ("split", 1, vec![stands[first], stands[second]]),
                1 => ("merge", 2, vec![stands[first]]),
                2 => ("renumber", 1, vec![stands[first]]),
                _ => continue,
            };
            let from: Vec<u32> = (1..=names).map(|i| ANCIENT + self.ancient[row] + i).collect();
            self.ancient[row] += names;
            let revoked = self.draw(4) == 0;
            if !revoked {
                self.became[row].extend(from.iter().flat_map(|b| to.iter().map(|a| (*a, *b))));
            }
            let all = |numbers: &[u32]| numbers.iter().map(|n| written(row, *n)).collect::<Vec<_>>();
            let act = json!({"kind": kind, "from": all(&from), "to": all(&to), "effective": day,
                "decision": format!("{row}/QĐ-UBND, {day}")});
            out.push(Decided { act, revoked });
        }
        out
    }

    fn draw(&mut self, below: usize) -> usize {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 33) as usize % below
    }

    fn fresh(&mut self, row: usize) -> u32 {
        self.next[row] += 1;
        self.next[row] - 1
    }

    /// One step in every row; about one in five rows rests.
    fn live(&mut self) {
        for row in 0..self.now.len() {
            let all: Vec<(u32, (u32, u32))> = self.now[row].iter().map(|(n, m)| (*n, *m)).collect();
            let (number, (from, to)) = all[self.draw(all.len())];
            let keeps = self.draw(2) == 0;
            match self.draw(4) {
                0 if to - from > 1 => {
                    let cut = from + 1 + self.draw((to - from - 1) as usize) as u32;
                    let first = if keeps { number } else { self.fresh(row) };
                    let second = self.fresh(row);
                    self.change(row, &[number], &[(first, (from, cut)), (second, (cut, to))]);
                }
                1 => {
                    let Some((other, (_, end))) = all.iter().find(|(_, m)| m.0 == to).copied() else { continue };
                    let one = if keeps { number } else { self.fresh(row) };
                    self.change(row, &[number, other], &[(one, (from, end))]);
                }
                2 => {
                    let one = self.fresh(row);
                    self.change(row, &[number], &[(one, (from, to))]);
                }
                _ => {}
            }
        }
    }

    fn change(&mut self, row: usize, before: &[u32], after: &[(u32, (u32, u32))]) {
        self.now[row].retain(|number, _| !before.contains(number));
        self.now[row].extend(after.iter().copied());
        let pairs = before.iter().flat_map(|b| after.iter().map(|(a, _)| (*a, *b)));
        self.became[row].extend(pairs);
    }

    /// What is there now of the parcel that bore the number: walked back from today, not forward as the service does.
    fn due(&self, row: usize, number: u32) -> BTreeSet<u32> {
        let came_of = |today: u32| {
            let mut names = BTreeSet::from([today]);
            for (after, before) in self.became[row].iter().rev() {
                if names.contains(after) {
                    names.insert(*before);
                }
            }
            names.contains(&number)
        };
        self.now[row].keys().copied().filter(|n| came_of(*n)).collect()
    }

    /// `first`: it still tells what the parcels were called in the old commune.
    fn map(&self, first: bool) -> String {
        let mut out = "WKT,MaXa,SoTo,SoThua,DienTichPhapLy,LOAIDAT".to_owned();
        out += if first { ",MaXaCu,SoHieuToBanDoCu,SoThuTuThuaCu\n" } else { "\n" };
        for (row, parcels) in self.now.iter().enumerate() {
            let (s, n) = (NORTH + 20.0 * row as f64, NORTH + 20.0 * row as f64 + 10.0);
            for (number, (from, to)) in parcels {
                let (w, e) = (EAST + 5.0 * f64::from(*from), EAST + 5.0 * f64::from(*to));
                let area = 50 * (to - from);
                out += &format!(
                    "\"POLYGON(({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))\",20194,{},{number},{area},ODT",
                    row + 1
                );
                let (commune, sheet, was) = name(row, MERGED + number);
                out += &if first { format!(",{commune},{sheet},{was}\n") } else { "\n".to_owned() };
            }
        }
        out
    }
}

/// Numbers of the parcels that stand today among those a verification would choose from.
async fn judged(t: &TestApp, (commune, sheet, number): (&str, String, String)) -> BTreeSet<u32> {
    let asked = ParcelRef { commune_code: Some(commune.into()), commune_name: None, sheet, number };
    let conn = &mut *t.app.pool.acquire().await.unwrap();
    let found = resolve(conn, &asked, &Hints::default(), None).await.unwrap();
    let stands = |c: &&Candidate| !c.reasons.iter().any(|r| r == "resolve-not-current");
    found.candidates.iter().filter(stands).map(|c| c.number.parse().unwrap()).collect()
}

/// Thirty random histories through import, publication, decisions and a merger of communes: every name that ever was leads to exactly what
/// came of it, and one that stands only in a decision that was read wrongly leads nowhere.
#[sqlx::test(migrations = "./migrations")]
async fn every_old_number_reaches_what_came_of_it(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let mut gis = t.signed_in("gis", &["gis_analyst"]).await;
        let mut rows = Rows::new(30);
        publish_map(&gis, rows.map(true), &ask()).await;
        let (mut recorded, mut revoked) = (0, 0);
        for round in 0..5 {
            // an act holds from the morning of its day on, a map from when it is published
            t.advance(time::Duration::days(1));
            gis = t.signed_in(&format!("gis.{round}"), &["gis_analyst"]).await;
            for decided in rows.decide(&t.app.clock.today().to_string()) {
                let made = gis.post("/api/v1/parcel-acts", decided.act).await;
                assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
                recorded += 1;
                if decided.revoked {
                    let wrong = format!("/api/v1/parcel-acts/{}/revocation", made.body["id"].as_str().unwrap());
                    let told = gis.post(&wrong, json!({"reason": "read from the wrong decision"})).await;
                    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
                    revoked += 1;
                }
            }
            rows.live();
            publish_map(&gis, rows.map(false), &ask()).await;
        }
        assert!(recorded > 20 && revoked > 3, "{recorded} acts, {revoked} of them revoked");
        let (mut wrong, mut asked) = (Vec::new(), 0);
        for row in 0..rows.now.len() {
            for number in rows.names(row) {
                let found = gis.get(&format!("/api/v1/parcels?ref={}", written(row, number))).await;
                let all = found.body["reference"]["candidates"].as_array().unwrap_or_else(|| panic!("{}", found.text));
                let there = all.iter().filter(|c| c["in_force"] == true);
                let reached: BTreeSet<u32> =
                    there.map(|c| c["key"].as_str().unwrap().rsplit('/').next().unwrap().parse().unwrap()).collect();
                let due = rows.due(row, number);
                asked += 1;
                // A verification looks its parcel up by another question: it must come to the same parcels.
                let judged = judged(&t, name(row, number)).await;
                assert_eq!(judged, due, "verification of {}; {:?}", written(row, number), rows.became[row]);
                if reached != due {
                    wrong.push(format!(
                        "{}: expected {due:?}, found {reached:?}; {:?}",
                        written(row, number),
                        rows.became[row]
                    ));
                }
            }
        }
        assert!(asked > 350 && wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    })
    .await;
}

/// Rules of a split are still those of the province as it was: found through the old communes of the parcel's.
#[sqlx::test(migrations = "./migrations")]
async fn a_split_is_judged_by_the_old_provinces_rule(pool: PgPool) {
    threaded(pool, |pool| async move {
        let t = TestApp::with_data(pool).await;
        start_worker(&t);
        let gis = t.signed_in("gis", &["gis_analyst"]).await;
        let mut asked = ask();
        asked["coverage_key"] = json!("00097");
        publish_map(&gis, map(&[345]).replace(",20194,", ",00097,"), &asked).await;
        let found = gis.get("/api/v1/parcels?ref=00097/12/345").await;
        let id = found.body["items"][0]["id"].as_str().unwrap();
        let seen = gis.get(&format!("/api/v1/parcels/{id}/inspection?split_parts=2")).await;
        let split = seen.body["findings"].as_array().unwrap().iter().find(|f| f["check"] == "split.minimum").unwrap();
        assert_eq!(split["rule"]["id"], "split.minimum", "{split}");
        assert_eq!((&split["measured"]["value"], &split["allowed"]["value"]), (&json!(100.0), &json!(50.0)), "{split}");
    })
    .await;
}
