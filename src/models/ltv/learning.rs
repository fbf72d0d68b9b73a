//! The users of a fit: those that trees are grown on, and those that every choice is made on.

use crate::models::gbt::bins::BinnedTable;
use crate::models::gbt::distinct::{Distinct, Observations};

/// Rows to learn from and rows to validate on.
pub(super) struct Learning {
    pub(super) fitting: (Vec<u32>, Distinct),
    pub(super) validation: (Vec<u32>, Distinct),
}

impl Learning {
    pub(super) fn of(table: &BinnedTable, fitting: Vec<u32>, validation: Vec<u32>) -> Self {
        let (left, right) = (Distinct::of(table, &fitting), Distinct::of(table, &validation));
        Self { fitting: (fitting, left), validation: (validation, right) }
    }

    /// Every so-many-th row of both parts, at most `most`; `None` where that is all of them.
    pub(super) fn sample(&self, table: &BinnedTable, most: usize) -> Option<Self> {
        let stride = (self.fitting.0.len() + self.validation.0.len()).div_ceil(most).max(1);
        let part = |rows: &[u32]| rows.iter().step_by(stride).copied().collect();
        (stride > 1).then(|| Self::of(table, part(&self.fitting.0), part(&self.validation.0)))
    }

    /// The amounts of the rows to learn from and of those to validate on.
    pub(super) fn observed(&self, amounts: &[f32]) -> (Observations<'_>, Observations<'_>) {
        (observed(&self.fitting, amounts), observed(&self.validation, amounts))
    }

    /// The mean amount of both parts.
    pub(super) fn mean(&self, amounts: &[f32]) -> f64 {
        let rows = self.fitting.0.iter().chain(&self.validation.0);
        rows.map(|&row| f64::from(amounts[row as usize])).sum::<f64>() / self.rows().max(1) as f64
    }

    /// How many rows both parts have.
    pub(super) fn rows(&self) -> usize {
        self.fitting.0.len() + self.validation.0.len()
    }
}

fn observed<'a>((rows, distinct): &'a (Vec<u32>, Distinct), amounts: &[f32]) -> Observations<'a> {
    Observations::new(distinct, rows.iter().map(|&row| amounts[row as usize]))
}
