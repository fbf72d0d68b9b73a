//! The stages' names, order and states.

use serde::{Deserialize, Serialize};

/// A stage of the pipeline, in the order of running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageId {
    /// Raw files to events and catalogue.
    Ingest,
    /// Events to one row per user as of T.
    Features,
    /// K-Means segments and PCA.
    Segments,
    /// Probability to leave.
    Churn,
    /// Expected purchases.
    Ltv,
    /// Top-5 items of every user.
    Recommend,
    /// Whom a campaign would persuade.
    Uplift,
}

impl StageId {
    /// Every stage, in the order of running.
    pub const ALL: [Self; 7] =
        [Self::Ingest, Self::Features, Self::Segments, Self::Churn, Self::Ltv, Self::Recommend, Self::Uplift];

    /// The name in reports, settings and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Features => "features",
            Self::Segments => "segments",
            Self::Churn => "churn",
            Self::Ltv => "ltv",
            Self::Recommend => "recommend",
            Self::Uplift => "uplift",
        }
    }

    /// The stage of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// How a stage stands or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// Its turn has not come.
    Waiting,
    /// At work.
    Running,
    /// Finished in this run.
    Done,
    /// Taken over from an earlier run with the same inputs, settings and code.
    Cached,
    /// Not run; the reason says why.
    Skipped,
    /// Ended by an error or a panic; the reason says which.
    Failed,
    /// Ended by the user.
    Cancelled,
}

impl StageState {
    const ALL: [Self; 7] =
        [Self::Waiting, Self::Running, Self::Done, Self::Cached, Self::Skipped, Self::Failed, Self::Cancelled];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Cached => "cached",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}
