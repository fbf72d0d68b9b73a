//! Options of `bench`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::cli::args::campaign::CampaignArgs;
use crate::cli::args::format::ReportFormat;
use crate::pipeline::ModelChoice;

/// `user360 bench`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchArgs {
    /// One model instead of every stage.
    #[command(subcommand)]
    pub model: Option<BenchModel>,
    /// The log to measure on [default: the sample of `demo`].
    #[arg(long, value_name = "DIR")]
    pub input: Option<PathBuf>,
    /// The configuration file [default: config.toml in the platform's configuration folder, if present].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Number of measurements, at most 1000.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = repeats)]
    pub repeat: usize,
    /// Format of the answer.
    #[command(flatten)]
    pub answer: BenchAnswer,
}

/// The models that `user360 bench` measures by themselves.
#[derive(Debug, Subcommand)]
pub enum BenchModel {
    /// Fit the recommender on pairs of user and item, and evaluate it on other pairs.
    Recommend(BenchRecommendArgs),
    /// Evaluate uplift on the held-out rows of a campaign's file, with several seeds.
    Uplift(BenchUpliftArgs),
}

/// How `user360 bench` answers.
#[derive(Debug, clap::Args)]
pub struct BenchAnswer {
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// `user360 bench recommend`. What is not named here is taken from `[recommend]` of the configuration.
#[derive(Debug, clap::Args)]
pub struct BenchRecommendArgs {
    /// The training pairs: CSV (.gz, .zst) with the columns user, item and weight.
    #[arg(long, value_name = "FILE")]
    pub train: PathBuf,
    /// The test pairs, in the same columns.
    #[arg(long, value_name = "FILE")]
    pub test: PathBuf,
    /// The model: auto (chosen on a part of the training pairs), popularity, item-knn, ease, als or blend.
    #[arg(long, value_name = "MODEL", value_parser = recommender)]
    pub model: Option<ModelChoice>,
    /// Factors per user and item.
    #[arg(long, value_name = "N")]
    pub rank: Option<usize>,
    /// Confidence of a pair is 1 + alpha · weight.
    #[arg(long, value_name = "F")]
    pub alpha: Option<f32>,
    /// Penalty on factors.
    #[arg(long, value_name = "F")]
    pub regularisation: Option<f64>,
    /// Rounds over users and items.
    #[arg(long, value_name = "N")]
    pub iterations: Option<usize>,
    /// Random seed.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Maximum number of pairs that `auto` validates on.
    #[arg(long, value_name = "N")]
    pub validation_interactions: Option<usize>,
    /// The configuration file [default: config.toml in the platform's configuration folder, if present].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Format of the answer.
    #[command(flatten)]
    pub answer: BenchAnswer,
}

/// `user360 bench uplift`.
#[derive(Debug, clap::Args)]
pub struct BenchUpliftArgs {
    /// The campaign and how to learn from it; every learner in turn where none is named.
    #[command(flatten)]
    pub campaign: CampaignArgs,
    /// Number of seeds, from `uplift.seed` on, at most 1000.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = repeats)]
    pub repeat: usize,
    /// Format of the answer.
    #[command(flatten)]
    pub answer: BenchAnswer,
}

fn repeats(number: &str) -> Result<usize, String> {
    match number.parse() {
        Ok(number) if (1..=1000).contains(&number) => Ok(number),
        Ok(_) => Err("must be between 1 and 1000".to_owned()),
        Err(_) => Err("not a whole number".to_owned()),
    }
}

fn recommender(name: &str) -> Result<ModelChoice, String> {
    ModelChoice::ALL
        .into_iter()
        .find(|model| model.name() == name)
        .ok_or_else(|| "the models are auto, popularity, item-knn, ease, als and blend".to_owned())
}
