//! Golden cases: a reference, the rows found for it, and who should win. Communes: old 00007 was cut into 00008 and 00025.

use super::super::succession::{AskedCommune, Gazetteer};
use super::*;
use geo_types::coord;

fn row(id: u128, today: &str, alias: &str, reason: &str) -> CandidateRow {
    let part = |key: &str, i: usize| key.split('/').nth(i).unwrap().to_owned();
    CandidateRow {
        zone: Zone(5897),
        parcel_id: Uuid::from_u128(id),
        commune_code: part(today, 0),
        sheet: part(today, 1),
        number: part(today, 2),
        alias_commune: part(alias, 0),
        alias_sheet: part(alias, 1),
        alias_number: part(alias, 2),
        alias_reason: reason.to_owned(),
        area_m2: Some(100.0),
        centroid: Some(coord! { x: 500_000.0, y: 1_000_000.0 }),
        current: true,
    }
}

fn ranked(key: &str, rows: &[CandidateRow], hints: &Hints) -> Vec<Candidate> {
    let asked = super::super::parse_key(key).unwrap();
    let communes = Gazetteer::shipped().today(&AskedCommune {
        code: asked.commune_code.as_deref(),
        name: asked.commune_name.as_deref(),
        ..Default::default()
    });
    rank(&asked, &communes, rows, hints)
}

fn told(ranked: &[Candidate]) -> Vec<String> {
    ranked.iter().map(|c| format!("{} {}", c.parcel_id.as_u128(), c.reasons.join(","))).collect()
}

fn winner(ranked: &[Candidate]) -> Option<u128> {
    clear_winner(ranked).map(|c| c.parcel_id.as_u128())
}

#[test]
fn todays_reference_is_exact() {
    let found = ranked("00008/012/7", &[row(1, "00008/12/7", "00008/12/7", "current")], &Hints::default());
    assert_eq!(told(&found), ["1 resolve-exact"]);
    assert_eq!(winner(&found), Some(1));
}

#[test]
fn an_exact_one_wins_even_if_the_paper_disagrees() {
    let hints = Hints { area_m2: Some(150.0), centroid: Some(coord! { x: 500_500.0, y: 1_000_000.0 }) };
    let found = ranked("00008/12/7", &[row(1, "00008/12/7", "00008/12/7", "current")], &hints);
    assert_eq!(told(&found), ["1 resolve-exact,resolve-area-differs,resolve-place-differs"]);
    assert_eq!(winner(&found), Some(1));
}

#[test]
fn an_old_reference_is_found_through_its_alias() {
    let found = ranked("00001/1/5", &[row(1, "00097/31/5", "00001/1/5", "commune_merged")], &Hints::default());
    assert_eq!(told(&found), ["1 resolve-commune-merged,resolve-alias,resolve-sheet-of-old-commune"]);
    assert_eq!(winner(&found), Some(1));
}

#[test]
fn a_divided_commune_leaves_two_that_area_and_place_part() {
    let mut far = row(2, "00025/40/5", "00007/1/5", "commune_merged");
    far.area_m2 = Some(300.0);
    far.centroid = Some(coord! { x: 503_000.0, y: 1_000_000.0 });
    let rows = [row(1, "00008/30/5", "00007/1/5", "commune_merged"), far];
    let open = ranked("00007/1/5", &rows, &Hints::default());
    assert_eq!((open.len(), winner(&open)), (2, None));
    let by_area = ranked("00007/1/5", &rows, &Hints { area_m2: Some(300.0), ..Default::default() });
    assert_eq!(winner(&by_area), Some(2));
    let by_place = ranked(
        "00007/1/5",
        &rows,
        &Hints { centroid: Some(coord! { x: 500_003.0, y: 1_000_000.0 }), ..Default::default() },
    );
    assert_eq!(winner(&by_place), Some(1));
}

/// Old 00001 and others went into 00097: its sheet 1 of today may be any of theirs, the paper's own old code says which.
#[test]
fn an_old_code_wins_over_the_same_number_under_todays() {
    let rows = [
        row(1, "00097/1/5", "00001/1/5", "commune_merged"),
        row(2, "00097/1/5", "00097/1/5", "current"),
        row(3, "00097/1/5", "00097/1/5", "current"),
    ];
    assert_eq!(winner(&ranked("00001/1/5", &rows, &Hints::default())), Some(1), "no vertices, no area");
    let mut own = rows.clone();
    own[0].area_m2 = Some(97.0);
    let by_chance = Hints { area_m2: Some(100.0), ..Default::default() };
    assert_eq!(winner(&ranked("00001/1/5", &own, &by_chance)), Some(1), "another's area fits by chance");
    assert_eq!(winner(&ranked("00001/1/5", &rows[1..2], &Hints::default())), Some(2), "alone it is still found");
}

