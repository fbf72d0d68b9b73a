//! A real campaign's file: who was treated with what, and what came of it.
//!
//! One row per user and one header line. The settings name the columns; the first bad row ends the reading with its line,
//! because a campaign with rows missing is no randomised experiment any more.

mod columns;
mod read;
#[cfg(test)]
mod tests;

use crate::error::{Error, Result};

pub use columns::Predictor;
pub use read::read;
pub(super) use read::{csv_refusal, open};

crate::settings! {
    /// Which column of a campaign's file is what.
    pub struct CampaignSettings in "campaign" {
        /// The column with the user's id. A file without it has users of its own, who are not in the log.
        pub user: String = "user".to_owned();
        /// The column that says who was treated: 0/1, or the names of arms.
        pub treatment: String = "treatment".to_owned();
        /// The value of the treatment column of those who were left alone; empty where the column is 0/1.
        pub control: String = String::new();
        /// The arms looked at: a list of names, empty for every arm.
        pub arms: Vec<String> = Vec::new();
        /// The column with the outcome: 0/1.
        pub outcome: String = "outcome".to_owned();
        /// The columns that predict, numbers as they are and categories one-hot: a list of names, empty for every
        /// other column.
        pub features: Vec<String> = Vec::new();
        /// Columns that never predict, such as what happened after the treatment: a list of names.
        pub ignore: Vec<String> = Vec::new();
        /// The column with the money spent; empty for none.
        pub spend: String = String::new();
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
