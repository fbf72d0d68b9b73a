//! Whether a run would answer by other settings than the one before it: then its numbers are not those that people know.

use crate::config::{Config, differences};
use crate::error::{Error, Result};
use crate::store::RunInfo;

/// Differences that are listed.
const MOST: usize = 20;

/// Refuses settings that decide otherwise than the last run's.
///
/// # Errors
/// [`Error::Changed`] with each difference.
pub(super) fn check(config: &Config, last: &RunInfo) -> Result<()> {
    let mut told = differences(&last.config, config)?;
    if told.is_empty() {
        return Ok(());
    }
    let more = told.len().saturating_sub(MOST);
    told.truncate(MOST);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(Error::Changed(format!(
        "the settings are not those of run {}: {}{more}. Nothing was changed; --accept-settings takes them",
        last.id,
        told.join("; ")
    )))
}
