//! The `[ltv]` section of the configuration.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Which loss the trees minimise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LtvObjective {
    /// Both are tried; the lower validation RMSE wins.
    #[default]
    Auto,
    /// Squared error.
    SquaredError,
    /// Poisson deviance.
    Poisson,
}

/// Settings of the lifetime value model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LtvSettings {
    /// Purchases within this many days are predicted.
    pub horizon_days: f64,
    /// The loss.
    pub objective: LtvObjective,
    /// Most trees.
    pub trees: usize,
    /// Share of each leaf's best step that is taken.
    pub learning_rate: f64,
    /// Most leaves of a tree.
    pub leaves: usize,
    /// Depths to choose from.
    pub depths: Vec<usize>,
    /// Fewest users in a leaf; raised where buyers are so rare that such a leaf would hold fewer than ten.
    pub min_rows: usize,
    /// L2 penalty on the leaves' values.
    pub l2: f64,
    /// Stop after this many trees without a better validation RMSE.
    pub early_stopping: usize,
    /// Share of the training users set aside for validation.
    pub validation_share: f64,
    /// Users a tree is grown on: all buyers and a draw of the others.
    pub rows_per_tree: usize,
    /// Users on which objective and depth are compared, before the chosen pair is fitted on all.
    pub comparison_rows: usize,
    /// Seed of the validation split and of the draws.
    pub seed: u64,
}

impl Default for LtvSettings {
    fn default() -> Self {
        Self {
            horizon_days: 60.0,
            objective: LtvObjective::Auto,
            trees: 200,
            learning_rate: 0.1,
            leaves: 31,
            depths: vec![3, 6],
            min_rows: 50,
            l2: 1.0,
            early_stopping: 20,
            validation_share: 0.2,
            rows_per_tree: 32_768,
            comparison_rows: 100_000,
            seed: 42,
        }
    }
}

impl LtvSettings {
    /// The most trees that the choice of objective and depth and its fit may grow.
    pub(super) fn most_trees(&self, is_sampled: bool) -> u64 {
        let losses = if self.objective == LtvObjective::Auto { 2 } else { 1 };
        let candidates = losses * self.depths.len();
        let fits = if candidates > 1 && is_sampled { candidates + 1 } else { candidates };
        (self.trees * fits) as u64
    }

    /// Whether every setting is in range; the error names the one that is not.
    pub fn check(&self) -> Result<()> {
        let wrong = |what: &str| Err(Error::Config(format!("ltv.{what}")));
        let least = [
            ("leaves", self.leaves, 2),
            ("trees", self.trees, 1),
            ("early_stopping", self.early_stopping, 1),
            ("rows_per_tree", self.rows_per_tree, 1),
            ("comparison_rows", self.comparison_rows, 1),
        ];
        if let Some((name, _, least)) = least.iter().find(|(_, value, least)| value < least) {
            return wrong(&format!("{name} must be at least {least}"));
        }
        if !(self.horizon_days.is_finite() && self.horizon_days > 0.0) {
            return wrong("horizon_days must be above 0");
        }
        if !(self.learning_rate > 0.0 && self.learning_rate <= 1.0) {
            return wrong("learning_rate must be above 0 and at most 1");
        }
        if !(self.l2.is_finite() && self.l2 >= 0.0) {
            return wrong("l2 must be 0 or above");
        }
        if !(self.validation_share > 0.0 && self.validation_share < 1.0) {
            return wrong("validation_share must lie between 0 and 1");
        }
        if self.depths.is_empty() || self.depths.contains(&0) {
            return wrong("depths must name at least one depth, each at least 1");
        }
        Ok(())
    }
}
