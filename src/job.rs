//! The handle that a piece of slow work is given: it reports progress through it and asks it whether to stop.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, Result};

/// How far a job has come: `done` of `total` `unit`s. `total` 0 means that the length is not known yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Units finished.
    pub done: u64,
    /// Units in all.
    pub total: u64,
    /// What is counted: "bytes", "trees", "iterations", with the step's name where a job has several.
    pub unit: String,
}

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
    unit: Mutex<String>,
}

/// Progress and cancel of one job. Clones share the same state.
#[derive(Clone, Debug, Default)]
pub struct Job(Arc<State>);

impl Job {
    /// A job nobody watches.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a step of `total` units and resets the count.
    pub fn begin(&self, unit: &str, total: u64) {
        if let Ok(mut name) = self.0.unit.lock() {
            unit.clone_into(&mut name);
        }
        self.0.done.store(0, Ordering::Relaxed);
        self.0.total.store(total, Ordering::Relaxed);
    }

    /// Counts `units` more as done.
    pub fn advance(&self, units: u64) {
        self.0.done.fetch_add(units, Ordering::Relaxed);
    }

    /// Asks the job to stop; it answers at its next [`Job::check`].
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether someone asked the job to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Relaxed)
    }

    /// Called once per iteration, tree or chunk: `Err(Error::Cancelled)` when the job should stop.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Where the job stands now.
    pub fn progress(&self) -> Progress {
        Progress {
            done: self.0.done.load(Ordering::Relaxed),
            total: self.0.total.load(Ordering::Relaxed),
            unit: self.0.unit.lock().map(|unit| unit.clone()).unwrap_or_default(),
        }
    }
}
