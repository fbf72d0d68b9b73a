//! Sums of gradients per bin, and the best split that they allow.

use rayon::prelude::*;

use super::bins::{BinnedTable, MISSING};

/// What the rows of one bin (or node) sum up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// First derivatives of the loss.
    pub gradient: f64,
    /// Second derivatives.
    pub hessian: f64,
    /// Rows.
    pub rows: u32,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
        self.rows += other.rows;
    }

    fn minus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            rows: self.rows - other.rows,
        }
    }

    /// Twice what the best constant takes off the loss: `G² / (H + l2)`.
    fn score(self, l2: f64) -> f64 {
        self.gradient * self.gradient / (self.hessian + l2)
    }

    /// The best constant: `−G / (H + l2)`.
    pub fn step(self, l2: f64) -> f64 {
        -self.gradient / (self.hessian + l2)
    }
}

/// Per column, 256 sums: the codes of [`BinnedTable`], [`MISSING`] the last.
#[derive(Clone, Debug)]
pub struct Histogram(Vec<Vec<Sums>>);

/// From so many rows on, columns are summed by several threads.
const ROWS_FOR_THREADS: usize = 2048;

/// Gradient and hessian of one row.
pub type Slope = (f32, f32);

impl Histogram {
    /// Sums `slopes[row]` over `rows`. One column is summed by one thread in the order of rows, so that the result does
    /// not depend on the number of threads.
    pub fn of(table: &BinnedTable, rows: &[u32], slopes: &[Slope]) -> Self {
        let here: Vec<Slope> = rows.iter().map(|&row| slopes[row as usize]).collect();
        let column = |codes: &Vec<u8>| {
            let mut sums = vec![Sums::default(); usize::from(MISSING) + 1];
            for (&row, &(gradient, hessian)) in rows.iter().zip(&here) {
                let bin = &mut sums[usize::from(codes[row as usize])];
                bin.gradient += f64::from(gradient);
                bin.hessian += f64::from(hessian);
                bin.rows += 1;
            }
            sums
        };
        // A small leaf is summed sooner than a second thread is woken.
        if rows.len() < ROWS_FOR_THREADS {
            return Self(table.columns.iter().map(column).collect());
        }
        Self(table.columns.par_iter().map(column).collect())
    }

    /// Leaves the sums of the rows that `part` does not hold.
    pub fn subtract(&mut self, part: &Self) {
        for (whole, part) in self.0.iter_mut().zip(&part.0) {
            whole.iter_mut().zip(part).for_each(|(whole, &part)| *whole = whole.minus(part));
        }
    }

    /// The sums over all rows.
    pub fn total(&self) -> Sums {
        let mut total = Sums::default();
        self.0.first().into_iter().flatten().for_each(|&bin| total.add(bin));
        total
    }

    /// The split that gains most, if any gains at all; the earlier column and bin win a tie.
    pub fn best_split(&self, total: Sums, limits: &SplitLimits) -> Option<Split> {
        let mut best: Option<Split> = None;
        for (column, bins) in self.0.iter().enumerate() {
            if let Some(split) = best_of_column(column, bins, total, limits)
                && best.as_ref().is_none_or(|best| split.gain > best.gain)
            {
                best = Some(split);
            }
        }
        best
    }
}

/// What a split must respect.
#[derive(Clone, Copy, Debug)]
pub struct SplitLimits {
    /// Fewest rows on either side.
    pub min_rows: u32,
    /// L2 penalty on the leaves' values.
    pub l2: f64,
}

/// Rows with a code up to `code` go left, the others right.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The column.
    pub column: usize,
    /// The highest code that goes left.
    pub code: u8,
    /// Whether nulls go left.
    pub missing_left: bool,
    /// How much the split takes off the loss.
    pub gain: f64,
    /// The sums on the left.
    pub left: Sums,
    /// The sums on the right.
    pub right: Sums,
}

fn best_of_column(column: usize, bins: &[Sums], total: Sums, limits: &SplitLimits) -> Option<Split> {
    let (known, missing) = bins.split_at(usize::from(MISSING));
    let missing = missing.first().copied().unwrap_or_default();
    let mut best: Option<Split> = None;
    let mut below = Sums::default();
    let unsplit = total.score(limits.l2);
    for (code, &bin) in known.iter().enumerate() {
        if bin.rows == 0 {
            continue;
        }
        below.add(bin);
        for missing_left in [false, true] {
            if missing_left && missing.rows == 0 {
                continue;
            }
            let mut left = below;
            if missing_left {
                left.add(missing);
            }
            let right = total.minus(left);
            if left.rows < limits.min_rows || right.rows < limits.min_rows {
                continue;
            }
            let gain = 0.5 * (left.score(limits.l2) + right.score(limits.l2) - unsplit);
            // Rounding in the sums alone can look like a gain.
            let least = 1e-10 * unsplit.abs().max(1e-12);
            if gain > best.as_ref().map_or(least, |best| best.gain) {
                best = Some(Split { column, code: code as u8, missing_left, gain, left, right });
            }
        }
    }
    best
}
