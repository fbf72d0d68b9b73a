//! What the users of each segment are like, feature by feature.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::{Feature, FeatureTable, Scale};
use crate::job::Job;

/// Rows after which a long pass asks whether to stop.
const ROWS_PER_CHECK: usize = 1 << 20;

/// A segment as the analyst sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmentProfile {
    /// Readable name, different for each segment.
    pub name: String,
    /// One line: how many, for whom the name holds, last seen when, how active, how many put in cart and bought.
    pub description: String,
    /// For whom the name holds; `None` where none does and the segment has a number for a name, and in runs of older
    /// versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<Named>,
    /// What sets a segment without a name apart most, strongest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<String>,
    /// Users in the segment.
    pub size: u64,
    /// The same as a share of all users.
    pub share: f64,
    /// Mean of every feature over the segment's users who have it, in the feature's unit. A feature that nobody in the
    /// segment has is absent.
    pub centre: Vec<(String, f64)>,
    /// `(segment mean − mean of all) / standard deviation of all`, per feature on the model's scale (after `log1p`
    /// where the feature takes it). A feature that is unknown for most of the segment, or the same for everyone, is absent.
    pub z: Vec<(String, f64)>,
}

/// A name, and for whom all of it holds at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// The name.
    pub words: String,
    /// What it means.
    pub meaning: String,
    /// The share of the segment's users for whom it holds.
    pub holds: f64,
    /// The share of everyone else for whom it holds.
    pub elsewhere: f64,
}

impl SegmentProfile {
    /// The mean of a feature over the segment, in its unit.
    pub fn centre_of(&self, feature: &str) -> Option<f64> {
        value_of(&self.centre, feature)
    }

    /// How far the segment's mean of a feature is from everyone's, in standard deviations.
    pub fn z_of(&self, feature: &str) -> Option<f64> {
        value_of(&self.z, feature)
    }
}

fn value_of(pairs: &[(String, f64)], name: &str) -> Option<f64> {
    pairs.iter().find(|(other, _)| other == name).map(|&(_, value)| value)
}

/// What naming needs to know about a segment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portrait {
    /// Users in the segment.
    pub size: u64,
    /// As a share of all users.
    pub share: f64,
    /// See [`SegmentProfile::centre`].
    pub centre: Vec<(String, f64)>,
    /// See [`SegmentProfile::z`].
    pub z: Vec<(String, f64)>,
    /// Share of the segment's users for whom the feature is above 0; absent where unknown.
    pub positive: Vec<(String, f64)>,
}

impl Portrait {
    /// Mean of a feature.
    pub fn mean(&self, feature: &str) -> Option<f64> {
        value_of(&self.centre, feature)
    }

    /// Standardised difference of a feature; 0 where there is none.
    pub fn z(&self, feature: &str) -> f64 {
        value_of(&self.z, feature).unwrap_or(0.0)
    }

    /// Share of users above 0; 0 where unknown.
    pub fn share_with(&self, feature: &str) -> f64 {
        value_of(&self.positive, feature).unwrap_or(0.0)
    }
}

#[derive(Clone, Copy, Default)]
struct Tally {
    known: u64,
    positive: u64,
    sum: f64,
    scaled: f64,
    scaled_squares: f64,
}

/// A portrait per segment over every feature of the table, those it was not formed by included.
///
/// `labels` holds the segment of each row, below `sizes.len()`.
pub fn portraits(table: &FeatureTable, labels: &[u8], sizes: &[u64], job: &Job) -> Result<Vec<Portrait>> {
    job.begin("segment profiles: features", table.features.len() as u64);
    let tallies = table
        .features
        .par_iter()
        .map(|feature| {
            let tallies = tally(feature, labels, sizes.len(), job)?;
            job.advance(1);
            Ok(tallies)
        })
        .collect::<Result<Vec<_>>>()?;
    let users = labels.len() as f64;
    let mut portraits: Vec<Portrait> =
        sizes.iter().map(|&size| Portrait { size, share: size as f64 / users, ..Portrait::default() }).collect();
    for (feature, tallies) in table.features.iter().zip(tallies) {
        let total = |part: fn(&Tally) -> f64| tallies.iter().map(part).sum::<f64>();
        let known = total(|tally| tally.known as f64);
        let mean = total(|tally| tally.scaled) / known;
        let variance = total(|tally| tally.scaled_squares) / known - mean * mean;
        for (portrait, tally) in portraits.iter_mut().zip(&tallies).filter(|(_, tally)| tally.known > 0) {
            let count = tally.known as f64;
            portrait.centre.push((feature.name.to_string(), tally.sum / count));
            portrait.positive.push((feature.name.to_string(), tally.positive as f64 / count));
            // What few of them have says nothing of the segment.
            let is_known = tally.known * 2 >= portrait.size;
            if is_known && variance > 1e-12 * (mean * mean).max(1.0) {
                portrait.z.push((feature.name.to_string(), (tally.scaled / count - mean) / variance.sqrt()));
            }
        }
    }
    Ok(portraits)
}

fn tally(feature: &Feature, labels: &[u8], segments: usize, job: &Job) -> Result<Vec<Tally>> {
    let mut tallies = vec![Tally::default(); segments];
    let log = feature.scale == Scale::Log;
    for (row, &label) in labels.iter().enumerate() {
        if row % ROWS_PER_CHECK == 0 {
            job.check()?;
        }
        let value = feature.values.get(row);
        if value.is_nan() {
            continue;
        }
        let scaled = if log { value.max(0.0).ln_1p() } else { value };
        let tally = &mut tallies[usize::from(label)];
        tally.known += 1;
        tally.positive += u64::from(value > 0.0);
        tally.sum += value;
        tally.scaled += scaled;
        tally.scaled_squares += scaled * scaled;
    }
    Ok(tallies)
}
