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

crate::settings! {
    /// Settings of the segments stage.
    pub struct SegmentSettings in "segments" {
        /// How many segments: a whole number from 2 to 50, or "auto" for the number from 2 to 10 with the best
        /// silhouette.
        pub k: KChoice = KChoice::Fixed(5);
        /// Starts of K-Means, of which the one with the least inertia is kept.
        pub restarts: u32 = 10, from 1 to 10;
        /// Random seed of the sample and the starts.
        pub seed: u64 = 42;
        /// Users in the sample that starts are chosen and silhouettes are measured on.
        pub sample: usize = 20_000, from 100 to 100_000;
        /// Maximum iterations over all users from one start.
        pub max_iterations: u32 = 300, from 1 to 100_000;
        /// Iterations end when the centres' squared shift is at most this times the mean variance of the columns.
        pub tolerance: f64 = 1e-4, from 0 to 1_000_000;
        /// A segment with a smaller share of users than this is a handful of outliers. Other starts are
        /// preferred to it.
        pub min_share: f64 = 0.01, from 0 to 0.2;
        /// Values further from the mean than this many standard deviations are clipped to it.
        pub reach: f64 = 3.0, from 1 to 1_000_000;
        /// The features that segments are formed by: a list of one name or more.
        pub features: Vec<String> =
            ["recency_days", "active_days", "unique_items", "addtocarts", "transactions"].map(str::to_owned).to_vec();
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
        self.in_range()?;
        let fail = |what: String| Err(Error::Config(format!("segments.{what}")));
        match self.k {
            KChoice::Fixed(k) if !(2..=MOST).contains(&u64::from(k)) => {
                return fail(format!("k = {k}: it is a number from 2 to {MOST}, or \"auto\""));
            }
            _ => {}
        }
        if self.features.is_empty() {
            return fail("features = []: name at least one feature".to_owned());
        }
        Ok(())
    }
}
