//! Options of `run` and `report`.

use std::path::PathBuf;

use crate::cli::args::format::{ChartForm, ReportFormat};
use crate::stage::StageId;

/// `user360 run`.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct RunArgs {
    /// The log: a file, a pattern such as 'logs/*.csv', or a folder with events.csv (or .csv.gz, .csv.zst, .parquet), item
    /// properties and category tree; objects such as `s3://bucket/logs/` or `https://host/file`; a database; - for
    /// standard input [default: the one that the settings name, else the last run's].
    #[arg(long, value_name = "PATH")]
    pub input: Option<PathBuf>,
    /// The query whose rows are the log, where --input is a database's address, such as `postgres://user@host/database`.
    #[arg(long, value_name = "SQL")]
    pub query: Option<String>,
    /// Run only these stages and the stages they need.
    #[arg(long, value_name = "STAGE,…", value_delimiter = ',', value_parser = stage)]
    pub only: Option<Vec<StageId>>,
    /// Run stages again even if they are up to date.
    #[arg(long)]
    pub force: bool,
    /// The configuration file [default: user360.toml in the workspace, over config.toml in the platform's configuration
    /// folder].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A campaign's file with user, treatment and outcome (columns named in `[campaign]`) [default: campaign.csv in the
    /// input folder; without one, a campaign is simulated].
    #[arg(long, value_name = "FILE")]
    pub campaign: Option<PathBuf>,
    /// When the campaign ran, the one named or campaign.csv in the input folder: a date, a column of dates, or `end` where
    /// the log ends before it.
    #[arg(long, value_name = "DATE")]
    pub date: Option<String>,
    /// Accept a log that has lost over 5 % of the last run's users or events, or ends earlier.
    #[arg(long)]
    pub accept_shrunk: bool,
    /// Accept settings that decide otherwise than the last run's.
    #[arg(long)]
    pub accept_settings: bool,
    /// Try every model of recommendations and every setting of them, whatever work and memory that takes.
    #[arg(long)]
    pub thorough: bool,
    /// Format of the report on stdout.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// `user360 report`.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// Format of the report.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
    /// Draw the charts of each stage below its text.
    #[arg(long, value_enum, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "unicode")]
    pub charts: Option<ChartForm>,
    /// Write it as one page for whoever opens no terminal: figures, sentences, charts, definitions, in HTML that needs
    /// nothing else; `-` is standard output. It names no person unless --with-users is given.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "charts"])]
    pub html: Option<PathBuf>,
    /// The same as Markdown, with charts as text.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "charts"])]
    pub markdown: Option<PathBuf>,
    /// Name some customers on the page: the first ten of those at risk, of the best, and of the persuadable.
    #[arg(long)]
    pub with_users: bool,
    /// Replace the file if it exists.
    #[arg(long)]
    pub overwrite: bool,
    /// Make the file's folder if it is missing.
    #[arg(long)]
    pub make_folder: bool,
}

fn stage(name: &str) -> Result<StageId, String> {
    StageId::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = StageId::ALL.iter().map(|stage| stage.name()).collect();
        format!("no such stage; the stages are {}", known.join(", "))
    })
}
