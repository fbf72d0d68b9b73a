//! What a model would have said at earlier cutoffs, beside what came.

use serde::{Deserialize, Serialize};

use crate::models::evaluate::Figure;

/// Earlier cutoffs at most.
pub const MOST: usize = 3;
/// Student's quantile of a two-sided 95 % interval with [`MOST`] degrees of freedom.
const T: f64 = 3.182_446_305;

/// A model fitted on what was known at a cutoff, and the window after it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// The cutoff, UTC milliseconds.
    pub cutoff: i64,
    /// Users judged.
    pub users: usize,
    /// What was predicted of them together.
    pub predicted: f64,
    /// What they came to.
    pub actual: f64,
    /// How well they were ranked: AUC of leaving, Gini of amounts; `None` where undefined.
    pub ranking: Option<Figure>,
}

/// A predicted total, with an interval that is as wide as the backtests were wrong; without one where there are fewer
/// than [`MOST`] of them.
///
/// The logarithms of actual over predicted are taken as draws around 0 (Student's t).
pub fn total(predicted: f64, backtests: &[Backtest]) -> Figure {
    let told = backtests.iter().filter(|backtest| backtest.predicted > 0.0 && backtest.actual > 0.0);
    let errors: Vec<f64> = told.map(|backtest| (backtest.actual / backtest.predicted).ln()).collect();
    let squares: f64 = errors.iter().map(|error| error * error).sum();
    let reach = (errors.len() >= MOST).then(|| T * (squares / errors.len() as f64).sqrt());
    Figure {
        value: predicted,
        low: reach.map(|reach| predicted * (-reach).exp()),
        high: reach.map(|reach| predicted * reach.exp()),
        rough: false,
        enough: true,
    }
}

/// In words, why a total has no interval; `None` where it has one.
pub fn no_interval(backtests: &[Backtest]) -> Option<String> {
    let seen = ["one period", "two periods", "three periods"];
    seen.get(backtests.len()).map(|periods| format!("no interval: {periods} seen"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn seen(predicted: f64, actual: f64) -> Backtest {
        Backtest { cutoff: 0, users: 10, predicted, actual, ranking: None }
    }

    #[test]
    fn an_interval_is_as_wide_as_the_backtests_were_wrong() {
        let (near, far) = ([seen(100.0, 101.0); 3], [seen(100.0, 130.0), seen(100.0, 80.0), seen(90.0, 100.0)]);
        let (near, far) = (total(50.0, &near), total(50.0, &far));
        // ln 1.01 · 3.1824.
        assert!((near.high.unwrap() - 50.0 * 1.032_17).abs() < 1e-2, "{near:?}");
        assert!(far.low.unwrap() < 30.0 && far.high.unwrap() > 90.0, "{far:?}");
        assert_eq!(no_interval(&[seen(1.0, 1.0); 3]), None);
    }

    #[test]
    fn fewer_than_three_give_none_and_say_so() {
        let few = [seen(100.0, 101.0); 2];
        assert_eq!((total(50.0, &few).low, total(50.0, &few).value), (None, 50.0));
        assert_eq!(no_interval(&[]).unwrap(), "no interval: one period seen");
        assert_eq!(no_interval(&few).unwrap(), "no interval: three periods seen");
    }
}
