//! Sums of money that hang on no order: whole millionths, never floating point.

use std::iter::Sum;
use std::ops::{AddAssign, Sub};

/// Millionths of a unit: finer than any price, and than what a total divided by its pieces and multiplied again loses.
const PER_UNIT: f64 = 1e6;

/// An amount of money as whole millionths. Sums are exact and the same in every order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(i128);

impl Money {
    /// An amount, rounded to a millionth; one that is no number is nothing.
    pub fn of(amount: f64) -> Self {
        Self((amount * PER_UNIT).round() as i128)
    }

    /// The amount as the nearest floating-point number: `4760.415` comes back as it was written.
    pub fn amount(self) -> f64 {
        self.0 as f64 / PER_UNIT
    }

    /// Whether two amounts differ by no more than rounding each to a cent does.
    pub(super) fn is_about(self, other: Self) -> bool {
        (self.0 - other.0).abs() <= (PER_UNIT / 100.0) as i128
    }

    /// Shares the amount among parts of these weights, so that the shares sum to it: the last part with a weight takes
    /// what rounding leaves. Alike where no weight is above 0.
    #[must_use]
    pub fn shared(self, weights: &[f64]) -> Vec<Self> {
        let weight = |weight: f64| if weight > 0.0 { weight } else { 0.0 };
        let all: f64 = weights.iter().copied().map(weight).sum();
        let of = |each: f64| if all > 0.0 { weight(each) / all } else { 1.0 / weights.len() as f64 };
        let mut shares: Vec<Self> =
            weights.iter().map(|&each| Self((self.0 as f64 * of(each)).round() as i128)).collect();
        let left = self.0 - shares.iter().map(|share| share.0).sum::<i128>();
        let last = weights.iter().rposition(|&each| all <= 0.0 || each > 0.0);
        if let Some(share) = last.and_then(|last| shares.get_mut(last)) {
            share.0 += left;
        }
        shares
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, each| {
            sum += each;
            sum
        })
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact_in_every_order() {
        // As floats these sum to 0.6000000000000001 or 0.6, whichever comes first.
        let amounts = [0.1, 0.2, 0.3];
        assert_eq!(amounts.iter().map(|&each| Money::of(each)).sum::<Money>().amount(), 0.6);
        assert_eq!(amounts.iter().rev().map(|&each| Money::of(each)).sum::<Money>().amount(), 0.6);
        assert_eq!(Money::of(10.0 / 3.0 * 3.0).amount(), 10.0);
        assert_eq!(Money::of(f64::NAN), Money::default());
    }

    #[test]
    fn shares_sum_to_the_whole() {
        let shares = Money::of(10.0).shared(&[1.0, 1.0, 1.0]);
        assert_eq!(shares.iter().map(|share| share.amount()).collect::<Vec<_>>(), [3.333_333, 3.333_333, 3.333_334]);
        let shares = Money::of(5.0).shared(&[30.0, 10.0, f64::NAN]);
        assert_eq!(shares.iter().map(|share| share.amount()).collect::<Vec<_>>(), [3.75, 1.25, 0.0]);
        assert_eq!(Money::of(4.0).shared(&[0.0, 0.0])[1].amount(), 2.0);
        assert!(Money::of(4.0).shared(&[]).is_empty());
    }
}
