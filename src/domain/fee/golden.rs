//! Golden cases a lawyer can read and add to: `tests/golden/fees/*.toml`.

use super::*;
use crate::domain::money::Dong;
use serde::Deserialize;
use time::Date;
use time::macros::date;

const SHIPPED: &[(&str, &str)] = &[
    ("taxes", include_str!("../../../data/fees/taxes.toml")),
    ("registration", include_str!("../../../data/fees/registration.toml")),
    ("land_use", include_str!("../../../data/fees/land_use.toml")),
    ("certificate", include_str!("../../../data/fees/certificate.toml")),
    ("notary", include_str!("../../../data/fees/notary.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    why: String,
    fee: String,
    procedure: String,
    day: Date,
    #[serde(default)]
    province: String,
    facts: FeeFacts,
    /// Dong; or "exempt"; or "not known"; or "low - high".
    expect: String,
    #[serde(default)]
    missing: Vec<String>,
}

fn shown(amount: &Amount) -> (String, Vec<String>) {
    let plain = |d: &Dong| d.0.to_string();
    match amount {
        Amount::Exact { dong } => (plain(dong), vec![]),
        Amount::Between { low, high } => (format!("{} - {}", plain(low), plain(high)), vec![]),
        Amount::Exempt { .. } => ("exempt".into(), vec![]),
        Amount::NotKnown { missing } => ("not known".into(), missing.clone()),
    }
}

#[test]
fn golden_cases() {
    let book = FeeBook::from_toml(SHIPPED).unwrap();
    let texts = [
        include_str!("../../../tests/golden/fees/transfer.toml"),
        include_str!("../../../tests/golden/fees/gift_inheritance.toml"),
        include_str!("../../../tests/golden/fees/change_of_use.toml"),
        include_str!("../../../tests/golden/fees/certificate.toml"),
        include_str!("../../../tests/golden/fees/notary.toml"),
    ];
    let cases: Vec<Case> = texts.iter().flat_map(|t| toml::from_str::<Golden>(t).unwrap().case).collect();
    assert!(cases.len() >= 25);
    for c in cases {
        let set = book.in_force(c.day, &[c.province.as_str()]).unwrap();
        let all = dues(&set, &c.procedure, &c.facts);
        let found = all.iter().find(|d| d.id == c.fee);
        let found = found.unwrap_or_else(|| panic!("{}: {} does not fall due", c.name, c.fee));
        assert!(!c.why.is_empty() && !found.citation.is_empty());
        assert_eq!(shown(&found.amount), (c.expect, c.missing), "{} ({})", c.name, c.why);
    }
}

/// Every id names one fee in force, whatever the day from the first on; each says how it was worked out.
#[test]
fn the_shipped_book_is_whole() {
    let book = FeeBook::from_toml(SHIPPED).unwrap();
    let set = book.in_force(date!(2026 - 11 - 23), &["75"]).unwrap();
    assert_eq!(set.hash.len(), 64);
    assert_ne!(set.hash, book.in_force(date!(2026 - 11 - 23), &["48"]).unwrap().hash);
    let facts: FeeFacts =
        toml::from_str("area='100'\nland_price=5000000\nagreed_price=900000000\nkinship='other'\nonly_home=false")
            .unwrap();
    let all = dues(&set, "transfer", &facts);
    let ids: Vec<&str> = all.iter().map(|d| d.id.as_str()).collect();
    assert_eq!(ids, ["certificate_fee", "income_tax_transfer", "notary_fee", "registration_fee"]);
    assert!(all.iter().all(|d| !d.steps.is_empty()));
    let sum = total(&all).unwrap();
    assert_eq!((sum.low, sum.incomplete), (Dong(450_000 + 18_000_000 + 900_000 + 2_500_000), false));
    let blank = dues(&set, "transfer", &FeeFacts::default());
    assert!(total(&blank).unwrap().incomplete);
}

/// Every text a calculation can name stands in both languages.
#[test]
fn every_step_has_words() {
    use crate::domain::verify::{Message, text};
    let keys = [
        "land-price",
        "times-area",
        "agreed-price",
        "land-value-counts",
        "price-counts",
        "share",
        "slice-share",
        "slice-fixed",
        "sum",
        "most",
        "fixed",
        "difference",
        "quota-within",
        "quota-once-more",
        "quota-beyond",
    ];
    let rounding = ["rounding-nearest-dong", "rounding-nearest-thousand", "rounding-down-dong"];
    for key in keys.iter().map(|k| format!("fee-step-{k}")).chain(rounding.iter().map(|k| (*k).to_owned())) {
        for lang in [text::Lang::Vi, text::Lang::En] {
            assert_ne!(text::message(lang, &Message::new(key.clone())), key);
        }
    }
}

#[test]
fn bad_data_is_named() {
    let fee = |more: &str| {
        format!(
            "[[fee]]\nid='a'\nversion=1\ntitle={{vi='a',en='a'}}\nvalid_from='2026-01-01'\ncitation='c'\nstanding='house'\n\
             procedures=['p']\npayer='holder'\n{more}\n"
        )
    };
    let flat = "formula={kind='not_known'}";
    assert!(FeeBook::from_toml(&[("a", &fee(flat))]).is_ok());
    let reason = |text: String| match FeeBook::from_toml(&[("a", &text)]) {
        Err(crate::domain::rule::DataError::Value { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(fee(flat) + &fee(flat)), "two in force for one procedure, place and day");
    let slices = "formula={kind='slices',base='agreed_price',rounding='nearest_dong',slices=[{up_to=5,percent='1'}]}";
    assert_eq!(reason(fee(slices)), "slices rise and the last has no end");
    let amounts = "formula={kind='fixed',amounts={q={land=[1,1],assets=[1,1],both=[1,1]}}}";
    assert!(reason(fee(amounts)).starts_with("an amount is missing"));
    let dear = "formula={kind='percent',base='agreed_price',percent='0,5',rounding='nearest_dong'}";
    assert!(matches!(FeeBook::from_toml(&[("a", &fee(dear))]), Err(crate::domain::rule::DataError::Syntax { .. })));
}
