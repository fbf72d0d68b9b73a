//! Settings of the uplift model, among them the rule that puts users into groups.

use serde::{Deserialize, Serialize};

use super::Group;

/// Settings of the uplift model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UpliftSettings {
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

impl UpliftSettings {
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
