//! Settings of the uplift model.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::models::uplift::OrAuto;

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

/// Leaves grow with the rows, but more slowly: on Hillstrom's women's letter (17,000 rows an arm and fit) the deciles
/// miss what is seen by .014 with leaves of 100, .0105 with 1,200, where a perfect model misses it by .008.
const LEAF_POWER: f64 = 0.72;

crate::settings! {
    /// Settings of the uplift model.
    pub struct UpliftSettings in "uplift" {
        /// How uplift is learnt from two arms: "t" (a forest per arm), "s" (one forest that knows the treatment) or
        /// "x" (forests of imputed effects).
        pub learner: Learner = Learner::T;
        /// Trees of each forest; a fifth of them for each of the five fits where more than 100,000 users took part.
        pub trees: usize = 100, from 1 to 10_000;
        /// Maximum depth of a tree.
        pub max_depth: usize = 8, from 1 to 15;
        /// Minimum users in a leaf, or "auto": the users drawn for the tree to the power of 0.72, so that a leaf tells
        /// effects and not chance (110 of 700 users, 1,100 of 17,000, 7,700 of 250,000).
        pub min_leaf: OrAuto = OrAuto::Auto;
        /// Maximum users drawn with replacement for each tree.
        pub rows_per_tree: usize = 250_000, from 1 to 1_000_000_000;
        /// Up to this many users a second opinion is asked: forests that another library (smartcore) grows on the same
        /// users rank them as well, and the report says how far both rankings agree. 0 asks for none.
        pub smartcore_rows: usize = 20_000, from 0 to 100_000;
        /// The features used: a list of names, empty for all of them.
        pub features: Vec<String> =
            ["sessions", "total_events", "unique_items", "avg_time_between_events", "view_cart_ratio", "recency_days"].map(str::to_owned).to_vec();
        /// Random seed of the simulated campaign and the forests.
        pub seed: u64 = 42;
        /// Users are persuadable where their uplift and the interval of those ranked alike lie above this, or "auto": above a quarter of the
        /// rarer answer's share without treatment. Where campaign.margin is set, the interval of their net above 0 decides.
        pub persuadable_from: OrAuto = OrAuto::Auto;
        /// Users are sleeping dogs where the interval of their uplift lies below this: a number from -1 to 1.
        pub sleeping_dog_below: f64 = 0.0, from -1 to 1;
        /// Of the users whom treatment does not move, those with this probability or more without it are sure things and
        /// the others lost causes; "auto" is the share of everybody without treatment.
        pub sure_thing_from: OrAuto = OrAuto::Auto;
    }
}

impl UpliftSettings {
    /// Whether every value is in range.
    ///
    /// # Errors
    /// [`Error::Config`], which begins with `uplift.key`.
    pub fn check(&self) -> Result<()> {
        self.in_range()?;
        let numbers = [
            ("min_leaf", self.min_leaf, (1.0, 1e9)),
            ("persuadable_from", self.persuadable_from, (-1.0, 1.0)),
            ("sure_thing_from", self.sure_thing_from, (0.0, 1.0)),
        ];
        for (key, value, (low, high)) in numbers {
            if let OrAuto::Number(number) = value
                && !(low..=high).contains(&number)
            {
                return Err(Error::Config(format!("uplift.{key} must lie between {low} and {high}, not {number}")));
            }
        }
        match self.min_leaf {
            OrAuto::Number(users) if users.fract() != 0.0 => {
                Err(Error::Config(format!("uplift.min_leaf must be a whole number of users, not {users}")))
            }
            _ => Ok(()),
        }
    }

    /// Rows of a leaf at least, of a tree grown on so many.
    pub(super) fn leaf(&self, rows: usize) -> usize {
        (self.min_leaf.or(|| (rows as f64).powf(LEAF_POWER)).round() as usize).max(1)
    }
}
