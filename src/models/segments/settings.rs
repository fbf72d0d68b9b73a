//! What the user may decide about segments.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::models::kmeans::Stop;

/// The most segments that can be asked for.
const MOST: u64 = 50;

/// How many segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum KChoice {
    /// This many, 2 to 50.
    Fixed(u8),
    /// The number from 2 to 10 with the best silhouette on the sample; written `"auto"`.
    Auto,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "k is a number from 2 to 50, or \"auto\"")]
enum Written {
    Number(u64),
    Word(String),
}

impl TryFrom<Written> for KChoice {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Number(k @ 2..=MOST) => Ok(Self::Fixed(k as u8)),
            Written::Number(k) => Err(format!("{k} segments: k is a number from 2 to {MOST}, or \"auto\"")),
            Written::Word(word) if word == "auto" => Ok(Self::Auto),
            Written::Word(word) => Err(format!("k = \"{word}\": it is a number from 2 to {MOST}, or \"auto\"")),
        }
    }
}

impl From<KChoice> for Written {
    fn from(choice: KChoice) -> Self {
        match choice {
            KChoice::Fixed(k) => Self::Number(u64::from(k)),
            KChoice::Auto => Self::Word("auto".to_owned()),
        }
    }
}

/// Settings of the segments stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SegmentSettings {
    /// How many segments: a number from 2 to 50, or `"auto"`.
    pub k: KChoice,
    /// K-Means runs from different starts, 1 to 10; the one with the least inertia is kept.
    pub restarts: u32,
    /// Seed of the sample and the starts.
    pub seed: u64,
    /// Users in the sample on which starts are sought and silhouettes measured.
    pub sample: usize,
    /// Most iterations over all users per start.
    pub max_iterations: u32,
    /// Iterations end when the centres' squared shift is at most this times the mean variance of the columns.
    pub tolerance: f64,
    /// Share of users below which a segment is a handful of outliers: another start, and with `k = "auto"` another
    /// number of segments, is preferred.
    pub min_share: f64,
    /// Standardised values further from the mean than this many standard deviations are drawn in to it, so that a rare
    /// trait does not outweigh all common ones just for being rare.
    pub reach: f64,
    /// The features that segments are formed by. The default takes one of each kind (when last seen, how often, how
    /// broad, intent, purchase), because features that say the same thing twice count twice.
    pub features: Vec<String>,
}

impl Default for SegmentSettings {
    fn default() -> Self {
        Self {
            k: KChoice::Fixed(5),
            restarts: 10,
            seed: 42,
            sample: 20_000,
            max_iterations: 300,
            tolerance: 1e-4,
            min_share: 0.01,
            reach: 3.0,
            features: ["recency_days", "active_days", "unique_items", "addtocarts", "transactions"]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

impl SegmentSettings {
    /// When Lloyd's iteration ends.
    pub(super) fn stop(&self) -> Stop {
        Stop { max_iterations: self.max_iterations, tolerance: self.tolerance }
    }

    /// Checks every setting's range.
    ///
    /// # Errors
    /// `Error::Config` naming the setting, its value and what is possible.
    pub fn check(&self) -> Result<()> {
        let fail = |what: String| Err(Error::Config(format!("segments.{what}")));
        match self.k {
            KChoice::Fixed(k) if !(2..=MOST).contains(&u64::from(k)) => {
                return fail(format!("k = {k}: it is a number from 2 to {MOST}, or \"auto\""));
            }
            _ => {}
        }
        if !(1..=10).contains(&self.restarts) {
            return fail(format!("restarts = {}: it is a number from 1 to 10", self.restarts));
        }
        if !(100..=100_000).contains(&self.sample) {
            return fail(format!("sample = {}: it is a number from 100 to 100000", self.sample));
        }
        if self.max_iterations == 0 {
            return fail("max_iterations = 0: it is at least 1".to_owned());
        }
        if !(self.tolerance >= 0.0 && self.tolerance.is_finite()) {
            return fail(format!("tolerance = {}: it is 0 or more", self.tolerance));
        }
        if !(0.0..=0.2).contains(&self.min_share) {
            return fail(format!("min_share = {}: it is a share from 0 to 0.2", self.min_share));
        }
        if !(1.0..=1e6).contains(&self.reach) {
            return fail(format!("reach = {}: it is 1 or more standard deviations", self.reach));
        }
        if self.features.is_empty() {
            return fail("features = []: name at least one feature".to_owned());
        }
        Ok(())
    }
}
