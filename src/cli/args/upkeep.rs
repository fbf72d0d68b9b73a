//! Options of `config` and `doctor`.

use std::path::PathBuf;

/// `user360 config`.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// Print the settings, as `config` alone does.
    #[arg(long)]
    pub print: bool,
    /// The configuration file [default: user360.toml in the workspace, over config.toml in the platform's configuration
    /// folder].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
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
    /// Rebuild the workspace's manifest from its complete runs; removes nothing.
    #[arg(long)]
    pub repair: bool,
}
