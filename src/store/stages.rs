//! The stages of a run as `run.json` lists them. What an older version wrote is read in today's terms; what only a newer
//! one knows is kept as it stands, so that a run with one more stage still opens.

use std::ops::{Deref, DerefMut};

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::stage::{StageId, StageState, Why};
use crate::store::checksums::BlockSums;
use crate::store::results::Figures;

/// What a stage records: the types behind the JSON of its record.
pub trait Recorded {
    /// The stage.
    const STAGE: StageId;
    /// Its metrics, as the report lists them.
    type Metrics: Serialize + DeserializeOwned + Default;
    /// What charts and pages show of it.
    type Detail: Serialize + DeserializeOwned + Default;
}

/// Reads what a stage recorded; what cannot be read is absent, and the log says why.
fn read<'a, T: Deserialize<'a> + Default>(
    recorded: impl Deserializer<'a, Error = serde_json::Error>,
    stage: StageId,
) -> T {
    T::deserialize(recorded).unwrap_or_else(|error| {
        tracing::warn!(stage = stage.name(), %error, "what the stage recorded cannot be read");
        T::default()
    })
}

/// How one stage ended and what it left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageRecord {
    /// The stage.
    pub id: StageId,
    /// How it ended.
    pub state: StageState,
    /// Why it was skipped, failed or cancelled, in words.
    pub reason: Option<String>,
    /// What kind of reason that is; `None` where there is none, or where an older version did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
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
    /// The record of a stage that left nothing.
    pub fn new(id: StageId, state: StageState) -> Self {
        Self {
            id,
            state,
            reason: None,
            why: None,
            seconds: 0.0,
            rows: 0,
            peak_rss_bytes: None,
            key: String::new(),
            metrics: Map::new(),
            detail: Value::Null,
            notes: Vec::new(),
            files: Vec::new(),
        }
    }

    /// The metrics, read as those of stage `S`; none of them where this is another stage's record.
    pub fn metrics_of<S: Recorded>(&self) -> S::Metrics {
        if self.id == S::STAGE { read(&self.metrics, self.id) } else { S::Metrics::default() }
    }

    /// The detail, read as that of stage `S`; nothing of it where this is another stage's record, or has none.
    pub fn detail_of<S: Recorded>(&self) -> S::Detail {
        if self.id == S::STAGE && !self.detail.is_null() { read(&self.detail, self.id) } else { S::Detail::default() }
    }

    /// The metrics that are figures, with their intervals.
    pub fn figures(&self) -> Figures {
        read(&self.metrics, self.id)
    }

    /// Whether it left its results, in this run or an earlier one.
    pub fn has_results(&self) -> bool {
        matches!(self.state, StageState::Done | StageState::Cached)
    }
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
    /// The same of each block of the contents, so that a part can be read without reading all; an older version wrote none.
    #[serde(default, skip_serializing_if = "BlockSums::is_empty")]
    pub blocks: BlockSums,
}

/// The records of a run's stages, in the order of running.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stages {
    known: Vec<StageRecord>,
    /// Those of which this version does not know the stage or its state.
    pub others: Vec<OtherStage>,
}

/// The record of a stage, or of a state, that only a newer version knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherStage {
    /// The stage's name.
    pub id: String,
    /// How it ended.
    pub state: String,
    /// Why, where it left no result.
    #[serde(default)]
    pub reason: Option<String>,
    /// The files it wrote.
    #[serde(default)]
    pub files: Vec<FileRecord>,
    /// Whatever else it says.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// What tells whether this version knows a stage.
#[derive(Deserialize)]
struct Named {
    id: String,
    state: String,
}

impl From<Vec<StageRecord>> for Stages {
    fn from(known: Vec<StageRecord>) -> Self {
        Self { known, others: Vec::new() }
    }
}

impl Deref for Stages {
    type Target = Vec<StageRecord>;

    fn deref(&self) -> &Vec<StageRecord> {
        &self.known
    }
}

impl DerefMut for Stages {
    fn deref_mut(&mut self) -> &mut Vec<StageRecord> {
        &mut self.known
    }
}

impl<'a> IntoIterator for &'a Stages {
    type Item = &'a StageRecord;
    type IntoIter = std::slice::Iter<'a, StageRecord>;

