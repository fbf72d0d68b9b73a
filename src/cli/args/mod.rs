//! The command line: each group of commands has its options in a file of its own.

mod bench;
mod campaign;
mod format;
mod inbox;
mod manual;
mod rows;
mod run;
mod runs;
mod source;
mod table_mode;
mod upkeep;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};

use crate::cli::door;
use crate::error::Result;
use crate::text::shown;
use crate::ui::Pane;

pub use bench::{BenchAnswer, BenchArgs, BenchModel, BenchRecommendArgs, BenchUpliftArgs};
pub use campaign::{CampaignArgs, UpliftArgs};
pub use format::{ChartForm, ReportFormat};
pub use inbox::AddArgs;
pub use manual::man;
pub use rows::{ExportArgs, NoteArgs, SqlArgs, UserArgs, UsersArgs};
pub use run::{ReportArgs, RunArgs};
pub use runs::{CompareArgs, RunsArgs, RunsCommand};
pub use source::{FetchArgs, InitArgs, SampleArgs};
pub use table_mode::TableMode;
pub use upkeep::{ConfigArgs, DoctorArgs};

/// What the program's exit code says, as the manual tells it.
pub const EXIT_STATUS: [(u8, &str); 10] = [
    (0, "done; also where the reader of a pipe has seen enough"),
    (1, "failed: a file, the disk, the network or a stage; the message says which and what to do"),
    (2, "usage: an argument, a setting, a condition or a query is wrong"),
    (3, "data rejected, or data shrunk or settings changed since the last run"),
    (4, "an alert of the workspace holds: `compare` names it"),
    (5, "a stage that ran last time did not run now: `run` names it"),
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
    /// The pane that the workbench opens, such as users or churn.
    #[arg(long, value_name = "PANE", value_parser = pane)]
    pub pane: Option<Pane>,
    /// Filter that pane's table by an SQL condition, such as "churn > 0.8".
    #[arg(long = "where", value_name = "SQL", requires = "pane")]
    pub condition: Option<String>,
    /// Sort it by a column, descending with `:desc`; repeat for a second key.
    #[arg(long, value_name = "COL[:desc]", requires = "pane")]
    pub sort: Vec<String>,
    /// Open each newer run of the workspace by itself, as soon as it is there.
    #[arg(long)]
    pub watch: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The pane of a name.
fn pane(name: &str) -> Result<Pane, String> {
    let known: Vec<&str> = Pane::ALL.iter().map(|pane| pane.id()).collect();
    let named = Pane::ALL.into_iter().find(|pane| pane.id() == name.to_ascii_lowercase());
    named.ok_or_else(|| format!("no such pane; the panes are {}", known.join(", ")))
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
    /// Open the workbench on sample data, running the stages first if need be.
    Demo {
        /// Walk through the workbench in ten steps.
        #[arg(long)]
        tour: bool,
    },
    /// Run the stages that are due on a raw log and save the results in the workspace.
    Run(RunArgs),
    /// Print the report of the current run, or write it as a page.
    Report(ReportArgs),
    /// Show what changed between two runs, and whether an alert holds.
    Compare(CompareArgs),
    /// List the kept runs, pin those that are to stay, remove others.
    Runs(RunsArgs),
    /// List users with their segment, scores and features.
    Users(UsersArgs),
    /// Print everything known about one user.
    User(UserArgs),
    /// Write a note and #tags about a user, or print what stands there.
    Note(NoteArgs),
    /// Write users to a file, such as a campaign's target list.
    Export(ExportArgs),
    /// Query the run's tables with SQL.
    Sql(SqlArgs),
    /// Model uplift from a campaign's file alone, without a log.
    Uplift(UpliftArgs),
    /// Measure time and memory of every stage, or the quality of one model.
    Bench(BenchArgs),
    /// Download a data set from Kaggle, check it and unpack it.
    Fetch(FetchArgs),
    /// Inspect an unknown log, propose how to read it, and write that as a configuration.
    Init(InitArgs),
    /// Check more files of the workspace's log and put them into its inbox, which every run reads.
    Add(AddArgs),
    /// Generate a sample log of any size in RetailRocket's format, with known ground truth.
    Sample(SampleArgs),
    /// Print every setting with its meaning, default and value, as a configuration file.
    Config(ConfigArgs),
    /// Describe the machine, the terminal, the configuration and the workspace.
    Doctor(DoctorArgs),
    /// Print shell completions.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print a manual page: the program's own, or that of a subcommand.
    Man {
        /// The subcommand, such as `run`, or `bench uplift`.
        #[arg(conflicts_with = "out")]
        command: Vec<String>,
        /// Write every page into this folder, such as ~/.local/share/man/man1.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Prints shell completions.
pub fn completions(shell: clap_complete::Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "user360", &mut script);
    door::program(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}