#[test]
fn three_sheets_one_in_a_merged_commune_are_ambiguous() {
    let rows: Vec<CandidateRow> =
        (1..4).map(|i| row(i, &format!("00097/{i}/5"), &format!("0000{i}/1/5"), "commune_merged")).collect();
    let asked = ParcelRef { sheet: "1".into(), number: "5".into(), ..Default::default() };
    let found = rank(&asked, &[], &rows, &Hints::default());
    assert_eq!(found.len(), 3);
    assert_eq!(winner(&found), None);
    let alone = rank(&asked, &[], &rows[..1], &Hints::default());
    assert_eq!(told(&alone), ["1 resolve-number-only,resolve-alias,resolve-sheet-of-old-commune"]);
    assert_eq!(winner(&alone), None, "a number without a commune is never enough");
}

#[test]
fn duplicate_numbers_in_one_sheet_are_ambiguous_until_the_area_tells() {
    let mut twin = row(2, "00008/12/7", "00008/12/7", "current");
    twin.area_m2 = Some(55.0);
    let rows = [row(1, "00008/12/7", "00008/12/7", "current"), twin];
    assert_eq!(winner(&ranked("00008/12/7", &rows, &Hints::default())), None);
    assert_eq!(winner(&ranked("00008/12/7", &rows, &Hints { area_m2: Some(55.2), ..Default::default() })), Some(2));
}

#[test]
fn a_parcel_that_is_no_more_is_shown_but_does_not_win() {
    let mut gone = row(1, "00008/12/7", "00008/12/7", "current");
    gone.current = false;
    let found = ranked("00008/12/7", &[gone], &Hints::default());
    assert_eq!(told(&found), ["1 resolve-exact,resolve-not-current"]);
    assert_eq!(winner(&found), None);
}

#[test]
fn an_alias_whose_place_differs_needs_a_person() {
    let hints = Hints { centroid: Some(coord! { x: 505_000.0, y: 1_000_000.0 }), ..Default::default() };
    let found = ranked("00001/1/5", &[row(1, "00097/31/5", "00001/1/5", "commune_merged")], &hints);
    assert_eq!(winner(&found), None);
}

#[test]
fn one_parcel_under_two_names_comes_once() {
    let rows = [row(1, "00008/12/7", "00008/12/7", "declared"), row(1, "00008/12/7", "00008/12/7", "current")];
    assert_eq!(told(&ranked("00008/12/7", &rows, &Hints::default())), ["1 resolve-exact"]);
}

#[test]
fn split_parts_of_one_old_number_are_ambiguous() {
    let rows = [row(1, "00008/12/70", "00008/12/7", "split"), row(2, "00008/12/71", "00008/12/7", "split")];
    let found = ranked("00008/12/7", &rows, &Hints::default());
    assert_eq!(found[0].reasons, ["resolve-commune-same", "resolve-alias", "resolve-split-since"]);
    assert_eq!(winner(&found), None);
}

#[test]
fn a_commune_by_name_is_resolved() {
    let found = ranked("Phường Phúc Xá/1/5", &[row(1, "00097/31/5", "00001/1/5", "commune_merged")], &Hints::default());
    assert_eq!(found[0].reasons[..2], ["resolve-commune-by-name", "resolve-commune-merged"]);
    assert_eq!(winner(&found), Some(1));
}

#[test]
fn rows_that_do_not_fit_are_left_out_and_order_does_not_count() {
    let rows = [
        row(3, "00008/12/8", "00008/12/8", "current"),
        row(2, "00900/12/7", "00900/12/7", "current"),
        row(1, "00008/12/7", "00008/12/7", "current"),
    ];
    assert_eq!(told(&ranked("00008/12/7", &rows, &Hints::default())), ["1 resolve-exact"]);
    let mut twins = vec![row(2, "00008/12/7", "00008/12/7", "current"), row(1, "00008/12/7", "00008/12/7", "current")];
    let forward = ranked("00008/12/7", &twins, &Hints::default());
    twins.reverse();
    assert_eq!(ranked("00008/12/7", &twins, &Hints::default()), forward);
}
