//! How well probabilities separate and match a yes/no outcome, by scikit-learn's conventions.

use serde::{Deserialize, Serialize};

/// Rows in descending order of score, equal scores together: (score, rows, positives) per distinct score.
fn tied_groups(scores: &[f32], positive: &[bool]) -> Vec<(f32, u64, u64)> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    let mut groups: Vec<(f32, u64, u64)> = Vec::new();
    for row in order {
        let (score, yes) = (scores[row as usize], u64::from(positive[row as usize]));
        match groups.last_mut() {
            Some(last) if last.0.total_cmp(&score).is_eq() => {
                last.1 += 1;
                last.2 += yes;
            }
            _ => groups.push((score, 1, yes)),
        }
    }
    groups
}

fn count(positive: &[bool]) -> u64 {
    positive.iter().filter(|&&yes| yes).count() as u64
}

/// Area under the ROC curve: the chance that a random positive scores above a random negative, ties counting half
/// (`sklearn.metrics.roc_auc_score`). NaN when one class is absent.
pub fn roc_auc(scores: &[f32], positive: &[bool]) -> f64 {
    let positives = count(positive) as f64;
    let negatives = positive.len() as f64 - positives;
    let (mut above, mut won) = (0.0, 0.0);
    for (_, rows, yes) in tied_groups(scores, positive) {
        let no = (rows - yes) as f64;
        won += no * (above + yes as f64 / 2.0);
        above += yes as f64;
    }
    won / (positives * negatives)
}

/// Average precision: precision at each threshold weighted by the gain in recall
/// (`sklearn.metrics.average_precision_score`). NaN without a positive.
pub fn average_precision(scores: &[f32], positive: &[bool]) -> f64 {
    let (mut rows, mut found, mut sum) = (0.0, 0.0, 0.0);
    for (_, group, yes) in tied_groups(scores, positive) {
        rows += group as f64;
        found += yes as f64;
        sum += yes as f64 * found / rows;
    }
    sum / count(positive) as f64
}

/// Mean negative log-likelihood of the outcomes (`sklearn.metrics.log_loss`), probabilities clipped to `1e-15..1-1e-15`.
pub fn log_loss(probabilities: &[f32], positive: &[bool]) -> f64 {
    let loss = |(&p, &yes): (&f32, &bool)| {
        let p = f64::from(p).clamp(1e-15, 1.0 - 1e-15);
        if yes { -p.ln() } else { -(1.0 - p).ln() }
    };
    probabilities.iter().zip(positive).map(loss).sum::<f64>() / positive.len() as f64
}

/// Mean squared distance of probability and outcome (`sklearn.metrics.brier_score_loss`).
pub fn brier(probabilities: &[f32], positive: &[bool]) -> f64 {
    let loss = |(&p, &yes): (&f32, &bool)| (f64::from(p) - f64::from(u8::from(yes))).powi(2);
    probabilities.iter().zip(positive).map(loss).sum::<f64>() / positive.len() as f64
}

/// One bin of a calibration curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Lower end of the bin; the bin is `low ≤ p < low + width`, the last one includes 1.
    pub low: f64,
    /// Mean predicted probability; `None` in an empty bin.
    pub predicted: Option<f64>,
    /// Share of positives; `None` in an empty bin.
    pub observed: Option<f64>,
    /// Rows.
    pub rows: u64,
}

/// Predicted against observed in `bins` bins of equal width.
pub fn calibration(probabilities: &[f32], positive: &[bool], bins: usize) -> Vec<CalibrationBin> {
    let mut sums = vec![(0.0, 0_u64, 0_u64); bins];
    for (&p, &yes) in probabilities.iter().zip(positive) {
        let bin = ((f64::from(p) * bins as f64) as usize).min(bins - 1);
        sums[bin].0 += f64::from(p);
        sums[bin].1 += u64::from(yes);
        sums[bin].2 += 1;
    }
    let bin = |(bin, (sum, yes, rows)): (usize, (f64, u64, u64))| CalibrationBin {
        low: bin as f64 / bins as f64,
        predicted: (rows > 0).then(|| sum / rows as f64),
        observed: (rows > 0).then(|| yes as f64 / rows as f64),
        rows,
    };
    sums.into_iter().enumerate().map(bin).collect()
}

