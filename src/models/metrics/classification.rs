//! Measures of a two-class score, by scikit-learn's conventions: tied scores form one threshold, and a measure that
//! the data leaves undefined (one class only, no row) is `None`, never NaN.

use serde::{Deserialize, Serialize};

/// The rows with one score, in the descending order of scores.
struct Tie {
    score: f32,
    positives: u64,
    rows: u64,
}

/// Groups rows by score, highest first.
fn ties(labels: &[bool], scores: &[f32]) -> Vec<Tie> {
    let mut rows: Vec<(f32, bool)> = scores.iter().copied().zip(labels.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let mut groups: Vec<Tie> = Vec::new();
    for (score, label) in rows {
        match groups.last_mut() {
            Some(last) if last.score.total_cmp(&score).is_eq() => {
                last.positives += u64::from(label);
                last.rows += 1;
            }
            _ => groups.push(Tie { score, positives: u64::from(label), rows: 1 }),
        }
    }
    groups
}

/// Area under the ROC curve: the chance that a positive scores above a negative, a tie counting one half (Hanley and
/// `McNeil` 1982). `None` unless both classes occur.
pub fn roc_auc(labels: &[bool], scores: &[f32]) -> Option<f64> {
    let (mut negatives_seen, mut pairs) = (0.0, 0.0);
    let (positives, negatives) = classes(labels)?;
    for tie in ties(labels, scores) {
        let negatives_here = (tie.rows - tie.positives) as f64;
        negatives_seen += negatives_here;
        pairs += tie.positives as f64 * (negatives - negatives_seen + 0.5 * negatives_here);
    }
    Some(pairs / (positives * negatives))
}

/// Average precision: the sum over thresholds of precision × gain in recall, without interpolation, as scikit-learn's
/// `average_precision_score`. `None` where no row is positive.
pub fn average_precision(labels: &[bool], scores: &[f32]) -> Option<f64> {
    let positives = labels.iter().filter(|&&label| label).count() as f64;
    if positives == 0.0 {
        return None;
    }
    let (mut hits, mut rows, mut sum) = (0, 0, 0.0);
    for tie in ties(labels, scores) {
        hits += tie.positives;
        rows += tie.rows;
        sum += tie.positives as f64 / positives * hits as f64 / rows as f64;
    }
    Some(sum)
}

/// Mean negative log likelihood in nats; probabilities are held `f32::EPSILON` away from 0 and 1, as scikit-learn does
/// for `float32`. `None` without a row.
pub fn log_loss(labels: &[bool], probabilities: &[f32]) -> Option<f64> {
    mean(labels, probabilities, |label, probability| {
        let p = probability.clamp(f64::from(f32::EPSILON), 1.0 - f64::from(f32::EPSILON));
        if label { -p.ln() } else { -(-p).ln_1p() }
    })
}

/// Mean squared difference between probability and outcome (Brier 1950). `None` without a row.
pub fn brier(labels: &[bool], probabilities: &[f32]) -> Option<f64> {
    mean(labels, probabilities, |label, p| (p - f64::from(u8::from(label))).powi(2))
}

fn mean(labels: &[bool], probabilities: &[f32], loss: impl Fn(bool, f64) -> f64) -> Option<f64> {
    let sum: f64 = labels.iter().zip(probabilities).map(|(&label, &p)| loss(label, f64::from(p))).sum();
    (!labels.is_empty()).then(|| sum / labels.len() as f64)
}

/// How many rows are positive and negative; `None` unless both classes occur.
fn classes(labels: &[bool]) -> Option<(f64, f64)> {
    let positives = labels.iter().filter(|&&label| label).count();
    let negatives = labels.len() - positives;
    (positives > 0 && negatives > 0).then_some((positives as f64, negatives as f64))
}

/// One bin of a reliability diagram.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// The lowest probability in the bin; its lower edge in results of version 0.1, whose bins are equally wide.
    pub low: f64,
    /// The highest probability in it, or its upper edge.
    pub high: f64,
    /// Mean predicted probability; `None` where the bin is empty.
    pub predicted: Option<f64>,
    /// Share of positives; `None` where the bin is empty.
    pub observed: Option<f64>,
    /// Rows in the bin.
    pub count: u64,
}

/// Reliability by up to `bins` bins of equal size (scikit-learn's `calibration_curve`, strategy `quantile`); rows of one
/// probability stay together, so that there may be fewer.
pub fn calibration(labels: &[bool], probabilities: &[f32], bins: usize) -> Vec<CalibrationBin> {
    let mut rows: Vec<(f32, bool)> = probabilities.iter().copied().zip(labels.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut found = Vec::new();
    let mut start = 0;
    for bin in 1..=bins {
        let mut end = (rows.len() * bin / bins).max(start);
        while end > start && end < rows.len() && rows[end].0.total_cmp(&rows[end - 1].0).is_eq() {
            end += 1;
        }
        let part = &rows[start..end];
        if let (Some(first), Some(last)) = (part.first(), part.last()) {
            let count = part.len() as f64;
            found.push(CalibrationBin {
                low: f64::from(first.0),
                high: f64::from(last.0),
                predicted: Some(part.iter().map(|(p, _)| f64::from(*p)).sum::<f64>() / count),
                observed: Some(part.iter().filter(|(_, label)| *label).count() as f64 / count),
                count: part.len() as u64,
            });
        }
        start = end;
    }
    found
}

/// One tenth of the rows, the highest scores first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiftDecile {
    /// 1 (highest scores) to 10.
    pub decile: u8,
    /// Rows in the decile.
    pub users: u64,
    /// Positives among them; a fraction where a tie is cut in two and shares its positives evenly.
    pub positives: f64,
    /// Share of positives.
    pub rate: f64,
    /// `rate` divided by the share of positives over all rows.
    pub lift: f64,
}

