//! Settings of the uplift model, among them the rule that puts users into groups.

use serde::{Deserialize, Serialize};

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

crate::settings! {
    /// Settings of the uplift model.
    pub struct UpliftSettings in "uplift" {
        /// How uplift is learnt from two arms: "t" (a forest per arm), "s" (one forest that knows the treatment) or
        /// "x" (forests of imputed effects).
        pub learner: Learner = Learner::T;
        /// Trees of each forest.
        pub trees: usize = 100, from 1 to 10_000;
        /// Maximum depth of a tree.
        pub max_depth: usize = 8, from 1 to 15;
        /// Minimum users in a leaf.
        pub min_leaf: usize = 20, from 1 to 1_000_000_000;
        /// Maximum users drawn with replacement for each tree.
        pub rows_per_tree: usize = 250_000, from 1 to 1_000_000_000;
        /// Up to this many users smartcore grows the forests; above it, the program's own histogram forest does.
        pub smartcore_rows: usize = 20_000, from 0 to 100_000;
        /// The features used: a list of names, empty for all of them.
        pub features: Vec<String> =
            ["sessions", "total_events", "unique_items", "avg_time_between_events", "view_cart_ratio", "recency_days"].map(str::to_owned).to_vec();
        /// Random seed of the simulated campaign and the forests.
        pub seed: u64 = 42;
        /// A user with this uplift (a difference of probabilities) or more is persuadable.
        pub persuadable_from: f64 = 0.05, from -1 to 1;
        /// A user with less uplift (a difference of probabilities) than this is a sleeping dog.
        pub sleeping_dog_below: f64 = 0.0, from -1 to 1;
        /// Any other user with this probability or more without treatment is a sure thing, below it a lost cause.
        pub sure_thing_from: f64 = 0.1, from 0 to 1;
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
