//! Options of `fetch`, `init` and `sample`: where a log comes from.

use std::path::PathBuf;

use crate::cli::args::format::ReportFormat;
use crate::fetch;

/// `user360 fetch`.
#[derive(Debug, clap::Args)]
pub struct FetchArgs {
    /// The data set: OWNER/NAME, or the address of its page.
    #[arg(default_value = fetch::DATASET)]
    pub dataset: String,
    /// The folder for its files [default: the data set's NAME, here].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// A service compatible with Kaggle's [default: `USER360_KAGGLE_URL`, else <https://www.kaggle.com>].
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Replace files that exist.
    #[arg(long)]
    pub overwrite: bool,
    /// Keep the archive beside the folder, as DIR.zip.
    #[arg(long)]
    pub keep_zip: bool,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// `user360 init`.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The event logs, of one shape: CSV (.gz, .zst) or Parquet, patterns such as 'logs/*.csv' among them; or a folder
    /// of a known shape; objects such as `s3://bucket/logs/`; - for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The query whose rows are the log, where FILE is a database's address, such as `postgres://user@host/database`.
    #[arg(long, value_name = "SQL")]
    pub query: Option<String>,
    /// The configuration file to write [default: user360.toml in the workspace, where `run` finds it].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write the configuration. Without it, a terminal opens the workbench to review the proposal; elsewhere it is only
    /// printed.
    #[arg(long)]
    pub yes: bool,
    /// Write the configuration even where its own preview speaks against it: the rows cannot be read so, most are ignored,
    /// or buying is left out.
    #[arg(long)]
    pub accept: bool,
    /// Replace the `[ingest]` part of the file if it exists; its other sections stay.
    #[arg(long)]
    pub overwrite: bool,
    /// A setting of `[ingest]`, such as user=customer, price= for no price at all, or `events.open=view`; repeat for more.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// `user360 sample`.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a choice by itself")]
pub struct SampleArgs {
    /// The folder to write.
    pub out: PathBuf,
    /// Size relative to RetailRocket's 2.76 million events and 1.4 million users.
    #[arg(long, value_name = "F", default_value_t = 0.01)]
    pub scale: f64,
    /// A coffee and tea shop with names, prices, customers and a campaign of known effect, in place of RetailRocket's log;
    /// at scale 1 it has 1.4 million users.
    #[arg(long, conflicts_with_all = ["engagement", "props"])]
    pub shop: bool,
    /// Random seed; the same seed gives the same bytes.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub seed: u64,
    /// Activity of users relative to RetailRocket's; more makes a small sample richer.
    #[arg(long, value_name = "F", default_value_t = 1.0)]
    pub engagement: f64,
    /// Also write the item properties (20 million rows at scale 1).
    #[arg(long)]
    pub props: bool,
    /// Property rows, as a multiple of RetailRocket's at the same scale.
    #[arg(long, value_name = "F", default_value_t = 1.0, requires = "props")]
    pub property_scale: f64,
    /// Also write truth.csv, the ground truth of each user.
    #[arg(long)]
    pub truth: bool,
    /// Replace files that exist.
    #[arg(long)]
    pub overwrite: bool,
}
