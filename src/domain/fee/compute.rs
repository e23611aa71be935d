//! From tables and facts to amounts, step by step.

use super::{Base, Exemption, Fee, FeeFacts, FeeSet, Formula, Object, Objects, Payer, Slice, When};
use crate::domain::money::{Dong, Measure, Rate, Rounding, TooLarge};
use crate::domain::rule::Standing;
use crate::domain::theme::{Bilingual, Remark};
use serde::{Deserialize, Serialize};
use time::Date;

/// One fee or tax of a procedure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Due {
    pub id: String,
    pub title: Bilingual,
    pub payer: Payer,
    pub amount: Amount,
    /// How the amount came about, in order.
    pub steps: Vec<Step>,
    pub citation: String,
    pub standing: Standing,
    pub valid_from: Date,
    #[serde(default, skip_serializing_if = "Remark::is_empty")]
    pub note: Remark,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Amount {
    Exact {
        dong: Dong,
    },
    /// The source gives two numbers.
    Between {
        low: Dong,
        high: Dong,
    },
    /// Nothing to pay, and by which text.
    Exempt {
        citation: String,
        standing: Standing,
    },
    /// Names of the facts that are missing; empty: no number is known to us at all. Ask the tax office.
    NotKnown {
        missing: Vec<String>,
    },
}

/// One line of a calculation. `say` is a key of `data/i18n`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub say: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Rate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Rounding>,
    pub dong: Dong,
}

/// Everything added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    pub low: Dong,
    pub high: Dong,
    /// At least one amount is not known: the total is only a part.
    pub incomplete: bool,
}

