//! Values that no stage and no screen could work with.

use toml::Value;

use crate::config::{Config, print};
use crate::error::{Error, Result};

/// Letters of a text at most.
const LONGEST: usize = 10_000;
/// Entries of a list or a table at most.
const MOST: usize = 10_000;

impl Config {
    /// Whether every value is in range; the error begins with `section.key` of the first that is not.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn check(&self) -> Result<()> {
        self.in_range()?;
        for (section, settings) in &print::values(self)? {
            for (key, value) in settings.as_table().into_iter().flatten() {
                short(&format!("{section}.{key}"), value)?;
            }
        }
        self.shop.check()?;
        self.ingest.check()?;
        self.database.check()?;
        self.segments.check()?;
        self.churn.check()?;
        self.uplift.check()?;
        self.ltv.check()
    }
}

/// Whether a value, and each of a list's or a table's, is no longer than a setting can need to be.
fn short(name: &str, value: &Value) -> Result<()> {
    let refused = |what: String| Err(Error::Config(format!("{name} {what}")));
    match value {
        Value::String(text) if text.len() > LONGEST => {
            refused(format!("has {} letters; {LONGEST} are the most", text.len()))
        }
        Value::Array(values) if values.len() > MOST => {
            refused(format!("has {} entries; {MOST} are the most", values.len()))
        }
        Value::Table(values) if values.len() > MOST => {
            refused(format!("has {} entries; {MOST} are the most", values.len()))
        }
        Value::Array(values) => values.iter().try_for_each(|value| short(name, value)),
        Value::Table(values) => values.iter().try_for_each(|(_, value)| short(name, value)),
        _ => Ok(()),
    }
}
