//! The area under the ROC curve with the variance of `DeLong`, `DeLong` and Clarke-Pearson (1988), in the `n log n` form of
//! Sun and Xu (2014).

use crate::models::evaluate::{Figure, Z};

/// Above this area the interval is rough.
const EXTREME: f64 = 0.95;

/// For each row, the share of the other class that it is told apart from in the right direction, ties by half.
struct Placements {
    auc: f64,
    /// One per positive, in the order of rows.
    positive: Vec<f64>,
    /// One per negative, in the order of rows.
    negative: Vec<f64>,
}

impl Placements {
    fn of(labels: &[bool], scores: &[f32]) -> Option<Self> {
        let positives = labels.iter().filter(|&&label| label).count();
        let negatives = labels.len() - positives;
        if positives == 0 || negatives == 0 {
            return None;
        }
        let mut order: Vec<u32> = (0..labels.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| scores[a as usize].total_cmp(&scores[b as usize]));
        let mut placed = vec![0.0; labels.len()];
        let (mut below, mut sum) = ([0.0_f64; 2], 0.0);
        for tied in order.chunk_by(|&a, &b| scores[a as usize].total_cmp(&scores[b as usize]).is_eq()) {
            let mut here = [0.0; 2];
            for &row in tied {
                here[usize::from(labels[row as usize])] += 1.0;
            }
            for &row in tied {
                let label = labels[row as usize];
                let other = usize::from(!label);
                let lower = below[other] + 0.5 * here[other];
                placed[row as usize] = if label { lower / negatives as f64 } else { 1.0 - lower / positives as f64 };
                sum += if label { placed[row as usize] } else { 0.0 };
            }
            below = [below[0] + here[0], below[1] + here[1]];
        }
        let of =
            |class: bool| placed.iter().zip(labels).filter(|(_, label)| **label == class).map(|(p, _)| *p).collect();
        Some(Self { auc: sum / positives as f64, positive: of(true), negative: of(false) })
    }

    fn rarer(&self) -> usize {
        self.positive.len().min(self.negative.len())
    }
}

/// The variance of a mean.
fn of_mean(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let count = values.len() as f64;
    let mean = values.clone().sum::<f64>() / count;
    values.map(|value| (value - mean).powi(2)).sum::<f64>() / (count * (count - 1.0).max(1.0))
}

/// The area under the ROC curve, its interval on the logit scale. `None` unless both classes occur.
pub fn auc(labels: &[bool], scores: &[f32]) -> Option<Figure> {
    let placed = Placements::of(labels, scores)?;
    let (auc, rarer) = (placed.auc, placed.rarer());
    let deviation = (of_mean(placed.positive.iter().copied()) + of_mean(placed.negative.iter().copied())).sqrt();
    let (low, high) = if auc <= 0.0 || auc >= 1.0 {
        // No variance is seen: of the rarer class, as many in a row as there are would do that by chance 1 time in 40.
        let reach = 0.025_f64.powf(1.0 / rarer as f64);
        if auc >= 1.0 { (reach, 1.0) } else { (0.0, 1.0 - reach) }
    } else {
        let logit = (auc / (1.0 - auc)).ln();
        let reach = Z * deviation / (auc * (1.0 - auc));
        let end = |z: f64| 1.0 / (1.0 + (-z).exp());
        (end(logit - reach), end(logit + reach))
    };
    let figure = Figure { low: Some(low), high: Some(high), ..Figure::new(auc, None, rarer, (0.0, 1.0)) };
    Some(figure.rough_if(auc > EXTREME))
}

/// By how much the area of `ours` is larger than that of `theirs` on the same users. `None` unless both classes occur.
pub fn auc_gain(labels: &[bool], ours: &[f32], theirs: &[f32]) -> Option<Figure> {
    let (ours, theirs) = (Placements::of(labels, ours)?, Placements::of(labels, theirs)?);
    let difference = |a: &[f64], b: &[f64]| {
        let each: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        of_mean(each.into_iter())
    };
    let variance = difference(&ours.positive, &theirs.positive) + difference(&ours.negative, &theirs.negative);
    let gain = Figure::new(ours.auc - theirs.auc, Some(variance.sqrt()), ours.rarer(), (-1.0, 1.0));
    Some(gain.rough_if(ours.auc > EXTREME))
}
