//! A real campaign's file: who was treated with what, and what came of it.
//!
//! One row per user and one header line. The settings name the columns; the first bad row ends the reading with its line,
//! because a campaign with rows missing is no randomised experiment any more.

mod columns;
mod read;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

pub use columns::Predictor;
pub use read::read;
pub(super) use read::{csv_refusal, open};

/// Which column of a campaign's file is what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CampaignSettings {
    /// The column with the user's id; empty for a file whose rows are users of their own.
    pub user: String,
    /// The column that says who was treated: 0/1, or named arms.
    pub treatment: String,
    /// The value of the treatment column of those who were left alone; empty where the column is 0/1.
    pub control: String,
    /// The arms looked at; every arm where empty. Rows of other arms are left out and counted.
    pub arms: Vec<String>,
    /// The column with the outcome, 0/1.
    pub outcome: String,
    /// The columns that predict: numbers as they are, categories one-hot; every other column where empty.
    pub features: Vec<String>,
    /// Columns that never predict, such as what happened after the treatment.
    pub ignore: Vec<String>,
    /// The column with the money spent; empty for none.
    pub spend: String,
}

impl Default for CampaignSettings {
    fn default() -> Self {
        Self {
            user: "user".to_owned(),
            treatment: "treatment".to_owned(),
            control: String::new(),
            arms: Vec::new(),
            outcome: "outcome".to_owned(),
            features: Vec::new(),
            ignore: Vec::new(),
            spend: String::new(),
        }
    }
}

/// A campaign as its file tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct CampaignFile {
    /// The users' ids, one per row; `None` where the rows are users of their own.
    pub users: Option<Vec<String>>,
    /// Number of each row in the file, from 0, those left out counted too.
    pub row: Vec<u32>,
    /// Names of the arms, in order of their first rows; `treated` where the column is 0/1.
    pub arms: Vec<String>,
    /// Per row 0 for the control, else the arm's place among `arms` plus 1.
    pub arm: Vec<u16>,
    /// Whether the row has the outcome.
    pub outcome: Vec<bool>,
    /// Money spent; NaN where unknown. Empty without such a column.
    pub spend: Vec<f64>,
    /// What predicts.
    pub predictors: Vec<Predictor>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

impl CampaignFile {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.arm.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.arm.is_empty()
    }

    /// Whether each row is held out: the fifth by crc32 of the user's id, or of the row's number where there is none.
    pub fn held_out(&self) -> Vec<bool> {
        let fifth = |text: &str| crc32fast::hash(text.as_bytes()).is_multiple_of(5);
        match &self.users {
            Some(users) => users.iter().map(|user| fifth(user)).collect(),
            None => self.row.iter().map(|row| fifth(&row.to_string())).collect(),
        }
    }

    /// Rows of the control and of each arm, in the order of the arms.
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.arms.len() + 1];
        for &arm in &self.arm {
            counts[usize::from(arm)] += 1;
        }
        counts
    }
}

impl CampaignSettings {
    /// Refuses settings that name no column.
    fn check(&self) -> Result<()> {
        for (name, value) in [("treatment", &self.treatment), ("outcome", &self.outcome)] {
            if value.is_empty() {
                return Err(Error::Config(format!("campaign.{name} names no column")));
            }
        }
        Ok(())
    }
}
