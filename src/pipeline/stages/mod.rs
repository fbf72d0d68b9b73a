//! One file per stage: inputs in, an [`Outcome`] of tables, metrics and notes out. No stage touches the disk.

mod backtest;
pub mod churn;
mod drift;
pub mod features;
mod held_out;
pub mod ingest;
pub mod ltv;
pub mod recommend;
pub mod segments;
pub mod uplift;

use polars::prelude::DataFrame;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::features::{DAY_MS, FeatureTable, span_days};
use crate::ingest::EventLog;
use crate::job::Job;
use crate::pipeline::source::Inputs;
use crate::stage::StageId;
use crate::store::Recorded;

/// What a stage gives.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Why the stage could not run on this data.
    pub skipped: Option<String>,
    /// Rows of its main table.
    pub rows: u64,
    /// The report's metrics.
    pub metrics: Map<String, Value>,
    /// Curves and tables for the screen.
    pub detail: Value,
    /// What the reader should know: caps, fallbacks, features left out.
    pub notes: Vec<String>,
    /// Tables by name.
    pub tables: Vec<(String, DataFrame)>,
    /// Other files by name: what is needed to score again.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Outcome {
    /// Metrics and detail of stage `S`, and the rows of its main table.
    pub fn of<S: Recorded>(rows: usize, metrics: &S::Metrics, detail: &S::Detail) -> Result<Self> {
        let Value::Object(metrics) = json(metrics)? else {
            return Err(Error::Missing(format!("the metrics of {} are no list of names", S::STAGE)));
        };
        Ok(Self { rows: rows as u64, metrics, detail: json(detail)?, ..Self::default() })
    }

    /// The detail, as what it was made of.
    pub fn read<D: DeserializeOwned>(&self) -> Result<D> {
        D::deserialize(&self.detail).map_err(|error| Error::Missing(format!("a result cannot be read: {error}")))
    }

    /// A stage that this data does not allow.
    pub fn skipped(reason: String) -> Self {
        Self { skipped: Some(reason), ..Self::default() }
    }
}

/// What the pipeline must know of a stage; each stands beside the stage's code.
#[derive(Debug)]
pub struct About {
    /// Rises when the code gives other answers from the same inputs and settings: then the stage, and those that need
    /// it, run again. A test compares what each stage gives on `sample-data` with what it gave under this version.
    pub version: u32,
    /// What it takes at its peak, the log and the tables of the stages before included: bytes for the process itself,
    /// for each event, and for each user. Measured as [`crate::pipeline::memory`] says.
    pub memory: [u64; 3],
    /// The settings that decide its answers, beside those of ingest and features; null where there are none.
    pub settings: fn(&Config) -> Result<Value>,
    /// Whether a real campaign's file decides its answers.
    pub reads_campaign: bool,
    /// Its work.
    pub run: fn(Inputs<'_>, &Config, &Job) -> Result<Outcome>,
}

/// Memory of the process itself, without a log.
const OWN: u64 = 64 << 20;

/// What the pipeline must know of a stage.
pub fn about(stage: StageId) -> &'static About {
    match stage {
        StageId::Ingest => &ingest::ABOUT,
        StageId::Features => &features::ABOUT,
        StageId::Segments => &segments::ABOUT,
        StageId::Churn => &churn::ABOUT,
        StageId::Ltv => &ltv::ABOUT,
        StageId::Recommend => &recommend::ABOUT,
        StageId::Uplift => &uplift::ABOUT,
    }
}

/// The version of a stage's code: part of the key by which its results are known again.
pub fn code_version(stage: StageId) -> u32 {
    about(stage).version
}

/// Runs one stage after ingest.
pub fn run(stage: StageId, inputs: Inputs<'_>, config: &Config, job: &Job) -> Result<Outcome> {
    known_features(inputs.now, "segments.features", &config.segments.features)?;
    known_features(inputs.now, "uplift.features", &config.uplift.features)?;
    (about(stage).run)(inputs, config, job)
}

/// Refuses a name that no feature has, before any model is fitted.
fn known_features(table: &FeatureTable, setting: &str, names: &[String]) -> Result<()> {
    let Some(unknown) = names.iter().find(|name| table.feature(name).is_none()) else { return Ok(()) };
    let known: Vec<&str> = table.features.iter().map(|feature| feature.name.as_ref()).collect();
    let known = known.join(", ");
    Err(Error::Config(format!("{setting}: there is no feature \"{unknown}\"; there are {known}")))
}

/// The cutoff `days` before T, or why the log is too short for it.
fn cutoff(log: &EventLog, days: f64, history: f64, task: &str) -> Result<i64, String> {
    let span = span_days(log);
    if span < days + history {
        return Err(format!(
            "the log spans {span:.1} days; {task} needs {:.0}: {history:.0} of history before a window of {days:.0}",
            days + history
        ));
    }
    Ok(log.as_of - (days * DAY_MS as f64) as i64)
}

/// A value for `run.json`: null where a number is not finite.
pub fn json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Missing(format!("a result cannot be written: {error}")))
}

/// A model file.
fn bytes(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| Error::Missing(format!("a model cannot be written: {error}")))
}
