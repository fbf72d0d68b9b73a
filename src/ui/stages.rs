//! What the Overview says of each stage: live while a run is under way, else from the run's record.

use crate::format;
use crate::pipeline::StageStatus;
use crate::stage::{StageId, StageState};
use crate::store::results::Uplift;
use crate::store::{RunInfo, StageRecord, at_a_glance, metric};
use crate::ui::widgets::text;

/// A stage's line. Equal lines look equal, so a tick that changes none draws nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct StageLine {
    /// Which stage.
    pub id: StageId,
    /// How it stands.
    pub state: StageState,
    /// Per cent done, while it runs and its length is known.
    pub percent: Option<u8>,
    /// Time so far or in all.
    pub time: String,
    /// Time to go, as far as one can tell.
    pub left: Option<String>,
    /// What it counts while it runs, its key metric when done, or why it is not.
    pub words: String,
}

/// Shorter work than this says nothing about how long the rest will take.
const ETA_AFTER_S: f64 = 2.0;

/// The line of a stage under way.
pub fn live(status: &StageStatus) -> StageLine {
    let progress = &status.progress;
    let running = status.state == StageState::Running;
    let share = (progress.total > 0).then(|| (progress.done as f64 / progress.total as f64).min(1.0));
    let elapsed = status.elapsed.as_secs_f64();
    // Whole seconds: a screen that changes ten times a second says no more.
    let so_far = elapsed.floor();
    let left = share
        .filter(|share| running && *share > 0.0 && so_far >= ETA_AFTER_S)
        .map(|share| format!("{:.0} s left", (so_far * (1.0 - share) / share).ceil()));
    let words = match (&status.reason, running) {
        (Some(reason), _) => text::clean(reason),
        (None, true) if progress.total > 0 => {
            format!("{} of {} {}", format::thousands(progress.done), format::thousands(progress.total), progress.unit)
        }
        (None, true) => progress.unit.clone(),
        (None, false) => String::new(),
    };
    let time = match status.state {
        StageState::Waiting => String::new(),
        StageState::Running => format!("{so_far:.0} s"),
        _ => format::seconds(elapsed),
    };
    StageLine {
        id: status.id,
        state: status.state,
        percent: share.filter(|_| running).map(|share| (share * 100.0) as u8),
        time,
        left,
        words,
    }
}

/// The line of a stage that has ended.
pub fn recorded(id: StageId, info: &RunInfo) -> StageLine {
    let Some(record) = info.stage(id) else {
        let words = "not part of this run".to_owned();
        return StageLine { id, state: StageState::Waiting, percent: None, time: String::new(), left: None, words };
    };
    let words = record.reason.as_deref().map_or_else(|| key_metrics(record), text::clean);
    StageLine { id, state: record.state, percent: None, time: format::seconds(record.seconds), left: None, words }
}

/// The line of a stage of which nothing is known.
pub fn unknown(id: StageId) -> StageLine {
    StageLine { id, state: StageState::Waiting, percent: None, time: String::new(), left: None, words: String::new() }
}

/// The figures that tell at a glance whether a stage went well.
fn key_metrics(record: &StageRecord) -> String {
    let figures = at_a_glance(record).into_iter().map(|(name, value)| match metric(record.id, name) {
        Some((entry, part)) => {
            let of = if part.is_empty() { String::new() } else { format!(", {part}") };
            format!("{}{}{of} {}", entry.label, entry.number_in(name), entry.shown.number(value, ""))
        }
        None => format!("{name} {}", format::number(value)),
    });
    let mut said: Vec<String> = figures.collect();
    if record.metrics_of::<Uplift>().simulated == Some(true) {
        said.insert(0, "simulated".to_owned());
    }
    if said.is_empty() { format::counted(record.rows, "rows") } else { said.join("  ") }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::job::Progress;

    fn running(done: u64, total: u64, millis: u64) -> StageLine {
        live(&StageStatus {
            id: StageId::Ltv,
            state: StageState::Running,
            reason: None,
            progress: Progress { done, total, unit: "trees".to_owned() },
            elapsed: Duration::from_millis(millis),
        })
    }

    #[test]
    fn time_to_go_is_told_once_it_can_be() {
        let line = running(50, 200, 10_000);
        assert_eq!((line.percent, line.left.as_deref()), (Some(25), Some("30 s left")));
        assert_eq!(line.words, "50 of 200 trees");
        assert_eq!(running(50, 200, 1_000).left, None);
        assert_eq!(running(0, 200, 10_000).left, None);
        assert_eq!(running(7, 0, 10_000).percent, None);
        assert_eq!(running(900, 200, 10_000).percent, Some(100));
    }

    #[test]
    fn a_tick_within_the_same_second_changes_nothing() {
        assert_eq!(running(50, 200, 10_100), running(50, 200, 10_400));
        assert_ne!(running(50, 200, 10_400), running(50, 200, 11_400));
    }
}
