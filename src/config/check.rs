//! Values that no stage and no screen could work with.

use toml::Value;

use crate::config::reference::RANGES;
use crate::config::{Config, print};
use crate::error::{Error, Result};

/// Letters of a text at most.
const LONGEST: usize = 10_000;
/// Entries of a list or a table at most.
const MOST: usize = 10_000;
/// Depths that are compared at most.
const MOST_DEPTHS: usize = 16;

impl Config {
    /// Whether every value is in range; the error begins with `section.key` of the first that is not.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn check(&self) -> Result<()> {
        let values = print::values(self)?;
        for (section, settings) in &values {
            for (key, value) in settings.as_table().into_iter().flatten() {
                let range = RANGES.iter().find(|range| (range.0, range.1) == (section.as_str(), key.as_str()));
                checked(&format!("{section}.{key}"), value, range.map(|range| (range.2, range.3)))?;
            }
        }
        if self.ltv.depths.len() > MOST_DEPTHS {
            let depths = self.ltv.depths.len();
            return Err(Error::Config(format!("ltv.depths names {depths} depths; {MOST_DEPTHS} are the most")));
        }
        self.ingest.check()?;
        self.segments.check()?;
        self.churn.check()?;
        self.ltv.check()?;
        self.uplift.check()
    }
}

/// Whether a value, or each of a list's or a table's, is in range and no longer than a setting can need to be.
fn checked(name: &str, value: &Value, range: Option<(f64, f64)>) -> Result<()> {
    let refused = |what: String| Err(Error::Config(format!("{name} {what}")));
    let number = match value {
        Value::Float(value) => *value,
        Value::Integer(value) => *value as f64,
        Value::String(text) if text.len() > LONGEST => {
            return refused(format!("has {} letters; {LONGEST} are the most", text.len()));
        }
        Value::Array(values) if values.len() > MOST => {
            return refused(format!("has {} entries; {MOST} are the most", values.len()));
        }
        Value::Array(values) => return values.iter().try_for_each(|value| checked(name, value, range)),
        Value::Table(values) if values.len() > MOST => {
            return refused(format!("has {} entries; {MOST} are the most", values.len()));
        }
        Value::Table(values) => return values.iter().try_for_each(|(_, value)| checked(name, value, range)),
        _ => return Ok(()),
    };
    match range {
        Some((low, high)) if !(low..=high).contains(&number) => {
            // A number of 300 digits is not read.
            let given = if number.abs() < 1e15 { number.to_string() } else { format!("{number:e}") };
            refused(format!("must lie between {low} and {high}, not {given}"))
        }
        _ => Ok(()),
    }
}
