use super::*;
use time::macros::date;

const SHIPPED: &[(&str, &str)] = &[
    ("transfer", include_str!("../../../data/procedures/transfer.toml")),
    ("gift", include_str!("../../../data/procedures/gift.toml")),
    ("inheritance", include_str!("../../../data/procedures/inheritance.toml")),
    ("split", include_str!("../../../data/procedures/split.toml")),
    ("merge", include_str!("../../../data/procedures/merge.toml")),
    ("change_of_use", include_str!("../../../data/procedures/change_of_use.toml")),
    ("first_certificate", include_str!("../../../data/procedures/first_certificate.toml")),
    ("reissue", include_str!("../../../data/procedures/reissue.toml")),
    ("exchange", include_str!("../../../data/procedures/exchange.toml")),
    ("correction", include_str!("../../../data/procedures/correction.toml")),
    ("mortgage", include_str!("../../../data/procedures/mortgage.toml")),
    ("mortgage_release", include_str!("../../../data/procedures/mortgage_release.toml")),
];

#[test]
fn the_shipped_book_is_whole() {
    let book = ProcedureBook::from_toml(SHIPPED).unwrap();
    assert_eq!(book.procedures.len(), 12);
    for (name, _) in SHIPPED {
        let version = book.find(name, None, date!(2026 - 11 - 23)).unwrap_or_else(|| panic!("{name} is in force"));
        assert!(version.papers.iter().any(|p| p.kind == "identity_card"), "{name}");
        let lost_or_first = ["first_certificate", "reissue"].contains(name);
        assert_eq!(version.papers.iter().any(|p| p.kind == "certificate"), !lost_or_first, "{name}");
    }
}

/// Every kind of paper has a name in both languages.
#[test]
fn every_kind_of_paper_has_a_name() {
    use crate::domain::verify::{Message, text};
    let book = ProcedureBook::from_toml(SHIPPED).unwrap();
    for paper in book.procedures.iter().flat_map(|p| &p.versions).flat_map(|v| &v.papers) {
        let name = Message::new("paper-kind").with("kind", paper.kind.as_str());
        assert_ne!(text::message(text::Lang::Vi, &name), paper.kind);
        assert!(!text::message(text::Lang::En, &name).contains('_'), "{}", paper.kind);
    }
}

#[test]
fn the_province_goes_before_the_country() {
    let book = ProcedureBook::from_toml(SHIPPED).unwrap();
    let days = |province, day| book.find("transfer", province, day).and_then(|v| v.working_days);
    assert_eq!(days(None, date!(2024 - 07 - 31)), None);
    assert_eq!(days(None, date!(2024 - 08 - 01)), Some(10));
    assert_eq!(days(Some("01"), date!(2025 - 12 - 01)), Some(10));
    assert_eq!(days(Some("75"), date!(2025 - 06 - 30)), Some(10));
    assert_eq!(days(Some("75"), date!(2025 - 12 - 01)), Some(8));
    let standing = |day| book.find("transfer", Some("75"), day).map(|v| v.standing);
    assert_eq!(standing(date!(2026 - 06 - 30)), Some(Standing::Verified));
    assert_eq!(standing(date!(2026 - 07 - 01)), Some(Standing::Unverified));
    assert_eq!(book.find("no_such", None, date!(2026 - 01 - 01)), None);
}

#[test]
fn papers_as_a_verification_takes_them() {
    let book = ProcedureBook::from_toml(SHIPPED).unwrap();
    let papers = book.find("split", None, date!(2026 - 11 - 23)).unwrap().required_papers();
    let named: Vec<(&str, &str)> = papers.iter().map(|p| (p.kind.as_str(), p.when.as_str())).collect();
    assert_eq!(
        named,
        [
            ("certificate", "always"),
            ("identity_card", "always"),
            ("request_form", "always"),
            ("split_drawing", "always"),
            ("power_of_attorney", "represented")
        ]
    );
}

#[test]
fn bad_data_is_named() {
    let head = "code='a'\ntitle={vi='a',en='a'}\n";
    let version = |v: u32, more: &str| {
        format!("[[version]]\nversion={v}\nvalid_from='2025-01-01'\nsource='s'\nstanding='house'\n{more}\n")
    };
    let paper = |when: &str, citation: &str| {
        format!("[[version.paper]]\nkind='certificate'\nwhen='{when}'\ncitation='{citation}'\nstanding='house'\n")
    };
    let reason = |texts: &[(&str, &str)]| match ProcedureBook::from_toml(texts) {
        Err(DataError::Value { reason, .. } | DataError::Syntax { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let good = format!("{head}{}{}", version(1, ""), paper("always", "c"));
    assert!(ProcedureBook::from_toml(&[("a", &good)]).is_ok());
    assert_eq!(reason(&[("a", &good), ("b", &good)]), "the procedure stands twice");
    let twice = format!("{good}{}{}", version(2, ""), paper("always", "c"));
    assert_eq!(reason(&[("a", &twice)]), "two versions in force for one place on one day");
    let odd = format!("{head}{}{}", version(1, ""), paper("sometimes", "c"));
    assert!(reason(&[("a", &odd)]).starts_with("`when`"));
    let bare = format!("{head}{}{}", version(1, ""), paper("always", " "));
    assert_eq!(reason(&[("a", &bare)]), "no source");
    let ended = format!("{head}{}{}", version(1, "valid_to='2025-01-01'"), paper("always", "c"));
    assert_eq!(reason(&[("a", &ended)]), "valid_to is not after valid_from");
    assert!(reason(&[("a", &format!("{head}extra=1\n"))]).contains("extra"));
}
