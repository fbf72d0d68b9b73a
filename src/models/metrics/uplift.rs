//! How well a ranking by uplift finds those a treatment changes, by scikit-uplift's conventions.

use serde::{Deserialize, Serialize};

/// Cumulative counts down the ranking, one entry per distinct score: rows, treated rows, outcomes among treated, outcomes
/// among control.
fn cumulative(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<[f64; 4]> {
    let order = ranking(uplift);
    let mut counts: Vec<[f64; 4]> = Vec::new();
    let mut sum = [0.0; 4];
    for (place, &row) in order.iter().enumerate() {
        let row = row as usize;
        sum[0] += 1.0;
        sum[1] += f64::from(u8::from(treated[row]));
        sum[if treated[row] { 2 } else { 3 }] += f64::from(u8::from(outcome[row]));
        let last_of_its_score =
            order.get(place + 1).is_none_or(|&next| uplift[next as usize].total_cmp(&uplift[row]).is_ne());
        if last_of_its_score {
            counts.push(sum);
        }
    }
    counts
}

/// Rows from the highest uplift to the lowest, equal ones latest first (numpy's stable sort, reversed).
fn ranking(uplift: &[f32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..uplift.len() as u32).collect();
    order.sort_by(|&a, &b| uplift[a as usize].total_cmp(&uplift[b as usize]));
    order.reverse();
    order
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 0.0 } else { part / whole }
}

