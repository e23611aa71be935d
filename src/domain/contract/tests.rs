use super::*;
use crate::domain::money::Dong;
use crate::domain::quotation::Instalment;
use crate::domain::theme::Bilingual;
use proptest::prelude::*;
use time::macros::date;

fn plan(amounts: &[i64]) -> Vec<Instalment> {
    let title = || Bilingual { vi: "x".into(), en: "x".into() };
    let one = |(no, a): (u32, &i64)| Instalment { no, code: "x".into(), title: title(), amount: Dong(*a), days: None };
    (1u32..).zip(amounts).map(one).collect()
}

#[test]
fn the_customer_signs_first_and_in_time() {
    let (by, day) = (date!(2026 - 12 - 01), date!(2026 - 12 - 01));
    let signed = |all: &[Signer]| all.iter().copied().collect::<BTreeSet<_>>();
    let open = |next| Standing::Open { next, sign_by: by };
    assert_eq!(Standing::of(&signed(&[]), false, by, day), open(Signer::Customer));
    assert_eq!(Standing::of(&signed(&[Signer::Customer]), false, by, day), open(Signer::Firm));
    assert_eq!(Standing::of(&signed(&[Signer::Customer]), false, by, date!(2026 - 12 - 02)), Standing::Expired);
    assert_eq!(Standing::of(&signed(&[]), true, by, date!(2026 - 12 - 02)), Standing::Refused);
    assert_eq!(Standing::of(&signed(&ORDER), false, by, date!(2027 - 01 - 01)), Standing::Concluded);
}

#[test]
fn payments_fill_the_oldest_instalment_first() {
    let plan = plan(&[100, 200]);
    let parts = allocate(&plan, Dong(60), Dong(90)).unwrap().unwrap();
    assert_eq!(parts, [Part { instalment: 1, amount: Dong(40) }, Part { instalment: 2, amount: Dong(50) }]);
    assert_eq!(allocate(&plan, Dong(250), Dong(51)).unwrap(), None, "more than is open");
    let open: Vec<i64> = balance(&plan, Dong(150)).unwrap().iter().map(|b| b.open.0).collect();
    assert_eq!(open, [0, 150]);
}

proptest! {
    /// However it is paid, the parts add up to what was paid and nothing is filled twice.
    #[test]
    fn no_dong_is_lost(amounts in prop::collection::vec(0i64..1000, 1..6), pays in prop::collection::vec(1i64..400, 0..12)) {
        let plan = plan(&amounts);
        let mut filled = vec![0i64; plan.len()];
        let mut paid = 0;
        for pay in pays {
            if let Some(parts) = allocate(&plan, Dong(paid), Dong(pay)).unwrap() {
                for p in parts {
                    filled[p.instalment as usize - 1] += p.amount.0;
                }
                paid += pay;
            }
        }
        let now: Vec<i64> = balance(&plan, Dong(paid)).unwrap().iter().map(|b| b.paid.0).collect();
        prop_assert_eq!(&now, &filled);
        prop_assert_eq!(filled.iter().sum::<i64>(), paid);
    }
}
