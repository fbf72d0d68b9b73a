//! Options of `runs` and `compare`.

use clap::Subcommand;

use crate::cli::args::format::ReportFormat;
use crate::cli::formats::RowFormat;

/// `user360 runs`.
#[derive(Debug, clap::Args)]
pub struct RunsArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub what: RunsCommand,
}

/// What `user360 runs` does. RUN is `current`, `previous`, a run's id or its beginning, or its day, such as 2026-11-22.
#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// List the kept runs, newest first.
    List {
        /// How rows are printed.
        #[arg(long, value_enum, default_value_t)]
        format: RowFormat,
    },
    /// Keep a run whatever comes after it, beside those that `[run] keep` counts.
    Pin {
        /// `current`, `previous`, a run's id or its beginning, or its day, such as 2026-11-22.
        run: String,
    },
    /// Let a run go with its time again.
    Unpin {
        /// `current`, `previous`, a run's id or its beginning, or its day, such as 2026-11-22.
        run: String,
    },
    /// Remove runs; the current one, pinned ones and the only complete one stay.
    Rm {
        /// `previous`, a run's id or its beginning, or its day, such as 2026-11-22.
        #[arg(required = true, value_name = "RUN")]
        runs: Vec<String>,
    },
}

/// `user360 compare`.
#[derive(Debug, clap::Args)]
pub struct CompareArgs {
    /// The earlier run: `previous`, `current`, a run's id or its beginning, or its day, such as 2026-11-22.
    #[arg(default_value = "previous", value_name = "RUN")]
    pub before: String,
    /// The later run.
    #[arg(default_value = "current", value_name = "RUN")]
    pub after: String,
    /// How many of the users whose churn moved most are listed.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}
