use super::*;
use proptest::prelude::*;
use time::macros::datetime;

const H: Habits = Habits { speed_kmh: 30.0, detour: 1.4, from_minute: 450, to_minute: 1020 };
/// 07:30 in Viet Nam.
const FROM: OffsetDateTime = datetime!(2026-10-05 00:30 UTC);

fn at(minute: i64) -> OffsetDateTime {
    FROM + Duration::minutes(minute)
}

fn stop(n: u128, lon: f64, minutes: u32, windows: &[(i64, i64)]) -> Stop {
    let windows = windows.iter().map(|(a, b)| (at(*a), at(*b))).collect();
    Stop { id: Uuid::from_u128(n), place: Some((lon, 16.0)), minutes, windows, fixed: false, late: 0, due: false }
}

fn ids(p: &DayPlan) -> Vec<u128> {
    p.stops.iter().map(|s| s.id.as_u128()).collect()
}

#[test]
fn each_stop_says_why_it_stands_where_it_stands() {
    let day = [(0, 570)];
    let meeting = Stop { fixed: true, ..stop(1, 108.00, 60, &[(120, 180)]) };
    let near = stop(2, 108.02, 30, &day);
    let far = stop(3, 108.10, 30, &day);
    let office = stop(4, 108.00, 30, &[(200, 400)]);
    let shut = stop(5, 108.00, 30, &[(0, 20)]);
    let p = plan_day(&H, Some((108.12, 16.0)), FROM, &[meeting, near, far, office, shut]);
    assert_eq!(ids(&p), [3, 2, 1, 4], "on the way to the meeting");
    assert_eq!(p.left, [(Uuid::from_u128(5), Left::Closed)]);
    assert!(matches!(p.stops[0].because, Because::LeastDriving { saves_min: 1.. }), "{:?}", p.stops[0]);
    assert_eq!(p.stops[2].because, Because::Appointment);
    assert_eq!(p.stops[3].because, Because::Opens { waits_min: 20 });
    assert_eq!((p.stops[2].begins, p.stops[2].ends), (at(120), at(180)));
}

#[test]
fn an_appointment_nobody_knows_the_place_of_keeps_its_hour() {
    let meeting = Stop { fixed: true, place: None, ..stop(1, 0.0, 60, &[(0, 60)]) };
    let p = plan_day(&H, Some((108.0, 16.0)), FROM, &[meeting, stop(2, 108.01, 30, &[(0, 570)])]);
    assert_eq!((ids(&p), p.drive_min), (vec![1, 2], 0));
    assert_eq!(p.stops[0].because, Because::AppointmentSomewhere);
    assert_eq!(p.stops[1].begins, at(60), "nobody is in two places at once");
}

#[test]
fn what_is_due_goes_before_what_is_not_and_twelve_are_weighed() {
    let one_hour = [(0, 60)];
    let due = Stop { due: true, ..stop(2, 108.5, 30, &one_hour) };
    let p = plan_day(&H, Some((108.4, 16.0)), FROM, &[stop(1, 108.4, 30, &one_hour), due]);
    assert_eq!((ids(&p), p.left.as_slice()), (vec![2], [(Uuid::from_u128(1), Left::NoTime)].as_slice()));
    let many: Vec<Stop> = (0..14).map(|n| stop(n, 108.0, 5, &[(0, 570)])).collect();
    let p = plan_day(&H, None, FROM, &many);
    assert_eq!((p.stops.len(), p.left.len(), p.drive_min), (12, 2, 0));
    assert!(p.left.iter().all(|l| l.1 == Left::TooMany));
    assert_eq!(plan_day(&H, None, FROM, &[]), DayPlan { stops: vec![], left: vec![], drive_min: 0 });
}

#[test]
fn a_known_drive() {
    // One degree of latitude is 111.2 km: 155.7 km of road, 311.4 minutes at 30 km/h.
    assert_eq!(drive(&H, (108.0, 16.0), (108.0, 17.0)), 312);
    assert_eq!(drive(&H, (108.0, 16.0), (108.0, 16.0)), 0);
}

/// All orders of all sets, one after the other.
fn by_force(start: Option<Place>, stops: &[Stop]) -> (u64, i64, OffsetDateTime) {
    fn rank(r: &(u64, i64, OffsetDateTime)) -> (u64, std::cmp::Reverse<i64>, std::cmp::Reverse<OffsetDateTime>) {
        (r.0, std::cmp::Reverse(r.1), std::cmp::Reverse(r.2))
    }
    fn go(
        here: Option<Place>,
        so_far: (u64, i64, OffsetDateTime),
        rest: &[&Stop],
        best: &mut (u64, i64, OffsetDateTime),
    ) {
        if rank(&so_far) > rank(best) {
            *best = so_far;
        }
        for (i, s) in rest.iter().enumerate() {
            let minutes = way(&H, here, s.place);
            let there = so_far.2 + Duration::minutes(minutes);
            let lasts = Duration::minutes(s.minutes.into());
            let Some(w) = s.windows.iter().find(|w| there.max(w.0) + lasts <= w.1) else { continue };
            let mut others = rest.to_vec();
            others.remove(i);
            go(s.place, (so_far.0 + worth(s), so_far.1 + minutes, there.max(w.0) + lasts), &others, best);
        }
    }
    let mut best = (0, 0, FROM);
    go(start, best, &stops.iter().collect::<Vec<_>>(), &mut best);
    best
}

fn any_stop() -> impl Strategy<Value = Stop> {
    let window = (0i64..500, 20i64..300).prop_map(|(a, b)| (a, a + b));
    let place = (0u32..40, 0u32..40).prop_map(|(x, y)| (108.0 + f64::from(x) / 100.0, 16.0 + f64::from(y) / 100.0));
    let place = prop::option::weighted(0.8, place);
    (place, 5u32..90, prop::collection::vec(window, 1..3), any::<bool>(), any::<bool>(), 0u32..5).prop_map(
        |(place, minutes, mut windows, fixed, due, late)| {
            windows.sort();
            Stop { place, fixed, due, late, ..stop(0, 0.0, minutes, &windows) }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    /// No order of no set of stops is better than the plan's.
    #[test]
    fn as_good_as_trying_everything(mut stops in prop::collection::vec(any_stop(), 0..7), with_start in any::<bool>()) {
        for (n, s) in stops.iter_mut().enumerate() {
            s.id = Uuid::from_u128(n as u128);
        }
        let start = with_start.then_some((108.2, 16.2));
        let p = plan_day(&H, start, FROM, &stops);
        let value: u64 = p.stops.iter().map(|s| worth(&stops[s.id.as_u128() as usize])).sum();
        let got = (value, p.drive_min, p.stops.last().map_or(FROM, |s| s.ends));
        prop_assert_eq!(got, by_force(start, &stops));
        prop_assert_eq!(p.stops.len() + p.left.len(), stops.len(), "each is placed or left, with its reason");
        for s in &p.stops {
            let of = &stops[s.id.as_u128() as usize];
            prop_assert!(of.windows.iter().any(|w| w.0 <= s.begins && s.ends <= w.1));
        }
        prop_assert!(p.stops.windows(2).all(|w| w[0].ends <= w[1].arrives));
    }
}
