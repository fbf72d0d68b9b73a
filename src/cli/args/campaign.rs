//! Options of `uplift`, and those of every command that reads a campaign.

use std::path::PathBuf;

use crate::cli::args::format::ReportFormat;
use crate::cli::args::table_mode::TableMode;
use crate::cli::formats;
use crate::ingest::campaign::Price;
use crate::pipeline::Learner;

/// `user360 uplift`.
#[derive(Debug, clap::Args)]
pub struct UpliftArgs {
    /// The campaign and how to learn from it.
    #[command(flatten)]
    pub campaign: CampaignArgs,
    /// Users to score with what the campaign taught: a file with the columns that predict, written by `--out` in place of
    /// the campaign's own.
    #[arg(long, value_name = "FILE", requires = "out")]
    pub score: Option<PathBuf>,
    #[allow(missing_docs, reason = "its help names the formats there are")]
    #[arg(long, value_name = "FILE", help = formats::help_of_ranking())]
    pub out: Option<PathBuf>,
    /// What becomes of a database's table that exists: --out may be one, as `postgres://user@host/database/schema.table`
    /// [default: create].
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<TableMode>,
    /// Replace the file if it exists.
    #[arg(long)]
    pub overwrite: bool,
    /// Do not neutralise text in the file that a spreadsheet would run as a formula.
    #[arg(long)]
    pub raw: bool,
    /// Format of the report.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// A campaign and how to learn from it. What is not named here is taken from `[campaign]` and `[uplift]` of the
/// configuration.
#[derive(Debug, clap::Args)]
pub struct CampaignArgs {
    /// The campaign's file: CSV (.gz, .zst) or Parquet, one row per user.
    #[arg(long, value_name = "FILE")]
    pub campaign: PathBuf,
    /// The treatment column: 0/1, or the names of arms.
    #[arg(long, value_name = "COL")]
    pub treatment: Option<String>,
    /// The control group's value in the treatment column, where its name does not say it.
    #[arg(long, value_name = "VALUE")]
    pub control: Option<String>,
    /// An arm to analyse; repeat for more. Without it, every arm.
    #[arg(long, value_name = "VALUE")]
    pub arm: Vec<String>,
    /// The outcome column: 0/1, or an amount of money.
    #[arg(long, value_name = "COL")]
    pub outcome: Option<String>,
    /// The column with the user's id.
    #[arg(long, value_name = "COL")]
    pub user: Option<String>,
    /// The predictor columns; without it, every other column.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub features: Option<Vec<String>>,
    /// Columns never used as predictors, such as what happened after the treatment.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub ignore: Option<Vec<String>>,
    /// The spend column.
    #[arg(long, value_name = "COL")]
    pub spend: Option<String>,
    /// What it costs to reach a user.
    #[arg(long, value_name = "AMOUNT")]
    pub contact_cost: Option<f64>,
    /// What each user gets who is treated and does it: an amount, or a share of the order such as 10%.
    #[arg(long, value_name = "AMOUNT|SHARE")]
    pub incentive: Option<Price>,
    /// What is earned when a user does it: an amount, or a share of the order such as 30%.
    #[arg(long, value_name = "AMOUNT|SHARE")]
    pub margin: Option<Price>,
    /// How uplift is learnt: t, s or x.
    #[arg(long, value_name = "LEARNER", value_parser = learner)]
    pub learner: Option<Learner>,
    /// The configuration file [default: config.toml in the platform's configuration folder, if present].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

fn learner(name: &str) -> Result<Learner, String> {
    Learner::ALL
        .into_iter()
        .find(|learner| learner.name() == name)
        .ok_or_else(|| "the learners are t, s and x".to_owned())
}
