//! Options of `add`.

use std::path::PathBuf;

use crate::cli::args::format::ReportFormat;

/// `user360 add`.
#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// More files of the workspace's log, such as the week's orders; objects such as `s3://bucket/week/`; - for
    /// standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The configuration file [default: user360.toml in the workspace, over config.toml in the platform's configuration
    /// folder].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Format of the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: ReportFormat,
}
