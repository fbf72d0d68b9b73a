//! A curve that never falls, from what forests say to what is seen. Averages of many trees blur steps: on Hillstrom's women's
//! letter the effect is .01 on one half of the users and .07 on the other, and no straight line tells both.

use serde::{Deserialize, Serialize};

/// Parts of equal size whose means are compared.
const PARTS: usize = 20;

/// Points that the curve goes through; beyond its ends it is flat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Monotone {
    points: Vec<[f64; 2]>,
}

/// Rows next to each other: how many, and the means of what is said and seen of them.
#[derive(Clone, Copy)]
struct Part {
    rows: f64,
    said: f64,
    seen: f64,
}

impl Part {
    fn of(pairs: &[(f64, f64)]) -> Self {
        let rows = pairs.len() as f64;
        let (said, seen) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        Self { rows, said: said / rows, seen: seen / rows }
    }

    fn with(self, other: Self) -> Self {
        let rows = self.rows + other.rows;
        let mean = |own: f64, others: f64| (own * self.rows + others * other.rows) / rows;
        Self { rows, said: mean(self.said, other.said), seen: mean(self.seen, other.seen) }
    }
}

impl Monotone {
    /// Through the means of twenty parts of the pairs (said, seen), pooled where they fall (Ayer et al. 1955), and nowhere
    /// steeper than what was said. Its mean over the pairs is that of what was seen.
    pub fn fit(mut pairs: Vec<(f64, f64)>) -> Self {
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let rows = pairs.len();
        let mut pooled: Vec<Part> = Vec::new();
        for part in 0..PARTS {
            let pairs = &pairs[rows * part / PARTS..rows * (part + 1) / PARTS];
            if pairs.is_empty() {
                continue;
            }
            let mut last = Part::of(pairs);
            // Equal values cannot be told apart.
            while let Some(before) = pooled.pop_if(|before| before.seen >= last.seen || before.said >= last.said) {
                last = before.with(last);
            }
            pooled.push(last);
        }
        let mut points: Vec<[f64; 2]> = Vec::new();
        for (place, part) in pooled.iter().enumerate() {
            let seen = match (points.last(), place.checked_sub(1).map(|before| pooled[before])) {
                (Some(last), Some(before)) => last[1] + (part.seen - before.seen).min(part.said - before.said),
                _ => part.seen,
            };
            points.push([part.said, seen]);
        }
        let mut curve = Self { points };
        let off = pairs.iter().map(|pair| pair.1 - curve.at(pair.0)).sum::<f64>() / rows.max(1) as f64;
        curve.points.iter_mut().for_each(|point| point[1] += off);
        curve
    }

    /// What is seen of whom so much is said.
    pub fn at(&self, said: f64) -> f64 {
        let after = self.points.partition_point(|point| point[0] <= said);
        match (after.checked_sub(1).map(|before| self.points[before]), self.points.get(after)) {
            (Some(before), Some(after)) => {
                before[1] + (after[1] - before[1]) * (said - before[0]) / (after[0] - before[0])
            }
            (Some(end), None) => end[1],
            (None, Some(begin)) => begin[1],
            (None, None) => 0.0,
        }
    }

    /// Whether there is no curve.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: two users a part, so that the parts' means are the values; 3, 1 fall and are pooled to 2.
    #[test]
    fn parts_that_fall_are_pooled() {
        let seen = |said: usize| if said < 10 { [3.0, 1.0][said % 2] } else { 6.0 };
        let pairs = (0..20).flat_map(|said| [(said as f64, seen(said)); 2]).collect();
        let curve = Monotone::fit(pairs);
        // 0 to 9 are one part about 4.5, 10 to 19 another about 14.5; 4 lie between them over 10 said.
        assert_eq!(curve.points.len(), 2);
        assert!((curve.at(0.0) - 2.0).abs() < 0.1 && (curve.at(19.0) - 6.0).abs() < 0.1, "{curve:?}");
        assert!((curve.at(9.5) - 4.0).abs() < 0.1, "{curve:?}");
    }

    #[test]
    fn it_is_nowhere_steeper_than_what_was_said_and_keeps_the_mean() {
        let pairs: Vec<(f64, f64)> =
            (0..400).map(|row| (f64::from(row) / 400.0, f64::from(row / 100) * 2.0 + f64::from(row % 7))).collect();
        let curve = Monotone::fit(pairs.clone());
        let (low, high) = (curve.at(-1.0), curve.at(2.0));
        assert!(high > low && high - low <= 1.0, "{curve:?}");
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / 400.0;
        assert!((mean(&|pair| curve.at(pair.0)) - mean(&|pair| pair.1)).abs() < 1e-9);
    }

    #[test]
    fn nothing_said_is_a_flat_curve() {
        let curve = Monotone::fit((0..50).map(|row| (1.0, f64::from(row % 2))).collect());
        assert!((curve.at(0.0) - 0.5).abs() < 1e-12 && (curve.at(2.0) - 0.5).abs() < 1e-12);
        assert!(Monotone::fit(Vec::new()).at(3.0).abs() < 1e-12);
    }
}
