//! The rows that trees are grown on where there are more than a tree takes: drawn by how much they pull at the next tree, so
//! that few of them tell nearly what all would.
//!
//! A row is drawn with a chance in proportion to its gradient and the mean of all gradients, and stands for as many rows as
//! that chance makes it (Poisson sampling; gradient-based one-side sampling, Ke et al. 2017, is a cruder form). Sums over
//! the drawn rows have the expectation of those over all. Users who bought, and those of whom much is expected, are nearly
//! always among them; of the many of whom next to nothing is expected a few speak for all.

use rand::RngCore;

use crate::models::gbt::distinct::{Distinct, Observations};

/// Rounds in which the chances of those that are certain to be drawn are given to the others.
const ROUNDS: usize = 4;

/// Draws about `most` of the observed rows; `pull` is the size of each one's gradient.
pub(super) fn draw(from: &Observations<'_>, pull: &[f64], most: usize, random: &mut impl RngCore) -> Drawn {
    let rows = from.count.iter().filter(|&&count| count > 0).count();
    let mean = pull.iter().sum::<f64>() / rows.max(1) as f64;
    let size = |row: usize| if from.count[row] > 0 { pull[row] + mean } else { 0.0 };
    let mut rate = most as f64 / (0..pull.len()).map(size).sum::<f64>().max(f64::MIN_POSITIVE);
    for _ in 0..ROUNDS {
        let (mut certain, mut others) = (0, 0.0);
        for row in 0..pull.len() {
            let size = size(row);
            if rate * size >= 1.0 {
                certain += 1;
            } else {
                others += size;
            }
        }
        rate = if others > 0.0 { most.saturating_sub(certain) as f64 / others } else { rate };
    }
    let mut drawn = Drawn { rows: Distinct::none(from.rows), count: Vec::new(), sum: Vec::new(), positive: Vec::new() };
    for row in 0..pull.len() {
        // As many as a drawn row stands for: a whole number, so that counts of users stay such.
        let stands_for = (1.0 / (rate * size(row))).round().clamp(1.0, f64::from(u32::MAX));
        if from.count[row] > 0 && f64::from(random.next_u32()) * stands_for <= f64::from(u32::MAX) {
            drawn.rows.codes.extend_from_slice(from.rows.row(row));
            let rows = |count: u32| (f64::from(count) * stands_for).min(f64::from(u32::MAX)) as u32;
            drawn.count.push(rows(from.count[row]));
            drawn.positive.push(rows(from.positive[row]));
            drawn.sum.push(from.sum[row] * stands_for);
        }
    }
    drawn
}

/// Rows that were drawn, and what each stands for.
pub(super) struct Drawn {
    rows: Distinct,
    count: Vec<u32>,
    sum: Vec<f64>,
    positive: Vec<u32>,
}

impl Drawn {
    /// As observations among all those they were drawn from.
    pub(super) fn observed(&self, from: &Observations<'_>) -> Observations<'_> {
        let (count, sum, positive) = (self.count.clone(), self.sum.clone(), self.positive.clone());
        let (most, positives, total) = (from.most, from.positives, from.total);
        Observations { rows: &self.rows, count, sum, positive, most, positives, total }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn what_is_drawn_adds_up_to_all_and_holds_whoever_matters() {
        let rows = 20_000;
        let codes: Vec<u8> = (0..rows).flat_map(|row| [(row % 200) as u8, (row / 200) as u8]).collect();
        let distinct = Distinct { columns: 2, codes, offsets: vec![0, 200, 300], group_of: (0..rows).collect() };
        let bought = |row: u32| if row.is_multiple_of(1_000) { 3.0 } else { 0.0 };
        let observed = Observations::new(&distinct, (0..rows).map(bought));
        let pull: Vec<f64> =
            (0..rows).map(|row| if bought(row) > 0.0 { 3.0 } else { 1e-4 * f64::from(row % 7) }).collect();
        let random = &mut Xoshiro256PlusPlus::seed_from_u64(3);
        let (mut users, mut pulled, mut sizes) = (0.0, 0.0, 0.0);
        let turns = 20;
        for _ in 0..turns {
            let drawn = draw(&observed, &pull, 2_000, random);
            let of = drawn.observed(&observed);
            assert!((of.sum.iter().sum::<f64>() - 60.0).abs() < 1e-9, "every buyer is drawn");
            assert_eq!(of.positive.iter().sum::<u32>(), 20);
            users += of.count.iter().map(|&count| f64::from(count)).sum::<f64>();
            sizes += of.count.len() as f64;
            for (at, &count) in of.count.iter().enumerate().filter(|(at, _)| of.sum[*at] == 0.0) {
                let row = u32::from(of.rows.row(at)[0]) + 200 * u32::from(of.rows.row(at)[1]);
                pulled += f64::from(count) * pull[row as usize];
            }
        }
        let turns = f64::from(turns);
        let of_all: f64 = pull.iter().filter(|&&pull| pull < 1.0).sum();
        assert!((users / turns / f64::from(rows) - 1.0).abs() < 0.03, "{}", users / turns);
        assert!((pulled / turns / of_all - 1.0).abs() < 0.02, "{pulled} {of_all}");
        assert!((sizes / turns - 2_000.0).abs() < 200.0, "{}", sizes / turns);
    }
}
