//! What `run.json` says of a run.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::stage::{StageId, StageState, Why};
use crate::store::front_page::FrontPage;
use crate::store::results::{Input, Uplift, part};
use crate::store::stages::{FileRecord, Recorded, StageRecord, Stages};
use crate::zone::ShopZone;

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
    /// The figures of the front page; `None` in a run without features, and in those of version 0.1.
    #[serde(default, deserialize_with = "part", skip_serializing_if = "Option::is_none")]
    pub figures: Option<FrontPage>,
    /// One record per stage, in the order of running.
    pub stages: Stages,
}

impl RunInfo {
    /// The record of a stage.
    pub fn stage(&self, id: StageId) -> Option<&StageRecord> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The files of all stages, those that only a newer version knows included.
    pub fn files(&self) -> impl Iterator<Item = &FileRecord> {
        let others = self.stages.others.iter().flat_map(|stage| &stage.files);
        self.stages.iter().flat_map(|stage| &stage.files).chain(others)
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
        let others = self.stages.others.iter().map(|stage| stage.id.as_str());
        for name in self.stages.iter().map(|stage| stage.id.name()).chain(others) {
            if !stages.insert(name) {
                return Err(format!("has the stage {name:?} twice"));
            }
        }
        if let Some(stage) = self.stages.iter().find(|stage| !(0.0..=MOST_SECONDS).contains(&stage.seconds)) {
            return Err(format!("the stage {} took {} seconds", stage.id, stage.seconds));
        }
        for file in self.files() {
            if !crate::files::is_inside(&file.name) {
                return Err(format!("{:?} is no name of a file of a run", file.name));
            }
            if !files.insert(file.name.as_str()) {
                return Err(format!("has the file {} twice", file.name));
            }
        }
        Ok(())
    }

    /// Whether every stage that was wanted came to its end: computed, taken over, or skipped because the data do not
    /// allow it. A stage that failed, was cancelled, or needed one that left no result makes a run incomplete; one left
    /// out by `--only` was not wanted. Of a stage that only a newer version knows its state is taken at its word.
    pub fn is_complete(&self) -> bool {
        let ended = |state: StageState, why: Option<Why>| match state {
            StageState::Done | StageState::Cached => true,
            StageState::Skipped => why != Some(Why::NeedsStage),
            StageState::Waiting | StageState::Running | StageState::Failed | StageState::Cancelled => false,
        };
        self.stages.iter().all(|stage| ended(stage.state, stage.why))
            && self
                .stages
                .others
                .iter()
                .all(|other| StageState::from_name(&other.state).is_some_and(|state| ended(state, None)))
    }

    /// Whether this run is complete and no stage was left out of it.
    pub fn is_complete_with_all_stages(&self) -> bool {
        self.is_complete() && !self.stages.iter().any(|stage| stage.why == Some(Why::LeftOut))
    }

    /// The metrics of stage `S`; none of them where the run lacks the stage.
    pub fn metrics<S: Recorded>(&self) -> S::Metrics {
        self.stage(S::STAGE).map(StageRecord::metrics_of::<S>).unwrap_or_default()
    }

    /// The detail of stage `S`; nothing of it where the run lacks the stage.
    pub fn detail<S: Recorded>(&self) -> S::Detail {
        self.stage(S::STAGE).map(StageRecord::detail_of::<S>).unwrap_or_default()
    }

    /// The shop's clock. Of a long record this alone is read: it is asked for in every frame.
    pub fn zone(&self) -> ShopZone {
        let told = self.stage(StageId::Ingest).and_then(|stage| stage.detail.get("zone"));
        told.and_then(|zone| ShopZone::deserialize(zone).ok()).unwrap_or_default()
    }

    /// What was read.
    pub fn read_input(&self) -> Input {
        Input::deserialize(&self.input).unwrap_or_default()
    }

    /// Whether the uplift of this run is of a simulated campaign: whatever shows it must say so.
    pub fn uplift_is_simulated(&self) -> bool {
        self.metrics::<Uplift>().simulated == Some(true)
    }
}
