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
    cut: f32,
    of_mean: [f64; 2],
}

impl<'a> Yardstick<'a> {
    pub(super) fn new(actual: &'a [f32]) -> Self {
        let mean = actual.iter().map(|&amount| f64::from(amount)).sum::<f64>() / actual.len().max(1) as f64;
        let mut yardstick = Self { actual, cut: cut(actual).unwrap_or(f32::MAX), of_mean: [1.0; 2] };
        let of_mean = yardstick.sums(&|_| mean as f32);
        yardstick.of_mean = of_mean.map(|sum| if sum > 0.0 { sum } else { 1.0 });
        yardstick
    }

    /// The error of what is predicted of each row: 2 is that of the mean.
    pub(super) fn error(&self, predicted: impl Fn(usize) -> f32) -> f64 {
        let [plain, cut] = self.sums(&predicted);
        plain / self.of_mean[0] + cut / self.of_mean[1]
    }

    fn sums(&self, predicted: &dyn Fn(usize) -> f32) -> [f64; 2] {
        self.actual.iter().enumerate().fold([0.0; 2], |[plain, cut], (row, &actual)| {
            let pair = (actual, predicted(row));
            [plain + square(pair, f32::MAX), cut + square(pair, self.cut)]
        })
    }
}
