//! What is worth saying in words: only what lies beyond that which the shop's own past lets expect.
//!
//! A number of the latest period is news where its change, as a logarithm, leaves the 99 % prediction interval of the
//! changes before it (Student's t over earlier periods). There are four templates, so that in a shop where nothing happens
//! fewer than one run in twenty says anything.

use crate::format;
use crate::pipeline::figures::periods::Periods;
use crate::store::front_page::{Cohorts, FrontPage};

/// Earlier changes that are needed.
const FEWEST: usize = 6;
/// Customers of a cohort that is compared, at least.
const COHORT: u64 = 50;
/// A number of a period below this is too small to tell a change of.
const SMALL: f64 = 50.0;

/// Student's quantile of a two-sided 99 % interval with `degrees` of freedom, 5 or more (Cornish–Fisher, within 1 %).
fn quantile(degrees: f64) -> f64 {
    let z = 2.575_829_303_548_901_f64;
    let (cube, fifth) = (z.powi(3), z.powi(5));
    z + (cube + z) / (4.0 * degrees)
        + (5.0 * fifth + 16.0 * cube + 3.0 * z) / (96.0 * degrees.powi(2))
        + (3.0 * z.powi(7) + 19.0 * fifth + 17.0 * cube - 15.0 * z) / (384.0 * degrees.powi(3))
}

/// How far `value` lies beyond the prediction interval of `before`: −1 below, 1 above, 0 within, or where too few are known.
fn beyond(value: f64, before: &[f64]) -> i8 {
    if before.len() < FEWEST || !value.is_finite() || before.iter().any(|one| !one.is_finite()) {
        return 0;
    }
    let count = before.len() as f64;
    let mean = before.iter().sum::<f64>() / count;
    let variance = before.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let reach = quantile(count - 1.0) * (variance * (1.0 + 1.0 / count)).sqrt();
    i8::from(value > mean + reach) - i8::from(value < mean - reach)
}

/// How the latest period differs from the one before, where that is news. `periods` are the latest first.
fn change(what: &str, periods: &[f64]) -> Option<String> {
    if periods.iter().take(2).any(|&number| number < SMALL) {
        return None;
    }
    // A log begins with nobody: its first period is no measure of change.
    let known = &periods[..periods.len().saturating_sub(1)];
    let changes: Vec<f64> = known.windows(2).map(|pair| (pair[0] / pair[1]).ln()).collect();
    let (last, before) = changes.split_first()?;
    let direction = match beyond(*last, before) {
        -1 => "fell",
        1 => "rose",
        _ => return None,
    };
    let share = format::percent((periods[0] / periods[1] - 1.0).abs());
    let (now, then) = (format::number(periods[0]), format::number(periods[1]));
    Some(format!(
        "{what} {direction} by {share} in the last 28 days, from {then} to {now}: more than in the {} periods before",
        before.len()
    ))
}

/// How the latest cohort that has a whole period behind it came back, where that is news.
fn newest_cohort(cohorts: &Cohorts) -> Option<String> {
    // The last period still runs, and the one that the log begins in holds everybody who came earlier.
    let whole = cohorts.rows.iter().skip(1).filter(|cohort| cohort.shares.len() >= 2 && cohort.users >= COHORT);
    let shares: Vec<(f64, &str)> = whole.map(|cohort| (cohort.shares[0], cohort.start.as_str())).collect();
    let ((share, start), before) = shares.split_last()?;
    let before: Vec<f64> = before.iter().map(|(share, _)| *share).collect();
    let than = match beyond(*share, &before) {
        -1 => "fewer",
        1 => "more",
        _ => return None,
    };
    let mean = before.iter().sum::<f64>() / before.len() as f64;
    let (period, share, mean) = (&cohorts.period, format::percent(*share), format::percent(mean));
    Some(format!(
        "of those who came first in the {period} of {start}, {share} came again in the next: {than} than of the {} before ({mean})",
        before.len()
    ))
}

/// What is worth saying.
pub(super) fn sentences(page: &FrontPage, periods: &Periods) -> Vec<String> {
    let changes = [
        change("Orders", &periods.orders),
        change("Revenue", &periods.revenue),
        change("Active customers", &periods.active),
    ];
    let cohort = page.cohorts.value.as_ref().and_then(newest_cohort);
    changes.into_iter().chain([cohort]).flatten().map(|text| capitalised(&text)).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.t.ppf(.995, df)`.
    #[test]
    fn quantiles_are_students() {
        for (degrees, expected) in [(5.0, 4.032_143), (8.0, 3.355_387), (12.0, 3.054_540), (30.0, 2.749_996)] {
            assert!((quantile(degrees) / expected - 1.0).abs() < 0.01, "{degrees}: {}", quantile(degrees));
        }
    }

    #[test]
    fn a_change_is_news_beyond_the_past_alone() {
        // The latest first; the past moves by some 10 %.
        let mut periods = vec![980.0, 1_000.0, 1_090.0, 1_010.0, 950.0, 1_040.0, 990.0, 1_060.0, 1_000.0, 40.0];
        assert_eq!(change("Orders", &periods), None);
        periods[0] = 480.0;
        let told = change("Orders", &periods).unwrap_or_default();
        assert!(told.starts_with("Orders fell by 52.0 % in the last 28 days, from 1,000 to 480"), "{told}");
        assert_eq!(change("Orders", &periods[..6]), None, "four changes tell too little");
        let few: Vec<f64> = periods.iter().map(|number| number / 100.0).collect();
        assert_eq!(change("Orders", &few), None, "five orders are few");
    }
}
