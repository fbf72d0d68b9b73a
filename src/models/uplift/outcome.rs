//! What came of a campaign: something that happened or not, or an amount of money.

use serde::{Deserialize, Serialize};

/// One entry per row of the campaign.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Whether the user did what the campaign wanted.
    Happened(Vec<bool>),
    /// Money the user spent.
    Money(Vec<f32>),
}

/// The kind of an outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Something that happened or not: uplift is a difference of probabilities.
    #[default]
    Happened,
    /// An amount: uplift is a difference of money.
    Money,
}

impl OutcomeKind {
    /// What a sum of it is called.
    pub fn counted(self) -> &'static str {
        match self {
            Self::Happened => "conversions",
            Self::Money => "revenue",
        }
    }
}

impl Outcome {
    /// Which kind it is.
    pub fn kind(&self) -> OutcomeKind {
        match self {
            Self::Happened(_) => OutcomeKind::Happened,
            Self::Money(_) => OutcomeKind::Money,
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Happened(values) => values.len(),
            Self::Money(values) => values.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The outcome of a row as a number: 0 or 1, or the amount.
    pub fn value(&self, row: usize) -> f64 {
        match self {
            Self::Happened(values) => f64::from(u8::from(values[row])),
            Self::Money(values) => f64::from(values[row]),
        }
    }

    /// Whether the row did it, or spent anything.
    pub fn happened(&self, row: usize) -> bool {
        match self {
            Self::Happened(values) => values[row],
            Self::Money(values) => values[row] > 0.0,
        }
    }

    /// The outcomes of the rows named, in that order.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Happened(values) => Self::Happened(rows.iter().map(|&row| values[row]).collect()),
            Self::Money(values) => Self::Money(rows.iter().map(|&row| values[row]).collect()),
        }
    }

    /// Amounts with those above the buyers' pooled 95 % quantile lowered to it, and that quantile: one large order must
    /// not decide which arm is the better one. Yes and no stay as they are.
    #[must_use]
    pub fn winsorised(&self) -> (Self, Option<f64>) {
        let Self::Money(values) = self else { return (self.clone(), None) };
        let mut paid: Vec<f32> = values.iter().copied().filter(|&value| value > 0.0).collect();
        if paid.is_empty() {
            return (self.clone(), None);
        }
        paid.sort_unstable_by(f32::total_cmp);
        let most = paid[((paid.len() - 1) as f64 * 0.95).round() as usize];
        (Self::Money(values.iter().map(|&value| value.min(most)).collect()), Some(f64::from(most)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_order_counts_as_the_quantile_of_those_who_bought() {
        let values: Vec<f32> = (0..100).map(|row| if row < 79 { 0.0 } else { (row - 78) as f32 }).collect();
        // 21 buyers of 1 to 21: the 95 % quantile is the 20th of them.
        let (Outcome::Money(lowered), Some(most)) = Outcome::Money(values).winsorised() else { return };
        assert!((most - 20.0).abs() < 1e-9);
        assert_eq!((lowered[98], lowered[99], lowered[0]), (20.0, 20.0, 0.0));
    }
}