    fn into_iter(self) -> Self::IntoIter {
        self.known.iter()
    }
}

impl Serialize for Stages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum One<'a> {
            Known(&'a StageRecord),
            Other(&'a OtherStage),
        }
        serializer.collect_seq(self.known.iter().map(One::Known).chain(self.others.iter().map(One::Other)))
    }
}

impl<'de> Deserialize<'de> for Stages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut stages = Self::default();
        for written in Vec::<Value>::deserialize(deserializer)? {
            let named = Named::deserialize(&written).map_err(D::Error::custom)?;
            let known = StageId::from_name(&named.id).is_some() && StageState::from_name(&named.state).is_some();
            if known {
                let mut record = StageRecord::deserialize(written).map_err(D::Error::custom)?;
                record.why = record.why.or_else(|| why_of_text(&record));
                stages.known.push(record);
            } else {
                stages.others.push(OtherStage::deserialize(written).map_err(D::Error::custom)?);
            }
        }
        Ok(stages)
    }
}

/// The kind of a reason that 0.1.0 told by its text alone. Of a stage that failed the text tells no kind.
fn why_of_text(record: &StageRecord) -> Option<Why> {
    let reason = record.reason.as_deref()?;
    match record.state {
        StageState::Skipped if reason == "left out by --only" => Some(Why::LeftOut),
        StageState::Skipped if reason.starts_with("needs features, which ended as ") => Some(Why::NeedsStage),
        StageState::Skipped => Some(Why::Data),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn written(id: &str, state: &str, reason: Option<&str>) -> Value {
        json!({
            "id": id, "state": state, "reason": reason, "seconds": 0.0, "rows": 0, "peak_rss_bytes": null, "key": "",
            "metrics": {}, "detail": null, "notes": [], "files": [],
        })
    }

    fn read(stages: &Value) -> Stages {
        Stages::deserialize(stages).unwrap()
    }

    #[test]
    fn the_reasons_of_0_1_0_are_read_as_kinds() {
        let why = |state: &str, reason: Option<&str>| read(&json!([written("churn", state, reason)]))[0].why;
        assert_eq!(why("skipped", Some("left out by --only")), Some(Why::LeftOut));
        assert_eq!(why("skipped", Some("needs features, which ended as failed")), Some(Why::NeedsStage));
        assert_eq!(why("skipped", Some("the log spans 9.0 days; churn needs 37")), Some(Why::Data));
        assert_eq!(why("failed", Some("left out by --only")), None);
        assert_eq!(why("done", None), None);
        let mut newer = written("churn", "skipped", Some("left out by --only"));
        newer["why"] = json!("data");
        assert_eq!(read(&json!([newer]))[0].why, Some(Why::Data), "what is told is not guessed");
    }

    #[test]
    fn what_only_a_newer_version_knows_is_kept_as_it_stands() {
        let mut unknown = written("bandit", "done", None);
        unknown["files"] = json!([{"name": "bandit.parquet", "bytes": 9, "xxh3": "0000000000000000"}]);
        unknown["arms"] = json!(3);
        let list = json!([written("churn", "done", None), unknown, written("ltv", "paused", Some("it is late"))]);
        let stages = read(&list);
        assert_eq!(stages.iter().map(|stage| stage.id).collect::<Vec<_>>(), [StageId::Churn]);
        let others: Vec<(&str, &str)> =
            stages.others.iter().map(|other| (other.id.as_str(), other.state.as_str())).collect();
        assert_eq!(others, [("bandit", "done"), ("ltv", "paused")]);
        assert_eq!(stages.others[0].files[0].name, "bandit.parquet");
        let again = serde_json::to_value(&stages).unwrap();
        assert_eq!(again[1]["arms"], 3);
        assert_eq!(read(&again), stages);
    }

    #[test]
    fn a_record_without_a_name_or_with_a_wrong_part_is_none() {
        let mut wrong = written("churn", "done", None);
        wrong["seconds"] = json!("many");
        for list in [json!([{"state": "done"}]), json!([{"id": "bandit", "state": 3}]), json!([wrong]), json!({})] {
            assert!(Stages::deserialize(&list).is_err(), "{list}");
        }
    }
}
