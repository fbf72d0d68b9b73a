//! What a run is asked to do, and the keys by which a finished stage is known again.

use std::path::PathBuf;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::config::Config;
use crate::error::{Error, Result};
use crate::ingest::Fingerprint;
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
    /// A real campaign's file; a campaign is simulated without one.
    pub campaign: Option<PathBuf>,
    /// Take the log even where it has lost much of what the last run read.
    pub accept_shrunk: bool,
}

/// Changes when a stage's code gives other answers from the same inputs and settings.
const CODE_VERSION: u32 = 6;

/// The key of a stage: equal keys mean equal inputs, settings and code.
pub(super) fn key(
    stage: StageId,
    config: &Config,
    inputs: &serde_json::Value,
    campaign: Option<&Fingerprint>,
) -> Result<String> {
    let mut parts =
        vec![text(&(env!("CARGO_PKG_VERSION"), CODE_VERSION, stage.name()))?, text(inputs)?, text(&config.ingest)?];
    if stage != StageId::Ingest {
        parts.push(text(&config.features)?);
    }
    match stage {
        StageId::Ingest | StageId::Features => {}
        StageId::Segments => parts.push(text(&config.segments)?),
        StageId::Churn => parts.push(text(&(&config.churn, config.run.minimum_history_days))?),
        StageId::Ltv => parts.push(text(&(&config.ltv, config.run.minimum_history_days))?),
        StageId::Recommend => parts.push(text(&config.recommend)?),
        StageId::Uplift => {
            parts.push(text(&config.uplift)?);
            if let Some(campaign) = campaign {
                parts.push(text(&(campaign, &config.campaign))?);
            }
        }
    }
    Ok(format!("{:032x}", xxh3_128(parts.join("\n").as_bytes())))
}

/// The key of the settings by which a log is read: what was read under an equal one can be gone on with.
pub(super) fn reading_key(config: &Config) -> Result<String> {
    key(StageId::Ingest, config, &serde_json::Value::Null, None)
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Config(format!("a setting cannot be written: {error}")))
}