/// Why there is no number.
enum Gap {
    Missing(Vec<&'static str>),
    TooLarge,
}

impl From<TooLarge> for Gap {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

type Worked = Result<(Amount, Vec<Step>), Gap>;

/// All that falls due in a procedure, in order of id.
pub fn dues(set: &FeeSet, procedure: &str, facts: &FeeFacts) -> Vec<Due> {
    set.of(procedure).into_iter().map(|fee| due(fee, procedure, facts)).collect()
}

/// The sum of what is known.
///
/// # Errors
/// [`TooLarge`].
pub fn total(dues: &[Due]) -> Result<Total, TooLarge> {
    let mut sum = Total { low: Dong::ZERO, high: Dong::ZERO, incomplete: false };
    for due in dues {
        let (low, high) = match &due.amount {
            Amount::Exact { dong } => (*dong, *dong),
            Amount::Between { low, high } => (*low, *high),
            Amount::Exempt { .. } => continue,
            Amount::NotKnown { .. } => {
                sum.incomplete = true;
                continue;
            }
        };
        (sum.low, sum.high) = (sum.low.plus(low)?, sum.high.plus(high)?);
    }
    Ok(sum)
}

fn due(fee: &Fee, procedure: &str, facts: &FeeFacts) -> Due {
    let (amount, steps) = match exempt(fee, procedure, facts) {
        Ok(Some(e)) => (Amount::Exempt { citation: e.citation.clone(), standing: e.standing }, vec![]),
        // Whether it is exempt is not known, so the amount is not known either.
        Err(missing) => (Amount::NotKnown { missing: vec![missing.to_owned()] }, vec![]),
        Ok(None) => match work(&fee.formula, procedure, facts) {
            Ok(worked) => worked,
            Err(Gap::Missing(names)) => {
                (Amount::NotKnown { missing: names.into_iter().map(str::to_owned).collect() }, vec![])
            }
            Err(Gap::TooLarge) => (Amount::NotKnown { missing: vec!["too_large".to_owned()] }, vec![]),
        },
    };
    Due {
        id: fee.id.clone(),
        title: fee.title.clone(),
        payer: fee.payer,
        amount,
        steps,
        citation: fee.citation.clone(),
        standing: fee.standing,
        valid_from: fee.valid_from,
        note: fee.note.clone(),
    }
}

/// The exemption that holds; an error names the fact on which it hangs.
fn exempt<'a>(fee: &'a Fee, procedure: &str, facts: &FeeFacts) -> Result<Option<&'a Exemption>, &'static str> {
    let mut open = None;
    for e in fee.exemptions.iter().filter(|e| e.procedures.is_empty() || e.procedures.iter().any(|p| p == procedure)) {
        match &e.when {
            When::Kinship(near) => match facts.kinship {
                Some(k) if near.contains(&k) => return Ok(Some(e)),
                Some(_) => {}
                None => open = open.or(Some("kinship")),
            },
            When::OnlyHome => match facts.only_home {
                Some(true) => return Ok(Some(e)),
                Some(false) => {}
                None => open = open.or(Some("only_home")),
            },
        }
    }
    open.map_or(Ok(None), Err)
}

fn work(formula: &Formula, procedure: &str, facts: &FeeFacts) -> Worked {
    match formula {
        Formula::NotKnown => Err(Gap::Missing(vec![])),
        Formula::Percent { base, percent, rounding } => {
            let (dong, mut steps) = base_of(*base, facts)?;
            let dong = share(dong, *percent, *rounding, "fee-step-share", &mut steps)?;
            Ok((Amount::Exact { dong }, steps))
        }
        Formula::Slices { base, slices, rounding, most } => {
            let (of, mut steps) = base_of(*base, facts)?;
            let mut dong = sliced(of, slices, *rounding, &mut steps)?;
            if let Some(most) = most.filter(|m| *m < dong) {
                steps.push(step("fee-step-most", None, most));
                dong = most;
            }
            Ok((Amount::Exact { dong }, steps))
        }
        Formula::Fixed { amounts } => fixed(amounts.get(procedure), facts.object),
        Formula::UseDifference { rounding } => {
            let (difference, area) = difference(facts)?;
            let dong = difference.times(area, *rounding)?;
            let steps = vec![per_metre(difference), whole(area, dong, *rounding)];
            Ok((Amount::Exact { dong }, steps))
        }
        Formula::UseDifferenceByQuota { within, once_more, beyond, rounding } => {
            by_quota([*within, *once_more, *beyond], *rounding, facts)
        }
    }
}

fn need<T: Copy>(value: Option<T>, name: &'static str, missing: &mut Vec<&'static str>) -> Option<T> {
    if value.is_none() {
        missing.push(name);
    }
    value
}

fn land_value(facts: &FeeFacts) -> Result<(Dong, Vec<Step>), Gap> {
    let mut missing = vec![];
    let price = need(facts.land_price, "land_price", &mut missing);
    let area = need(facts.area, "area", &mut missing);
    let (Some(price), Some(area)) = (price, area) else { return Err(Gap::Missing(missing)) };
    let value = price.times(area, Rounding::NearestDong)?;
    Ok((value, vec![step("fee-step-land-price", None, price), whole(area, value, Rounding::NearestDong)]))
}

fn base_of(base: Base, facts: &FeeFacts) -> Result<(Dong, Vec<Step>), Gap> {
    let agreed = || facts.agreed_price.ok_or(Gap::Missing(vec!["agreed_price"]));
    match base {
        Base::LandValue => land_value(facts),
        Base::AgreedPrice => agreed().map(|p| (p, vec![step("fee-step-agreed-price", None, p)])),
        Base::PriceNotBelowLandValue => {
            let (price, value) = match (agreed(), land_value(facts)) {
                (Ok(p), Ok(v)) => (p, v),
                (Err(Gap::Missing(mut a)), Err(Gap::Missing(b))) => {
                    a.extend(b);
                    return Err(Gap::Missing(a));
                }
                (Err(e), _) | (_, Err(e)) => return Err(e),
            };
            let (least, mut steps) = value;
            steps.push(step("fee-step-agreed-price", None, price));
            let base = price.max(least);
            steps.push(step(
                if price < least { "fee-step-land-value-counts" } else { "fee-step-price-counts" },
                None,
                base,
            ));
            Ok((base, steps))
        }
    }
}

fn sliced(of: Dong, slices: &[Slice], rounding: Rounding, steps: &mut Vec<Step>) -> Result<Dong, Gap> {
    let mut below = Dong::ZERO;
    for slice in slices {
        if slice.up_to.is_none_or(|end| of <= end) {
            let part = share(of.minus(below)?, slice.percent, rounding, "fee-step-slice-share", steps)?;
            steps.push(step("fee-step-slice-fixed", None, slice.fixed));
            let dong = slice.fixed.plus(part)?;
            steps.push(step("fee-step-sum", None, dong));
            return Ok(dong);
        }
        below = slice.up_to.unwrap_or(below);
    }
    Err(Gap::Missing(vec![]))
}

fn fixed(amounts: Option<&Objects>, object: Object) -> Worked {
    let all = amounts.ok_or(Gap::Missing(vec![]))?;
    let [low, high] = match object {
        Object::Land => all.land,
        Object::Assets => all.assets,
        Object::Both => all.both,
    };
    let steps = vec![step("fee-step-fixed", None, low)];
    Ok((if low == high { Amount::Exact { dong: low } } else { Amount::Between { low, high } }, steps))
}

/// Price after less price before (never below zero), and the area.
fn difference(facts: &FeeFacts) -> Result<(Dong, Measure), Gap> {
    let mut missing = vec![];
    let before = need(facts.land_price, "land_price", &mut missing);
    let after = need(facts.land_price_after, "land_price_after", &mut missing);
    let area = need(facts.area, "area", &mut missing);
    let (Some(before), Some(after), Some(area)) = (before, after, area) else { return Err(Gap::Missing(missing)) };
    Ok((after.minus(before)?.max(Dong::ZERO), area))
}

fn by_quota(shares: [Rate; 3], rounding: Rounding, facts: &FeeFacts) -> Worked {
    let (difference, area) = difference(facts)?;
    let mut missing = vec![];
    let beside = need(facts.beside_house, "beside_house", &mut missing);
    let used =
        if beside == Some(true) { need(facts.reduction_used, "reduction_used", &mut missing) } else { Some(true) };
    let reduced = beside == Some(true) && used == Some(false);
    let quota = if reduced { need(facts.quota, "quota", &mut missing) } else { None };
    if !missing.is_empty() {
        return Err(Gap::Missing(missing));
    }
    let mut steps = vec![per_metre(difference)];
    let Some(quota) = quota else {
        let dong = difference.times(area, rounding)?;
        steps.push(whole(area, dong, rounding));
        return Ok((Amount::Exact { dong }, steps));
    };
    let first = area.at_most(quota);
    let second = area.without(first).at_most(quota);
    let third = area.without(first).without(second);
    let mut sum = Dong::ZERO;
    for ((part, percent), say) in [first, second, third].into_iter().zip(shares).zip(["within", "once-more", "beyond"])
    {
        let full = difference.times(part, rounding)?;
        let dong = full.at(percent, rounding)?;
        let (say, of) = (format!("fee-step-quota-{say}"), Some(format!("{part} m²")));
        steps.push(Step { say, of, percent: Some(percent), rounding: Some(rounding), dong });
        sum = sum.plus(dong)?;
    }
    steps.push(step("fee-step-sum", None, sum));
    Ok((Amount::Exact { dong: sum }, steps))
}

fn share(of: Dong, percent: Rate, rounding: Rounding, say: &str, steps: &mut Vec<Step>) -> Result<Dong, Gap> {
    let dong = of.at(percent, rounding)?;
    let (say, of) = (say.to_owned(), Some(of.to_string()));
    steps.push(Step { say, of, percent: Some(percent), rounding: Some(rounding), dong });
    Ok(dong)
}

fn step(say: &str, of: Option<String>, dong: Dong) -> Step {
    Step { say: say.to_owned(), of, percent: None, rounding: None, dong }
}

fn per_metre(difference: Dong) -> Step {
    step("fee-step-difference", None, difference)
}

fn whole(area: Measure, dong: Dong, rounding: Rounding) -> Step {
    Step { rounding: Some(rounding), ..step("fee-step-times-area", Some(format!("{area} m²")), dong) }
}
