//! The command line.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::cli::door;
use crate::cli::formats::{self, RowFormat};
use crate::error::{Error, Result};
use crate::fetch;
use crate::pipeline::{Learner, ModelChoice};
use crate::stage::StageId;
use crate::store::Format;
use crate::text::shown;

/// What the program's exit code says, as the manual tells it.
pub const EXIT_STATUS: [(u8, &str); 8] = [
    (0, "done; also where the reader of a pipe has seen enough"),
    (1, "failed: a file, the disk, the network or a stage; the message says which and what to do"),
    (2, "usage: an argument, a setting, a condition or a query is wrong"),
    (3, "data rejected, or shrunk since the last run"),
    (75, "another process is writing to the workspace"),
    (129, "hung up: the terminal is gone"),
    (130, "interrupted by Ctrl-C"),
    (143, "terminated by SIGTERM"),
];

/// [`EXIT_STATUS`] below the help.
fn exit_status() -> String {
    let lines = EXIT_STATUS.map(|(code, meaning)| format!("{code:>5}  {meaning}"));
    format!("Exit status:\n{}", lines.join("\n"))
}

/// A terminal workbench for customer intelligence: segments, churn, lifetime value, recommendations and uplift from a
/// shop's raw event log. Without a subcommand it opens the workbench on the workspace.
#[derive(Debug, Parser)]
#[command(
    name = "user360",
    // Not the name it was started by, which may hold anything.
    bin_name = "user360",
    version,
    after_help = exit_status()
)]
pub struct Args {
    /// The workspace folder [default: under the platform's data folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// The raw log that the workbench's `r` runs on.
    #[arg(long, value_name = "DIR")]
    pub input: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Args {
    /// Reads the command line.
    pub(super) fn read() -> Result<Self, clap::Error> {
        Self::try_parse()
    }
}

/// An error of the command line whose quotes of it are escaped.
pub(super) fn shown_error(mut wrong: clap::Error) -> clap::Error {
    let escaped: Vec<(ContextKind, ContextValue)> = wrong
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(shown(text).into_owned()))),
            ContextValue::Strings(texts) => {
                Some((kind, ContextValue::Strings(texts.iter().map(|text| shown(text).into_owned()).collect())))
            }
            _ => None,
        })
        .collect();
    for (kind, value) in escaped {
        wrong.insert(kind, value);
    }
    wrong
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the workbench on sample data; the first time, its stages run before your eyes.
    Demo,
    /// Run the stages that are due on a raw log and commit the results to the workspace.
    Run(RunArgs),
    /// Print the report of the current run.
    Report(ReportArgs),
    /// List users with their segment, scores and features.
    Users(UsersArgs),
    /// Print everything known about one user.
    User(UserArgs),
    /// Write users to a file: the list that marketing acts on.
    Export(ExportArgs),
    /// Query the run's tables with SQL.
    Sql(SqlArgs),
    /// Train, judge and rank by a campaign's file alone, whose users need not be in any log.
    Uplift(UpliftArgs),
    /// Measure what the program costs here: every stage on a log; or how well a model does.
    Bench(BenchArgs),
    /// Download a data set from Kaggle, check it and unpack it.
    Fetch(FetchArgs),
    /// Look at a log nobody described, propose how to read it, and write that as a configuration.
    Init(InitArgs),
    /// Make a sample log of any size, shaped like RetailRocket's, with planted truth.
    Sample(SampleArgs),
    /// Print every setting with its meaning, its default and its value, as a configuration file.
    Config(ConfigArgs),
    /// Describe the machine, the terminal, the configuration and the workspace.
    Doctor(DoctorArgs),
    /// Print shell completions.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// Text for people or JSON for scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people.
    #[default]
    Text,
    /// The contract that scripts read.
    Json,
}

/// `user360 run`.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// The folder with events.csv (or .csv.gz, .csv.zst, .parquet), item properties and category tree.
    #[arg(long, value_name = "DIR")]
    pub input: PathBuf,
    /// Only these stages and what they need.
    #[arg(long, value_name = "STAGE,…", value_delimiter = ',', value_parser = stage)]
    pub only: Option<Vec<StageId>>,
    /// Run stages again that are already done.
    #[arg(long)]
    pub force: bool,
    /// The configuration file [default: config.toml in the platform's configuration folder, if present].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A campaign's file (user, treatment, outcome; `[campaign]` names the columns); simulated without one.
    #[arg(long, value_name = "FILE")]
    pub campaign: Option<PathBuf>,
    /// Take a log that has lost over 5 % of the users or events of the last run, or ends earlier.
    #[arg(long)]
    pub accept_shrunk: bool,
    /// Format of the report on stdout.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// What charts are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ChartForm {
    /// Braille and block characters.
    Unicode,
    /// Only characters of ASCII.
    Ascii,
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
}

