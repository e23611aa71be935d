use super::*;
use proptest::prelude::*;

fn parcel(commune: &str, sheet: &str, number: &str) -> ParcelRef {
    let name = (!commune.is_empty()).then(|| commune.to_owned());
    ParcelRef { commune_code: None, commune_name: name, sheet: sheet.into(), number: number.into() }
}

#[test]
fn numbers_in_one_spelling() {
    for (text, expected) in [
        (" 007 ", "7"),
        ("12a", "12A"),
        ("0", "0"),
        ("000", "0"),
        ("0A", "0A"),
        ("10-123456", "10-123456"),
        ("1 2", "12"),
        ("", ""),
    ] {
        assert_eq!(number(text), expected, "{text:?}");
    }
}

#[test]
fn keys() {
    let asked = parse_key(" 00004 / 012 / 7a ").unwrap();
    assert_eq!(asked.commune_code.as_deref(), Some("00004"));
    assert_eq!(key(&asked).as_deref(), Some("00004/12/7A"));
    assert_eq!(parse_key("Phường Thử/1/2").unwrap(), parcel("Phường Thử", "1", "2"));
    assert_eq!(key(&parcel("Phường Thử", "1", "2")), None);
    for bad in ["", "1/2", "a//2", "1/2/3/4"] {
        assert_eq!(parse_key(bad), None, "{bad}");
    }
}

#[test]
fn what_no_map_has_is_refused() {
    let bad = ParcelRef { commune_code: Some("12".into()), ..parcel("", "1;", "abc") };
    let fields: Vec<String> = check(&bad).unwrap_err().into_iter().map(|p| p.field).collect();
    assert_eq!(fields, ["commune_code", "sheet", "number"]);
    assert!(check(&parcel("", "", "")).is_ok());
    let with_code = |code: &str| check(&ParcelRef { commune_code: Some(code.into()), ..parcel("", "1", "1") });
    assert!(with_code("SH0200002931").is_ok() && with_code("bag").is_ok(), "another country's");
    assert!(with_code("0200002931").is_err() && with_code("b-g").is_err() && with_code("SH02000029310").is_err());
}

#[test]
fn words_of_a_paper() {
    for (text, expected) in [
        ("thửa 123, tờ 45, phường Thử", parcel("phường Thử", "45", "123")),
        ("Thửa đất số: 123, tờ bản đồ số: 45, xã Mẫu, huyện Thử, tỉnh Nào", parcel("xã Mẫu", "45", "123")),
        ("thua dat so 0123; to ban do so 045; Phuong Thu", parcel("Phuong Thu", "45", "123")),
        ("Tờ bản đồ 12 Thửa số 7A thị trấn Mẫu", parcel("thị trấn Mẫu", "12", "7A")),
        ("thửa 12 tờ 3", parcel("", "3", "12")),
        ("TBĐ 5, TĐ 6, P. Thử", parcel("", "5", "6")),
    ] {
        assert_eq!(parse_text(text).map(|w| w.parcel), Some(expected), "{text}");
    }
    assert_eq!(parse_text("phường Thử"), None);
    assert_eq!(parse_text("thửa 12"), None);
}

#[test]
fn districts_and_provinces() {
    let at = |t: &str| parse_text(&format!("thửa 1, tờ 2, {t}")).map(|w| (w.district, w.province)).unwrap();
    let some = |t: &str| Some(t.to_owned());
    assert_eq!(at("xã A, huyện B, tỉnh C"), (some("huyện B"), some("tỉnh C")));
    assert_eq!(at("phường A, thành phố B, tỉnh C"), (some("thành phố B"), some("tỉnh C")));
    assert_eq!(at("phường A, TP. B"), (None, some("TP. B")));
    assert_eq!(at("xã A, thị xã B, tỉnh C"), (some("thị xã B"), some("tỉnh C")));
}

proptest! {
    #[test]
    fn spelling_is_settled_at_once(sheet in "\\PC{0,12}", number in "\\PC{0,12}", text in "\\PC{0,40}") {
        let once = normalise(&ParcelRef { sheet, number, ..Default::default() });
        prop_assert_eq!(&normalise(&once), &once);
        let _ = (check(&once), parse_text(&text), parse_key(&text));
    }

    #[test]
    fn keys_come_back(code in "[0-9]{5}", sheet in "[1-9][0-9]{0,3}", number in "[1-9][0-9]{0,3}[A-Z]?") {
        let text = format!("{code}/{sheet}/{number}");
        prop_assert_eq!(parse_key(&text).as_ref().and_then(key), Some(text));
    }
}
