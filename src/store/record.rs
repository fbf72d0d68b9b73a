//! What `run.json` says of a run.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The last millisecond of the year 9999, beyond which no calendar here counts.
const LATEST_MS: i64 = 253_402_300_799_999;
/// Thirty years: longer than any stage took.
const MOST_SECONDS: f64 = 1e9;

/// A run: what it read, with which settings, and how each stage ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunInfo {
    /// Format version of this file.
    pub format: u32,
    /// The run's id, which is its folder's name: UTC time and a short tail, such as `20261122T101500Z-3f9a`.
    pub id: String,
    /// The engine that computed it.
    pub engine: String,
    /// The program's version.
    pub version: String,
    /// When it was committed, UTC milliseconds.
    pub created_ms: i64,
    /// T: the latest accepted timestamp, UTC milliseconds.
    pub as_of: i64,
    /// Every setting.
    pub config: Value,
    /// Fingerprints of the raw files.
    pub inputs: Value,
    /// Rows read, accepted, rejected.
    pub input: Value,
    /// Number of users.
    pub users: u64,
    /// Number of items.
    pub items: u64,
    /// One record per stage, in the order of running.
    pub stages: Vec<StageRecord>,
}

impl RunInfo {
    /// The record of a stage.
    pub fn stage(&self, id: &str) -> Option<&StageRecord> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The files of all stages.
    pub fn files(&self) -> impl Iterator<Item = &FileRecord> {
        self.stages.iter().flat_map(|stage| &stage.files)
    }

    /// Whether what the record says can be; else what cannot.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.format == 0 {
            return Err("there is no format 0".to_owned());
        }
        if !(-LATEST_MS..=LATEST_MS).contains(&self.as_of) || !(-LATEST_MS..=LATEST_MS).contains(&self.created_ms) {
            return Err("as_of or created_ms is no time".to_owned());
        }
        let most = u64::from(u32::MAX);
        if self.users > most || self.items > most {
            return Err(format!("more users or items than {most}"));
        }
        let (mut stages, mut files) = (HashSet::new(), HashSet::new());
        for stage in &self.stages {
            if !stages.insert(stage.id.as_str()) {
                return Err(format!("has the stage {:?} twice", stage.id));
            }
            if !(0.0..=MOST_SECONDS).contains(&stage.seconds) {
                return Err(format!("the stage {:?} took {} seconds", stage.id, stage.seconds));
            }
            for file in &stage.files {
                if !crate::files::is_inside(&file.name) {
                    return Err(format!("{:?} is no name of a file of a run", file.name));
                }
                if !files.insert(file.name.as_str()) {
                    return Err(format!("has the file {} twice", file.name));
                }
            }
        }
        Ok(())
    }

    /// Whether every stage that was wanted came to its end: computed, taken over, or skipped because the data do not
    /// allow it. A stage that failed, was cancelled, or missed what such a stage should have given makes a run
    /// incomplete; one left out by `--only` was not wanted.
    pub fn is_complete(&self) -> bool {
        self.stages.iter().all(|stage| match stage.state.as_str() {
            "done" | "cached" => true,
            "skipped" => !stage.reason.as_deref().is_some_and(|reason| reason.starts_with(StageRecord::NEEDS)),
            _ => false,
        })
    }

    /// Whether this run is complete and no stage was left out of it.
    pub fn is_complete_with_all_stages(&self) -> bool {
        let left_out = |stage: &StageRecord| stage.reason.as_deref() == Some(StageRecord::LEFT_OUT);
        self.is_complete() && !self.stages.iter().any(left_out)
    }

    /// Whether the uplift of this run is of a simulated campaign: whatever shows it must say so.
    pub fn uplift_is_simulated(&self) -> bool {
        self.stage("uplift").is_some_and(|stage| stage.metrics.get("simulated") == Some(&Value::Bool(true)))
    }
}

/// How one stage ended and what it left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageRecord {
    /// The stage's name.
    pub id: String,
    /// `done`, `cached`, `skipped`, `failed` or `cancelled`.
    pub state: String,
    /// Why it was skipped, failed or cancelled.
    pub reason: Option<String>,
    /// Seconds it took when it ran.
    pub seconds: f64,
    /// Rows of its main table.
    pub rows: u64,
    /// Peak memory while it ran; `None` where the system does not tell or the stage did not run.
    pub peak_rss_bytes: Option<u64>,
    /// Equal keys mean equal inputs, settings and code.
    pub key: String,
    /// The report's metrics.
    pub metrics: Map<String, Value>,
    /// Curves and tables for the screen.
    pub detail: Value,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// The files it wrote.
    pub files: Vec<FileRecord>,
}

impl StageRecord {
    /// The reason of a stage that was not asked for.
    pub const LEFT_OUT: &str = "left out by --only";
    /// How the reason of a stage begins that missed what an earlier one should have given.
    pub const NEEDS: &str = "needs features, which ended as ";
}

/// A file of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Path inside the run's folder, with `/`.
    pub name: String,
    /// Size.
    pub bytes: u64,
    /// XXH3-64 of the contents, 16 hexadecimal digits.
    pub xxh3: String,
}