/// `user360 users`.
#[derive(Debug, clap::Args)]
pub struct UsersArgs {
    /// An SQL condition over the columns, such as "churn > 0.8 and segment = 'Loyal buyers'".
    #[arg(long = "where", value_name = "SQL")]
    pub condition: Option<String>,
    /// Sort by a column, `:desc` behind it for descending; may be given again for a second key.
    #[arg(long, value_name = "COL[:desc]")]
    pub sort: Vec<String>,
    /// At most so many rows.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Only these columns, in this order.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub columns: Option<Vec<String>>,
    /// How rows are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: RowFormat,
    /// Leave text that a spreadsheet would run as a formula as it is, in CSV.
    #[arg(long)]
    pub raw: bool,
}

/// `user360 user`.
#[derive(Debug, clap::Args)]
pub struct UserArgs {
    /// The user's id.
    pub id: String,
    /// How many of the newest events to list.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub events: usize,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// `user360 export`.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// An SQL condition over the columns; every user without it.
    #[arg(long = "where", value_name = "SQL")]
    pub condition: Option<String>,
    /// Sort by a column, `:desc` behind it for descending; may be given again for a second key.
    #[arg(long, value_name = "COL[:desc]")]
    pub sort: Vec<String>,
    /// Only these columns, in this order.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub columns: Option<Vec<String>>,
    #[allow(missing_docs, reason = "its help names the formats there are")]
    #[arg(long, value_name = "FILE", help = formats::help_of_export())]
    pub out: PathBuf,
    /// The format, whatever the file is called.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Replace the file if it exists.
    #[arg(long)]
    pub overwrite: bool,
    /// Leave text that a spreadsheet would run as a formula as it is.
    #[arg(long)]
    pub raw: bool,
}

/// `user360 sql`.
#[derive(Debug, clap::Args)]
pub struct SqlArgs {
    /// The query, over the tables users, events, items, features, segments, churn, ltv, uplift, recommendations and
    /// `similar_items`.
    pub query: String,
    /// At most so many rows.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub limit: usize,
    /// How rows are printed.
    #[arg(long, value_enum, default_value_t)]
    pub format: RowFormat,
    /// Leave text that a spreadsheet would run as a formula as it is, in CSV.
    #[arg(long)]
    pub raw: bool,
}

