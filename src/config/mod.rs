//! The settings: built-in defaults, then the configuration file, then the command line.
//!
//! May import the settings types of [`crate::ingest`] and [`crate::models`]. Gives [`Config`], the meaning of every
//! setting in [`reference`](mod@reference), the `[ingest]` part of a file by [`write_ingest`], and [`Source`] for other settings files that name the line of a mistake.

mod check;
mod ingest_part;
mod print;
mod read;
pub mod reference;
mod source;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::files::Share;
use crate::ingest::campaign::CampaignSettings;
use crate::models::churn::ChurnSettings;
use crate::models::ltv::LtvSettings;
use crate::models::recommend::RecommendSettings;
use crate::models::segments::SegmentSettings;
use crate::models::uplift::UpliftSettings;

pub use crate::ingest::IngestSettings;
pub use ingest_part::write_ingest;
pub use source::{Source, in_order};

/// Settings of the features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureSettings {
    /// A gap of more than this many minutes between two events of a user starts a new session.
    pub session_gap_minutes: f64,
}

impl Default for FeatureSettings {
    fn default() -> Self {
        Self { session_gap_minutes: 30.0 }
    }
}

/// Settings of a run as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunSettings {
    /// How many runs the workspace keeps.
    pub keep: usize,
    /// A stage with a cutoff needs at least this many days of log before it.
    pub minimum_history_days: f64,
    /// Who may read and write what is written.
    pub share: Share,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self { keep: 3, minimum_history_days: 7.0, share: Share::Private }
    }
}

/// Settings of the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UiSettings {
    /// The theme to start with, built in or the user's own.
    pub theme: String,
    /// Whether pane, sort, filter, columns and marks of the last session are opened again.
    pub restore: bool,
    /// The folder proposed for exports; where empty, the one the program was started in.
    pub export_folder: String,
    /// Most rows of an SQL result kept on the screen.
    pub sql_rows: usize,
}

impl Default for UiSettings {
    fn default() -> Self {
        Self { theme: "default".to_owned(), restore: true, export_folder: String::new(), sql_rows: 1_000_000 }
    }
}

/// Every setting, by section of `config.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How raw files are read.
    pub ingest: IngestSettings,
    /// How features are computed.
    pub features: FeatureSettings,
    /// K-Means and PCA.
    pub segments: SegmentSettings,
    /// Churn.
    pub churn: ChurnSettings,
    /// Lifetime value.
    pub ltv: LtvSettings,
    /// Recommendations.
    pub recommend: RecommendSettings,
    /// Uplift.
    pub uplift: UpliftSettings,
    /// The columns of a campaign's file.
    pub campaign: CampaignSettings,
    /// The run as a whole.
    pub run: RunSettings,
    /// The screen.
    pub ui: UiSettings,
}

impl Config {
    /// The settings of `file`, or of the user's own configuration file if there is one, over the defaults.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        match file {
            Some(file) => Self::read(file),
            None => match Self::default_file().filter(|path| path.exists()) {
                Some(path) => Self::read(&path),
                None => Ok(Self::default()),
            },
        }
    }

    /// Where the user's own configuration file lives: `config.toml` in the platform's configuration folder.
    pub fn default_file() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "user360").map(|dirs| dirs.config_dir().join("config.toml"))
    }

    fn read(path: &Path) -> Result<Self> {
        read::config(&Source::read(path)?)
    }
}
