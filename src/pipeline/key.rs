//! The keys by which a finished stage is known again.

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::config::{Config, IngestSettings};
use crate::error::{Error, Result};
use crate::ingest::{CustomerSettings, Fingerprint, ItemSettings};
use crate::pipeline::stages::about;
use crate::stage::StageId;

/// The key of a stage: equal keys mean equal inputs, settings and code, its own and that of the stages it needs.
pub(super) fn key(
    stage: StageId,
    config: &Config,
    inputs: &serde_json::Value,
    campaign: Option<&Fingerprint>,
) -> Result<String> {
    let code = about(stage);
    // Where the files lie says nothing of what they hold: their fingerprints do.
    let reading = IngestSettings { input: String::new(), query: String::new(), ..config.ingest.clone() };
    let mut parts =
        vec![text(&(env!("CARGO_PKG_VERSION"), code.version, stage.name()))?, text(inputs)?, text(&reading)?];
    if config.items != ItemSettings::default() {
        parts.push(text(&config.items)?);
    }
    if config.customers != CustomerSettings::default() {
        parts.push(text(&config.customers)?);
    }
    if stage != StageId::Ingest {
        parts.push(text(&config.features)?);
        let needed: Vec<(StageId, u32)> =
            stage.needs().iter().map(|needed| (*needed, about(*needed).version)).collect();
        parts.push(text(&needed)?);
    }
    let own = (code.settings)(config)?;
    if !own.is_null() {
        parts.push(own.to_string());
    }
    if let Some(campaign) = campaign.filter(|_| code.reads_campaign) {
        parts.push(text(&(campaign, &config.campaign))?);
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
