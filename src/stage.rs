//! The stages: their names, their order, what each needs, and how a stage can end. One row describes a stage; whatever
//! lists stages or matches on one follows from it.

use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Serialize};

macro_rules! stages {
    ($($(#[$about:meta])+ $id:ident = $name:literal, needs [$($needs:ident),*];)+) => {
        /// A stage of the pipeline, in the order of running.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum StageId {
            $($(#[$about])+ #[serde(rename = $name)] $id,)+
        }

        impl StageId {
            /// Every stage, in the order of running.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$id),+];

            /// The name in reports, settings and on the command line.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$id => $name,)+ }
            }

            /// The stages whose results it reads, in the order of running: none of them can be left out.
            pub const fn needs(self) -> &'static [Self] {
                match self { $(Self::$id => &[$(Self::$needs),*],)+ }
            }
        }
    };
}

stages! {
    /// Raw files to events and catalogue.
    Ingest = "ingest", needs [];
    /// Events to one row per user as of T.
    Features = "features", needs [Ingest];
    /// K-Means segments and PCA.
    Segments = "segments", needs [Ingest, Features];
    /// Probability to leave.
    Churn = "churn", needs [Ingest, Features];
    /// Expected purchases.
    Ltv = "ltv", needs [Ingest, Features];
    /// Top-5 items of every user.
    Recommend = "recommend", needs [Ingest, Features];
    /// Whom a campaign would persuade.
    Uplift = "uplift", needs [Ingest, Features];
}

impl StageId {
    /// The stage of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

impl std::fmt::Display for StageId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
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
    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        let read: Result<Self, serde::de::value::Error> = Self::deserialize(name.into_deserializer());
        read.ok()
    }

    /// The name in reports.
    pub const fn name(self) -> &'static str {
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
}

impl std::fmt::Display for StageState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// Why a stage left no result: the kind of its reason, whose text people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was not asked for.
    LeftOut,
    /// A stage that it needs left no result.
    NeedsStage,
    /// This data does not allow it.
    Data,
    /// It does not fit into the memory that is left.
    Memory,
    /// The program broke: a panic, or a table operation that should not have failed.
    Broke,
    /// A kind that only a newer version knows.
    #[serde(other)]
    Other,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_stage_is_written_by_its_name_and_needs_earlier_ones() {
        for stage in StageId::ALL {
            assert_eq!(serde_json::to_string(&stage).unwrap(), format!("\"{stage}\""));
            assert_eq!(StageId::from_name(stage.name()), Some(stage));
            assert!(stage.needs().is_sorted() && stage.needs().iter().all(|needed| *needed < stage), "{stage}");
            for needed in stage.needs() {
                assert!(needed.needs().iter().all(|other| stage.needs().contains(other)), "{stage} by way of {needed}");
            }
        }
    }

    #[test]
    fn a_state_is_written_by_its_name() {
        for name in ["waiting", "running", "done", "cached", "skipped", "failed", "cancelled"] {
            assert_eq!(StageState::from_name(name).unwrap().name(), name);
        }
        assert_eq!(StageState::from_name("paused"), None);
    }

    #[test]
    fn a_kind_of_reason_that_is_not_known_is_some_other() {
        assert_eq!(serde_json::from_str::<Why>("\"weather\"").unwrap(), Why::Other);
    }
}
