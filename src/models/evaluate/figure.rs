//! A measure with its interval.

use serde::{Deserialize, Serialize};

use crate::models::evaluate::Z;

/// Users of the rarer outcome below whom a measure of it is too uncertain to tell anything.
pub const ENOUGH: usize = 50;

/// Users of the rarer outcome below whom an interval is rough.
const SURE: usize = 100;

/// A measure on held-out users, with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The measure.
    pub value: f64,
    /// Lower end of the interval; `None` where there is none.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
    /// Whether the interval is known to hold the truth less often than it promises: few users, or an extreme value.
    pub rough: bool,
    /// Whether there are enough users of the rarer outcome for the measure to tell anything.
    pub enough: bool,
}

impl Figure {
    /// A measure whose standard deviation is known, of which `rarer` users show the rarer outcome; held within `bounds`.
    pub fn new(value: f64, deviation: Option<f64>, rarer: usize, bounds: (f64, f64)) -> Self {
        let end =
            |side: f64| deviation.filter(|d| d.is_finite()).map(|d| (value + side * Z * d).clamp(bounds.0, bounds.1));
        Self { value, low: end(-1.0), high: end(1.0), rough: rarer < SURE, enough: rarer >= ENOUGH }
    }

    /// The same, also rough where the value itself is extreme.
    #[must_use]
    pub fn rough_if(self, extreme: bool) -> Self {
        Self { rough: self.rough || extreme, ..self }
    }
}
