//! The `[ltv]` section of the configuration.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Depths that are compared at most.
const MOST_DEPTHS: usize = 16;

/// What counts as a purchase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LtvCount {
    /// Rows of the log that buy.
    #[default]
    Rows,
    /// Orders; days (UTC) with a purchase where the log names none.
    Orders,
}

/// Which loss the trees minimise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LtvObjective {
    /// Squared error and Poisson are tried for purchases, Poisson and Tweedie for revenue; the one that is nearest to what
    /// came is served, or the mean of both.
    #[default]
    Auto,
    /// Squared error.
    SquaredError,
    /// Poisson deviance.
    Poisson,
    /// Tweedie deviance of power 1.5.
    Tweedie,
}

crate::settings! {
    /// Settings of the lifetime value model.
    pub struct LtvSettings in "ltv" {
        /// Purchases within this many days are predicted.
        pub horizon_days: f64 = 60.0, from 0.001 to 36_500;
        /// What counts as a purchase: "rows" for each row of the log that buys, "orders" for each order, or each day with a
        /// purchase where the log names no orders, which `init` writes for logs that are not in RetailRocket's layout.
        pub count: LtvCount = LtvCount::Rows;
        /// The loss: "squared_error", "poisson", "tweedie", or "auto" for the one, or the mean of those, nearest to what came.
        pub objective: LtvObjective = LtvObjective::Auto;
        /// Maximum number of trees.
        pub trees: usize = 200, from 1 to 10_000;
        /// The share of each leaf's best step that is taken.
        pub learning_rate: f64 = 0.1, from 1e-6 to 1;
        /// Maximum leaves of a tree.
        pub leaves: usize = 31, from 2 to 4096;
        /// The depths of trees to choose from by the error on users set aside.
        pub depths: Vec<usize> = vec![3, 6], from 1 to 64;
        /// Minimum users in a leaf, raised where buyers are so rare that such a leaf would hold fewer than five; there ten
        /// buyers also make a leaf, in every other tree.
        pub min_rows: usize = 50, from 0 to 1_000_000_000;
        /// The L2 penalty on the leaves' values.
        pub l2: f64 = 1.0, from 0 to 1_000_000_000;
        /// Stop after this many trees without a lower loss on users set aside.
        pub early_stopping: usize = 20, from 1 to 10_000;
        /// The share of the training users set aside while trees are grown: each part of this size in turn, up to five, and
        /// fewer of more than 5,000 users, 1,000 of whom buy.
        pub validation_share: f64 = 0.2, from 0.001 to 0.999;
        /// Distinct users that a tree is grown on; where there are more, those who matter to it most are drawn most often.
        pub rows_per_tree: usize = 32_768, from 1 to 1_000_000_000;
        /// Users on which objectives and depths are compared before the best pair is fitted on all.
        pub comparison_rows: usize = 100_000, from 1 to 1_000_000_000;
        /// Random seed of the validation split and the draws.
        pub seed: u64 = 42;
    }
}

impl LtvSettings {
    /// Whether every setting is in range; the error names the one that is not.
    pub fn check(&self) -> Result<()> {
        self.in_range()?;
        match self.depths.len() {
            0 => Err(Error::Config("ltv.depths must name at least one depth".to_owned())),
            depths if depths > MOST_DEPTHS => {
                Err(Error::Config(format!("ltv.depths names {depths} depths; {MOST_DEPTHS} are the most")))
            }
            _ => Ok(()),
        }
    }
}
