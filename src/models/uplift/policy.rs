//! What would come of treating nobody, everybody, or each user as the model says: values of policies by doubly robust
//! scores (Dudík, Langford and Li 2011).

use serde::{Deserialize, Serialize};

use crate::models::uplift::Money;
use crate::models::uplift::calibration::Z;
use crate::models::uplift::crossfit::FOLDS;
use crate::models::uplift::scores::Scores;

/// What a policy brings per user beyond treating nobody: outcomes, revenue, or net where a margin is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The mean over all users.
    pub value: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
}

/// A way of choosing whom to treat with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Who gets what, in words.
    pub policy: String,
    /// Share of the users that it treats.
    pub treated: f64,
    /// What it brings.
    #[serde(flatten)]
    pub value: Value,
}

/// The policies compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Policies {
    /// What `value` counts: `outcomes`, `revenue` or `net`.
    pub unit: String,
    /// Nobody, each arm for everybody, and each user's best.
    pub policies: Vec<Policy>,
    /// The one arm for all (or nobody) that was best among training folds: what it brings on the folds left out.
    pub one_arm: Value,
    /// What following the model adds to that, on the same users.
    pub difference: Value,
    /// Whether following the model is advised: only where the difference lies above 0.
    pub follow: bool,
    /// Name of the arm that is best for all; `None` where treating nobody is.
    pub best_for_all: Option<String>,
    /// What the advice brings beyond `one_arm`, where each fold follows the advice that the users of the other folds lead
    /// to: 0 where they all lead to one arm for all, or to nobody.
    #[serde(default)]
    pub advised_gain: Value,
}

impl Policies {
    /// What to do, in a few words.
    pub fn advised(&self) -> String {
        match &self.best_for_all {
            _ if self.follow => "follow the model".to_owned(),
            Some(arm) => format!("{arm} for everybody"),
            None => "treat nobody".to_owned(),
        }
    }

    /// Whether what is advised treats anybody without its value being above 0 beyond chance.
    pub fn may_bring_nothing(&self) -> bool {
        let value = match &self.best_for_all {
            _ if self.follow => self.policies.last().map(|policy| &policy.value),
            Some(arm) => {
                let name = format!("{EVERYBODY}{arm}");
                self.policies.iter().find(|policy| policy.policy == name).map(|policy| &policy.value)
            }
            None => None,
        };
        value.is_some_and(|value| value.low <= 0.0)
    }
}

/// The name of the policy that follows the model.
pub(super) const FOLLOW: &str = "each user as the model says";

/// What the name of a policy begins with that gives everybody one arm.
pub(super) const EVERYBODY: &str = "everybody: ";

/// Judges the policies. `worth` is, per arm and row, what treating is expected to bring by what is known without the row's
/// own fold: what is served follows every outcome, and judged by the same outcomes it would be advised in one of ten
/// campaigns of equal arms. Whom the model treats is who has an arm with a worth above 0.
pub(super) fn policies(
    scores: &Scores,
    worth: &[Vec<f32>],
    names: &[String],
    fold: &[u8],
    money: Option<&Money>,
    unit: &str,
) -> Policies {
    let rows = fold.len();
    // What a row brings under an arm, less what it brings without: 0 for the control.
    let gain = |arm: usize, row: usize| -> f64 {
        let (with, without) = (scores.of(arm, row), scores.of(0, row));
        match money {
            _ if arm == 0 => 0.0,
            Some(money) => with * (money.margin - money.incentive) - money.contact_cost - without * money.margin,
            None => with - without,
        }
    };
    let arms = 0..=names.len();
    let sums: Vec<Vec<f64>> = arms
        .clone()
        .map(|arm| {
            let mut sums = vec![0.0; usize::from(FOLDS)];
            (0..rows).for_each(|row| sums[usize::from(fold[row])] += gain(arm, row));
            sums
        })
        .collect();
    let best_without = |held: Option<usize>| {
        let sum = |arm: usize| -> f64 {
            sums[arm].iter().enumerate().filter(|(fold, _)| held != Some(*fold)).map(|(_, sum)| sum).sum()
        };
        arms.clone().fold(0, |best, arm| if sum(arm) > sum(best) { arm } else { best })
    };
    let chosen: Vec<usize> = (0..usize::from(FOLDS)).map(|held| best_without(Some(held))).collect();
    let best = best_without(None);
    let followed = |row: usize| {
        let worth = |arm: usize| if arm == 0 { 0.0 } else { worth[arm - 1][row] };
        arms.clone().fold(0, |best, arm| if worth(arm) > worth(best) { arm } else { best })
    };
    let one = |row: usize| gain(chosen[usize::from(fold[row])], row);
    let beyond = |row: usize| gain(followed(row), row) - one(row);
    let difference = mean((0..rows).map(beyond));
    // Judged by the users who decided it, a model that is followed would look better than it is.
    let followed_without: Vec<bool> =
        (0..FOLDS).map(|held| mean((0..rows).filter(|&row| fold[row] != held).map(beyond)).low > 0.0).collect();
    let advised = |row: usize| if followed_without[usize::from(fold[row])] { beyond(row) } else { 0.0 };
    let mut policies: Vec<Policy> = arms
        .clone()
        .map(|arm| Policy {
            policy: if arm == 0 { "nobody".to_owned() } else { format!("{EVERYBODY}{}", names[arm - 1]) },
            treated: if arm == 0 { 0.0 } else { 1.0 },
            value: mean((0..rows).map(|row| gain(arm, row))),
        })
        .collect();
    policies.push(Policy {
        policy: FOLLOW.to_owned(),
        treated: (0..rows).filter(|&row| followed(row) > 0).count() as f64 / rows.max(1) as f64,
        value: mean((0..rows).map(|row| gain(followed(row), row))),
    });
    Policies {
        unit: unit.to_owned(),
        policies,
        one_arm: mean((0..rows).map(one)),
        follow: difference.low > 0.0,
        difference,
        best_for_all: (best > 0).then(|| names[best - 1].clone()),
        advised_gain: mean((0..rows).map(advised)),
    }
}

/// A mean over users with its 95 % interval: the limit of the Poisson bootstrap over users.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Value {
    let (mut count, mut sum, mut squares) = (0.0_f64, 0.0, 0.0);
    for value in values {
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    let value = sum / count.max(1.0);
    let variance = (squares / count.max(1.0) - value * value).max(0.0);
    let half = Z * (variance / (count - 1.0).max(1.0)).sqrt();
    Value { value, low: value - half, high: value + half }
}