/// Lift by decile of the score. Empty where no row is positive; fewer than ten entries below ten rows.
pub fn decile_lift(labels: &[bool], scores: &[f32]) -> Vec<LiftDecile> {
    let rows = labels.len();
    let positives = labels.iter().filter(|&&label| label).count();
    if positives == 0 {
        return Vec::new();
    }
    // Cumulative positives after `k` rows, straight within a tie: the expectation over every order of the tie.
    let groups = ties(labels, scores);
    let (mut group, mut rows_before, mut hits_before) = (0, 0_u64, 0.0);
    let mut hits_at = |k: u64| {
        while group < groups.len() && rows_before + groups[group].rows <= k {
            rows_before += groups[group].rows;
            hits_before += groups[group].positives as f64;
            group += 1;
        }
        let share = groups.get(group).map_or(0.0, |tie| tie.positives as f64 / tie.rows as f64);
        hits_before + share * (k - rows_before) as f64
    };
    let base = positives as f64 / rows as f64;
    let mut before = 0.0;
    let mut deciles = Vec::with_capacity(10);
    for decile in 1..=10 {
        let users = (rows * decile / 10 - rows * (decile - 1) / 10) as u64;
        if users > 0 {
            let until = hits_at((rows * decile / 10) as u64);
            let rate = (until - before) / users as f64;
            deciles.push(LiftDecile {
                decile: decile as u8,
                users,
                positives: until - before,
                rate,
                lift: rate / base,
            });
            before = until;
        }
    }
    deciles
}

/// A point of the ROC curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// Share of negatives at or above the threshold.
    pub false_positive_rate: f64,
    /// Share of positives at or above the threshold.
    pub true_positive_rate: f64,
}

/// The ROC curve from (0, 0) to (1, 1) in at most `points` points, thinned evenly along the ranking; empty unless both
/// classes occur.
pub fn roc_curve(labels: &[bool], scores: &[f32], points: usize) -> Vec<RocPoint> {
    let Some((positives, negatives)) = classes(labels) else { return Vec::new() };
    let mut curve = vec![RocPoint { false_positive_rate: 0.0, true_positive_rate: 0.0 }];
    let groups = ties(labels, scores);
    let steps = points.max(2) - 1;
    let (mut hits, mut rows, mut taken) = (0, 0, 0);
    for (index, tie) in groups.iter().enumerate() {
        hits += tie.positives;
        rows += tie.rows;
        // Point k stands for the first threshold that takes in k/steps of the rows.
        let due = rows as usize * steps / labels.len();
        if due > taken || index + 1 == groups.len() {
            taken = due;
            curve.push(RocPoint {
                false_positive_rate: (rows - hits) as f64 / negatives,
                true_positive_rate: hits as f64 / positives,
            });
        }
    }
    curve
}

/// Outcomes against decisions at a threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// Positive, at or above the threshold.
    pub true_positives: u64,
    /// Negative, at or above the threshold.
    pub false_positives: u64,
    /// Negative, below the threshold.
    pub true_negatives: u64,
    /// Positive, below the threshold.
    pub false_negatives: u64,
}

/// The confusion matrix of "positive when `score >= threshold`".
pub fn confusion(labels: &[bool], scores: &[f32], threshold: f64) -> Confusion {
    let mut counts = Confusion::default();
    for (&label, &score) in labels.iter().zip(scores) {
        match (label, f64::from(score) >= threshold) {
            (true, true) => counts.true_positives += 1,
            (false, true) => counts.false_positives += 1,
            (false, false) => counts.true_negatives += 1,
            (true, false) => counts.false_negatives += 1,
        }
    }
    counts
}

/// What a threshold selects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThresholdRow {
    /// Lowest score that is selected.
    pub threshold: f64,
    /// Rows selected.
    pub users: u64,
    /// Share of positives among them; `None` where nobody is selected.
    pub precision: Option<f64>,
    /// Share of all positives that are among them; `None` where no row is positive.
    pub recall: Option<f64>,
}

/// The 101 thresholds 0.00, 0.01 … 1.00 and what each selects.
pub fn threshold_table(labels: &[bool], probabilities: &[f32]) -> Vec<ThresholdRow> {
    let groups = ties(labels, probabilities);
    let positives = labels.iter().filter(|&&label| label).count() as u64;
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let (mut next, mut users, mut hits) = (0, 0, 0);
    let mut table = Vec::with_capacity(101);
    for percent in (0..=100_u8).rev() {
        let threshold = f64::from(percent) / 100.0;
        while next < groups.len() && f64::from(groups[next].score) >= threshold {
            users += groups[next].rows;
            hits += groups[next].positives;
            next += 1;
        }
        table.push(ThresholdRow { threshold, users, precision: share(hits, users), recall: share(hits, positives) });
    }
    table.reverse();
    table
}

#[cfg(test)]
mod tests;
