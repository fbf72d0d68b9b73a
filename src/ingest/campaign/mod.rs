//! A real campaign's file: who was treated with what, and what came of it.
//!
//! One row per user and one header line. The settings name the columns; the first bad row ends the reading with its line,
//! because a campaign with rows missing is no randomised experiment any more.

mod arms;
mod cells;
mod columns;
mod price;
mod read;
mod scored;
#[cfg(test)]
mod tests;
mod when;

use crate::error::{Error, Result};

pub(super) use arms::flag;
pub(super) use cells::{Cells, cells, csv_rows};
pub(super) use cells::{csv_refusal, open};
pub use columns::Predictor;
pub use price::Price;
pub use read::read;
pub use scored::{ScoredFile, read_scored};
pub use when::When;

crate::settings! {
    /// Which column of a campaign's file is what.
    pub struct CampaignSettings in "campaign" {
        /// The column with the user's id. A file without it has users of its own, who are not in the log.
        pub user: String = "user".to_owned();
        /// The column that says who was treated: 0/1, or the names of arms.
        pub treatment: String = "treatment".to_owned();
        /// The value of the treatment column of those who were left alone; empty where the column is 0/1, or where its
        /// name says it: control, hold-out, none, no e-mail.
        pub control: String = String::new();
        /// The arms looked at: a list of names, empty for every arm.
        pub arms: Vec<String> = Vec::new();
        /// The column with the outcome: 0/1, or an amount of money.
        pub outcome: String = "outcome".to_owned();
        /// The columns that predict, numbers as they are and categories one-hot: a list of names, empty for every
        /// other column.
        pub features: Vec<String> = Vec::new();
        /// Columns that never predict, such as what happened after the treatment: a list of names.
        pub ignore: Vec<String> = Vec::new();
        /// The column with the money spent; empty for none.
        pub spend: String = String::new();
        /// When the campaign ran, for what is known of its users is what was known then: a date such as 2015-08-01, the
        /// column that holds it, or "end" where the log ends before the campaign; empty for the column `date`, if there is
        /// one. A file by itself needs none.
        pub date: String = String::new();
        /// What it costs to reach a user.
        pub contact_cost: f64 = 0.0, from 0 to 1_000_000_000;
        /// What each user gets who is treated and does it, the sure things too: an amount, or a share of the order such as
        /// "10%"; empty for nothing.
        pub incentive: Price = Price::Unset;
        /// What is earned when a user does it: an amount, or a share of the order such as "30%"; empty where it is not
        /// known, and then nothing is called net.
        pub margin: Price = Price::Unset;
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
    /// The outcome of each row: 0 or 1, or an amount.
    pub outcome: Vec<f64>,
    /// Whether the outcome is an amount of money.
    pub money: bool,
    /// When the campaign ran.
    pub when: When,
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

    /// The fold of each row, 0 to 4: by crc32 of the user's id, or of the row's number where there is none.
    pub fn folds(&self) -> Vec<u8> {
        let fold = |text: &str| (crc32fast::hash(text.as_bytes()) % 5) as u8;
        match &self.users {
            Some(users) => users.iter().map(|user| fold(user)).collect(),
            None => self.row.iter().map(|row| fold(&row.to_string())).collect(),
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

/// Who asks for a campaign: what is said of a mistake names options that there are.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Which column is what.
    pub settings: &'a CampaignSettings,
    /// The zone of dates that name none, as in `ingest.time_zone`.
    pub zone: &'a str,
    /// Whether the command takes `--treatment` and its like.
    pub options: bool,
}

impl Asked<'_> {
    /// How to give a setting of `[campaign]`.
    fn how(&self, key: &str) -> String {
        if self.options { format!("campaign.{key} or --{key}") } else { format!("campaign.{key}") }
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
