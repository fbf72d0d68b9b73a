//! Sums of gradients per bin, and the best split that they allow.

use rayon::prelude::*;

use crate::models::gbt::distinct::Observations;

/// What the rows of one bin (or node) sum up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// First derivatives of the loss.
    pub gradient: f64,
    /// Second derivatives.
    pub hessian: f64,
    /// Rows.
    pub rows: u32,
    /// Rows whose target is above 0.
    pub positive: u32,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
        self.rows += other.rows;
        self.positive += other.positive;
    }

    fn minus(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            hessian: self.hessian - other.hessian,
            rows: self.rows - other.rows,
            positive: self.positive - other.positive,
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

/// The sums of every code of every column, as [`Distinct::offsets`](super::distinct::Distinct::offsets) number them: of each
/// column null comes first.
#[derive(Clone, Debug)]
pub struct Histogram(Vec<Sums>);

/// Rows summed as one unit of work.
const ROWS_PER_CHUNK: usize = 8192;

/// First and second derivative of the loss over all that a distinct row stands for.
pub type Slope = (f64, f64);

impl Histogram {
    /// Sums `slopes[row]` over `rows`. Rows are summed chunk by chunk and the chunks in their order, so that the result
    /// does not depend on the number of threads.
    pub fn of(observed: &Observations<'_>, rows: &[u32], slopes: &[Slope]) -> Self {
        let chunk = |rows: &[u32]| {
            let offsets = &observed.rows.offsets[..observed.rows.columns];
            let mut sums = vec![Sums::default(); observed.rows.offsets[offsets.len()]];
            for &row in rows {
                let (gradient, hessian) = slopes[row as usize];
                let (count, positive) = (observed.count[row as usize], observed.positive[row as usize]);
                // Neighbouring codes fall into different columns, so that no sum waits for the one before.
                for (&offset, &code) in offsets.iter().zip(observed.rows.row(row as usize)) {
                    let bin = &mut sums[offset + usize::from(code)];
                    bin.gradient += gradient;
                    bin.hessian += hessian;
                    bin.rows += count;
                    bin.positive += positive;
                }
            }
            Self(sums)
        };
        if rows.len() <= ROWS_PER_CHUNK {
            return chunk(rows);
        }
        let mut parts = rows.par_chunks(ROWS_PER_CHUNK).map(chunk).collect::<Vec<_>>().into_iter();
        let Some(mut whole) = parts.next() else { return chunk(&[]) };
        for part in parts {
            whole.0.iter_mut().zip(part.0).for_each(|(whole, part)| whole.add(part));
        }
        whole
    }

    /// Leaves the sums of the rows that `part` does not hold.
    pub fn subtract(&mut self, part: &Self) {
        self.0.iter_mut().zip(&part.0).for_each(|(whole, &part)| *whole = whole.minus(part));
    }

    /// The sums over all rows.
    pub fn total(&self, offsets: &[usize]) -> Sums {
        let mut total = Sums::default();
        self.0.iter().take(offsets.get(1).copied().unwrap_or(0)).for_each(|&bin| total.add(bin));
        total
    }

    /// The split that gains most, if any gains at all; the earlier column and bin win a tie.
    pub fn best_split(&self, offsets: &[usize], total: Sums, limits: &SplitLimits) -> Option<Split> {
        let mut best: Option<Split> = None;
        if !limits.may_split(total) {
            return best;
        }
        for (column, ends) in offsets.windows(2).enumerate() {
            if let Some(split) = best_of_column(column, &self.0[ends[0]..ends[1]], total, limits)
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
    /// Fewest rows on a side of fewer than `many` rows whose target is above 0.
    pub min_positive: u32,
    /// Rows that suffice, whatever their targets.
    pub many: u32,
    /// L2 penalty on the leaves' values.
    pub l2: f64,
}

impl SplitLimits {
    /// Whether a node with these sums holds enough rows for two sides.
    pub fn may_split(&self, sums: Sums) -> bool {
        sums.rows / 2 >= self.min_rows
    }

    /// Whether a side holds too little to stand alone.
    fn forbid(&self, side: Sums) -> bool {
        side.rows < self.min_rows || (side.rows < self.many && side.positive < self.min_positive)
    }
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
    let (&missing, known) = bins.split_first()?;
    let mut best: Option<Split> = None;
    let mut below = Sums::default();
    let unsplit = total.score(limits.l2);
    for (code, &bin) in known.iter().enumerate() {
        if bin.rows == 0 {
            continue;
        }
        below.add(bin);
        // From here on too few rows are left for the right.
        if total.rows - below.rows < limits.min_rows {
            break;
        }
        for missing_left in [false, true] {
            if missing_left && missing.rows == 0 {
                continue;
            }
            let mut left = below;
            if missing_left {
                left.add(missing);
            }
            let right = total.minus(left);
            if limits.forbid(left) || limits.forbid(right) {
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
