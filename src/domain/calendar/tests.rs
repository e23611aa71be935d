use super::*;
use proptest::prelude::*;
use time::macros::{date, datetime, time};

fn vn() -> &'static Calendar {
    Calendar::shipped().unwrap()
}

#[test]
fn deadlines_that_were_checked_by_hand() {
    for (start, n, end) in [
        (date!(2026 - 02 - 12), 10, date!(2026 - 03 - 05)), // over Tết
        (date!(2026 - 04 - 24), 3, date!(2026 - 05 - 04)),
        (date!(2026 - 04 - 22), 15, date!(2026 - 05 - 18)),
        (date!(2026 - 08 - 21), 5, date!(2026 - 08 - 27)), // Saturday 22 August is worked
        (date!(2026 - 08 - 28), 3, date!(2026 - 09 - 07)),
        (date!(2026 - 11 - 20), 3, date!(2026 - 11 - 26)),
        (date!(2026 - 12 - 30), 8, date!(2027 - 01 - 12)),
    ] {
        assert_eq!(vn().add_working_days(start, n).unwrap(), end, "{start} + {n}");
    }
}

#[test]
fn a_term_never_ends_on_a_rest_day() {
    assert_eq!(vn().term_end(date!(2026 - 02 - 14)).unwrap(), date!(2026 - 02 - 23));
    assert_eq!(vn().term_end(date!(2026 - 08 - 22)).unwrap(), date!(2026 - 08 - 22));
    assert_eq!(vn().add_days(date!(2026 - 04 - 01), 30).unwrap(), date!(2026 - 05 - 04));
    assert_eq!(vn().holiday(date!(2026 - 11 - 24)), Some("Ngày Văn hóa Việt Nam"));
}

#[test]
fn days_and_cut_off_are_those_of_viet_nam() {
    let three = Some(time!(15:00));
    assert_eq!(day_of(datetime!(2026-11-22 17:00 UTC)), date!(2026 - 11 - 23));
    assert_eq!(day_begins(date!(2026 - 11 - 23)), datetime!(2026-11-22 17:00 UTC));
    assert_eq!(vn().received_on(datetime!(2026-11-23 08:00 UTC), three).unwrap(), date!(2026 - 11 - 23), "15:00 sharp");
    assert_eq!(
        vn().received_on(datetime!(2026-11-23 08:00:01 UTC), three).unwrap(),
        date!(2026 - 11 - 25),
        "24 is off"
    );
    assert_eq!(vn().received_on(datetime!(2026-11-21 03:00 UTC), None).unwrap(), date!(2026 - 11 - 23), "Saturday");
}

#[test]
fn doubt_is_told() {
    assert!(!vn().is_doubtful(date!(2026 - 02 - 01), date!(2026 - 03 - 01)));
    assert!(vn().is_doubtful(date!(2025 - 12 - 30), date!(2026 - 01 - 06)), "2 January 2026");
    assert!(vn().is_doubtful(date!(2026 - 12 - 30), date!(2027 - 01 - 04)), "2027 is not decided");
    assert_eq!(vn().add_working_days(date!(2027 - 12 - 30), 5), Err(UnknownYear { year: 2028 }));
}

#[test]
fn bad_calendars_are_refused() {
    let year = |off: &str, working: &str| {
        Calendar::read(&format!("[[year]]\nyear=2026\nstanding='house'\nsource='x'\noff=[{off}]\nworking=[{working}]"))
    };
    assert!(year("", "").is_ok());
    assert!(year("{date='2025-01-01',name='x'}", "").unwrap_err().contains("another year"));
    assert!(year("{date='2026-11-22',name='x'}", "").unwrap_err().contains("weekend"));
    assert!(year("", "'2026-11-23'").unwrap_err().contains("worked anyway"));
}

proptest! {
    /// Counted one day after the other over a plain list of rest days.
    #[test]
    fn equals_a_naive_count(offset in 0i64..1300, n in 0u32..60) {
        let start = date!(2024 - 01 - 01) + Duration::days(offset);
        let table: toml::Value = toml::from_str(SHIPPED).unwrap();
        let years = table["year"].as_array().unwrap();
        let has = |list: &str, d: Date| years.iter().any(|y| y[list].as_array().unwrap().iter().any(|v| {
            v.as_str().or_else(|| v["date"].as_str()) == Some(d.to_string().as_str())
        }));
        let (mut day, mut left) = (start, n);
        while left > 0 {
            day = day.next_day().unwrap();
            let weekend = day.weekday().number_from_monday() > 5;
            if has("working", day) || (!weekend && !has("off", day)) { left -= 1; }
        }
        prop_assert_eq!(vn().add_working_days(start, n).unwrap(), day);
    }

    #[test]
    fn adding_is_monotonous_and_composes(offset in 0i64..1200, a in 0u32..30, b in 0u32..30) {
        let start = date!(2024 - 01 - 01) + Duration::days(offset);
        let once = vn().add_working_days(start, a + b).unwrap();
        let twice = vn().add_working_days(vn().add_working_days(start, a).unwrap(), b).unwrap();
        prop_assert_eq!(once, twice);
        prop_assert!(once >= start + Duration::days(i64::from(a + b)), "a working day is at least a day");
        prop_assert!(a + b == 0 || vn().is_working_day(once).unwrap());
    }
}

#[test]
fn a_year_nobody_loaded_is_counted_by_weekdays_and_doubtful() {
    let last = vn().known_until().unwrap();
    let (start, end) = (last - Duration::days(3), vn().reckon(last, 5));
    assert!(vn().add_working_days(last, 5).is_err());
    assert_eq!((1..=(end - last).whole_days()).filter(|n| !is_weekend(last + Duration::days(*n))).count(), 5);
    assert!(vn().is_doubtful(start, end) && !vn().is_doubtful(date!(2026 - 03 - 02), date!(2026 - 03 - 06)));
    assert_eq!(vn().reckon(date!(2026 - 02 - 12), 10), date!(2026 - 03 - 05), "as ever where the year is known");
}
