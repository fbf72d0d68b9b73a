//! What a front sees of a run under way: one line per stage, and the way to cancel one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::job::{Job, Progress};
use crate::stage::{StageId, StageState};

/// How one stage stands.
#[derive(Clone, Debug, PartialEq)]
pub struct StageStatus {
    /// Which stage.
    pub id: StageId,
    /// Its state.
    pub state: StageState,
    /// Why it was skipped, failed or cancelled.
    pub reason: Option<String>,
    /// How far it is, while it runs.
    pub progress: Progress,
    /// Time spent so far, or in all.
    pub elapsed: Duration,
}

#[derive(Debug)]
struct Line {
    state: StageState,
    reason: Option<String>,
    job: Job,
    started: Option<Instant>,
    elapsed: Duration,
}

#[derive(Debug)]
struct Shared {
    lines: Mutex<Vec<Line>>,
    changed: watch::Sender<u64>,
}

/// The stages of one run as seen from outside. Clones share the same board.
#[derive(Clone, Debug)]
pub struct Board(Arc<Shared>);

impl Default for Board {
    fn default() -> Self {
        Self::new()
    }
}

impl Board {
    /// A board on which every stage waits.
    pub fn new() -> Self {
        let waiting = || Line {
            state: StageState::Waiting,
            reason: None,
            job: Job::new(),
            started: None,
            elapsed: Duration::ZERO,
        };
        let lines = StageId::ALL.iter().map(|_| waiting()).collect();
        Self(Arc::new(Shared { lines: Mutex::new(lines), changed: watch::channel(0).0 }))
    }

    /// Notified on every change of a state (not of a count: poll [`Board::snapshot`] for those while something runs).
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// Every stage as it stands now, in order.
    pub fn snapshot(&self) -> Vec<StageStatus> {
        let lines = self.lines();
        StageId::ALL
            .into_iter()
            .zip(lines.iter())
            .map(|(id, line)| StageStatus {
                id,
                state: line.state,
                reason: line.reason.clone(),
                progress: line.job.progress(),
                elapsed: line.started.map_or(line.elapsed, |started| started.elapsed()),
            })
            .collect()
    }

    /// Asks one stage to stop; it answers within a second.
    pub fn cancel(&self, stage: StageId) {
        self.job(stage).cancel();
    }

    /// Asks every stage to stop.
    pub fn cancel_all(&self) {
        for line in self.lines().iter() {
            line.job.cancel();
        }
    }

    /// Whether every stage was asked to stop: the run as a whole is off.
    pub fn all_cancelled(&self) -> bool {
        self.lines().iter().all(|line| line.job.is_cancelled())
    }

    /// The handle that the stage's work is given.
    pub(crate) fn job(&self, stage: StageId) -> Job {
        self.lines()[stage as usize].job.clone()
    }

    /// Marks a stage as running.
    pub(crate) fn start(&self, stage: StageId) {
        let mut lines = self.lines();
        let line = &mut lines[stage as usize];
        line.state = StageState::Running;
        line.started = Some(Instant::now());
        drop(lines);
        self.notify();
    }

    /// Marks a stage as ended and returns the time it took.
    pub(crate) fn finish(&self, stage: StageId, state: StageState, reason: Option<String>) -> Duration {
        let mut lines = self.lines();
        let line = &mut lines[stage as usize];
        line.elapsed = line.started.take().map_or(Duration::ZERO, |started| started.elapsed());
        line.state = state;
        line.reason = reason;
        let elapsed = line.elapsed;
        drop(lines);
        self.notify();
        elapsed
    }

    fn notify(&self) {
        self.0.changed.send_modify(|version| *version += 1);
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
