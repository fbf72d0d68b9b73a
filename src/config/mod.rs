//! The settings: built-in defaults, then the configuration file, then the command line.
//!
//! May import the settings types of [`crate::ingest`] and [`crate::models`]. Gives [`Config`].

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::ingest::IngestSettings;
use crate::models::churn::ChurnSettings;
use crate::models::ltv::LtvSettings;
use crate::models::recommend::RecommendSettings;
use crate::models::segments::SegmentSettings;
use crate::models::uplift::UpliftSettings;

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
}

impl Default for RunSettings {
    fn default() -> Self {
        Self { keep: 3, minimum_history_days: 7.0 }
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
    /// The run as a whole.
    pub run: RunSettings,
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
        let text = fs::read_to_string(path).map_err(Error::io(path))?;
        let config: Self = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            Error::Config(format!("{}:{line}: {}", path.display(), error.message()))
        })?;
        config.check().map_err(|error| Error::Config(format!("{}: {error}", path.display())))?;
        Ok(config)
    }

    /// Refuses values that no stage could work with.
    fn check(&self) -> Result<()> {
        let positive = [
            ("features.session_gap_minutes", self.features.session_gap_minutes),
            ("churn.inactive_days", self.churn.inactive_days),
            ("ltv.horizon_days", self.ltv.horizon_days),
            ("recommend.cutoff_days", self.recommend.cutoff_days),
            ("run.keep", self.run.keep as f64),
        ];
        for (name, value) in positive {
            if !(value.is_finite() && value > 0.0) {
                return Err(Error::Config(format!("{name} must be above 0, not {value}")));
            }
        }
        Ok(())
    }
}
