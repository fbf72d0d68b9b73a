//! Seconds of the same work done several times.

use serde::Serialize;

/// Seconds of one piece of work, repeated.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Timing {
    /// The shortest.
    pub best: f64,
    /// The middle one; the mean of both middle ones where their number is even.
    pub median: f64,
    /// All, in order.
    pub each: Vec<f64>,
}

impl Timing {
    /// Sums seconds up; `None` where nothing was measured.
    pub fn of(each: Vec<f64>) -> Option<Self> {
        let mut sorted = each.clone();
        sorted.sort_by(f64::total_cmp);
        let best = *sorted.first()?;
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Self { best, median: f64::midpoint(low, high), each })
    }

    /// Units per second of the shortest; `None` where that took no measurable time.
    pub fn per_second(&self, units: u64) -> Option<f64> {
        (self.best > 0.0).then(|| units as f64 / self.best)
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::benchmark::timing::Timing;

    #[test]
    fn the_best_and_the_middle_of_what_was_measured() {
        let timing = Timing::of(vec![3.0, 1.0, 2.0]).unwrap_or_default();
        assert_eq!((timing.best, timing.median, timing.each.as_slice()), (1.0, 2.0, &[3.0, 1.0, 2.0][..]));
        assert_eq!(Timing::of(vec![4.0, 1.0]).map(|timing| timing.median), Some(2.5));
        assert_eq!(timing.per_second(10), Some(10.0));
        assert_eq!(Timing::default().per_second(10), None);
        assert_eq!(Timing::of(Vec::new()), None);
    }
}
