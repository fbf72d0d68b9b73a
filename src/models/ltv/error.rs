//! How far predictions are from what came, as choices are made by it.

/// The quantile of the buyers' amounts at which both sides are cut.
const WINSOR: f64 = 0.95;

/// Where both sides are cut: the buyers' 95 % quantile; `None` without a buyer.
pub(super) fn cut(actual: &[f32]) -> Option<f32> {
    let mut amounts: Vec<f32> = actual.iter().copied().filter(|&amount| amount > 0.0).collect();
    let place = (amounts.len().checked_sub(1)? as f64 * WINSOR).round() as usize;
    Some(*amounts.select_nth_unstable_by(place, f32::total_cmp).1)
}

/// The squared error with both sides cut at `most`.
pub(super) fn square((actual, predicted): (f32, f32), most: f32) -> f64 {
    (f64::from(actual.min(most)) - f64::from(predicted.min(most))).powi(2)
}

/// Squared errors as shares of those of the mean: the sum of the plain share, which a few great buyers decide, and of that
/// with both sides cut at the buyers' 95 % quantile, which the many decide.
pub(super) struct Yardstick<'a> {
    actual: &'a [f32],
    /// How many users each stands for; empty where that is one.
    weights: &'a [u32],
    cut: f32,
    of_mean: [f64; 2],
}

/// What a user adds to both errors.
pub(super) type Error = [f64; 2];

impl<'a> Yardstick<'a> {
    pub(super) fn new(actual: &'a [f32], weights: &'a [u32]) -> Self {
        let cut = cut(actual).unwrap_or(f32::MAX);
        let mut yardstick = Self { actual, weights, cut, of_mean: [1.0; 2] };
        let weighted = actual.iter().enumerate().map(|(row, &amount)| yardstick.weight(row) * f64::from(amount));
        let users: f64 = (0..actual.len()).map(|row| yardstick.weight(row)).sum();
        let mean = weighted.sum::<f64>() / users.max(1.0);
        let of_mean = total(&yardstick.errors(|_| mean as f32));
        yardstick.of_mean = of_mean.map(|sum| if sum > 0.0 { sum } else { 1.0 });
        yardstick
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.get(row).copied().map_or(1.0, f64::from)
    }

    /// What each user adds to the errors of what is predicted; the mean's come to 1 each.
    pub(super) fn errors(&self, predicted: impl Fn(usize) -> f32) -> Vec<Error> {
        let error = |(row, &actual): (usize, &f32)| {
            let (pair, weight) = ((actual, predicted(row)), self.weight(row));
            let [plain, winsorised] = self.of_mean;
            [weight * square(pair, f32::MAX) / plain, weight * square(pair, self.cut) / winsorised]
        };
        self.actual.iter().enumerate().map(error).collect()
    }
}

fn total(errors: &[Error]) -> Error {
    errors.iter().fold([0.0; 2], |sum, error| [sum[0] + error[0], sum[1] + error[1]])
}

/// Whether some errors are above others, of the same users, by more than the standard error of the difference.
fn is_surely_above(errors: &[Error], others: &[Error]) -> bool {
    let both = |error: &Error| error[0] + error[1];
    let differences = errors.iter().zip(others).map(|(error, other)| both(error) - both(other));
    let (sum, squares) = differences.fold((0.0, 0.0), |(sum, squares), d| (sum + d, squares + d * d));
    sum > (squares - sum * sum / errors.len().max(1) as f64).max(0.0).sqrt()
}

/// Of candidates, the simplest first, the first whose error is not surely above the lowest (the one-standard-error rule of
/// Breiman et al. 1984, on the same users).
pub(super) fn simplest(errors: &[&[Error]]) -> Option<usize> {
    let sum = |errors: &[Error]| total(errors).iter().sum::<f64>();
    let lowest = errors.iter().min_by(|one, other| sum(one).total_cmp(&sum(other)))?;
    errors.iter().position(|errors| !is_surely_above(errors, lowest))
}

/// Whether a candidate is further off than another in neither error.
pub(super) fn is_no_worse(errors: &[Error], than: &[Error]) -> bool {
    total(errors).into_iter().zip(total(than)).all(|(error, than)| error <= than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_has_errors_of_one_and_the_truth_of_none() {
        let actual = [0.0, 0.0, 1.0, 5.0];
        let of_mean = |weights: &[u32], mean: f32| total(&Yardstick::new(&actual, weights).errors(|_| mean));
        for [plain, cut] in [of_mean(&[], 1.5), of_mean(&[3, 1, 1, 3], 2.0)] {
            assert!((plain - 1.0).abs() < 1e-9 && (cut - 1.0).abs() < 1e-9, "{plain} {cut}");
        }
        assert_eq!(Yardstick::new(&actual, &[]).errors(|row| actual[row]), [[0.0; 2]; 4]);
    }

    /// By hand: the second is better by 0.4 in sum, on one row of four by 1: a standard error of √(1.12 − 0.04) = 1.04. The
    /// third is better than both by far more than that.
    #[test]
    fn what_is_no_surer_than_chance_is_not_chosen() {
        let of = |errors: [f64; 4]| errors.map(|error| [error, 0.0]);
        let (first, second, third) = (of([1.0; 4]), of([0.0, 1.2, 1.2, 1.2]), of([0.2; 4]));
        assert_eq!(simplest(&[&first, &second]), Some(0));
        assert_eq!(simplest(&[&second, &first]), Some(0));
        assert_eq!(simplest(&[&first, &second, &third]), Some(2));
        assert_eq!(simplest(&[]), None);
        assert!(is_no_worse(&second, &first) && !is_no_worse(&first, &second));
        assert!(!is_no_worse(&[[0.0, 1.1]], &[[1.0, 1.0]]), "what is gained in one error is lost in the other");
    }
}