/// `user360 uplift`.
#[derive(Debug, clap::Args)]
pub struct UpliftArgs {
    /// The campaign and how to learn from it.
    #[command(flatten)]
    pub campaign: CampaignArgs,
    #[allow(missing_docs, reason = "its help names the formats there are")]
    #[arg(long, value_name = "FILE", help = formats::help_of_ranking())]
    pub out: Option<PathBuf>,
    /// Replace the file if it exists.
    #[arg(long)]
    pub overwrite: bool,
    /// Leave text that a spreadsheet would run as a formula as it is in the file.
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
    /// The column that says who was treated: 0/1, or the names of arms.
    #[arg(long, value_name = "COL")]
    pub treatment: Option<String>,
    /// The value of the treatment column of those who were left alone.
    #[arg(long, value_name = "VALUE")]
    pub control: Option<String>,
    /// An arm to look at; may be given again; every arm without it.
    #[arg(long, value_name = "VALUE")]
    pub arm: Vec<String>,
    /// The column with the outcome, 0/1.
    #[arg(long, value_name = "COL")]
    pub outcome: Option<String>,
    /// The column with the user's id.
    #[arg(long, value_name = "COL")]
    pub user: Option<String>,
    /// The columns that predict; every other column without it.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub features: Option<Vec<String>>,
    /// Columns that never predict, such as what happened after the treatment.
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub ignore: Option<Vec<String>>,
    /// The column with the money spent.
    #[arg(long, value_name = "COL")]
    pub spend: Option<String>,
    /// How uplift is learnt: t, s or x.
    #[arg(long, value_name = "LEARNER", value_parser = learner)]
    pub learner: Option<Learner>,
    /// The configuration file [default: config.toml in the platform's configuration folder, if present].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// `user360 fetch`.
#[derive(Debug, clap::Args)]
pub struct FetchArgs {
    /// The data set: OWNER/NAME, or the address of its page.
    #[arg(default_value = fetch::DATASET)]
    pub dataset: String,
    /// The folder for its files [default: the data set's NAME, here].
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// A service that answers like Kaggle [default: `USER360_KAGGLE_URL`, else <https://www.kaggle.com>].
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
    /// The event logs, of one shape, in one folder: CSV (.gz, .zst) or Parquet; or a folder of a known shape.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The configuration file to write.
    #[arg(long, value_name = "FILE", default_value = "user360.toml")]
    pub out: PathBuf,
    /// Write the configuration. Without it, a terminal opens the workbench to look and choose; elsewhere the proposal is
    /// printed and nothing is written.
    #[arg(long)]
    pub yes: bool,
    /// Replace the `[ingest]` part of the file if it exists; its other sections stay.
    #[arg(long)]
    pub overwrite: bool,
    /// A setting of `[ingest]` that is known, such as columns.user=customer or `events.open=view`; may be given again.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}

/// `user360 sample`.
#[derive(Debug, clap::Args)]
pub struct SampleArgs {
    /// The folder to write.
    pub out: PathBuf,
    /// Size: 1 is RetailRocket's (2.76 million events).
    #[arg(long, value_name = "F", default_value_t = 0.01)]
    pub scale: f64,
    /// The same seed gives the same bytes.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub seed: u64,
    /// How busy users are: 1 is RetailRocket's, more makes a small sample richer.
    #[arg(long, value_name = "F", default_value_t = 1.0)]
    pub engagement: f64,
    /// Also write the item properties (20 million rows at scale 1).
    #[arg(long)]
    pub props: bool,
    /// Property rows, as a multiple of RetailRocket's at the same scale.
    #[arg(long, value_name = "F", default_value_t = 1.0, requires = "props")]
    pub property_scale: f64,
    /// Also write truth.csv: what was planted in each user.
    #[arg(long)]
    pub truth: bool,
    /// Replace files that exist.
    #[arg(long)]
    pub overwrite: bool,
}

/// `user360 config`.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// Print the settings; so does `config` alone.
    #[arg(long)]
    pub print: bool,
    /// The configuration file [default: config.toml in the platform's configuration folder, if present].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

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
    /// How often to measure, at most 1000 times.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = repeats)]
    pub repeat: usize,
    /// Format of the answer.
    #[command(flatten)]
    pub answer: BenchAnswer,
}

/// The models that `user360 bench` measures by themselves.
#[derive(Debug, Subcommand)]
pub enum BenchModel {
    /// Fit the recommender on pairs of user and item, and judge its lists by other pairs.
    Recommend(BenchRecommendArgs),
    /// Judge uplift on a campaign's file by its held-out rows, with several seeds.
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
    /// The pairs to learn from: CSV (.gz, .zst) with the columns user, item and weight.
    #[arg(long, value_name = "FILE")]
    pub train: PathBuf,
    /// The pairs to be found, in the same columns.
    #[arg(long, value_name = "FILE")]
    pub test: PathBuf,
    /// The model: auto (chosen on a part of the training pairs), als, item-knn or blend.
    #[arg(long, value_name = "MODEL", value_parser = recommender)]
    pub model: Option<ModelChoice>,
    /// Numbers per factor.
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
    /// Draws the start and the validation pairs.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// `auto` validates on at most this many pairs.
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
    /// How many seeds, from `uplift.seed` on, at most 1000.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = repeats)]
    pub repeat: usize,
    /// Format of the answer.
    #[command(flatten)]
    pub answer: BenchAnswer,
}

/// `user360 doctor`.
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// The configuration file to check.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Recompute the checksum of every file of the current run.
    #[arg(long)]
    pub verify: bool,
    /// Make the workspace's manifest anew from its whole runs; removes nothing.
    #[arg(long)]
    pub repair: bool,
}

fn repeats(number: &str) -> Result<usize, String> {
    match number.parse() {
        Ok(number) if (1..=1000).contains(&number) => Ok(number),
        Ok(_) => Err("it must lie between 1 and 1000".to_owned()),
        Err(_) => Err("it is no whole number".to_owned()),
    }
}

fn recommender(name: &str) -> Result<ModelChoice, String> {
    ModelChoice::ALL
        .into_iter()
        .find(|model| model.name() == name)
        .ok_or_else(|| "the models are auto, als, item-knn and blend".to_owned())
}

fn learner(name: &str) -> Result<Learner, String> {
    Learner::ALL
        .into_iter()
        .find(|learner| learner.name() == name)
        .ok_or_else(|| "the learners are t, s and x".to_owned())
}

fn stage(name: &str) -> Result<StageId, String> {
    StageId::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = StageId::ALL.iter().map(|stage| stage.name()).collect();
        format!("no such stage; the stages are {}", known.join(", "))
    })
}

/// Prints shell completions.
pub fn completions(shell: clap_complete::Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "user360", &mut script);
    door::program(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}

/// Prints the manual page.
pub fn man() -> Result<ExitCode> {
    let mut page = Vec::new();
    // The exit status has a section of its own.
    let command = Args::command().after_help(None::<&str>);
    clap_mangen::Man::new(command).render(&mut page).map_err(Error::io("man"))?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    page.push_str(".SH \"EXIT STATUS\"\n");
    for (code, meaning) in EXIT_STATUS {
        // Writing to a string cannot fail.
        let _ = write!(page, ".TP\n\\fB{code}\\fR\n{meaning}\n");
    }
    door::program(&page);
    Ok(ExitCode::SUCCESS)
}