/// One tenth of the rows, highest scores first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiftDecile {
    /// 1 is the tenth with the highest scores.
    pub decile: u8,
    /// Rows.
    pub rows: u64,
    /// Share of positives.
    pub rate: f64,
    /// `rate` over the share of positives among all rows.
    pub lift: f64,
}

/// Share of positives by tenth of the score; equal scores stay in row order.
pub fn decile_lift(scores: &[f32], positive: &[bool]) -> Vec<LiftDecile> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    let base = count(positive) as f64 / positive.len() as f64;
    (0..10)
        .map(|decile| (decile, &order[order.len() * decile / 10..order.len() * (decile + 1) / 10]))
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(decile, rows)| {
            let yes = rows.iter().filter(|&&row| positive[row as usize]).count();
            let rate = yes as f64 / rows.len() as f64;
            LiftDecile { decile: decile as u8 + 1, rows: rows.len() as u64, rate, lift: rate / base }
        })
        .collect()
}

/// Outcomes of the decision "positive from this probability on".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// The threshold.
    pub threshold: f64,
    /// Positives found.
    pub true_positives: u64,
    /// Negatives taken for positives.
    pub false_positives: u64,
    /// Positives missed.
    pub false_negatives: u64,
    /// Negatives left alone.
    pub true_negatives: u64,
}

impl Confusion {
    /// Share of true positives among those taken for positive; `None` when none is.
    pub fn precision(&self) -> Option<f64> {
        let taken = self.true_positives + self.false_positives;
        (taken > 0).then(|| self.true_positives as f64 / taken as f64)
    }

    /// Share of the positives found; `None` without positives.
    pub fn recall(&self) -> Option<f64> {
        let positives = self.true_positives + self.false_negatives;
        (positives > 0).then(|| self.true_positives as f64 / positives as f64)
    }

    /// Share of the negatives taken for positive; `None` without negatives.
    pub fn false_positive_rate(&self) -> Option<f64> {
        let negatives = self.false_positives + self.true_negatives;
        (negatives > 0).then(|| self.false_positives as f64 / negatives as f64)
    }
}

/// The confusion at each threshold; one pass over the rows, whatever the number of thresholds.
///
/// `thresholds` ascend.
pub fn confusions(probabilities: &[f32], positive: &[bool], thresholds: &[f64]) -> Vec<Confusion> {
    let mut counts = vec![[0_u64; 2]; thresholds.len() + 1];
    for (&p, &yes) in probabilities.iter().zip(positive) {
        let reached = thresholds.partition_point(|&threshold| threshold <= f64::from(p));
        counts[reached][usize::from(yes)] += 1;
    }
    let total = |class: usize| counts.iter().map(|count| count[class]).sum::<u64>();
    let (negatives, positives) = (total(0), total(1));
    let mut below = [0_u64; 2];
    thresholds
        .iter()
        .enumerate()
        .map(|(at, &threshold)| {
            below[0] += counts[at][0];
            below[1] += counts[at][1];
            Confusion {
                threshold,
                true_positives: positives - below[1],
                false_positives: negatives - below[0],
                false_negatives: below[1],
                true_negatives: below[0],
            }
        })
        .collect()
}

/// The ROC curve as at most `points` (false positive rate, true positive rate) pairs from (0, 0) to (1, 1).
pub fn roc_curve(scores: &[f32], positive: &[bool], points: usize) -> Vec<[f64; 2]> {
    let positives = count(positive).max(1) as f64;
    let negatives = (positive.len() as f64 - count(positive) as f64).max(1.0);
    let (mut wrong, mut found) = (0_u64, 0_u64);
    let mut curve = vec![[0.0, 0.0]];
    for (_, rows, yes) in tied_groups(scores, positive) {
        found += yes;
        wrong += rows - yes;
        curve.push([wrong as f64 / negatives, found as f64 / positives]);
    }
    let last = curve.len() - 1;
    if curve.len() <= points {
        return curve;
    }
    (0..points).map(|point| curve[last * point / (points - 1)]).collect()
}
