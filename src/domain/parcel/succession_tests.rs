use super::*;

fn told(asked: AskedCommune) -> Vec<String> {
    let found = Gazetteer::shipped().today(&asked);
    found
        .iter()
        .map(|c| format!("{} <- {} {}", c.code, c.old_code.as_deref().unwrap_or("-"), c.reasons.join(",")))
        .collect()
}

fn code(code: &str) -> AskedCommune<'_> {
    AskedCommune { code: Some(code), ..Default::default() }
}

#[test]
fn the_lists_are_whole() {
    let lists = Gazetteer::shipped();
    assert_eq!((lists.today.len(), lists.rows.len(), lists.by_old_code.len()), (3321, 10_597, 10_035));
    assert!(
        lists
            .rows
            .iter()
            .filter(|r| !lists.today.contains_key(&r.new_code))
            .all(|r| r.new_code == "06978" || r.new_code == "06970")
    );
    assert_eq!(lists.old_provinces.len(), 34);
}

#[test]
fn a_whole_commune() {
    assert_eq!(told(code("00001")), ["00097 <- 00001 resolve-commune-merged"]);
}

#[test]
fn a_divided_commune_names_all_its_parts() {
    let expected = ["00008 <- 00007 resolve-commune-divided-default", "00025 <- 00007 resolve-commune-divided"];
    assert_eq!(told(code("00007")), expected);
}

#[test]
fn a_code_that_another_unit_bears_today_means_both() {
    let today = "26737 <- - resolve-commune-same";
    let parts = ["26740 <- 26737 resolve-commune-divided-default", "26737 <- 26737 resolve-commune-divided"];
    assert_eq!(told(code("26737")), [today, parts[0], parts[1]]);
    let old = AskedCommune { written_on: Some(date!(2019 - 05 - 02)), ..code("26737") };
    assert_eq!(told(old), [parts[0], parts[1], today]);
    let new = AskedCommune { written_on: Some(REFORM), ..code("26737") };
    assert_eq!(told(new)[0], today);
}

#[test]
fn names_with_and_without_marks_and_kind() {
    let name =
        |n| AskedCommune { name: Some(n), district: Some("Quận 1"), province: Some("TP.HCM"), ..Default::default() };
    let expected =
        ["26737 <- 26734 resolve-commune-by-name,resolve-commune-merged", "26737 <- - resolve-commune-by-name"];
    for written in ["Phường Tân Định", "P. Tan Dinh", "tân định"] {
        assert_eq!(told(name(written)), expected, "{written}");
    }
}

#[test]
fn a_province_parts_namesakes() {
    let with = |province| AskedCommune { name: Some("Hải Châu"), province, ..Default::default() };
    assert_eq!(
        told(with(Some("thành phố Đà Nẵng"))),
        ["20242 <- 20236 resolve-commune-by-name,resolve-commune-merged", "20242 <- - resolve-commune-by-name"]
            .map(str::to_owned)
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    assert!(told(with(None)).len() > 4);
}

#[test]
fn nothing_is_known_of_nothing() {
    assert!(told(AskedCommune::default()).is_empty());
    assert!(told(code("99999")).is_empty());
    assert!(told(AskedCommune { name: Some("Xã Không Có"), ..Default::default() }).is_empty());
}

#[test]
fn codes_to_look_up_hold_old_and_new() {
    let found = Gazetteer::shipped().today(&code("00007"));
    let codes: Vec<String> = Gazetteer::codes_to_look_up(&found).into_iter().collect();
    assert_eq!(codes, ["00007", "00008", "00025"]);
}

fn came(codes: &[(&str, &str)]) -> Vec<CameFrom> {
    codes.iter().map(|(c, p)| CameFrom { old_code: (*c).to_owned(), province: (*p).to_owned() }).collect()
}

#[test]
fn the_province_before_the_reform_is_that_of_the_parcels_old_commune() {
    let two = came(&[("00001", "Thành phố Hà Nội"), ("00002", "Tỉnh Hoà Bình")]);
    let named = |n: &str| old_province(&two, &[n.to_owned(), "00097/3/4".to_owned()]);
    assert_eq!(named("00001/1/5").as_deref(), Some("Hà Nội"));
    assert_eq!(named("00002/1/5").as_deref(), Some("Hoà Bình"));
    assert_eq!(named("00009/1/5"), None, "made of two provinces, and no name says which");
    let both = ["00001/1/5".to_owned(), "00002/1/5".to_owned()];
    assert_eq!(old_province(&two, &both), None);
    assert_eq!(old_province(&two[..1], &[]).as_deref(), Some("Hà Nội"), "all of it was one province");
    assert_eq!(old_province(&[], &[]), None);
}

/// A rule that names a province no parcel can lie in would never be found.
#[test]
fn every_province_that_rules_name_is_one_that_parcels_come_from() {
    let rows = shipped_succession();
    let known: BTreeSet<&str> = rows.iter().map(|r| without_kind(&r.province)).collect();
    let text = include_str!("../../../data/rules/split.toml");
    let book = crate::domain::rule::RuleBook::from_toml(&[("split", text)]).unwrap();
    let named = book.rules.iter().filter(|r| !r.provinces.is_empty());
    let lost: Vec<_> = named.filter(|r| !r.provinces.iter().any(|p| known.contains(p.as_str()))).collect();
    assert!(lost.is_empty(), "no commune lay there: {lost:?}");
}
