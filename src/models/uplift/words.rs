//! What a campaign taught, in sentences.

use crate::features::FeatureTable;
use crate::models::uplift::policy::EVERYBODY;
use crate::models::uplift::{ArmEffect, Money, Policies, Policy, SecondOpinion, UpliftEvaluation, Value};

/// Rankings that agree less than this are hardly one.
const LEAST_AGREEMENT: f64 = 0.5;

/// What the reader should know before using the ranking.
pub(super) fn notes(
    evaluations: &[UpliftEvaluation],
    effects: &[ArmEffect],
    policies: &Policies,
    most: Option<f64>,
    money: Option<&Money>,
) -> Vec<String> {
    let mut notes = Vec::new();
    let several = effects.len() > 1;
    for (judged, effect) in evaluations.iter().zip(effects) {
        let of = if several { format!("{}: ", effect.arm) } else { String::new() };
        notes.extend(of_arm(judged).into_iter().map(|note| format!("{of}{note}")));
    }
    if let Some(worst) = evaluations.iter().find(|judged| judged.random == Some(false)) {
        notes.push(not_random(worst));
    }
    if let Some(most) = most {
        notes.push(format!("amounts above {most:.2}, the 95 % quantile of those who spent, count as {most:.2}"));
    }
    if let Some(money) = money {
        notes.extend(
            effects.iter().zip(policies.policies.iter().skip(1)).map(|(effect, policy)| earned(effect, policy, money)),
        );
    }
    notes.push(advice(policies));
    notes
}

/// What 1,000 users cost and earn.
fn earned(effect: &ArmEffect, everybody: &Policy, money: &Money) -> String {
    let of = |value: f64| format!("{:.2}", 1_000.0 * value);
    let Value { value, low, high } = &everybody.value;
    format!(
        "{} for 1,000 users: contacts cost {}, incentives {} (the sure things take them too), the margin added is {}; net {} \
         ({} to {})",
        effect.arm,
        of(money.contact_cost),
        of(money.incentive * effect.rate),
        of(money.margin * effect.effect),
        of(*value),
        of(*low),
        of(*high)
    )
}

fn of_arm(judged: &UpliftEvaluation) -> Vec<String> {
    let mut notes = Vec::new();
    if judged.enough == Some(false) {
        notes.push("too few outcomes to tell: fewer than 50 in an arm".to_owned());
    }
    if let Some(calibration) = &judged.calibration {
        notes.push(if calibration.differs() {
            format!(
                "users differ: the differences seen are {:.2} times those predicted ({:.2} to {:.2}), and served as seen, at \
                 most as predicted",
                calibration.seen_slope, calibration.slope_low, calibration.slope_high
            )
        } else {
            format!(
                "no difference between users found: everyone's uplift is the average effect of {:+.4}",
                calibration.effect
            )
        });
    }
    if let (Some(qini), Some(chance)) = (judged.qini, judged.qini_by_chance)
        && qini.abs() < 2.0 * chance
    {
        notes.push(format!(
            "a Qini of {qini:.3} on {} users may be chance: that of rankings at random varies by {chance:.3}",
            judged.test_rows
        ));
    }
    notes.extend(judged.second.as_ref().and_then(second));
    notes.push(format!("groups: {}", judged.rule));
    notes
}

/// How far another library's forests agree.
fn second(other: &SecondOpinion) -> Option<String> {
    let agreement = other.agreement?;
    let qini = other.qini.map_or_else(String::new, |qini| format!(", with a Qini of {qini:.3}"));
    let caution = if agreement < LEAST_AGREEMENT {
        ": the ranking depends on which forest is asked, and single places in it mean little"
    } else {
        ""
    };
    Some(format!(
        "second opinion: smartcore's forests rank the same users with a rank correlation of {agreement:.2}{qini}{caution}"
    ))
}

fn not_random(judged: &UpliftEvaluation) -> String {
    let mut note = "treatment was not random".to_owned();
    if let (Some(worst), Some(limit)) = (judged.balance.first(), judged.balance_limit) {
        note = format!(
            "{note} in {}: z {:.1}, beyond ±{limit:.1} (standardised mean difference {:.2})",
            worst.feature,
            worst.z.unwrap_or(f64::NAN),
            worst.difference
        );
    }
    note.push_str(
        "; effects are what remains beside the features, only as far as the features explain who was treated",
    );
    if let Some(overlap) = &judged.overlap {
        note = format!(
            "{note}; 98 % of the users were treated with a likelihood of {:.2} to {:.2}, {:.1} % had an arm they hardly could get",
            overlap.low,
            overlap.high,
            100.0 * overlap.beyond
        );
    }
    note
}

