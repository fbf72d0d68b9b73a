//! Settings of the uplift model, among them the rule that puts users into groups.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::models::uplift::Group;

/// How uplift is learnt from two arms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learner {
    /// One forest per arm (T-learner, Künzel et al. 2019).
    #[default]
    T,
    /// One forest with the treatment as a feature (S-learner).
    S,
    /// Forests of the effect that each arm's forest imputes to the other (X-learner, Künzel et al. 2019).
    X,
}

impl Learner {
    /// Every learner.
    pub const ALL: [Self; 3] = [Self::T, Self::S, Self::X];

    /// Its name in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::T => "t",
            Self::S => "s",
            Self::X => "x",
        }
    }
}

/// Settings of the uplift model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpliftSettings {
    /// How uplift is learnt from two arms.
    pub learner: Learner,
    /// Trees of each forest.
    pub trees: usize,
    /// Splits from root to leaf at most.
    pub max_depth: usize,
    /// Rows of a leaf at least.
    pub min_leaf: usize,
    /// Rows drawn with replacement for each tree at most.
    pub rows_per_tree: usize,
    /// Up to this many users smartcore grows the forests, above the own histogram forest.
    pub smartcore_rows: usize,
    /// The features used; all of them where empty.
    pub features: Vec<String>,
    /// Draws the simulated campaign and the forests.
    pub seed: u64,
    /// From this uplift on a user is persuadable.
    pub persuadable_from: f64,
    /// Below this uplift a user is a sleeping dog.
    pub sleeping_dog_below: f64,
    /// From this probability without treatment on, any other user is a sure thing.
    pub sure_thing_from: f64,
}

impl Default for UpliftSettings {
    fn default() -> Self {
        let seed_features =
            ["sessions", "total_events", "unique_items", "avg_time_between_events", "view_cart_ratio", "recency_days"];
        Self {
            learner: Learner::default(),
            trees: 100,
            max_depth: 8,
            min_leaf: 20,
            rows_per_tree: 250_000,
            smartcore_rows: 20_000,
            features: seed_features.map(str::to_owned).to_vec(),
            seed: 42,
            persuadable_from: 0.05,
            sleeping_dog_below: 0.0,
            sure_thing_from: 0.1,
        }
    }
}

/// A deeper tree would have more nodes than its 16-bit links can name.
const DEEPEST: usize = 15;

impl UpliftSettings {
    /// Whether every setting is in range; the error names the one that is not.
    pub fn check(&self) -> Result<()> {
        let least_one = [("trees", self.trees), ("min_leaf", self.min_leaf), ("rows_per_tree", self.rows_per_tree)];
        if let Some((name, _)) = least_one.iter().find(|(_, value)| *value == 0) {
            return Err(Error::Config(format!("uplift.{name} is 0; it must be at least 1")));
        }
        if self.max_depth == 0 || self.max_depth > DEEPEST {
            return Err(Error::Config(format!("uplift.max_depth is {}; it must be 1 to {DEEPEST}", self.max_depth)));
        }
        Ok(())
    }

    /// The group of a user.
    pub fn group(&self, uplift: f32, without: f32) -> Group {
        if f64::from(uplift) < self.sleeping_dog_below {
            Group::SleepingDog
        } else if f64::from(uplift) >= self.persuadable_from {
            Group::Persuadable
        } else if f64::from(without) >= self.sure_thing_from {
            Group::SureThing
        } else {
            Group::LostCause
        }
    }

    /// The rule in words.
    pub fn rule(&self) -> String {
        format!(
            "sleeping dog below an uplift of {}, persuadable from {} on, sure thing from a probability of {} without \
             treatment on, lost cause otherwise",
            self.sleeping_dog_below, self.persuadable_from, self.sure_thing_from
        )
    }
}