/// The Qini curve (Radcliffe 2007): after the first `x` rows of the ranking, treated outcomes minus control outcomes
/// scaled to as many treated. Starts at (0, 0).
pub fn qini_curve(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<[f64; 2]> {
    let point = |[rows, treated, of_treated, of_control]: [f64; 4]| {
        [rows, of_treated - of_control * ratio(treated, rows - treated)]
    };
    from_zero(cumulative(uplift, outcome, treated).into_iter().map(point))
}

/// The uplift curve (Gutierrez & Gérardy 2017): difference of the outcome rates among the first `x` rows, times `x`.
pub fn uplift_curve(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<[f64; 2]> {
    let point = |[rows, treated, of_treated, of_control]: [f64; 4]| {
        [rows, (ratio(of_treated, treated) - ratio(of_control, rows - treated)) * rows]
    };
    from_zero(cumulative(uplift, outcome, treated).into_iter().map(point))
}

fn from_zero(points: impl Iterator<Item = [f64; 2]>) -> Vec<[f64; 2]> {
    std::iter::once([0.0, 0.0]).chain(points).collect()
}

fn area(curve: &[[f64; 2]]) -> f64 {
    curve.windows(2).map(|pair| (pair[1][0] - pair[0][0]) * (pair[0][1] + pair[1][1]) / 2.0).sum()
}

/// Area above the random ranking, as a share of the perfect ranking's.
fn normalised(actual: &[[f64; 2]], perfect: &[[f64; 2]]) -> f64 {
    let baseline = perfect.last().map_or(0.0, |[x, y]| x * y / 2.0);
    (area(actual) - baseline) / (area(perfect) - baseline)
}

/// Qini coefficient (`sklift.metrics.qini_auc_score`): 1 for the perfect ranking, 0 for a random one.
pub fn qini(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> f64 {
    let sign = |(&outcome, &treated): (&bool, &bool)| match (outcome, treated) {
        (false, _) => 0.0,
        (true, true) => 1.0,
        (true, false) => -1.0,
    };
    let perfect: Vec<f32> = outcome.iter().zip(treated).map(sign).collect();
    normalised(&qini_curve(uplift, outcome, treated), &qini_curve(&perfect, outcome, treated))
}

/// Area under the uplift curve (`sklift.metrics.uplift_auc_score`): 1 for the perfect ranking, 0 for a random one.
pub fn auuc(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> f64 {
    let pairs = || outcome.iter().zip(treated);
    let control_yes = pairs().filter(|(outcome, treated)| **outcome && !**treated).count();
    let treated_no = pairs().filter(|(outcome, treated)| !**outcome && **treated).count();
    let score = |(&outcome, &treated): (&bool, &bool)| {
        let summand = if control_yes > treated_no { outcome } else { treated };
        f32::from(2 * u8::from(outcome == treated) + u8::from(summand))
    };
    let perfect: Vec<f32> = pairs().map(score).collect();
    normalised(&uplift_curve(uplift, outcome, treated), &uplift_curve(&perfect, outcome, treated))
}

/// Difference of the outcome rates among the first `share` of the ranking (`sklift.metrics.uplift_at_k`, overall). NaN when
/// that part lacks treated or control rows.
pub fn uplift_at(share: f64, uplift: &[f32], outcome: &[bool], treated: &[bool]) -> f64 {
    let order = ranking(uplift);
    let first = &order[..(order.len() as f64 * share) as usize];
    rate(first, outcome, treated, true) - rate(first, outcome, treated, false)
}

fn rate(rows: &[u32], outcome: &[bool], treated: &[bool], arm: bool) -> f64 {
    let of_arm = || rows.iter().filter(|&&row| treated[row as usize] == arm);
    of_arm().filter(|&&row| outcome[row as usize]).count() as f64 / of_arm().count() as f64
}

/// An effect with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Difference of the outcome rates, treated minus control.
    pub effect: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The average effect and its 95 % Wald interval for the difference of two proportions.
pub fn average_effect(outcome: &[bool], treated: &[bool]) -> Effect {
    let rows: Vec<u32> = (0..outcome.len() as u32).collect();
    let count = |arm: bool| treated.iter().filter(|&&treated| treated == arm).count() as f64;
    let (with, without) = (rate(&rows, outcome, treated, true), rate(&rows, outcome, treated, false));
    let deviation = (with * (1.0 - with) / count(true) + without * (1.0 - without) / count(false)).sqrt();
    let (effect, half) = (with - without, 1.959_963_984_540_054 * deviation);
    Effect { effect, low: effect - half, high: effect + half }
}

/// One tenth of the ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpliftDecile {
    /// 1 is the tenth with the highest uplift.
    pub decile: u8,
    /// Rows.
    pub rows: u64,
    /// Mean predicted uplift.
    pub predicted: f64,
    /// Difference of the outcome rates; `None` where an arm is empty.
    pub observed: Option<f64>,
}

/// Predicted and observed uplift by tenth of the ranking.
pub fn uplift_deciles(uplift: &[f32], outcome: &[bool], treated: &[bool]) -> Vec<UpliftDecile> {
    let order = ranking(uplift);
    (0..10)
        .map(|decile| (decile, &order[order.len() * decile / 10..order.len() * (decile + 1) / 10]))
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(decile, rows)| {
            let observed = rate(rows, outcome, treated, true) - rate(rows, outcome, treated, false);
            UpliftDecile {
                decile: decile as u8 + 1,
                rows: rows.len() as u64,
                predicted: rows.iter().map(|&row| f64::from(uplift[row as usize])).sum::<f64>() / rows.len() as f64,
                observed: observed.is_finite().then_some(observed),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{auuc, average_effect, qini, qini_curve, uplift_at, uplift_curve, uplift_deciles};

    #[track_caller]
    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} ≠ {b}");
    }

    /// Ranked 0.9 treated yes, 0.7 control no, 0.5 treated no, 0.5 control yes, 0.1 treated no.
    #[test]
    fn curves_computed_by_hand() {
        let uplift = [0.9, 0.7, 0.5, 0.5, 0.1];
        let treated = [true, false, true, false, true];
        let outcome = [true, false, false, true, false];
        // One point per distinct score: after 1, 2, 4 and 5 rows.
        assert_eq!(
            qini_curve(&uplift, &outcome, &treated),
            [[0.0, 0.0], [1.0, 1.0], [2.0, 1.0], [4.0, 0.0], [5.0, -0.5]]
        );
        let expected = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [4.0, 0.0], [5.0, 5.0 * (1.0 / 3.0 - 0.5)]];
        for (point, expected) in uplift_curve(&uplift, &outcome, &treated).iter().zip(expected) {
            close(point[0], expected[0]);
            close(point[1], expected[1]);
        }
        close(uplift_at(0.4, &uplift, &outcome, &treated), 1.0);
        let effect = average_effect(&outcome, &treated);
        close(effect.effect, 1.0 / 3.0 - 0.5);
        // √(⅓·⅔/3 + ½·½/2) on either side, times 1.96.
        close(effect.high - effect.effect, 1.959_963_984_540_054 * (2.0_f64 / 27.0 + 1.0 / 8.0).sqrt());
    }

    /// 500 rows of the generator `x ← (1664525·x + 1013904223) mod 2³²`, `u = x / 2³²`, `x = 1` at first; per row
    /// `uplift = ⌊20u⌋/20`, `treated = u < 0.5`, `outcome = u < 0.2 + 0.3·uplift·treated`, in that order.
    fn rows() -> (Vec<f32>, Vec<bool>, Vec<bool>) {
        let mut x = 1_u64;
        let mut u = || {
            x = (1_664_525 * x + 1_013_904_223) % (1 << 32);
            x as f64 / (1_u64 << 32) as f64
        };
        let (mut uplift, mut outcome, mut treated) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..500 {
            let score = (20.0 * u()).floor() / 20.0;
            let is_treated = u() < 0.5;
            outcome.push(u() < 0.2 + if is_treated { 0.3 * score } else { 0.0 });
            uplift.push(score as f32);
            treated.push(is_treated);
        }
        (uplift, outcome, treated)
    }

    /// References: scikit-uplift 0.5.1, `qini_auc_score`, `uplift_auc_score`, `uplift_at_k(strategy="overall")` on the
    /// same rows.
    #[test]
    fn scores_agree_with_scikit_uplift() {
        let (uplift, outcome, treated) = rows();
        assert_eq!(treated.iter().filter(|&&treated| treated).count(), 238);
        assert_eq!(outcome.iter().filter(|&&outcome| outcome).count(), 123);
        close(qini(&uplift, &outcome, &treated), 0.039_322_452_045_692_964);
        close(auuc(&uplift, &outcome, &treated), 0.048_116_413_023_553_364);
        close(uplift_at(0.1, &uplift, &outcome, &treated), 0.185_064_935_064_935_07);
        close(uplift_at(0.2, &uplift, &outcome, &treated), 0.337_329_474_989_665_15);
        close(uplift_at(0.3, &uplift, &outcome, &treated), 0.245_967_741_935_483_87);
        let deciles = uplift_deciles(&uplift, &outcome, &treated);
        assert_eq!(deciles.iter().map(|decile| decile.rows).sum::<u64>(), 500);
        assert!(deciles.windows(2).all(|pair| pair[0].predicted >= pair[1].predicted));
        close(deciles[0].observed.unwrap_or(f64::NAN), 0.185_064_935_064_935_07);
    }
}
