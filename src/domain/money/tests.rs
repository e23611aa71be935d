use super::*;
use proptest::prelude::*;
use time::macros::date;

#[test]
fn numbers_are_spoken_as_people_speak_them() {
    for (n, words) in [
        (0, "không"),
        (1, "một"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (14, "mười bốn"),
        (15, "mười lăm"),
        (20, "hai mươi"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (25, "hai mươi lăm"),
        (91, "chín mươi mốt"),
        (100, "một trăm"),
        (101, "một trăm lẻ một"),
        (104, "một trăm lẻ bốn"),
        (105, "một trăm lẻ năm"),
        (110, "một trăm mười"),
        (111, "một trăm mười một"),
        (115, "một trăm mười lăm"),
        (121, "một trăm hai mươi mốt"),
        (1_000, "một nghìn"),
        (1_005, "một nghìn không trăm lẻ năm"),
        (1_015, "một nghìn không trăm mười lăm"),
        (2_026, "hai nghìn không trăm hai mươi sáu"),
        (1_000_000, "một triệu"),
        (1_000_001, "một triệu không trăm lẻ một"),
        (12_500_000, "mười hai triệu năm trăm nghìn"),
        (1_000_000_000, "một tỷ"),
        (1_000_050_000, "một tỷ không trăm năm mươi nghìn"),
        (3_254_021_105, "ba tỷ hai trăm năm mươi tư triệu không trăm hai mươi mốt nghìn một trăm lẻ năm"),
        (1_000_000_000_000_000_000, "một tỷ tỷ"),
        (-21, "âm hai mươi mốt"),
    ] {
        assert_eq!(number_in_words(n), words, "{n}");
    }
    assert_eq!(amount_in_words(Dong(12_500_000)), "Mười hai triệu năm trăm nghìn đồng");
}

#[test]
fn days_are_spoken() {
    assert_eq!(date_in_words(date!(2026 - 04 - 05)), "ngày mùng năm tháng tư năm hai nghìn không trăm hai mươi sáu");
    assert_eq!(
        date_in_words(date!(2025 - 12 - 31)),
        "ngày ba mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi lăm"
    );
}

#[test]
fn shares_and_areas_are_exact() {
    let half = Rate::parse("0.5").unwrap();
    assert_eq!((half.ppm(), half.to_string()), (5_000, "0.5".into()));
    assert_eq!(Dong(1_500_000_000).at(half, Rounding::NearestDong), Ok(Dong(7_500_000)));
    // 0,5 % of 101 is 0,505: the nearest dong is 1, downwards 0.
    assert_eq!(Dong(101).at(half, Rounding::NearestDong), Ok(Dong(1)));
    assert_eq!(Dong(101).at(half, Rounding::DownDong), Ok(Dong(0)));
    assert_eq!(Dong(1_234_500).at(Rate::parse("100").unwrap(), Rounding::NearestThousand), Ok(Dong(1_235_000)));
    assert_eq!(Dong(-101).at(half, Rounding::NearestDong), Ok(Dong(-1)));
    let area = Measure::printed(90.549).unwrap();
    assert_eq!(
        (area.to_string(), Dong(10_000_001).times(area, Rounding::NearestDong)),
        ("90.5".into(), Ok(Dong(905_000_091)))
    );
    assert_eq!(Dong(i64::MAX).plus(Dong(1)), Err(TooLarge));
    assert_eq!(Dong(i64::MAX).times(Measure::parse("2").unwrap(), Rounding::DownDong), Err(TooLarge));
    for wrong in ["", ".5", "1,5", "-1", "0.12345", "1e3", " 1", "99999999999999999999"] {
        assert_eq!(Rate::parse(wrong), None, "{wrong}");
    }
    assert!(Measure::printed(f64::NAN).is_none() && Measure::printed(-0.4).is_none());
    assert_eq!(Dong(1_234_567).to_string(), "1.234.567 đồng");
}

proptest! {
    /// What was spoken can be understood: the words are read back by other means than those that made them.
    #[test]
    fn words_say_the_number(n in 0i64..=i64::MAX) {
        prop_assert_eq!(understood(&number_in_words(n)), i128::from(n));
    }

    #[test]
    fn rounding_is_off_by_less_than_its_unit(n in -1_000_000_000_000i64..1_000_000_000_000, ppm in 0i64..3_000_000) {
        let rate = Rate::parse(&format!("{}.{:04}", ppm / 10_000, ppm % 10_000)).unwrap();
        let exact = i128::from(n) * i128::from(ppm);
        for (rounding, most) in [(Rounding::NearestDong, 500_000), (Rounding::NearestThousand, 500_000_000), (Rounding::DownDong, 999_999)] {
            let got = i128::from(Dong(n).at(rate, rounding).unwrap().0) * 1_000_000;
            prop_assert!((got - exact).abs() <= most, "{rounding:?} {got} {exact}");
        }
    }
}

fn understood(words: &str) -> i128 {
    let (mut total, mut part, mut group, mut last) = (0i128, 0i128, 0i128, 0i128);
    for word in words.split(' ') {
        match word {
            "tỷ" => {
                total = (total + part + group + last) * 1_000_000_000;
                (part, group, last) = (0, 0, 0);
            }
            "triệu" => {
                part += (group + last) * 1_000_000;
                (group, last) = (0, 0);
            }
            "nghìn" => {
                part += (group + last) * 1000;
                (group, last) = (0, 0);
            }
            "trăm" => {
                group += last * 100;
                last = 0;
            }
            "mươi" => {
                group += last * 10;
                last = 0;
            }
            "mười" => group += 10,
            "lẻ" => {}
            "mốt" => last = 1,
            "tư" => last = 4,
            "lăm" => last = 5,
            digit => {
                let all = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
                last = all.iter().position(|d| *d == digit).unwrap() as i128;
            }
        }
    }
    total + part + group + last
}
