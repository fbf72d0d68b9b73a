//! The fitted model, as it is stored.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::FeatureTable;
use crate::job::Job;
use crate::models::gbt::Boosted;
use crate::models::gbt::bins::Bins;
use crate::models::gbt::distinct::Distinct;
use crate::models::ltv::base::Mixed;

/// All that is needed to score again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LtvModel {
    /// The features, in the order of the bins.
    pub features: Vec<String>,
    /// The features' bins.
    pub bins: Bins,
    /// The trees.
    pub boosted: Boosted,
    /// More trees, grown on other parts of the users or for another objective: what is predicted is the mean of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Boosted>,
    /// Mean amount of a training user.
    pub mean: f64,
    /// Share of the trees' departure from the mean that is predicted.
    pub shrinkage: f64,
    /// The customer base model that is mixed in for buyers; `None` in models of version 0.1, and where buyers are too few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mixed: Option<Mixed>,
}

impl LtvModel {
    /// What tells the amount of a buyer, or of another user: `trees`, `customer base`, both, or `mean`.
    pub fn name(&self, is_buyer: bool) -> &'static str {
        let share = self.mixed.as_ref().filter(|_| is_buyer).map_or(0.0, |mixed| mixed.share);
        match (share > 0.0, share < 1.0, self.shrinkage > 0.0) {
            (true, false, _) => "customer base",
            (true, true, _) => "customer base and trees",
            (false, _, true) => "trees",
            (false, _, false) => "mean",
        }
    }

    /// What the trees predict for every row of a feature table, 0 or above.
    pub fn predict(&self, table: &FeatureTable, job: &Job) -> Result<Vec<f32>> {
        let table = self.bins.apply(&self.features, table, job)?;
        self.predict_distinct(&Distinct::of(&table, &(0..table.rows as u32).collect::<Vec<_>>()), job)
    }

    /// The predicted amount of every row that was asked for: what the trees say, drawn towards the mean; never below 0.
    pub(super) fn predict_distinct(&self, rows: &Distinct, job: &Job) -> Result<Vec<f32>> {
        if self.shrinkage == 0.0 {
            return Ok(vec![self.mean as f32; rows.group_of.len()]);
        }
        let mut predicted = self.boosted.predict_distinct(rows, job)?;
        for other in &self.others {
            let more = other.predict_distinct(rows, job)?;
            predicted.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
        let count = (1 + self.others.len()) as f32;
        for value in &mut predicted {
            *value = self.drawn(*value / count);
        }
        Ok(rows.spread(&predicted))
    }

    /// What the trees say, drawn towards the mean; never below 0.
    pub(super) fn drawn(&self, said: f32) -> f32 {
        (self.mean + self.shrinkage * (f64::from(said) - self.mean)).max(0.0) as f32
    }

    /// Every set of trees.
    pub(super) fn members(&self) -> impl Iterator<Item = &Boosted> {
        std::iter::once(&self.boosted).chain(&self.others)
    }
}
