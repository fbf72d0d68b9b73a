//! Many cases of one kind: tried on every core, and all that fell are told together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many failures are told in full.
const TOLD: usize = 12;

/// Tries every case and fails with what fell.
#[track_caller]
pub fn each<T: Sync>(cases: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let fell = Mutex::new(Vec::new());
    let tell = |what: String| fell.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(what) = check(case) {
                        tell(what);
                    }
                }
            });
        }
    });
    let fell = fell.into_inner().unwrap_or_else(PoisonError::into_inner);
    let told = fell.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join("\n--\n");
    assert!(fell.is_empty(), "{} of {} cases fell:\n{told}", fell.len(), cases.len());
}

/// Every `step`th number from 1 to `last`, the first and the last among them.
pub fn every(step: usize, last: usize) -> Vec<usize> {
    let mut numbers: Vec<usize> = (1..=last).step_by(step).collect();
    if numbers.last() != Some(&last) && last > 0 {
        numbers.push(last);
    }
    numbers
}

/// A condition that must hold, with what to tell where it does not.
pub fn hold(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Numbers that are the same on every machine and in every run (xorshift).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    /// One of these.
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}
