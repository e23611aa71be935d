use super::*;

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn mapped_to(profile: &str, names: &[&str]) -> BTreeMap<String, String> {
    let mapping = map(by_name(profile).unwrap(), &columns(names), &BTreeMap::new()).unwrap();
    mapping.fields.into_iter().map(|(t, c)| (t, c.column)).collect()
}

#[test]
fn every_shipped_profile_reads() {
    for text in SHIPPED {
        parse(text).unwrap();
    }
    assert_eq!(shipped().len(), SHIPPED.len());
    assert!(by_name("nope").unwrap_err().allowed.contains("vn_cadastral"));
}

#[test]
fn no_name_stands_for_two_targets() {
    for profile in shipped() {
        let mut seen = BTreeMap::new();
        for field in &profile.fields {
            for name in field.columns.iter().map(|c| squeezed(c)).collect::<BTreeSet<_>>() {
                let before = seen.insert(name.clone(), &field.target);
                assert_eq!(before, None, "{}: {name} stands for {} too", profile.name, field.target);
            }
        }
    }
}

#[test]
fn usual_names_are_recognised_in_any_dress() {
    let found =
        mapped_to("vn_cadastral", &["gid", "MAXA", "so_to", "SHTHUA", "DIENTICH", "Loại đất", "Tên chủ", "xu_dong"]);
    let expected = [
        ("commune", "MAXA"),
        ("sheet", "so_to"),
        ("number", "SHTHUA"),
        ("area", "DIENTICH"),
        ("land_use", "Loại đất"),
        ("address", "xu_dong"),
    ];
    assert_eq!(found, expected.map(|(t, c)| (t.to_owned(), c.to_owned())).into());
}

#[test]
fn real_field_sets_map() {
    for names in [
        ["SoHieuToBanDo", "SoThuTuThua", "DienTich", "KyHieuMucDichSuDung"],
        ["shbando", "shthua", "dientichpl", "maloaidat"],
        ["to_ban_do", "so_thua", "dien_tich", "mdsd2003"],
        ["SoHieuToBa", "SoThuTuThu", "DienTichPh", "KyHieuMucD"],
    ] {
        assert_eq!(mapped_to("vn_cadastral", &names).len(), 4, "{names:?}");
    }
}

#[test]
fn holders_are_left_out_and_the_rest_is_told() {
    let names = columns(&["SOTO", "SOTHUA", "TENCHU", "so_cccd", "MauSac"]);
    let mapping = map(by_name("vn_cadastral").unwrap(), &names, &BTreeMap::new()).unwrap();
    assert_eq!(mapping.dropped, ["TENCHU", "so_cccd"]);
    assert_eq!(mapping.unrecognised, ["MauSac"]);
    assert_eq!(mapping.attributes, ["MauSac"]);
    assert_eq!(mapping.index("number"), Some(1));
}

#[test]
fn overrides_go_first_and_are_checked() {
    let profile = by_name("vn_cadastral").unwrap();
    let names = columns(&["SOTO", "SOTHUA", "A1", "DT"]);
    let with = |t: &str, c: &str| map(profile, &names, &BTreeMap::from([(t.to_owned(), c.to_owned())]));
    let mapping = with("sheet", "a1").unwrap();
    assert_eq!(
        mapping.fields["sheet"],
        MappedColumn { column: "A1".into(), index: 2, kind: FieldKind::Text, how: How::Override }
    );
    assert_eq!(mapping.unrecognised, ["SOTO"]);
    assert!(!with("area", "").unwrap().fields.contains_key("area"));
    assert_eq!(with("sheet", "nope").unwrap_err()[0].code, "column-unknown");
    assert_eq!(with("shape", "A1").unwrap_err()[0].code, "target-unknown");
    assert_eq!(parse_override("sheet = A1"), Ok(("sheet".into(), "A1".into())));
    assert!(parse_override("sheet").is_err());
}

#[test]
fn a_missing_required_column_is_named() {
    let problems = map(by_name("vn_cadastral").unwrap(), &columns(&["foo"]), &BTreeMap::new()).unwrap_err();
    assert_eq!(problems.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["sheet", "number"]);
    assert_eq!(problems[0].found, "foo");
    assert!(problems[0].allowed.contains("SoHieuToBanDo"));
}
