//! Several logs of different columns that are read as one: which of them a file is of.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::ingest::files::InputFiles;
use crate::ingest::layout::recognised;
use crate::ingest::settings::IngestSettings;

/// The log that each event file is of, from 0. Of files that were added to several logs their columns tell it.
///
/// # Errors
/// As [`log_of`].
pub(super) fn logs_of(files: &InputFiles, logs: &[IngestSettings]) -> Result<Vec<usize>> {
    if logs.len() < 2 {
        return Ok(vec![0; files.events.len()]);
    }
    let of = |file: &PathBuf| files.of_log.get(file).copied().map_or_else(|| log_of(file, logs), Ok);
    files.events.iter().map(of).collect()
}

/// The log of several that a file is more of: the one whose columns it has; of those that it has of more than one, the one
/// that reads most of them.
///
/// # Errors
/// [`Error::Input`] where it is of none, or nothing tells of which.
pub(super) fn log_of(file: &Path, logs: &[IngestSettings]) -> Result<usize> {
    let refused = |what: String| Err(Error::Input { path: file.to_path_buf(), line: None, what });
    let mut fitting = Vec::new();
    for (at, settings) in logs.iter().enumerate() {
        if recognised(file, settings)?.is_some() {
            fitting.push((settings.columns.given().count(), at));
        }
    }
    fitting.sort_unstable();
    match fitting.as_slice() {
        [] => refused("has the columns of none of the logs that ingest.logs tell of".to_owned()),
        [.., (other, one), (most, last)] if other == most => {
            let (one, last) = (one + 1, last + 1);
            refused(format!(
                "has the columns of log {one} and of log {last} of ingest.logs, and nothing tells of which it is more; put it \
                 where the files of one of them lie"
            ))
        }
        [.., (_, log)] => Ok(*log),
    }
}
