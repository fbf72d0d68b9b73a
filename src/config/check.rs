//! Values that no stage and no screen could work with.

use super::Config;
use crate::error::{Error, Result};

impl Config {
    /// Whether every value is in range; the error begins with `section.key` of the first that is not.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn check(&self) -> Result<()> {
        let recommend = &self.recommend;
        above_zero(&[
            ("features.session_gap_minutes", self.features.session_gap_minutes),
            ("recommend.cutoff_days", recommend.cutoff_days),
        ])?;
        at_least_one(&[
            ("run.keep", self.run.keep),
            ("recommend.rank", recommend.rank),
            ("recommend.iterations", recommend.iterations),
            ("recommend.top", recommend.top),
            ("ui.sql_rows", self.ui.sql_rows),
        ])?;
        let uplift = &self.uplift;
        between(&[
            ("ingest.rejected_limit", self.ingest.rejected_limit, 0.0, 1.0),
            ("run.minimum_history_days", self.run.minimum_history_days, 0.0, 36_500.0),
            ("recommend.view_weight", recommend.view_weight.into(), 0.0, 1e6),
            ("recommend.addtocart_weight", recommend.addtocart_weight.into(), 0.0, 1e6),
            ("recommend.transaction_weight", recommend.transaction_weight.into(), 0.0, 1e6),
            ("recommend.alpha", recommend.alpha.into(), 0.0, 1e6),
            ("recommend.regularisation", recommend.regularisation, 0.0, 1e6),
            ("uplift.persuadable_from", uplift.persuadable_from, -1.0, 1.0),
            ("uplift.sleeping_dog_below", uplift.sleeping_dog_below, -1.0, 1.0),
            ("uplift.sure_thing_from", uplift.sure_thing_from, 0.0, 1.0),
        ])?;
        self.ingest.check()?;
        self.segments.check()?;
        self.churn.check()?;
        self.ltv.check()?;
        uplift.check()
    }
}

fn above_zero(values: &[(&str, f64)]) -> Result<()> {
    match values.iter().find(|(_, value)| !(value.is_finite() && *value > 0.0)) {
        Some((name, value)) => Err(Error::Config(format!("{name} must be above 0, not {value}"))),
        None => Ok(()),
    }
}

fn at_least_one(values: &[(&str, usize)]) -> Result<()> {
    match values.iter().find(|(_, value)| *value == 0) {
        Some((name, _)) => Err(Error::Config(format!("{name} must be at least 1, not 0"))),
        None => Ok(()),
    }
}

fn between(values: &[(&str, f64, f64, f64)]) -> Result<()> {
    match values.iter().find(|(_, value, low, high)| !(low..=high).contains(&value)) {
        Some((name, value, low, high)) => {
            Err(Error::Config(format!("{name} must lie between {low} and {high}, not {value}")))
        }
        None => Ok(()),
    }
}
