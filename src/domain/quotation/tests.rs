use super::*;
use proptest::prelude::*;
use time::macros::date;

const DEMO: &str = include_str!("../../../data/prices/demo.toml");

fn book() -> PriceBook {
    PriceBook::from_toml(&[("demo", DEMO)]).unwrap()
}

/// The demo list with VAT on top of its prices.
fn on_top() -> PriceBook {
    PriceBook::from_toml(&[("demo", &DEMO.replace("included = true", "included = false"))]).unwrap()
}

const DAY: Date = date!(2026 - 11 - 23);

#[test]
fn an_offer_adds_up() {
    let offer = book().offer("standard", "transfer", Dong(500_000), DAY).unwrap();
    assert_eq!(offer.total, Dong(5_500_000));
    // 8 % within 5.5 million: 5,500,000 * 8 / 108 = 407,407.407
    assert_eq!((offer.vat.base, offer.vat.amount), (Dong(5_092_593), Dong(407_407)));
    let parts: Vec<i64> = offer.instalments.iter().map(|i| i.amount.0).collect();
    assert_eq!(parts, [2_750_000, 2_750_000]);
    assert!(offer.note.en.starts_with("Invented"), "a demo price says that it is one");
    let dearer = on_top().offer("standard", "transfer", Dong(500_000), DAY).unwrap();
    assert_eq!((dearer.vat.base, dearer.vat.amount, dearer.total), (Dong(5_500_000), Dong(440_000), Dong(5_940_000)));
}

#[test]
fn what_cannot_be_offered_is_named() {
    let no = |p: &str, proc: &str, d: i64, day| book().offer(p, proc, Dong(d), day).unwrap_err();
    assert_eq!(no("gold", "transfer", 0, DAY), NoOffer::Package(vec!["standard".into()]));
    assert_eq!(no("survey", "transfer", 0, DAY), NoOffer::Package(vec!["standard".into()]));
    assert_eq!(no("standard", "transfer", 6_000_001, DAY), NoOffer::Discount(Dong(6_000_000)));
    assert_eq!(no("standard", "transfer", -1, DAY), NoOffer::Discount(Dong(6_000_000)));
    let over = date!(2027 - 01 - 01);
    let old = PriceBook::from_toml(&[("demo", &DEMO.replacen("# valid_to", "valid_to", 1))]).unwrap();
    assert_eq!(old.offer("standard", "transfer", Dong(0), over), Err(NoOffer::Package(vec![])), "the list is over");
}

#[test]
fn a_wrong_list_is_refused() {
    let fault = |texts: &[(&str, &str)]| PriceBook::from_toml(texts).unwrap_err().to_string();
    let less = DEMO.replacen("percent = \"50\"", "percent = \"49\"", 1);
    assert!(fault(&[("a", &less)]).contains("package standard: its instalments are not 100 % together"));
    let below = DEMO.replacen("price = 3500000", "price = -1", 1);
    assert!(fault(&[("a", &below)]).contains("a price below zero"));
    let next = DEMO.replacen("code = \"demo\"", "code = \"next\"", 1);
    assert!(fault(&[("a", DEMO), ("b", DEMO)]).contains("the list stands twice"));
    assert!(fault(&[("a", DEMO), ("b", &next)]).contains("package standard is offered by demo on the same days"));
}

#[test]
fn where_a_quotation_stands() {
    let (to, after) = (DAY, date!(2026 - 11 - 24));
    for (accepted, newest, today, standing) in [
        (None, true, to, Standing::Offered),
        (None, true, after, Standing::Expired),
        (None, false, to, Standing::Replaced),
        (Some(true), false, after, Standing::Accepted),
        (Some(false), true, to, Standing::Refused),
    ] {
        assert_eq!(Standing::of(accepted, false, newest, to, today), standing);
        assert_eq!(Standing::of(accepted, true, newest, to, today), Standing::Withdrawn, "whatever was said of it");
    }
}

proptest! {
    /// However the total is split, its parts are the total to the dong; VAT within and on top of a price agree with it.
    #[test]
    fn nothing_is_lost(discount in 0i64..=12_000_000) {
        for book in [book(), on_top()] {
            let offer = book.offer("survey", "split", Dong(discount), DAY).unwrap();
            prop_assert_eq!(Dong::sum(offer.instalments.iter().map(|i| i.amount)).unwrap(), offer.total);
            prop_assert!(offer.instalments.iter().all(|i| i.amount >= Dong::ZERO));
            prop_assert_eq!(offer.vat.base.plus(offer.vat.amount).unwrap(), offer.total);
            // Rounded once: off by at most half a dong from 8 % of the base.
            prop_assert!((offer.vat.base.0 * 8 - offer.vat.amount.0 * 100).abs() <= 54);
        }
    }

    #[test]
    fn any_shares_add_up(total in 0i64..10_000_000_000, cuts in prop::collection::vec(1i64..1_000_000, 0..7)) {
        let mut at: Vec<i64> = cuts.into_iter().chain([0, 1_000_000]).collect();
        at.sort_unstable();
        let title = || Bilingual { vi: "x".into(), en: "x".into() };
        let rate = |ppm: i64| Rate::parse(&format!("{}.{:04}", ppm / 10_000, ppm % 10_000)).unwrap();
        let shares: Vec<Share> = at.windows(2)
            .map(|w| Share { title: title(), percent: rate(w[1] - w[0]), on: Milestone::Signing, days: 0 })
            .collect();
        prop_assert!(schedule::whole(&shares));
        for rounding in [Rounding::NearestDong, Rounding::NearestThousand, Rounding::DownDong] {
            let parts = schedule::parts(Dong(total), &shares, rounding).unwrap();
            prop_assert_eq!(Dong::sum(parts.iter().map(|i| i.amount)).unwrap(), Dong(total));
            prop_assert!(parts.iter().all(|i| i.amount >= Dong::ZERO));
        }
    }
}
