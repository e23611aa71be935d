use super::*;
use proptest::prelude::*;

const TRIALS: usize = 600;

fn names() -> Vec<String> {
    let mut names = Vec::new();
    let mut rows = csv::Reader::from_reader(include_str!("../../../data/communes.csv").as_bytes());
    for row in rows.records() {
        names.push(row.unwrap()[1].to_owned());
    }
    names
}

/// A small deterministic generator, so that the measured rates are the same everywhere.
fn pick(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % below
}

/// Share of columns of `size` official names that are detected rightly.
fn rate(charset: Charset, size: usize, wrapped: bool) -> f64 {
    let (names, mut seed, mut right, mut tried) = (names(), 42, 0, 0);
    while tried < TRIALS {
        let column: Vec<&String> = (0..size).map(|_| &names[pick(&mut seed, names.len())]).collect();
        let Ok(bytes) = column.iter().map(|n| charset.encode(n)).collect::<Result<Vec<_>, _>>() else { continue };
        let bytes: Vec<Vec<u8>> = if wrapped { bytes.iter().map(|b| latin(b).into_bytes()).collect() } else { bytes };
        tried += 1;
        let found = detect(bytes.iter().map(Vec::as_slice));
        right += usize::from(found.encoding() == Some(Encoding { charset, via_utf8: wrapped }));
    }
    right as f64 / TRIALS as f64
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

#[test]
fn ten_official_names_are_enough() {
    for charset in TRIED {
        for wrapped in [false, true] {
            let [one, three, ten] = [1, 3, 10].map(|n| rate(charset, n, wrapped));
            println!("{charset} wrapped={wrapped}: 1 name {one:.3}, 3 names {three:.3}, 10 names {ten:.3}");
            assert!(ten >= 0.99, "{charset} {wrapped}: {ten}");
        }
    }
    assert!(rate(Charset::Utf8, 10, false) >= 1.0);
}

#[test]
fn ascii_and_utf8_are_what_they_are() {
    assert_eq!(detect([b"ODT".as_slice(), b"12"]).encoding(), Some(Encoding::plain(Charset::Ascii)));
    assert_eq!(detect(std::iter::empty()).encoding(), Some(Encoding::plain(Charset::Ascii)));
    assert_eq!(detect(["Đồng Quan Tiên".as_bytes()]).encoding(), Some(Encoding::UTF8));
    assert_eq!(detect(["Zürich".as_bytes(), "Genève".as_bytes()]).encoding(), Some(Encoding::UTF8));
}

#[test]
fn decomposed_utf8_is_composed() {
    let nfd: String = unicode_normalization::UnicodeNormalization::nfd("Thửa đất").collect();
    let found = detect([nfd.as_bytes()]);
    assert_eq!(found.encoding(), Some(Encoding::UTF8));
    assert_eq!(found.sample_decoded, ["Thửa đất"]);
}

#[test]
fn bytes_read_in_the_wrong_code_page_are_found() {
    let column = ["§ång Quan Tiªn", "§éi 1", "Chñ sö dông 001"];
    let found = detect(column.iter().map(|v| v.as_bytes()));
    assert_eq!(found.encoding(), Some(Encoding { charset: Charset::Tcvn3, via_utf8: true }));
    assert_eq!(found.sample_decoded, ["Đồng Quan Tiên", "Đội 1", "Chủ sử dụng 001"]);
    let vni = detect(["Xin chaøo caùc baïn".as_bytes()]);
    assert_eq!(vni.encoding(), Some(Encoding { charset: Charset::VniWindows, via_utf8: true }));
    assert_eq!(vni.sample_decoded, ["Xin chào các bạn"]);
    let twice = "Đồng Quan".bytes().map(char::from).collect::<String>();
    assert_eq!(detect([twice.as_bytes()]).sample_decoded, ["Đồng Quan"]);
}

#[test]
fn nothing_that_fits_is_ambiguous_and_loss_is_counted() {
    let found = detect([b"\x01\x81\x8d".as_slice(), b"TH?NG"]);
    assert_eq!(found.charset, Detected::Ambiguous(Vec::new()));
    assert_eq!(found.lost_values, 1);
}

#[test]
fn a_forced_charset_is_read_as_it_came() {
    assert_eq!(forced(Charset::Tcvn3, ["§ång".as_bytes()]), Encoding { charset: Charset::Tcvn3, via_utf8: true });
    assert_eq!(forced(Charset::Tcvn3, [b"\xa7\xe5ng".as_slice()]), Encoding::plain(Charset::Tcvn3));
}

#[test]
fn real_parcel_points() {
    let sample = "shared/data/vn/vandinh_parcel_points_tcvn3_anonymised.geojson";
    let above = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let Some(text) = above.filter_map(|folder| std::fs::read_to_string(folder.join(sample)).ok()).next() else {
        println!("skipped: the shared sample is not here");
        return;
    };
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    for column in ["ten_chu", "dia_chi", "xu_dong"] {
        let values: Vec<&str> =
            file["features"].as_array().unwrap().iter().filter_map(|f| f["properties"][column].as_str()).collect();
        let found = detect(values.iter().map(|v| v.as_bytes()));
        assert_eq!(found.encoding().map(|e| e.to_string()).as_deref(), Some("tcvn3+utf8"), "{column}: {found:?}");
        assert!(found.confidence > 0.95, "{column}: {}", found.confidence);
    }
}

proptest! {
    #[test]
    fn detection_never_fails(columns in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..30), 0..20)) {
        let found = detect(columns.iter().map(Vec::as_slice));
        prop_assert!((0.0..=1.0).contains(&found.confidence));
    }
}
