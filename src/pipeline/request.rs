//! What a run is asked to do.

use std::path::PathBuf;

use crate::config::Config;
use crate::stage::StageId;

/// A run to be made.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The folder with the raw log, or its events file.
    pub input: PathBuf,
    /// The workspace that takes the run.
    pub workspace: PathBuf,
    /// Only these stages and what they need; every stage where `None`.
    pub only: Option<Vec<StageId>>,
    /// Run stages again that are already done.
    pub force: bool,
    /// The settings.
    pub config: Config,
    /// A real campaign's file; without one, `campaign.csv` in the input folder, else a campaign is simulated.
    pub campaign: Option<PathBuf>,
    /// Take the log even where it has lost much of what the last run read.
    pub accept_shrunk: bool,
    /// Take settings that decide otherwise than the last run's.
    pub accept_settings: bool,
}