/// What to do, beside what the alternatives bring.
fn advice(policies: &Policies) -> String {
    let advised = policies.advised();
    let [_, arms @ .., model] = policies.policies.as_slice() else { return format!("advised: {advised}") };
    let arms = arms.iter().map(|policy| {
        let name = policy.policy.strip_prefix(EVERYBODY).unwrap_or(&policy.policy);
        format!("{name} for everybody {}", brings(&policy.value))
    });
    let followed = format!(
        "following the model, which treats {:.0} % of the users, {}",
        100.0 * model.treated,
        brings(&model.value)
    );
    let nothing = if policies.may_bring_nothing() { ", which may bring nothing: its interval holds 0" } else { "" };
    format!(
        "advised: {advised}{nothing}. {} per 1,000 users beyond treating nobody: {}. The model less the best of one arm for \
         all or nobody: {}, {}",
        capitalised(&policies.unit),
        arms.chain([followed]).collect::<Vec<_>>().join("; "),
        brings(&policies.difference),
        told_from_0(&policies.difference)
    )
}

/// Where a difference lies, in words.
fn told_from_0(difference: &Value) -> &'static str {
    match difference {
        Value { low, .. } if *low > 0.0 => "above 0 beyond chance",
        Value { high, .. } if *high < 0.0 => "below 0 beyond chance",
        Value { low, high, .. } if low >= high => "for both treat everybody alike",
        _ => "which may be chance",
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A value per 1,000 users and its interval.
fn brings(value: &Value) -> String {
    let of = |value: f64| format!("{:+.1}", 1_000.0 * value);
    format!("{} ({} to {})", of(value.value), of(value.low), of(value.high))
}

/// Features that the settings name and the table lacks.
pub(super) fn absent(table: &FeatureTable, names: &[String]) -> Option<String> {
    let absent: Vec<&str> = names.iter().map(String::as_str).filter(|name| table.feature(name).is_none()).collect();
    (!absent.is_empty()).then(|| format!("left out, for this log has no such feature: {}", absent.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(low: f64, high: f64) -> Value {
        Value { value: f64::midpoint(low, high), low, high }
    }

    /// The advice where one letter for all brings `letter` and the model `difference` more.
    fn advised(letter: Value, difference: Value) -> String {
        let policy = |name: &str, value: Value| Policy { policy: name.to_owned(), treated: 1.0, value };
        let names = ["nobody".to_owned(), format!("{EVERYBODY}letter"), "each user as the model says".to_owned()];
        let values =
            [value(0.0, 0.0), letter.clone(), value(letter.low + difference.low, letter.high + difference.high)];
        advice(&Policies {
            unit: "outcomes".to_owned(),
            policies: names.iter().zip(values).map(|(name, value)| policy(name, value)).collect(),
            follow: difference.low > 0.0,
            one_arm: letter,
            difference,
            best_for_all: Some("letter".to_owned()),
            ..Policies::default()
        })
    }

    #[test]
    fn the_advice_says_where_the_difference_lies() {
        let letter = || value(0.01, 0.03);
        for (low, high, words) in [
            (0.001, 0.003, "+2.0 (+1.0 to +3.0), above 0 beyond chance"),
            (-0.003, -0.001, "-2.0 (-3.0 to -1.0), below 0 beyond chance"),
            (-0.001, 0.003, "+1.0 (-1.0 to +3.0), which may be chance"),
            (0.0, 0.0, "+0.0 (+0.0 to +0.0), for both treat everybody alike"),
        ] {
            let told = advised(letter(), value(low, high));
            assert!(told.ends_with(words), "{told}");
            let first = if low > 0.0 { "advised: follow the model. " } else { "advised: letter for everybody. " };
            assert!(told.starts_with(first), "{told}");
        }
    }

    #[test]
    fn an_arm_that_may_bring_nothing_is_advised_with_these_words() {
        let told = advised(value(-0.01, 0.03), value(-0.003, 0.001));
        assert!(
            told.starts_with("advised: letter for everybody, which may bring nothing: its interval holds 0. "),
            "{told}"
        );
    }
}
